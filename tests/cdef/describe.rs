//! What ffijit reads, in the words of oracle.py.

use ffijit::cdef::types::{Kind, Qualified, Record, TypeId};
use ffijit::cdef::{Meaning, Scope, TagKind};

/// The line for what `kind name` is, as `function strlen` or `record stat`.
pub fn line(scope: &Scope, kind: &str, name: &str) -> Option<String> {
    let types = &scope.types;
    let said = match (kind, scope.find(name)) {
        ("function", Some(Meaning::Function(f))) => plain(scope, f.ty, 0),
        ("variable", Some(Meaning::Variable(v))) => text(scope, v.ty, 0),
        ("typedef", Some(Meaning::Type(ty))) => text(scope, *ty, 0),
        ("record", _) => {
            let ty = scope.tagged(TagKind::Struct, name).or_else(|| scope.tagged(TagKind::Union, name))?;
            let Kind::Record(id) = types.kind(ty) else { return None };
            body(scope, ty, types.record(*id), 0)
        }
        ("enum", _) => enum_body(scope, scope.tagged(TagKind::Enum, name)?),
        _ => return None,
    };
    Some(format!("{kind} {name} {said}"))
}

/// Everything that is declared, as `kind name`.
pub fn everything(scope: &Scope) -> Vec<String> {
    let names = scope.declared().filter_map(|entry| {
        let kind = match &entry.meaning {
            Meaning::Function(_) => "function",
            Meaning::Variable(_) => "variable",
            Meaning::Type(_) => "typedef",
            Meaning::Constant(_) | Meaning::Alias(_) => return None,
        };
        Some(format!("{kind} {}", entry.name))
    });
    let tags = scope.types.every_record().filter(|(_, record)| record.fields.is_some());
    names.chain(tags.filter_map(|(_, record)| Some(format!("record {}", record.tag.as_ref()?)))).collect()
}

fn text(scope: &Scope, ty: Qualified, depth: u32) -> String {
    // An array of const items is const itself for C.
    let constant = match scope.types.kind(ty.ty) {
        Kind::Array(of, _) => of.constant,
        _ => ty.constant,
    };
    format!("{}{}", if constant { "const " } else { "" }, plain(scope, ty.ty, depth))
}

fn plain(scope: &Scope, ty: TypeId, depth: u32) -> String {
    if depth > 12 {
        return "..".into();
    }
    let types = &scope.types;
    match types.kind(ty) {
        Kind::VaList if types.model.va_list == 8 => "*char".into(),
        Kind::Void | Kind::VaList => types.name_of(ty),
        // Its type is the platform's, which clang names.
        Kind::Scalar(scalar) => match (scalar, types.model.wide) {
            (ffijit::cdef::types::Scalar::Wide, (2, _)) => "unsigned short".into(),
            (ffijit::cdef::types::Scalar::Wide, (_, true)) => "int".into(),
            (ffijit::cdef::types::Scalar::Wide, (_, false)) => "unsigned int".into(),
            _ => scalar.name().into(),
        },
        Kind::Complex(part) => format!("complex {}", part.name()),
        Kind::Pointer(to) => format!("*{}", text(scope, *to, depth + 1)),
        Kind::Array(of, length) => {
            let length = length.map_or_else(String::new, |n| n.to_string());
            format!("[{length}]{}", plain(scope, of.ty, depth + 1))
        }
        Kind::Function(function) => {
            let mut list: Vec<String> =
                function.parameters.iter().map(|&ty| plain(scope, ty, depth + 1)).collect();
            list.extend(function.variadic.then(|| "...".into()));
            let list = if function.prototyped { format!("({})", list.join(", ")) } else { "?".into() };
            format!("{list}->{}", plain(scope, function.result.ty, depth + 1))
        }
        Kind::Record(id) => {
            let record = types.record(*id);
            match &record.tag {
                Some(tag) => format!("{} {tag}", word(record)),
                None => body(scope, ty, record, depth),
            }
        }
        Kind::Enum(id) => match &types.enumeration(*id).tag {
            Some(tag) => format!("enum {tag}"),
            None => enum_body(scope, ty),
        },
        Kind::Unsupported(..) => "unsupported".into(),
        Kind::Aligned(..) => unreachable!("an alignment is not what a type is"),
    }
}

fn word(record: &Record) -> &'static str {
    if record.union { "union" } else { "struct" }
}

fn body(scope: &Scope, ty: TypeId, record: &Record, depth: u32) -> String {
    let (Some(fields), Some(extent)) = (&record.fields, scope.types.extent(scope.types.bare(ty))) else {
        return format!("{} incomplete", word(record));
    };
    let fields: Vec<String> = fields
        .iter()
        .map(|field| {
            let bits = field.bits.map_or_else(String::new, |n| format!(":{n}"));
            let name = field.name.as_deref().unwrap_or("");
            format!("{name}@{}{bits} {}", field.offset, plain(scope, field.ty, depth + 1))
        })
        .collect();
    format!("{} {}/{} {{{}}}", word(record), extent.size, extent.align, fields.join("; "))
}

fn enum_body(scope: &Scope, ty: TypeId) -> String {
    let Kind::Enum(id) = scope.types.kind(ty) else { return "no enum".into() };
    let known = scope.types.enumeration(*id);
    let names: Vec<String> = known
        .names
        .iter()
        .flat_map(|names| names.iter())
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("enum {} {{{}}}", known.bytes, names.join(", "))
}
