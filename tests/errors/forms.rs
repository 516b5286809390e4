//! The newer forms of types and arguments: each with what is wrong in it, and nothing left behind.

use kapi::Obj;

use crate::support::names::here;
use crate::support::{fixed, list_form, q};
use crate::{signals, table, tables};

/// Signatures, for every way to bind: `WHAT` is the native function's own name.
const SIGNATURES: &[(&str, &str)] = &[
    ("(`abs;\"&\";\"i\")", "sig: \"&\": & wants a value, C or a struct at 0"),
    ("(`abs;\"i&F\";\"i\")", "sig: \"i&F\": & wants a value, C or a struct at 1"),
    ("(`abs;\"&K\";\"i\")", "sig: \"&K\": & wants a value, C or a struct at 0"),
    ("(`abs;\"&k\";\"i\")", "sig: \"&k\": & wants a value, C or a struct at 0"),
    ("(`abs;\"&&i\";\"i\")", "sig: \"&&i\": unknown type character & at 1"),
    ("(`abs;\"& \";\"i\")", "sig: \"& \": void is a result, not a parameter at 1"),
    ("(`abs;\"{&i}\";\"i\")", "sig: \"{&i}\": unknown type character & at 1"),
    ("(`abs;\"&{}\";\"i\")", "sig: \"&{}\": empty struct at 2"),
    ("(`abs;\"i\";\"&i\")", "sig: \"&i\": unknown type character & at 0"),
    ("(`abs;\"i\";(\"i\";`free))", "sig: \"i\": no pointer that C gives away at 0"),
    ("(`abs;\"i\";(\"K\";`free))", "sig: \"K\": no pointer that C gives away at 0"),
    ("(`abs;\"i\";(\"{j}\";`free))", "sig: \"{j}\": no pointer that C gives away at 0"),
    ("(`abs;\"i\";(\" \";`free))", "sig: \" \": no pointer that C gives away at 0"),
    ("(`abs;\"i\";(\"C\";`nope))", "sym: nope not found in this process"),
    ("(`abs;\"i\";(\"C\";0))", "domain: WHAT: ret is NULL"),
    ("(`abs;\"i\";(\"C\";0N))", "domain: WHAT: ret is a null or infinite long"),
    ("(`abs;\"i\";(\"C\";1.5))", "type: WHAT: ret wants `f, `lib`f, (lib;f) or an address, got float"),
    ("(`abs;\"i\";(`C;`free))", "type: WHAT: ret wants string or char, got symbol vector"),
    ("(`abs;\"i\";(\"C\";`free;`free))", "type: WHAT: ret wants string or char, got list"),
    ("(`abs;\"{!}\";\"i\")", "sig: \"{!}\": empty struct at 2"),
];

#[test]
fn signatures_are_refused_alike_by_every_way_to_bind() {
    tables(&["fn", "bind"], SIGNATURES);
}

#[test]
fn callbacks_fill_nothing() {
    const NO_OUTS: &str = "nyi: & among the types of a callback: take the address, r, and poke";
    table("callback", &[("({x};\"&i\";\" \")", NO_OUTS), ("({x};\"i&i\";\"i\")", NO_OUTS)]);
}

#[test]
fn addresses_of_functions() {
    table(
        "address",
        &[
            ("enlist`nope", "sym: nope not found in this process"),
            ("enlist`libm`nope", "sym: nope not found in libm"),
            ("enlist 0", "domain: address: func is NULL"),
            ("enlist 0N", "domain: address: func is a null or infinite long"),
            ("enlist 1f", "type: address: func wants `f, `lib`f, (lib;f) or an address, got float"),
            ("enlist(::)", "type: address: func wants `f, `lib`f, (lib;f) or an address, got ::"),
        ],
    );
}

/// Arguments of these functions, through `.ffi.fn`: function, types, argument, error.
const ARGUMENTS: &[(&str, &str, &str, &str)] = &[
    ("abs", "a", "128h", "range: abs[0]: 128 does not fit a"),
    ("abs", "a", "-129", "range: abs[0]: -129 does not fit a"),
    ("abs", "a", "0Nh", "range: abs[0]: 0N does not fit a"),
    ("abs", "y", "-1i", "range: abs[0]: -1 does not fit y"),
    ("abs", "y", "65536i", "range: abs[0]: 65536 does not fit y"),
    ("abs", "y", "0Wi", "range: abs[0]: 0W does not fit y"),
    ("abs", "w", "-1", "range: abs[0]: -1 does not fit w"),
    ("abs", "w", "4294967296", "range: abs[0]: 4294967296 does not fit w"),
    ("abs", "w", "-0W", "range: abs[0]: -0W does not fit w"),
    ("abs", "w", "0Ni", "range: abs[0]: 0N does not fit w"),
    ("abs", "w", "1f", "type: abs[0]: w wants long, got float"),
    ("abs", "A", "1 2h", "type: abs[0]: A wants byte vector, got short vector"),
    ("abs", "Y", "1 2i", "type: abs[0]: Y wants short vector, got int vector"),
    ("abs", "W", "1 2", "type: abs[0]: W wants int vector, got long vector"),
    ("abs", "W", "-1", "range: abs[0]: -1 does not fit w"),
    ("abs", "{yw}", "(1i;-1)", "range: abs[0;1]: -1 does not fit w"),
    ("abs", "{2a}", "enlist 1 200", "range: abs[0;0;1]: 200 does not fit a"),
    ("abs", "r", "(1 2;17)", "length: abs[0]: r wants an offset within 16 bytes, got 17"),
    ("abs", "r", "(1 2;-1)", "length: abs[0]: r wants an offset within 16 bytes, got -1"),
    ("abs", "r", "(1 2;0N)", "domain: abs[0]: r wants an offset, got a null or infinite one"),
    ("abs", "r", "(1 2;1f)", "type: abs[0]: r wants an address, got list"),
    ("abs", "r", "(`a;1)", "type: abs[0]: r wants an address, got list"),
    ("abs", "R", "(1 2;1.5)", "type: abs[0;1]: r wants an address, got float"),
    ("abs", "R", "(1 2;0N)", "domain: abs[0;1]: r wants an address, got a null or infinite long"),
    ("abs", "R", "(1 2;(1 2;99))", "length: abs[0;1]: r wants an offset within 16 bytes, got 99"),
    ("abs", "k", "`nope", "sym: nope not found in this process"),
    ("abs", "k", "`libm`nope", "sym: nope not found in libm"),
    ("abs", "k", "`environ", "sym: environ is data in this process, no function"),
    ("abs", "k", "`a`b`c", "type: abs[0]: k wants (function;args) or (function;args;ret), got symbol vector"),
];

#[test]
fn arguments_are_refused() {
    for &(function, types, argument, text) in ARGUMENTS {
        let x = q(&here(argument));
        // With an out-parameter before it too: arguments are counted without.
        for types in [types.to_string(), format!("&i{types}")] {
            let context = |form: &str| format!("{form} {types} of {argument}");
            let bound = fixed(Obj::symbol(function), &types, "i").expect("a signature");
            signals(&bound, std::slice::from_ref(&x), text, &context("fn"));
            let bound = list_form(Obj::symbol(function), &types, "i").expect("a signature");
            let wrapped = Obj::list(vec![Obj::list(vec![x.clone(), Obj::null()])]);
            signals(&bound, &[wrapped], text, &context("bind"));
        }
    }
}
