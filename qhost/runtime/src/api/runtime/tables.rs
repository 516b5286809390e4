//! Dictionaries and tables.

use crate::api::{J, allocating, borrow};
use crate::{K, Obj, QError, R, tag};
use std::ptr;

/// A dictionary of keys and values, both of which it takes. If one is null, frees the other and returns null.
///
/// # Safety
/// As in [`crate::api`], null allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xD(keys: K, values: K) -> K {
    if keys.is_null() || values.is_null() {
        // SAFETY: both references are ours now; freeing ignores null.
        unsafe {
            super::r0(keys);
            super::r0(values);
        }
        return ptr::null_mut();
    }
    // SAFETY: the references are ours.
    let (keys, values) = unsafe { (Obj::from_raw(keys), Obj::from_raw(values)) };
    allocating(|| Ok(Obj::dict(keys, values)))
}

/// A table of a dictionary from column names to lists of one length, which it takes. `'type` for anything
/// else, `'length` when the columns differ; null for null.
///
/// # Safety
/// As in [`crate::api`], null allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xT(columns: K) -> K {
    // SAFETY: the caller's reference.
    unsafe { taking(columns, table) }
}

/// A table without keys of a keyed one, which it takes. A table is returned as it is; null for null.
///
/// # Safety
/// As in [`crate::api`], null allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ktd(keyed: K) -> K {
    // SAFETY: the caller's reference.
    unsafe { taking(keyed, unkey) }
}

/// What is made of an object that is taken; null for null.
///
/// # Safety
/// A reference that the caller gives away, or null.
unsafe fn taking(x: K, make: fn(Obj) -> R) -> K {
    if x.is_null() {
        return x;
    }
    // SAFETY: the reference is ours.
    let x = unsafe { Obj::from_raw(x) };
    allocating(|| {
        x.fill_holes();
        make(x)
    })
}

/// A new table keyed by the first `n` columns of a table; the table itself for 0. `'type` for anything but a
/// table, `'length` when it has no more than `n` columns.
///
/// # Safety
/// As in [`crate::api`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn knt(n: J, x: K) -> K {
    allocating(|| {
        // SAFETY: borrowed.
        let x = unsafe { borrow(&x) };
        key_by(n, x)
    })
}

fn table(columns: Obj) -> R {
    if columns.tag() != tag::XD {
        return Err(QError::type_());
    }
    let (names, lists) = columns.dict_parts();
    if names.tag() != tag::KS || lists.tag() != tag::LIST || !lists.items().iter().all(Obj::is_list) {
        return Err(QError::type_());
    }
    let rows = lists.items().first().map_or(0, Obj::len);
    if names.len() != lists.len() || lists.items().iter().any(|list| list.len() != rows) {
        return Err(QError::length());
    }
    Ok(Obj::table(columns))
}

fn unkey(keyed: Obj) -> R {
    match keyed.tag() {
        tag::XT => Ok(keyed),
        tag::XD => {
            let (keys, values) = keyed.dict_parts();
            let (mut names, mut lists) = columns(keys)?;
            let (more_names, more_lists) = columns(values)?;
            more_names.into_iter().for_each(|name| names.push(name));
            more_lists.into_iter().for_each(|list| lists.push(list));
            table_of(names, lists)
        }
        _ => Err(QError::type_()),
    }
}

fn key_by(n: J, x: &Obj) -> R {
    let (mut names, mut lists) = columns(x)?;
    let n = usize::try_from(n).map_err(|_| QError::length())?;
    if n == 0 {
        return Ok(x.clone());
    }
    if names.len() <= n {
        return Err(QError::length());
    }
    let (values, other_lists) = (names.split_off(n), lists.split_off(n));
    Ok(Obj::dict(table_of(names, lists)?, table_of(values, other_lists)?))
}

/// Names and columns of a table.
fn columns(x: &Obj) -> R<(Vec<Obj>, Vec<Obj>)> {
    if x.tag() != tag::XT {
        return Err(QError::type_());
    }
    let (names, lists) = x.table_dict().dict_parts();
    Ok(((0..names.len()).map(|i| names.index(i)).collect(), lists.items().to_vec()))
}

fn table_of(names: Vec<Obj>, lists: Vec<Obj>) -> R {
    table(Obj::dict(Obj::from_items(names), Obj::list(lists)))
}
