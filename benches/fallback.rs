//! Structs by value, variable arguments and converted arguments by invokers and by libffi, beside a bare `ffi_call` and
//! the steps of KxSystems/ffi; and arrays of structs as columns.
//! Every row checks its answer first.

use std::ffi::c_void;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use ffijit::binding::Binding;
use ffijit::call::{Callee, Caller};
use ffijit::jit::{self, Form};
use ffijit::library::{self, Name};
use ffijit::marshal::Arguments;
use ffijit::prototype::Prototype;
use kapi::{Obj, dynload, tag};
use libffi::middle::{Cif, Type};
use libffi::raw::ffi_call;

/// `struct tm` with the fields that glibc, musl and Apple add; its zone as an address.
const TM: &str = "9ijr";
const TM_FIELDS: &str = "iiiiiiiiijr";
const STRUCTS: usize = 100_000;

fn callees() -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/c/fallback.c");
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join("libfallback.so");
    let command =
        Command::new("gcc").args(["-O2", "-shared", "-fPIC", "-o"]).args([&library, &source]).status();
    assert!(command.expect("gcc").success());
    library
}

fn name(function: &str) -> Name {
    Name { library: callees().to_str().map(Into::into), symbol: function.into() }
}

fn address(function: &str) -> *const u8 {
    library::address(&name(function)).expect(function)
}

/// The q function of a binding.
fn bind(function: &str, args: &str, ret: &str, form: Form) -> Obj {
    let prototype = Prototype::get(args.as_bytes(), ret.as_bytes()).expect(args);
    let binding = Binding::get(name(function), prototype, form).expect(function);
    // SAFETY: the function is a new reference, which is ours.
    unsafe { Obj::from_raw(binding.function().expect("memory").into_raw().cast()) }
}

/// A native function of `.ffi`.
fn native(name: &str) -> Obj {
    // SAFETY: kexport ignores its argument and gives away a reference.
    let exported = unsafe { Obj::from_raw(ffijit::kexport(std::ptr::null_mut()).cast()) };
    let (names, functions) = exported.dict_parts();
    let at = names.slice::<kapi::Symbol>().iter().position(|s| s.as_str() == name);
    functions.items()[at.expect("a native function")].clone()
}

fn call(f: &Obj, args: &[Obj]) -> Obj {
    dynload::apply(f, args).expect("the arguments are right")
}

/// What KxSystems/ffi does for a call of `double(double,double)`: takes the list apart, allocates two arrays, finds an
/// address for each argument by the type character, calls, and boxes by the type of the result.
fn steps_of_ffikdb(cif: &Cif, types: &[u8], target: unsafe extern "C" fn(), list: &Obj) -> Obj {
    let items = list.items();
    let n = items.len() - 1;
    assert!(items[n].tag() == tag::UNARY && n == types.len());
    // SAFETY: the arrays have room for as many arguments, whose payloads lie 8 bytes into their objects.
    unsafe {
        let values = libc::calloc(n, 8).cast::<*mut c_void>();
        let pointers = libc::calloc(n, 8).cast::<*mut c_void>();
        for (i, item) in items[..n].iter().enumerate() {
            let payload = item.as_raw().cast::<u8>().add(8);
            *values.add(i) = match b"kbg xhijefcspmdznuvt".iter().position(|c| c == &types[i]) {
                Some(_) if item.tag() < 0 => payload.cast(),
                _ => {
                    *pointers.add(i) = item.as_raw().cast::<u8>().add(16).cast();
                    pointers.add(i).cast()
                }
            };
        }
        let mut result = 0.0_f64;
        ffi_call(cif.as_raw_ptr(), Some(target), (&raw mut result).cast(), values);
        libc::free(pointers.cast());
        libc::free(values.cast());
        Obj::float(result)
    }
}

fn calls(c: &mut Criterion) {
    let mut group = c.benchmark_group("call");
    let floats = || vec![Obj::float(1.5), Obj::float(2.25)];
    let ffikdb_list = Obj::list([floats(), vec![Obj::null()]].concat());
    let cif = Cif::new([Type::f64(), Type::f64()], Type::f64());
    // SAFETY: only called through libffi, with this interface.
    let add = unsafe { std::mem::transmute::<*const u8, unsafe extern "C" fn()>(address("add")) };

    let bare = |x: f64, y: f64| {
        let mut result = 0.0_f64;
        let mut values = [(&raw const x).cast_mut().cast(), (&raw const y).cast_mut().cast()];
        // SAFETY: the interface is that of the function, and there is an address for each argument.
        unsafe { ffi_call(cif.as_raw_ptr(), Some(add), (&raw mut result).cast(), values.as_mut_ptr()) };
        result
    };
    assert_eq!(bare(1.5, 2.25), 3.75);
    group.bench_function("ff: bare ffi_call, no q values", |b| {
        b.iter(|| bare(black_box(1.5), black_box(2.25)))
    });

    let steps = || steps_of_ffikdb(&cif, b"ff", add, black_box(&ffikdb_list));
    assert_eq!(steps().get::<f64>(), 3.75);
    group.bench_function("ff: the steps of KxSystems/ffi", |b| b.iter(steps));

    let ints = || vec![Obj::int(1), Obj::long(2)];
    let pair = || vec![Obj::from_slice(tag::KF, &[1.5, 2.25])];
    let all = || [vec![Obj::int(2)], floats()].concat();
    compare(&mut group, "add", "ff", "f", &floats(), 3.75);
    compare(&mut group, "add", "ff", "f", &ints(), 3.0);
    compare(&mut group, "add_pair", "{ff}", "f", &pair(), 3.75);
    compare(&mut group, "swap", "{ff}", "{ff}", &pair(), 2.25);
    compare(&mut group, "add_all", "i...ff", "f", &all(), 3.75);
    let f = bind("add_all", "i...", "f", Form::List);
    let args = [Obj::list(all())];
    group.bench_function("i... -> f, types from the data", |b| b.iter(|| call(black_box(&f), &args)));
    group.finish();
}

type Group<'a> = BenchmarkGroup<'a, WallTime>;

/// A q function, the invoker for its signature and libffi with the same arguments.
fn compare(group: &mut Group, function: &str, types: &str, ret: &str, values: &[Obj], expected: f64) {
    let prototype = Prototype::get(types.as_bytes(), ret.as_bytes()).expect(types);
    let tags: Vec<String> = values.iter().map(|x| x.tag().to_string()).collect();
    let label = format!("{types} -> {ret}, given {}", tags.join(" "));
    let f = bind(function, types, ret, Form::Fixed);
    let mut row = |way: &str, body: &dyn Fn() -> Obj| {
        let result = body();
        let first = if result.is_atom() { result.get::<f64>() } else { result.slice::<f64>()[0] };
        assert_eq!(first, expected, "{label} {way}");
        group.bench_function(format!("{label}: {way}"), |b| b.iter(body));
    };
    row("fn", &|| call(black_box(&f), values));
    let raw: Vec<ffijit::k::K> = values.iter().map(|x| x.as_raw().cast()).collect();
    // What a variadic function wants before it, which libffi does as well.
    let target = jit::variadic(address(function)).expect("memory");
    let callee = Callee {
        signature: &prototype.signature,
        name: function,
        target,
        functions: ffijit::callback::pointer,
    };
    let through = |caller: &Caller| {
        let arguments = Arguments::Borrowed(black_box(&raw));
        // SAFETY: the function has this signature, and the arguments live.
        let result = unsafe { caller.call(callee, &arguments) };
        // SAFETY: the result is ours.
        unsafe { Obj::from_raw(result.expect("good arguments").into_raw().cast()) }
    };
    row("invoker", &|| through(prototype.caller().expect("an invoker")));
    row("libffi", &|| through(prototype.caller_by_libffi().expect("libffi takes it")));
}

/// Bytes of as many different `struct tm`.
fn times() -> Obj {
    let int = |k: usize| Obj::from_slice(tag::KI, &(0..STRUCTS).map(|i| (i * k) as i32).collect::<Vec<_>>());
    let long = |k: usize| Obj::from_slice(tag::KJ, &(0..STRUCTS).map(|i| (i * k) as i64).collect::<Vec<_>>());
    let columns = (1..=9).map(int).chain([long(10), long(11)]).collect();
    let names = Obj::symbols(
        TM_FIELDS
            .bytes()
            .enumerate()
            .map(|(i, c)| kapi::Symbol::from(format!("{}{i}", char::from(c)).as_str())),
    );
    Obj::table(Obj::dict(names, Obj::list(columns)))
}

/// The columns by the C loop.
fn by_hand(bytes: &Obj) -> Obj {
    type Columns = unsafe extern "C" fn(*const u8, i64, *const *mut i32, *const *mut i64);
    // SAFETY: the function has this signature.
    let by_hand = unsafe { std::mem::transmute::<*const u8, Columns>(address("columns")) };
    let columns: Vec<Obj> =
        (0..11).map(|k| Obj::zeroed(if k < 9 { tag::KI } else { tag::KJ }, STRUCTS)).collect();
    let data: Vec<*mut u8> = columns.iter().map(|x| x.as_raw().cast::<u8>().wrapping_add(16)).collect();
    let bytes = bytes.slice::<u8>().as_ptr();
    // SAFETY: the columns are as long as there are structs.
    unsafe { by_hand(bytes, STRUCTS as i64, data.as_ptr().cast(), data[9..].as_ptr().cast()) };
    Obj::list(columns)
}

fn structs(c: &mut Criterion) {
    let mut group = c.benchmark_group("100,000 struct tm");
    group.sample_size(20);
    let table = times();
    let types = Obj::string(TM_FIELDS.as_bytes());
    let pack = native("pack");
    let bytes = call(&pack, &[types.clone(), table.clone()]);
    assert_eq!(bytes.len(), 56 * STRUCTS);
    let expected = table.table_dict().dict_parts().1.clone();

    let hand_written = || by_hand(&bytes);
    assert!(same(&hand_written(), &expected));
    group.bench_function("columns, hand-written C", |b| b.iter(hand_written));

    let columns = native("columns");
    let args = [bytes.clone(), types.clone(), Obj::long(STRUCTS as i64)];
    assert!(same(&call(&columns, &args), &expected));
    group.bench_function(".ffi.columns", |b| b.iter(|| call(&columns, &args)));

    let grouped = [bytes.clone(), Obj::string(TM.as_bytes()), Obj::long(STRUCTS as i64)];
    assert_eq!(call(&columns, &grouped).items()[0].items()[7].slice::<i32>()[8], 63);
    group.bench_function(".ffi.columns, nine ints as an array", |b| b.iter(|| call(&columns, &grouped)));

    let numbers = Obj::from_slice(tag::KJ, &(0..STRUCTS as i64).collect::<Vec<_>>());
    let args = [bytes.clone(), types.clone(), numbers];
    let deref = native("deref");
    assert_eq!(call(&deref, &args).items()[7].items()[8].get::<i32>(), 63);
    group.bench_function(".ffi.deref of all, rows", |b| b.iter(|| call(&deref, &args)));

    let args = [types, table];
    group.bench_function(".ffi.pack of the table", |b| b.iter(|| call(&pack, &args)));
    group.finish();
}

/// Whether two lists have the same columns.
fn same(x: &Obj, y: &Obj) -> bool {
    let columns = x.items().iter().zip(y.items());
    x.len() == y.len()
        && columns.into_iter().all(|(a, b)| match a.tag() {
            tag::KI => a.slice::<i32>() == b.slice::<i32>(),
            _ => a.slice::<i64>() == b.slice::<i64>(),
        })
}

criterion_group!(benches, calls, structs);
criterion_main!(benches);
