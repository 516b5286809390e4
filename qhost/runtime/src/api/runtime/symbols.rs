//! Interning.

use crate::Symbol;
use crate::api::{I, S};
use std::slice;
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};

/// What `setm` was last given. Interning is safe from all threads at any time, so nothing depends on it.
static SYMBOL_LOCK: AtomicI32 = AtomicI32::new(0);

/// # Safety
/// `text` is null or NUL-terminated.
pub(super) unsafe fn intern(text: S) -> Symbol {
    // SAFETY: the caller's string; null reads as empty.
    Symbol::new(unsafe { Symbol::from_raw(text) }.bytes())
}

/// Interns a NUL-terminated text.
///
/// # Safety
/// As in [`crate::api`], null allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ss(text: S) -> S {
    // SAFETY: the caller's string.
    unsafe { intern(text) }.as_ptr()
}

/// Interns the first `n` bytes of `text`, or those before its first NUL.
///
/// # Safety
/// `text` has `n` readable bytes, or a NUL before; it may be null when `n` is not positive.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sn(text: S, n: I) -> S {
    let Ok(n) = usize::try_from(n) else {
        return Symbol::empty().as_ptr();
    };
    if text.is_null() {
        return Symbol::empty().as_ptr();
    }
    // SAFETY: strnlen stops at the NUL or at n, as far as the caller says one may read.
    let text = unsafe { slice::from_raw_parts(text.cast(), libc::strnlen(text, n)) };
    Symbol::new(text).as_ptr()
}

/// Says whether interning must be safe from several threads, which here it always is; returns the previous
/// setting.
#[unsafe(no_mangle)]
pub extern "C" fn setm(lock: I) -> I {
    SYMBOL_LOCK.swap(I::from(lock != 0), Relaxed)
}
