//! Reads signatures: the argument types and the result type of a C function.
//!
//! A signature is a sequence of type characters ([`crate::ctype`]), of structs `{…}` and, once, of `...` for
//! variable arguments. Within a struct a count may stand before a member, for an array of it: `{i4c{ff}}`. A packed
//! struct is `{!…}`, a union `{|…}`, a packed union `{!|…}`. A parameter that C fills has `&` before the type of what it
//! points to, one that C reads and fills `&=`. What letters do not say, such as the names of fields, stands beside them
//! ([`More`]).

mod layout;
pub mod named;
mod reader;

use std::fmt;
use std::sync::Arc;

pub use self::layout::{Bits, Member, Shape, Struct};
use self::named::Note;
use self::reader::Reader;
use crate::ctype::{CType, Kind, Repr};
use crate::error::Result;

/// More parameters than C guarantees to translate (C11 5.2.4.1 asks for 127), and enough for anybody.
pub const MAX_PARAMS: usize = 255;
/// How deeply structs may nest.
pub const MAX_DEPTH: usize = 16;
/// Bytes that a struct may have at most.
pub const MAX_STRUCT: usize = 1 << 20;

/// A C type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// A lowercase letter: the value.
    Value(&'static CType),
    /// An uppercase letter: a pointer to it.
    Pointer(&'static CType),
    /// `K`: a K object.
    Object,
    /// `k`: a function pointer made from a q function.
    Callback,
    /// `{…}`: a struct or union by value.
    Struct(Arc<Struct>),
    /// `&`: a pointer to room for one, which C fills.
    Out(Arc<Type>),
    /// `&=`: a pointer to one, which C reads and writes.
    InOut(Arc<Type>),
}

/// What stands for the variable arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Variadic {
    /// A function with a prototype.
    No,
    /// Parameters from this one on are variadic, of the types given.
    Typed(usize),
    /// After this many parameters, the types come from the data of each call.
    FromData(usize),
}

/// The types of a C function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Parameter types in order, the variadic ones included.
    pub params: Vec<Type>,
    /// Which of them are variadic.
    pub variadic: Variadic,
    /// Result type; `None` is void.
    pub ret: Option<Type>,
    /// What a function with out-parameters gives, side by side as in a struct: its result, unless it is void, and what it
    /// has filled, in order. `None` where there are none.
    pub results: Option<Arc<Struct>>,
    /// What the letters do not say, where there is something: most signatures are of letters alone.
    told: Option<Box<More>>,
}

/// What the letters of a function do not say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct More {
    /// What ends what C gives away: the result first, unless it is void, then what C fills. Empty where nothing is.
    pub destroyers: Destroyers,
    /// What is said of parameters, by their number, those that C fills included. May be shorter than they are.
    pub params: Vec<Option<Note>>,
    /// What is said of the result.
    pub ret: Option<Note>,
}

/// The address of the C function that ends what C has given away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Destroyer(pub usize);

/// Those of each result of a function.
pub type Destroyers = Vec<Option<Destroyer>>;

impl More {
    /// Whether the letters say all.
    pub fn is_empty(&self) -> bool {
        self.destroyers.is_empty() && self.ret.is_none() && self.params.iter().all(Option::is_none)
    }
}

impl Signature {
    /// Reads the argument types and the result type.
    ///
    /// # Errors
    /// [`Error::Signature`](crate::error::Error::Signature) with the character and its offset; [`Error::Limit`](crate::error::Error::Limit) when there are more than
    /// [`MAX_PARAMS`] parameters.
    pub fn parse(args: &[u8], ret: &[u8]) -> Result<Self> {
        Self::parse_with(args, ret, More::default())
    }

    /// The same of a function of which more is said. What C gives away, as its result or by filling, is a text or another
    /// pointer, which is read and then destroyed, or an address, which becomes a handle.
    ///
    /// # Errors
    /// As [`Self::parse`]; [`Error::Signature`](crate::error::Error::Signature) for results that are given away and no pointers;
    /// [`Error::Unsupported`](crate::error::Error::Unsupported) for structs by value that are laid out as no letters say.
    pub fn parse_with(args: &[u8], ret: &[u8], more: More) -> Result<Self> {
        let (mut params, variadic) = Reader::new(args).params()?;
        let mut result = Self::parse_result(ret)?;
        for (ty, note) in params.iter_mut().zip(&more.params) {
            ty.name(note.as_ref())?;
        }
        if let Some(ty) = &mut result {
            ty.name(more.ret.as_ref())?;
        }
        let results = Struct::of_results(&params, result.as_ref()).map(Arc::new);
        let told = (!more.is_empty()).then(|| Box::new(more));
        let signature = Self { params, variadic, ret: result, results, told };
        match signature.gives_pointers(&signature.more().destroyers) {
            true => Ok(signature),
            false => Err(Reader::new(ret).error("no pointer that C gives away")),
        }
    }

    /// Whether what these end are pointers.
    fn gives_pointers(&self, destroyers: &Destroyers) -> bool {
        let is_pointer = |ty: &Type| match ty {
            Type::Pointer(_) => true,
            Type::Value(row) => matches!(row.kind, Kind::Text | Kind::Address),
            _ => false,
        };
        let mut results = self.ret.iter().chain(self.outs().map(|out| &out.ty));
        destroyers.iter().all(|by| results.next().is_some_and(|ty| by.is_none() || is_pointer(ty)))
    }

    /// What ends the result of this number: the function's own first, unless it is void, then what it fills.
    pub fn destroyer(&self, number: usize) -> Option<Destroyer> {
        self.more().destroyers.get(number).copied().flatten()
    }

    /// What the letters do not say.
    pub fn more(&self) -> &More {
        static NOTHING: More = More { destroyers: Vec::new(), params: Vec::new(), ret: None };
        self.told.as_deref().unwrap_or(&NOTHING)
    }

    /// What is said of a parameter.
    pub fn note(&self, param: usize) -> Option<&Note> {
        self.more().params.get(param)?.as_ref()
    }

    /// What is said of each result: of the function's own first, unless it is void, then of what it fills.
    pub fn result_notes(&self) -> impl Iterator<Item = Option<&Note>> {
        let own = self.ret.iter().map(|_| self.more().ret.as_ref());
        let filled = self.params.iter().enumerate().filter(|(_, ty)| ty.filled().is_some());
        own.chain(filled.map(|(i, _)| self.note(i)))
    }

    /// The parameters that q gives arguments for: all but those that C fills alone.
    pub fn given(&self) -> impl Iterator<Item = &Type> {
        self.params.iter().filter(|ty| !ty.is_out())
    }

    /// What is said of each of these.
    pub fn given_notes(&self) -> impl Iterator<Item = Option<&Note>> {
        let all = self.params.iter().enumerate();
        all.filter(|(_, ty)| !ty.is_out()).map(|(i, _)| self.note(i))
    }

    /// What C fills, in order, with its place among the results.
    pub fn outs(&self) -> impl Iterator<Item = &Member> {
        let members = self.results.iter().flat_map(|layout| &layout.members);
        members.skip(usize::from(self.ret.is_some()))
    }

    /// The number of arguments that q gives.
    pub fn arity(&self) -> usize {
        self.given().count()
    }

    /// The number of those that are not variadic.
    pub fn fixed_arity(&self) -> usize {
        self.params[..self.fixed()].iter().filter(|ty| !ty.is_out()).count()
    }

    fn parse_result(text: &[u8]) -> Result<Option<Type>> {
        let mut reader = Reader::new(text);
        if text == b" " {
            return Ok(None);
        }
        if text.is_empty() {
            return Err(reader.error("no result type"));
        }
        let ty = reader.ty(0)?;
        match (&ty, reader.peek()) {
            (_, Some(_)) => Err(reader.error("more than one result type")),
            (Type::Callback, _) => Err(Reader::new(text).error("k is a parameter, not a result")),
            (Type::Value(row), _) if !row.returns => {
                Err(Reader::new(text).error(&format!("{} is a parameter, not a result", row.letter)))
            }
            _ => Ok(Some(ty)),
        }
    }

    /// Number of parameters that are not variadic.
    pub fn fixed(&self) -> usize {
        match self.variadic {
            Variadic::No => self.params.len(),
            Variadic::Typed(n) | Variadic::FromData(n) => n,
        }
    }

    /// The argument types as text.
    pub fn args_text(&self) -> String {
        let (fixed, variadic) = self.params.split_at(self.fixed());
        let ellipsis = (self.variadic != Variadic::No).then(|| "...".into());
        fixed
            .iter()
            .map(Type::to_string)
            .chain(ellipsis)
            .chain(variadic.iter().map(Type::to_string))
            .collect()
    }

    /// The result type as text; a space is void.
    pub fn ret_text(&self) -> String {
        self.ret.as_ref().map_or_else(|| " ".into(), Type::to_string)
    }
}

/// Reads the members of a struct, without its braces, as `.ffi.pack` and its like take them.
///
/// # Errors
/// [`Error::Signature`](crate::error::Error::Signature), as for a signature.
pub fn parse_members(text: &[u8]) -> Result<Struct> {
    let mut reader = Reader::new(text);
    let layout = reader.layout(1)?;
    match reader.peek() {
        Some(_) => Err(reader.error("unbalanced }")),
        None => Ok(layout),
    }
}

impl Type {
    /// Whether C alone fills it, so that q gives nothing.
    pub fn is_out(&self) -> bool {
        matches!(self, Type::Out(_))
    }

    /// Whether it is a value that an atom or vector of tag `t` holds in the type's own form.
    pub fn is_own_form(&self, t: i8) -> bool {
        matches!(self, Type::Value(row) if row.is_own_form(t))
    }

    /// Whether a general list may be an argument of it.
    pub fn takes_lists(&self) -> bool {
        match self {
            Type::Value(row) => row.kind == Kind::Address,
            Type::Pointer(row) => matches!(row.kind, Kind::Address | Kind::Text),
            _ => true,
        }
    }

    /// What C fills.
    pub fn filled(&self) -> Option<&Arc<Type>> {
        match self {
            Type::Out(inner) | Type::InOut(inner) => Some(inner),
            _ => None,
        }
    }

    /// Gives the fields of a struct their names.
    fn name(&mut self, note: Option<&Note>) -> Result<()> {
        let Some(Note::Struct(named)) = note else { return Ok(()) };
        let layout = Type::Struct(named.layout()?);
        if let Type::Struct(_) = self {
            named.refuse_by_value("")?;
        }
        *self = match self {
            Type::Out(_) => Type::Out(Arc::new(layout)),
            Type::InOut(_) => Type::InOut(Arc::new(layout)),
            _ => layout,
        };
        Ok(())
    }

    /// Size in bytes where the type is stored.
    pub fn size(&self) -> usize {
        match self {
            Type::Value(row) => row.element_size(),
            Type::Struct(layout) => layout.size,
            _ => size_of::<usize>(),
        }
    }

    /// The C value that stands for the null of the type, in a word; NULL for pointers.
    pub fn null(&self) -> u64 {
        match self {
            Type::Value(row) if row.kind == Kind::Number => row.repr.null(),
            _ => 0,
        }
    }

    /// Whether a `long double` that is wider than a `double` is passed with it by value.
    pub fn holds_long_double(&self) -> bool {
        match self {
            Type::Value(row) => row.repr == Repr::LongDouble,
            Type::Struct(layout) => layout.members.iter().any(|member| member.ty.holds_long_double()),
            _ => false,
        }
    }

    /// Alignment in bytes where the type is stored.
    pub fn align(&self) -> usize {
        match self {
            // A guid is stored as its 16 bytes.
            Type::Value(row) if row.kind == Kind::Guid => 1,
            Type::Value(row) => row.repr.size(),
            Type::Struct(layout) => layout.align,
            _ => size_of::<usize>(),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Value(row) => write!(f, "{}", row.letter),
            Type::Pointer(row) => write!(f, "{}", row.letter.to_ascii_uppercase()),
            Type::Object => f.write_str("K"),
            Type::Callback => f.write_str("k"),
            Type::Struct(layout) => layout.fmt(f),
            Type::Out(inner) => write!(f, "&{inner}"),
            Type::InOut(inner) => write!(f, "&={inner}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(args: &str, ret: &str) -> String {
        Signature::parse(args.as_bytes(), ret.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn texts_come_back() {
        for (args, ret) in [
            ("&i&C&{if}", "f"),
            ("&=i&C&={if}i", "f"),
            ("C...i&r", " "),
            ("", " "),
            ("ff", "f"),
            ("{i4c{ff}}KkR", "{ff}"),
            ("C...", "i"),
            ("C...if", "C"),
            ("{!ij}{i{|if4c}}", "{!|2{jc}i}"),
        ] {
            let signature = Signature::parse(args.as_bytes(), ret.as_bytes()).unwrap();
            assert_eq!((signature.args_text().as_str(), signature.ret_text().as_str()), (args, ret));
        }
    }

    #[test]
    fn errors_name_the_character_and_its_position() {
        for (args, ret, text) in [
            ("fq", "f", "sig: \"fq\": unknown type character q at 1"),
            ("f", "ff", "sig: \"ff\": more than one result type at 1"),
            ("f", "", "sig: \"\": no result type at 0"),
            ("f", "k", "sig: \"k\": k is a parameter, not a result at 0"),
            ("f", "g", "sig: \"g\": g is a parameter, not a result at 0"),
            ("f i", "i", "sig: \"f i\": void is a result, not a parameter at 1"),
            ("{i", "i", "sig: \"{i\": unbalanced { at 0"),
            ("i}", "i", "sig: \"i}\": unbalanced } at 1"),
            ("{}", "i", "sig: \"{}\": empty struct at 1"),
            ("{i4}", "i", "sig: \"{i4}\": count without a type at 3"),
            ("{0i}", "i", "sig: \"{0i}\": count of 0 at 1"),
            ("{9999999999999999999999i}", "i", "sig: \"{9999999999999999999999i}\": count over 1048576 at 1"),
            ("{!}", "i", "sig: \"{!}\": empty struct at 2"),
            ("{|!i}", "i", "sig: \"{|!i}\": unknown type character ! at 2"),
            ("|i", "i", "sig: \"|i\": unknown type character | at 0"),
            ("{i:3i:5}", "i", "nyi: \"{i:3i:5}\": a count of bits at 2"),
            ("&", "i", "sig: \"&\": & wants a value, C or a struct at 0"),
            ("i&F", "i", "sig: \"i&F\": & wants a value, C or a struct at 1"),
            ("&&i", "i", "sig: \"&&i\": unknown type character & at 1"),
            ("&K", "i", "sig: \"&K\": & wants a value, C or a struct at 0"),
            ("&=", "i", "sig: \"&=\": & wants a value, C or a struct at 0"),
            ("&==i", "i", "sig: \"&==i\": unknown type character = at 2"),
            ("{&i}", "i", "sig: \"{&i}\": unknown type character & at 1"),
            ("i", "&i", "sig: \"&i\": unknown type character & at 0"),
            ("..i", "i", "sig: \"..i\": unknown type character . at 0"),
            ("...i...", "i", "sig: \"...i...\": second ... at 4"),
            ("\u{e9}", "i", "sig: \"\\xc3\\xa9\": unknown type character \\xc3 at 0"),
        ] {
            assert_eq!(problem(args, ret), text);
        }
        assert_eq!(problem(&"f".repeat(256), "f"), "limit: a signature of over 255 parameters");
        assert!(problem(&"{".repeat(20), "f").contains("struct deeper than 16 at 16"));
    }
}
