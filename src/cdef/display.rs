//! Types and prototypes as C writes them.

use super::scope::{Function, Scope, TagKind};
use super::types::{Kind, Qualified, Scalar, TypeId, Types};

/// Types that one text names at most; what would name more ends in dots.
const MAX_SHOWN: u32 = 200;

impl Types {
    /// The name of a type that nothing stands around, as `unsigned int` or `struct tag`.
    pub fn name_of(&self, ty: TypeId) -> String {
        let tagged = |word: &str, tag: &Option<_>, alias: &Option<_>| match (tag, alias) {
            (Some(tag), _) => format!("{word} {tag}"),
            (None, Some(alias)) => format!("{alias}"),
            (None, None) => format!("{word} without a name"),
        };
        match self.kind(ty) {
            Kind::Void => "void".into(),
            Kind::Scalar(scalar) => scalar.name().into(),
            Kind::Complex(part) => format!("{} _Complex", part.name()),
            Kind::Record(id) => {
                let record = self.record(*id);
                tagged(TagKind::of(record).word(), &record.tag, &record.alias)
            }
            Kind::Enum(id) => tagged("enum", &self.enumeration(*id).tag, &self.enumeration(*id).alias),
            Kind::VaList => "va_list".into(),
            Kind::Unsupported(name, _) => name.to_string(),
            Kind::Pointer(_) | Kind::Array(..) | Kind::Function(_) => "..".into(),
            // What `kind` has looked through.
            Kind::Aligned(..) => unreachable!("an alignment is not what a type is"),
        }
    }
}

impl Scalar {
    /// The type as C writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Scalar::Bool => "_Bool",
            Scalar::Char => "char",
            Scalar::SignedChar => "signed char",
            Scalar::UnsignedChar => "unsigned char",
            Scalar::Short => "short",
            Scalar::UnsignedShort => "unsigned short",
            Scalar::Int => "int",
            Scalar::UnsignedInt => "unsigned int",
            Scalar::Long => "long",
            Scalar::UnsignedLong => "unsigned long",
            Scalar::LongLong => "long long",
            Scalar::UnsignedLongLong => "unsigned long long",
            Scalar::Wide => "wchar_t",
            Scalar::Float => "float",
            Scalar::Double => "double",
            Scalar::LongDouble => "long double",
        }
    }
}

impl Scope {
    /// The declaration of a name of a type; without a name, the type.
    pub fn text_of(&self, ty: Qualified, name: &str) -> String {
        self.declaration_text(ty, name, &mut { MAX_SHOWN })
    }

    /// A function's prototype, with the names of its parameters.
    pub fn prototype(&self, function: &Function) -> String {
        let Kind::Function(ty) = self.types.kind(function.ty) else { return function.name.to_string() };
        let left = &mut { MAX_SHOWN };
        let parameters: Vec<String> = function
            .parameters
            .iter()
            .map(|parameter| {
                let plain = Qualified { ty: parameter.ty, constant: false };
                self.declaration_text(plain, parameter.name.as_deref().unwrap_or(""), left)
            })
            .collect();
        let list = parameter_list(parameters, ty.variadic, ty.prototyped);
        self.declaration_text(ty.result, &format!("{}({list})", function.name), left)
    }

    // Goes from the name outwards, as declarators are read.
    fn declaration_text(&self, ty: Qualified, name: &str, left: &mut u32) -> String {
        let (mut ty, mut text, mut pointed) = (ty, name.to_string(), false);
        while *left > 0 {
            *left -= 1;
            let whole = if pointed { format!("({text})") } else { text.clone() };
            match self.types.kind(ty.ty) {
                Kind::Pointer(to) => {
                    let constant = match (ty.constant, text.is_empty()) {
                        (false, _) => "",
                        (true, true) => "const",
                        (true, false) => "const ",
                    };
                    (ty, text, pointed) = (*to, format!("*{constant}{text}"), true);
                }
                Kind::Array(of, length) => {
                    let length = length.map_or_else(String::new, |n| n.to_string());
                    (ty, text, pointed) = (*of, format!("{whole}[{length}]"), false);
                }
                Kind::Function(function) => {
                    let types = function
                        .parameters
                        .iter()
                        .take(MAX_SHOWN as usize)
                        .map(|&ty| Qualified { ty, constant: false });
                    let types = types.map(|ty| self.declaration_text(ty, "", left)).collect();
                    let list = parameter_list(types, function.variadic, function.prototyped);
                    (ty, text, pointed) = (function.result, format!("{whole}({list})"), false);
                }
                _ => break,
            }
        }
        let constant = if ty.constant { "const " } else { "" };
        let base = if *left == 0 { "..".into() } else { self.types.name_of(ty.ty) };
        let space = if text.is_empty() { "" } else { " " };
        format!("{constant}{base}{space}{text}")
    }
}

pub(super) fn parameter_list(mut parameters: Vec<String>, variadic: bool, prototyped: bool) -> String {
    if parameters.is_empty() && !variadic {
        return if prototyped { "void".into() } else { String::new() };
    }
    if variadic {
        parameters.push("...".into());
    }
    parameters.join(", ")
}
