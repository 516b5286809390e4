//! Which signatures take machine code and which libffi, as q is shown it, and that they run what is shown.

mod support;

use kapi::{Obj, Symbol};
use support::{call, compile, fixed, items, list_form, native, q, spec};

/// Argument types, result type, route of a call, route of a callback; `-` where there is no such callback.
const ROUTES: &[(&str, &str, &str, &str)] = &[
    ("", " ", "jit", "jit"),
    ("ff", "f", "jit", "jit"),
    ("bxchijefzpsrlgKkC", "j", "jit", "jit"),
    ("ffffffffffffffffjjjjjjjjjjjjjjjjeeecchh", "c", "jit", "jit"),
    // Structs: of one class, mixed, homogeneous, in memory; nested, arrays, guids; too large to be copied by words.
    ("{j}", "{c}", "jit", "jit"),
    ("{jj}{ff}", "{ff}", "jit", "jit"),
    ("{fj}{jf}", "{if}", "jit", "jit"),
    ("{eee}{ffff}", "{eeee}", "jit", "jit"),
    ("{5j}i", "{5j}", "jit", "jit"),
    ("{3{ce}}", "{{{h}}}", "jit", "jit"),
    ("{gi}", "{2g}", "jit", "jit"),
    ("jjjjj{jj}j", "i", "jit", "jit"),
    ("{2048c}", "i", "jit", "jit"),
    ("i", "{100000c}", "jit", "jit"),
    ("{2049c}", "i", "libffi", "libffi"),
    ("{1025c}{1025c}", "i", "libffi", "libffi"),
    // Variable arguments: of declared types, and of those of each call.
    ("i...ff", "f", "jit", "-"),
    ("i...{ff}e{5j}c", "f", "jit", "-"),
    ("i...", "f", "libffi", "-"),
];

/// What a column of `.ffi.bindings[]` or `.ffi.stubs[]` says of functions of these types.
fn shown(table: &str, name: &str, args: &str, ret: &str) -> Vec<String> {
    let table = call(&native(table), &[Obj::null()]).expect("a table");
    let (names, columns) = table.table_dict().dict_parts();
    let column = |name: &str| {
        let at = names.slice::<Symbol>().iter().position(|s| s.as_str() == name).expect(name);
        &columns.items()[at]
    };
    let (all_args, all_rets) = (items(column("args")), items(column("ret")));
    let is_such = |&i: &usize| {
        (all_args[i].slice::<u8>(), all_rets[i].slice::<u8>()) == (args.as_bytes(), ret.as_bytes())
    };
    let values = column(name).slice::<Symbol>();
    (0..values.len()).filter(is_such).map(|i| values[i].as_str().into_owned()).collect()
}

fn has_stub(form: &str, args: &str, ret: &str) -> bool {
    shown("stubs", "form", args, ret).iter().any(|f| f == form)
}

fn callback_route(args: &str, ret: &str) -> &'static str {
    let types = [args, ret].map(|t| Obj::string(t.as_bytes()));
    match call(&native("callback"), &[q("{0}"), types[0].clone(), types[1].clone()]) {
        Ok(_) if has_stub("callback", args, ret) => "jit",
        Ok(_) => "libffi",
        Err(_) => "-",
    }
}

#[test]
fn routes_are_as_the_table_says() {
    for &(args, ret, route, callback) in ROUTES {
        list_form(Obj::symbol("abs"), args, ret).expect(args);
        let shown = shown("bindings", "route", args, ret);
        assert_eq!((shown[0].as_str(), callback_route(args, ret)), (route, callback), "{args} {ret}");
    }
}

#[test]
fn calls_run_what_is_shown() {
    let library = compile(
        "gcc",
        "routes",
        "typedef struct { double x, y; } pair; typedef struct { char c[3000]; } large;
         double pair_sum(pair p) { return p.x + p.y; } int large_first(large l) { return l.c[0]; }",
    );
    let library = library.to_str().expect("UTF-8 path");
    let bound = |name, args, ret| fixed(spec(library, name), args, ret).expect(name);
    let pair = Obj::from_slice(kapi::tag::KF, &[1.5, 2.0]);
    // A stub takes a struct of numbers from a vector of them itself; an array in one it leaves to the invoker.
    let given = std::slice::from_ref(&pair);
    assert_eq!(call(&bound("pair_sum", "{ff}", "f"), given).expect("a sum").get::<f64>(), 3.5);
    // Where arguments are copied the invoker makes all calls.
    let by_invoker = support::copies_arguments();
    assert_eq!(has_stub("invoker", "{ff}", "f"), by_invoker);
    let array = Obj::list(vec![pair]);
    assert_eq!(call(&bound("pair_sum", "{2f}", "f"), &[array]).expect("a sum").get::<f64>(), 3.5);
    assert!(has_stub("invoker", "{2f}", "f"));
    let large = Obj::list(vec![Obj::string(&[b'x'; 3000])]);
    assert_eq!(call(&bound("large_first", "{3000c}", "i"), &[large]).expect("a char").get::<i32>(), 120);
    assert!(!has_stub("invoker", "{3000c}", "i"));
    // A conversion leaves the stub for the invoker.
    let abs = fixed(Obj::symbol("abs"), "i", "i").expect("libc");
    assert_eq!(call(&abs, &[Obj::int(-3)]).expect("an int").get::<i32>(), 3);
    assert_eq!(has_stub("invoker", "i", "i"), by_invoker);
    assert_eq!(call(&abs, &[Obj::short(-3)]).expect("an int").get::<i32>(), 3);
    assert!(has_stub("invoker", "i", "i"));
}

#[test]
fn types_from_the_data_are_compiled_once_they_are_used_often() {
    let f = list_form(Obj::symbol("snprintf"), "CjC...", "i").expect("libc");
    let out = Obj::zeroed(kapi::tag::KC, 20);
    let mut compiled = Vec::new();
    for i in 0..1100 {
        let args = vec![out.clone(), Obj::long(20), Obj::string(b"%d %.2f\0"), Obj::int(i), Obj::float(0.25)];
        let written = call(&f, &[Obj::list(args)]).expect("a length").get::<i32>();
        let expected = format!("{i} 0.25");
        assert_eq!(
            (written as usize, &out.slice::<u8>()[..expected.len()]),
            (expected.len(), expected.as_bytes())
        );
        if i % 100 == 0 {
            compiled.push(has_stub("invoker", "CjC...if", "i"));
        }
    }
    assert_eq!((compiled.first(), compiled.last()), (Some(&false), Some(&true)), "{compiled:?}");
}
