//! Whether this is one of `peach`'s threads, where globals are those of the main thread and may not be assigned.

use kapi::error::{QError, R};
use kapi::symbol::Symbol;
use std::cell::Cell;

/// How such a thread finds the main thread's value of a global.
pub type Inherit = fn(Symbol) -> Option<R>;

thread_local! {
    static INHERIT: Cell<Option<Inherit>> = const { Cell::new(None) };
}

/// Makes the calling thread one of them.
pub fn enter(inherit: Inherit) {
    INHERIT.set(Some(inherit));
}

/// Is this one of `peach`'s threads?
pub fn is_secondary() -> bool {
    INHERIT.get().is_some()
}

/// The main thread's value of a global, on such a thread.
pub fn inherited(name: Symbol) -> Option<R> {
    INHERIT.get()?(name)
}

/// Fails on a thread of `peach`.
///
/// # Errors
/// `noupdate` there.
pub fn check_update() -> R<()> {
    if is_secondary() { Err(QError::named("noupdate")) } else { Ok(()) }
}
