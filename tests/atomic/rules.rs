//! What extends, what conforms, what is refused.

use kapi::{Obj, hook, tag};

use crate::support::{call, callee, compile, items, leaves_nothing, native, q, spec};
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

const MIXED: &str = r"
#include <stdint.h>
double mixed(double a, int32_t b, int64_t c, float d, int16_t e, double f, unsigned char g, int64_t h)
{ return a + 2*b + 3*c + 5*d + 7*e + 11*f + 13*g + 17*h; }
";

/// What stubs leave to the loops of mixtures: as many elements, or some more.
const LONG: usize = 256;

#[test]
fn each_mixture_of_long_vectors_and_atoms_is_as_its_elements_are() {
    let library = compile("gcc", "mixtures", MIXED);
    let casts = ["f", "i", "j", "e", "h", "f", "x", "j"];
    let columns = |n: usize| -> Vec<Obj> {
        let cast = |(i, t): (usize, &&str)| q(&format!("\"{t}\"$({i}+til {n}) mod 100"));
        casts.iter().enumerate().map(cast).collect()
    };
    let bound = [
        atomic(callee(&library, "mixed"), "fijehfxj", "f").unwrap(),
        parallel(callee(&library, "mixed"), "fijehfxj", "f", 3).unwrap(),
    ];
    for n in [LONG - 1, LONG, LONG + 1] {
        let vectors = columns(n);
        for atoms in 0_usize..256 {
            let given: Vec<Obj> = vectors
                .iter()
                .enumerate()
                .map(|(i, v)| if atoms >> i & 1 == 1 { v.index(atoms % n) } else { v.clone() })
                .collect();
            let weights = [1, 2, 3, 5, 7, 11, 13, 17];
            let element = |k: usize| -> f64 {
                let at = |i: usize| (i + if atoms >> i & 1 == 1 { atoms % n } else { k }) % 100;
                weights.iter().enumerate().map(|(i, w)| (w * at(i)) as f64).sum()
            };
            for f in &bound {
                let came = call(f, &given).unwrap();
                match atoms {
                    255 => assert_eq!(came, Obj::float(element(0))),
                    _ => {
                        assert_eq!(came.slice::<f64>(), (0..n).map(element).collect::<Vec<_>>(), "{atoms}");
                    }
                }
            }
        }
    }
    // There are loops for some mixtures of each binding, and no more: one for all does the rest.
    let stubs = call(&native("stubs"), &[Obj::null()]).unwrap();
    let forms = q("{exec form from x where args~\\:\"fijehfxj\"}");
    let forms = hook::apply(&forms, &[stubs]).unwrap();
    let mixtures = forms.slice::<kapi::Symbol>().iter().filter(|s| s.bytes() == b"mixture").count();
    assert_eq!(mixtures, 8);
}

#[test]
fn an_error_in_the_loop_of_a_mixture_is_q_s() {
    const SOURCE: &str = "double (*hook)(double); void set(double (*f)(double)) { hook = f; }
        double hooked(double x, double y, double z) { return hook(x) + y + z; }";
    let library = compile("gcc", "mixture_hook", SOURCE);
    let set = call(&native("fn"), &[callee(&library, "set"), Obj::string(b"k"), Obj::string(b" ")]).unwrap();
    call(&set, &[q("({if[x=300;'`many];2*x};\"f\";\"f\")")]).unwrap();
    let f = atomic(callee(&library, "hooked"), "fff", "f").unwrap();
    leaves_nothing(|| {
        let args = |n: usize| [q(&format!("\"f\"$til {n}")), Obj::float(0.5), Obj::float(0.25)];
        assert_eq!(call(&f, &args(400)).unwrap_err(), "many");
        let good = call(&f, &args(300)).unwrap();
        assert_eq!(good.slice::<f64>()[299], 598.75);
    });
    // Of other lengths, and other types, as ever.
    let args = [q("\"f\"$til 400"), Obj::float(0.5), q("\"f\"$til 300")];
    assert_eq!(call(&f, &args).unwrap_err(), "length: hooked: 400 and 300 items");
    let args = [q("til 300"), Obj::float(0.5), Obj::long(1)];
    assert_eq!(call(&f, &args).unwrap().slice::<f64>()[2], 5.5);
}
