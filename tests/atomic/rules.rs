//! What extends, what conforms, what is refused.

use kapi::{Obj, tag};

use crate::support::{call, callee, compile, items, leaves_nothing, q, spec};
use crate::{atomic, parallel};

fn pow() -> Obj {
    atomic(spec("libm", "pow"), "ff", "f").unwrap()
}

#[test]
fn it_conforms_as_q_s_own_functions_do() {
    leaves_nothing(|| {
        let pow = pow();
        for (args, wanted) in [
            ("(2f;3f)", "8f"),
            ("(2;3)", "8f"),
            ("(1 2 3f;2f)", "1 4 9f"),
            ("(2f;1 2 3f)", "2 4 8f"),
            ("(1 2 3f;3 2 1f)", "1 4 3f"),
            ("(1 2 3;2)", "1 4 9f"),
            ("(1 2 3i;011b)", "1 2 3f"),
            ("(enlist 3f;2f)", "enlist 9f"),
            ("(0#0f;2f)", "0#0f"),
            ("(0#0;0#0i)", "0#0f"),
            ("((1 2f;3f);2f)", "(1 4f;9f)"),
            ("((1 2f;3 4f);(2f;1 2f))", "(1 4f;3 16f)"),
            ("((1f;2);2f)", "1 4f"),
            ("(`a`b!1 2f;2f)", "`a`b!1 4f"),
            ("(`a`b!1 2f;`a`b!2 3f)", "`a`b!1 8f"),
            ("(([] a:1 2f;b:3 4f);2f)", "([] a:1 4f;b:9 16f)"),
            ("(2f;`a`b!(1 2f;3f))", "`a`b!(2 4f;8f)"),
        ] {
            assert_eq!(call(&pow, &items(&q(args))), Ok(q(wanted)), "{args}");
        }
    });
}

#[test]
fn what_does_not_conform_or_convert_is_an_error() {
    leaves_nothing(|| {
        let pow = pow();
        for (args, text) in [
            ("(1 2f;1 2 3f)", "length: pow: 2 and 3 items"),
            ("(1 2;1 2 3f)", "length: pow: 2 and 3 items"),
            ("((1 2f;3f);1 2 3f)", "length: pow: 2 and 3 items"),
            ("(0#0f;1 2f)", "length: pow: 0 and 2 items"),
            ("(`a`b!1 2f;`a`c!1 2f)", "length: pow: dictionaries of other keys"),
            ("(`a;1f)", "type: pow[0]: f wants float, got symbol"),
            ("(1f;`a`b)", "type: pow[1]: f wants float, got symbol vector"),
            ("(1 2f;`a)", "type: pow[1]: f wants float, got symbol"),
            ("(1f;{x})", "type: pow[1]: f wants float, got function"),
            ("(1 2f;(1f;`a))", "type: pow[1]: f wants float, got symbol"),
            ("(1 2f;(::))", "type: pow[1]: f wants float, got ::"),
            ("(1f;1 9007199254740993)", "range: pow[1]: 9007199254740993 does not fit f"),
        ] {
            assert_eq!(call(&pow, &items(&q(args))), Err(text.into()), "{args}");
        }
    });
}

#[test]
fn only_values_can_be_applied_to_elements() {
    const MANY: &str = "limit: sqrt: atomic takes 8 parameters at most, 9 given; use bind";
    const TEXT: &str = "nyi: atomic functions but of 1 to 8 values to a value";
    for (args, ret) in
        [("", "i"), ("F", "f"), ("fC", "i"), ("K", "i"), ("k", "i"), ("f", " "), ("f", "C"), ("f", "K")]
    {
        assert_eq!(atomic(spec("libm", "sqrt"), args, ret), Err(TEXT.into()), "{args} {ret}");
    }
    assert_eq!(atomic(spec("libm", "sqrt"), "fffffffff", "f"), Err(MANY.into()));
}

#[test]
fn a_refused_vector_reaches_c_with_no_element() {
    let library = compile(
        "gcc",
        "atomic_calls",
        "long long calls; int count(int i) { calls++; return i; }\nlong long all(long long x) { return calls; }\n",
    );
    let count = atomic(callee(&library, "count"), "i", "i").unwrap();
    let calls = atomic(callee(&library, "all"), "j", "j").unwrap();
    let so_far = || call(&calls, &[Obj::long(0)]);
    assert_eq!(call(&count, &[q("1 2 3i")]), Ok(q("1 2 3i")));
    assert_eq!(so_far(), Ok(Obj::long(3)));
    let text = "range: count[0]: 5000000000 does not fit i";
    assert_eq!(call(&count, &[q("1 2 5000000000")]), Err(text.into()));
    assert_eq!(so_far(), Ok(Obj::long(3)), "no element of a vector that is refused");
    for nested in ["(1i;2 3i;5000000000)", "((1 2i;3i);(4i;1 5000000000))", "`a`b!1 5000000000"] {
        assert_eq!(call(&count, &[q(nested)]), Err(text.into()));
        assert_eq!(so_far(), Ok(Obj::long(3)), "no leaf of {nested}");
    }
}

#[test]
fn large_vectors_come_out_the_same_over_threads() {
    leaves_nothing(|| {
        let n = 200_000;
        let x = Obj::vector(tag::KF, (0..n).map(|i| f64::from(i) * 0.25));
        let one = call(&pow(), &[x.clone(), Obj::float(1.5)]).unwrap();
        for secondaries in [0, 1, 3, 7] {
            let many = parallel(spec("libm", "pow"), "ff", "f", secondaries).unwrap();
            assert_eq!(call(&many, &[x.clone(), Obj::float(1.5)]), Ok(one.clone()), "{secondaries}");
        }
        assert_eq!(one.len(), n as usize);
        assert_eq!(one.slice::<f64>()[16], 8.0);
    });
}
