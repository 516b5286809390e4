//! KX's own runtime in place of ours: the functions of libe, from the PyPI package pykx.
//!
//! It has no interpreter: `dot`, `k`, `dl`, `sd1` and the functions of q remain this crate's, on objects that KX's
//! library allocates, counts and frees.

#![allow(missing_docs, reason = "k.h's functions do what ours of the same names say")]

pub mod errors;
mod serial;

pub use serial::b9;

use super::{I, J, S, U};
use crate::K;
use std::ffi::{c_char, c_void};

// SAFETY: the declarations of k.h. Those marked safe accept any value.
unsafe extern "C" {
    pub safe fn ka(t: I) -> K;
    pub safe fn kb(x: I) -> K;
    pub safe fn ku(x: U) -> K;
    pub safe fn kg(x: I) -> K;
    pub safe fn kh(x: I) -> K;
    pub safe fn ki(x: I) -> K;
    pub safe fn kj(x: J) -> K;
    pub safe fn ke(x: f64) -> K;
    pub safe fn kf(x: f64) -> K;
    pub safe fn kc(x: I) -> K;
    pub fn ks(x: S) -> K;
    pub safe fn ktj(t: I, x: J) -> K;
    pub safe fn kd(x: I) -> K;
    pub safe fn kz(x: f64) -> K;
    pub safe fn kt(x: I) -> K;
    pub safe fn ktn(t: I, n: J) -> K;
    pub fn kp(text: S) -> K;
    pub fn kpn(text: S, n: J) -> K;
    pub fn ja(list: *mut K, value: *const c_void) -> K;
    pub fn jk(list: *mut K, item: K) -> K;
    pub fn js(list: *mut K, symbol: S) -> K;
    pub fn jv(list: *mut K, other: K) -> K;
    pub fn xD(keys: K, values: K) -> K;
    pub fn xT(columns: K) -> K;
    pub fn ktd(keyed: K) -> K;
    pub fn knt(n: J, table: K) -> K;
    pub fn krr(text: *const c_char) -> K;
    pub fn orr(text: *const c_char) -> K;
    pub fn ee(x: K) -> K;
    pub fn r0(x: K);
    pub fn r1(x: K) -> K;
    pub safe fn m9();
    pub safe fn gc(limit: J) -> J;
    pub safe fn m4(what: I) -> K;
    pub fn ss(text: S) -> S;
    pub fn sn(text: S, n: I) -> S;
    pub safe fn setm(lock: I) -> I;
    pub fn d9(x: K) -> K;
    pub fn okx(x: K) -> I;
    pub fn khp(host: S, port: I) -> I;
    pub safe fn ymd(year: I, month: I, day: I) -> I;
    pub safe fn dj(date: I) -> I;
    pub safe fn ver() -> I;
}

/// Sets the library up before anything else runs: memory, and interning by several threads, as tests do.
#[used]
#[unsafe(link_section = ".init_array")]
static SET_UP: extern "C" fn() = set_up;

extern "C" fn set_up() {
    // SAFETY: the documented way to set memory up without a connection.
    unsafe { khp(c"".as_ptr().cast_mut(), -1) };
    setm(1);
}
