//! The ways for C to call q.

use std::ffi::c_int;
use std::time::Instant;

use kapi::K;

use super::host::{Function, Host, tag};
use super::timing::Way;

pub const HAND_WRITTEN: &str = "C callback";
pub const THUNK: &str = "ffijit";
pub const CLOSURE: &str = "ffikdb's steps";
pub const LAMBDA: &str = "ffijit, q lambda";

/// A callback that callbacks.c makes calls of, and what one call adds to the sum of the results.
pub struct Row {
    pub name: &'static str,
    pub args: &'static str,
    pub ret: &'static str,
    rank: usize,
    each: f64,
    lambda: &'static str,
}

/// All callbacks that are measured.
pub const ROWS: &[Row] = &[
    Row { name: "f", args: "f", ret: "f", rank: 1, each: 2.0, lambda: "{x+1}" },
    Row { name: "ff", args: "ff", ret: "f", rank: 2, each: 3.0, lambda: "{x+y}" },
    Row { name: "compare", args: "JJ", ret: "i", rank: 2, each: -1.0, lambda: "{`int$(x>y)-x<y}" },
    Row { name: "event", args: "i", ret: " ", rank: 1, each: 1.0, lambda: "{x}" },
];

impl Row {
    /// The C prototype in q's letters.
    pub fn label(&self) -> String {
        let ret = if self.ret == " " { "void" } else { self.ret };
        format!("{} -> {ret}", self.args)
    }
}

/// All ways for one callback, each of which has given the right answer. A piece of work is one call from C.
pub fn ways(host: &Host, row: &Row) -> Vec<Way> {
    let q_function = host.q_function(&format!("q_{}", row.name), row.rank);
    let hand_written = host.symbol(&format!("h_{}", row.name));
    let thunk = host.callback(q_function, row.args, row.ret);
    // SAFETY: callbacks.c defines it so.
    let set_function: unsafe extern "C" fn(K) = unsafe { std::mem::transmute(host.symbol("set_function")) };
    let set = move || {
        // SAFETY: as above; a q function is kept for the life of the process.
        unsafe { set_function(q_function) }
    };
    vec![
        way(host, row, HAND_WRITTEN, hand_written, set),
        way(host, row, THUNK, thunk, || ()).against(HAND_WRITTEN),
        way(host, row, CLOSURE, closure(host, row, q_function), || ()).against(HAND_WRITTEN),
        lambda(host, row),
    ]
}

fn way(host: &Host, row: &Row, name: &'static str, callback: Function, prepare: impl Fn() + 'static) -> Way {
    // SAFETY: callbacks.c defines it so.
    let run: unsafe extern "C" fn(Function, i64) -> f64 =
        unsafe { std::mem::transmute(host.symbol(&format!("run_{}", row.name))) };
    prepare();
    // SAFETY: the callback is of the type that this function takes.
    let sum = unsafe { run(callback, 3) };
    assert!(
        name == LAMBDA && row.ret == " " || sum == 3.0 * row.each,
        "{name}: wrong answer for {}",
        row.label()
    );
    Way::new(name, move |n| {
        prepare();
        let start = Instant::now();
        // SAFETY: as above.
        unsafe { run(callback, n as i64) };
        start.elapsed()
    })
}

/// The model of KxSystems/ffi in ffikdb.c.
fn closure(host: &Host, row: &Row, q_function: K) -> Function {
    // SAFETY: ffikdb.c defines it so.
    unsafe {
        let make: unsafe extern "C" fn(K, K, K) -> Function =
            std::mem::transmute(host.symbol("ffikdb_callback"));
        let ret = host.k.atom(-tag::CHAR, row.ret.as_bytes()[0]);
        make(q_function, host.k.chars(row.args), ret)
    }
}

/// A q lambda in place of a C function, for information: it measures our interpreter.
fn lambda(host: &Host, row: &Row) -> Way {
    unsafe extern "C" {
        fn k(handle: c_int, text: *const std::ffi::c_char, ...) -> K;
    }
    let text = std::ffi::CString::new(row.lambda).expect("no NUL");
    // SAFETY: handle 0 evaluates the text; a null pointer ends the arguments.
    let lambda = unsafe { k(0, text.as_ptr(), std::ptr::null_mut::<u8>()) };
    way(host, row, LAMBDA, host.callback(lambda, row.args, row.ret), || ())
}
