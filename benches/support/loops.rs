//! The ways to run a C function with its own result in turn.

use std::ffi::{CStr, c_char, c_int};

use kapi::K;

use super::host::{Api, Function, Host, tag};
use super::timing::Way;

/// What is made of the steps, and of how many.
pub struct Row {
    what: &'static str,
    length: usize,
}

pub const ROWS: [Row; 4] = [
    Row { what: "over", length: 1_000 },
    Row { what: "over", length: 1_000_000 },
    Row { what: "scan", length: 1_000 },
    Row { what: "scan", length: 1_000_000 },
];

pub const LOOP: &str = "C loop";
pub const FN: &str = "fn, q's own";

impl Row {
    /// Its name.
    pub fn label(&self) -> String {
        format!("{}, {} elements", self.what, self.length)
    }
}

/// The ways to add up a vector of this length by a C function of two floats. A piece of work is one element.
pub fn ways(host: &Host, row: &Row) -> Vec<Way> {
    let values: Vec<f64> = (0..row.length).map(|i| i as f64).collect();
    let vector = host.k.vector(tag::FLOAT, &values);
    let seed = host.k.atom(-tag::FLOAT, 1_f64);
    let list = host.k.list(&[seed, vector]);
    let c = host.symbol(if row.what == "over" { "o_ff" } else { "s_ff" });
    // SAFETY: it is glue of two K.
    let c: unsafe extern "C" fn(K, K) -> K = unsafe { std::mem::transmute(c) };
    let own: Function = host.stub(row.what, "ff", "ff", "f");
    // SAFETY: it is a stub of one K.
    let own: unsafe extern "C" fn(K) -> K = unsafe { std::mem::transmute(own) };
    let mut ways = vec![
        // SAFETY: the objects live on.
        way(host, row, LOOP, move || unsafe { c(seed, vector) }),
        // SAFETY: as above.
        way(host, row, row.what, move || unsafe { own(list) }).against(LOOP),
    ];
    if !host.is_libe {
        ways.push(way(host, row, FN, by_q(host, row, seed, vector)).against(row.what));
    }
    ways
}

/// q's own iterator, here that of our interpreter.
fn by_q(host: &Host, row: &Row, seed: K, vector: K) -> impl Fn() -> K + 'static {
    unsafe extern "C" {
        fn k(handle: c_int, text: *const c_char, ...) -> K;
    }
    let lambda: &CStr = if row.what == "over" { c"{[f;s;x] f/[s;x]}" } else { c"{[f;s;x] f\\[s;x]}" };
    let f = host.bound("fn", "ff", "ff", "f");
    // SAFETY: handle 0 evaluates the text; a null pointer ends the arguments.
    let lambda = unsafe { k(0, lambda.as_ptr(), std::ptr::null_mut::<u8>()) };
    let list = host.k.list(&[f, seed, vector]);
    // SAFETY: the objects live on.
    move || unsafe { ffijit::k::dot(lambda.cast(), list.cast()).cast() }
}

fn way(host: &Host, row: &Row, name: &'static str, f: impl Fn() -> K + 'static) -> Way {
    let length = row.length;
    let answer = f();
    assert!(!answer.is_null(), "{name} signals an error");
    let last = match row.what {
        "over" => Api::payload::<f64>(answer),
        _ => {
            // SAFETY: a vector of as many floats.
            let results = unsafe { Api::slice::<f64>(answer) };
            results[length - 1]
        }
    };
    assert_eq!(last, 1.0 + (length * (length - 1) / 2) as f64, "{name}: wrong answer");
    host.way(name, f).in_pieces(length)
}
