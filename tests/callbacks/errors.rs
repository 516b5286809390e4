//! Errors in q that C has called: parked, signalled when the outer call returns, and forgotten then.

use ffijit::library::{self, Name};
use kapi::{Obj, tag};

use super::support::thread::{on_main, on_q};
use super::support::{call, callee, fixed, items, leaves_nothing, native, q, spec};
use super::{CALLEES, balanced_on_q, each_callee, inline, with};

#[test]
fn an_error_at_any_comparison_of_qsort_is_that_error_and_q_is_not_entered_again() {
    on_main(|| {
        const SORT: &str = "9 4 7 1 8 2 6 3 5 0 4 9 1i,0#0i";
        let qsort = fixed(spec("libc", "qsort"), "Ijjk", " ").unwrap();
        let f = q("{[x;y] .t.n+:1; if[.t.n=.t.k; '\"at \",string .t.k]; (x>y)-x<y}");
        let run = |k: i64| {
            q(&format!(".t.n:0; .t.k:{k}"));
            let vector = q(SORT);
            let outcome = with_vector(&qsort, &vector, &f);
            (outcome, vector, q(".t.n").get::<i64>())
        };
        let (outcome, sorted, comparisons) = run(-1);
        assert_eq!(outcome, Ok(Obj::null()));
        assert_eq!(sorted.slice::<i32>(), &[0, 1, 1, 2, 3, 4, 4, 5, 6, 7, 8, 9, 9]);
        assert!(comparisons > 12, "{comparisons}");
        for k in 1..=comparisons {
            let (outcome, vector, entered) = run(k);
            assert_eq!(outcome, Err(format!("at {k}")));
            assert_eq!(entered, k, "q is left alone after its error");
            let mut elements = vector.slice::<i32>().to_vec();
            elements.sort();
            assert_eq!(elements, sorted.slice::<i32>(), "a permutation");
            assert_eq!(run(-1).1, sorted, "the next call works");
        }
    });
}

fn with_vector(qsort: &Obj, vector: &Obj, f: &Obj) -> Result<Obj, String> {
    let n = Obj::long(vector.len() as i64);
    call(qsort, &[vector.clone(), n, Obj::long(4), inline(f, "II", "i")])
}

#[test]
fn the_text_is_that_which_q_traps() {
    balanced_on_q(|| {
        for apply in each_callee("apply", "kj", "j") {
            for f in [
                "{'`symbol}",
                "{'\"a text with spaces\"}",
                "{'\"\"}",
                "{x+`a}",
                "{1 2 3+1 2}",
                "{undefined}",
                "{value \"(\"}",
                "{`a 1}",
                "{'string x}",
            ] {
                let trapped = q(&format!("@[{f};1;::]"));
                let wanted = String::from_utf8_lossy(trapped.slice::<u8>()).into_owned();
                let came = with(&apply, &q(f), ("j", "j"), &[Obj::long(1)]);
                assert_eq!(came, Err(wanted), "{f}");
            }
        }
    });
}

#[test]
fn results_that_do_not_convert_are_errors() {
    balanced_on_q(|| {
        for (ret, f, text) in [
            ("j", "{`a}", "type: callback: j wants long, got symbol"),
            ("j", "{1.5}", "type: callback: j wants long, got float"),
            ("j", "{1 2}", "type: callback: j wants long, got long vector"),
            ("j", "{}", "type: callback: j wants long, got ::"),
            ("j", "{{x}}", "type: callback: j wants long, got function"),
            ("i", "{5000000000}", "range: callback: 5000000000 does not fit i"),
            ("h", "{70000i}", "range: callback: 70000 does not fit h"),
            ("f", "{`a}", "type: callback: f wants float, got symbol"),
            ("b", "{1}", "type: callback: b wants boolean, got long"),
            ("s", "{1}", "type: callback: s wants symbol, got long"),
        ] {
            for apply in each_callee("apply", "kj", "j") {
                let came = with(&apply, &q(f), ("j", ret), &[Obj::long(1)]);
                assert_eq!(came, Err(text.into()), "{ret} {f}");
            }
        }
    });
}

#[test]
fn results_that_convert_do() {
    on_q(|| {
        for apply in each_callee("apply", "kj", "j") {
            for (f, wanted) in
                [("{5i}", 5), ("{-5h}", -5), ("{0x05}", 5), ("{1b}", 1), ("{2000.01.01D0+x}", 1)]
            {
                assert_eq!(with(&apply, &q(f), ("j", "j"), &[Obj::long(1)]), Ok(Obj::long(wanted)), "{f}");
            }
        }
    });
}

#[test]
fn c_gets_zeros_after_an_error() {
    on_q(|| {
        let library = &CALLEES.libraries()[0];
        for (name, ret) in [("fail_f", "f"), ("fail_e", "e"), ("fail_s", "s")] {
            let outer = if ret == "s" { "j" } else { ret };
            let fail = fixed(callee(library, name), "k", outer).unwrap();
            assert_eq!(with(&fail, &q("{'`oops}"), ("", ret), &[]), Err("oops".into()));
        }
        for (f, sum) in [("{if[x=3;'`three]; 10}", 30), ("{'`first}", 0), ("{10}", 50)] {
            for library in CALLEES.libraries() {
                let after = fixed(callee(library, "calls_after_error"), "kj", "j").unwrap();
                let outcome = with(&after, &q(f), ("j", "j"), &[Obj::long(5)]);
                assert_eq!(outcome.is_ok(), sum == 50);
                let name = ffijit::library::Name {
                    library: library.to_str().map(Into::into),
                    symbol: "count".into(),
                };
                let count = ffijit::library::address(&name).unwrap().cast::<i64>();
                // SAFETY: the variable is the library's, and only tests that hold it write it.
                assert_eq!(unsafe { count.read() }, sum, "{f}");
            }
        }
    });
}

#[test]
fn nested_calls_unwind_one_level_at_a_time() {
    on_main(|| {
        let names = [".t.apply", ".t.twice"];
        for library in CALLEES.libraries() {
            for (name, function) in names.iter().zip(["apply", "twice"]) {
                let f = fixed(callee(library, function), "kj", "j").unwrap();
                let set = q(&format!("{{{name}::x}}"));
                kapi::hook::apply(&set, &[f]).unwrap();
            }
            for (source, wanted) in [
                // q -> C -> q -> C -> q, without an error.
                (".t.apply[({1+.t.apply[({x*10};\"j\";\"j\");x]};\"j\";\"j\");4]", "41"),
                // Trapped in the middle: the outer call never knows.
                (".t.apply[({@[.t.apply[({'`deep};\"j\";\"j\")];x;{count x}]};\"j\";\"j\");4]", "4"),
                // Trapped within the innermost q.
                (".t.apply[({.t.apply[({@[{'`deep};x;7]};\"j\";\"j\");x]};\"j\";\"j\");4]", "7"),
                // Not trapped until outside.
                ("@[.t.apply[({.t.apply[({'`deep};\"j\";\"j\");x]};\"j\";\"j\")];4;{x}]", "\"deep\""),
                // One error after another one that was trapped.
                (
                    "@[.t.apply[({@[.t.apply[({'`deep};\"j\";\"j\")];x;0]; '`outer};\"j\";\"j\")];4;{x}]",
                    "\"outer\"",
                ),
                // The outer C goes on after the inner error: its second callback is entered, for the first has returned.
                (".t.twice[({@[.t.apply[({'`deep};\"j\";\"j\")];x;x+1]};\"j\";\"j\");4]", "6"),
                // Three levels.
                (
                    "@[.t.apply[({.t.twice[({.t.apply[({'`bottom};\"j\";\"j\");x]};\"j\";\"j\");x]};\"j\";\"j\")];4;{x}]",
                    "\"bottom\"",
                ),
            ] {
                assert_eq!(q(source), q(wanted), "{source}");
                assert_eq!(q(".t.apply[({x};\"j\";\"j\");5]"), Obj::long(5), "after {source}");
            }
        }
    });
}

#[test]
fn a_function_that_returns_a_struct_ends_with_the_error_too() {
    on_q(|| {
        let callback = |f: &str, types: &str| {
            let types = Obj::string(types.as_bytes());
            call(&native("callback"), &[q(f), types.clone(), types]).expect("a callback")
        };
        let pair = || Obj::from_slice(tag::KF, &[1.5, 2.5]);
        let numbered = || Obj::list(vec![Obj::int(3), Obj::float(0.5)]);
        for (name, types, given) in [("mirrored", "{ff}", pair()), ("counted", "{if}", numbered())] {
            let (good, bad) = (callback("{neg x}", types), callback("{'`bad}", types));
            for f in each_callee(name, &format!("k{types}"), types) {
                let wanted = if types == "{ff}" { q("-2.5 -1.5") } else { q("(-2i;-0.5)") };
                leaves_nothing(|| {
                    assert_eq!(call(&f, &[good.clone(), given.clone()]), Ok(wanted.clone()));
                    assert_eq!(call(&f, &[bad.clone(), given.clone()]), Err("bad".into()));
                    // By way of the invoker: the inline form, and a converted field.
                    let converted = Obj::list(vec![Obj::int(1), Obj::long(2)]);
                    for given in [&given, &converted] {
                        let outcome = with(&f, &q("{'`bad}"), (types, types), std::slice::from_ref(given));
                        assert_eq!(outcome, Err("bad".into()));
                    }
                });
            }
        }
        for library in CALLEES.libraries() {
            let name = Name { library: library.to_str().map(Into::into), symbol: "count".into() };
            // SAFETY: the variable is the library's, which stays loaded, and nothing writes it now.
            let zeros = unsafe { library::address(&name).expect("the variable").cast::<i64>().read() };
            assert_eq!(zeros, 1, "C has got zeros");
        }
    });
}

#[test]
fn an_error_for_an_element_is_that_of_the_whole_atomic_call() {
    on_main(|| {
        let j = || Obj::char(b'j');
        let callback = q("{.t.n+:1; if[x=.t.bad; '\"at \",string x]; x*10}");
        let callback = call(&native("callback"), &[callback, j(), j()]).expect("a callback");
        for library in CALLEES.libraries() {
            call(&fixed(callee(library, "keep"), "k", " ").unwrap(), std::slice::from_ref(&callback))
                .unwrap();
            let atomic = |function: &str, args: &str| {
                call(&native("atomic"), &[callee(library, function), Obj::string(args.as_bytes()), j()])
                    .unwrap()
            };
            let (one, two) = (atomic("call_kept", "j"), atomic("call_kept_two", "jj"));
            let three = atomic("call_kept_three", "jjj");
            // The arguments, the result, and how often q has run when the callback fails for a 3.
            for (f, args, wanted, runs) in [
                (&one, "enlist 3", "30", 1),
                (&one, "enlist 1 2 3 4", "10 20 30 40", 3),
                (&two, "3 1", "31", 1),
                (&two, "(1 2 3 4;1 2 3 4)", "11 22 33 44", 3),
                (&two, "(1 2 3 4;1)", "11 21 31 41", 3),
                (&two, "(3;1 2 3 4)", "31 32 33 34", 1),
                // Converted first.
                (&two, "(1 2 3 4i;1 2 3 4)", "11 22 33 44", 3),
                (&three, "(1 2 3 4;1;1 2 3 4)", "12 23 34 45", 3),
                (&three, "(3;1;1 2)", "32 33", 1),
            ] {
                let args = items(&q(args));
                q(".t.bad:0; .t.n:0");
                leaves_nothing(|| assert_eq!(call(f, &args), Ok(q(wanted)), "{args:?}"));
                q(".t.bad:3; .t.n:0");
                assert_eq!(call(f, &args), Err("at 3".into()), "{args:?}");
                assert_eq!(q(".t.n"), Obj::long(runs), "q is left alone after its error: {args:?}");
                leaves_nothing(|| assert_eq!(call(f, &args), Err("at 3".into()), "{args:?}"));
            }
        }
    });
}
