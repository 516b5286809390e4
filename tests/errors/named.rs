//! Types by name: wrong names, wrong values, and nothing left behind; nor by what goes well.

use kapi::Obj;

use crate::support::{call, compile, items, leaves_nothing, native, q, script};
use crate::{made_table, signals, table};

const P: &str = "(`x`y!\"ff\")";

/// A struct of a struct, an array of these, an enum, a union and a text, as it is written by hand.
const S: &str = "(`p`ps`e`u`s!(`x`y!\"ff\";(2;`x`y!\"ff\");`A`B!1 2;`i`f`!(\"i\";\"f\";`union);\"4c\"))";

/// A dictionary for it with one field in place of its own.
fn with(field: &str, value: &str) -> String {
    let good = "`p`ps`e`u`s!(`x`y!1 2f;(1 2f;3 4f);`A;enlist[`i]!enlist 3;\"abc\")";
    format!("@[{good};`{field};:;{value}]")
}

#[test]
fn values_of_structs_are_refused() {
    let whole = [
        (P, "`x`z!1 2f", "domain: pack: v: field y is missing"),
        (P, "`x`y`z!1 2 3f", "domain: pack: v: no field z; there are x, y"),
        (P, "`x`y`x!1 2 3f", "domain: pack: v: a field is given twice"),
        (P, "()!()", "domain: pack: v: field x is missing"),
        (P, "(1 2)!1 2f", "type: pack: v: {ff} wants the names of its fields, got long vector"),
        (P, "`x`y!(1;`a)", "type: pack: v[`y]: f wants float, got symbol"),
        (P, "`x`y!(1;1 2f)", "type: pack: v[`y]: f wants float, got float vector"),
        (P, "1 2 3f", "length: pack: v: {ff} wants 2 fields, got 3"),
        (P, "(1f;`a)", "type: pack: v[`y]: f wants float, got symbol"),
        (P, "([] x:1 2f; z:1 2f)", "domain: pack: v[0]: field y is missing"),
        (P, "([] x:1 2f; y:(1f;`b))", "type: pack: v[1;`y]: f wants float, got symbol"),
        (P, "`a", "type: pack: v: {ff} wants a list of its fields, got symbol"),
    ]
    .map(|(ty, value, text)| (format!("({ty};{value})"), text));
    let fields = [
        ("p", "`x`y!(`a;1)", "type: pack: v[`p;`x]: f wants float, got symbol"),
        ("ps", "enlist 1 2f", "length: pack: v[`ps]: 2{ff} wants 2 values, got 1"),
        ("ps", "([] x:1 2f; z:1 2f)", "domain: pack: v[`ps;0]: field y is missing"),
        ("e", "`C", "domain: pack: v[`e]: no value C in the enum; there are A, B"),
        ("e", "1.5", "type: pack: v[`e]: i wants int, got float"),
        ("u", "`i`f!1 2", "domain: pack: v[`u]: a union takes one of i, f, got several"),
        ("u", "()!()", "domain: pack: v[`u]: a union takes one of i, f, got none"),
        ("u", "enlist[`f]!enlist`a", "type: pack: v[`u;`f]: f wants float, got symbol"),
        ("s", "\"abcde\"", "length: pack: v[`s]: 4c wants 4 values, got 5"),
    ]
    .map(|(field, value, text)| (format!("({S};{})", with(field, value)), text));
    made_table("pack", whole.into_iter().chain(fields));
}

#[test]
fn types_are_refused() {
    table(
        "sizeof",
        &[
            (
                "enlist {[t;i] enlist[`a]!enlist t}/[\"i\";til 17]",
                "type: sizeof: field a: types: structs deeper than 16",
            ),
            (
                "enlist `a`b!(\"i\";(1000000;(1000000;\"i\")))",
                "type: sizeof: field b: types: an array of 1 to 1048576 wanted",
            ),
            ("enlist enlist[`a]!enlist (1048576;\"j\")", "limit: a struct over 1048576 bytes"),
            ("enlist `a`f!(\"i\";(\"k\";\"i%\";\"i\"))", "sig: \"i%\": unknown type character % at 1"),
            (
                "enlist `a`f!(\"i\";(enlist\"k\";\"&i\";\"i\"))",
                "nyi: & among the types of a callback: take the address, r, and poke",
            ),
            ("enlist (1 2)!\"ff\"", "type: sizeof: types wants the names of fields, got long vector"),
        ],
    );
}

fn declared() -> Obj {
    let library = compile("gcc", "named", &script::named());
    let text = std::fs::read(format!("{}/tests/c/named.h", script::ROOT)).expect("named.h");
    let library = Obj::symbol(library.to_str().expect("UTF-8"));
    call(&native("cdef"), &[library, Obj::string(&text)]).expect("declarations").items()[0].clone()
}

fn function(dictionary: &Obj, name: &str) -> Obj {
    let (names, values) = dictionary.dict_parts();
    let at = names.slice::<kapi::Symbol>().iter().position(|s| s.as_str() == name);
    values.items()[at.expect("declared")].clone()
}

/// Functions of named.h, arguments as a q list, and what is wrong with them.
const CALLS: &[(&str, &str, &str)] = &[
    ("norm", "enlist `x`z!1 2f", "domain: norm[0]: field y is missing"),
    ("norm", "enlist `x`y!(1;`a)", "type: norm[0;`y]: f wants float, got symbol"),
    ("mid", "(`x`y!1 2f;`x`y`q!1 2 3f)", "domain: mid[1]: no field q; there are x, y"),
    ("sum", "(([] x:1 2f; q:1 2f);2)", "domain: sum[0;0]: field y is missing"),
    ("sum", "(0x0001;1)", "length: sum[0]: r wants 16 bytes, got 2"),
    ("sum", "(1 2 3f;1)", "length: sum[0]: {ff} wants 2 fields, got 3"),
    ("sum", "(`a;1)", "type: sum[0]: r wants an address, got symbol"),
    ("sum", "(`x`y!1 2f;`a)", "type: sum[1]: i wants int, got symbol"),
    ("scale", "(`x`y!(1;`a);2f)", "type: scale[0;`y]: f wants float, got symbol"),
    ("scale", "(`x`y!1 2f;`a)", "type: scale[1]: f wants float, got symbol"),
    ("both", "(`x`y!1 2f;0N 1)", "type: both[1]: i wants int, got long vector"),
    ("three", "enlist 1 2", "length: three[0]: {iii} wants 3 fields, got 2"),
    ("paint", "enlist`NO", "domain: paint[0]: no value NO in the enum; there are RED, GREEN"),
    ("app", "(1.5;1)", "type: app[0]: k wants (function;args) or (function;args;ret), got float"),
    ("papp", "enlist{`x`z!1 2f}", "domain: callback: field y is missing"),
    ("papp", "enlist{'`oops}", "oops"),
    ("papp", "enlist{[a;b] a}", "type: callback: {ff} wants a list of its fields, got function"),
    ("isum", "(1 100000;2)", "range: isum[0;1]: 100000 does not fit h"),
    ("nn", "enlist(::)", "type: nn[0]: C wants no NULL, got ::"),
    ("useline", "enlist `a`b!1 2", "type: useline[0;`a]: {ff} wants a list of its fields, got long"),
    ("useline", "enlist `a`c!(1 2f;3 4f)", "domain: useline[0]: field b is missing"),
];

#[test]
fn arguments_are_refused() {
    let dictionary = declared();
    for (name, args, text) in CALLS {
        signals(&function(&dictionary, name), &items(&q(args)), text, &format!("{name} . {args}"));
    }
}

#[test]
fn calls_leave_nothing() {
    let dictionary = declared();
    let of = |name: &str| function(&dictionary, name);
    leaves_nothing(|| {
        for (name, args) in [
            ("mid", "(`y`x!1 2f;3 4f)"),
            ("sum", "(([] x:1 2f; y:3 4f);2)"),
            ("both", "(`x`y!1 2f;21)"),
            ("corner", "enlist(::)"),
            ("papp", "enlist{`y`x!x`x`y}"),
            ("capp", "enlist{[s;c] `RED}"),
            ("dsum", "(1 2 3;3)"),
            ("op", "enlist 1"),
            ("openop", "enlist(::)"),
            ("getop", "enlist(::)"),
            ("newop", "enlist(::)"),
        ] {
            call(&of(name), &items(&q(args))).unwrap_or_else(|e| panic!("{name}: {e}"));
        }
        let lent = call(&of("op"), &[Obj::long(1)]).expect("a handle");
        let wrong = call(&of("useother"), &[lent]);
        assert_eq!(wrong, Err("type: useother[0]: r wants a struct other, got a struct opaque".into()));
    });
}

#[test]
fn structs_come_back() {
    let (pack, unpack) = (native("pack"), native("unpack"));
    let value = q(&with("e", "`B"));
    leaves_nothing(|| {
        let bytes = call(&pack, &[q(S), value.clone()]).expect("bytes");
        let back = call(&unpack, &[q(S), bytes]).expect("a dictionary");
        let expected = "`p`ps`e`u`s!(`x`y!1 2f;([] x:1 3f; y:2 4f);2i;`i`f!(3i;1.482197e-323);\"abc\\000\")";
        assert_eq!(back.dict_parts().0, q(expected).dict_parts().0);
        assert_eq!(back.dict_parts().1.items()[..3], q(expected).dict_parts().1.items()[..3]);
    });
}
