//! Calls that succeed.

use std::sync::Arc;

use ffijit::binding::Binding;
use ffijit::jit::Form;
use ffijit::library::Name;
use ffijit::prototype::Prototype;
use kapi::{Obj, tag};

use crate::support::bound::{Bound, ffikdb};
use crate::support::thread::on_q;
use crate::support::{call, callee, fixed, items, list_form, native, q, transcript};
use crate::{CALLEES, balanced, rounds};

fn add(form: fn(Obj, &str, &str) -> Result<Obj, String>) -> Obj {
    form(callee(&CALLEES.libraries()[0], "add"), "ff", "f").unwrap()
}

fn two() -> [Obj; 2] {
    [Obj::float(1.5), Obj::float(2.0)]
}

#[test]
fn a_million_of_the_fixed_form() {
    on_q(|| {
        let (add, args) = (add(fixed), two());
        balanced(rounds(), "fn", || assert_eq!(call(&add, &args).unwrap().get::<f64>(), 3.5));
    });
}

#[test]
fn a_million_of_the_list_form_in_each_shape() {
    on_q(|| {
        let (add, [a, b]) = (add(list_form), two());
        let shapes = [
            Obj::list(vec![a.clone(), b.clone()]),
            Obj::list(vec![ffikdb(&[a, b])]),
            Obj::from_slice(tag::KF, &[1.5, 2.0]),
        ];
        for shape in shapes {
            let args = [shape];
            balanced(rounds() / 3, "bind", || assert_eq!(call(&add, &args).unwrap().get::<f64>(), 3.5));
        }
    });
}

#[test]
fn a_million_with_conversions() {
    on_q(|| {
        let args = [Obj::long(1), Obj::real(2.0)];
        for (form, list) in [(add(fixed), args.to_vec()), (add(list_form), vec![Obj::list(args.to_vec())])] {
            balanced(rounds() / 2, "conversion", || {
                assert_eq!(call(&form, &list).unwrap().get::<f64>(), 3.0)
            });
        }
    });
}

#[test]
fn a_million_of_one_off_calls() {
    on_q(|| {
        let spec = Obj::list(vec![Obj::char(b'f'), callee(&CALLEES.libraries()[0], "add")]);
        let (f, args) = (native("callFunction"), [spec, ffikdb(&two())]);
        balanced(rounds(), "callFunction", || assert_eq!(call(&f, &args).unwrap().get::<f64>(), 3.5));
    });
}

#[test]
fn every_kind_of_argument_and_result_in_every_form() {
    on_q(|| {
        let library = &CALLEES.libraries()[0];
        let many = Bound::new(library, "many", "jifsJCeh", "j");
        let exact = q("(1;2i;3f;`a;4 5;\"b\\000\";1e;2h)");
        let converted = q("(1i;2;3;\"text\";4;\"b\";1;2)");
        for args in [exact, converted] {
            balanced(rounds() / 100, "many", || {
                assert_eq!(many.call(args.items()), Ok(Obj::long(1 + 2 + 4 + 98)))
            });
        }
        for (function, types, ret, argument) in [
            ("text", "s", "s", "`text"),
            ("text", "s", "C", "\"text\""),
            ("text", "C", "C", "\"text\""),
            ("element", "J", "J", "5 6"),
            ("element", "J", "J", "5"),
            ("element", "J", "J", "::"),
            ("same", "K", "K", "(1;`a)"),
            ("same", "K", "K", "([] a:1 2)"),
            ("same", "K", "K", "{x}"),
        ] {
            let bound = Bound::new(library, function, types, ret);
            let args = [q(argument)];
            balanced(rounds() / 100, function, || assert!(bound.call(&args).is_ok()));
        }
        let nothing = Bound::new(library, "nothing", "", " ");
        balanced(rounds() / 100, "nothing", || assert_eq!(nothing.call(&[]), Ok(Obj::null())));
    });
}

unsafe extern "C" {
    fn kj(x: i64) -> kapi::K;
    fn ktn(t: i32, n: i64) -> kapi::K;
}

/// A function of this process as `fn` would bind it.
fn bound_here(address: *const u8, args: &str, ret: &str) -> Obj {
    let name = Name { library: None, symbol: Arc::from(format!("{address:p}")) };
    let prototype = Prototype::get(args.as_bytes(), ret.as_bytes()).unwrap();
    let function = Binding::new(name, prototype, Form::Fixed, address).unwrap().function();
    // SAFETY: the reference is given away.
    unsafe { Obj::from_raw(function.expect("memory").into_raw().cast()) }
}

#[test]
fn a_million_objects_that_c_has_made() {
    on_q(|| {
        let (long, vector) = (bound_here(kj as *const u8, "j", "K"), bound_here(ktn as *const u8, "ij", "K"));
        let n = [Obj::long(5)];
        balanced(rounds(), "kj", || assert_eq!(call(&long, &n).unwrap().get::<i64>(), 5));
        let args = [Obj::int(0), Obj::long(0)];
        balanced(rounds() / 10, "ktn", || assert_eq!(call(&vector, &args).unwrap().len(), 0));
        let args = [Obj::long(0), Obj::int(0)];
        balanced(rounds() / 10, "ktn with conversions", || {
            assert_eq!(call(&vector, &args).unwrap().len(), 0)
        });
    });
}

#[test]
fn binding_the_same_again_leaves_its_function_only() {
    on_q(|| {
        let args = [callee(&CALLEES.libraries()[0], "add"), Obj::string(b"ff"), Obj::char(b'f')];
        for name in ["bind", "fn", "atomic"] {
            let f = native(name);
            balanced(20_000, name, || assert_eq!(call(&f, &args).unwrap().tag(), tag::FOREIGN));
        }
    });
}

#[test]
fn the_other_natives_leave_nothing() {
    on_q(|| {
        for (name, args, times) in [
            ("setErrno", "enlist 5", 10_000),
            ("setErrno", "enlist(::)", 10_000),
            ("os", "enlist(::)", 10_000),
            ("extension", "enlist(::)", 10_000),
            ("ptrsize", "enlist(::)", 10_000),
            ("stats", "enlist(::)", 1_000),
            ("bindings", "enlist(::)", 50),
            ("stubs", "enlist(::)", 50),
            ("disasm", "(\"ij\";\"f\")", 50),
            ("cdef", "(`;\"int abs(int); enum {A, B}; extern int optind;\\n#define S \\\"s\\\"\")", 1_000),
            ("cvar", "enlist(\"r\";`environ)", 1_000),
            ("cvar", "enlist(\"s\";`program_invocation_name)", 1_000),
            ("asQFunc", "(`abs;1)", 1_000),
        ] {
            let (f, args) = (native(name), items(&q(args)));
            // Most tell about the process.
            let check = || assert!(call(&f, &args).is_ok(), "{name}");
            balanced(times, name, || transcript::without(check));
        }
    });
}

#[test]
fn loading_a_library_again_leaves_nothing() {
    on_q(|| {
        let f = native("loadlib");
        balanced(100, "loadlib", || assert!(call(&f, &[Obj::symbol("libm.so.6")]).is_ok()));
    });
}
