//! From a declaration to the letters of a signature.
//!
//! A letter that the type table does not have yet makes the functions that need it `nyi`, and no others.

use std::cell::RefCell;
use std::fmt;

use super::error::Name;
use super::notes::Structs;
use super::scope::{Function, Notes, Scope};
use super::types::{Enumeration, Extent, Field, FunctionType, Kind, Qualified, Record, Scalar, TypeId};
use crate::ctype;
use crate::signature::named::Note;

/// Letters that one struct takes at most: types of types grow fast.
pub(super) const MAX_LETTERS: usize = 4096;
/// Values of an array that a function fills at most.
pub(super) const MAX_FILLED: u64 = 256;
/// How deeply structs may nest, as in a signature.
pub(super) const MAX_NESTING: u32 = 16;

/// The types of a function, as [`Signature::parse`](crate::signature::Signature::parse) takes them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Letters {
    /// The parameters'.
    pub args: String,
    /// The result's.
    pub ret: String,
    /// What ends what the function gives away, by name: of the result first, unless it is void, then of what it fills. Empty
    /// where nothing is.
    pub destroyers: Vec<Option<Name>>,
    /// What the letters of parameters do not say.
    pub params: Vec<Option<Note>>,
    /// What the result's letters do not say.
    pub result: Option<Note>,
}

/// Why a function cannot be called: something about one of its types that is not done, or not done yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotYet {
    /// The function, with the number of the parameter.
    pub at: String,
    /// The type, as C writes it.
    pub ty: String,
    /// What about it.
    pub why: String,
}

impl fmt::Display for NotYet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ty.is_empty() {
            true => write!(f, "{}: {}", self.at, self.why),
            false => write!(f, "{}: {}: {}", self.at, self.ty, self.why),
        }
    }
}

impl std::error::Error for NotYet {}

type Result<T> = std::result::Result<T, String>;

/// The letters of a function's types.
///
/// # Errors
/// [`NotYet`], for this function alone.
pub fn signature_of(scope: &Scope, function: &Function) -> std::result::Result<Letters, NotYet> {
    Writer::new(scope).signature_of(function)
}

fn destroyers(function: &Function, ret: &str) -> Vec<Option<Name>> {
    let own = Some(&function.notes).filter(|_| ret != " ");
    let notes = function.parameters.iter().map(|parameter| &parameter.notes);
    let outs = notes.filter(|notes| notes.out || notes.inout);
    let by = |notes: &Notes| notes.free.clone().or_else(|| notes.own.clone());
    let all: Vec<Option<Name>> = own.into_iter().chain(outs).map(by).collect();
    if all.iter().all(Option::is_none) { Vec::new() } else { all }
}

/// Writes letters, and remembers the structs by name that it has made.
pub struct Writer<'a> {
    pub(super) scope: &'a Scope,
    pub(super) structs: RefCell<Structs>,
}

impl<'a> Writer<'a> {
    /// For the types of this scope.
    pub fn new(scope: &'a Scope) -> Self {
        Self { scope, structs: RefCell::default() }
    }

    /// The letters of a function's types.
    ///
    /// # Errors
    /// [`NotYet`], for this function alone.
    pub fn signature_of(&self, function: &Function) -> std::result::Result<Letters, NotYet> {
        let not_yet = |at: String, ty: String, why: String| NotYet { at, ty, why };
        let Kind::Function(ty) = self.scope.types.kind(function.ty) else {
            return Err(not_yet(function.name.to_string(), String::new(), "not a function".into()));
        };
        if let Some(why) = function.refused {
            return Err(not_yet(function.name.to_string(), String::new(), why.into()));
        }
        let args = self.parameters(function, ty).map_err(|(i, why)| {
            let plain = Qualified { ty: ty.parameters[i], constant: false };
            not_yet(format!("{}[{i}]", function.name), self.scope.text_of(plain, ""), why)
        })?;
        let ret = self
            .result(ty.result.ty, &function.notes)
            .map_err(|why| not_yet(function.name.to_string(), self.scope.text_of(ty.result, ""), why))?;
        let params = self.parameter_notes(function, ty);
        let result = self.result_note(ty.result.ty, &function.notes);
        Ok(Letters { args, destroyers: destroyers(function, &ret), ret, params, result })
    }

    /// The letter that reads a variable of a type, as `.ffi.cvar` takes it.
    ///
    /// # Errors
    /// Why there is none.
    pub fn variable(&self, ty: TypeId) -> std::result::Result<String, String> {
        self.result(ty, &Notes::default())
    }

    fn parameters(
        &self,
        function: &Function,
        ty: &FunctionType,
    ) -> std::result::Result<String, (usize, String)> {
        let none = Notes::default();
        let mut args = String::new();
        for (i, &parameter) in ty.parameters.iter().enumerate() {
            let notes = function.parameters.get(i).map_or(&none, |parameter| &parameter.notes);
            let length = function.parameters.get(i).and_then(|parameter| parameter.length);
            let text = match notes.out || notes.inout {
                true => self.filled(parameter, length, notes),
                false => self.parameter(parameter, notes),
            };
            args += &text.map_err(|why| (i, why))?;
        }
        args += if ty.variadic { "..." } else { "" };
        Ok(args)
    }

    fn parameter(&self, ty: TypeId, notes: &Notes) -> Result<String> {
        match self.scope.types.kind(ty) {
            Kind::Pointer(_) if notes.handle => Ok("r".into()),
            Kind::Pointer(to) => self.pointer(*to),
            _ => self.value(ty),
        }
    }

    /// What C fills: one of what the pointer points to, or as many as an array has.
    fn filled(&self, ty: TypeId, length: Option<u64>, notes: &Notes) -> Result<String> {
        let types = &self.scope.types;
        let Kind::Pointer(to) = types.kind(ty) else { return Err("no pointer".into()) };
        let one = match types.kind(to.ty) {
            Kind::Pointer(to) => match types.kind(to.ty) {
                Kind::Scalar(Scalar::Char) if !notes.handle && notes.own.is_none() => "C".into(),
                _ => "r".into(),
            },
            _ => self.value(to.ty)?,
        };
        if notes.inout && matches!(types.kind(to.ty), Kind::Scalar(Scalar::Char)) && length.is_none() {
            return Err("a text that is read and written is a parameter without _Inout_".into());
        }
        let mark = if notes.inout { "&=" } else { "&" };
        match length {
            None => Ok(format!("{mark}{one}")),
            Some(n @ 1..=MAX_FILLED) => Ok(format!("{mark}{{{}}}", one.repeat(n as usize))),
            Some(_) => Err(format!("an array of over {MAX_FILLED} values to be filled")),
        }
    }

    fn result(&self, ty: TypeId, notes: &Notes) -> Result<String> {
        match self.scope.types.kind(ty) {
            Kind::Pointer(to) if notes.free.is_some() => self.pointer(*to),
            Kind::Pointer(_) if notes.own.is_some() => Ok("r".into()),
            Kind::Void => Ok(" ".into()),
            Kind::Pointer(_) if notes.handle => Ok("r".into()),
            Kind::Pointer(to) => self.address(*to),
            _ => self.value(ty),
        }
    }

    // A pointer that C gives: texts are texts, the rest are addresses.
    pub(super) fn address(&self, to: Qualified) -> Result<String> {
        match self.scope.types.kind(to.ty) {
            Kind::Scalar(Scalar::Char) => Ok("C".into()),
            Kind::Scalar(Scalar::Wide) => Err("texts of wchar_t are not done yet".into()),
            _ => Ok("r".into()),
        }
    }

    // A pointer that q gives.
    pub(super) fn pointer(&self, to: Qualified) -> Result<String> {
        Ok(match self.scope.types.kind(to.ty) {
            Kind::Scalar(Scalar::Char) => "C".into(),
            Kind::Scalar(Scalar::Wide) => return Err("texts of wchar_t are not done yet".into()),
            Kind::Scalar(scalar) => self.vector(*scalar),
            Kind::Enum(id) => self.vector(enum_scalar(self.scope.types.enumeration(*id))),
            Kind::Function(_) => "k".into(),
            Kind::Pointer(_) => "R".into(),
            // Structs, and what has no vectors in q.
            _ => "r".into(),
        })
    }

    // A vector of q with items of that width.
    fn vector(&self, scalar: Scalar) -> String {
        self.letter_of(scalar).to_ascii_uppercase().into()
    }

    pub(super) fn letter_of(&self, scalar: Scalar) -> char {
        match scalar {
            Scalar::Bool => 'b',
            Scalar::Char => 'c',
            Scalar::Float => 'e',
            Scalar::Double => 'f',
            Scalar::LongDouble if self.scope.types.model.long_double == 8 => 'f',
            Scalar::LongDouble => 'o',
            _ => match scalar.shape(&self.scope.types.model) {
                (1, true) => 'a',
                (1, false) => 'x',
                (2, true) => 'h',
                (2, false) => 'y',
                (4, true) => 'i',
                (4, false) => 'w',
                _ => 'j',
            },
        }
    }

    fn scalar(&self, scalar: Scalar) -> Result<String> {
        let letter = self.letter_of(scalar);
        match ctype::lookup(letter as u8) {
            Some(_) => Ok(letter.into()),
            None => Err(format!("{} by value has no letter yet", scalar.name())),
        }
    }

    pub(super) fn value(&self, ty: TypeId) -> Result<String> {
        match self.scope.types.kind(ty) {
            Kind::Record(_) => {
                let mut text = String::new();
                self.record(ty, &mut text, 0)?;
                Ok(text)
            }
            Kind::Scalar(scalar) => self.scalar(*scalar),
            Kind::Enum(id) => self.scalar(enum_scalar(self.scope.types.enumeration(*id))),
            Kind::Complex(part) => self.complex(*part),
            Kind::VaList => Err("va_list is not done".into()),
            Kind::Unsupported(name, _) => Err(format!("{name} is not supported")),
            Kind::Void => Err("no value".into()),
            _ => Err("not a value".into()),
        }
    }

    // System V and AAPCS64 pass a complex number as a struct of its parts, Windows does not.
    fn complex(&self, part: Scalar) -> Result<String> {
        if self.scope.types.model.microsoft {
            return Err("complex numbers are not done on Windows".into());
        }
        match part {
            Scalar::Float | Scalar::Double => {
                let part = self.letter_of(part);
                Ok(format!("{{{part}{part}}}"))
            }
            _ => Err("a complex number of long doubles has no letters".into()),
        }
    }

    fn record(&self, ty: TypeId, text: &mut String, depth: u32) -> Result<()> {
        let types = &self.scope.types;
        let Kind::Record(id) = types.kind(ty) else { return Err("not a struct".into()) };
        let record = types.record(*id);
        let fields = match &record.fields {
            _ if record.transparent => return self.transparent(record, text),
            None => return Err("an incomplete type".into()),
            Some(_) if types.extent(ty) != types.extent(types.bare(ty)) => {
                return Err("aligned structs by value are not done yet".into());
            }
            Some(fields) if fields.is_empty() => return Err("a struct of nothing".into()),
            Some(_) if depth == MAX_NESTING => {
                return Err(format!("structs nested deeper than {MAX_NESTING}"));
            }
            Some(fields) => fields,
        };
        if fields.iter().any(|field| field.bits.is_some()) {
            return Err("bit-fields by value are not done yet".into());
        }
        text.push('{');
        if record.packed {
            self.packed(ty, record.union, fields)?;
            text.push('!');
        }
        if record.union {
            text.push('|');
        }
        for field in fields.iter() {
            self.field(field.ty, text, depth)?;
        }
        text.push('}');
        Ok(())
    }

    // The letters' packed structs have no padding at all.
    fn packed(&self, ty: TypeId, union: bool, fields: &[Field]) -> Result<()> {
        let types = &self.scope.types;
        let (mut end, mut size) = (0, 0);
        let mut lies_next = |field: &Field| {
            let at = if union { 0 } else { end };
            end = at + types.extent(field.ty).map_or(0, |extent| extent.size);
            size = end.max(size);
            field.offset == 8 * at
        };
        match fields.iter().all(&mut lies_next) && types.extent(ty) == Some(Extent { size, align: 1 }) {
            true => Ok(()),
            false => Err("structs aligned otherwise than by packing them whole are not done yet".into()),
        }
    }

    // gcc passes such a union as it passes its first member.
    fn transparent(&self, record: &Record, text: &mut String) -> Result<()> {
        let first = record.fields.as_ref().and_then(|fields| fields.first());
        let first = first.ok_or("a union of nothing")?;
        *text += &self.parameter(first.ty, &Notes::default())?;
        Ok(())
    }

    fn field(&self, ty: TypeId, text: &mut String, depth: u32) -> Result<()> {
        let types = &self.scope.types;
        let (mut ty, mut count) = (ty, None);
        while let Kind::Array(of, length) = types.kind(ty) {
            let length = length.filter(|&n| n > 0).ok_or("an array without a length in a struct by value")?;
            // The product is within the array's size, which has been looked at.
            count = Some(count.unwrap_or(1) * length);
            ty = of.ty;
        }
        if text.len() > MAX_LETTERS {
            return Err(format!("a struct of over {MAX_LETTERS} letters"));
        }
        if types.extent(ty).map(|Extent { align, .. }| align) != types.extent(types.bare(ty)).map(|e| e.align)
        {
            return Err("aligned members by value are not done yet".into());
        }
        if let Some(count) = count {
            *text += &count.to_string();
        }
        match types.kind(ty) {
            Kind::Record(_) => self.record(ty, text, depth + 1),
            Kind::Pointer(to) => {
                *text += &self.address(*to)?;
                Ok(())
            }
            _ => {
                *text += &self.value(ty)?;
                Ok(())
            }
        }
    }
}

/// The number that an enum is: an int, or what its values need.
pub(super) fn enum_scalar(known: &Enumeration) -> Scalar {
    let names = known.names.as_deref().unwrap_or_default();
    let large = names.iter().any(|(_, value)| *value > i32::MAX.into());
    match (known.bytes, known.signed) {
        (1, true) => Scalar::SignedChar,
        (1, false) => Scalar::UnsignedChar,
        (2, true) => Scalar::Short,
        (2, false) => Scalar::UnsignedShort,
        (4, false) if large => Scalar::UnsignedInt,
        (4, _) => Scalar::Int,
        _ => Scalar::LongLong,
    }
}
