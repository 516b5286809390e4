//! `peach` over real threads. A single test, so that the objects of all threads can be counted.

use kapi::{K, Obj, Symbol, dynload, heap, tag};
use qhost::eval::evaluate as eval;
use qhost::state::context;
use std::cell::Cell;
use std::ffi::c_void;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

fn q(text: &str) -> Result<Obj, String> {
    eval::text(text.as_bytes()).map_err(|error| error.text.clone())
}

/// Runs a part of the test with fresh globals, and checks that it leaves no object on any thread.
fn balanced(test: impl FnOnce()) {
    context::clear();
    let before = heap::live();
    test();
    context::clear();
    assert_eq!(heap::live(), before);
}

fn results_come_in_order_whatever_their_type() {
    for (threaded, plain) in [
        ("{x*x} peach til 100", "{x*x} each til 100"),
        ("{x,string x} peach `a`b", "{x,string x} each `a`b"),
        ("{([]a:x#1)} peach 1 2", "{([]a:x#1)} each 1 2"),
        ("count peach `a`b!(1 2;3)", "count each `a`b!(1 2;3)"),
        ("{x`a} peach ([]a:1 2;b:3 4)", "1 2"),
        ("{x+1}': 1 2", "2 3"),
        ("({[n]{x+1}} peach 1 2)[1] 5", "6"),
        ("neg peach ()", "()"),
        ("{x peach til y}[{x peach til 3}] peach 2 3", "{x each til y}[{x each til 3}] each 2 3"),
    ] {
        assert_eq!(q(threaded), q(plain), "{threaded}");
    }
}

fn globals_are_read_and_not_assigned() {
    q("g:{x+k}; k:10; .n.v:1; l:(1;`a;\"text\")").unwrap();
    assert_eq!(q("{.n.v+g x} peach 1 2 3"), q("12 13 14"));
    assert_eq!(q("{l} peach 1 2"), q("(l;l)"));
    for assignment in
        ["{k::x} peach 1 2", "{`k set x} peach 1 2", "{k+:x} peach 1 2", "{.[`k;();:;x]} peach 1 2"]
    {
        assert_eq!(q(assignment), Err("noupdate".into()), "{assignment}");
    }
    assert_eq!(q("{absent} peach 1 2"), Err("absent".into()));
    assert_eq!(q("k"), q("10"));
}

fn an_error_ends_all() {
    assert_eq!(q("{$[x=50;'`boo;x]} peach til 100"), Err("boo".into()));
    assert_eq!(q("@[{'`ab} peach;1 2;{x}]"), q("\"ab\""));
}

/// The calling thread, and how often it has been asked: a library's state of each thread.
extern "C" fn visit(_: K) -> K {
    thread_local! {
        static VISITS: Cell<i64> = const { Cell::new(0) };
    }
    VISITS.set(VISITS.get() + 1);
    Obj::from_slice(tag::KJ, &[thread_id(), VISITS.get()]).into_raw()
}

#[cfg(not(target_vendor = "apple"))]
fn thread_id() -> i64 {
    // SAFETY: takes nothing.
    i64::from(unsafe { libc::gettid() })
}

#[cfg(target_vendor = "apple")]
fn thread_id() -> i64 {
    let mut id = 0;
    // SAFETY: writes the calling thread's.
    unsafe { libc::pthread_threadid_np(0, &raw mut id) };
    id as i64
}

static DESTROYED: AtomicUsize = AtomicUsize::new(0);

extern "C" fn destroy(_: K) {
    DESTROYED.fetch_add(1, Relaxed);
}

fn assign(name: &str, value: Obj) {
    context::assign(Symbol::from(name), value).unwrap();
}

fn threads_stay() {
    // SAFETY: a function of one parameter that follows k.h.
    assign("visit", unsafe { dynload::function(visit as *mut c_void, 1) }.unwrap());
    q("seen:raze {visit peach til 100} each til 20").unwrap();
    assert!(q("count distinct seen[;0]").unwrap().get::<i64>() <= 3);
    assert_eq!(q("sum {exec max n by id from ([]id:seen[;0];n:seen[;1])}[]"), q("2000"));
    assert_eq!(q("any seen[;0]=.z.i"), q("0b"));
    // One item is the main thread's.
    assert_eq!(q("{(first visit x)=first visit 0} peach enlist 1"), q("enlist 1b"));
}

fn foreign_objects_and_functions_are_shared() {
    // SAFETY: the destructor counts.
    assign("foreign", unsafe { dynload::foreign(Some(destroy), std::ptr::null_mut()) });
    assert_eq!(q("{type foreign} peach til 4"), q("4#112h"));
    assert_eq!(q("{x} peach (foreign;{x};+;foreign)").unwrap().items()[3].tag(), 112);
    assert_eq!(q("all {x~foreign} peach 100#enlist foreign"), q("1b"));
    assert_eq!(DESTROYED.load(Relaxed), 0);
    q("delete foreign from `.").unwrap();
    assert_eq!(DESTROYED.load(Relaxed), 1);
    // The same lambda, not a copy of it; and one that a thread made is the main thread's afterwards.
    q("g:{[n] {x+1}}; fs:g peach til 10").unwrap();
    assert_eq!(q("(sum {x 1} peach fs;sum fs@\\:1)"), q("20 20"));
}

fn many_threads_use_one_object() {
    q("big:{(x;string x;`$string x)} each til 200; d:`a`b!(big;big); v::sum big[;0]").unwrap();
    assert_eq!(q("distinct {sum {count each d[`a;x],d[`b;x]} each til 200} peach til 50").unwrap().len(), 1);
    assert_eq!(q("distinct {v} peach til 50"), q("enlist sum til 200"));
    assert_eq!(q("{w:big; w[x;0]:-1; (w[x;0];big[x;0])} peach 3 4"), q("(-1 3;-1 4)"));
    assert_eq!(q("{value \"{[a] a+\",string[x],\"}[1]\"} peach til 20"), q("1+til 20"));
    assert_eq!(q("{value \"w::x\"} peach til 20"), Err("noupdate".into()));
    assert_eq!(q("-16!big"), q("3i"));
}

#[test]
fn threads_share_the_work() {
    qhost::install();
    q("\\s 3").unwrap();
    assert_eq!(q("\\s"), q("3i"));
    balanced(results_come_in_order_whatever_their_type);
    balanced(globals_are_read_and_not_assigned);
    balanced(an_error_ends_all);
    balanced(threads_stay);
    balanced(foreign_objects_and_functions_are_shared);
    balanced(many_threads_use_one_object);
}
