//! Serialising functions, which are the interpreter's: KX's library knows some of kdb+'s primitives, by numbers that
//! need not be ours.

use crate::api::{I, borrow, guard};
use crate::{K, K0, Obj, serialize, tag};
use std::ffi::c_void;
use std::sync::OnceLock;
use std::{mem, slice};

/// KX's function of this name, for all that holds no function.
///
/// # Safety
/// As in [`crate::api`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn b9(mode: I, x: K) -> K {
    // SAFETY: the caller's object, borrowed, looked at without a change, and passed on.
    unsafe {
        if !holds_function(x) {
            return kx_b9()(mode, x);
        }
        let x = borrow(&x);
        guard(|| Ok(Obj::from_slice(tag::KG, &serialize::message(mode, x)?)))
    }
}

/// Is an object, or does it hold, a function other than `::`? Its items may be null, as C leaves them.
///
/// # Safety
/// It is a valid object or null.
unsafe fn holds_function(x: K) -> bool {
    // SAFETY: the caller's promise, and so for what it holds.
    unsafe {
        let Some(object) = x.as_ref() else { return false };
        match object.t {
            tag::UNARY => object.body.j != 0,
            tag::LAMBDA.. => true,
            t if tag::holds_one(t) => holds_function(object.body.k),
            t if tag::holds_items(t) => {
                let items = slice::from_raw_parts(K0::data(x).cast::<K>(), object.body.n as usize);
                items.iter().any(|&item| holds_function(item))
            }
            _ => false,
        }
    }
}

/// KX's function: the next definition after this executable's.
fn kx_b9() -> unsafe extern "C" fn(I, K) -> K {
    static FOUND: OnceLock<unsafe extern "C" fn(I, K) -> K> = OnceLock::new();
    *FOUND.get_or_init(|| {
        // SAFETY: the linker is asked for a name; that of KX's library has this type.
        unsafe {
            let found: *mut c_void = libc::dlsym(libc::RTLD_NEXT, c"b9".as_ptr());
            assert!(!found.is_null(), "libe.so is loaded");
            mem::transmute::<*mut c_void, unsafe extern "C" fn(I, K) -> K>(found)
        }
    })
}
