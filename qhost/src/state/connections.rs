//! The connections that are open, each with its user: `.z.u`, `.z.W`. All threads see them.

use kapi::symbol::Symbol;
use parking_lot::Mutex;
use std::collections::BTreeMap;

static OPEN: Mutex<BTreeMap<i32, Symbol>> = Mutex::new(BTreeMap::new());

/// Notes a connection and its user, who may still have to say who it is.
pub fn note(handle: i32, user: Symbol) {
    OPEN.lock().insert(handle, user);
}

/// Forgets a connection.
pub fn forget(handle: i32) {
    OPEN.lock().remove(&handle);
}

/// The connections in order of their numbers.
pub fn handles() -> Vec<i32> {
    OPEN.lock().keys().copied().collect()
}

/// The user of a connection, if there is one of this number.
pub fn user(handle: i32) -> Option<Symbol> {
    OPEN.lock().get(&handle).copied()
}
