//! How q functions are called: every kind of function, none, nine and twelve arguments, and what C's own functions do.

use kapi::Obj;

use super::support::thread::{on_main, on_q};
use super::support::{call, callee, compile, compilers, fixed, items, leaves_nothing, native, q, spec};
use super::{balanced_on_q, each_callee, inline, with};

#[test]
fn every_kind_of_function_can_be_called() {
    on_q(|| {
        let native = native("ptrsize");
        leaves_nothing(|| {
            for apply in each_callee("apply", "kj", "j") {
                for (f, wanted) in [
                    ("{x+1}", 6),
                    ("{[a;b] a+10*b}[1]", 51),
                    ("{[a;b] a+10*b}[;2]", 25),
                    ("neg", -5),
                    ("(+)[2]", 7),
                    ("'[neg;{x*x}]", -25),
                    ("+/", 5),
                    ("{x}'", 5),
                    ("{$[x>0;x*.z.s x-1;1]}", 120),
                ] {
                    assert_eq!(
                        with(&apply, &q(f), ("j", "j"), &[Obj::long(5)]),
                        Ok(Obj::long(wanted)),
                        "{f}"
                    );
                }
                assert_eq!(with(&apply, &native, ("j", "i"), &[Obj::long(5)]), Ok(Obj::long(8)));
            }
        });
    });
}

#[test]
fn no_arguments_come_as_the_generic_null() {
    balanced_on_q(|| {
        for none in each_callee("none", "k", "j") {
            let f = q("{101h=type x}");
            assert_eq!(with(&none, &f, ("", "j"), &[]), Ok(Obj::long(1)));
            assert_eq!(call(&none, &[Obj::list(vec![f, q("()"), Obj::char(b'j')])]), Ok(Obj::long(1)));
        }
    });
}

#[test]
fn over_eight_arguments_come_as_one_list() {
    balanced_on_q(|| {
        for twelve in each_callee("twelve", "k", "j") {
            let f = q("{x~(1;2.5;3i;4h;5.5e;\"6\";7;8;9.5;10.5;11i;12)}");
            assert_eq!(with(&twelve, &f, ("jfihecjjffij", "j"), &[]), Ok(Obj::long(1)));
        }
        for nine in each_callee("nine", "k", "j") {
            assert_eq!(with(&nine, &q("{sum x}"), ("jjjjjjjjj", "j"), &[]), Ok(Obj::long(45)));
            assert_eq!(with(&nine, &q("{count x}"), ("jjjjjjjjj", "j"), &[]), Ok(Obj::long(9)));
        }
    });
}

#[test]
fn without_a_result_type_a_callback_is_void() {
    on_main(|| {
        for each in each_callee("each", "kj", " ") {
            q(".t.sum:0");
            let f = Obj::list(vec![q("{.t.sum+:x; `ignored}"), Obj::char(b'j')]);
            assert_eq!(call(&each, &[f, Obj::long(10)]), Ok(Obj::null()));
            assert_eq!(q(".t.sum"), Obj::long(45));
        }
    });
}

#[test]
fn qsort_sorts_by_q_whatever_the_elements() {
    balanced_on_q(|| {
        let compare = "{(x>y)-x<y}";
        for (letter, vector, width) in [
            ("I", "3 1 2 0N -7 3i", 4),
            ("J", "3 1 2 0N -7 3", 8),
            ("F", "3 1 2 0n -7 3f", 8),
            ("H", "3 1 2 0N -7 3h", 2),
            ("B", "0110b", 1),
            ("X", "0x030102ff00", 1),
        ] {
            let qsort = fixed(spec("libc", "qsort"), &format!("{letter}jjk"), " ").unwrap();
            let sorted = q(&format!("asc {vector}"));
            let vector = q(vector);
            let callback = inline(&q(compare), &letter.repeat(2), "i");
            let args = [vector.clone(), Obj::long(vector.len() as i64), Obj::long(width), callback];
            assert_eq!(call(&qsort, &args), Ok(Obj::null()), "{letter}");
            assert_eq!(items(&vector), items(&sorted), "{letter}");
        }
    });
}

#[test]
fn qsort_and_bsearch_know_symbols() {
    balanced_on_q(|| {
        let names = q("`pear`apple`fig`date,0#`");
        let callback = inline(&q("{(x>y)-x<y}"), "SS", "i");
        let qsort = fixed(spec("libc", "qsort"), "Sjjk", " ").unwrap();
        let args = [names.clone(), Obj::long(4), Obj::long(8), callback.clone()];
        assert_eq!(call(&qsort, &args), Ok(Obj::null()));
        assert_eq!(names, q("`apple`date`fig`pear"));
        let bsearch = fixed(spec("libc", "bsearch"), "SSjjk", "S").unwrap();
        let find = |name: &str| {
            call(&bsearch, &[q(name), names.clone(), Obj::long(4), Obj::long(8), callback.clone()])
        };
        assert_eq!((find("`fig"), find("`plum")), (Ok(q("`fig")), Ok(q("`"))));
    });
}

#[test]
fn a_thunk_may_need_a_frame_of_over_a_page() {
    const PARAMS: usize = 254;
    on_q(|| {
        let numbers: Vec<String> = (0..PARAMS).map(|i| i.to_string()).collect();
        let (types, numbers) = (["long long"; PARAMS].join(","), numbers.join(","));
        let source = format!("long long many(long long (*f)({types})) {{ return f({numbers}); }}");
        for compiler in compilers() {
            let library = compile(compiler, &format!("many_{compiler}"), &source);
            let f = fixed(callee(&library, "many"), "k", "j").expect("the function");
            let args = "j".repeat(PARAMS);
            let sum = with(&f, &q("sum"), (&args, "j"), &[]).expect("a number");
            assert_eq!(sum.get::<i64>(), (PARAMS * (PARAMS - 1) / 2) as i64);
        }
    });
}
