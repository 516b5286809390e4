//! What letters do not say: the names of a struct's fields, of an enum's values, what a function pointer's function takes,
//! what a pointer points to. All of it are values that can be compared, since they tell signatures apart.

#![forbid(unsafe_code)]

use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use super::{Bits, MAX_STRUCT, Member, More, Shape, Struct, Type, parse_members};
use crate::error::{Error, Result};

/// What is said of a parameter, a result or a field besides its letters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Note {
    /// The struct's fields have names.
    Struct(Arc<Named>),
    /// The number has names.
    Enum(Arc<Enumerators>),
    /// The function pointer is of a function of these types.
    Function(Arc<Function>),
    /// What the pointer points to.
    Pointer(Arc<Pointer>),
}

/// A struct or union by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Named {
    /// What it is.
    pub shape: Shape,
    /// Its fields in order.
    pub fields: Vec<Field>,
    /// Size and alignment, where fields say where they lie.
    pub extent: Option<(usize, usize)>,
    layout: Memo<Arc<Struct>>,
}

/// A field of a struct by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Field {
    /// Its name; an anonymous struct or union has none.
    pub name: Option<Arc<str>>,
    /// Its type, of an element when it is an array.
    pub ty: FieldType,
    /// Number of elements when it is an array.
    pub count: Option<usize>,
    /// Where it lies, unless C's rules say it: the offset in bytes, and the bits of a bit-field.
    pub place: (usize, Option<Bits>),
}

/// The type of a field.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FieldType {
    /// What letters say.
    Letters(Box<str>),
    /// Another struct by name.
    Struct(Arc<Named>),
    /// An enum, held as the letter says.
    Enum(Box<str>, Arc<Enumerators>),
    /// A function pointer.
    Function(Arc<Function>),
}

/// The names of an enum's values.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Enumerators(pub Box<[(Arc<str>, i64)]>);

/// The types of a function that q gives C a pointer to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Function {
    /// The parameters' letters.
    pub args: Box<str>,
    /// The result's.
    pub ret: Box<str>,
    /// What these do not say.
    pub more: More,
}

/// A pointer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Pointer {
    /// Whether NULL is forbidden.
    pub nonnull: bool,
    /// Whether C only reads there.
    pub constant: bool,
    /// The struct it points to, as C names it: such a pointer is a handle.
    pub to: Option<Arc<str>>,
    /// The fields of that struct, where they are known.
    pub fields: Option<Arc<Named>>,
}

/// What has been made of the rest of a value once, and says nothing that the rest does not.
#[derive(Debug, Clone)]
pub struct Memo<T>(pub OnceLock<T>);

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<T> PartialEq for Memo<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for Memo<T> {}

impl<T> Hash for Memo<T> {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl Note {
    /// Whether a pointer that C gives becomes a handle.
    pub fn makes_handles(&self) -> bool {
        matches!(self, Note::Pointer(pointer) if pointer.to.is_some())
    }
}

impl Named {
    /// A struct of these fields, laid out by C's rules or, with size and alignment, as its fields say.
    pub fn new(shape: Shape, fields: Vec<Field>, extent: Option<(usize, usize)>) -> Self {
        Self { shape, fields, extent, layout: Memo::default() }
    }

    /// Its layout.
    ///
    /// # Errors
    /// [`Error::Signature`] for letters that are no type; [`Error::Limit`] when it is too large.
    pub fn layout(&self) -> Result<Arc<Struct>> {
        if let Some(known) = self.layout.0.get() {
            return Ok(known.clone());
        }
        let members = self.fields.iter().map(Field::member).collect::<Result<_>>()?;
        let layout = match self.extent {
            Some(extent) => Some(Struct::of_placed(self.shape, members, extent)),
            None => Struct::of_members(self.shape, members),
        };
        let layout = layout.ok_or_else(|| Error::Limit(format!("a struct over {MAX_STRUCT} bytes")))?;
        Ok(self.layout.0.get_or_init(|| Arc::new(layout)).clone())
    }

    /// Its letters, in braces.
    ///
    /// # Errors
    /// As [`Self::layout`].
    pub fn letters(&self) -> Result<String> {
        Ok(self.layout()?.to_string())
    }

    /// What only memory has is not passed by value; `whose` begins what is said of it.
    ///
    /// # Errors
    /// [`Error::Unsupported`].
    pub fn refuse_by_value(&self, whose: &str) -> Result<()> {
        let what = "bit-fields and fields aligned of their own by value";
        match self.is_placed() {
            true => Err(Error::Unsupported(format!("{whose}{what}"))),
            false => Ok(()),
        }
    }

    fn is_placed(&self) -> bool {
        let within = |field: &Field| matches!(&field.ty, FieldType::Struct(inner) if inner.is_placed());
        self.extent.is_some() || self.fields.iter().any(within)
    }
}

impl Field {
    fn member(&self) -> Result<Member> {
        let (ty, note) = match &self.ty {
            FieldType::Letters(letters) => (one(letters)?, None),
            FieldType::Struct(named) => (Type::Struct(named.layout()?), None),
            FieldType::Enum(letter, names) => (one(letter)?, Some(Note::Enum(names.clone()))),
            FieldType::Function(function) => (Type::Callback, Some(Note::Function(function.clone()))),
        };
        let (offset, bits) = self.place;
        Ok(Member { ty, count: self.count, offset, name: self.name.clone(), note, bits })
    }
}

/// The only type that the letters are.
fn one(letters: &str) -> Result<Type> {
    let layout = parse_members(letters.as_bytes())?;
    match <[Member; 1]>::try_from(layout.members) {
        Ok([member]) if member.count.is_none() => Ok(member.ty),
        _ => Err(Error::Usage(format!("types: a field wants one type, got \"{letters}\""))),
    }
}

impl Enumerators {
    /// What is said of a name that none of its values has.
    pub fn refusal(&self, name: &str) -> String {
        let names: Vec<&str> = self.0.iter().map(|(name, _)| &**name).collect();
        format!("no value {name} in the enum; there are {}", listed(&names))
    }

    /// The value of a name.
    pub fn value(&self, name: &str) -> Option<i64> {
        self.0.iter().find(|(known, _)| **known == *name).map(|(_, value)| *value)
    }
}

/// Names in a row, of which errors show only so many.
pub fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 16;
    let dots = if names.len() > SHOWN { ", .." } else { "" };
    names[..names.len().min(SHOWN)].join(", ") + dots
}
