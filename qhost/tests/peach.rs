//! `peach` over real threads. A single test, so that the objects of all threads can be counted.

use kapi::{Obj, heap};
use qhost::eval::evaluate as eval;
use qhost::state::context;

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

#[test]
fn threads_share_the_work() {
    qhost::install();
    q("\\s 3").unwrap();
    assert_eq!(q("\\s"), q("3i"));
    balanced(results_come_in_order_whatever_their_type);
    balanced(globals_are_read_and_not_assigned);
    balanced(an_error_ends_all);
}
