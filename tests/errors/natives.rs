//! The native functions that do not bind.

use kapi::Obj;

use crate::support::{call, native, q};
use crate::table;

#[test]
fn call_function() {
    const NO_NAME: &str = "type: callFunction: func wants `f, `lib`f, (lib;f) or an address, got ";
    let no_name = |got: &str| NO_NAME.to_string() + got;
    table(
        "callFunction",
        &[
            ("(`nope;(1;::))", "sym: nope not found in this process"),
            ("((\"i\";`nope);(1;::))", "sym: nope not found in this process"),
            ("((\"i\";`libm`nope);(1;::))", "sym: nope not found in libm"),
            (
                "(`libnope`f;(1;::))",
                "lib: libnope.so: libnope.so: cannot open shared object file: No such file or directory",
            ),
            ("(1;(1;::))", "domain: callFunction: func is 1, next to NULL"),
            ("((::);(1;::))", &no_name("::")),
            ("(();(1;::))", &no_name("list")),
            ("((\"i\";1);(1;::))", "domain: callFunction: func is 1, next to NULL"),
            ("((\"i\";`a`b`c);(1;::))", &no_name("symbol vector")),
            ("((1;`abs);(1;::))", &no_name("list")),
            ("((\"q\";`abs);(1;::))", "sig: \"q\": unknown type character q at 0"),
            ("((\"k\";`abs);(1;::))", "sig: \"k\": k is a parameter, not a result at 0"),
            ("((\"{i\";`abs);(1;::))", "sig: \"{i\": unbalanced { at 0"),
            ("(`abs;({x};::))", "type: abs[0]: C wants an atom or a vector, got function"),
            ("(`abs;(1;`a`b!1 2;::))", "type: abs[1]: C wants an atom or a vector, got dictionary"),
            ("(`abs;(([] a:1 2);::))", "type: abs[0]: C wants an atom or a vector, got table"),
            ("(`abs;((1;`a);::))", "type: abs[0]: S wants symbol vector, got list"),
            ("(`abs;(();::))", "type: abs[0]: S wants symbol vector, got list"),
            ("(`abs;(({x};\"q\");::))", "sig: \"q\": unknown type character q at 0"),
        ],
    );
}

#[test]
fn cvar() {
    table(
        "cvar",
        &[
            ("enlist`nope", "sym: nope not found in this process"),
            ("enlist`libc`nope", "sym: nope not found in libc"),
            ("enlist(\" \";`environ)", "type: cvar: environ: a variable has a type"),
            ("enlist(\"q\";`environ)", "sig: \"q\": unknown type character q at 0"),
            ("enlist(\"k\";`environ)", "sig: \"k\": k is a parameter, not a result at 0"),
            ("enlist 1", "type: cvar: func wants `f, `lib`f or (lib;f), got long"),
            ("enlist(\"i\";1)", "type: cvar: func wants `f, `lib`f or (lib;f), got long"),
            ("enlist(::)", "type: cvar: func wants `f, `lib`f or (lib;f), got ::"),
        ],
    );
}

#[test]
fn header() {
    let options = "type: header: options wants dictionary of include and define, lists of strings, got";
    table(
        "header",
        &[
            ("(`;1)", "type: header: file wants symbol, string or a pair of such and a dictionary, got long"),
            ("(1;`math.h)", "type: header: lib wants symbol, string or an earlier result, got long"),
            ("(`;(`math.h;1))", &format!("{options} long")),
            ("(`;(`math.h;1 2!3 4))", &format!("{options} dictionary")),
            ("(`;(`math.h;(enlist`include)!enlist 1))", &format!("{options} long vector")),
            ("(`;(`math.h;`include`define!1 2))", &format!("{options} long vector")),
            (
                "(`;(`math.h;(enlist`includes)!enlist\"a\"))",
                "type: header: options: include or define wanted, got includes",
            ),
            (
                "(`;(1;()!()))",
                "type: header: file wants symbol, string or a pair of such and a dictionary, got list",
            ),
        ],
    );
}

#[test]
fn cdef() {
    table(
        "cdef",
        &[
            ("(`;`f)", "type: cdef: text wants string, got symbol"),
            ("(1;\"\")", "type: cdef: lib wants symbol, string or an earlier result, got long"),
            ("(`a`b!1 2;\"\")", "type: cdef: lib wants symbol, string or an earlier result, got dictionary"),
            (
                "((enlist`)!enlist(1;2);\"\")",
                "type: cdef: lib wants symbol, string or an earlier result, got dictionary",
            ),
            ("(([] a:1 2);\"\")", "type: cdef: lib wants symbol, string or an earlier result, got table"),
            ("(`;\"int f(int\")", "cdef: text:1:10: f: the text ends where ) is missing"),
            (
                "(`;\"#include <math.h>\")",
                "cdef: text:1:1: #include: headers are read by .ffi.header, which runs the C compiler's preprocessor",
            ),
        ],
    );
}

#[test]
fn loadlib() {
    const MISSING: &str = "cannot open shared object file: No such file or directory";
    table(
        "loadlib",
        &[
            ("enlist`libnope", &format!("lib: libnope.so: libnope.so: {MISSING}")),
            ("enlist\"libnope\"", &format!("lib: libnope.so: libnope.so: {MISSING}")),
            ("enlist`:/no/such", &format!("lib: /no/such.so: /no/such.so: {MISSING}")),
            ("enlist`", "lib: : no name"),
            ("enlist\"\"", "lib: : no name"),
            ("enlist 1", "type: loadlib: lib wants symbol or string, got long"),
            ("enlist(::)", "type: loadlib: lib wants symbol or string, got ::"),
            ("enlist`a`b", "type: loadlib: lib wants symbol or string, got symbol vector"),
        ],
    );
}

#[test]
fn as_q_function() {
    const RANK: &str = "limit: asQFunc: n is 1 to 8";
    table(
        "asQFunc",
        &[
            ("(`nope;1)", "sym: nope not found in this process"),
            ("(`abs;0)", RANK),
            ("(`abs;9)", RANK),
            ("(`abs;-1)", RANK),
            ("(`abs;0N)", RANK),
            ("(`abs;0W)", RANK),
            ("(`abs;0Ni)", RANK),
            ("(`abs;`a)", "type: asQFunc: n wants int or long, got symbol"),
            ("(`abs;1f)", "type: asQFunc: n wants int or long, got float"),
            ("(`abs;1 2)", "type: asQFunc: n wants int or long, got long vector"),
            ("(`abs;(::))", "type: asQFunc: n wants int or long, got ::"),
            ("(1;1)", "domain: asQFunc: func is 1, next to NULL"),
        ],
    );
}

#[test]
fn set_errno() {
    let read = || call(&native("setErrno"), &[Obj::null()]);
    let (set, seven) = (native("setErrno"), [Obj::int(7)]);
    ffijit::os::set_errno(3);
    assert_eq!(call(&set, &seven), Ok(Obj::int(3)));
    table(
        "setErrno",
        &[
            ("enlist`a", "type: setErrno: n wants int or long, got symbol"),
            ("enlist 1f", "type: setErrno: n wants int or long, got float"),
            ("enlist 1 2", "type: setErrno: n wants int or long, got long vector"),
            ("enlist()", "type: setErrno: n wants int or long, got list"),
            ("enlist 5000000000", "domain: setErrno: 5000000000 is not an errno"),
            ("enlist -5000000000", "domain: setErrno: -5000000000 is not an errno"),
        ],
    );
    assert_eq!(read(), Ok(Obj::int(7)), "a refused value is not set");
}

#[test]
fn disasm() {
    table(
        "disasm",
        &[
            ("(\"fq\";\"f\")", "sig: \"fq\": unknown type character q at 1"),
            ("(\"f\";\"ff\")", "sig: \"ff\": more than one result type at 1"),
            ("(300#\"f\";\"f\")", "limit: a signature of over 255 parameters"),
            ("(1;\"f\")", "type: disasm: args wants string or char, got long"),
            ("(\"f\";1)", "type: disasm: ret wants string or char, got long"),
            ("(`f;\"f\")", "type: disasm: args wants string or char, got symbol"),
        ],
    );
}

#[test]
fn callback() {
    table(
        "callback",
        &[
            ("(1;\"i\";\"i\")", "type: callback: f wants function, got long"),
            ("(`f;\"i\";\"i\")", "type: callback: f wants function, got symbol"),
            ("(::;\"i\";\"i\")", "type: callback: f wants function, got ::"),
            ("(();\"i\";\"i\")", "type: callback: f wants function, got list"),
            ("(`a`b!1 2;\"i\";\"i\")", "type: callback: f wants function, got dictionary"),
            ("({x};1;\"i\")", "type: callback: args wants string or char, got long"),
            ("({x};`i;\"i\")", "type: callback: args wants string or char, got symbol"),
            ("({x};\"i\";1)", "type: callback: ret wants string or char, got long"),
            ("({x};\"i\";(::))", "type: callback: ret wants string or char, got ::"),
            ("({x};\"q\";\"i\")", "sig: \"q\": unknown type character q at 0"),
            ("({x};\"i\";\"q\")", "sig: \"q\": unknown type character q at 0"),
            ("({x};\"i\";\"ii\")", "sig: \"ii\": more than one result type at 1"),
            ("({x};300#\"i\";\"i\")", "limit: a signature of over 255 parameters"),
            ("({x};\"i...\";\"i\")", "nyi: callbacks with variable arguments"),
            ("({x};\"i...f\";\"i\")", "nyi: callbacks with variable arguments"),
            ("({x};\"{i\";\"i\")", "sig: \"{i\": unbalanced { at 0"),
        ],
    );
}

#[test]
fn natives_have_a_rank() {
    for (name, rank) in [("bind", 3), ("fn", 3), ("callFunction", 2), ("cvar", 1), ("disasm", 2)] {
        for given in (1..=8).filter(|&n| n != rank) {
            assert_eq!(call(&native(name), &vec![q("`a"); given]), Err("rank".into()), "{name} of {given}");
        }
    }
}
