//! C calls q: values both ways, errors, nesting, lifetimes.

mod errors;
mod lifetime;
mod random;
mod shapes;
#[path = "../support/mod.rs"]
mod support;

use kapi::Obj;

use support::thread::on_q;
use support::{Callees, call, callee, fixed, leaves_nothing};

/// The C functions of these tests.
static CALLEES: Callees = Callees::new("callbacks", include_str!("../c/callbacks.c"));

/// Runs a test on a thread of q, on which it leaves nothing behind.
fn balanced_on_q(test: fn()) {
    on_q(move || leaves_nothing(test));
}

/// Binds a callee of every compiler.
fn each_callee(function: &str, args: &str, ret: &str) -> Vec<Obj> {
    CALLEES.libraries().iter().map(|library| fixed(callee(library, function), args, ret).unwrap()).collect()
}

/// `(f;args;ret)`.
fn inline(f: &Obj, args: &str, ret: &str) -> Obj {
    Obj::list(vec![f.clone(), Obj::string(args.as_bytes()), Obj::string(ret.as_bytes())])
}

/// Calls with a q function of these types as the first argument.
fn with(f: &Obj, function: &Obj, types: (&str, &str), rest: &[Obj]) -> Result<Obj, String> {
    call(f, &[&[inline(function, types.0, types.1)], rest].concat())
}

support::all_again!(without_thread_word, with_guard);
