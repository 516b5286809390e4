//! The forms of code, a file each: how q calls a stub, and how C calls q.

#![forbid(unsafe_code)]

pub mod atomic;
pub mod callback;
pub mod fixed;
pub mod invoker;
pub mod list;
mod loops;
mod recycle;
pub mod steps;
