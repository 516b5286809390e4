//! What the letters of a declaration do not say: the names of fields and of an enum's values, what a function pointer's
//! function takes, what a pointer points to.

use std::collections::HashMap;
use std::sync::Arc;

use super::letters::{MAX_LETTERS, MAX_NESTING, Writer, enum_scalar};
use super::scope::{Function, Notes, Scope};
use super::types::{Enumeration, Extent, Field, FunctionType, Kind, Qualified, Scalar, TypeId};
use crate::signature::named::{self, Enumerators, FieldType, Named, Note, Pointer};
use crate::signature::{Bits, MAX_STRUCT, More, Shape};

/// Structs by name that have been made.
#[derive(Default)]
pub struct Structs {
    /// `None` for what has none, and while one is made.
    made: HashMap<TypeId, Option<Made>>,
    /// How many are being made now, one for another.
    depth: u32,
    /// How deep the deepest is that the one that is being made has taken so far.
    height: u32,
}

/// A struct by name, the number of fields in it, and how deep types nest in it.
#[derive(Clone)]
struct Made {
    named: Arc<Named>,
    fields: usize,
    height: u32,
}

impl Writer<'_> {
    /// What is said of a function's parameters.
    pub(super) fn parameter_notes(&self, function: &Function, ty: &FunctionType) -> Vec<Option<Note>> {
        let none = Notes::default();
        let note = |(i, &ty): (usize, &TypeId)| {
            let parameter = function.parameters.get(i);
            let notes = parameter.map_or(&none, |parameter| &parameter.notes);
            let nonnull = parameter.is_some_and(|parameter| parameter.nonnull);
            let length = parameter.and_then(|parameter| parameter.length);
            match notes.out || notes.inout {
                true => self.filled_note(ty, length, notes),
                false => self.parameter_note(ty, notes, nonnull),
            }
        };
        let mut all: Vec<Option<Note>> = ty.parameters.iter().enumerate().map(note).collect();
        all.truncate(all.iter().rposition(Option::is_some).map_or(0, |last| last + 1));
        all
    }

    fn parameter_note(&self, ty: TypeId, notes: &Notes, nonnull: bool) -> Option<Note> {
        match self.scope.types.kind(ty) {
            Kind::Pointer(to) => {
                if let Kind::Function(function) = self.scope.types.kind(to.ty) {
                    return self.function(function).map(Note::Function);
                }
                let mut pointer = self.pointer_note(*to, notes);
                pointer.nonnull = nonnull;
                let says = pointer != Pointer::default();
                says.then(|| Note::Pointer(Arc::new(pointer)))
            }
            Kind::Record(_) => self.by_value(ty),
            Kind::Enum(id) => self.enumerators(self.scope.types.enumeration(*id)).map(Note::Enum),
            _ => None,
        }
    }

    fn pointer_note(&self, to: Qualified, notes: &Notes) -> Pointer {
        let mut pointer = Pointer::default();
        match self.scope.types.kind(to.ty) {
            _ if notes.handle => (),
            Kind::Record(_) => {
                pointer.to = Some(self.scope.types.name_of(to.ty).into());
                pointer.fields = self.named(to.ty);
            }
            Kind::Scalar(Scalar::Char | Scalar::Wide) => (),
            Kind::Scalar(_) | Kind::Enum(_) => pointer.constant = to.constant,
            _ => (),
        }
        pointer
    }

    /// What is said of what C fills.
    fn filled_note(&self, ty: TypeId, length: Option<u64>, notes: &Notes) -> Option<Note> {
        let types = &self.scope.types;
        let Kind::Pointer(to) = types.kind(ty) else { return None };
        match (types.kind(to.ty), length) {
            (Kind::Pointer(of), None) => self.handle(*of, notes),
            (Kind::Record(_), None) => self.by_value(to.ty),
            (Kind::Enum(id), None) => self.enumerators(types.enumeration(*id)).map(Note::Enum),
            _ => None,
        }
    }

    /// What is said of a result.
    pub(super) fn result_note(&self, ty: TypeId, notes: &Notes) -> Option<Note> {
        match self.scope.types.kind(ty) {
            Kind::Pointer(to) => self.handle(*to, notes),
            Kind::Record(_) => self.by_value(ty),
            _ => None,
        }
    }

    /// A pointer to a struct is a handle of it.
    fn handle(&self, to: Qualified, notes: &Notes) -> Option<Note> {
        let types = &self.scope.types;
        let is_handle = matches!(types.kind(to.ty), Kind::Record(_)) && !notes.handle && notes.free.is_none();
        let to = || Some(types.name_of(to.ty).into());
        is_handle.then(|| Note::Pointer(Arc::new(Pointer { to: to(), ..Pointer::default() })))
    }

    fn by_value(&self, ty: TypeId) -> Option<Note> {
        let is_transparent = match self.scope.types.kind(ty) {
            Kind::Record(id) => self.scope.types.record(*id).transparent,
            _ => false,
        };
        self.named(ty).filter(|_| !is_transparent).map(Note::Struct)
    }

    fn enumerators(&self, known: &Enumeration) -> Option<Arc<Enumerators>> {
        let names = known.names.as_deref().filter(|names| !names.is_empty())?;
        Some(Arc::new(enumerators(names)))
    }

    /// The types of a function that C calls. Of pointers it gets addresses, and of `const char*` the text.
    fn function(&self, ty: &FunctionType) -> Option<Arc<named::Function>> {
        if ty.variadic {
            return None;
        }
        let (mut args, mut params) = (String::new(), Vec::new());
        for &parameter in &ty.parameters {
            let (letters, note) = self.given_to_q(parameter)?;
            args += &letters;
            params.push(note);
        }
        let result = ty.result.ty;
        let (ret, note) = match self.scope.types.kind(result) {
            Kind::Void => (" ".into(), None),
            Kind::Pointer(to) => (self.pointer(*to).ok()?, None),
            _ => (self.value(result).ok()?, self.parameter_note(result, &Notes::default(), false)),
        };
        let more = More { params, ret: note, ..More::default() };
        Some(Arc::new(named::Function { args: args.into(), ret: ret.into(), more }))
    }

    fn given_to_q(&self, ty: TypeId) -> Option<(String, Option<Note>)> {
        match self.scope.types.kind(ty) {
            Kind::Pointer(to) if to.constant => Some((self.address(*to).ok()?, None)),
            // What C has room for is no text yet.
            Kind::Pointer(_) => Some(("r".into(), None)),
            Kind::Record(_) => Some((self.value(ty).ok()?, self.by_value(ty))),
            _ => Some((self.value(ty).ok()?, None)),
        }
    }

    /// A struct or union by name; `None` for what is incomplete, has fields of types that there are no letters for, or is
    /// too large.
    pub fn named(&self, ty: TypeId) -> Option<Arc<Named>> {
        self.counted(ty).map(|(named, _)| named)
    }

    /// The same with the number of fields in it, those of structs within it included.
    pub fn counted(&self, ty: TypeId) -> Option<(Arc<Named>, usize)> {
        let ty = self.scope.types.bare(ty);
        let known = self.structs.borrow().made.get(&ty).cloned();
        let made = match known {
            Some(known) => known,
            None => self.make_at_depth(ty),
        }?;
        let mut structs = self.structs.borrow_mut();
        structs.height = structs.height.max(made.height);
        Some((made.named, made.fields))
    }

    // Types that nest too deep, by value or by what functions take, are none.
    fn make_at_depth(&self, ty: TypeId) -> Option<Made> {
        let outer = {
            let mut structs = self.structs.borrow_mut();
            if structs.depth == MAX_NESTING {
                return None;
            }
            structs.depth += 1;
            structs.made.insert(ty, None);
            std::mem::take(&mut structs.height)
        };
        let made = self.make(ty);
        let mut structs = self.structs.borrow_mut();
        let height = structs.height + 1;
        (structs.depth, structs.height) = (structs.depth - 1, outer);
        let made =
            made.filter(|_| height <= MAX_NESTING).map(|(named, fields)| Made { named, fields, height });
        structs.made.insert(ty, made.clone());
        made
    }

    fn make(&self, ty: TypeId) -> Option<(Arc<Named>, usize)> {
        let types = &self.scope.types;
        let Kind::Record(id) = types.kind(ty) else { return None };
        let record = types.record(*id);
        let extent = types.extent(ty).filter(|extent| (1..=MAX_STRUCT as u64).contains(&extent.size))?;
        let (mut fields, mut bits, mut count) = (Vec::new(), false, 0);
        for field in record.fields.as_deref()? {
            if let Some((made, inner)) = self.named_field(field)? {
                count += inner;
                bits |= made.place.1.is_some();
                fields.push(made);
            }
            if count > MAX_LETTERS {
                return None;
            }
        }
        if fields.is_empty() {
            return None;
        }
        let named = laid_out(fields, record.union, bits, extent)?;
        Some((Arc::new(named), count))
    }

    // A field with its place, unless it is nothing but room, and the number of fields in it.
    #[allow(clippy::option_option, reason = "no field, and a field without a type in q")]
    fn named_field(&self, field: &Field) -> Option<Option<(named::Field, usize)>> {
        let types = &self.scope.types;
        let (mut ty, mut count) = (field.ty, None);
        while let Kind::Array(of, length) = types.kind(ty) {
            match length {
                None | Some(0) => return Some(None),
                Some(n) => count = Some(count.unwrap_or(1) * n),
            }
            ty = of.ty;
        }
        let is_record = matches!(types.kind(ty), Kind::Record(_));
        if field.name.is_none() && (!is_record || field.bits.is_some()) {
            return Some(None);
        }
        let (letters, inner) = self.field_type(ty)?;
        let count =
            count.map(|count| usize::try_from(count).ok()).map_or(Some(None), |count| count.map(Some))?;
        let place = self.place(field, ty)?;
        Some(Some((named::Field { name: field.name.clone(), ty: letters, count, place }, inner)))
    }

    fn field_type(&self, ty: TypeId) -> Option<(FieldType, usize)> {
        let types = &self.scope.types;
        let letters = |letters: String| (FieldType::Letters(letters.into()), 1);
        Some(match types.kind(ty) {
            Kind::Record(_) => {
                let (inner, count) = self.counted(ty)?;
                (FieldType::Struct(inner), count)
            }
            Kind::Enum(id) => {
                let letter = self.letter_of(enum_scalar(types.enumeration(*id))).to_string();
                match self.enumerators(types.enumeration(*id)) {
                    Some(names) => (FieldType::Enum(letter.into(), names), 1),
                    None => letters(letter),
                }
            }
            Kind::Pointer(to) => match types.kind(to.ty) {
                Kind::Function(function) => match self.function(function) {
                    Some(function) => (FieldType::Function(function), 1),
                    None => letters("k".into()),
                },
                _ => letters(self.address(*to).ok()?),
            },
            _ => letters(self.value(ty).ok()?),
        })
    }

    // The offset in bytes, and the bits of a bit-field from there.
    fn place(&self, field: &Field, ty: TypeId) -> Option<(usize, Option<Bits>)> {
        let types = &self.scope.types;
        let signed = match types.kind(ty) {
            Kind::Scalar(scalar) => scalar.shape(&types.model).1,
            Kind::Enum(id) => enum_scalar(types.enumeration(*id)).shape(&types.model).1,
            _ => false,
        };
        let bits = field.bits.map(|width| {
            Some(Bits {
                shift: (field.offset % 8) as u8,
                width: u8::try_from(width).ok().filter(|&w| w <= 64)?,
                signed,
            })
        });
        Some((usize::try_from(field.offset / 8).ok()?, bits.map_or(Some(None), |bits| bits.map(Some))?))
    }
}

/// The simplest description that has these fields where they lie.
fn laid_out(fields: Vec<named::Field>, union: bool, bits: bool, extent: Extent) -> Option<Named> {
    let (size, align) = (usize::try_from(extent.size).ok()?, extent.align as usize);
    let plain: Vec<named::Field> =
        fields.iter().map(|field| named::Field { place: (0, None), ..field.clone() }).collect();
    for packed in [false, true].into_iter().filter(|_| !bits) {
        let named = Named::new(Shape { packed, union }, plain.clone(), None);
        let layout = named.layout().ok()?;
        let lies =
            |(member, field): (&crate::signature::Member, &named::Field)| member.offset == field.place.0;
        if (layout.size, layout.align) == (size, align) && layout.members.iter().zip(&fields).all(lies) {
            return Some(named);
        }
    }
    Some(Named::new(Shape { packed: false, union }, fields, Some((size, align))))
}

/// Names and values of an enum.
pub fn enumerators(names: &[(super::Name, i128)]) -> Enumerators {
    Enumerators(names.iter().map(|(name, value)| (name.clone(), *value as i64)).collect())
}

impl Scope {
    /// All structs and unions that have a name, with that.
    pub fn named_records(&self) -> impl Iterator<Item = (TypeId, &super::types::Record)> {
        self.types.every_record().filter(|(_, record)| record.tag.is_some() && record.fields.is_some())
    }
}
