//! Plain pointers: addresses of vectors, memory and handles, and arrays of them.

use super::{Result, Values};
use crate::args::{NoAddress, raw_address};
use crate::ctype::CType;
use crate::foreign;
use crate::k::{self, Ref, tag};
use crate::marshal::Mismatch;

impl<'a> Values<'a> {
    /// What C gets as a plain pointer: 0 and `::` are NULL. A pair of a vector or memory and an offset in bytes is an address
    /// within.
    pub(super) fn address(&mut self, letter: char, x: Ref<'a>) -> Result<u64> {
        match (x.tag(), x.items(), x.item(0), x.item(1)) {
            (_, [], ..) if x.is_null() => Ok(0),
            (tag::LIST, [_, _], Some(within), Some(offset)) => self.address_within(letter, x, within, offset),
            (tag::FOREIGN, ..) => address_held(letter, x),
            _ => number_as_address(letter, x),
        }
    }

    /// A pair of memory and an offset where a pointer to values is wanted.
    pub(super) fn within_memory(&mut self, letter: char, wants: &str, x: Ref<'a>) -> Result<u64> {
        match (x.items(), x.item(0), x.item(1)) {
            ([_, _], Some(within), Some(offset)) if foreign::is_ours(within) => {
                self.address_within(letter, x, within, offset)
            }
            _ => Err(Mismatch::of(letter, wants, x)),
        }
    }

    /// An array of the addresses of vectors, texts, memory, with a NULL after them. Vectors are in place, texts end in NUL.
    pub(super) fn array_of_addresses(&mut self, row: &'static CType, x: Ref<'a>) -> Result<u64> {
        let letter = row.letter.to_ascii_uppercase();
        let array = self.block(8 * (x.len() + 1))?.cast::<u64>();
        for i in 0..x.len() {
            let item = x.item(i).ok_or_else(|| Mismatch::of(letter, "a list of vectors", x))?;
            let address = self.array_item(row, item).map_err(|m| m.within(i))?;
            // SAFETY: the array has room for as many and one more.
            unsafe { array.add(i).write(address) };
        }
        Ok(array as u64)
    }

    pub(super) fn array_item(&mut self, row: &'static CType, x: Ref<'a>) -> Result<u64> {
        match x.tag() {
            tag::CHAR => Ok(self.buffer(x)? as u64),
            1..=19 => self.data(x),
            t if t == -tag::SYMBOL => Ok(self.symbol_copy(x)? as u64),
            _ => self.address(row.letter, x),
        }
    }

    /// An address within a vector or memory, or just behind it.
    fn address_within(&mut self, letter: char, pair: Ref<'a>, within: Ref<'a>, offset: Ref) -> Result<u64> {
        let wrong = || Mismatch::of(letter, "an address", pair);
        let (start, size) = match within.tag() {
            t @ 1..=19 => (self.data(within)?, Some(within.len() * tag::element_size(t))),
            tag::FOREIGN => (address_held(letter, within)?, foreign::size(within)),
            _ => return Err(wrong()),
        };
        let offset = raw_address(offset).map_err(|why| match why {
            NoAddress::Type => wrong(),
            NoAddress::NullOrInfinity => {
                Mismatch::Domain(format!("{letter} wants an offset, got a null or infinite one"))
            }
        })?;
        match size {
            Some(size) if !(0..=size as i64).contains(&offset) => Err(Mismatch::Length {
                wants: format!("{letter} wants an offset within {size} bytes"),
                got: offset,
            }),
            _ => Ok(start.wrapping_add(offset as u64)),
        }
    }
}

/// The address that a foreign object holds.
pub(super) fn address_held(letter: char, x: Ref) -> Result<u64> {
    if foreign::is_freed(x) {
        let wants = format!("{letter} wants an address");
        return Err(Mismatch::Type { wants, got: "freed memory".into() });
    }
    foreign::pointer(x).map(|p| p as u64).ok_or_else(|| Mismatch::of(letter, "an address", x))
}

/// The address that an int or long is, for a parameter of this type.
///
/// # Errors
/// A [`Mismatch`] for other types, nulls and infinities.
pub fn number_as_address(letter: char, x: Ref) -> Result<u64> {
    raw_address(x).map(|address| address as u64).map_err(|why| match why {
        NoAddress::Type => Mismatch::of(letter, "an address", x),
        NoAddress::NullOrInfinity => Mismatch::Domain(format!(
            "{letter} wants an address, got a null or infinite {}",
            k::type_name(x.tag())
        )),
    })
}
