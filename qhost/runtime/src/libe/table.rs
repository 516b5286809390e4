//! The table of symbols of KX's library.

use super::Symbol;
use crate::Obj;
use crate::api::runtime::{m4, sn, ss};
use std::ptr;

/// The symbol of a text without NUL.
pub(super) fn intern(text: &[u8]) -> Symbol {
    let n = i32::try_from(text.len()).expect("a symbol is shorter than 2 GiB");
    // SAFETY: `sn` copies that many bytes.
    unsafe { Symbol::from_raw(sn(text.as_ptr().cast_mut().cast(), n)) }
}

/// The symbol of no text.
pub(super) fn empty() -> Symbol {
    // SAFETY: the library's own empty text.
    unsafe { Symbol(ptr::NonNull::new(ss(c"".as_ptr().cast_mut())).expect("a text")) }
}

/// Number of interned symbols and the bytes their texts take, for `.Q.w`.
pub fn stats() -> (usize, usize) {
    // SAFETY: a fresh vector of both.
    let numbers = unsafe { Obj::from_raw(m4(1)) };
    let numbers = numbers.slice::<i64>();
    (numbers[0] as usize, numbers[1] as usize)
}
