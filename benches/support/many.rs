//! Many different functions called in turn: what it costs that their code lies in many places.

use std::time::Instant;

use kapi::K;

use super::host::{Function, Host};
use super::rows::Value;
use super::timing::Way;

/// Numbers of functions.
pub const COUNTS: [usize; 2] = [256, 1024];

type Binary = unsafe extern "C" fn(K, K) -> K;

/// The ways to call `count` functions in turn. A piece of work is one call.
pub fn ways(host: &Host, count: usize) -> Vec<Way> {
    let names: Vec<String> = (0..count).map(name).collect();
    let wrappers = names.iter().map(|n| host.symbol(&format!("w_{n}"))).collect();
    let stubs = names.iter().map(|n| host.stub("fn", n, "ff", "f")).collect();
    let lists = names.iter().map(|n| host.stub("bind", n, "ff", "f")).collect();
    vec![
        in_turn(host, super::calls::WRAPPER, wrappers, false),
        in_turn(host, super::calls::FIXED, stubs, false).against(super::calls::WRAPPER),
        in_turn(host, super::calls::LIST, lists, true),
    ]
}

/// The name of function `i`: many.h makes the names of digits to the base 4.
pub fn name(i: usize) -> String {
    let digits: String = [256, 64, 16, 4, 1].iter().map(|place| (i / place % 4).to_string()).collect();
    format!("many_{digits}")
}

fn in_turn(host: &Host, name: &'static str, functions: Vec<Function>, as_list: bool) -> Way {
    let values = [Value::Float(1.0), Value::Float(2.0)];
    let args = match as_list {
        true => vec![super::rows::collapsed(&host.k, &values); 2],
        false => host.k.objects(&values),
    };
    // SAFETY: they are stubs or glue of two K; one that takes a single list does not look at the second.
    let functions: Vec<Binary> = functions.into_iter().map(|f| unsafe { std::mem::transmute(f) }).collect();
    for (i, f) in functions.iter().enumerate() {
        // SAFETY: as above.
        let answer = unsafe { f(args[0], args[1]) };
        assert!(Value::Float(3.0 + i as f64).is(answer, &host.k), "{name}: wrong answer of function {i}");
    }
    let r0 = host.k.r0;
    let next = std::cell::Cell::new(0);
    Way::new(name, move |n| {
        let mut at = next.get();
        let start = Instant::now();
        for _ in 0..n {
            // SAFETY: as above; the results are ours to give up.
            unsafe { r0(functions[at](args[0], args[1])) };
            at = if at + 1 == functions.len() { 0 } else { at + 1 };
        }
        let time = start.elapsed();
        next.set(at);
        time
    })
}
