//! K objects: their layout, the functions of k.h that this crate calls, and handles that keep count.

mod borrowed;
mod enumeration;
pub mod native;
mod owned;
pub mod tag;
mod wild;

use std::cell::UnsafeCell;
use std::ffi::{CStr, c_char};
use std::mem::offset_of;

pub use self::borrowed::Ref;
pub use self::enumeration::{value, without_enumerations};
pub use self::native::{K, K0, dl, dot, ee, k, ka, kp, kpn, krr, ks, ktn, r0, ss, xD, xT};
pub use self::owned::{Owned, collect, intern_bytes, same_text};
pub use self::tag::type_name;
pub use self::wild::demand_object;

use crate::error::{Error, Result};
use crate::pointed;

/// Offset of the type tag, one signed byte.
pub const TAG: i32 = offset_of!(K0, t) as i32;
/// Offset of the reference count, 32 bits; it is 0 while there is one reference.
pub const COUNT: i32 = offset_of!(K0, r) as i32;
/// Offset of an atom's payload.
pub const PAYLOAD: i32 = offset_of!(K0, n) as i32;
/// Offset of a vector's length, 64 bits.
pub const LENGTH: i32 = PAYLOAD;
/// Offset of a vector's first element, and of a guid atom's 16 bytes.
pub const DATA: i32 = size_of::<K0>() as i32;

// The stubs have these numbers in their machine code (k-abi.md "Objects"; k.h `struct k0`).
const _: () = {
    assert!(TAG == 2 && PAYLOAD == 8 && DATA == 16);
    assert!(COUNT == 4);
};

/// Whether two lists are the same, item by item, as q's `~` tells; keyed tables are when keys and values are; other
/// objects only if they are one.
pub fn matches(x: Ref, y: Ref) -> bool {
    if x.as_raw() == y.as_raw() {
        return true;
    }
    if x.tag() != y.tag() {
        return false;
    }
    match (x.parts(), y.parts()) {
        (Some((keys, values)), Some((other_keys, other_values))) => {
            matches(keys, other_keys) && matches(values, other_values)
        }
        _ => lists_match(x, y),
    }
}

/// Whether q's `~` says that two objects are the same: it takes floats for equal that are nearly so.
///
/// # Errors
/// What q signals, [`Error::MemoryFull`].
pub fn same(x: Ref, y: Ref) -> Result<bool> {
    let bits = |x: Ref| {
        // SAFETY: every object has 8 bytes of payload.
        unsafe { x.payload::<u64>() }
    };
    match (x.tag(), y.tag()) {
        (t, other) if t != other => return Ok(false),
        (t, _) if t == -tag::FLOAT => {
            let (x, y) = (f64::from_bits(bits(x)), f64::from_bits(bits(y)));
            let distance = (x - y).abs();
            if x == y || (x.is_nan() && y.is_nan()) {
                return Ok(true);
            }
            // Near the tolerance q itself has the say.
            if distance > x.abs().max(y.abs()) * 1e-12 {
                return Ok(false);
            }
        }
        (t, _) if t == -tag::LONG => return Ok(bits(x) == bits(y)),
        _ => (),
    }
    let (x, y) = (x.to_owned().into_raw(), y.to_owned().into_raw());
    // SAFETY: `k` applies the function to the objects, of which it consumes a reference; NULL ends them.
    let same = unsafe { native::k(0, c"~".as_ptr(), x, y, std::ptr::null_mut::<K0>()) };
    if same.is_null() {
        return Err(signalled());
    }
    // SAFETY: not NULL, and the reference is given to us.
    let same = unsafe { Owned::new(same) }?;
    // SAFETY: the payload of a boolean is a byte.
    Ok(same.get().tag() == -tag::BOOLEAN && unsafe { same.get().payload::<u8>() } != 0)
}

fn lists_match(x: Ref, y: Ref) -> bool {
    if !(0..=19).contains(&x.tag()) || x.len() != y.len() {
        return false;
    }
    if x.tag() == tag::LIST {
        return (0..x.len()).all(|i| matches!((x.item(i), y.item(i)), (Some(a), Some(b)) if matches(a, b)));
    }
    let bytes = x.len() * tag::element_size(x.tag());
    // SAFETY: both vectors hold that many bytes.
    unsafe { std::slice::from_raw_parts(x.data(), bytes) == std::slice::from_raw_parts(y.data(), bytes) }
}

fn text_or_empty(text: *const c_char) -> *const c_char {
    if text.is_null() { c"".as_ptr() } else { text }
}

/// Interns a text that C gave; NULL is the empty symbol. NULL when q has no memory for it.
pub extern "C" fn intern(text: *const c_char) -> *const c_char {
    // SAFETY: C has given a NUL-terminated text or NULL; `ss` keeps a copy.
    unsafe { ss(text_or_empty(text).cast_mut()) }
}

/// Makes a symbol atom of a text that C gave; NULL is the empty symbol. NULL when q has no memory for it.
pub extern "C" fn make_symbol(text: *const c_char) -> K {
    // SAFETY: C has given a NUL-terminated text or NULL; `ks` keeps a copy.
    unsafe { ks(text_or_empty(text).cast_mut()) }
}

/// The same with the guard on or off: an error is signalled where the text cannot be read, and that is looked at.
pub extern "C" fn make_symbol_of(text: *const c_char) -> K {
    match pointed::readable_text(text) {
        Ok(()) => make_symbol(text),
        Err(error) => signal(&error),
    }
}

/// The value of a text that q evaluates in this process; NULL when that signals an error.
pub fn evaluate(text: &CStr) -> K {
    const NO_ARGUMENT: K = std::ptr::null_mut();
    // SAFETY: `k` reads the text; its arguments end with NULL.
    unsafe { k(0, text.as_ptr(), NO_ARGUMENT) }
}

/// Applies a q function to a list of arguments.
///
/// # Errors
/// What q signals.
///
/// # Safety
/// This thread runs q.
pub unsafe fn apply(function: Ref, arguments: Ref) -> Result<Owned> {
    // SAFETY: both are live objects, which `dot` borrows; the result is ours.
    let result = unsafe { dot(function.as_raw(), arguments.as_raw()) };
    // SAFETY: the reference that `dot` gives is ours; it gives NULL with an error only.
    if result.is_null() { Err(signalled()) } else { unsafe { Owned::new(result) } }
}

/// The error that a function of q has just signalled, which is q's no more.
pub fn signalled() -> Error {
    // SAFETY: `ee` makes an error object of the pending error and gives it to us.
    let Ok(error) = (unsafe { Owned::new(ee(std::ptr::null_mut())) }) else { return Error::MemoryFull };
    Error::Signal(error.get().error_text().unwrap_or_default().to_string_lossy().into_owned())
}

/// Calls a C function of as many K as there are arguments.
///
/// # Panics
/// When there are none or more than 8, which no q function has.
///
/// # Safety
/// `code` is such a function, and the arguments are live objects.
pub unsafe fn call(code: *const u8, args: &[K]) -> K {
    macro_rules! call {
        ($($x:ident),+) => {{
            type Function = unsafe extern "C" fn($(call!(@ $x)),+) -> K;
            // SAFETY: passed on to the caller.
            unsafe { std::mem::transmute::<*const u8, Function>(code)($($x),+) }
        }};
        (@ $x:ident) => { K };
    }
    match *args {
        [a] => call!(a),
        [a, b] => call!(a, b),
        [a, b, c] => call!(a, b, c),
        [a, b, c, d] => call!(a, b, c, d),
        [a, b, c, d, e] => call!(a, b, c, d, e),
        [a, b, c, d, e, f] => call!(a, b, c, d, e, f),
        [a, b, c, d, e, f, g] => call!(a, b, c, d, e, f, g),
        [a, b, c, d, e, f, g, h] => call!(a, b, c, d, e, f, g, h),
        _ => unreachable!("q functions have 1 to 8 parameters"),
    }
}

/// Bytes kept of an error's text, its NUL included.
const MESSAGE: usize = 1024;

thread_local! {
    /// q keeps the pointer it is given, so the text of the last error of a thread stays here.
    static LAST_MESSAGE: UnsafeCell<[u8; MESSAGE]> = const { UnsafeCell::new([0; MESSAGE]) };
}

/// Signals an error to q: the value to return from a native function at once.
pub fn signal(error: &Error) -> K {
    let text = error.to_string();
    let text = text.as_bytes();
    let n = text.iter().position(|&b| b == 0).unwrap_or(text.len()).min(MESSAGE - 1);
    LAST_MESSAGE.with(|m| {
        // SAFETY: only this function writes there, on this thread, and q reads it only after we return.
        unsafe {
            let m = &mut *m.get();
            m[..n].copy_from_slice(&text[..n]);
            m[n] = 0;
            krr(m.as_ptr().cast())
        }
    })
}
