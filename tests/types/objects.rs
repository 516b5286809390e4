//! `K`: objects lent to C and owned when they come back.

use kapi::Obj;

use crate::CALLEES;
use crate::support::bound::{Bound, ffikdb};
use crate::support::{call, callee, fixed, leaves_nothing, list_form, native, q};

/// One object of every kind that q has.
fn objects() -> Vec<Obj> {
    let sources = [
        "1b",
        "0x01",
        "1h",
        "1i",
        "1",
        "1e",
        "1f",
        "\"a\"",
        "`a",
        "0Ng",
        "2000.01.01",
        "00:00",
        "1 2 3",
        "\"\"",
        "`a`b",
        "()",
        "(1;`a;\"b\")",
        "(1;2;::)",
        "`a`b!1 2",
        "([] a:1 2)",
        "{x}",
        "+",
        "neg",
        "{x+y}[1]",
        "+/",
        "'[neg;+]",
    ];
    sources.map(q).into()
}

#[test]
fn every_object_goes_in_and_comes_out_itself() {
    leaves_nothing(|| {
        for library in CALLEES.libraries() {
            let same = Bound::new(library, "same_K", "K", "K");
            let second = Bound::new(library, "second_K", "jKf", "K");
            for x in objects() {
                let counted = x.refcount();
                same.each(&|| vec![x.clone()], &mut |form, _, outcome| {
                    let came = outcome.expect(form);
                    // A simple vector holds no objects, so one is made for its element.
                    assert!(came.is_same(&x) || form.ends_with("simple vector"), "{form} {x:?}");
                    assert_eq!(came, x, "{form}");
                });
                let make = || vec![Obj::long(1), x.clone(), Obj::float(2.0)];
                second.each(&make, &mut |form, _, outcome| {
                    assert!(outcome.expect(form).is_same(&x), "{form} {x:?}");
                });
                assert_eq!(x.refcount(), counted, "{x:?}");
            }
        }
    });
}

#[test]
fn the_generic_null_is_an_object_too() {
    for library in CALLEES.libraries() {
        let tag_of = Bound::new(library, "tag_of", "K", "j");
        assert_eq!(tag_of.call(&[Obj::null()]), Ok(Obj::long(101)));
    }
}

#[test]
fn a_null_pointer_for_an_object_is_the_generic_null() {
    for library in CALLEES.libraries() {
        assert_eq!(Bound::new(library, "null", "", "K").call(&[]), Ok(Obj::null()));
    }
}

unsafe extern "C" {
    fn krr(text: *const std::ffi::c_char) -> *mut kapi::K0;
}

#[test]
fn an_error_that_c_signals_is_the_calls() {
    let krr = Obj::long(krr as *const () as i64);
    leaves_nothing(|| {
        for library in CALLEES.libraries() {
            let fail = callee(library, "fail_K");
            let exact = vec![Obj::string(b"x"), krr.clone(), Obj::float(1.0)];
            let converted = vec![Obj::string(b"x"), krr.clone(), Obj::long(1)];
            let fixed = fixed(fail.clone(), "Krf", "K").unwrap();
            let list = list_form(fail.clone(), "Krf", "K").unwrap();
            for args in [exact, converted] {
                assert_eq!(call(&fixed, &args), Err("failed".into()), "{args:?}");
                assert_eq!(call(&list, &[Obj::list(args.clone())]), Err("failed".into()), "{args:?}");
                let spec = Obj::list(vec![Obj::char(b'K'), fail.clone()]);
                let outcome = call(&native("callFunction"), &[spec, ffikdb(&args)]);
                assert_eq!(outcome, Err("failed".into()), "{args:?}");
            }
        }
    });
}

#[test]
fn a_pair_that_ends_in_null_is_one_argument_in_a_list_to_the_list_form() {
    for library in CALLEES.libraries() {
        let pair = q("(1;::)");
        let fixed = fixed(callee(library, "same_K"), "K", "K").unwrap();
        assert_eq!(call(&fixed, std::slice::from_ref(&pair)), Ok(pair.clone()));
        let list = list_form(callee(library, "same_K"), "K", "K").unwrap();
        assert_eq!(call(&list, &[Obj::list(vec![pair.clone()])]), Ok(Obj::long(1)));
        assert_eq!(call(&list, &[Obj::list(vec![ffikdb(std::slice::from_ref(&pair))])]), Ok(pair));
    }
}
