//! Calls that fail, on each path that an error takes.

use kapi::Obj;

use crate::support::bound::ffikdb;
use crate::support::thread::on_q;
use crate::support::{call, callee, fixed, items, list_form, native, q};
use crate::{CALLEES, balanced, rounds};

fn fails(times: usize, what: &str, f: &Obj, args: &[Obj], text: &str) {
    balanced(times, what, || assert_eq!(call(f, args).unwrap_err(), text, "{what}"));
}

#[test]
fn a_million_wrong_types_in_each_form() {
    on_q(|| {
        let add = callee(&CALLEES.libraries()[0], "add");
        let text = "type: add[1]: f wants float, got symbol";
        let args = [Obj::float(1.0), Obj::symbol("a")];
        fails(rounds() / 4, "fn", &fixed(add.clone(), "ff", "f").unwrap(), &args, text);
        let list = list_form(add.clone(), "ff", "f").unwrap();
        fails(rounds() / 4, "list", &list, &[Obj::list(args.to_vec())], text);
        fails(rounds() / 4, "enlist (..;::)", &list, &[Obj::list(vec![ffikdb(&args)])], text);
        let symbols = "type: add[0]: f wants float, got symbol";
        fails(rounds() / 4, "simple vector", &list, &[q("`a`b")], symbols);
    });
}

#[test]
fn every_other_error_of_a_call() {
    on_q(|| {
        let times = rounds() / 20;
        let library = &CALLEES.libraries()[0];
        let add = list_form(callee(library, "add"), "ff", "f").unwrap();
        let many = list_form(callee(library, "many"), "jifsJCeh", "j").unwrap();
        let copies_then = |last: &str| [q(&format!("(1i;2;3;\"text\";4;\"b\";1;{last})"))];
        let text = "type: many[7]: h wants short, got symbol";
        fails(times, "after copies", &many, &copies_then("`bad"), text);
        let text = "range: many[7]: 40000 does not fit h";
        fails(times, "range", &many, &copies_then("40000"), text);
        fails(times, "rank", &add, &[q("1 2 3f")], "rank: add: 2 parameters, 3 given");
        fails(times, "rank of a list", &add, &[q("(1;`a;2)")], "rank: add: 2 parameters, 3 given");
        fails(times, "rank of a table", &add, &[q("([] a:1 2 3)")], "rank: add: 2 parameters, 3 given");
        let text = "type: add[0]: f wants float, got dictionary";
        fails(times, "rows of a table", &add, &[q("([] a:1 2)")], text);
    });
}

#[test]
fn errors_of_the_natives() {
    on_q(|| {
        let bad_library =
            "lib: libnope.so: libnope.so: cannot open shared object file: No such file or directory";
        for (name, args, text, times) in [
            ("fn", "(`nope;\"f\";\"f\")", "sym: nope not found in this process", 1_000),
            ("bind", "(`libnope`f;\"f\";\"f\")", bad_library, 100),
            ("loadlib", "enlist`libnope", bad_library, 100),
            ("bind", "(`abs;\"fq\";\"f\")", "sig: \"fq\": unknown type character q at 1", 10_000),
            ("bind", "(`abs;\"{i{f\";\"f\")", "sig: \"{i{f\": unbalanced { at 2", 10_000),
            ("bind", "(`abs;300#\"f\";\"f\")", "limit: a signature of over 255 parameters", 1_000),
            (
                "fn",
                "(`abs;9#\"f\";\"f\")",
                "limit: abs: fn takes 8 parameters at most, 9 given; use bind",
                10_000,
            ),
            ("callFunction", "(`nope;(1;::))", "sym: nope not found in this process", 1_000),
            (
                "callFunction",
                "(`abs;(1;{x};::))",
                "type: abs[1]: C wants an atom or a vector, got function",
                10_000,
            ),
            ("cdef", "(`;\"int f(sizet);\")", "cdef: text:1:7: sizet: unknown type; is size_t meant?", 1_000),
            ("cvar", "enlist`nope", "sym: nope not found in this process", 1_000),
            ("asQFunc", "(`abs;9)", "limit: asQFunc: n is 1 to 8", 10_000),
            ("setErrno", "enlist`a", "type: setErrno: n wants int or long, got symbol", 10_000),
            ("disasm", "(\"q\";\"f\")", "sig: \"q\": unknown type character q at 0", 10_000),
            ("callback", "(1;\"i\";\"i\")", "type: callback: f wants function, got long", 10_000),
            ("callback", "({x};\"q\";\"i\")", "sig: \"q\": unknown type character q at 0", 10_000),
        ] {
            fails(times, name, &native(name), &items(&q(args)), text);
        }
    });
}
