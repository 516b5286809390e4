//! q lists, vectors and texts as C arrays.

use std::ffi::CStr;

use super::source::Source;
use super::table::row_count;
use crate::ctype::Repr;
use crate::k::{Ref, tag};
use crate::marshal::{self, Mismatch, Values};
use crate::signature::{Member, Type};

type Result<T = ()> = std::result::Result<T, Mismatch>;

/// What an array takes.
const ARRAY: &str = "a list of its values";

impl<'a> Values<'a> {
    /// # Safety
    /// `to` has room for the member, which is an array.
    pub(super) unsafe fn write_array(&mut self, member: &Member, x: Ref<'a>, to: *mut u8) -> Result {
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
                Some(_) => self.write_noted_elements(member, x, to),
                None => self.write_elements(&member.ty, x, to),
            }
        }
    }

    /// # Safety
    /// `to` has room for as many elements as `x`, a list, vector or table, has items.
    unsafe fn write_noted_elements(&mut self, member: &Member, x: Ref<'a>, to: *mut u8) -> Result {
        (0..x.len()).try_for_each(|i| {
            // SAFETY: passed on to the caller.
            unsafe { self.write_noted(member, Source::item(x, i), to.add(i * member.ty.size())) }
                .map_err(|m| m.within(i))
        })
    }

    /// # Safety
    /// `to` has room for as many elements as `x`, a list, vector or table, has items.
    pub(in crate::marshal) unsafe fn write_elements(&mut self, ty: &Type, x: Ref<'a>, to: *mut u8) -> Result {
        // SAFETY: passed on to the caller.
        unsafe {
            match ty {
                Type::Struct(layout) if x.tag() == tag::TABLE => return self.write_rows(layout, x, to),
                Type::Value(row) if x.tag() > tag::LIST && row.shares_layout(x.tag()) => {
                    to.copy_from_nonoverlapping(x.data(), x.len() * row.element_size());
                    return Ok(());
                }
                _ if x.tag() == tag::TABLE => return Err(Mismatch::of(ty, "a vector", x)),
                _ => (),
            }
            (0..x.len()).try_for_each(|i| {
                self.write_value(ty, Source::item(x, i), to.add(i * ty.size())).map_err(|m| m.within(i))
            })
        }
    }
}

/// Writes an element of a vector to an array, which takes texts only.
///
/// # Safety
/// `to` has room for the member.
pub(super) unsafe fn write_text_element(member: &Member, source: Source, to: *mut u8) -> Result {
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

fn wrong_length(member: &Member, got: usize) -> Mismatch {
    Mismatch::count(member, member.count.unwrap_or(1), "value", got)
}
