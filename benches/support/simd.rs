//! The ways to apply a function of libm to a vector: by the vector variants of 512 and of 256 bits, and one by one.

use ffijit::call::vector::{self, Operand, Variant};
use ffijit::library::{self, Name};
use kapi::K;

use super::host::{Api, Function, Host, tag};
use super::timing::Way;

/// What is applied.
pub const ROWS: [&str; 3] = ["exp", "sin", "log"];
const LENGTH: usize = 1_000;

const LOOP_512: &str = "C loop, 512 bits";
const SIMD: &str = "simd";
const LOOP_256: &str = "C loop, 256 bits";
const SIMD_256: &str = "simd, 256 bits";
const ATOMIC: &str = "atomic";

/// The name of a row.
pub fn label(name: &str) -> String {
    format!("{name}, {LENGTH} elements")
}

/// The ways that this processor can go. A piece of work is one element.
pub fn ways(host: &Host, name: &'static str) -> Vec<Way> {
    let values: Vec<f64> = (0..LENGTH).map(|i| 0.01 + i as f64 / 100.0).collect();
    let vector = host.k.vector(tag::FLOAT, &values);
    let way = |way: &'static str, f: Box<dyn Fn(K) -> K>| way_of(host, name, way, vector, f);
    let mut ways = Vec::new();
    if is_x86_feature_detected!("avx512f") {
        ways.push(way(LOOP_512, unary(host.symbol(&format!("v_8_{name}")))));
        ways.push(way(SIMD, unary(stub(host, "simd", name))).against(LOOP_512));
    }
    if is_x86_feature_detected!("avx2") {
        ways.push(way(LOOP_256, unary(host.symbol(&format!("v_4_{name}")))));
        let variant = variant(name);
        ways.push(way(SIMD_256, Box::new(move |x| apply(variant, x))).against(LOOP_256));
        ways.push(way(ATOMIC, unary(stub(host, "atomic", name))).against(SIMD_256));
    }
    ways
}

fn stub(host: &Host, native: &str, name: &str) -> Function {
    host.stub_of(native, "libm.so.6", name, "f", "f")
}

/// That of 256 bits, which is not the one that is taken where there is a wider one.
fn variant(name: &str) -> Variant {
    let all = vector::variants(name, 1, size_of::<f64>());
    let (symbol, of) = all.into_iter().find(|(symbol, _)| symbol.starts_with("_ZGVdN4")).expect("AVX2");
    let name = Name { library: Some("libmvec.so.1".into()), symbol: symbol.as_str().into() };
    of(library::function(&name).expect("glibc has it"))
}

/// As the binding of `.ffi.simd` does it.
fn apply(variant: Variant, x: K) -> K {
    let result = ffijit::k::Owned::unwritten(tag::FLOAT, LENGTH).expect("memory");
    let first = x.cast::<u8>().wrapping_add(ffijit::k::DATA as usize).cast_const();
    let operands = [Operand { first, is_atom: false }];
    // SAFETY: the variant is of one float, and both vectors have as many elements.
    unsafe { variant.apply(result.get().data(), LENGTH, size_of::<f64>(), &operands) };
    result.into_raw().cast()
}

fn unary(f: Function) -> Box<dyn Fn(K) -> K> {
    // SAFETY: it is a stub or glue of one K.
    let f: unsafe extern "C" fn(K) -> K = unsafe { std::mem::transmute(f) };
    // SAFETY: as above.
    Box::new(move |x| unsafe { f(x) })
}

fn way_of(host: &Host, name: &str, way: &'static str, vector: K, f: Box<dyn Fn(K) -> K>) -> Way {
    let answer = f(vector);
    assert!(!answer.is_null() && Api::tag(answer) == tag::FLOAT, "{way} signals an error");
    let of = |x: f64| match name {
        "exp" => x.exp(),
        "sin" => x.sin(),
        _ => x.ln(),
    };
    // SAFETY: these are vectors of as many floats.
    let (results, values) = unsafe { (Api::slice::<f64>(answer), Api::slice::<f64>(vector)) };
    let is_near = |(result, &x): (&f64, &f64)| (result - of(x)).abs() <= 1e-14 * (1.0 + of(x).abs());
    assert!(results.len() == LENGTH && results.iter().zip(values).all(is_near), "{way}: wrong answer");
    host.way(way, move || f(vector)).in_pieces(LENGTH)
}
