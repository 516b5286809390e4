//! Code memory: never writable and executable at once, dense, and safe to extend while other threads and processes run
//! what is in it.

mod access;
mod density;
mod fork;
#[path = "../support/mod.rs"]
mod support;
mod threads;

use std::path::PathBuf;
use std::sync::OnceLock;

use kapi::{Obj, object};

use support::counting::Counting;
use support::{callee, compile, fixed};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Functions that add their own number: `int64_t f7(int64_t x) { return x + 7; }`.
const FUNCTIONS: usize = 2_000;

fn functions() -> &'static PathBuf {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let function = |i| format!("long long f{i}(long long x) {{ return x + {i}; }}\n");
        compile("gcc", "memory", &(0..FUNCTIONS).map(function).collect::<String>())
    })
}

/// The `i`th function, in its fixed form.
fn bound(i: usize) -> Obj {
    fixed(callee(functions(), &format!("f{i}")), "j", "j").expect("the function is there")
}

/// Whether a binding of the `i`th function gives what it should.
fn is_right(f: &Obj, i: usize) -> bool {
    support::call(f, &[Obj::long(1_000_000)]) == Ok(Obj::long(1_000_000 + i as i64))
}

/// Address of a q function's code.
fn entry(f: &Obj) -> usize {
    // SAFETY: an object made by `dl` holds the address of its code at the start of its data.
    unsafe { f.as_raw().cast::<u8>().add(object::DATA).cast::<usize>().read() }
}
