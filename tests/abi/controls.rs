//! Negative controls: the same programs with one rule broken must fail, or they would prove nothing.

use std::sync::Arc;

use ffijit::abi::{Abi, Argument, Extension, Passing, Piece, Returned, Slot};
use ffijit::ctype::Repr;
use ffijit::k::tag;
use ffijit::plan::{Load, Plans, Route, Unbox};

use crate::emit::Stubs;
use crate::route;
use crate::signatures::Case;

/// Plans with each narrow argument's extension as `how` makes it.
fn extending(case: &Case, abi: Abi, how: impl Fn(Repr) -> Option<Extension>) -> Plans {
    // Loops have plans of their own, by which they would be right.
    let mut plans = Plans { atomic: None, ..Plans::new(&case.signature, abi) };
    for param in &mut plans.call.params {
        if let Unbox::Payload { load, .. } = param {
            load.extend = how(load.repr);
        }
    }
    plans
}

/// Signatures in which every rule that is broken here shows. The conformance runs begin with them, so that they are
/// known to be right otherwise.
pub fn telling() -> Vec<Case> {
    let all = [
        ("cccccccccccc", "c"),
        ("hhhhhhhhhhhhh", "j"),
        ("bxchibxchibxchi", "h"),
        ("ifjehfxj", "f"),
        ("eeeeeeeeeeeef", "e"),
        ("sGjKf", "s"),
        ("rrrr", "r"),
        ("rf", "j"),
        ("CsC", "j"),
        ("Ss", "i"),
        ("{ff}", " "),
        ("{eeee}", "i"),
        ("{f}", "f"),
        ("", "{ff}"),
        ("j", "{ee}"),
        ("i", "{f}"),
        ("{ii}", " "),
        ("{e}", "i"),
        ("{hh}", "f"),
        ("{jjj}", "j"),
        ("{jjj}", " "),
        ("{!ci}", "i"),
        ("{!ci}", "f"),
        ("{|jf}", "i"),
        ("{|jf}", "f"),
        ("i...ff", "i"),
        ("s...f", " "),
        ("j...ifjf", "f"),
        ("ayw", "w"),
        ("yaw", "a"),
        ("{ayw}", "{yw}"),
        ("f&i&f", "i"),
        ("w&y&a", "w"),
        ("&r", " "),
        ("j...&hi&e", "y"),
    ];
    all.iter().map(|(args, ret)| Case::new(args, ret)).collect()
}

/// The telling signatures of which this holds.
fn those(is_one: impl Fn(&str, &str) -> bool) -> Vec<Case> {
    let mut cases = telling();
    cases.retain(|case| is_one(&case.args, &case.ret));
    assert!(cases.len() > 1);
    cases
}

/// Runs what `plan` makes of these signatures on a route, and demands that it fails.
fn fails(route: &str, name: &str, cases: &[Case], plan: impl Fn(&Case) -> Plans) {
    let Some(route) = route::installed(route) else { return };
    let outcome = crate::run(route, name, cases, 20, plan);
    assert!(outcome.failed > 0, "{}: nobody notices {name}: {}", route.name, outcome.text);
}

/// Plans by another convention than the route's: first q's calls of C, then C's of q.
fn fails_by(route: &str, other: Abi) {
    let own = route::named(route).target.abi;
    let plain = those(|args, ret| !format!("{args}{ret}").contains(['{', '.']));
    fails(route, "calls", &plain, |case| Plans { callback: None, ..Plans::new(&case.signature, other) });
    fails(route, "callbacks", &plain, |case| {
        let callback = Plans::new(&case.signature, other).callback;
        Plans { callback, ..Plans::new(&case.signature, own) }
    });
}

#[test]
fn system_v_is_not_microsofts_convention() {
    fails_by("sysv-gcc", Abi::Windows);
    fails_by("sysv-clang", Abi::Windows);
}

#[test]
fn microsofts_convention_is_not_system_v() {
    fails_by("ms-gcc", Abi::SystemV);
    fails_by("ms-clang", Abi::SystemV);
    fails_by("wine-gcc", Abi::SystemV);
}

#[test]
fn aapcs64_is_not_apples_convention() {
    fails_by("aarch64-gcc", Abi::Apple);
    fails_by("aarch64-clang", Abi::Apple);
}

#[test]
fn apples_convention_is_not_aapcs64() {
    fails_by("apple-clang", Abi::Aapcs64);
}

#[test]
fn narrow_arguments_must_be_extended_where_callees_trust_that() {
    for (route, abi) in [("sysv-clang", Abi::SystemV), ("apple-clang", Abi::Apple)] {
        fails(route, "extension", &telling(), |case| extending(case, abi, |_| None));
    }
}

#[test]
fn apples_narrow_arguments_must_not_be_extended_on_the_stack() {
    fails("apple-clang", "stack", &telling(), |case| {
        extending(case, Abi::Apple, |repr| Abi::Apple.extension(repr))
    });
}

/// Plans whose only argument, a struct, and whose result are passed as `how` makes it.
fn passing(case: &Case, abi: Abi, how: impl Fn(&mut Passing)) -> Plans {
    let mut plans = Plans { callback: None, ..Plans::new(&case.signature, abi) };
    // Stubs that take structs apart are planned for the places that these really have.
    plans.call.route = Route::Invoker;
    let passing = plans.call.passing.as_mut().expect("small structs");
    how(Arc::make_mut(passing));
    plans
}

/// Moves the pieces of structs from floating-point registers to integer registers.
fn to_integers(pieces: &mut [Piece]) {
    for piece in pieces {
        if let Slot::Float(n) = piece.to {
            piece.to = Slot::Integer(n);
        }
    }
}

const ROUTES_WITH_FLOATS: [(&str, Abi); 5] = [
    ("sysv-gcc", Abi::SystemV),
    ("sysv-clang", Abi::SystemV),
    ("aarch64-gcc", Abi::Aapcs64),
    ("aarch64-clang", Abi::Aapcs64),
    ("apple-clang", Abi::Apple),
];

#[test]
fn structs_of_floats_have_floating_point_registers() {
    let cases = those(|args, _| ["{ff}", "{eeee}", "{f}"].contains(&args));
    for (route, abi) in ROUTES_WITH_FLOATS {
        fails(route, "arguments", &cases, |case| {
            passing(case, abi, |p| {
                if let Argument::Pieces(pieces) = &mut p.args[0] {
                    to_integers(pieces);
                }
            })
        });
    }
}

#[test]
fn results_that_are_structs_of_floats_have_floating_point_registers() {
    let cases = those(|_, ret| ret.starts_with('{'));
    for (route, abi) in ROUTES_WITH_FLOATS {
        fails(route, "results", &cases, |case| {
            passing(case, abi, |p| {
                if let Returned::Pieces(pieces) = &mut p.result {
                    to_integers(pieces);
                }
            })
        });
    }
}

#[test]
fn microsofts_small_structs_are_no_addresses() {
    let cases = those(|args, _| ["{ii}", "{e}", "{hh}"].contains(&args));
    for route in ["ms-gcc", "ms-clang"] {
        fails(route, "addresses", &cases, |case| {
            passing(case, Abi::Windows, |p| p.args[0] = Argument::Copy { to: Slot::Integer(0) })
        });
    }
}

#[test]
fn structs_with_members_that_are_not_aligned_have_no_registers() {
    let cases = those(|args, _| args == "{!ci}");
    for route in ["sysv-gcc", "sysv-clang"] {
        fails(route, "unaligned", &cases, |case| {
            passing(case, Abi::SystemV, |p| {
                p.args[0] = Argument::Pieces(vec![Piece { offset: 0, size: 5, to: Slot::Integer(0) }])
            })
        });
    }
}

#[test]
fn unions_of_floats_and_integers_have_integer_registers() {
    let cases = those(|args, _| args == "{|jf}");
    for (route, abi) in ROUTES_WITH_FLOATS {
        fails(route, "unions", &cases, |case| {
            passing(case, abi, |p| {
                p.args[0] = Argument::Pieces(vec![Piece { offset: 0, size: 8, to: Slot::Float(0) }])
            })
        });
    }
}

#[test]
fn large_structs_have_the_place_that_the_convention_gives_them() {
    let whole = |start: fn(usize) -> Slot| {
        move |p: &mut Passing| {
            let piece = |i: usize| Piece { offset: 8 * i, size: 8, to: start(i) };
            p.args[0] = Argument::Pieces((0..3).map(piece).collect());
        }
    };
    let cases = those(|args, _| args == "{jjj}");
    for (route, abi) in [("aarch64-gcc", Abi::Aapcs64), ("apple-clang", Abi::Apple), ("ms-gcc", Abi::Windows)]
    {
        fails(route, "registers", &cases, |case| passing(case, abi, whole(Slot::Integer)));
    }
    for route in ["sysv-gcc", "sysv-clang"] {
        fails(route, "address", &cases, |case| {
            passing(case, Abi::SystemV, |p| p.args[0] = Argument::Copy { to: Slot::Integer(0) })
        });
    }
}

#[test]
fn variable_arguments_are_counted_under_system_v() {
    let cases = those(|args, _| args.contains("..."));
    for route in ["sysv-gcc", "sysv-clang"] {
        let Some(route) = route::installed(route) else { continue };
        let outcome = crate::run_with(route, "uncounted", &cases, 3, |compiler, batch| {
            let mut stubs = Stubs::new(compiler, batch, |case| Plans::new(&case.signature, Abi::SystemV));
            // `mov eax,8`.
            stubs.patch(&[0xb8, 8, 0, 0, 0], &[0xb8, 0]);
            stubs
        });
        assert!(outcome.failed > 0, "{}: nobody counts: {}", route.name, outcome.text);
    }
}

#[test]
fn registers_must_be_kept() {
    // Loads of rbx, rdi and rsi from [rsp+N], with the NOP in whose place such a restored register is not.
    const NOP: [u8; 4] = [0x0f, 0x1f, 0x44, 0x00];
    for (route, load) in [("sysv-gcc", 0x5c), ("ms-gcc", 0x5c), ("ms-gcc", 0x7c), ("ms-clang", 0x74)] {
        let Some(route) = route::installed(route) else { continue };
        let outcome = crate::run_with(route, "kept", &telling(), 3, |compiler, batch| {
            let mut stubs = Stubs::new(compiler, batch, |case| Plans::new(&case.signature, route.target.abi));
            stubs.patch(&[0x48, 0x8b, load, 0x24], &NOP);
            stubs
        });
        assert!(outcome.text.contains("kept register"), "{}, {load:x}: {}", route.name, outcome.text);
    }
}

#[test]
fn variable_arguments_have_places_of_their_own() {
    let cases = those(|args, _| args.contains("..."));
    let as_fixed = |case: &Case, abi| {
        let args = case.args.replace("...", "");
        Plans { callback: None, atomic: None, ..Plans::new(&Case::new(&args, &case.ret).signature, abi) }
    };
    for (route, abi) in [("ms-gcc", Abi::Windows), ("ms-clang", Abi::Windows), ("apple-clang", Abi::Apple)] {
        fails(route, "fixed", &cases, |case| as_fixed(case, abi));
    }
}

/// Plans in which each argument that is taken as `from` is taken as `to`.
fn taking(case: &Case, from: Unbox, to: Unbox) -> Plans {
    let mut plans = Plans { callback: None, atomic: None, ..Plans::new(&case.signature, Abi::SystemV) };
    for param in plans.call.params.iter_mut().filter(|param| **param == from) {
        *param = to;
    }
    plans.call.route = Route::Native;
    plans
}

#[test]
fn what_c_may_write_to_is_no_symbols_text() {
    let buffers = those(|args, _| args.contains(['C', 'S']));
    let lent = Unbox::Text { symbols: true };
    fails("sysv-gcc", "lent", &buffers, |case| taking(case, Unbox::Text { symbols: false }, lent));
    let arrays: Vec<Case> = buffers.into_iter().filter(|case| case.args.contains('S')).collect();
    let in_place = Unbox::Data { tag: tag::SYMBOL };
    fails("sysv-gcc", "in-place", &arrays, |case| taking(case, Unbox::Never, in_place));
}

#[test]
fn nulls_and_infinities_are_no_addresses() {
    let cases = those(|args, _| args.contains('r'));
    let load = Load::plain(Repr::Pointer);
    let any = Unbox::Payload { tag: -tag::LONG, load };
    fails("sysv-gcc", "any-long", &cases, |case| taking(case, Unbox::Address, any));
}
