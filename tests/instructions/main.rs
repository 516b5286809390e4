//! Instructions that stubs and thunks execute on their hot paths, which must not grow unnoticed.
//!
//! A call is single-stepped, and the instructions that lie in the stub are counted: unlike times, the numbers do not depend on
//! the machine's mood, and unlike sizes, they leave the cold paths out.
//! `FFIJIT_BLESS=1 cargo test --test instructions` writes the file of this processor anew.

#![cfg(all(any(target_arch = "x86_64", target_arch = "aarch64"), target_os = "linux"))]

#[cfg_attr(target_arch = "x86_64", path = "trace.rs")]
#[cfg_attr(target_arch = "aarch64", path = "breakpoints.rs")]
mod steps;
#[path = "../support/mod.rs"]
mod support;

use std::env::consts::ARCH;
use std::fmt::Write;
use std::ops::Range;
use std::path::Path;

use ffijit::binding::Binding;
use ffijit::jit::Form;
use ffijit::library::Name;
use ffijit::prototype::Prototype;
use kapi::{Obj, tag};
use parking_lot::Mutex;
use support::{call, compile, native, spec};

/// Held by each test: where breakpoints are set nothing else may run.
static ALONE: Mutex<()> = Mutex::new(());

const C: &str = "
double f(double x) { return x; }
double ff(double x, double y) { return x + y; }
double fff(double x, double y, double z) { return x + y + z; }
long jj(long x, long y) { return x + y; }
int ii(int x, int y) { return x + y; }
double mixed(int a, double b, long c, float d, short e, double f, unsigned char g, long h) { return a + b; }
double vector(const double *x, long n) { return x[n - 1]; }
long text(const char *s) { return *s; }
struct pair { double x, y; };
double pair_sum(struct pair p) { return p.x + p.y; }
struct pair swapped(struct pair p) { return (struct pair){p.y, p.x}; }
struct numbered { int n; double x; };
int numbered(struct numbered s) { return s.n; }
int variadic(int n, ...) { return n; }
";

/// A call: the form, the C function with its types, and what the q function is given.
struct Case {
    form: Form,
    name: &'static str,
    args: &'static str,
    ret: &'static str,
    values: Vec<Obj>,
}

fn case(form: Form, name: &'static str, args: &'static str, ret: &'static str, values: Vec<Obj>) -> Case {
    Case { form, name, args, ret, values }
}

fn cases() -> Vec<Case> {
    let floats = |n| vec![Obj::float(1.0); n];
    let vector = |values: &[f64]| Obj::from_slice(tag::KF, values);
    let mixed = || {
        let (i, f, j, e) = (Obj::int(1), Obj::float(2.0), Obj::long(3), Obj::real(4.0));
        vec![i, f.clone(), j.clone(), e, Obj::short(5), f, Obj::byte(6), j]
    };
    let ended = |mut items: Vec<Obj>| {
        items.push(Obj::null());
        vec![Obj::list(vec![Obj::list(items)])]
    };
    let hundred = || vec![vector(&[1.0; 100]), Obj::long(100)];
    vec![
        case(Form::Fixed, "f", "f", "f", floats(1)),
        case(Form::Fixed, "ff", "ff", "f", floats(2)),
        case(Form::Fixed, "fff", "fff", "f", floats(3)),
        case(Form::Fixed, "jj", "jj", "j", vec![Obj::long(1), Obj::long(2)]),
        case(Form::Fixed, "ii", "ii", "i", vec![Obj::int(1), Obj::int(2)]),
        case(Form::Fixed, "mixed", "ifjehfxj", "f", mixed()),
        case(Form::Fixed, "vector", "Fj", "f", hundred()),
        case(Form::Fixed, "text", "s", "j", vec![Obj::symbol("hello")]),
        case(Form::List, "ff", "ff", "f", vec![vector(&[1.0, 2.0])]),
        case(Form::List, "ff", "ff", "f", ended(floats(2))),
        case(Form::List, "mixed", "ifjehfxj", "f", vec![Obj::list(mixed())]),
        case(Form::List, "vector", "Fj", "f", vec![Obj::list(hundred())]),
        case(Form::Atomic, "ff", "ff", "f", vec![vector(&[1.0; 10]), vector(&[2.0; 10])]),
        case(Form::Atomic, "ff", "ff", "f", vec![Obj::float(1.0), vector(&[2.0; 10])]),
        case(Form::Atomic, "fff", "fff", "f", vec![vector(&[1.0; 10]), Obj::float(2.0), vector(&[3.0; 10])]),
        case(Form::Fixed, "pair_sum", "{ff}", "f", vec![vector(&[1.0, 2.0])]),
        case(Form::Fixed, "swapped", "{ff}", "{ff}", vec![vector(&[1.0, 2.0])]),
        case(Form::Fixed, "numbered", "{if}", "i", vec![Obj::list(vec![Obj::int(1), Obj::float(2.0)])]),
        case(Form::Fixed, "variadic", "i...ff", "i", [vec![Obj::int(2)], floats(2)].concat()),
    ]
}

#[test]
fn hot_paths_execute_as_many_instructions_as_recorded() {
    let _alone = ALONE.lock();
    let library = compile("gcc", "instructions", C);
    let library = library.to_str().expect("UTF-8 path");
    let mut text =
        String::from("# form, argument types, result type, argument's tag: instructions in the stub\n");
    for case in cases() {
        let Some(count) = instructions(library, &case) else {
            eprintln!("skipped: ptrace is not permitted here");
            return;
        };
        let Case { form, args, ret, values, .. } = case;
        let _ = writeln!(text, "{} {args} {ret} {}: {count}", form.name(), values[0].tag());
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/instructions/{ARCH}.txt"));
    if std::env::var_os("FFIJIT_BLESS").is_some() {
        std::fs::write(&file, &text).expect("the sources are writable");
    }
    let recorded = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(text, recorded, "FFIJIT_BLESS=1 records the new numbers, if they are meant");
}

#[test]
fn a_conversion_is_seen_to_leave_the_hot_path() {
    let _alone = ALONE.lock();
    let library = compile("gcc", "instructions_cold", C);
    let library = library.to_str().expect("UTF-8 path");
    let hot = instructions(library, &case(Form::Fixed, "f", "f", "f", vec![Obj::float(1.0)]));
    let cold = instructions(library, &case(Form::Fixed, "f", "f", "f", vec![Obj::int(1)]));
    assert!(hot.is_none() || cold.is_some() && cold != hot, "{hot:?} {cold:?}");
}

/// C's declarations in place of letters are the same stub, which a function of theirs finds by a jump.
#[test]
fn a_function_that_c_declares_is_the_same_stub() {
    let _alone = ALONE.lock();
    const TEXT: &str = "double ff(double x, double y);";
    let library = compile("gcc", "instructions_declared", C);
    let library = library.to_str().expect("UTF-8 path");
    let case = case(Form::Fixed, "ff", "ff", "f", vec![Obj::float(1.0), Obj::float(2.0)]);
    let given = [library, TEXT].map(|text| Obj::string(text.as_bytes()));
    let declared = call(&native("cdef"), &given).expect("it is C");
    let (names, functions) = declared.items()[0].dict_parts();
    let at = names.slice::<kapi::symbol::Symbol>().iter().position(|name| name.bytes() == b"ff");
    let f = functions.items()[at.expect("it is declared")].clone();
    let own = instructions(library, &case);
    assert_eq!(executed(&f, library, &case), own);
    assert!(own.is_none_or(|count| count > 0), "nothing was counted");
}

/// Instructions executed in the stub during one call; `None` where processes may not be traced.
fn instructions(library: &str, case: &Case) -> Option<usize> {
    let types = [case.args, case.ret].map(|t| Obj::string(t.as_bytes()));
    let native = native(case.form.name());
    let f = call(&native, &[spec(library, case.name), types[0].clone(), types[1].clone()]).expect("bound");
    executed(&f, library, case)
}

/// The same for a q function that calls this C function in some way.
fn executed(f: &Obj, library: &str, case: &Case) -> Option<usize> {
    // The first call fills what is filled once.
    call(f, &case.values).expect("a result");
    let stub = stub(library, case);
    steps::count(&stub, || call(f, &case.values).is_ok())
}

/// Where the stub lies: a binding that exists is found again.
fn stub(library: &str, case: &Case) -> Range<u64> {
    let prototype = Prototype::get(case.args.as_bytes(), case.ret.as_bytes()).expect("a good signature");
    let template = prototype.template(case.form).expect("compiled");
    let size = (template.size() - template.entry()) as u64;
    let name = Name { library: Some(library.into()), symbol: case.name.into() };
    let entry = Binding::get(name, prototype, case.form).expect("bound").entry() as u64;
    entry..entry + size
}
