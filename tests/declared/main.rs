//! Random functions, bound from the C that declares them: structs, arrays, pointers, callbacks, what C fills. What C sees
//! and gives is what Rust expects.

mod functions;
#[path = "../support/mod.rs"]
mod support;
mod types;

use ffijit::library::{self, Name};
use kapi::{Obj, tag};

use functions::{Expected, Function};
use support::random::Random;
use support::{call, compile, items, native, q, with_compiler};
use types::{PREAMBLE, Structs};

const STRUCTS: usize = 24;

/// A C function with what calling it should do.
struct Case {
    function: Function,
    expected: Expected,
}

/// Cases, the declarations that q reads, and the C that is compiled.
fn cases(seed: u64, count: usize) -> (Vec<Case>, String, String) {
    let mut random = Random::new(seed);
    let structs = Structs::random(&mut random, STRUCTS);
    let (mut declarations, mut definitions) = (structs.c(), PREAMBLE.to_string() + &structs.c());
    let cases = (0..count).map(|i| {
        let function = Function::random(&mut random, &structs, i);
        let (definition, expected) = function.define(&mut random, &structs);
        declarations += &format!("{};\n", function.prototype());
        definitions += &definition;
        Case { function, expected }
    });
    let cases = cases.collect();
    (cases, declarations, definitions)
}

/// Demands equality item by item: q makes tables of lists of dictionaries, which C's results are not.
fn same(got: &Obj, want: &Obj, context: &str) {
    if want.tag() == tag::XD {
        assert_eq!(got.tag(), tag::XD, "{context}: {got:?} for {want:?}");
        let ((names, values), (wanted, right)) = (got.dict_parts(), want.dict_parts());
        assert_eq!(names, wanted, "{context}");
        return (0..names.len()).for_each(|i| same(&values.index(i), &right.index(i), context));
    }
    if want.tag() != got.tag() || want.tag() == tag::XT || want.tag() == tag::LIST {
        assert_eq!(got.len(), want.len(), "{context}: {got:?} for {want:?}");
        return (0..want.len()).for_each(|i| same(&got.index(i), &want.index(i), context));
    }
    assert_eq!(got, want, "{context}");
}

impl Case {
    fn check(&self, f: &Obj, seen: *const u64) {
        let Expected { args, results, called, hash } = &self.expected;
        q("called:()");
        let given: Vec<Obj> = args.iter().map(|text| q(text)).collect();
        let context = format!("{} of {args:?}", self.function.prototype());
        let given = match given.len() {
            0 => vec![Obj::null()],
            9.. => vec![Obj::list(vec![Obj::list([given, vec![Obj::null()]].concat())])],
            _ => given,
        };
        let got = call(f, &given).unwrap_or_else(|e| panic!("{context}: {e}"));
        // SAFETY: the library has the variable.
        assert_eq!(unsafe { seen.read() }, *hash, "what C has seen in {context}");
        match &results[..] {
            [] => assert_eq!(got, Obj::null(), "{context}"),
            [one] => same(&got, &q(one), &context),
            many => {
                assert_eq!(got.len(), many.len(), "{context}");
                items(&got).iter().zip(many).for_each(|(got, want)| same(got, &q(want), &context));
            }
        }
        let heard = q("called");
        assert_eq!(heard.len(), called.len(), "callbacks of {context}");
        called.iter().enumerate().for_each(|(i, want)| same(&heard.index(i), &q(want), &context));
    }
}

/// The functions of one seed through the C of one compiler.
fn run(compiler: &str, seed: u64, count: usize) {
    let (cases, declarations, definitions) = cases(seed, count);
    let library = compile(compiler, &format!("declared_{compiler}_{seed}"), &definitions);
    let path = library.to_str().expect("UTF-8");
    let read = call(&native("cdef"), &[Obj::symbol(path), Obj::string(declarations.as_bytes())]);
    let read = read.expect("declarations");
    let (names, functions) = read.items()[0].dict_parts();
    let names = names.slice::<kapi::Symbol>();
    let seen = Name { library: Some(path.into()), symbol: "seen".into() };
    let seen = library::address(&seen).expect("a variable").cast::<u64>();
    for case in &cases {
        let at = names.iter().position(|name| name.as_str() == case.function.name()).expect("declared");
        let f = functions.items()[at].clone();
        // The second call is that of the stub itself.
        case.check(&f, seen);
        case.check(&f, seen);
    }
}

#[test]
fn by_gcc() {
    with_compiler("gcc", |compiler| run(compiler, 1, 125));
}

#[test]
fn by_clang() {
    with_compiler("clang", |compiler| run(compiler, 2, 125));
}

#[test]
#[ignore = "a thousand functions by each compiler take a minute"]
fn a_thousand_by_both() {
    for compiler in ["gcc", "clang"] {
        with_compiler(compiler, |compiler| run(compiler, 3, 1000));
    }
}
