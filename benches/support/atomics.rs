//! The ways to apply a C function to vectors.

use std::ffi::{CStr, c_char, c_int};

use kapi::K;

use super::host::{Api, Function, Host, tag};
use super::timing::Way;

/// Lengths of the vectors.
pub const LENGTHS: [usize; 3] = [10, 1_000, 1_000_000];

pub const LOOP: &str = "C loop";
pub const ATOMIC: &str = "atomic";
pub const FN_EACH: &str = "fn, each";
pub const BIND_EACH: &str = "bind, each";

/// The ways to add vectors of this length by a C function of two floats. A piece of work is one element.
pub fn ways(host: &Host, length: usize) -> Vec<Way> {
    let values: Vec<f64> = (0..length).map(|i| i as f64).collect();
    let vector = host.k.vector(tag::FLOAT, &values);
    let mut ways = vec![
        way(host, LOOP, vector, binary(host.symbol("a_ff"))),
        way(host, ATOMIC, vector, binary(host.stub("atomic", "ff", "ff", "f"))).against(LOOP),
    ];
    if !host.is_libe {
        let (fixed, list) = (c"{[f;x;y] f'[x;y]}", c"{[f;x;y] ('[f;enlist])'[x;y]}");
        ways.push(way(host, FN_EACH, vector, each(host, "fn", fixed)).against(ATOMIC));
        ways.push(way(host, BIND_EACH, vector, each(host, "bind", list)).against(ATOMIC));
    }
    ways
}

fn binary(f: Function) -> impl Fn(K, K) -> K + 'static {
    // SAFETY: it is a stub or glue of two K.
    let f: unsafe extern "C" fn(K, K) -> K = unsafe { std::mem::transmute(f) };
    // SAFETY: as above.
    move |x, y| unsafe { f(x, y) }
}

/// `f'[x;y]` for what a native makes of the function: q's own loop, here that of our interpreter.
fn each(host: &Host, native: &str, lambda: &CStr) -> impl Fn(K, K) -> K + 'static {
    unsafe extern "C" {
        fn k(handle: c_int, text: *const c_char, ...) -> K;
    }
    let f = host.bound(native, "ff", "ff", "f");
    // SAFETY: handle 0 evaluates the text; a null pointer ends the arguments.
    let lambda = unsafe { k(0, lambda.as_ptr(), std::ptr::null_mut::<u8>()) };
    let list = host.k.list(&[f; 3]);
    move |x, y| {
        // SAFETY: the list is ours, and borrows its items for the call.
        unsafe {
            Api::items(list)[1..].copy_from_slice(&[x, y]);
            ffijit::k::dot(lambda.cast(), list.cast()).cast()
        }
    }
}

fn way(host: &Host, name: &'static str, vector: K, f: impl Fn(K, K) -> K + 'static) -> Way {
    let length: usize = Api::payload(vector);
    let answer = f(vector, vector);
    assert!(!answer.is_null() && Api::tag(answer) == tag::FLOAT, "{name} signals an error");
    // SAFETY: these are vectors of as many floats.
    let (sums, values) = unsafe { (Api::slice::<f64>(answer), Api::slice::<f64>(vector)) };
    assert!(
        sums.iter().zip(values).all(|(sum, x)| *sum == x + x) && sums.len() == length,
        "{name}: wrong answer"
    );
    host.way(name, move || f(vector, vector)).in_pieces(length)
}
