//! Lists: making and joining them.

use super::{errors::set_pending, memory::r1};
use crate::api::{I, J, S, allocating};
use crate::error::catch;
use crate::{K, K0, Obj, QError, R, Symbol, faults, tag};
use std::ffi::c_void;
use std::mem::ManuallyDrop;
use std::{ptr, slice};

/// A list of tag `t` with `n` elements. Those of a general list are null and those of a symbol list empty;
/// the others are whatever the memory held. `'type` for a tag without lists, `'length` for a negative length.
#[unsafe(no_mangle)]
pub extern "C" fn ktn(t: I, n: J) -> K {
    allocating(|| {
        let n = usize::try_from(n).map_err(|_| QError::length())?;
        match i8::try_from(t).map_err(|_| QError::type_())? {
            tag::KS => Ok(Obj::zeroed(tag::KS, n)),
            // SAFETY: numbers of any bits are numbers; C writes them before q looks.
            t if t > 0 && tag::width(t) > 0 => Ok(unsafe { Obj::uninit(t, n) }),
            t if tag::holds_items(t) => Ok(null_items(t, n)),
            _ => Err(QError::type_()),
        }
    })
}

/// A list of null pointers, for C to fill.
fn null_items(t: i8, n: usize) -> Obj {
    let size = tag::width(tag::LIST);
    let list = Obj::with_capacity::<Obj>(t, n);
    // SAFETY: there is room; whoever reads items before C has set them is C itself, and freeing skips nulls.
    unsafe {
        ptr::write_bytes(K0::data(list.as_raw()), 0, n * size);
        (*list.as_raw()).body.n = n as i64;
    }
    list
}

/// Stores an item while `knk` fills its list; the reference moves in.
///
/// # Safety
/// `list` is a general list longer than `i`, whose item there is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kapi_set_item(list: K, i: I, item: K) {
    // SAFETY: by contract.
    unsafe { *K0::data(list).cast::<K>().add(i as usize) = item }
}

/// A char vector of a NUL-terminated text; null is the empty one.
///
/// # Safety
/// As in [`crate::api`], null allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kp(text: S) -> K {
    // SAFETY: the caller's string; null reads as empty.
    let text = unsafe { Symbol::from_raw(text) }.bytes();
    allocating(|| Ok(Obj::string(text)))
}

/// A char vector of `n` bytes; `'length` when `n` is negative.
///
/// # Safety
/// `text` has `n` readable bytes; it may be null when `n` is zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kpn(text: S, n: J) -> K {
    allocating(|| match usize::try_from(n) {
        Ok(0) => Ok(Obj::string(b"")),
        // SAFETY: by contract.
        Ok(n) => Ok(Obj::string(unsafe { slice::from_raw_parts(text.cast(), n) })),
        Err(_) => Err(QError::length()),
    })
}

/// Appends the element `value` points to, of the list's own type, to the list `*list`, and returns the list,
/// which may have moved. As in kdb+ a list with room to spare grows in place, for all who refer to it. A
/// general list takes a reference of its own to the item.
///
/// # Safety
/// `*list` is a list, owned by the caller; `value` points to an element of its type.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ja(list: *mut K, value: *const c_void) -> K {
    // SAFETY: the caller's list.
    unsafe {
        join(list, |list| {
            faults::check()?;
            let width = element_width(list)?;
            // Copied first, for it may be an element of the list itself.
            let mut element = [0u8; 16];
            ptr::copy_nonoverlapping(value.cast(), element.as_mut_ptr(), width);
            list.append_bytes(element.as_ptr(), 1);
            // Now that it is there.
            if list.tag() == tag::LIST {
                r1(element.as_ptr().cast::<K>().read_unaligned());
            }
            Ok(())
        })
    }
}

/// Appends `item`, which it takes, to the general list `*list`; a vector that cannot hold it becomes one.
///
/// # Safety
/// As for [`ja`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jk(list: *mut K, item: K) -> K {
    // SAFETY: the caller's list; the item is ours, and freed if it cannot be appended.
    unsafe {
        join(list, move |list| {
            let item = Obj::from_raw(item);
            faults::check()?;
            element_width(list)?;
            list.append(item);
            Ok(())
        })
    }
}

/// Appends the interned text `symbol` to the symbol list `*list`.
///
/// # Safety
/// As for [`ja`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn js(list: *mut K, symbol: S) -> K {
    // SAFETY: the caller's list and symbol.
    unsafe {
        join(list, |list| {
            faults::check()?;
            let symbol = Symbol::from_raw(symbol);
            element_width(list)?;
            if list.tag() == tag::KS {
                list.append_bytes(ptr::from_ref(&symbol).cast(), 1);
            } else {
                list.push(Obj::sym(symbol));
            }
            Ok(())
        })
    }
}

/// Appends the elements of `other` to the list `*list`. Lists of different types make a general one.
///
/// # Safety
/// As for [`ja`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv(list: *mut K, other: K) -> K {
    // SAFETY: the caller's list; `other` is counted up since it may be the same list.
    unsafe {
        let other = Obj::borrowed(&other).clone();
        join(list, |list| {
            faults::check()?;
            element_width(list)?;
            if list.tag() == other.tag() && other.is_list() {
                // Nothing fails from here on, so that counts are right. It may be the same list, which grows.
                list.reserve(other.len());
                other.count_items_up();
                list.append_bytes(K0::data(other.as_raw()), other.len());
                return Ok(());
            }
            let more = (0..other.len()).map(|i| other.index(i));
            if list.tag() == tag::LIST {
                let more = more.collect::<Vec<_>>();
                list.append_bytes(more.as_ptr().cast(), more.len());
                more.into_iter().for_each(std::mem::forget);
            } else if other.tag() == -list.tag() {
                list.push(other.clone());
            } else {
                // Replaced only once all of it is there.
                *list = Obj::list((0..list.len()).map(|i| list.index(i)).chain(more).collect());
            }
            Ok(())
        })
    }
}

/// Changes the list in `*place` and returns where it is now; null, with an error pending, if that failed.
unsafe fn join(place: *mut K, change: impl FnOnce(&mut Obj) -> R<()>) -> K {
    // SAFETY: the caller's reference is borrowed here and written back, whatever happens.
    unsafe {
        let mut list = ManuallyDrop::new(Obj::from_raw(*place));
        let done = catch(|| change(&mut list));
        *place = list.as_raw();
        match done {
            Ok(()) => *place,
            Err(error) => {
                set_pending(error);
                ptr::null_mut()
            }
        }
    }
}

fn element_width(list: &Obj) -> R<usize> {
    if list.is_list() { Ok(tag::width(list.tag())) } else { Err(QError::type_()) }
}
