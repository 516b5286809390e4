//! `o`: `long double` as C has it, which q holds as a float.

use std::path::Path;

use ffijit::library::{self, Name};
use ffijit::marshal::long_double::Format;
use ffijit::signature::parse_members;
use kapi::Obj;

use crate::support::bound::Bound;
use crate::support::random::Random;
use crate::support::structs::pack;
use crate::support::values::raw;
use crate::support::{Callees, call, callee, leaves_nothing, native, q, string};

static CALLEES: Callees = Callees::new("long_double", include_str!("../c/long_double.c"));

fn bind(library: &Path, name: &str, args: &str, ret: &str) -> Bound {
    Bound::new(library, name, args, ret)
}

fn is(bound: &Bound, args: &str, wanted: &str) {
    let args = q(args);
    let args: Vec<Obj> = crate::support::items(&args);
    assert_eq!(bound.call(&args).map(|x| raw(&x)), Ok(raw(&q(wanted))), "{args:?}");
}

fn address(library: &Path, symbol: &str) -> *const u8 {
    let name = Name { library: library.to_str().map(Into::into), symbol: symbol.into() };
    library::address(&name).expect(symbol)
}

#[test]
fn sizes_and_offsets_are_c_s() {
    for library in CALLEES.libraries() {
        let layout = address(library, "layout").cast::<u32>();
        // SAFETY: the array has twelve numbers.
        let wanted = unsafe { std::slice::from_raw_parts(layout, 12) };
        let of = |text: &str| parse_members(text.as_bytes()).expect(text);
        let (holds, beside, packed) = (of("coe2o"), of("jo"), of("!co"));
        let ours = [
            of("o").size,
            of("o").align,
            of("{o}").size,
            holds.size,
            holds.members[1].offset,
            holds.members[2].offset,
            holds.members[3].offset,
            beside.size,
            beside.members[1].offset,
            packed.size,
            packed.members[1].offset,
            of("|o2j").size,
        ];
        assert_eq!(wanted, ours.map(|n| n as u32));
    }
}

#[test]
fn values_pass_both_ways() {
    leaves_nothing(|| {
        for library in CALLEES.libraries() {
            let same = bind(library, "same", "o", "o");
            for x in [
                "0f",
                "-0f",
                "1.5",
                "0n",
                "0w",
                "-0w",
                "5e-324",
                "-2.2250738585072009e-308",
                "1.7976931348623157e308",
            ] {
                is(&same, &format!("enlist {x}"), x);
            }
            for (x, wanted) in [("2.5e", "2.5"), ("0Ne", "0n"), ("0We", "0w"), ("1b", "1f"), ("0x05", "5f")] {
                is(&same, &format!("enlist {x}"), wanted);
            }
            for (x, wanted) in
                [("-3h", "-3f"), ("0Ni", "0n"), ("0W", "0w"), ("9007199254740992", "9007199254740992f")]
            {
                is(&same, &format!("enlist {x}"), wanted);
            }
            is(&bind(library, "narrowed", "o", "f"), "enlist -0.1", "-0.1");
            is(&bind(library, "third", "i", "o"), "enlist 1i", "1%3");
            is(&bind(library, "sum", "iofoejoaoo", "o"), "(1i;2f;3f;4f;5e;6;7f;8h;9f;0.25)", "765450.25");
            let variadic = bind(library, "variadic", "i...iofiof", "o");
            is(&variadic, "(2i;3i;1.5;0.25;-2i;0.5;8f)", "11.75");
            if cfg!(not(any(windows, target_vendor = "apple"))) {
                // More digits than a double has pass through C.
                is(&bind(library, "beyond", "o", "o"), "enlist 1f", "2 xexp -60");
            }
        }
    });
}

#[test]
fn structs_hold_them() {
    leaves_nothing(|| {
        for library in CALLEES.libraries() {
            is(&bind(library, "half", "{o}", "{o}"), "enlist enlist 5f", "enlist 2.5");
            is(&bind(library, "half", "{o}", "{o}"), "enlist enlist 3", "enlist 1.5");
            let next = bind(library, "next", "{coe2o}i", "{coe2o}");
            is(&next, "((\"a\";1.5;2e;3 0n);2i)", "(\"b\";3.5;4e;0n 3.5)");
            is(&bind(library, "swapped", "{jo}", "{jo}"), "enlist (3;4f)", "(4;3f)");
            let table = pack("io", &q("([] a:1 2i; b:1.5 0n)")).unwrap();
            let columns = call(&native("columns"), &[table.clone(), string("io"), Obj::long(2)]).unwrap();
            assert_eq!(raw(&columns), raw(&q("(1 2i;1.5 0n)")));
            let peeked =
                call(&native("peek"), &[pack("3o", &q("enlist 1 2 3f")).unwrap(), string("o"), Obj::long(3)]);
            assert_eq!(raw(&peeked.unwrap()), raw(&q("1 2 3f")));
            let spec = Obj::list(vec![Obj::char(b'o'), callee(library, "global")]);
            assert_eq!(raw(&call(&native("cvar"), &[spec]).unwrap()), raw(&q("2.5")));
        }
    });
}

#[test]
fn c_fills_structs_of_them_by_pointer() {
    leaves_nothing(|| {
        for library in CALLEES.libraries() {
            let memory = |n: i64| call(&native("malloc"), &[Obj::long(n)]).unwrap();
            let (h, p, u) = (memory(96), memory(32), memory(16));
            let fill = bind(library, "fill", "rrr", " ");
            fill.call(&[h.clone(), p.clone(), u.clone()]).unwrap();
            let read = |at: &Obj, types: &str| {
                call(&native("deref"), &[at.clone(), string(types), Obj::long(0)]).unwrap()
            };
            assert_eq!(raw(&read(&h, "coe2o")), raw(&q("(\"a\";1.5;2.5e;3.5 4.5)")));
            assert_eq!(raw(&read(&p, "!co")), raw(&q("(\"b\";5.5)")));
            assert_eq!(raw(&read(&u, "|o{jj}").items()[0]), raw(&q("1f")));
        }
    });
}

#[test]
fn pointers_to_them_take_floats() {
    leaves_nothing(|| {
        for library in CALLEES.libraries() {
            let scale = bind(library, "scale", "Oi", " ");
            let make = || vec![q("1.5 0n -0w 5e-324"), Obj::int(4)];
            scale.each(&make, &mut |form, args, outcome| {
                assert_eq!(outcome, Ok(Obj::null()), "{form}");
                assert_eq!(raw(&args[0]), raw(&q("3 0n -0w 1e-323")), "{form}");
            });
            let first = bind(library, "first", "O", "o");
            for (x, wanted) in [("2.5", "2.5"), ("3", "3f"), ("(::)", "-1f"), ("4.5 1", "4.5")] {
                is(&first, &format!("enlist {x}"), wanted);
            }
            let pointer = bind(library, "pointer", "i", "O");
            is(&pointer, "enlist 2i", "3.5");
            is(&pointer, "enlist 5i", "0n");
        }
    });
}

#[test]
fn c_fills_them_and_what_holds_them() {
    leaves_nothing(|| {
        for library in CALLEES.libraries() {
            let both = bind(library, "both", "&oi&{!co}&{|jx}", "i");
            is(&both, "enlist 7i", "(7i;3.5;(\"c\";7f);(5;0x05))");
        }
    });
}

#[test]
fn callbacks_take_and_return_them() {
    let specification = |f: &str, args: &str, ret: &str| Obj::list(vec![q(f), string(args), string(ret)]);
    leaves_nothing(|| {
        for library in CALLEES.libraries() {
            let through = bind(library, "through", "koo", "o");
            let f = specification("{[a;i;b] (a*i)-b}", "oio", "o");
            assert_eq!(raw(&through.call(&[f, q("1.5"), q("0.25")]).unwrap()), raw(&q("10.25")));
            let kept = specification("{[a;i;b] b}", "oio", "o");
            assert_eq!(raw(&through.call(&[kept.clone(), q("1.5"), q("0n")]).unwrap()), raw(&q("0n")));
            assert_eq!(raw(&through.call(&[kept, q("1.5"), q("-0w")]).unwrap()), raw(&q("-0w")));
            let converted = specification("{[a;i;b] i}", "oio", "o");
            assert_eq!(raw(&through.call(&[converted, q("0f"), q("0f")]).unwrap()), raw(&q("7f")));
            let error = specification("{[a;i;b] '\"no\"}", "oio", "o");
            assert_eq!(through.call(&[error, q("0f"), q("0f")]).unwrap_err(), "no");
            let wrong = specification("{[a;i;b] `b}", "oio", "o");
            assert_eq!(
                through.call(&[wrong, q("0f"), q("0f")]).unwrap_err(),
                "type: callback: o wants float, got symbol"
            );
            let structs = bind(library, "through_struct", "k{coe2o}", "{coe2o}");
            let f = specification("{[h;x] @[h;1;+;x]}", "{coe2o}o", "{coe2o}");
            let result = structs.call(&[f, q("(\"a\";1.5;2.5e;3.5 4.5)")]).unwrap();
            assert_eq!(raw(&result), raw(&q("(\"a\";4.5;2.5e;3.5 4.5)")));
            let pointers = bind(library, "through_pointer", "ko", "f");
            let f = specification("{2*x}", "O", "f");
            assert_eq!(raw(&pointers.call(&[f, q("1.25")]).unwrap()), raw(&q("2.5")));
        }
    });
}

#[test]
fn what_is_no_number_is_refused() {
    leaves_nothing(|| {
        for library in CALLEES.libraries() {
            let same = bind(library, "same", "o", "o");
            for (x, text) in [
                ("`a", "type: same[0]: o wants float, got symbol"),
                ("1 2f", "type: same[0]: o wants float, got float vector"),
                ("::", "type: same[0]: o wants float, got ::"),
                ("9007199254740993", "range: same[0]: 9007199254740993 does not fit o"),
                ("2000.01.01T00", "type: same[0]: o wants float, got datetime"),
            ] {
                assert_eq!(same.call(&[q(x)]).unwrap_err(), text);
            }
            let first = bind(library, "first", "O", "o");
            for (x, text) in [
                ("1 2", "type: first[0]: O wants float vector, got long vector"),
                ("`a", "type: first[0]: O wants float vector, got symbol"),
                ("(1f;`a)", "type: first[0]: O wants float vector, got list"),
            ] {
                assert_eq!(first.call(&[q(x)]).unwrap_err(), text);
            }
            // Where it is a double it goes wherever one does.
            if cfg!(windows) {
                continue;
            }
            let atomic = call(&native("atomic"), &[callee(library, "same"), string("o"), string("o")]);
            let unpackable = pack("O", &q("enlist 1 2f")).unwrap_err();
            assert!(
                unpackable.starts_with("type: pack: v[0]: O wants what outlives the call"),
                "{unpackable}"
            );
            if Format::HOST == Format::X87 {
                assert!(atomic.unwrap_err().starts_with("nyi: "));
            }
            let union = native("fn");
            let union = call(&union, &[callee(library, "same"), string("{|oj}"), string("o")]);
            let union = union.and_then(|f| call(&f, &[q("0 1")]));
            assert_eq!(union.unwrap_err(), "nyi: libffi: {|oj} by value");
        }
    });
}

/// Doubles of every kind, many of them at the edges.
fn doubles(random: &mut Random) -> Vec<f64> {
    let edges = [
        0_u64,
        1,
        2,
        0x000f_ffff_ffff_ffff,
        0x0010_0000_0000_0000,
        0x7fef_ffff_ffff_ffff,
        0x7ff0_0000_0000_0000,
    ];
    let edges = edges.into_iter().flat_map(|bits| [bits, bits | 1 << 63]);
    let subnormal = (0..500_u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (12 + i % 52));
    let all = edges.chain(subnormal).chain((0..20_000).map(|_| random.bits()));
    // What a signalling NaN becomes is the processor's choice.
    all.map(f64::from_bits).filter(|x| !x.is_nan()).collect()
}

/// Numbers of 15 bits of exponent, most of them about as large as doubles, with ends that rounding looks at.
fn wide(random: &mut Random, format: Format) -> Vec<[u8; 16]> {
    let one = |_| {
        let exponent = match random.below(4) {
            0 => random.bits() & 0x7ffe,
            1 => 16383 - 1080 + random.bits() % 70,
            2 => 16383 + 1020 + random.bits() % 8,
            _ => 16383 - 1000 + random.bits() % 2000,
        };
        let ones = u128::MAX << random.below(120);
        let noise = u128::from(random.bits()) << 64 | u128::from(random.bits());
        let fraction = [noise, ones, ones ^ u128::MAX, noise & ones, 1 << random.below(127)][random.below(5)];
        let head = u128::from(exponent | random.bits() & 0x8000);
        let bits = match format {
            Format::X87 => {
                head << 64 | (fraction & u128::from(u64::MAX >> 1)) | u128::from(exponent != 0) << 63
            }
            Format::Quad => head << 112 | fraction >> 16,
        };
        bits.to_le_bytes()
    };
    (0..100_000).map(one).collect()
}

#[repr(align(16))]
#[derive(Clone, Copy)]
struct Wide([u8; 16]);

fn agree(library: &Path, widen: &str, narrow: &str, format: Format) {
    type Widen = unsafe extern "C" fn(*const f64, *mut Wide, i32);
    type Narrow = unsafe extern "C" fn(*const Wide, *mut f64, i32);
    let mut random = Random::new(3);
    let doubles = doubles(&mut random);
    let mut wider = vec![Wide([0; 16]); doubles.len()];
    // SAFETY: the functions are of these types, and the arrays as long as they are told.
    unsafe {
        let widen = std::mem::transmute::<*const u8, Widen>(address(library, widen));
        widen(doubles.as_ptr(), wider.as_mut_ptr(), doubles.len() as i32);
    }
    // x87 leaves the padding as it was.
    let used = if format == Format::X87 { 10 } else { 16 };
    for (x, wide) in doubles.iter().zip(&wider) {
        assert_eq!(format.from_f64(*x)[..used], wide.0[..used], "{format:?} {x:e}");
    }
    let wide: Vec<Wide> = wide(&mut random, format).into_iter().map(Wide).collect();
    let mut narrowed = vec![0.; wide.len()];
    // SAFETY: as above.
    unsafe {
        let narrow = std::mem::transmute::<*const u8, Narrow>(address(library, narrow));
        narrow(wide.as_ptr(), narrowed.as_mut_ptr(), wide.len() as i32);
    }
    for (wide, wanted) in wide.iter().zip(&narrowed) {
        assert_eq!(format.to_f64(wide.0).to_bits(), wanted.to_bits(), "{format:?} {:x?} {wanted:e}", wide.0);
    }
    let kinds = [
        narrowed.iter().filter(|x| x.is_infinite()).count(),
        narrowed.iter().filter(|x| x.is_subnormal()).count(),
    ];
    assert!(kinds.iter().all(|&n| n > 1000), "{kinds:?}");
}

#[test]
#[cfg(not(any(windows, target_vendor = "apple")))]
fn conversions_are_those_of_the_compiler() {
    for library in CALLEES.libraries() {
        agree(library, "widen", "narrow", Format::HOST);
        if cfg!(target_arch = "x86_64") {
            agree(library, "widen_quad", "narrow_quad", Format::Quad);
        }
    }
}
