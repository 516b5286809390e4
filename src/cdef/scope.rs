//! What names mean, and when a name may be declared again.

use std::collections::HashMap;
use std::sync::Arc;

use super::arithmetic::Constant;
use super::error::{Error, Name, Place, Result, shown};
use super::model::Model;
use super::types::{Body, Kind, Qualified, Record, TypeId, Types};
use super::{suggest, words};

/// Comparisons of unnamed structs in one reading; a text that needs more was written to be slow.
const MAX_COMPARISONS: u32 = 1 << 22;
/// Declarations left out in one reading, before it is given up.
pub const MAX_LEFT: usize = 10_000;

/// Who says so. Stronger declarations replace weaker ones, equal ones must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Known beforehand.
    Known,
    /// A header.
    Header,
    /// The user's text.
    Text,
}

/// What an identifier means.
#[derive(Debug, Clone, PartialEq)]
pub enum Meaning {
    /// A typedef.
    Type(Qualified),
    /// A function that a library exports.
    Function(Arc<Function>),
    /// A variable that a library exports.
    Variable(Arc<Variable>),
    /// An enumerator, or a macro of a constant expression.
    Constant(Constant),
    /// A macro of another name.
    Alias(Name),
}

/// A function.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// Its name in C.
    pub name: Name,
    /// Its name in the library, which an asm label may change.
    pub symbol: Name,
    /// Its type.
    pub ty: TypeId,
    /// Its parameters as they are written; none are where a typedef says the type.
    pub parameters: Vec<Parameter>,
    /// What is said of its result.
    pub notes: Notes,
    /// Why it cannot be called although its types could be, as another calling convention.
    pub refused: Option<&'static str>,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name, if it has one.
    pub name: Option<Name>,
    /// Its type, adjusted: an array is a pointer.
    pub ty: TypeId,
    /// The number of items where it is written as an array.
    pub length: Option<u64>,
    /// What is said of it.
    pub notes: Notes,
    /// Whether NULL is forbidden.
    pub nonnull: bool,
}

/// What annotations say of a parameter or a result.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Notes {
    /// `_Out_`: C writes there and reads nothing.
    pub out: bool,
    /// `_Inout_`: C reads and writes.
    pub inout: bool,
    /// `_Handle_`: an address, whatever it points to.
    pub handle: bool,
    /// `_Free_(f)`: a text that f frees.
    pub free: Option<Name>,
    /// `_Own_(f)`: a handle that f destroys.
    pub own: Option<Name>,
}

/// A variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Its name in C.
    pub name: Name,
    /// Its name in the library.
    pub symbol: Name,
    /// Its type.
    pub ty: Qualified,
}

/// What a name means and who says so where.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The name.
    pub name: Name,
    /// What it means.
    pub meaning: Meaning,
    /// Where.
    pub place: Place,
    /// Who.
    pub strength: Strength,
}

/// What follows `struct`, `union` or `enum`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TagKind {
    /// `struct`.
    Struct,
    /// `union`.
    Union,
    /// `enum`.
    Enum,
}

impl TagKind {
    /// That of a struct or union.
    pub const fn of(record: &Record) -> Self {
        if record.union { TagKind::Union } else { TagKind::Struct }
    }

    /// The word of C.
    pub const fn word(self) -> &'static str {
        match self {
            TagKind::Struct => "struct",
            TagKind::Union => "union",
            TagKind::Enum => "enum",
        }
    }
}

#[derive(Debug, Clone)]
struct Tag {
    kind: TagKind,
    ty: TypeId,
    place: Place,
    strength: Strength,
}

/// All names of what was read.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The types.
    pub types: Types,
    /// What was left out, and why.
    pub left: Vec<Error>,
    entries: Vec<Entry>,
    names: HashMap<Name, usize>,
    tags: HashMap<Name, Tag>,
    files: Vec<Name>,
    file_numbers: HashMap<Name, u32>,
    /// Comparisons of types that are left for this reading, and those under way within each other.
    pub(super) comparisons: u32,
    pub(super) comparing: u32,
}

impl Scope {
    /// A scope with nothing in it; [`super::prelude`] fills one.
    pub(super) fn empty(model: Model) -> Self {
        Self {
            types: Types::new(model),
            left: Vec::new(),
            entries: Vec::new(),
            names: HashMap::new(),
            tags: HashMap::new(),
            files: Vec::new(),
            file_numbers: HashMap::new(),
            comparisons: 0,
            comparing: 0,
        }
    }

    /// What an identifier means.
    pub fn find(&self, name: &str) -> Option<&Meaning> {
        self.names.get(name).map(|&i| &self.entries[i].meaning)
    }

    /// The identifiers declared, in their order, without those known beforehand.
    pub fn declared(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.strength > Strength::Known)
    }

    /// The functions declared, in their order.
    pub fn functions(&self) -> impl Iterator<Item = &Arc<Function>> {
        self.declared().filter_map(|entry| match &entry.meaning {
            Meaning::Function(function) => Some(function),
            _ => None,
        })
    }

    /// The type of `struct tag`, `union tag` or `enum tag`.
    pub fn tagged(&self, kind: TagKind, tag: &str) -> Option<TypeId> {
        self.tags.get(tag).filter(|known| known.kind == kind).map(|known| known.ty)
    }

    /// The type, or the constant, that is near to a name that is unknown.
    pub(super) fn suggestion(&self, name: &str, ty: bool) -> Option<&str> {
        let fits = |meaning: &Meaning| match meaning {
            Meaning::Type(_) => ty,
            Meaning::Constant(_) => !ty,
            _ => false,
        };
        let names = self.entries.iter().filter(|entry| fits(&entry.meaning)).map(|entry| &*entry.name);
        let words = words::TYPE_WORDS.into_iter().filter(|_| ty);
        suggest::nearest(name, words.chain(names))
    }

    /// The number of a file.
    pub(super) fn file(&mut self, name: &str) -> u32 {
        if let Some(&file) = self.file_numbers.get(name) {
            return file;
        }
        let (file, name) = (self.files.len() as u32, Name::from(name));
        self.files.push(name.clone());
        self.file_numbers.insert(name, file);
        file
    }

    /// The name of the file that a place lies in.
    pub fn file_of(&self, place: Place) -> &str {
        &self.files[place.file as usize]
    }

    /// A place as text.
    pub fn place_text(&self, place: Place) -> String {
        format!("{}:{}:{}", self.files[place.file as usize], place.line, place.column)
    }

    /// An error at a place.
    pub(super) fn error(&self, place: Place, name: &str, what: impl Into<String>) -> Error {
        let Place { file, line, column } = place;
        Error { file: self.files[file as usize].clone(), line, column, name: shown(name), what: what.into() }
    }

    /// The type of a field and its offset in bits, also of one within a field without a name.
    pub(super) fn field(&mut self, ty: TypeId, name: &str) -> Option<(TypeId, u64)> {
        let Kind::Record(id) = *self.types.kind(ty) else { return None };
        let fields = self.types.record(id).fields.clone()?;
        for field in fields.iter() {
            self.comparisons = self.comparisons.checked_sub(1)?;
            match &field.name {
                Some(known) if **known == *name => return Some((field.ty, field.offset)),
                None => {
                    if let Some((ty, offset)) = self.field(field.ty, name) {
                        return Some((ty, field.offset + offset));
                    }
                }
                _ => (),
            }
        }
        None
    }

    /// Leaves out what was declared under this name, and says why.
    pub fn leave_out(&mut self, name: &str, why: impl Into<String>) {
        let Some(i) = self.names.remove(name) else { return };
        let error = self.error(self.entries[i].place, name, why);
        self.left.push(error);
        self.weaken(i);
    }

    // The entry of a name that is gone stays where it is, for the numbers of the others, and is weaker than any.
    fn weaken(&mut self, entry: usize) {
        self.entries[entry].strength = Strength::Known;
    }

    pub(super) fn start_reading(&mut self) {
        self.comparisons = MAX_COMPARISONS;
    }

    /// Forgets a macro.
    pub(super) fn undefine(&mut self, name: &str) {
        if let Some(&i) = self.names.get(name)
            && matches!(self.entries[i].meaning, Meaning::Constant(_) | Meaning::Alias(_))
        {
            self.names.remove(name);
            self.weaken(i);
        }
    }

    /// Says what an identifier means, or with which place that disagrees.
    pub(super) fn declare(
        &mut self,
        name: &str,
        meaning: Meaning,
        place: Place,
        strength: Strength,
    ) -> Result<()> {
        let Some(&i) = self.names.get(name) else {
            let name = Name::from(name);
            self.names.insert(name.clone(), self.entries.len());
            self.entries.push(Entry { name, meaning, place, strength });
            return Ok(());
        };
        let old = self.entries[i].clone();
        match self.merge(&old.meaning, &meaning) {
            Some(merged) => self.entries[i].meaning = merged,
            None if strength > old.strength => {
                self.entries[i] = Entry { name: old.name, meaning, place, strength };
            }
            None if strength < old.strength => (),
            None => return Err(self.conflict(name, &old, &meaning, place)),
        }
        Ok(())
    }

    /// The type that a tag names, a new one if it is new.
    pub(super) fn tag(
        &mut self,
        kind: TagKind,
        name: &str,
        place: Place,
        strength: Strength,
    ) -> Result<TypeId> {
        if let Some(known) = self.tags.get(name) {
            if known.kind == kind {
                return Ok(known.ty);
            }
            if strength <= known.strength {
                let what = format!(
                    "{} here, {} at {}",
                    kind.word(),
                    known.kind.word(),
                    self.place_text(known.place)
                );
                return Err(self.error(place, name, what));
            }
        }
        let ty = self.new_type(kind, Some(name.into()));
        self.tags.insert(name.into(), Tag { kind, ty, place, strength });
        Ok(ty)
    }

    /// A new struct, union or enum.
    pub(super) fn new_type(&mut self, kind: TagKind, tag: Option<Name>) -> TypeId {
        match kind {
            TagKind::Enum => self.types.new_enum(tag).1,
            kind => self.types.new_record(kind == TagKind::Union, tag).1,
        }
    }

    /// Gives a struct or union its fields; it may have had the same ones before. The type is another one where
    /// a stronger declaration differs from a weaker one.
    pub(super) fn complete_record(
        &mut self,
        ty: TypeId,
        body: Body,
        transparent: bool,
        place: Place,
        strength: Strength,
    ) -> Result<TypeId> {
        let Kind::Record(id) = *self.types.kind(ty) else { return Ok(ty) };
        let record = self.types.record(id).clone();
        let kind = TagKind::of(&record);
        let Some(fields) = record.fields else {
            self.types.complete_record((id, ty), body, transparent);
            self.place_tag(record.tag.as_deref(), place, strength);
            return Ok(ty);
        };
        if self.types.extent(ty) == Some(body.extent) && self.same_fields(&fields, &body.fields) {
            return Ok(ty);
        }
        let Some(new) = self.replace_tag(kind, record.tag, place, strength)? else { return Ok(ty) };
        if let Kind::Record(id) = *self.types.kind(new) {
            self.types.complete_record((id, new), body, transparent);
        }
        Ok(new)
    }

    /// Gives an enum its names, as [`Scope::complete_record`].
    pub(super) fn complete_enum(
        &mut self,
        ty: TypeId,
        names: Vec<(Name, i128)>,
        shape: (u8, bool),
        place: Place,
        strength: Strength,
    ) -> Result<TypeId> {
        let Kind::Enum(id) = *self.types.kind(ty) else { return Ok(ty) };
        let known = self.types.enumeration(id).clone();
        let Some(old) = known.names else {
            self.types.complete_enum((id, ty), names, shape);
            self.place_tag(known.tag.as_deref(), place, strength);
            return Ok(ty);
        };
        if *old == names[..] {
            return Ok(ty);
        }
        let Some(new) = self.replace_tag(TagKind::Enum, known.tag, place, strength)? else { return Ok(ty) };
        if let Kind::Enum(id) = *self.types.kind(new) {
            self.types.complete_enum((id, new), names, shape);
        }
        Ok(new)
    }

    // Where a tag's braces stand says more than where it was first named.
    fn place_tag(&mut self, tag: Option<&str>, place: Place, strength: Strength) {
        if let Some(known) = tag.and_then(|tag| self.tags.get_mut(tag)) {
            (known.place, known.strength) = (place, strength);
        }
    }

    // A new type for a tag whose braces differ from weaker ones, none where they are weaker themselves.
    fn replace_tag(
        &mut self,
        kind: TagKind,
        tag: Option<Name>,
        place: Place,
        strength: Strength,
    ) -> Result<Option<TypeId>> {
        let tag = tag.expect("only a tag is completed twice");
        let known = &self.tags[&tag];
        if strength == known.strength {
            let what = format!("declared as another {} at {}", kind.word(), self.place_text(known.place));
            return Err(self.error(place, &tag, what));
        }
        if strength < known.strength {
            return Ok(None);
        }
        let ty = self.new_type(kind, Some(tag.clone()));
        self.tags.insert(tag, Tag { kind, ty, place, strength });
        Ok(Some(ty))
    }
}
