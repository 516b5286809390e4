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

/// A boolean: anything but zero is true.
#[unsafe(no_mangle)]
pub extern "C" fn kb(x: I) -> K {
    atom(0, -tag::KB, Body { j: (x != 0).into() })
}

/// A byte.
#[unsafe(no_mangle)]
pub extern "C" fn kg(x: I) -> K {
    atom(0, -tag::KG, Body { j: (x as u8).into() })
}

/// A short.
#[unsafe(no_mangle)]
pub extern "C" fn kh(x: I) -> K {
    atom(0, -tag::KH, Body { j: (x as i16).into() })
}

/// An int.
#[unsafe(no_mangle)]
pub extern "C" fn ki(x: I) -> K {
    atom(0, -tag::KI, Body { j: x.into() })
}

/// A long.
#[unsafe(no_mangle)]
pub extern "C" fn kj(x: J) -> K {
    atom(0, -tag::KJ, Body { j: x })
}

/// A real.
#[unsafe(no_mangle)]
pub extern "C" fn ke(x: f64) -> K {
    atom(0, -tag::KE, Body { e: x as f32 })
}

/// A float.
#[unsafe(no_mangle)]
pub extern "C" fn kf(x: f64) -> K {
    atom(0, -tag::KF, Body { f: x })
}

/// A char.
#[unsafe(no_mangle)]
pub extern "C" fn kc(x: I) -> K {
    atom(0, -tag::KC, Body { j: (x as u8).into() })
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

/// A date: days since 2000.01.01.
#[unsafe(no_mangle)]
pub extern "C" fn kd(x: I) -> K {
    atom(0, -tag::KD, Body { j: x.into() })
}

/// A datetime: days since 2000.01.01.
#[unsafe(no_mangle)]
pub extern "C" fn kz(x: f64) -> K {
    atom(0, -tag::KZ, Body { f: x })
}

/// A time: milliseconds since midnight.
#[unsafe(no_mangle)]
pub extern "C" fn kt(x: I) -> K {
    atom(0, -tag::KT, Body { j: x.into() })
}
