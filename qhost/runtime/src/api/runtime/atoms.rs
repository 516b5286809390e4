//! Atoms.

use super::super::{I, J, S, U};
use super::{errors, symbols::intern};
use crate::object::Body;
use crate::{K, K0, faults, heap, tag};
use std::ptr;

const GUID_BUCKET: usize = match heap::bucket_for(crate::object::DATA + size_of::<U>()) {
    Some(bucket) => bucket,
    None => unreachable!(),
};

#[inline(always)]
fn atom(bucket: usize, t: i8, payload: Body) -> K {
    let object = if faults::is_due() { ptr::null_mut() } else { heap::alloc(bucket, t) };
    if object.is_null() {
        return errors::out_of_memory();
    }
    // SAFETY: fresh.
    unsafe { (*object).body = payload };
    object
}

/// An atom of type `t` whose payload is zero; the caller stores it at byte 8 (a guid's bytes at 16).
#[unsafe(no_mangle)]
pub extern "C" fn ka(t: I) -> K {
    let guid = t == -(tag::UU as I);
    if guid { ku(U { g: [0; 16] }) } else { atom(0, t as i8, Body { j: 0 }) }
}

/// A guid.
#[unsafe(no_mangle)]
pub extern "C" fn ku(x: U) -> K {
    let object = atom(GUID_BUCKET, -tag::UU, Body { n: 1 });
    if !object.is_null() {
        // SAFETY: the bucket has room for the 16 bytes.
        unsafe { ptr::write_unaligned(K0::data(object).cast(), x) };
    }
    object
}

/// A function of k.h for each of these types: what its atom is made of, and the payload.
macro_rules! atoms {
    ($($(#[$doc:meta])* $name:ident($x:ident: $c:ty) $tag:ident, $field:ident: $payload:expr;)*) => {$(
        $(#[$doc])*
        #[unsafe(no_mangle)]
        pub extern "C" fn $name($x: $c) -> K {
            atom(0, -tag::$tag, Body { $field: $payload })
        }
    )*};
}

atoms! {
    /// A boolean: anything but zero is true.
    kb(x: I) KB, j: (x != 0).into();
    /// A byte.
    kg(x: I) KG, j: (x as u8).into();
    /// A short.
    kh(x: I) KH, j: (x as i16).into();
    /// An int.
    ki(x: I) KI, j: x.into();
    /// A long.
    kj(x: J) KJ, j: x;
    /// A real.
    ke(x: f64) KE, e: x as f32;
    /// A float.
    kf(x: f64) KF, f: x;
    /// A char.
    kc(x: I) KC, j: (x as u8).into();
    /// A date: days since 2000.01.01.
    kd(x: I) KD, j: x.into();
    /// A datetime: days since 2000.01.01.
    kz(x: f64) KZ, f: x;
    /// A time: milliseconds since midnight.
    kt(x: I) KT, j: x.into();
}

/// A symbol; the text is interned, null is the empty symbol.
///
/// # Safety
/// As in [`crate::api`], null allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ks(x: S) -> K {
    // SAFETY: the caller's string.
    let symbol = unsafe { intern(x) };
    atom(0, -tag::KS, Body { s: symbol.as_ptr() })
}

/// A timestamp (`t` -12) or a timespan (-16) of `x` nanoseconds, or another atom with a long's payload.
#[unsafe(no_mangle)]
pub extern "C" fn ktj(t: I, x: J) -> K {
    atom(0, t as i8, Body { j: x })
}
