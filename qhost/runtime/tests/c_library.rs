//! A C library, compiled here and loaded as `2:` loads it, against the functions this process exports.
//!
//! The C side checks layouts and ownership as a C program sees them, through its own declarations.

use kapi::dynload::{self, Kind};
use kapi::heap::live_here;
use kapi::object::{K, Obj, tag};
use kapi::{QError, R, Symbol, hook};

mod common;
use common::{library, load, try_load};

/// Calls a function of one parameter.
fn ask(f: &Obj, what: &str) -> R {
    dynload::apply(f, &[Obj::symbol(what)])
}

/// Runs `body` and checks that it left no object behind.
fn balanced(body: impl FnOnce()) {
    let before = live_here();
    body();
    assert_eq!(live_here(), before, "objects or bytes left behind");
}

/// A stand-in for the interpreter: `sum` adds longs, `fail` signals, other text evaluates to its length.
fn install_hooks() {
    hook::install(hook::Hooks {
        apply: |f, args| match f.get::<Symbol>().bytes() {
            b"sum" => Ok(Obj::long(args.iter().map(|x| x.get::<i64>()).sum())),
            b"fail" => Err(QError::named(format!("fail {}", args.len()))),
            _ => Err(QError::type_()),
        },
        eval: |source| match source {
            "sum" => Ok(Obj::symbol(source)),
            "'broken" => Err(QError::named("broken")),
            _ => Ok(Obj::long(source.len() as i64)),
        },
        lambda_text: |_| Err(QError::nyi("")),
        symbols: |_| Err(QError::nyi("")),
        lambda: |_, _| Err(QError::nyi("")),
    });
}

/// Each constructor, join, table, message and symbol function is called and checked in C.
#[test]
fn c_finds_every_function_as_documented() {
    balanced(|| {
        let failures = ask(&load("check_all", 1), "").unwrap();
        assert_eq!(failures, Obj::list(vec![]), "what the C side found wrong");
    });
}

#[test]
fn functions_of_every_rank_get_their_arguments_in_order() {
    balanced(|| {
        for rank in 1..=8 {
            let f = load(&format!("join{rank}"), rank);
            let squares: Vec<_> = (0..rank).map(|i| i * i).collect();
            let args: Vec<_> = squares.iter().map(|&n| Obj::long(n)).collect();
            let joined = dynload::apply(&f, &args).unwrap();
            assert_eq!(joined, Obj::from_slice(tag::KJ, &squares));
            assert_eq!(dynload::apply(&f, &args[1..]).unwrap_err().text, "rank");
            assert_eq!(dynload::kind(&f), Some(Kind::Function(rank as usize)));
        }
        for rank in [-1, 0, 9] {
            assert_eq!(try_load("join1", rank).unwrap_err().text, "rank");
        }
    });
}

#[test]
fn results_follow_krr_and_null() {
    balanced(|| {
        let f = load("result_of", 1);
        let error = |what| ask(&f, what).unwrap_err().text.clone();
        assert_eq!(error("error"), "static text");
        assert_eq!(error("system"), "open. OS reports: No such file or directory");
        assert_eq!(ask(&f, "null").unwrap(), Obj::null());
        assert_eq!(ask(&f, "argument").unwrap(), Obj::symbol("argument"));
        assert_eq!(ask(&f, "holes").unwrap(), Obj::list(vec![Obj::null(), Obj::null()]));
        let three = vec![Obj::long(1), Obj::string(b"two"), Obj::symbol("three")];
        assert_eq!(ask(&f, "knk").unwrap(), Obj::list(three));
    });
}

#[test]
fn c_calls_back_into_q() {
    install_hooks();
    balanced(|| {
        let f = load("call_q", 1);
        assert_eq!(ask(&f, "dot").unwrap(), Obj::long(3));
        assert_eq!(ask(&f, "dot error").unwrap_err().text, "fail 1");
        assert_eq!(ask(&f, "dot caught").unwrap(), Obj::string(b"fail 2"));
        assert_eq!(ask(&f, "k").unwrap(), Obj::long(3));
        assert_eq!(ask(&f, "k eight").unwrap(), Obj::long(36));
        assert_eq!(ask(&f, "k error").unwrap(), Obj::string(b"broken"));
        assert_eq!(ask(&f, "k remote").unwrap(), Obj::null());
    });
}

#[test]
fn foreign_objects_are_destroyed_with_their_last_reference() {
    balanced(|| {
        let (make, count) = (load("make_foreign", 1), load("destroyed", 1));
        let destroyed = || ask(&count, "").unwrap().get::<i64>();
        let foreign = dynload::apply(&make, &[Obj::long(7)]).unwrap();
        assert_eq!(dynload::kind(&foreign), Some(Kind::Foreign));
        let list = Obj::list(vec![foreign.clone(), foreign]);
        let last = list.index(0);
        drop(list);
        assert_eq!(destroyed(), 0);
        drop(last);
        assert_eq!(destroyed(), 7, "the destructor saw the pointer");
        // SAFETY: there is no destructor to call.
        drop(unsafe { dynload::foreign(None, std::ptr::null_mut()) });
    });
}

#[test]
fn the_linkers_words_are_kept() {
    balanced(|| {
        let spec = Obj::list(vec![Obj::symbol("f"), Obj::long(1)]);
        let missing = dynload::load(&Obj::symbol("no_such_library"), &spec).unwrap_err();
        let expected = format!("no_such_library{}: ", std::env::consts::DLL_SUFFIX);
        assert!(missing.text.contains(&expected) && missing.text.contains("cannot open"), "{missing}");
        let missing = try_load("nope", 1).unwrap_err();
        assert!(missing.text.contains("nope") && missing.text.contains("c_library_c"), "{missing}");
        let path = Obj::symbol(library().to_str().unwrap());
        let swapped = Obj::list(vec![Obj::long(1), Obj::symbol("f")]);
        for bad in [Obj::long(1), Obj::list(vec![]), swapped] {
            assert_eq!(dynload::load(&path, &bad).unwrap_err().text, "type");
        }
    });
}

#[test]
fn objects_may_be_made_and_freed_on_c_threads() {
    let f = load("on_threads", 1);
    let before = live_here();
    let made = dynload::apply(&f, &[Obj::long(1000)]).unwrap();
    assert_eq!((made.len(), made.index(999)), (1000, Obj::long(999)));
    // The list counts where it was made; the one freed elsewhere still counts here.
    assert_eq!(live_here().0, before.0 + 1001);
    drop(made);
    assert_eq!(live_here().0, before.0);
}

#[test]
fn this_process_exports_the_variadic_functions_too() {
    let this = libloading::os::unix::Library::this();
    for name in ["ka", "k", "knk", "vak", "vaknk", "r0", "sd1"] {
        // SAFETY: only the address is looked at.
        let found = unsafe { this.get::<extern "C" fn() -> K>(name.as_bytes()) };
        assert!(found.is_ok(), "{name} is not exported");
    }
}
