//! What binding costs: time and memory.

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::process::Command;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ffijit::binding::Binding;
use ffijit::cdef::letters::Writer;
use ffijit::cdef::{self, Model, Scope};
use ffijit::jit::Form;
use ffijit::library::Name;
use ffijit::prototype::Prototype;

use super::host::Host;
use super::many;
use super::timing::median;

/// The heap of Rust, counting bytes: a benchmark that reports memory makes it the global allocator.
pub struct Counting;

static BYTES: AtomicI64 = AtomicI64::new(0);

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        BYTES.fetch_add(layout.size() as i64, Ordering::Relaxed);
        // SAFETY: passed on to the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        BYTES.fetch_sub(layout.size() as i64, Ordering::Relaxed);
        // SAFETY: passed on to the caller.
        unsafe { System.dealloc(block, layout) }
    }
}

/// Set for a child that makes one binding and says how long it took.
const CHILD: &str = "FFIJIT_BENCH_FIRST_BIND";

/// In such a child, does its work and says so.
pub fn was_child() -> bool {
    let is_child = std::env::var_os(CHILD).is_some();
    if is_child {
        println!("{}", time_of_bind("ff", "f").as_nanos());
    }
    is_child
}

/// Time of the first bind in a process, including Cranelift's own start.
pub fn first_in_process() -> Duration {
    let us = std::env::current_exe().expect("Linux tells the path");
    let child = Command::new(us).env(CHILD, "1").output().expect("a child");
    let text = String::from_utf8(child.stdout).expect("a number");
    Duration::from_nanos(text.trim().parse().expect("a number"))
}

/// Time of a bind with a signature of that many parameters, at most 8, that no one has used.
pub fn new_signature(params: usize) -> Duration {
    static USED: [AtomicUsize; 9] = [const { AtomicUsize::new(0) }; 9];
    let letters = b"fjiehmdutvpnzcxblsrK";
    let number = USED[params].fetch_add(1, Ordering::Relaxed);
    assert!(number < letters.len().pow(params as u32 + 1), "out of signatures");
    let letter = |place: u32| char::from(letters[number / letters.len().pow(place) % letters.len()]);
    let args: String = (1..=params as u32).map(letter).collect();
    time_of_bind(&args, &letter(0).to_string())
}

/// What the preprocessor makes of SQLite's header, where that is installed.
pub fn sqlite() -> Option<Vec<u8>> {
    let output = Command::new("cc").args(["-E", "/usr/include/sqlite3.h"]).output().ok()?;
    output.status.success().then_some(output.stdout)
}

/// Time of reading such a text, with the types of all its functions.
pub fn reading(text: &[u8]) -> Duration {
    let start = Instant::now();
    let scope = cdef::read_header(&Scope::new(Model::host()), text, "sqlite3.h").expect("a header");
    let letters = Writer::new(&scope);
    let known = scope.functions().filter(|function| letters.signature_of(function).is_ok()).count();
    let taken = start.elapsed();
    assert!(known > 200, "{known} functions of SQLite's");
    taken
}

/// Time of a bind with a signature in use, without looking the symbol up.
pub fn cached_signature(n: u64) -> Duration {
    time_of_bind("ff", "f");
    let name = name("cached");
    let start = Instant::now();
    for _ in 0..n {
        let prototype = Prototype::get(b"ff", b"f").expect("a good signature");
        black_box(Binding::new(name.clone(), prototype, Form::Fixed, target()).expect("a binding"));
    }
    start.elapsed()
}

/// Time of a thousand bindings of ten signatures, as q makes them: by name, from a library.
pub fn thousand(host: &Host) -> Duration {
    let signatures = ["ff", "fj", "jf", "jj", "fi", "if", "ii", "fe", "ef", "ee"];
    let names: Vec<String> = (0..1000).map(many::name).collect();
    let start = Instant::now();
    for (i, name) in names.iter().enumerate() {
        black_box(host.stub("fn", name, signatures[i % signatures.len()], "j"));
    }
    start.elapsed()
}

/// Bytes that a binding takes, its code, the q function and the tables included.
pub fn bytes_each(host: &Host) -> f64 {
    const COUNT: usize = 1000;
    let prototype = || Prototype::get(b"ff", b"j").expect("a good signature");
    let bind = |i| {
        let name = Name { library: Some(host.callees().into()), symbol: many::name(i).as_str().into() };
        Binding::get(name, prototype(), Form::Fixed).expect("a binding").function().expect("memory")
    };
    let first = bind(COUNT);
    let before = (BYTES.load(Ordering::Relaxed), kapi::heap::live_here().1);
    let functions: Vec<_> = (0..COUNT).map(bind).collect();
    let ours = functions.capacity() * size_of_val(&first);
    let heap = BYTES.load(Ordering::Relaxed) - before.0 - ours as i64;
    let objects = kapi::heap::live_here().1 - before.1;
    // jit-allocator gives code out in units of 64 bytes.
    let code = prototype().template(Form::Fixed).expect("a template").size().next_multiple_of(64);
    (heap + objects) as f64 / COUNT as f64 + code as f64
}

/// The median of `count` times, in microseconds.
pub fn median_us(count: usize, time: impl Fn() -> Duration) -> f64 {
    median((0..count).map(|_| time().as_secs_f64() * 1e6).collect())
}

fn time_of_bind(args: &str, ret: &str) -> Duration {
    let name = name("bound");
    let start = Instant::now();
    let prototype = Prototype::get(args.as_bytes(), ret.as_bytes()).expect("a good signature");
    black_box(Binding::new(name, prototype, Form::Fixed, target()).expect("a binding"));
    start.elapsed()
}

fn name(symbol: &str) -> Name {
    Name { library: None, symbol: symbol.into() }
}

/// A C function that is bound but not called.
pub fn target() -> *const u8 {
    extern "C" fn nothing() {}
    nothing as *const () as *const u8
}
