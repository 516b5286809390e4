//! q lists, vectors, dictionaries and tables as C structs and arrays.

use std::ffi::CStr;

use super::named;
use super::table::row_count;
use crate::ctype::{CType, Kind, Repr};
use crate::k::{Ref, tag};
use crate::marshal::number::Number;
use crate::marshal::{self, Mismatch, Values};
use crate::signature::{Bits, Member, Struct, Type};

type Result<T> = std::result::Result<T, Mismatch>;

/// What a struct takes, in q's words.
const FIELDS: &str = "a list of its fields";
/// What a union takes.
const PAIR: &str = "a member's number and its value";
/// What an array takes.
const ARRAY: &str = "a list of its values";

/// Writes a struct at `to`, which is zeroed, from a list of its fields, a conforming vector, or a dictionary's values.
///
/// # Errors
/// A [`Mismatch`] that names the field.
///
/// # Safety
/// `to` has room for a struct of this layout.
pub unsafe fn write_struct<'a>(
    layout: &Struct,
    x: Ref<'a>,
    to: *mut u8,
    values: &mut Values<'a>,
) -> Result<()> {
    // SAFETY: passed on to the caller.
    unsafe { write_fields(layout, Source::Object(x), to, values) }
}

/// Writes the rows of a table as structs that lie side by side.
///
/// # Errors
/// A [`Mismatch`] that names the row and the field.
///
/// # Safety
/// `to` has room for as many structs as the table has rows, and is zeroed.
pub unsafe fn write_rows<'a>(
    layout: &Struct,
    table: Ref<'a>,
    to: *mut u8,
    values: &mut Values<'a>,
) -> Result<()> {
    for i in 0..row_count(table) {
        // SAFETY: passed on to the caller.
        unsafe { write_fields(layout, Source::Row(table, i), to.add(i * layout.size), values) }
            .map_err(|m| m.within(i))?;
    }
    Ok(())
}

/// Makes NULL of all pointers in the bytes of a struct, of those at least that q would follow.
pub fn clear_pointers(layout: &Struct, bytes: &mut [u8]) {
    for member in layout.read() {
        for i in 0..member.count.unwrap_or(1) {
            let place = &mut bytes[member.offset + i * member.ty.size()..][..member.ty.size()];
            match &member.ty {
                Type::Struct(inner) => clear_pointers(inner, place),
                Type::Pointer(_) | Type::Object => place.fill(0),
                Type::Value(row) if row.kind == Kind::Text => place.fill(0),
                Type::Value(_) | Type::Callback | Type::Out(_) | Type::InOut(_) => (),
            }
        }
    }
}

/// Where a value comes from.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    /// An object.
    Object(Ref<'a>),
    /// An element of a simple vector.
    Element(Ref<'a>, usize),
    /// A row of a table.
    Row(Ref<'a>, usize),
    /// An item that is not there.
    Missing,
}

impl<'a> Source<'a> {
    fn item(list: Ref<'a>, i: usize) -> Self {
        match list.tag() {
            tag::LIST => list.item(i).map_or(Source::Missing, Source::Object),
            1..=19 if i < list.len() => Source::Element(list, i),
            tag::TABLE => Source::Row(list, i),
            _ => Source::Missing,
        }
    }

    /// The fields of a struct and their number; `None` for what has no fields.
    pub(super) fn fields(self) -> Option<(Items<'a>, usize)> {
        match self {
            Source::Object(x) if x.tag() == tag::DICTIONARY => Items::of(x.parts()?.1),
            Source::Object(x) => Items::of(x),
            Source::Row(table, i) => {
                let (_, columns) = table.parts()?;
                Some((Items::Row(columns, i), columns.len()))
            }
            _ => None,
        }
    }

    /// The names of a dictionary's values, or of a row's.
    pub(super) fn names(self) -> Option<Ref<'a>> {
        match self {
            Source::Object(x) if x.tag() == tag::DICTIONARY => Some(x.parts()?.0),
            Source::Row(table, _) => Some(table.parts()?.0),
            _ => None,
        }
    }

    /// The error for something else than this.
    pub(super) fn mismatch(self, ty: impl std::fmt::Display, wants: &str) -> Mismatch {
        match self {
            Source::Object(x) => Mismatch::of(ty, wants, x),
            Source::Element(x, i) => mismatch_of_element(ty, wants, x, i),
            Source::Row(..) | Source::Missing => {
                Mismatch::Type { wants: format!("{ty} wants {wants}"), got: "nothing".into() }
            }
        }
    }
}

/// The error for element `i` of a vector.
fn mismatch_of_element(ty: impl std::fmt::Display, wants: &str, x: Ref, i: usize) -> Mismatch {
    marshal::element(x, i).map_or_else(Mismatch::from, |element| Mismatch::of(ty, wants, element.get()))
}

/// What the fields of a struct are taken from.
pub(super) enum Items<'a> {
    List(Ref<'a>),
    Row(Ref<'a>, usize),
    Rows(Ref<'a>),
}

impl<'a> Items<'a> {
    fn of(x: Ref<'a>) -> Option<(Self, usize)> {
        match x.tag() {
            0..=19 => Some((Items::List(x), x.len())),
            // q makes a table of structs that are dictionaries with the same keys.
            tag::TABLE => Some((Items::Rows(x), row_count(x))),
            _ => None,
        }
    }

    pub(super) fn get(&self, i: usize) -> Source<'a> {
        match *self {
            Items::List(x) => Source::item(x, i),
            Items::Rows(table) => Source::Row(table, i),
            Items::Row(columns, row) => columns.item(i).map_or(Source::Missing, |c| Source::item(c, row)),
        }
    }
}

/// # Safety
/// `to` has room for a struct of this layout.
unsafe fn write_fields<'a>(
    layout: &Struct,
    source: Source<'a>,
    to: *mut u8,
    values: &mut Values<'a>,
) -> Result<()> {
    if let Some(names) = source.names().filter(|_| layout.is_named()) {
        // SAFETY: passed on to the caller.
        return unsafe { named::write(layout, names, source, to, values) };
    }
    if layout.shape.union {
        // SAFETY: passed on to the caller.
        return unsafe { write_one(layout, source, to, values) };
    }
    let (fields, count) = source.fields().ok_or_else(|| source.mismatch(layout, FIELDS))?;
    let wanted = layout.members.len();
    if count != wanted {
        return Err(Mismatch::count(layout, wanted, "field", count));
    }
    for (i, member) in layout.members.iter().enumerate() {
        // SAFETY: members lie within the struct.
        unsafe { write_member(member, fields.get(i), to.add(member.offset), values) }.map_err(|m| {
            match &member.name {
                Some(name) => m.within_field(name),
                None => m.within(i),
            }
        })?;
    }
    Ok(())
}

/// Writes a member of a union.
///
/// # Safety
/// `to` has room for it.
unsafe fn write_one<'a>(
    layout: &Struct,
    source: Source<'a>,
    to: *mut u8,
    values: &mut Values<'a>,
) -> Result<()> {
    let pair = match source {
        Source::Object(x) if (tag::LIST..=tag::TIME).contains(&x.tag()) => x,
        Source::Row(..) => {
            return Err(Mismatch::Type { wants: format!("{layout} wants {PAIR}"), got: "dictionary".into() });
        }
        _ => return Err(source.mismatch(layout, PAIR)),
    };
    if pair.len() != 2 {
        return Err(Mismatch::Length { wants: format!("{layout} wants {PAIR}"), got: pair.len() as i64 });
    }
    let number = member_number(layout, Source::item(pair, 0)).map_err(|m| m.within(0))?;
    // SAFETY: members lie within the union.
    unsafe { write_member(&layout.members[number], Source::item(pair, 1), to, values) }
        .map_err(|m| m.within(1))
}

/// The number of a union's member, counted from 0.
fn member_number(layout: &Struct, source: Source) -> Result<usize> {
    const WANTS: &str = "a member's number";
    let element = match source {
        Source::Element(x, i) => Some(marshal::element(x, i)?),
        _ => None,
    };
    let x = match (source, &element) {
        (Source::Object(x), _) => x,
        (_, Some(element)) => element.get(),
        _ => return Err(source.mismatch(layout, WANTS)),
    };
    let number = Number::of_integer(x).ok_or_else(|| Mismatch::of(layout, WANTS, x))?;
    let last = layout.members.len() - 1;
    match number {
        Number::Integer(n) if (0..=last as i64).contains(&n) => Ok(n as usize),
        _ => Err(Mismatch::Domain(format!("{layout} has members 0 to {last}, got {number}"))),
    }
}

/// # Safety
/// `to` has room for the member.
pub(super) unsafe fn write_member<'a>(
    member: &Member,
    source: Source<'a>,
    to: *mut u8,
    values: &mut Values<'a>,
) -> Result<()> {
    // SAFETY: passed on to the caller.
    unsafe {
        match (member.count, source) {
            (None, _) => match member.bits {
                Some(bits) => write_bits(member, bits, source, to, values),
                None => write_noted(member, source, to, values),
            },
            (Some(_), Source::Object(x)) => write_array(member, x, to, values),
            (Some(_), other) => write_text_element(member, other, to),
        }
    }
}

/// # Safety
/// `to` has room for the member, which is an array.
unsafe fn write_array<'a>(member: &Member, x: Ref<'a>, to: *mut u8, values: &mut Values<'a>) -> Result<()> {
    // SAFETY: passed on to the caller.
    if let Some(written) = unsafe { write_text(member, x, to) } {
        return written;
    }
    let count = match x.tag() {
        0..=19 => x.len(),
        tag::TABLE => row_count(x),
        _ => return Err(Mismatch::of(member, ARRAY, x)),
    };
    if Some(count) != member.count {
        return Err(wrong_length(member, count));
    }
    // SAFETY: the caller has room for as many elements.
    unsafe {
        match member.note {
            Some(_) => write_noted_elements(member, x, to, values),
            None => write_elements(&member.ty, x, to, values),
        }
    }
}

/// # Safety
/// `to` has room for as many elements as `x`, a list, vector or table, has items.
unsafe fn write_noted_elements<'a>(
    member: &Member,
    x: Ref<'a>,
    to: *mut u8,
    values: &mut Values<'a>,
) -> Result<()> {
    (0..x.len()).try_for_each(|i| {
        // SAFETY: passed on to the caller.
        unsafe { write_noted(member, Source::item(x, i), to.add(i * member.ty.size()), values) }
            .map_err(|m| m.within(i))
    })
}

/// Writes a bit-field.
///
/// # Safety
/// `to` has room for the bytes that hold it.
unsafe fn write_bits<'a>(
    member: &Member,
    bits: Bits,
    source: Source<'a>,
    to: *mut u8,
    values: &mut Values<'a>,
) -> Result<()> {
    let mut whole = [0_u8; 16];
    // SAFETY: there is room for any number; the rest is the caller's.
    let fits = unsafe {
        write_noted(member, source, whole.as_mut_ptr(), values)?;
        bits.write(u128::from_le_bytes(whole), &member.ty, to)
    };
    match fits {
        true => Ok(()),
        false => Err(Mismatch::Domain(format!("no number of {} bits", bits.width))),
    }
}

/// Writes a value of which more may be said than by its letter: a symbol is a value of an enum, a q function one that C is
/// to call.
///
/// # Safety
/// `to` has room for a value of the member's type.
unsafe fn write_noted<'a>(
    member: &Member,
    source: Source<'a>,
    to: *mut u8,
    values: &mut Values<'a>,
) -> Result<()> {
    let made = match source {
        Source::Element(x, i) if member.note.is_some() => Some(marshal::element(x, i)?),
        _ => None,
    };
    // SAFETY: passed on to the caller.
    unsafe {
        match (&member.note, made, source) {
            (note @ Some(_), Some(element), _) => values.store_kept(&member.ty, note.as_ref(), element, to),
            (note @ Some(_), None, Source::Object(x)) => values.store(&member.ty, note.as_ref(), x, to),
            _ => write_value(&member.ty, source, to, values),
        }
    }
}

fn wrong_length(member: &Member, got: usize) -> Mismatch {
    Mismatch::count(member, member.count.unwrap_or(1), "value", got)
}

/// Writes an element of a vector to an array, which takes texts only.
///
/// # Safety
/// `to` has room for the member.
unsafe fn write_text_element(member: &Member, source: Source, to: *mut u8) -> Result<()> {
    let Source::Element(x, i) = source else {
        return Err(source.mismatch(member, ARRAY));
    };
    let atom = marshal::element(x, i)?;
    // SAFETY: passed on to the caller.
    unsafe { write_text(member, atom.get(), to) }
        .unwrap_or_else(|| Err(Mismatch::of(member, ARRAY, atom.get())))
}

/// Writes a text to an array of char, the rest of which stays zeros; `None` for other types and values.
///
/// # Safety
/// `to` has room for the member.
unsafe fn write_text(member: &Member, x: Ref, to: *mut u8) -> Option<Result<()>> {
    let text = x.chars().or_else(|| x.symbol().map(CStr::to_bytes));
    let text = text.filter(|_| matches!(member.ty, Type::Value(row) if row.repr == Repr::Char))?;
    if text.len() > member.count.unwrap_or(1) {
        return Some(Err(wrong_length(member, text.len())));
    }
    // SAFETY: the caller has room for as many chars.
    unsafe { to.copy_from_nonoverlapping(text.as_ptr(), text.len()) };
    Some(Ok(()))
}

/// # Safety
/// `to` has room for as many elements as `x`, a list, vector or table, has items.
pub(in crate::marshal) unsafe fn write_elements<'a>(
    ty: &Type,
    x: Ref<'a>,
    to: *mut u8,
    values: &mut Values<'a>,
) -> Result<()> {
    // SAFETY: passed on to the caller.
    unsafe {
        match ty {
            Type::Struct(layout) if x.tag() == tag::TABLE => return write_rows(layout, x, to, values),
            Type::Value(row) if x.tag() > tag::LIST && row.shares_layout(x.tag()) => {
                to.copy_from_nonoverlapping(x.data(), x.len() * row.element_size());
                return Ok(());
            }
            _ if x.tag() == tag::TABLE => return Err(Mismatch::of(ty, "a vector", x)),
            _ => (),
        }
        (0..x.len()).try_for_each(|i| {
            write_value(ty, Source::item(x, i), to.add(i * ty.size()), values).map_err(|m| m.within(i))
        })
    }
}

/// # Safety
/// `to` has room for a value of this type.
unsafe fn write_value<'a>(ty: &Type, source: Source<'a>, to: *mut u8, values: &mut Values<'a>) -> Result<()> {
    // SAFETY: passed on to the caller.
    unsafe {
        match (ty, source) {
            (Type::Struct(layout), _) => write_fields(layout, source, to, values),
            (Type::Value(row), Source::Element(x, i)) => write_from_vector(row, x, i, to),
            (Type::Value(row), Source::Object(x)) if row.kind == Kind::Guid => write_guid(row, x, to),
            (_, Source::Object(x)) => values.store(ty, None, x, to),
            (_, Source::Element(x, i)) => values.store_kept(ty, None, marshal::element(x, i)?, to),
            (_, Source::Row(..) | Source::Missing) => Err(source.mismatch(ty, "a value")),
        }
    }
}

/// # Safety
/// `to` has room for 16 bytes.
unsafe fn write_guid(row: &CType, x: Ref, to: *mut u8) -> Result<()> {
    if x.tag() != -tag::GUID {
        return Err(Mismatch::of(row.letter, &row.wants(), x));
    }
    // SAFETY: a guid atom has 16 bytes of data, and the caller room for them.
    unsafe { to.copy_from_nonoverlapping(x.data(), row.element_size()) };
    Ok(())
}

/// # Safety
/// `to` has room for a value of the row's type.
unsafe fn write_from_vector(row: &CType, x: Ref, i: usize, to: *mut u8) -> Result<()> {
    let from = x.data().wrapping_add(i * tag::element_size(x.tag()));
    // SAFETY: the element lies within the vector, and the caller has room for the value.
    unsafe { marshal::write_element(row, x.tag(), from, to) }
        .unwrap_or_else(|| Err(mismatch_of_element(row.letter, &row.wants(), x, i)))
}
