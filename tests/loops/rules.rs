//! Forms, conversions, errors, and what becomes of callbacks.

use std::path::PathBuf;
use std::sync::OnceLock;

use kapi::{Obj, hook};

use crate::Iterator;
use crate::support::values::raw;
use crate::support::{call, callee, compile, leaves_nothing, native, q};

const SOURCE: &str = r#"
#include <stdint.h>
double ema(double s, double x) { return s + 0.25 * (x - s); }
double weighted(double s, double x, double w) { return s + w * (x - s); }
double half(double x) { return x / 2; }
double root(double x) { return (x + 2 / x) / 2; }
int64_t flip(int64_t x) { return -x; }
int64_t total(int64_t s, int32_t x) { return s + x; }
int64_t sum_of(int64_t s, const double *x, int32_t n) { while (n--) s += *x++; return s; }
typedef struct { double level, slope; } State;
State kalman(State s, double z) { double r = z - s.level; State t = {s.level + s.slope + r / 2, s.slope + r / 8}; return t; }
typedef struct { int32_t n; double t; float x[2]; } Odd;
Odd odd(Odd s, int32_t k) { s.n += k; s.t += s.n; s.x[0] = k; s.x[1] += s.x[0]; return s; }
double difference(double x, double before) { return x - before; }
double (*hook)(double);
void set_hook(double (*f)(double)) { hook = f; }
int calls;
int count(void) { return calls; }
double hooked(double s, double x) { calls++; return s + hook(x); }
double applied(double s, double (*f)(double), double x) { return s + f(x); }
"#;

fn spec(name: &str) -> Obj {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    callee(LIBRARY.get_or_init(|| compile("gcc", "loops_rules", SOURCE)), name)
}

/// Function, types, and arguments that q's own iterator is given alike.
const FOLDED: &[&str] =
    &["(1f;3 4 5f)", "(1f;())", "(1f;`a`b!3 4f)", "(1f;2f)", "enlist 1 2 3f", "enlist 0#0f"];

const ALIKE: &[(&str, &str, &str, &str, &[&str])] = &[
    ("over", "ema", "ff", "f", FOLDED),
    ("scan", "ema", "ff", "f", FOLDED),
    (
        "scan",
        "ema",
        "ff",
        "f",
        &["enlist`a`b!3 4f", "(1f;0n 2 0w)", "(1f;(1;2e;3h))", "(1f;1 0N 3)", "enlist enlist 2f"],
    ),
    (
        "scan",
        "weighted",
        "fff",
        "f",
        &["(1f;3 4f;.5)", "(1f;3f;.5 .25)", "(1f;3 4;01b)", "(1f;();())", "(1f;2f;.5)"],
    ),
    (
        "over",
        "half",
        "f",
        "f",
        &["(3;8f)", "(0;8f)", "(-1;8f)", "(0b;8f)", "(0x02;8f)", "(1h;8f)", "(2i;8f)", "enlist 0f"],
    ),
    ("scan", "half", "f", "f", &["(3;8f)", "(0;8f)", "(-1;8f)", "enlist 0n"]),
    ("over", "root", "f", "f", &["enlist 1f", "enlist 2f"]),
    ("scan", "root", "f", "f", &["enlist 1f", "enlist 100f"]),
    ("scan", "flip", "j", "j", &["enlist 5", "enlist 0", "(4;5)"]),
    ("scan", "total", "ji", "j", &["(0;1 2 3i)", "(0;1 2 3)", "(0;2020.01.01 2021.01.01)", "(0;0x0102)"]),
    ("scan", "sum_of", "jFi", "j", &["(0;(1 2f;3 4 5f);2 3i)", "(0;(1 2f;3 4 5f);2i)"]),
    ("over", "sum_of", "jFi", "j", &["(0;(1 2f;3 4 5f);2 3i)", "(0;1 2f;1i)"]),
    ("scan", "kalman", "{ff}f", "{ff}", &["(0 0f;1 2 3f)", "(0 0f;())", "(0 0f;1f)", "(0 0f;1 2 3)"]),
    ("over", "kalman", "{ff}f", "{ff}", &["(0 0f;1 2 3f)", "(0 0f;())", "(0 0f;1f)"]),
    ("scan", "odd", "{if2e}i", "{if2e}", &["((1i;2f;0 0e);1 2 3i)", "((1i;2f;0 0e);())"]),
    (
        "prior",
        "difference",
        "ff",
        "f",
        &[
            "enlist 1 2 4f",
            "(1f;2 4f)",
            "enlist 1 2 4",
            "enlist 0#0f",
            "enlist`a`b!1 3f",
            "enlist(1;2e;3h)",
            "enlist 01b",
            "enlist 0x0102",
            "(0n;1 0n 2)",
            "enlist 5f",
        ],
    ),
];

#[test]
fn results_are_q_s_own() {
    leaves_nothing(|| {
        for &(what, function, args, ret, given) in ALIKE {
            let iterator = Iterator::new(what, &spec(function), args, ret);
            for source in given {
                let args = crate::support::items(&q(source));
                let [ours, theirs] = [iterator.ours(&args), iterator.theirs(&args)];
                assert!(theirs.is_ok(), "{what} {function} {source}: {theirs:?}");
                assert_eq!(ours.map(|x| raw(&x)), theirs.map(|x| raw(&x)), "{what} {function} {source}");
            }
        }
    });
}

/// Where the first state is of another type than the parameter: the parameter's comes.
const CONVERTED: &[(&str, &str, &str, &str, &str, &str)] = &[
    ("over", "ema", "ff", "f", "(1;())", "1f"),
    ("over", "ema", "ff", "f", "enlist enlist 1h", "1f"),
    ("scan", "ema", "ff", "f", "enlist 4 8", "4 5f"),
    ("scan", "ema", "ff", "f", "(4;enlist 8)", "enlist 5f"),
    ("over", "ema", "ff", "f", "enlist 4", "4f"),
    ("over", "half", "f", "f", "(0;8)", "8f"),
    ("scan", "half", "f", "f", "(1;8)", "8 4f"),
    ("over", "kalman", "{ff}f", "{ff}", "((1;2h);())", "1 2f"),
    ("over", "kalman", "{ff}f", "{ff}", "(`level`slope!1 2;())", "1 2f"),
];

#[test]
fn the_first_state_becomes_the_parameter_s_type() {
    for &(what, function, args, ret, given, wanted) in CONVERTED {
        let came = Iterator::new(what, &spec(function), args, ret).ours(&crate::support::items(&q(given)));
        assert_eq!(came, Ok(q(wanted)), "{what} {function} {given}");
    }
}

/// What is refused when it is bound.
const UNBOUND: &[(&str, &str, &str, &str, &str)] = &[
    ("over", "ema", "", "f", "rank: over: ema: 1 parameter, 0 given"),
    ("prior", "ema", "f", "f", "rank: prior: ema: 2 parameters, 1 given"),
    ("prior", "ema", "fff", "f", "rank: prior: ema: 2 parameters, 3 given"),
    ("over", "ema", "f&i", "f", "nyi: ema: over of functions with & or variable arguments"),
    ("scan", "ema", "f...", "f", "nyi: ema: scan of functions with & or variable arguments"),
    ("scan", "ema", "f...f", "f", "nyi: ema: scan of functions with & or variable arguments"),
    ("scan", "ema", "fffffffff", "f", "limit: ema: scan takes 8 parameters at most, 9 given; use bind"),
    ("over", "ema", "fq", "f", "sig: \"fq\": unknown type character q at 1"),
];

/// What is refused when it is called.
const REFUSED: &[(&str, &str, &str, &str, &str, &str)] = &[
    ("over", "ema", "ff", "f", "(1f;2f;3f)", "rank: ema: 2 parameters, 3 given"),
    ("over", "weighted", "fff", "f", "enlist 1 2f", "rank: weighted: 3 parameters, 1 given"),
    ("over", "half", "f", "f", "(1;2f;3f)", "rank: half: 1 parameter, 3 given"),
    ("prior", "difference", "ff", "f", "(1f;2f;3f)", "rank: difference: 2 parameters, 3 given"),
    ("over", "ema", "ff", "f", "(`a;1 2f)", "type: ema[0]: f wants float, got symbol"),
    ("over", "ema", "ff", "f", "(1 2f;1 2f)", "type: ema[0]: f wants float, got float vector"),
    ("over", "ema", "ff", "f", "(1f;`a`b)", "type: ema[1]: f wants float, got symbol vector"),
    ("over", "ema", "ff", "f", "(1f;(1f;`a))", "type: ema[1]: f wants float, got symbol"),
    ("over", "ema", "ff", "f", "enlist(::)", "type: ema[0]: f wants float, got ::"),
    ("scan", "total", "ji", "j", "(0;1 5000000000)", "range: total[1]: 5000000000 does not fit i"),
    ("scan", "weighted", "fff", "f", "(1f;1 2f;1 2 3f)", "length: weighted: 2 and 3 items"),
    ("over", "half", "f", "f", "({x>1};8f)", "nyi: half: while"),
    ("over", "half", "f", "f", "(1.5;8f)", "type: half: n wants a whole number, got float"),
    (
        "scan",
        "kalman",
        "{ff}f",
        "{ff}",
        "(0f;1 2f)",
        "type: kalman[0]: {ff} wants a list of its fields, got float",
    ),
    ("scan", "kalman", "{ff}f", "{ff}", "(1 2 3f;1 2f)", "length: kalman[0]: {ff} wants 2 fields, got 3"),
    ("prior", "difference", "ff", "f", "enlist`a`b", "type: difference[0]: f wants float, got symbol vector"),
];

#[test]
fn errors_name_what_is_wrong_and_leave_nothing() {
    for &(what, function, args, ret, text) in UNBOUND {
        let types = [args, ret].map(|text| Obj::string(text.as_bytes()));
        leaves_nothing(|| {
            let came = call(&native(what), &[spec(function), types[0].clone(), types[1].clone()]);
            assert_eq!(came.unwrap_err(), text);
        });
    }
    for &(what, function, args, ret, given, text) in REFUSED {
        let iterator = Iterator::new(what, &spec(function), args, ret);
        leaves_nothing(|| {
            let came = iterator.ours(&crate::support::items(&q(given)));
            assert_eq!(came.unwrap_err(), text, "{what} {function} {given}");
        });
    }
}

/// The function that C's `hooked` calls, which is kept.
fn set_hook(f: &str) {
    let bound = call(&native("fn"), &[spec("set_hook"), Obj::string(b"k"), Obj::string(b" ")]).unwrap();
    call(&bound, &[q(&format!("({f};\"f\";\"f\")"))]).unwrap();
}

#[test]
fn the_error_of_a_callback_ends_the_loop() {
    set_hook("{if[x=3;'`three];2*x}");
    let count = call(&native("fn"), &[spec("count"), Obj::string(b""), Obj::string(b"i")]).unwrap();
    let calls = || call(&count, &[Obj::null()]).unwrap().get::<i32>();
    let v = q("1 2 3 4 5f");
    for what in ["over", "scan"] {
        let iterator = Iterator::new(what, &spec("hooked"), "ff", "f");
        leaves_nothing(|| {
            let before = calls();
            assert_eq!(iterator.ours(&[Obj::float(0.0), v.clone()]).unwrap_err(), "three");
            assert_eq!(calls() - before, 3, "{what}");
            let short = iterator.ours(&[Obj::float(0.0), q("1 2f")]);
            assert_eq!(short, Ok(if what == "over" { Obj::float(6.0) } else { q("2 6f") }));
        });
    }
}

#[test]
fn a_callback_may_be_an_argument() {
    let iterator = Iterator::new("scan", &spec("applied"), "fkf", "f");
    leaves_nothing(|| {
        let args = crate::support::items(&q("(1f;({x*x};\"f\";\"f\");1 2 3f)"));
        // The specification is a list, so its items are arguments in turn: an atom of a pointer it is not.
        assert!(iterator.ours(&args).unwrap_err().starts_with("type: applied[1]"));
        let callback = hook::apply(
            &q("{x}"),
            &[call(&native("callback"), &[q("{x*x}"), Obj::string(b"f"), Obj::string(b"f")]).unwrap()],
        )
        .unwrap();
        let came = iterator.ours(&[Obj::float(1.0), callback, q("1 2 3f")]);
        assert_eq!(came, Ok(q("2 6 15f")));
    });
}
