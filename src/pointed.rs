//! What C's pointers lead to. With the guard on it is looked at before it is read or written, so that a pointer that leads
//! nowhere is an error; else the fault is reported, and the process ends.

use std::ffi::{CStr, c_char};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Result};
use crate::os;

/// Whether anything is looked at.
static LOOKS: AtomicBool = AtomicBool::new(false);
/// Bytes that can be read if one of them can, where they begin at a multiple of this: no page is smaller.
const PAGE: usize = 4 << 10;

/// Has what pointers lead to be looked at from now on, or no more.
pub fn look(looks: bool) {
    LOOKS.store(looks, Ordering::Relaxed);
}

/// Whether what pointers lead to is looked at.
pub fn looks() -> bool {
    LOOKS.load(Ordering::Relaxed)
}

/// Demands that so many bytes can be read.
///
/// # Errors
/// [`Error::Pointer`].
pub fn readable(from: *const u8, bytes: usize) -> Result<()> {
    each_page("read", from as usize, bytes, os::can_read)
}

/// Demands that so many bytes can be written.
///
/// # Errors
/// [`Error::Pointer`].
pub fn writable(to: *const u8, bytes: usize) -> Result<()> {
    each_page("write", to as usize, bytes, os::can_write)
}

fn each_page(access: &'static str, from: usize, bytes: usize, can: fn(usize) -> bool) -> Result<()> {
    if !looks() || bytes == 0 {
        return Ok(());
    }
    let end = from.saturating_add(bytes);
    let mut at = from;
    while at < end {
        if !can(at) {
            return Err(nowhere(access, at));
        }
        at = (at & !(PAGE - 1)).saturating_add(PAGE);
    }
    Ok(())
}

fn nowhere(access: &'static str, address: usize) -> Error {
    Error::Pointer { by: String::new(), access, address }
}

/// Demands that a text can be read to its NUL; NULL is none.
///
/// # Errors
/// [`Error::Pointer`].
pub fn readable_text(text: *const c_char) -> Result<()> {
    if !looks() || text.is_null() {
        return Ok(());
    }
    let mut at = text as usize;
    loop {
        if !os::can_read(at) {
            return Err(nowhere("read", at));
        }
        let rest = PAGE - at % PAGE;
        // SAFETY: one byte of the page can be read, and so can all.
        if unsafe { std::slice::from_raw_parts(at as *const u8, rest) }.contains(&0) {
            return Ok(());
        }
        let Some(next) = at.checked_add(rest) else { return Err(nowhere("read", usize::MAX)) };
        at = next;
    }
}

/// The bytes of a text; none for NULL.
///
/// # Errors
/// [`Error::Pointer`].
///
/// # Safety
/// The text is NULL, or NUL-terminated for as long as `'a`, unless it cannot be read and that is looked at.
pub unsafe fn text<'a>(text: *const c_char) -> Result<&'a [u8]> {
    readable_text(text)?;
    // SAFETY: passed on to the caller.
    Ok(if text.is_null() { &[] } else { unsafe { CStr::from_ptr(text) }.to_bytes() })
}
