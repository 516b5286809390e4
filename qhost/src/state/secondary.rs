//! Whether this is one of `peach`'s threads, which use what is the main thread's and assign none of it.

use kapi::error::{QError, R};
use std::cell::Cell;

thread_local! {
    static IS_SECONDARY: Cell<bool> = const { Cell::new(false) };
}

/// Says whether the calling thread is one of them for now.
pub(super) fn mark(is_secondary: bool) {
    IS_SECONDARY.set(is_secondary);
}

/// Is this one of `peach`'s threads?
#[inline]
pub fn is_secondary() -> bool {
    IS_SECONDARY.get()
}

/// Fails on a thread of `peach`.
///
/// # Errors
/// `noupdate` there.
pub fn check_update() -> R<()> {
    if is_secondary() { Err(QError::named("noupdate")) } else { Ok(()) }
}
