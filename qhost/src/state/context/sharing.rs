//! How `peach`'s threads use the globals and settings of the main thread.

use super::super::secondary;
use super::{BORROWED, CURRENT, Globals, SETTINGS, Settings, current, settings, with};
use kapi::symbol::Symbol;

/// What a thread of `peach` has in common with the main thread.
#[derive(Clone, Copy)]
pub struct Shared {
    globals: *const Globals,
    settings: Settings,
    current: Symbol,
}

// SAFETY: `enter`'s caller vouches for the use of the pointer.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

/// What the calling thread has to share.
pub fn share() -> Shared {
    Shared { globals: with(std::ptr::from_ref), settings: settings(), current: current() }
}

/// Makes the calling thread one of `peach`'s, which uses another thread's globals.
///
/// # Safety
/// That thread waits, and counts are atomic, until the calling one has called [`leave`].
pub unsafe fn enter(shared: Shared) {
    secondary::mark(true);
    BORROWED.set(shared.globals);
    SETTINGS.set(shared.settings);
    CURRENT.set(shared.current);
}

/// Ends what [`enter`] has begun.
pub fn leave() {
    BORROWED.set(std::ptr::null());
    secondary::mark(false);
}
