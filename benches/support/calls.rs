//! The ways to make a call from q.

use std::cell::Cell;
use std::time::{Duration, Instant};

use ffijit::call::Callee;
use ffijit::library::{self, Name};
use ffijit::marshal::Arguments;
use ffijit::os;
use ffijit::prototype::Prototype;
use kapi::K;

use super::host::{Function, Host, tag};
use super::rows::{Row, collapsed};
use super::timing::Way;

/// Names of the columns.
pub const DIRECT: &str = "C call";
pub const WRAPPER: &str = "C wrapper";
pub const FIXED: &str = "fn";
pub const WRAPPER_LIST: &str = "C, f[a;b]";
pub const LIST: &str = "bind, f[a;b]";
pub const WRAPPER_ENDED: &str = "C, f (a;b;::)";
pub const ENDED: &str = "bind, f (a;b;::)";
pub const GUARDED: &str = "fn, guard 1b";
pub const FENCED: &str = "fn, guard 2";
pub const FALLBACK: &str = "fallback";
pub const FFIKDB: &str = "ffikdb's steps";

/// All ways for one workload, each of which has given the right answer.
pub fn ways(host: &Host, row: &'static Row) -> Vec<Way> {
    let apart = || host.k.objects(row.values);
    let list = || vec![collapsed(&host.k, row.values)];
    let ended = || vec![host.k.wrapped(row.values)];
    let glue = |prefix: &str| host.symbol(&format!("{prefix}_{}", row.name));
    let stub = |native| match row.by_address {
        true => host.stub_at(native, address(host, row), row.args, row.ret),
        false => host.stub(native, row.name, row.args, row.ret),
    };
    let way = |name, function, args: &dyn Fn() -> Vec<K>| function_way(host, row, name, function, args);
    let mut ways = vec![
        direct(host, row),
        way(WRAPPER, glue("w"), &apart),
        way(FIXED, stub("fn"), &apart).against(WRAPPER),
        way(WRAPPER_LIST, glue("l"), &list),
        way(LIST, stub("bind"), &list).against(WRAPPER_LIST),
        way(WRAPPER_ENDED, glue("l"), &ended),
        way(ENDED, stub("bind"), &ended).against(WRAPPER_ENDED),
    ];
    // It has neither out-parameters nor unsigned letters.
    if !row.args.contains(['&', 'w']) {
        ways.push(ffikdb(host, row));
    }
    if !host.is_libe {
        ways.push(fallback(host, row));
    }
    if os::CATCHES_FAULTS {
        let (on, overruns) = (host.k.atom(-tag::BOOLEAN, 1_u8), host.k.atom(-tag::LONG, 2_i64));
        for (name, guard) in [(GUARDED, on), (FENCED, overruns)] {
            ways.push(way(name, stub("fn"), &apart).around(with_guard(host, guard)).against(FIXED));
        }
    }
    ways
}

/// Runs with the guard set, and then without.
fn with_guard(host: &Host, on: K) -> impl Fn(&dyn Fn() -> Duration) -> Duration + use<> {
    // SAFETY: the native of this name takes one K.
    let guard: unsafe extern "C" fn(K) -> K = unsafe { std::mem::transmute(host.code("guard")) };
    let (off, r0) = (host.k.atom(-tag::BOOLEAN, 0_u8), host.k.r0);
    let set = move |to| {
        // SAFETY: it is lent an object, and gives one away.
        unsafe {
            let was = guard(to);
            assert!(!was.is_null(), "faults are caught");
            r0(was);
        }
    };
    move |run| {
        set(on);
        let time = run();
        set(off);
        time
    }
}

/// The address of a workload's function.
fn address(host: &Host, row: &Row) -> *const u8 {
    let name = Name { library: Some(host.callees().into()), symbol: row.name.into() };
    library::address(&name).expect("a callee")
}

/// How many places in memory arguments are tried at, lest one that happens to be slow decides a figure.
const PLACES: usize = 5;

/// A C function of K.
fn function_way(host: &Host, row: &Row, name: &'static str, f: Function, args: impl Fn() -> Vec<K>) -> Way {
    let r0 = host.k.r0;
    let places: Vec<Vec<K>> = (0..PLACES).map(|_| args()).collect();
    for args in &places {
        // SAFETY: the function is a stub or glue for this workload, and takes these arguments.
        let answer = unsafe { apply(f, args) };
        assert!(
            !answer.is_null() && row.answer.is(answer, &host.k),
            "{name}: wrong answer for {}",
            row.label()
        );
    }
    let next = Cell::new(0);
    Way::new(name, move |n| {
        let place = next.replace((next.get() + 1) % PLACES);
        // SAFETY: as above; the results are ours to give up.
        unsafe { time(f, &places[place], r0, n) }
    })
}

/// The C function in a loop of C, its arguments in registers: the floor.
fn direct(host: &Host, row: &Row) -> Way {
    // SAFETY: direct.c defines it so.
    let run: unsafe extern "C" fn(i64) =
        unsafe { std::mem::transmute(host.symbol(&format!("d_{}", row.name))) };
    Way::new(DIRECT, move |n| {
        let start = Instant::now();
        // SAFETY: as above.
        unsafe { run(n as i64) };
        start.elapsed()
    })
}

/// The model of KxSystems/ffi in ffikdb.c.
fn ffikdb(host: &Host, row: &Row) -> Way {
    // SAFETY: ffikdb.c defines these functions so.
    let (interface, boxed) = unsafe {
        let interface: unsafe extern "C" fn(K, K) -> K = std::mem::transmute(host.symbol("ffikdb_interface"));
        let boxed: unsafe extern "C" fn(Function) -> K = std::mem::transmute(host.symbol("ffikdb_function"));
        let ret = host.k.atom(-super::host::tag::CHAR, row.ret.as_bytes()[0]);
        (interface(host.k.chars(row.args), ret), boxed(host.symbol(row.name)))
    };
    let args = || vec![interface, boxed, host.k.ended(row.values)];
    function_way(host, row, FFIKDB, host.symbol("ffikdb_call"), args).against(ENDED)
}

/// Our own way for structs and for arguments to convert: marshalling, and an invoker.
fn fallback(host: &Host, row: &'static Row) -> Way {
    let prototype = Prototype::get(row.args.as_bytes(), row.ret.as_bytes()).expect("a good signature");
    let target = address(host, row);
    let args: Vec<ffijit::k::K> = host.k.objects(row.values).into_iter().map(|x| x.cast()).collect();
    let call = move || {
        let interface = prototype.caller().expect("an invoker");
        let callee = Callee {
            signature: &prototype.signature,
            name: row.name,
            target,
            functions: ffijit::callback::pointer,
        };
        // SAFETY: the callee is a C function of this signature.
        unsafe { interface.call(callee, &Arguments::Borrowed(&args)) }
    };
    let answer = call().expect("an answer");
    assert!(
        row.answer.is(answer.get().as_raw().cast(), &host.k),
        "fallback: wrong answer for {}",
        row.label()
    );
    Way::new(FALLBACK, move |n| {
        let start = Instant::now();
        for _ in 0..n {
            std::hint::black_box(call()).expect("the same answer");
        }
        start.elapsed()
    })
}

/// Defines what is written for each number of parameters.
macro_rules! by_rank {
    ($([$($x:ident)+])+) => {
        /// # Safety
        /// `f` is a C function of as many K that returns K.
        unsafe fn apply(f: Function, args: &[K]) -> K {
            match *args {
                $([$($x),+] => {
                    // SAFETY: passed on to the caller.
                    unsafe { std::mem::transmute::<Function, by_rank!(@type $($x)+)>(f)($($x),+) }
                })+
                _ => unreachable!("no workload has so many arguments"),
            }
        }

        /// Time of `n` calls, results given up.
        ///
        /// # Safety
        /// `f` is a C function of as many K that returns a K of its own.
        #[inline(never)]
        unsafe fn time(f: Function, args: &[K], r0: unsafe extern "C" fn(K), n: u64) -> Duration {
            match *args {
                $([$($x),+] => {
                    // SAFETY: passed on to the caller.
                    let f: by_rank!(@type $($x)+) = unsafe { std::mem::transmute(f) };
                    let start = Instant::now();
                    for _ in 0..n {
                        // SAFETY: as above.
                        unsafe { r0(f($($x),+)) };
                    }
                    start.elapsed()
                })+
                _ => unreachable!("no workload has so many arguments"),
            }
        }
    };
    (@type $($x:ident)+) => { unsafe extern "C" fn($(by_rank!(@K $x)),+) -> K };
    (@K $x:ident) => { K };
}

by_rank!([a] [a b] [a b c] [a b c d] [a b c d e g] [a b c d e g h i]);
