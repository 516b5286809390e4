//! What a pointer argument stands for: an address, and how much lies there if that is known.

use crate::args::{FIRST_PAGE, address, integer};
use crate::error::{Error, Result};
use crate::foreign;
use crate::k::{Ref, tag};
use crate::pointed;

/// Memory that q code points to.
pub struct Region<'a> {
    /// The function that was called, for its errors.
    what: &'a str,
    address: usize,
    /// Bytes there; `None` for a raw address.
    size: Option<usize>,
    /// Where the region begins within its memory.
    offset: i64,
    /// Looks whether bytes at a raw address are there.
    look: fn(*const u8, usize) -> Result<()>,
}

impl<'a> Region<'a> {
    /// Memory to be read: an address, a foreign object, a vector, or a pair of one of these and an offset in bytes.
    ///
    /// # Errors
    /// [`Error::Domain`] for NULL and freed memory, [`Error::Usage`] for anything else.
    pub fn readable(what: &'a str, x: Ref) -> Result<Self> {
        let (x, offset) = split(what, x)?;
        let (address, size) = match x.tag() {
            1..=19 => (x.data() as usize, Some(x.len() * tag::element_size(x.tag()))),
            _ => memory(what, x)?,
        };
        Ok(Self { what, address, size, offset, look: pointed::readable })
    }

    /// Memory to be written: the same without vectors, which other references may share.
    ///
    /// # Errors
    /// As [`Self::readable`].
    pub fn writable(what: &'a str, x: Ref) -> Result<Self> {
        let (x, offset) = split(what, x)?;
        let (address, size) = memory(what, x)?;
        Ok(Self { what, address, size, offset, look: pointed::writable })
    }

    /// The address of `count` values of `size` bytes, from value number `first` on.
    ///
    /// # Errors
    /// [`Error::Length`] when they do not lie within memory of known size; [`Error::Domain`] beyond all addresses;
    /// [`Error::Pointer`] where none are.
    pub fn values(&self, first: i64, count: usize, size: usize) -> Result<*mut u8> {
        let start = i128::from(self.offset) + i128::from(first) * size as i128;
        let end = start + count as i128 * size as i128;
        match self.size {
            Some(all) if start < 0 || end > all as i128 => {
                Err(Error::Length(format!("{}: bytes {start} to {end} of {all}", self.what)))
            }
            None if self.address as i128 + start.min(0) < i128::from(FIRST_PAGE)
                || end > isize::MAX as i128 =>
            {
                Err(Error::Domain(format!("{}: no memory at {start} bytes from ptr", self.what)))
            }
            _ => {
                let at = (self.address as i128 + start) as usize as *mut u8;
                if self.size.is_none() {
                    (self.look)(at, count * size)?;
                }
                Ok(at)
            }
        }
    }

    /// The address of the region and the bytes from there to the end of its memory, if that is known.
    ///
    /// # Errors
    /// As [`Self::values`].
    pub fn rest(&self) -> Result<(*mut u8, Option<usize>)> {
        let start = self.values(0, 0, 1)?;
        Ok((start, self.size.map(|all| all - self.offset as usize)))
    }
}

/// A pair of memory and offset, or memory alone. An address has no offset: q adds.
fn split<'r>(what: &str, x: Ref<'r>) -> Result<(Ref<'r>, i64)> {
    let [_, _] = x.items() else { return Ok((x, 0)) };
    let (Some(memory), Some(offset)) = (x.item(0), x.item(1)) else { return Ok((x, 0)) };
    Ok((memory, integer(what, "offset", offset)?))
}

/// The address and the size of a raw address or foreign object.
fn memory(what: &str, x: Ref) -> Result<(usize, Option<usize>)> {
    match x.tag() {
        tag::FOREIGN => foreign::extent(what, x),
        _ => Ok((address(what, "ptr", x)?, None)),
    }
}
