//! Errors between C and q, which KX's library keeps. What it keeps is a text: traces are lost on the way through C.

pub use super::{ee, krr, orr};

use super::r0;
use crate::api::S;
use crate::{K, QError, R, Symbol};
use std::ptr;

/// Leaves `error` pending on this thread.
pub fn set_pending(error: QError) {
    // SAFETY: symbols last.
    unsafe { krr(lasting(&error)) };
}

/// Picks up the pending error, if there is one.
pub fn take_pending() -> Option<QError> {
    // SAFETY: `ee` makes an error object of the pending error, whose text is null if there was none.
    unsafe {
        let object = ee(ptr::null_mut());
        let text = (*object).body.s;
        r0(object);
        (!text.is_null()).then(|| QError::from_bytes(Symbol::from_raw(text).bytes()))
    }
}

/// An error object for `result`'s error, or its value.
pub(crate) fn value_or_error_object(result: R) -> K {
    match result {
        Ok(object) => object.into_raw(),
        Err(error) => {
            set_pending(error);
            // SAFETY: null asks for the pending error.
            unsafe { ee(ptr::null_mut()) }
        }
    }
}

/// The text, interned: the library keeps the pointer.
fn lasting(error: &QError) -> S {
    Symbol::from(error.text.as_str()).as_ptr()
}
