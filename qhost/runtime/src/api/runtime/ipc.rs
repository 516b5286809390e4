//! Serialisation, and the connections that this host does not make.

use crate::api::{I, S, allocating, borrow};
use crate::{K, Obj, QError, os, serialize, tag};
use std::ptr;

/// The message of `x` in kdb+'s IPC format as a byte vector, header included. The modes -1 and 1 to 6 all give
/// the same uncompressed message; 0 refuses timestamps and timespans with `'type`.
///
/// # Safety
/// As in [`crate::api`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn b9(mode: I, x: K) -> K {
    allocating(|| {
        // SAFETY: borrowed.
        let x = unsafe { borrow(&x) };
        Ok(Obj::from_slice(tag::KG, &serialize::message(mode, x)?))
    })
}

/// The object a message holds. `'type` if `x` is not a byte vector, `'badmsg` if it is not a message.
///
/// # Safety
/// As in [`crate::api`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn d9(x: K) -> K {
    // SAFETY: borrowed.
    let x = unsafe { Obj::borrowed(&x) };
    allocating(|| if x.tag() == tag::KG { serialize::parse(x.slice()) } else { Err(QError::type_()) })
}

/// 1 if the byte vector is a valid uncompressed message, else 0.
///
/// # Safety
/// As in [`crate::api`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn okx(x: K) -> I {
    // SAFETY: borrowed.
    let x = unsafe { Obj::borrowed(&x) };
    I::from(x.tag() == tag::KG && serialize::is_valid(x.slice()))
}

/// What kdb+'s connecting functions return when there is no connection to be had.
const NO_CONNECTION: I = -1;

/// The host makes connections for q code only (`hopen`): always -1.
#[unsafe(no_mangle)]
pub extern "C" fn khp(_host: S, _port: I) -> I {
    NO_CONNECTION
}

/// The host makes connections for q code only (`hopen`): always -1.
#[unsafe(no_mangle)]
pub extern "C" fn khpu(_host: S, _port: I, _credentials: S) -> I {
    NO_CONNECTION
}

/// The host makes connections for q code only (`hopen`): always -1.
#[unsafe(no_mangle)]
pub extern "C" fn khpun(_host: S, _port: I, _credentials: S, _timeout: I) -> I {
    NO_CONNECTION
}

/// The host makes connections for q code only (`hopen`): always -1.
#[unsafe(no_mangle)]
pub extern "C" fn khpunc(_host: S, _port: I, _credentials: S, _timeout: I, _capability: I) -> I {
    NO_CONNECTION
}

/// Closes a descriptor.
#[unsafe(no_mangle)]
pub extern "C" fn kclose(handle: I) {
    os::close(handle);
}

/// There is no TLS: null, with `'nyi` pending.
#[unsafe(no_mangle)]
pub extern "C" fn sslInfo(_x: K) -> K {
    super::errors::set_pending(QError::nyi("sslInfo"));
    ptr::null_mut()
}
