//! What is under way on each thread that runs q: whether it is inside a C function, the error of a callback that waits
//! for that function to return, and C's `errno`.
//!
//! A thread has a [`Record`] from the first time q calls a native function or a stub on it. Stubs and thunks read and write
//! it in machine code, by its offsets; its address is in the thread's own [`ThreadWord`](crate::os::ThreadWord), or where
//! the system has none they ask for it. A stub that finds no record leaves the call to the cold path, which makes one; so
//! stubs are shown none where every call is to take that path ([`set_cold`]).

mod here;
mod named;
mod record;
mod threads;

use std::sync::OnceLock;
use std::sync::atomic::Ordering;

pub use self::here::{Call, Here};
pub use self::named::{Fence, Fenced, Named};
pub use self::record::{Record, Suspended};
pub use self::threads::{Worker, any_in_call, current, enter, here, is_cold, of_worker, own, set_cold};
use crate::error::Error;

/// A record is its thread's own, and what others read of it stands by itself.
const RELAXED: Ordering = Ordering::Relaxed;

/// What is done by those who know callbacks: this module stands below them.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// A thread that runs q has something that wants attention.
    pub attention: fn(Here),
    /// A thread that runs q ends.
    pub thread_ends: fn(Here),
}

static HOOKS: OnceLock<Hooks> = OnceLock::new();

/// Sets the hooks, once.
pub fn set_hooks(hooks: Hooks) {
    HOOKS.get_or_init(|| hooks);
}

/// Lets those who know callbacks look at what wants attention on this thread, if anything does.
pub fn attend(here: Here) {
    if let (true, Some(hooks)) = (here.wants_attention(), HOOKS.get()) {
        (hooks.attention)(here);
    }
}

/// Prints an error that nobody is there to trap, as q does. At the end of a process there may be no stderr any more.
pub fn print(error: &Error) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "'{error}");
}
