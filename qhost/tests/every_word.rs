//! Every word on every kind of value: whatever comes out, it is a value or a q error, and nothing is left behind.

use kapi::{Obj, R, heap};
use qhost::eval::{apply, evaluate as eval};
use qhost::state::context;
use qhost::state::primitives::{self, Kind, Word};
use qhost::table;

/// One value of each type and shape, extremes included.
const VALUES: &[&str] = &[
    "1b",
    "010b",
    "0#0b",
    "0x2a",
    "0x00ff",
    "5h",
    "0Nh",
    "1 0N 3h",
    "7i",
    "0Ni",
    "1 0N 300i",
    "0",
    "1",
    "2",
    "-1",
    "100",
    "0N",
    "0W",
    "-0W",
    "1 2 3",
    "3 0N 0W -0W -1",
    "0#0",
    "1.5e",
    "0Ne",
    "1.5 0N 0we",
    "2.5",
    "0n",
    "-0w",
    "1.5 0n -0w 0w",
    "\"a\"",
    "\"\"",
    "\"abc\"",
    "\"a b[c]*\"",
    "enlist \"x\"",
    "`",
    "`abc",
    "`a`b`",
    "0#`",
    "`:nosuch",
    "0Ng",
    "2#0Ng",
    "2000.01.01",
    "0Nd 2000.01.01 0Wd",
    "2000.01m",
    "0Wm",
    "2000.01.01D12:00:00.5",
    "0Np",
    "0Wp",
    "2000.01.01T12:00:00.000",
    "0Nz",
    "0D00:00:01",
    "0Wn",
    "12:34",
    "12:34:56",
    "12:34:56.789",
    "0Nt",
    "0Wv",
    "()",
    "(1;2.5;`a)",
    "(1 2;3 4)",
    "(1 2;3 4 5)",
    "(\"ab\";\"cd\")",
    "(();())",
    "enlist enlist 1",
    "`a`b!1 2",
    "`a`b!(1 2;3 4)",
    "1 2!`x`y",
    "()!()",
    "(enlist 1 2)!enlist 3",
    "([]a:1 2;b:`x`y)",
    "([]a:0#0)",
    "([k:`x`y]v:1 2)",
    "{x}",
    "{x+y}",
    "+",
    "neg",
    "+[1]",
    "(+/)",
    "::",
    "(::;1)",
    "enlist (::)",
    "`s#1 2 3",
    // Enumerations, alone and inside of others.
    "`es?`b`a`b",
    "first `es?`b`a",
    "0#`es?`b`a",
    "([]k:`es?`b`a;v:1 2)",
    "([k:`es?`b`a]v:1 2)",
    "(`es?`b`a)!1 2",
    "(`es?`b;`es?`a`b;1)",
];

/// Words that act on the world outside, or wait for it.
const OUTSIDE: &[&str] = &[
    "0:", "1:", "2:", "hdel", "setenv", "show", "read0", "read1", "system", "exit", "set", "insert",
    "upsert", "hopen", "hclose", "value", "get", "eval", "reval", "parse", ".Q.gc", "save", "load",
    // These call what they are given: integers write to handles, and some functions never converge.
    "each", "peach", "over", "scan", "prior", "@", ".", ".Q.fu",
];

fn value(text: &str) -> Obj {
    eval::text(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

/// Panics are caught into errors with this text.
fn assert_no_panic(result: R, what: impl Fn() -> String) {
    if let Err(error) = result {
        assert!(!error.text.starts_with("internal"), "{}: {}", what(), error.text);
    }
}

fn words() -> impl Iterator<Item = (usize, &'static Word)> {
    let wanted = |w: &Word| w.kind != Kind::Iterator && !OUTSIDE.contains(&w.name);
    table::WORDS.iter().enumerate().filter(move |(_, w)| wanted(w))
}

fn call(row: usize, args: &[Obj]) -> R {
    kapi::error::catch(|| apply::apply(&primitives::object(row), args))
}

#[test]
fn words_of_one_argument() {
    qhost::install();
    // The words of namespaces are there before anything is counted.
    context::clear();
    for (row, word) in words() {
        for text in VALUES {
            let x = value(text);
            let before = heap::live_here();
            assert_no_panic(call(row, &[x]), || format!("{} {text}", word.name));
            // The argument went with the call.
            assert!(heap::live_here().0 < before.0 + 1, "{} {text} leaves objects", word.name);
        }
    }
    context::clear();
}

#[test]
fn words_of_two_arguments() {
    qhost::install();
    context::clear();
    let values: Vec<Obj> = VALUES.iter().map(|text| value(text)).collect();
    for (row, word) in words().filter(|(_, w)| w.dyad.is_some()) {
        let before = heap::live_here();
        for (x, a) in values.iter().zip(VALUES) {
            for (y, b) in values.iter().zip(VALUES) {
                // Internal functions print or act; huge takes only test the allocator.
                if word.name == "!" && (-7..0).contains(&x.tag()) {
                    continue;
                }
                // Enumerating adds to a global.
                if word.name == "?" && x.tag() == -11 {
                    continue;
                }
                assert_no_panic(call(row, &[x.clone(), y.clone()]), || format!("({a}) {} {b}", word.name));
            }
        }
        assert_eq!(heap::live_here(), before, "{} leaves objects", word.name);
    }
}

#[test]
fn every_value_shows_itself() {
    qhost::install();
    for text in VALUES {
        let x = value(text);
        let wrapped = Obj::list(vec![x.clone(), Obj::list(vec![x.clone(), x.clone()])]);
        let table = Obj::table(Obj::dict(Obj::symbols(["c"]), Obj::list(vec![wrapped.clone()])));
        for value in [&x, &wrapped, &table] {
            assert!(!qhost::words::format::q_s1(value).is_empty(), "{text}");
            qhost::words::format::console(value);
        }
    }
}

#[test]
fn deep_nesting_ends_in_an_error_or_a_value() {
    qhost::install();
    let mut deep = Obj::list(vec![Obj::long(1), Obj::symbol("a")]);
    for _ in 0..200_000 {
        deep = Obj::list(vec![deep, Obj::long(2)]);
    }
    for (row, word) in words() {
        assert_no_panic(call(row, std::slice::from_ref(&deep)), || word.name.to_owned());
        if word.dyad.is_some() {
            for other in [&deep, &Obj::long(1), &Obj::symbol("a"), &Obj::list(vec![deep.clone()])] {
                assert_no_panic(call(row, &[deep.clone(), other.clone()]), || word.name.to_owned());
                assert_no_panic(call(row, &[other.clone(), deep.clone()]), || word.name.to_owned());
            }
        }
    }
    assert!(qhost::words::format::q_s1(&deep).contains(&b'('));
    qhost::words::format::console(&deep);
}
