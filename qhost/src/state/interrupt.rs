//! Ctrl-C: the handler raises a flag, evaluation looks at it where it may run for long.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::secondary;
use kapi::error::{QError, R};
use kapi::os;

static RAISED: AtomicBool = AtomicBool::new(false);

/// Asks the running evaluation to end with `stop`. Safe in a signal handler.
pub fn raise() {
    RAISED.store(true, Relaxed);
}

/// Forgets a request that nobody has seen.
pub fn clear() {
    RAISED.store(false, Relaxed);
}

/// Looks for a request, and takes it.
///
/// # Errors
/// `stop` when there was one.
#[inline]
pub fn check() -> R<()> {
    if RAISED.load(Relaxed) { taken() } else { Ok(()) }
}

#[cold]
fn taken() -> R<()> {
    // All threads of `peach` end; the request is the main thread's to take.
    if !secondary::is_secondary() {
        clear();
    }
    Err(QError::named("stop"))
}

/// Installs the handler of Ctrl-C. A second one before the first was seen ends the process, so that a loop inside C code can
/// be left too.
pub fn install() {
    os::catch_interrupt(|| RAISED.swap(true, Relaxed));
}
