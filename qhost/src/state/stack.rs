//! How much machine stack is left: deep recursion is the error `stack`, not a crash.

use std::cell::Cell;

use kapi::error::{QError, R};

/// What must be left for C functions, error handling and destructors.
const RESERVE: usize = 256 << 10;

thread_local! {
    /// Lowest address this thread's recursion may reach; the top of memory before the first check.
    static FLOOR: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// Is there room for another level of recursion?
///
/// # Errors
/// `stack` when there is not.
#[inline]
pub fn check() -> R<()> {
    let marker = 0u8;
    let here = (&raw const marker).addr();
    if here > FLOOR.get() { Ok(()) } else { check_slowly(here) }
}

#[cold]
fn check_slowly(here: usize) -> R<()> {
    if FLOOR.get() == usize::MAX {
        FLOOR.set(floor().unwrap_or(here.saturating_sub(RESERVE)));
    }
    if here > FLOOR.get() { Ok(()) } else { Err(QError::stack()) }
}

/// The lowest address of this thread's stack, plus the reserve.
#[cfg(target_os = "linux")]
fn floor() -> Option<usize> {
    let (mut low, mut size) = (std::ptr::null_mut(), 0);
    // SAFETY: the attributes are initialised by the first call, read by the second and destroyed once.
    let read = unsafe {
        let mut attributes = std::mem::zeroed();
        if libc::pthread_getattr_np(libc::pthread_self(), &mut attributes) != 0 {
            return None;
        }
        let read = libc::pthread_attr_getstack(&attributes, &mut low, &mut size);
        libc::pthread_attr_destroy(&mut attributes);
        read
    };
    (read == 0).then(|| low.addr() + RESERVE.min(size / 2))
}

/// The lowest address of this thread's stack, plus the reserve.
#[cfg(target_os = "macos")]
fn floor() -> Option<usize> {
    // SAFETY: both only read what the system knows about the calling thread.
    let (high, size) = unsafe {
        let me = libc::pthread_self();
        (libc::pthread_get_stackaddr_np(me).addr(), libc::pthread_get_stacksize_np(me))
    };
    Some(high - size + RESERVE.min(size / 2))
}

/// Elsewhere the first check's caller is taken to have half a megabyte.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn floor() -> Option<usize> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(n: usize) -> usize {
        match check() {
            Ok(()) => std::hint::black_box(depth(n + 1)),
            Err(_) => n,
        }
    }

    #[test]
    fn recursion_ends_before_the_stack_does() {
        assert!(depth(0) > 1000);
    }
}
