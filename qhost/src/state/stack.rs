//! How much machine stack is left: deep recursion is the error `stack`, not a crash.

use std::cell::Cell;

use kapi::error::{QError, R};
use kapi::os;

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

/// The lowest address of this thread's stack, plus the reserve. Where the system does not say, the first check's caller is
/// taken to have half a megabyte.
fn floor() -> Option<usize> {
    os::stack().map(|(low, size)| low + RESERVE.min(size / 2))
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
