//! The locks of `mailbox.rs`. The crate `model` has those of a scheduler by the same names.

pub use parking_lot::{Condvar, Mutex};
pub use std::sync::Arc;
pub use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

/// How often a thread looks again for what it waits for before it sleeps: a few microseconds in all, since having the system
/// wake it takes both sides longer than a short call of C.
pub const LOOKS: u32 = 20;

/// How often it does not after that was in vain, as on processors that others use too.
pub const SKIPS: u32 = 15;

/// Lets some of that time pass.
pub fn pause() {
    (0..30).for_each(|_| std::hint::spin_loop());
}
