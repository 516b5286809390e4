//! `.ffi.simd`: what glibc's vector variants give, in units in the last place, and that users' own are what they should be.

#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

#[path = "../support/mod.rs"]
mod support;

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use kapi::{Obj, tag};

use support::random::Random;
use support::values::raw;
use support::{call, callee, leaves_nothing, native, q, spec};

fn bound(what: &str, spec: &Obj, args: &str, ret: &str) -> Result<Obj, String> {
    call(&native(what), &[spec.clone(), Obj::string(args.as_bytes()), Obj::string(ret.as_bytes())])
}

/// A value to 50 digits: the nearest double, and what it is more.
struct Reference {
    function: String,
    arguments: Vec<f64>,
    near: f64,
    more: f64,
}

fn references() -> Vec<Reference> {
    let float = |hex: &str| f64::from_bits(u64::from_str_radix(hex, 16).expect("bits"));
    let read = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let [function, arguments @ .., digits, near, more] = &words[..] else { panic!("{line}") };
        // The digits are for readers, and so that nobody has to believe the rest.
        assert_eq!(digits.parse::<f64>().expect("a number"), float(near), "{line}");
        Reference {
            function: (*function).into(),
            arguments: arguments.iter().map(|hex| float(hex)).collect(),
            near: float(near),
            more: more.parse().expect("a number"),
        }
    };
    include_str!("reference.txt").lines().map(read).collect()
}

/// The distance of a number from its neighbour, among doubles or floats.
fn unit(x: f64, is_single: bool) -> f64 {
    let x = x.abs();
    let single = x as f32;
    if is_single { f64::from(single.next_up()) - f64::from(single) } else { x.next_up() - x }
}

/// Bounds that glibc promises (libmvec: 4 ulp for all functions).
const MOST: f64 = 4.0;

#[test]
fn glibc_s_variants_are_within_four_units_of_50_digits() {
    let all = references();
    let mut names: Vec<&str> = all.iter().map(|r| r.function.as_str()).collect();
    names.dedup();
    assert_eq!(names.len(), 10);
    for name in names {
        let own: Vec<&Reference> = all.iter().filter(|r| r.function == name).collect();
        let is_single = name.ends_with('f');
        let parameters = own[0].arguments.len();
        let letter = if is_single { "e" } else { "f" };
        let f = bound("simd", &spec("libm.so.6", name), &letter.repeat(parameters), letter).expect(name);
        let column = |i: usize| {
            let values: Vec<f64> = own.iter().map(|r| r.arguments[i]).collect();
            match is_single {
                true => Obj::from_slice(tag::KE, &values.iter().map(|&x| x as f32).collect::<Vec<_>>()),
                false => Obj::from_slice(tag::KF, &values),
            }
        };
        let results = call(&f, &(0..parameters).map(column).collect::<Vec<_>>()).expect(name);
        let results: Vec<f64> = match is_single {
            true => results.slice::<f32>().iter().map(|&x| x.into()).collect(),
            false => results.slice::<f64>().to_vec(),
        };
        let errors =
            own.iter().zip(&results).map(|(r, x)| ((x - r.near - r.more) / unit(r.near, is_single)).abs());
        let most = errors.fold(0.0, f64::max);
        println!("{name}: {most:.2} ulp");
        assert!(most <= MOST, "{name}: {most} ulp");
    }
}

const SOURCE: &str = r#"
#include <math.h>
#define VARIANTS _Pragma("omp declare simd notinbranch")
VARIANTS double line(double x) { return 3 * x + 1; }
VARIANTS float linef(float x) { return 3 * x + 1; }
VARIANTS double mixture(double x, double y) { return x * 3 - y; }
VARIANTS float mixturef(float x, float y) { return x * 3 - y; }
double plain(double x) { return x; }
"#;

fn library() -> &'static PathBuf {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        let (c, library) = (directory.join("variants.c"), directory.join("libvariants.so"));
        std::fs::write(&c, SOURCE).expect("the target directory is writable");
        // Contracted, a variant would round once where the function rounds twice.
        let options = ["-O2", "-fopenmp-simd", "-ffp-contract=off", "-shared", "-fPIC", "-o"];
        let status = Command::new("gcc").args(options).args([&library, &c]).status().expect("gcc runs");
        assert!(status.success());
        library
    })
}

/// A vector of this length, or an atom where `is_atom`.
fn column(random: &mut Random, letter: char, n: usize, is_atom: bool) -> Obj {
    let mut value = || (random.below(200_000) as f64 - 100_000.0) / 64.0;
    match (letter, is_atom) {
        ('f', true) => Obj::float(value()),
        ('e', true) => Obj::real(value() as f32),
        ('f', false) => Obj::from_slice(tag::KF, &(0..n).map(|_| value()).collect::<Vec<_>>()),
        _ => Obj::from_slice(tag::KE, &(0..n).map(|_| value() as f32).collect::<Vec<_>>()),
    }
}

#[test]
fn users_variants_give_what_the_functions_give() {
    let mut random = Random::new(5);
    for (name, args) in [("line", "f"), ("linef", "e"), ("mixture", "ff"), ("mixturef", "ee")] {
        let letter = args.chars().next().expect("a letter");
        let [simd, atomic] = ["simd", "atomic"]
            .map(|what| bound(what, &callee(library(), name), args, &letter.to_string()).expect(name));
        let seed = random.bits();
        leaves_nothing(|| {
            let mut random = Random::new(seed);
            for n in (0..70).chain([1000, 1001]) {
                for atoms in 0..1 << args.len() {
                    let args: Vec<Obj> = (0..args.len())
                        .map(|i| column(&mut random, letter, n, atoms >> i & 1 == 1))
                        .collect();
                    let [ours, wanted] = [&simd, &atomic].map(|f| raw(&call(f, &args).expect(name)));
                    assert_eq!(ours, wanted, "{name} {n} {atoms}");
                }
            }
        });
    }
}

#[test]
fn every_element_takes_the_same_variant() {
    let exp = bound("simd", &spec("libm.so.6", "exp"), "f", "f").expect("libmvec");
    let sin = bound("simd", &spec("libm.so.6", "sin"), "f", "f").expect("libmvec");
    let mut random = Random::new(6);
    for f in [exp, sin] {
        let x = column(&mut random, 'f', 37, false);
        let x = Obj::from_slice(tag::KF, &x.slice::<f64>().iter().map(|x| x / 100.0).collect::<Vec<_>>());
        let all = call(&f, std::slice::from_ref(&x)).expect("a vector");
        for i in 0..37 {
            assert_eq!(raw(&call(&f, &[x.index(i)]).expect("an atom")), raw(&all.index(i)));
        }
    }
}

/// Arguments of `.ffi.simd` of libm's `pow`: what comes, as q writes it.
const RULES: &[(&str, &str)] = &[
    ("(2f;3f)", "8f"),
    ("(2;3i)", "8f"),
    ("(2 3;2)", "4 9f"),
    ("(2e;1 2h)", "2 4f"),
    ("((2 3f;4f);2f)", "(4 9f;16f)"),
    ("(`a`b!2 3f;2f)", "`a`b!4 9f"),
    ("(0#0f;2f)", "0#0f"),
    ("(0n 1f;2f)", "0n 1"),
];

/// The same for errors.
const ERRORS: &[(&str, &str)] = &[
    ("(1 2f;1 2 3f)", "length: pow: 2 and 3 items"),
    ("(`a;1f)", "type: pow[0]: f wants float, got symbol"),
    ("(1f;`a`b)", "type: pow[1]: f wants float, got symbol vector"),
    ("((1f;`a);1f)", "type: pow[0]: f wants float, got symbol"),
];

#[test]
fn they_conform_as_atomic_functions_do() {
    let pow = bound("simd", &spec("libm.so.6", "pow"), "ff", "f").expect("libmvec");
    leaves_nothing(|| {
        for (given, wanted) in RULES {
            assert_eq!(
                call(&pow, &support::items(&q(given))).map(|x| raw(&x)),
                Ok(raw(&q(wanted))),
                "{given}"
            );
        }
        for (given, text) in ERRORS {
            assert_eq!(call(&pow, &support::items(&q(given))).unwrap_err(), *text, "{given}");
        }
    });
}

#[test]
fn what_has_no_variant_is_refused() {
    const TYPES: &str = "nyi: simd functions but of one or two f to f, or e to e";
    let rows = [
        (spec("libm.so.6", "pow"), "fff", "f", TYPES),
        (spec("libm.so.6", "exp"), "f", "e", TYPES),
        (spec("libm.so.6", "exp"), "j", "j", TYPES),
        (spec("libm.so.6", "exp"), "", "f", TYPES),
        (spec("libm.so.6", "frexp"), "f&i", "f", TYPES),
        (q("1000000"), "f", "f", "domain: 0xf4240 is no address of a function"),
        (spec("libm.so.6", "nope"), "f", "f", "sym: nope not found in libm.so.6"),
    ];
    for (spec, args, ret, text) in rows {
        leaves_nothing(|| assert_eq!(bound("simd", &spec, args, ret).unwrap_err(), text));
    }
    for spec in [spec("libm.so.6", "fabs"), callee(library(), "plain")] {
        let text = bound("simd", &spec, "f", "f").unwrap_err();
        assert!(text.contains("has no vector variants, such as _ZGV"), "{text}");
    }
    let address = call(&native("address"), &[callee(library(), "line")]).expect("a function");
    let text = bound("simd", &address, "f", "f").unwrap_err();
    assert_eq!(text, "nyi: simd: variants are found by a name, not by an address");
}
