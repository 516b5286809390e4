//! Atomic functions: every element goes through C as it would by itself, whatever extends to what.

mod random;
mod rules;
#[path = "../support/mod.rs"]
mod support;

use kapi::Obj;

use support::{call, native};

/// `.ffi.atomic`.
fn atomic(spec: Obj, args: &str, ret: &str) -> Result<Obj, String> {
    call(&native("atomic"), &[spec, Obj::string(args.as_bytes()), Obj::string(ret.as_bytes())])
}

/// `.ffi.atomicPar` in a process with this many secondary threads.
fn parallel(spec: Obj, args: &str, ret: &str, secondaries: i64) -> Result<Obj, String> {
    let (args, ret) = (Obj::string(args.as_bytes()), Obj::string(ret.as_bytes()));
    call(&native("atomicPar"), &[spec, args, ret, Obj::long(secondaries)])
}

support::all_again!(without_thread_word);
