//! Structs from dictionaries and rows of tables, by the names of their fields in any order.

use std::ffi::{CStr, c_char};

use super::source::{Items, Source};
use crate::k::{Ref, tag};
use crate::marshal::{Mismatch, Values};
use crate::signature::named::listed;
use crate::signature::{Member, Struct};

type Result<T> = std::result::Result<T, Mismatch>;

/// What a dictionary or a row gives.
struct Given<'a> {
    names: &'a [*const c_char],
    values: Items<'a>,
    /// How many of them fields have taken.
    used: usize,
}

/// Writes a struct or union at `to`, which is zeroed, from a dictionary or a row with these names.
///
/// # Errors
/// A [`Mismatch`] that names the field: one that is missing, or that there is none of.
///
/// # Safety
/// `to` has room for a struct of this layout.
pub(super) unsafe fn write<'a>(
    layout: &Struct,
    names: Ref<'a>,
    source: Source<'a>,
    to: *mut u8,
    values: &mut Values<'a>,
) -> Result<()> {
    const WANTS: &str = "the names of its fields";
    let (items, _) = source.fields().ok_or_else(|| source.mismatch(layout, WANTS))?;
    let names: &[*const c_char] = match names.tag() {
        // SAFETY: the elements of a symbol vector are interned texts.
        tag::SYMBOL => unsafe { names.slice() },
        tag::LIST if names.is_empty() => &[],
        _ => return Err(Mismatch::of(layout, WANTS, names)),
    };
    let mut given = Given { names, values: items, used: 0 };
    // SAFETY: passed on to the caller.
    unsafe { given.write(layout, to, values)? };
    if given.used == names.len() { Ok(()) } else { Err(given.unknown(layout)) }
}

/// The text of a symbol.
fn text<'a>(symbol: *const c_char) -> &'a [u8] {
    // SAFETY: symbols are NUL-terminated texts that are never freed.
    unsafe { CStr::from_ptr(symbol) }.to_bytes()
}

impl<'a> Given<'a> {
    /// # Safety
    /// As for [`write()`].
    unsafe fn write(&mut self, layout: &Struct, to: *mut u8, values: &mut Values<'a>) -> Result<()> {
        if layout.shape.union {
            // SAFETY: passed on to the caller.
            return unsafe { self.write_one(layout, to, values) };
        }
        for (i, member) in layout.members.iter().enumerate() {
            // SAFETY: members lie within the struct.
            unsafe { self.write_member(member, i, to.add(member.offset), values)? };
        }
        Ok(())
    }

    /// Writes the only member of a union that is given.
    ///
    /// # Safety
    /// As for [`write()`].
    unsafe fn write_one(&mut self, layout: &Struct, to: *mut u8, values: &mut Values<'a>) -> Result<()> {
        let mut members = layout.members.iter().enumerate().filter(|(_, member)| self.has(member));
        match (members.next(), members.next()) {
            // SAFETY: members lie within the union.
            (Some((i, member)), None) => unsafe { self.write_member(member, i, to, values) },
            (one, _) => {
                let got = if one.is_some() { "several" } else { "none" };
                Err(Mismatch::Domain(format!("a union takes one of {}, got {got}", listed(&layout.names()))))
            }
        }
    }

    /// Whether there is a value for a member, or for something in it if it is anonymous.
    fn has(&self, member: &Member) -> bool {
        match (member.anonymous(), &member.name) {
            (Some(inner), _) => inner.members.iter().any(|member| self.has(member)),
            (None, Some(name)) => self.find(name, 0).is_some(),
            (None, None) => false,
        }
    }

    /// # Safety
    /// `to` has room for the member.
    unsafe fn write_member(
        &mut self,
        member: &Member,
        number: usize,
        to: *mut u8,
        values: &mut Values<'a>,
    ) -> Result<()> {
        if let Some(inner) = member.anonymous() {
            // SAFETY: passed on to the caller.
            return unsafe { self.write(inner, to, values) };
        }
        let Some(name) = &member.name else { return Ok(()) };
        let at = self.find(name, number);
        let at = at.ok_or_else(|| Mismatch::Domain(format!("field {name} is missing")))?;
        self.used += 1;
        // SAFETY: passed on to the caller.
        unsafe { values.write_member(member, self.values.get(at), to) }.map_err(|m| m.within_field(name))
    }

    /// Where a name stands: most often where the field does.
    fn find(&self, name: &str, likely: usize) -> Option<usize> {
        let is_it = |&symbol: &*const c_char| text(symbol) == name.as_bytes();
        match self.names.get(likely) {
            Some(symbol) if is_it(symbol) => Some(likely),
            _ => self.names.iter().position(is_it),
        }
    }

    /// Names that no field has taken.
    fn unknown(&self, layout: &Struct) -> Mismatch {
        let known = layout.names();
        let shown = |symbol: &*const c_char| String::from_utf8_lossy(text(*symbol)).into_owned();
        let unknown: Vec<String> =
            self.names.iter().map(shown).filter(|name| !known.contains(&name.as_str())).collect();
        if unknown.is_empty() {
            return Mismatch::Domain("a field is given twice".into());
        }
        let unknown: Vec<&str> = unknown.iter().map(String::as_str).collect();
        let fields = listed(&known);
        Mismatch::Domain(format!("no field {}; there are {fields}", listed(&unknown)))
    }
}
