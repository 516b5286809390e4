//! Ctrl-C: the handler raises a flag, evaluation looks at it where it may run for long.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::secondary;
use kapi::error::{QError, R};

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

/// Installs the handler for SIGINT. A second signal before the first was seen ends the process, so that a
/// loop inside C code can be left too.
#[cfg(unix)]
pub fn install() {
    extern "C" fn on_signal(_: libc::c_int) {
        if RAISED.swap(true, Relaxed) {
            // SAFETY: _exit may be called in a handler.
            unsafe { libc::_exit(130) }
        }
    }
    // SAFETY: the handler only uses an atomic and _exit; the structure is fully initialised by zeros.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_signal as extern "C" fn(libc::c_int) as usize;
        libc::sigaction(libc::SIGINT, &action, std::ptr::null_mut());
    }
}

/// Leaves Ctrl-C to other threads than the calling one: it is the main thread's wait that ends.
#[cfg(unix)]
pub fn leave_to_others() {
    // SAFETY: a set of signals, initialised before it is used.
    unsafe {
        let mut signals: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&mut signals);
        libc::sigaddset(&mut signals, libc::SIGINT);
        libc::pthread_sigmask(libc::SIG_BLOCK, &signals, std::ptr::null_mut());
    }
}

/// There are no signals to leave.
#[cfg(not(unix))]
pub fn leave_to_others() {}

/// Ctrl-C keeps its default meaning where there are no signals.
#[cfg(not(unix))]
pub fn install() {}
