//! Failing on purpose: full memory at a chosen call of k.h, for tests that try each call in turn.
//!
//! Calls count that a library makes of functions which allocate; the interpreter's own allocations do not. With KX's
//! library in place of the runtime nothing is counted.

use crate::{QError, R};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

static IS_COUNTING: AtomicBool = AtomicBool::new(false);
static CALLS: AtomicU64 = AtomicU64::new(0);
static FAILS_AT: AtomicU64 = AtomicU64::new(0);

/// Counts from zero, on all threads; call number `n` fails with `wsfull`, none when `n` is zero.
pub fn fail_after(n: u64) {
    CALLS.store(0, Relaxed);
    FAILS_AT.store(n, Relaxed);
    IS_COUNTING.store(true, Relaxed);
}

/// Stops counting and failing.
pub fn stop() {
    IS_COUNTING.store(false, Relaxed);
}

/// Calls since [`fail_after`].
pub fn calls() -> u64 {
    CALLS.load(Relaxed)
}

/// Whether the call of k.h that asks fails.
#[inline]
pub(crate) fn is_due() -> bool {
    IS_COUNTING.load(Relaxed) && count()
}

#[cold]
fn count() -> bool {
    CALLS.fetch_add(1, Relaxed) + 1 == FAILS_AT.load(Relaxed)
}

/// The same as a result.
#[inline]
pub(crate) fn check() -> R<()> {
    if is_due() { Err(QError::wsfull()) } else { Ok(()) }
}
