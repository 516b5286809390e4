//! The functions of k.h, with kdb+'s names, types and ownership rules.
//!
//! Common to all of them, and what their `# Safety` sections refer to: every `K` is a valid object, not null
//! unless said otherwise, used by one thread at a time; strings are NUL-terminated and readable. A function
//! borrows its arguments unless it says that it takes them. One that fails returns null and leaves an error
//! pending on the calling thread, which `ee` or the return into q picks up.

pub mod evaluate;
pub mod events;
#[cfg_attr(feature = "libe", path = "../libe/mod.rs")]
pub mod runtime;
pub mod views;

#[cfg(all(test, not(feature = "libe")))]
mod full;
#[cfg(test)]
mod tests;
#[cfg(all(test, not(feature = "libe")))]
mod tolerance;

use crate::error::catch;
use crate::{K, Obj, R, faults};
use std::ptr;

/// What k.h calls `I`.
pub type I = i32;
/// What k.h calls `J`.
pub type J = i64;
/// What k.h calls `S`.
pub type S = *mut std::ffi::c_char;

/// What k.h calls `U`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct U {
    /// The guid's bytes.
    pub g: [u8; 16],
}

/// Looks at an argument. Items that C left null become `::`, as everything in Rust relies on; for want of memory that
/// may unwind, so it is done within [`guard`].
///
/// # Safety
/// `*x` is a valid object for as long as the borrow.
unsafe fn borrow(x: &K) -> &Obj {
    // SAFETY: the caller's promise.
    let x = unsafe { Obj::borrowed(x) };
    x.fill_holes();
    x
}

/// Takes an argument over, which may be null; otherwise as [`borrow`].
///
/// # Safety
/// `x` is null or a valid object, and the reference is the caller's to give.
unsafe fn take(x: K) -> Obj {
    // SAFETY: the caller's promise.
    let x = unsafe { Obj::from_raw(x) };
    x.fill_holes();
    x
}

/// [`guard`] for a function that allocates.
fn allocating(body: impl FnOnce() -> R) -> K {
    guard(|| faults::check().and_then(|()| body()))
}

/// Runs the body of a C function: an error or a panic becomes the pending error and null.
fn guard(body: impl FnOnce() -> R) -> K {
    match catch(body) {
        Ok(object) => object.into_raw(),
        Err(error) => {
            runtime::errors::set_pending(error);
            ptr::null_mut()
        }
    }
}

/// The variadic functions, which are C, and the ones only C code calls are named here so that the linker
/// keeps them in every binary that links this crate.
#[used]
static KEPT: [unsafe extern "C" fn(); 4] = [k, knk, vak, vaknk];

// SAFETY: defined in variadic.c. Their real signatures are variadic; here only their addresses are used.
unsafe extern "C" {
    fn k();
    fn knk();
    fn vak();
    fn vaknk();
}
