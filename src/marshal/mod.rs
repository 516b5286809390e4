//! Between K objects and C values, one at a time: conversions, texts, nulls. The stubs do the exact cases in machine
//! code and leave everything else to this module, which also says what is wrong with an argument.

mod arguments;
mod given;
pub mod long_double;
mod number;
pub mod structs;
mod values;

use std::ffi::c_char;

pub use self::arguments::Arguments;
pub use self::given::results;
pub use self::number::{load_long_double, store_word, write_element, write_number};
pub use self::values::{Addresses, FunctionPointers, Values, number_as_address};
use crate::args::{is_specification, named};
use crate::ctype::{CType, Kind, Repr};
use crate::error::{Error, Result, Site, Step};
use crate::k::{self, K, Owned, Ref, tag};
use crate::pointed;
use crate::signature::Type;

/// Why a value cannot become a C value; the caller knows which argument it was.
#[derive(Debug)]
pub enum Mismatch {
    /// Another type than wanted.
    Type {
        /// What is wanted, in q's words.
        wants: String,
        /// What came.
        got: String,
    },
    /// It does not fit the type with this letter.
    Range {
        /// The value as q shows it.
        value: String,
        /// The type character.
        ty: char,
    },
    /// Another number of items than wanted.
    Length {
        /// What is wanted, in q's words.
        wants: String,
        /// The number that came.
        got: i64,
    },
    /// A value that no type takes.
    Domain(String),
    /// A mismatch of an item of a list, or of a field.
    Within(Step, Box<Mismatch>),
    /// An error with its own text.
    Other(Error),
}

impl Mismatch {
    /// A mismatch of types, where `ty` names the parameter's type.
    pub fn of(ty: impl std::fmt::Display, wants: &str, got: Ref) -> Self {
        Mismatch::Type { wants: format!("{ty} wants {wants}"), got: named(got) }
    }

    /// Another number of items than the `count` wanted, where `ty` names the type and `item` what it is made of.
    pub fn count(ty: impl std::fmt::Display, count: usize, item: &str, got: usize) -> Self {
        let plural = if count == 1 { "" } else { "s" };
        Mismatch::Length { wants: format!("{ty} wants {count} {item}{plural}"), got: got as i64 }
    }

    /// This mismatch, of item `i` of the list that the caller knows.
    pub fn within(self, i: usize) -> Self {
        Mismatch::Within(Step::Item(i), Box::new(self))
    }

    /// This mismatch, of the field of this name.
    pub fn within_field(self, name: &std::sync::Arc<str>) -> Self {
        Mismatch::Within(Step::Field(name.clone()), Box::new(self))
    }

    /// The error for what a q function returned to C.
    pub fn returned(self) -> Error {
        self.located(Site { name: "callback".into(), path: Vec::new() })
    }

    /// The error for argument `index` of a function.
    pub fn at(self, name: &str, index: usize) -> Error {
        self.located(Site { name: name.into(), path: vec![Step::Item(index)] })
    }

    /// The error for a value at this site.
    pub fn located(self, mut at: Site) -> Error {
        match self {
            Mismatch::Type { wants, got } => Error::Argument { at, wants, got },
            Mismatch::Range { value, ty } => Error::Range { at, value, ty },
            Mismatch::Length { wants, got } => Error::Length(format!("{at}: {wants}, got {got}")),
            Mismatch::Domain(text) => Error::Domain(format!("{at}: {text}")),
            Mismatch::Within(step, inner) => {
                at.path.push(step);
                inner.located(at)
            }
            Mismatch::Other(error) => error,
        }
    }
}

impl From<Error> for Mismatch {
    fn from(error: Error) -> Self {
        Mismatch::Other(error)
    }
}

/// Reads a C value as a K object: the result of a call, a variable, a member of a struct, an argument of a callback.
/// An uppercase letter's value is a pointer, and what it points to is read.
///
/// # Safety
/// A value of this type can be read at `from`, and what it points to.
///
/// # Errors
/// [`Error::MemoryFull`].
pub unsafe fn read(ty: &Type, from: *const u8) -> Result<Owned> {
    // SAFETY: passed on to the caller.
    unsafe {
        match ty {
            Type::Value(row) => read_element(row, from),
            Type::Pointer(row) => dereference(row, from.cast::<*const u8>().read_unaligned()),
            // A result that is a K object is owned by whom it is returned to.
            Type::Object => from_c(from.cast::<K>().read_unaligned()),
            Type::Struct(layout) => structs::read_struct(layout, from),
            // An out-parameter is an address to whoever is not its caller.
            Type::Callback | Type::Out(_) | Type::InOut(_) => {
                Owned::atom(-tag::LONG, from.cast::<i64>().read_unaligned())
            }
        }
    }
}

/// Takes over the reference to an object that C has given; NULL is `::`.
///
/// # Errors
/// [`Error::MemoryFull`]; with the guard on those of [`k::demand_object`].
///
/// # Safety
/// `x` is NULL or an object whose reference C gives away.
pub unsafe fn from_c(x: K) -> Result<Owned> {
    k::demand_object(x)?;
    // SAFETY: passed on to the caller.
    if x.is_null() { Owned::null() } else { unsafe { Owned::new(x) } }
}

/// A reference to an object that C lends; NULL is `::`.
///
/// # Errors
/// As for [`from_c`].
///
/// # Safety
/// `x` is NULL or an object.
pub unsafe fn lent_by_c(x: K) -> Result<Owned> {
    k::demand_object(x)?;
    // SAFETY: passed on to the caller.
    unsafe { Ref::new(x) }.map_or_else(Owned::null, |x| Ok(x.to_owned()))
}

/// Reads what a pointer that C gave points to: a text for `C`, one element otherwise. NULL gives the null.
///
/// # Safety
/// The pointer is NULL or points to a value of the row's type.
///
/// # Errors
/// [`Error::MemoryFull`].
pub unsafe fn dereference(row: &CType, pointer: *const u8) -> Result<Owned> {
    if pointer.is_null() {
        return null_of(row);
    }
    if row.repr == Repr::Char {
        // SAFETY: a `C` that is not NULL points to a NUL-terminated text.
        return Owned::chars(unsafe { pointed::text(pointer.cast()) }?);
    }
    pointed::readable(pointer, row.element_size())?;
    // SAFETY: passed on to the caller.
    unsafe { read_element(row, pointer) }
}

/// Reads one element that lies at `from`.
///
/// # Safety
/// A value of the row's type can be read at `from`; for a text, what it points to.
///
/// # Errors
/// [`Error::MemoryFull`].
pub unsafe fn read_element(row: &CType, from: *const u8) -> Result<Owned> {
    let t = -row.tag();
    // SAFETY: the caller's type tells the width; nothing is assumed of the alignment.
    unsafe {
        match (row.kind, row.repr) {
            (Kind::Text, _) => symbol(from.cast::<*const c_char>().read_unaligned()),
            (Kind::Guid, _) => guid(from),
            (_, Repr::Bool) => Owned::atom(t, u8::from(from.read() != 0)),
            (_, Repr::U8 | Repr::Char) => Owned::atom(t, from.read()),
            (_, repr @ Repr::I8) => Owned::atom(t, repr.widen(from.read().into())),
            (_, repr @ Repr::U16) => Owned::atom(t, repr.widen(from.cast::<u16>().read_unaligned().into())),
            (_, repr @ Repr::U32) => Owned::atom(t, repr.widen(from.cast::<u32>().read_unaligned().into())),
            (_, Repr::I16) => Owned::atom(t, from.cast::<u16>().read_unaligned()),
            (_, Repr::I32 | Repr::F32) => Owned::atom(t, from.cast::<u32>().read_unaligned()),
            (_, Repr::LongDouble) => Owned::atom(t, load_long_double(from)),
            (_, Repr::I64 | Repr::F64 | Repr::Pointer) => Owned::atom(t, from.cast::<u64>().read_unaligned()),
        }
    }
}

/// # Safety
/// `text` is NULL or NUL-terminated.
unsafe fn symbol(text: *const c_char) -> Result<Owned> {
    pointed::readable_text(text)?;
    // SAFETY: the object is new and ours.
    unsafe { Owned::new(k::make_symbol(text)) }
}

/// # Safety
/// 16 bytes can be read at `from`.
unsafe fn guid(from: *const u8) -> Result<Owned> {
    // SAFETY: passed on to the caller.
    let guid = unsafe { from.cast::<[u8; 16]>().read() };
    // SAFETY: `ku` copies its argument.
    unsafe { Owned::new(k::native::ku(k::native::U { g: guid })) }
}

/// The null of a type; an empty text for `C`.
///
/// # Errors
/// [`Error::MemoryFull`].
pub fn null_of(row: &CType) -> Result<Owned> {
    let t = -row.tag();
    match row.repr {
        _ if row.kind == Kind::Text => Owned::symbol(c""),
        // SAFETY: 16 zero bytes are readable.
        _ if row.kind == Kind::Guid => unsafe { guid([0; 16].as_ptr()) },
        Repr::Char => Owned::chars(b""),
        repr => Owned::atom(t, repr.in_q().null()),
    }
}

/// The type character that suits an object whose parameter has none; `None` when C has no such thing.
pub fn inferred_type(x: Ref) -> Option<char> {
    let row = |t: i8| crate::ctype::TYPES.iter().find(|row| row.tag() == t).map(|row| row.letter);
    match x.tag() {
        _ if x.is_null() => Some('r'),
        tag::FOREIGN => Some('r'),
        // Nobody has said that C only reads it: a copy.
        t if t == -tag::SYMBOL => Some('C'),
        t @ 1..=19 => row(t).map(|letter| letter.to_ascii_uppercase()),
        t @ -19..=-1 => row(-t),
        tag::LIST if is_specification(x) => Some('k'),
        tag::LIST => Some('S'),
        _ => None,
    }
}

/// Item `i` of a list or vector; `::` for one that is missing from a damaged list.
///
/// # Errors
/// [`Error::MemoryFull`].
pub fn item(x: Ref, i: usize) -> Result<Owned> {
    match x.tag() {
        tag::LIST => x.item(i).map_or_else(Owned::null, |x| Ok(x.to_owned())),
        _ => element(x, i),
    }
}

/// Element `i` of a simple vector, as an atom.
///
/// # Panics
/// If it has none.
///
/// # Errors
/// [`Error::MemoryFull`].
pub fn element(x: Ref, i: usize) -> Result<Owned> {
    let t = x.tag();
    let size = tag::element_size(t);
    assert!(t > 0 && i < x.len(), "an element of the vector");
    let from = x.data().wrapping_add(size * i);
    // SAFETY: the element lies within the vector, as has been looked at; each width is that of the type.
    unsafe {
        match size {
            1 => Owned::atom(-t, from.read()),
            2 => Owned::atom(-t, from.cast::<u16>().read()),
            4 => Owned::atom(-t, from.cast::<u32>().read()),
            8 => Owned::atom(-t, from.cast::<u64>().read()),
            _ => guid(from),
        }
    }
}
