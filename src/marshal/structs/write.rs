//! q lists, vectors, dictionaries and tables as C structs.

use super::array::write_text_element;
use super::named;
use super::source::{Source, mismatch_of_element};
use super::table::row_count;
use crate::ctype::{CType, Kind};
use crate::k::{Ref, tag};
use crate::marshal::number::Number;
use crate::marshal::{self, Mismatch, Values};
use crate::signature::{Bits, Member, Struct, Type};

type Result<T = ()> = std::result::Result<T, Mismatch>;

/// What a struct takes, in q's words.
const FIELDS: &str = "a list of its fields";
/// What a union takes.
const PAIR: &str = "a member's number and its value";

impl<'a> Values<'a> {
    /// Writes a struct at `to`, which is zeroed, from a list of its fields, a conforming vector, or a dictionary's values.
    ///
    /// # Errors
    /// A [`Mismatch`] that names the field.
    ///
    /// # Safety
    /// `to` has room for a struct of this layout.
    pub unsafe fn write_struct(&mut self, layout: &Struct, x: Ref<'a>, to: *mut u8) -> Result {
        // SAFETY: passed on to the caller.
        unsafe { self.write_fields(layout, Source::Object(x), to) }
    }

    /// Writes the rows of a table as structs that lie side by side.
    ///
    /// # Errors
    /// A [`Mismatch`] that names the row and the field.
    ///
    /// # Safety
    /// `to` has room for as many structs as the table has rows, and is zeroed.
    pub unsafe fn write_rows(&mut self, layout: &Struct, table: Ref<'a>, to: *mut u8) -> Result {
        for i in 0..row_count(table) {
            // SAFETY: passed on to the caller.
            unsafe { self.write_fields(layout, Source::Row(table, i), to.add(i * layout.size)) }
                .map_err(|m| m.within(i))?;
        }
        Ok(())
    }

    /// # Safety
    /// `to` has room for a struct of this layout.
    unsafe fn write_fields(&mut self, layout: &Struct, source: Source<'a>, to: *mut u8) -> Result {
        if let Some(names) = source.names().filter(|_| layout.is_named()) {
            // SAFETY: passed on to the caller.
            return unsafe { named::write(layout, names, source, to, self) };
        }
        if layout.shape.union {
            // SAFETY: passed on to the caller.
            return unsafe { self.write_one(layout, source, to) };
        }
        let (fields, count) = source.fields().ok_or_else(|| source.mismatch(layout, FIELDS))?;
        let wanted = layout.members.len();
        if count != wanted {
            return Err(Mismatch::count(layout, wanted, "field", count));
        }
        for (i, member) in layout.members.iter().enumerate() {
            // SAFETY: members lie within the struct.
            unsafe { self.write_member(member, fields.get(i), to.add(member.offset)) }.map_err(|m| {
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
    unsafe fn write_one(&mut self, layout: &Struct, source: Source<'a>, to: *mut u8) -> Result {
        let pair = match source {
            Source::Object(x) if (tag::LIST..=tag::TIME).contains(&x.tag()) => x,
            Source::Row(..) => {
                return Err(Mismatch::Type {
                    wants: format!("{layout} wants {PAIR}"),
                    got: "dictionary".into(),
                });
            }
            _ => return Err(source.mismatch(layout, PAIR)),
        };
        if pair.len() != 2 {
            return Err(Mismatch::Length { wants: format!("{layout} wants {PAIR}"), got: pair.len() as i64 });
        }
        let number = member_number(layout, Source::item(pair, 0)).map_err(|m| m.within(0))?;
        // SAFETY: members lie within the union.
        unsafe { self.write_member(&layout.members[number], Source::item(pair, 1), to) }
            .map_err(|m| m.within(1))
    }

    /// # Safety
    /// `to` has room for the member.
    pub(super) unsafe fn write_member(&mut self, member: &Member, source: Source<'a>, to: *mut u8) -> Result {
        // SAFETY: passed on to the caller.
        unsafe {
            match (member.count, source) {
                (None, _) => match member.bits {
                    Some(bits) => self.write_bits(member, bits, source, to),
                    None => self.write_noted(member, source, to),
                },
                (Some(_), Source::Object(x)) => self.write_array(member, x, to),
                (Some(_), other) => write_text_element(member, other, to),
            }
        }
    }

    /// Writes a bit-field.
    ///
    /// # Safety
    /// `to` has room for the bytes that hold it.
    unsafe fn write_bits(&mut self, member: &Member, bits: Bits, source: Source<'a>, to: *mut u8) -> Result {
        let mut whole = [0_u8; 16];
        // SAFETY: there is room for any number; the rest is the caller's.
        let fits = unsafe {
            self.write_noted(member, source, whole.as_mut_ptr())?;
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
    pub(super) unsafe fn write_noted(&mut self, member: &Member, source: Source<'a>, to: *mut u8) -> Result {
        let made = match source {
            Source::Element(x, i) if member.note.is_some() => Some(marshal::element(x, i)?),
            _ => None,
        };
        // SAFETY: passed on to the caller.
        unsafe {
            match (&member.note, made, source) {
                (note @ Some(_), Some(element), _) => self.store_kept(&member.ty, note.as_ref(), element, to),
                (note @ Some(_), None, Source::Object(x)) => self.store(&member.ty, note.as_ref(), x, to),
                _ => self.write_value(&member.ty, source, to),
            }
        }
    }

    /// # Safety
    /// `to` has room for a value of this type.
    pub(super) unsafe fn write_value(&mut self, ty: &Type, source: Source<'a>, to: *mut u8) -> Result {
        // SAFETY: passed on to the caller.
        unsafe {
            match (ty, source) {
                (Type::Struct(layout), _) => self.write_fields(layout, source, to),
                (Type::Value(row), Source::Element(x, i)) => write_from_vector(row, x, i, to),
                (Type::Value(row), Source::Object(x)) if row.kind == Kind::Guid => write_guid(row, x, to),
                (_, Source::Object(x)) => self.store(ty, None, x, to),
                (_, Source::Element(x, i)) => self.store_kept(ty, None, marshal::element(x, i)?, to),
                (_, Source::Row(..) | Source::Missing) => Err(source.mismatch(ty, "a value")),
            }
        }
    }
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
/// `to` has room for 16 bytes.
unsafe fn write_guid(row: &CType, x: Ref, to: *mut u8) -> Result {
    if x.tag() != -tag::GUID {
        return Err(Mismatch::of(row.letter, &row.wants(), x));
    }
    // SAFETY: a guid atom has 16 bytes of data, and the caller room for them.
    unsafe { to.copy_from_nonoverlapping(x.data(), row.element_size()) };
    Ok(())
}

/// # Safety
/// The vector has an element `i`, and `to` room for a value of the row's type.
unsafe fn write_from_vector(row: &CType, x: Ref, i: usize, to: *mut u8) -> Result {
    let from = x.data().wrapping_add(i * tag::element_size(x.tag()));
    // SAFETY: the caller has the element, and room for the value.
    unsafe { marshal::write_element(row, x.tag(), from, to) }
        .unwrap_or_else(|| Err(mismatch_of_element(row.letter, &row.wants(), x, i)))
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
