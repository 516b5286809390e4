//! How much memory bindings take, and with what access.

use std::collections::BTreeSet;

use kapi::Obj;

use crate::entry;
use crate::support::counting::bytes_here;
use crate::support::maps::{mapping_of, mappings};
use crate::support::random::Random;
use crate::support::{callee, compile, fixed, list_form};

const BINDINGS: usize = 10_000;
const SIGNATURES: usize = 100;
const PAGE: usize = 4096;

/// A library of as many names for one function.
fn names() -> std::path::PathBuf {
    let name = |i| format!("__asm__(\".globl n{i}\\n.set n{i}, target\");\n");
    let source = "void target(void) {}\n".to_string() + &(0..BINDINGS).map(name).collect::<String>();
    compile("gcc", "names", &source)
}

/// Bytes that AArch64's code, and the places in it that are filled in, take beyond x86-64's.
const MORE: usize = if cfg!(target_arch = "aarch64") { 64 } else { 0 };

#[test]
fn ten_thousand_bindings_are_dense() {
    let library = names();
    let mut random = Random::new(9);
    let letters: Vec<char> = "bxchijefsrCJFK".chars().collect();
    let signatures: Vec<String> =
        (0..SIGNATURES).map(|_| (0..1 + random.below(8)).map(|_| *random.pick(&letters)).collect()).collect();
    let bind = |i: usize| -> Obj {
        let form = if i.is_multiple_of(2) { fixed } else { list_form };
        form(callee(&library, &format!("n{i}")), &signatures[i % SIGNATURES], "j").expect("a binding")
    };
    // The templates and the interned names are there before anything is counted.
    (0..SIGNATURES).for_each(|i| drop((bind(i), bind(i + SIGNATURES + 1))));
    let before = bytes_here();
    let bound: Vec<Obj> = (2 * SIGNATURES + 1..BINDINGS).map(bind).collect();
    let held = (bytes_here() - before) as usize / bound.len();
    let pages: BTreeSet<usize> = bound.iter().map(|f| entry(f) / PAGE).collect();
    let code = pages.len() * PAGE / bound.len();
    println!("{held} bytes of Rust's and {code} of code a binding");
    assert!(held + code < 1024 + MORE, "{held} bytes of Rust's and {code} of code a binding");
    assert!(pages.len() * 6 < bound.len(), "{} pages for {} stubs", pages.len(), bound.len());
    let entries: BTreeSet<usize> = bound.iter().map(entry).collect();
    assert_eq!(entries.len(), bound.len(), "each has a stub of its own");
}

#[test]
fn stubs_are_in_memory_that_nobody_can_write_at_their_address() {
    for i in 0..100 {
        let f = crate::bound(i);
        let mapping = mapping_of(entry(&f)).expect("a stub is mapped");
        assert_eq!(&mapping.access[..3], "r-x", "{mapping:?}");
        assert!(mapping.is_generated_code(), "{mapping:?}");
        assert!(crate::is_right(&f, i));
    }
    let writable_code: Vec<_> = mappings().into_iter().filter(|m| m.is_writable_code()).collect();
    assert!(writable_code.is_empty(), "{writable_code:?}");
}

#[test]
fn signatures_are_small() {
    const SIGNATURES: usize = 500;
    let letters: Vec<char> = "bxchijefs".chars().collect();
    let args = |i: usize| -> String {
        (0..8).map(|k| letters[i / letters.len().pow(k % 4) % letters.len()]).collect()
    };
    let name = kapi::Obj::symbol("abs");
    let bind = |i: usize| fixed(name.clone(), &args(i), "f").expect("a binding");
    drop(bind(SIGNATURES));
    let before = bytes_here();
    let bound: Vec<Obj> = (0..SIGNATURES).map(bind).collect();
    let held = (bytes_here() - before) as usize / bound.len();
    println!("{held} bytes a signature and its first binding");
    assert!(held < 1536 + MORE, "{held} bytes");
}
