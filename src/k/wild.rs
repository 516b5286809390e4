//! Objects that C gives, looked at before q has them: with the guard on, what is none is an error.

use super::{DATA, K, tag};
use crate::error::{Error, Result};
use crate::pointed;

/// Objects that are looked at of those that one leads to.
const MOST: usize = 1000;
/// How deep those may lie.
const DEEPEST: usize = 16;
/// What every object's address is a multiple of.
const ALIGN: usize = 8;
/// The type of sorted dictionaries.
const SORTED: i8 = 127;
/// More attributes than there are, of which atoms have none.
const ATTRIBUTES: u8 = 8;

/// Demands that C has given an object, and no other pointer, if what pointers lead to is looked at: that its header is one,
/// that a vector ends where something can be read, and the same of what lists, dictionaries and tables hold, as far as the
/// first thousand. NULL is for the caller.
///
/// # Errors
/// [`Error::Pointer`], [`Error::Object`].
pub fn demand_object(x: K) -> Result<()> {
    if x.is_null() || !pointed::looks() { Ok(()) } else { Look { left: MOST }.at(x, 0) }
}

/// A look at an object and at what it leads to.
struct Look {
    /// Objects that are looked at still.
    left: usize,
}

impl Look {
    fn at(&mut self, x: K, depth: usize) -> Result<()> {
        if self.left == 0 || depth > DEEPEST {
            return Ok(());
        }
        self.left -= 1;
        if !(x as usize).is_multiple_of(ALIGN) {
            return none(x, "no object has such an address");
        }
        pointed::readable(x.cast(), DATA as usize)?;
        // SAFETY: so many bytes can be read there, of which any are a header.
        let (t, attribute, count, n) = unsafe { ((*x).t, (*x).u, (*x).r, (*x).n) };
        if count < 0 {
            return none(x, "it has been freed");
        }
        if (-tag::LAST_ENUM..=tag::DICTIONARY).contains(&t) && attribute >= ATTRIBUTES {
            return none(x, &format!("its attribute is {attribute}"));
        }
        match t {
            tag::LIST => self.items(x, n, depth),
            tag::TABLE => self.columns(x, n as usize as K, depth),
            tag::DICTIONARY | SORTED => self.items(x, 2, depth),
            _ if is_known(t) => vector(x, t, n),
            _ => none(x, &format!("its type is {t}")),
        }
    }

    /// The columns of a table.
    fn columns(&mut self, x: K, columns: K, depth: usize) -> Result<()> {
        self.at(columns, depth + 1)?;
        // SAFETY: it is an object, as far as can be seen.
        if self.left > 0 && unsafe { (*columns).t } != tag::DICTIONARY {
            return none(x, "its columns are no dictionary");
        }
        Ok(())
    }

    /// The items of a list, or the two of a dictionary.
    fn items(&mut self, x: K, n: i64, depth: usize) -> Result<()> {
        vector(x, tag::LIST, n)?;
        let count = usize::try_from(n).unwrap_or(0).min(self.left);
        let items = x.cast::<u8>().wrapping_add(DATA as usize).cast::<K>();
        pointed::readable(items.cast(), count * size_of::<K>())?;
        for i in 0..count {
            // SAFETY: as many can be read there.
            let item = unsafe { items.add(i).read() };
            if item.is_null() {
                return none(x, &format!("it has no item {i}"));
            }
            self.at(item, depth + 1)?;
        }
        Ok(())
    }
}

/// Whether objects may be of this type: there is none between guids and bytes.
fn is_known(t: i8) -> bool {
    t.unsigned_abs() != 3 && (-tag::LAST_ENUM..=tag::FOREIGN).contains(&t) || t == tag::ERROR
}

/// Demands that a vector has a length, and ends where something can be read. Others have nothing to look at.
fn vector(x: K, t: i8, n: i64) -> Result<()> {
    let size = if t < 0 { 0 } else { tag::element_size(t) };
    match usize::try_from(n) {
        _ if size == 0 => Ok(()),
        Err(_) => none(x, &format!("its length is {n}")),
        Ok(0) => Ok(()),
        Ok(n) => {
            let last = (x as usize).saturating_add(DATA as usize).saturating_add(n.saturating_mul(size)) - 1;
            pointed::readable(last as *const u8, 1)
        }
    }
}

fn none(x: K, why: &str) -> Result<()> {
    Err(Error::Object { by: String::new(), address: x as usize, why: why.into() })
}
