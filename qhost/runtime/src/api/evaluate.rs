//! Calling q from C.

use super::runtime::errors;
use super::{I, J, allocating, borrow, take};
use crate::error::catch;
use crate::{K, Obj, QError, Symbol, dynload, faults, hook, tag};
use std::ffi::{c_char, c_void};
use std::ptr;

/// `f . args`. Null, with the error pending, if that signals.
///
/// # Safety
/// As in [`super`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dot(f: K, args: K) -> K {
    allocating(|| {
        // SAFETY: borrowed.
        let (f, args) = unsafe { (borrow(&f), borrow(&args)) };
        match args.tag() {
            tag::LIST => hook::apply(f, args.items()),
            _ if args.is_list() => hook::apply(f, &each_item(args)),
            _ => Err(QError::type_()),
        }
    })
}

fn each_item(list: &Obj) -> Vec<Obj> {
    (0..list.len()).map(|i| list.index(i)).collect()
}

/// Evaluates `text`, and applies the value to the arguments if there are any; takes the argument list. What
/// `k` does once it has collected its arguments. Only handle 0 exists here: others give
/// null. An error is returned as an object of tag -128.
///
/// # Safety
/// As in [`super`], both may be null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kapi_eval(handle: I, text: *const c_char, args: K) -> K {
    if handle != 0 {
        if !args.is_null() {
            // SAFETY: the list is ours now.
            drop(unsafe { Obj::from_raw(args) });
        }
        return ptr::null_mut();
    }
    errors::value_or_error_object(catch(|| {
        // SAFETY: the list is ours now; the string is the caller's.
        let (args, source) = unsafe { (take(args), Symbol::from_raw(text)) };
        faults::check()?;
        let value = hook::eval(&source.as_str())?;
        match args.tag() {
            tag::LIST if !args.is_empty() => hook::apply(&value, args.items()),
            _ => Ok(value),
        }
    }))
}

/// What `k` returns when there is no memory for its list of arguments: the pending error as an object.
#[unsafe(no_mangle)]
pub extern "C" fn kapi_failed() -> K {
    errors::value_or_error_object(Err(errors::take_pending().unwrap_or_else(QError::wsfull)))
}

/// A q function of a C function of `rank` parameters, 1 to 8; `'rank` for others, `'type` for null.
///
/// # Safety
/// `function` takes that many `K`s and returns one, by the rules of k.h, for as long as the object lives.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dl(function: *mut c_void, rank: J) -> K {
    // SAFETY: the caller vouches for the function.
    allocating(|| unsafe { dynload::function(function, rank) })
}
