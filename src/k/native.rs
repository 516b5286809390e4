//! k.h: the layout of K objects, and the functions that this crate calls.
//!
//! Declared here since the crate kdbplus, which has them, does not compile where C's `char` is unsigned (Linux on
//! AArch64), and returns `void` by value. Sources: code.kx.com "C API for kdb+" and "Using C/C++ with kdb+".

#![allow(missing_docs, reason = "the names are k.h's; \"C API for kdb+\" documents them")]

use std::ffi::{c_char, c_void};

/// The header that every object begins with, and the eight bytes after it; a vector's elements follow.
#[repr(C)]
#[derive(Debug)]
pub struct K0 {
    m: i8,
    a: i8,
    /// Type tag: negative for atoms.
    pub t: i8,
    /// Attribute; the rank of a function made by `dl`.
    pub u: u8,
    /// References besides the first.
    pub r: i32,
    /// An atom's payload, a vector's length.
    pub n: i64,
}

/// An object; null where C has none.
pub type K = *mut K0;

/// A guid by value.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct U {
    pub g: [u8; 16],
}

unsafe extern "C" {
    pub fn b9(mode: i32, x: K) -> K;
    pub fn dl(function: *const c_void, rank: i64) -> K;
    pub fn dot(f: K, args: K) -> K;
    pub fn ee(x: K) -> K;
    pub fn k(handle: i32, text: *const c_char, ...) -> K;
    pub fn ka(t: i32) -> K;
    pub fn kb(x: i32) -> K;
    pub fn kc(x: i32) -> K;
    pub fn kf(x: f64) -> K;
    pub fn kg(x: i32) -> K;
    pub fn kh(x: i32) -> K;
    pub fn ki(x: i32) -> K;
    pub fn kj(x: i64) -> K;
    pub fn kp(text: *mut c_char) -> K;
    pub fn kpn(text: *mut c_char, n: i64) -> K;
    pub fn krr(text: *const c_char) -> K;
    pub fn ks(text: *mut c_char) -> K;
    pub fn ktn(t: i32, n: i64) -> K;
    pub fn ku(x: U) -> K;
    pub fn r0(x: K);
    pub fn r1(x: K) -> K;
    pub fn sd1(descriptor: i32, handler: unsafe extern "C" fn(i32) -> K) -> K;
    pub fn sn(text: *mut c_char, n: i32) -> *mut c_char;
    pub fn ss(text: *mut c_char) -> *mut c_char;
    pub fn xD(keys: K, values: K) -> K;
    pub fn xT(columns: K) -> K;
}
