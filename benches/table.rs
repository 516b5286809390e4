//! Every workload through every way of calling, interleaved in one run: medians and ratios.

use std::ffi::c_void;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use ffijit::bind::Binding;
use ffijit::jit::Form;
use ffijit::library::Name;
use ffijit::prototype::Prototype;
use kapi::{K, Obj, heap, tag};

fn library(name: &str, flags: &[&str]) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("lib{name}.so"));
    let status = Command::new("gcc")
        .args(["-O2", "-shared", "-fPIC", "-o"])
        .arg(&library)
        .arg(root.join(format!("benches/c/{name}.c")))
        .args(flags)
        .status()
        .expect("gcc");
    assert!(status.success());
    library
}

fn symbol(library: &libloading::Library, name: &str) -> *const c_void {
    unsafe { *library.get::<*const c_void>(name).unwrap_or_else(|e| panic!("{e}")) }
}

#[inline(always)]
unsafe fn release(x: K) {
    unsafe { ffijit::k::r0(x.cast()) }
}

type F1 = unsafe extern "C" fn(K) -> K;
type F2 = unsafe extern "C" fn(K, K) -> K;
type F8 = unsafe extern "C" fn(K, K, K, K, K, K, K, K) -> K;

unsafe fn apply(f: *const c_void, args: &[K]) -> K {
    unsafe {
        match *args {
            [a] => std::mem::transmute::<*const c_void, F1>(f)(a),
            [a, b] => std::mem::transmute::<*const c_void, F2>(f)(a, b),
            [a, b, c, d, e, f_, g, h] => std::mem::transmute::<*const c_void, F8>(f)(a, b, c, d, e, f_, g, h),
            _ => panic!("rank"),
        }
    }
}

#[inline(never)]
unsafe fn time1(f: *const c_void, args: &[K], n: u64) -> f64 {
    let f: F1 = unsafe { std::mem::transmute(f) };
    let start = Instant::now();
    for _ in 0..n {
        unsafe { release(f(args[0])) };
    }
    start.elapsed().as_secs_f64() / n as f64 * 1e9
}
#[inline(never)]
unsafe fn time2(f: *const c_void, args: &[K], n: u64) -> f64 {
    let f: F2 = unsafe { std::mem::transmute(f) };
    let start = Instant::now();
    for _ in 0..n {
        unsafe { release(f(args[0], args[1])) };
    }
    start.elapsed().as_secs_f64() / n as f64 * 1e9
}
#[inline(never)]
unsafe fn time8(f: *const c_void, a: &[K], n: u64) -> f64 {
    let f: F8 = unsafe { std::mem::transmute(f) };
    let start = Instant::now();
    for _ in 0..n {
        unsafe { release(f(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7])) };
    }
    start.elapsed().as_secs_f64() / n as f64 * 1e9
}

fn main() {
    let callees = library("callees", &[]);
    let dir = callees.parent().unwrap().to_str().unwrap().to_string();
    let wrappers = library("wrappers", &["-L", &dir, "-lcallees", &format!("-Wl,-rpath,{dir}")]);
    let w = unsafe { libloading::Library::new(&wrappers) }.unwrap();
    let lib = callees.to_str().unwrap().to_string();
    let f = Obj::float;
    let bind = |form: Form, name: &str, args: &str, ret: &str| {
        let name = Name { library: Some(lib.as_str().into()), symbol: name.into() };
        let prototype = Prototype::get(args.as_bytes(), ret.as_bytes()).unwrap();
        Binding::get(name, prototype, form).unwrap().entry() as *const c_void
    };
    let mixed = vec![
        Obj::int(1),
        f(2.0),
        Obj::long(3),
        Obj::real(4.0),
        Obj::short(5),
        f(6.0),
        Obj::byte(7),
        Obj::long(8),
    ];
    let rows: Vec<(&str, &str, &str, &str, Vec<Obj>)> = vec![
        ("f", "f1", "f", "f", vec![f(1.0)]),
        ("ff", "ff", "ff", "f", vec![f(1.0), f(2.0)]),
        ("jj", "jj", "jj", "j", vec![Obj::long(1), Obj::long(2)]),
        ("ii", "ii", "ii", "i", vec![Obj::int(1), Obj::int(2)]),
        ("mixed", "mixed", "ifjehfxj", "f", mixed.clone()),
        ("vector", "vector", "Fj", "f", vec![Obj::from_slice(tag::KF, &[1.0; 100]), Obj::long(100)]),
        ("text", "text", "s", "j", vec![Obj::symbol("hello")]),
    ];
    let before = heap::live_here();
    println!("{:<8} {:>9} {:>9} {:>7}", "row", "wrapper", "fn", "ratio");
    for (row, callee, args, ret, values) in &rows {
        let wrapper = symbol(&w, &format!("w_{callee}")) as *const c_void;
        let stub = bind(Form::Fixed, callee, args, ret);
        report(row, wrapper, stub, values);
    }
    let items = vec![f(1.0), f(2.0)];
    report("list ff", symbol(&w, "l_ff"), bind(Form::List, "ff", "ff", "f"), &[Obj::list(items)]);
    report(
        "vec ff",
        symbol(&w, "l_ff"),
        bind(Form::List, "ff", "ff", "f"),
        &[Obj::from_slice(tag::KF, &[1.0, 2.0])],
    );
    report(
        "list mix",
        symbol(&w, "l_mixed"),
        bind(Form::List, "mixed", "ifjehfxj", "f"),
        &[Obj::list(mixed)],
    );
    drop(rows);
    let _ = before;
}

fn report(row: &str, wrapper: *const c_void, stub: *const c_void, values: &[Obj]) {
    let raw: Vec<K> = values.iter().map(|x| x.as_raw()).collect();
    let pair = [wrapper, stub];
    let bytes: Vec<Vec<u8>> = pair
        .iter()
        .map(|&f| unsafe {
            let x = Obj::from_raw(apply(f, &raw));
            std::slice::from_raw_parts(x.as_raw().cast::<u8>().add(8), 8).to_vec()
        })
        .collect();
    assert_eq!(bytes[0], bytes[1], "{row}");
    let mut times = [Vec::new(), Vec::new()];
    let time = match raw.len() {
        1 => time1,
        2 => time2,
        _ => time8,
    };
    for round in 0..400 {
        for i in 0..2 {
            let i = (i + round) % 2;
            times[i].push(unsafe { time(pair[i], &raw, 20_000) });
        }
    }
    let mut ratios: Vec<f64> = times[1].iter().zip(&times[0]).map(|(a, b)| a / b).collect();
    let median = |v: &mut Vec<f64>| {
        v.sort_by(f64::total_cmp);
        v[v.len() / 2]
    };
    let r = median(&mut ratios);
    println!("{row:<8} {:>9.2} {:>9.2} {r:>7.3}", median(&mut times[0]), median(&mut times[1]));
}
