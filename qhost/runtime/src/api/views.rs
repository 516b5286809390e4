//! Lists by their items, as q sees them.

use super::{allocating, borrow};
use crate::{K, Obj, tag};

/// Takes a general list; returns a vector if its items are atoms of one type, a table if they are conforming
/// dictionaries, and otherwise the list itself.
///
/// # Safety
/// As in [`crate::api`], null allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vk(x: K) -> K {
    if x.is_null() {
        return x;
    }
    // SAFETY: the caller's reference.
    let list = unsafe { Obj::from_raw(x) };
    if list.tag() != tag::LIST || list.is_empty() {
        return list.into_raw();
    }
    allocating(|| {
        list.fill_holes();
        let collapsed = Obj::from_items(list.items().to_vec());
        Ok(if collapsed.tag() == tag::LIST { list } else { collapsed })
    })
}

/// Element `i` of a list as an object of its own; outside the list, the null of its type.
///
/// # Safety
/// As in [`crate::api`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vi(x: K, i: u64) -> K {
    allocating(|| {
        // SAFETY: borrowed.
        let list = unsafe { borrow(&x) };
        Ok(list.index(usize::try_from(i).unwrap_or(usize::MAX)))
    })
}
