//! Errors between C and q. At most one is pending per thread.

use crate::api::S;
use crate::object::Body;
use crate::{K, QError, R, Symbol, faults, heap, os, tag};
use std::cell::{Cell, RefCell};
use std::ffi::c_char;
use std::mem::ManuallyDrop;
use std::ptr;

/// An error that nobody has picked up yet.
enum Pending {
    /// From `krr`: C's own pointer, which may be null.
    Text(*const c_char),
    /// From a function of ours.
    Error(QError),
}

thread_local! {
    // Never dropped by itself: C's exit handlers run after the thread-local values of the main thread have gone.
    static PENDING: Cell<ManuallyDrop<Option<Pending>>> = const { Cell::new(ManuallyDrop::new(None)) };
    /// What `orr` composes: valid until its next call on this thread.
    static SYSTEM_TEXT: RefCell<[u8; 256]> = const { RefCell::new([0; 256]) };
}

/// Puts what is pending on this thread in the place of what was.
fn exchange(pending: Option<Pending>) -> Option<Pending> {
    ManuallyDrop::into_inner(PENDING.replace(ManuallyDrop::new(pending)))
}

/// Leaves `error` pending on this thread.
pub fn set_pending(error: QError) {
    exchange(Some(Pending::Error(error)));
}

/// Picks up the pending error, if there is one. `krr(NULL)` leaves none.
pub fn take_pending() -> Option<QError> {
    match exchange(None)? {
        Pending::Error(error) => Some(error),
        Pending::Text(text) if text.is_null() => None,
        // SAFETY: whoever called krr promised text that outlives the return into q.
        Pending::Text(text) => Some(QError::from_bytes(unsafe { Symbol::from_raw(text) }.bytes())),
    }
}

/// Leaves `'wsfull` pending; returns null.
#[cold]
pub(super) fn out_of_memory() -> K {
    set_pending(QError::wsfull());
    ptr::null_mut()
}

/// Signals an error to q: the caller returns the null it gets here. The pointer is kept, not the text.
///
/// # Safety
/// `text` is null or readable until q has picked the error up.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn krr(text: *const c_char) -> K {
    exchange(Some(Pending::Text(text)));
    ptr::null_mut()
}

/// What stands for the beginning of a text that is too long.
const CUT: &[u8] = b"..";

/// As [`krr`], with a copy of `text` followed by what the operating system says of `errno`: the last 255 bytes.
///
/// # Safety
/// As in [`crate::api`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn orr(text: *const c_char) -> K {
    let code = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
    // SAFETY: the caller's string; it may be the one this thread's last call composed, hence the copy.
    let mut message = unsafe { Symbol::from_raw(text) }.bytes().to_vec();
    message.extend_from_slice(b". ");
    if code != 0 {
        message.extend_from_slice(b"OS reports: ");
        message.extend_from_slice(&system_words(code));
    }
    let kept = SYSTEM_TEXT.with_borrow_mut(|buffer| {
        let room = buffer.len() - 1;
        if message.len() > room {
            message.splice(..message.len() + CUT.len() - room, CUT.iter().copied());
        }
        buffer[..message.len()].copy_from_slice(&message);
        buffer[message.len()] = 0;
        buffer.as_ptr()
    });
    // SAFETY: the buffer lives as long as the thread.
    unsafe { krr(kept.cast()) }
}

fn system_words(code: i32) -> Vec<u8> {
    os::error_words(code).unwrap_or_else(|| format!("error {code}").into_bytes())
}

/// Turns null into an error object (tag -128) with the pending error's text, and clears it; anything else is
/// returned as it is. Without a pending error the text pointer is null.
///
/// # Safety
/// As in [`crate::api`], null allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ee(x: K) -> K {
    if !x.is_null() {
        return x;
    }
    let text = match exchange(None) {
        None => ptr::null_mut(),
        Some(Pending::Text(text)) => text.cast_mut(),
        Some(Pending::Error(error)) => lasting(&error),
    };
    error_object(text)
}

/// An error object for `result`'s error, or its value.
pub(crate) fn value_or_error_object(result: R) -> K {
    match result {
        Ok(object) => object.into_raw(),
        Err(error) => error_object(lasting(&error)),
    }
}

/// The text, interned: C code frees error objects and goes on using their text.
fn lasting(error: &QError) -> S {
    Symbol::from(error.text.as_str()).as_ptr()
}

fn error_object(text: S) -> K {
    let object = if faults::is_due() { ptr::null_mut() } else { heap::alloc(0, tag::ERROR) };
    if object.is_null() {
        return out_of_memory();
    }
    // SAFETY: fresh.
    unsafe { (*object).body = Body { s: text } };
    object
}
