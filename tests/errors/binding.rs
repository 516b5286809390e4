//! What can be wrong with a function's name or its types, for every way to bind it.

use crate::support::q;
use crate::{signals, support, table, tables};

/// Names of functions that cannot be found or are no names; `WHAT` is the native function's own name.
const NAMES: &[(&str, &str)] = &[
    ("(`nope;\"f\";\"f\")", "sym: nope not found in this process"),
    ("(\"nope\";\"f\";\"f\")", "sym: nope not found in this process"),
    ("(`;\"f\";\"f\")", "sym:  not found in this process"),
    ("(\"\";\"f\";\"f\")", "sym:  not found in this process"),
    ("(\"n\";\"f\";\"f\")", "sym: n not found in this process"),
    ("(`libm`nope;\"f\";\"f\")", "sym: nope not found in libm"),
    ("((\"libm\";\"nope\");\"f\";\"f\")", "sym: nope not found in libm"),
    ("((`:libm;\"nope\");\"f\";\"f\")", "sym: nope not found in :libm"),
    (
        "(`libnope`f;\"f\";\"f\")",
        "lib: libnope.so: libnope.so: cannot open shared object file: No such file or directory",
    ),
    (
        "(`:/no/such`f;\"f\";\"f\")",
        "lib: /no/such.so: /no/such.so: cannot open shared object file: No such file or directory",
    ),
    ("(``pow;\"ff\";\"f\")", "lib: : no name"),
    ("(1;\"f\";\"f\")", "domain: WHAT: func is 1, next to NULL"),
    ("(0;\"f\";\"f\")", "domain: WHAT: func is NULL"),
    ("(0N;\"f\";\"f\")", "domain: WHAT: func is a null or infinite long"),
    ("(-0Wi;\"f\";\"f\")", "domain: WHAT: func is a null or infinite int"),
    ("(1f;\"f\";\"f\")", "type: WHAT: func wants `f, `lib`f, (lib;f) or an address, got float"),
    ("(1 2;\"f\";\"f\")", "type: WHAT: func wants `f, `lib`f, (lib;f) or an address, got long vector"),
    ("(::;\"f\";\"f\")", "type: WHAT: func wants `f, `lib`f, (lib;f) or an address, got ::"),
    ("(();\"f\";\"f\")", "type: WHAT: func wants `f, `lib`f, (lib;f) or an address, got list"),
    (
        "(enlist`pow;\"f\";\"f\")",
        "type: WHAT: func wants `f, `lib`f, (lib;f) or an address, got symbol vector",
    ),
    ("(`a`b`c;\"f\";\"f\")", "type: WHAT: func wants `f, `lib`f, (lib;f) or an address, got symbol vector"),
    ("((`libm;1);\"f\";\"f\")", "type: WHAT: func wants `f, `lib`f, (lib;f) or an address, got list"),
    (
        "((`libm;`pow;`f);\"f\";\"f\")",
        "type: WHAT: func wants `f, `lib`f, (lib;f) or an address, got symbol vector",
    ),
    ("(`a`b!`c`d;\"f\";\"f\")", "type: WHAT: func wants `f, `lib`f, (lib;f) or an address, got dictionary"),
    ("(([] a:1 2);\"f\";\"f\")", "type: WHAT: func wants `f, `lib`f, (lib;f) or an address, got table"),
    ("({x};\"f\";\"f\")", "type: WHAT: func wants `f, `lib`f, (lib;f) or an address, got function"),
];

/// Signatures that cannot be read.
const TYPES: &[(&str, &str)] = &[
    ("(`abs;\"fq\";\"f\")", "sig: \"fq\": unknown type character q at 1"),
    ("(`abs;\"q\";\"f\")", "sig: \"q\": unknown type character q at 0"),
    ("(`abs;\"Q\";\"f\")", "sig: \"Q\": unknown type character Q at 0"),
    ("(`abs;\"f1\";\"f\")", "sig: \"f1\": unknown type character 1 at 1"),
    ("(`abs;\"f\\\"\";\"f\")", "sig: \"f\\\"\": unknown type character \\\" at 1"),
    ("(`abs;\"f\\000\";\"f\")", "sig: \"f\\x00\": unknown type character \\x00 at 1"),
    ("(`abs;\"f i\";\"f\")", "sig: \"f i\": void is a result, not a parameter at 1"),
    ("(`abs;\" \";\"f\")", "sig: \" \": void is a result, not a parameter at 0"),
    ("(`abs;\"i..\";\"f\")", "sig: \"i..\": unknown type character . at 1"),
    ("(`abs;\"i...i...\";\"f\")", "sig: \"i...i...\": second ... at 5"),
    ("(`abs;\"{ii\";\"f\")", "sig: \"{ii\": unbalanced { at 0"),
    ("(`abs;\"ii}\";\"f\")", "sig: \"ii}\": unbalanced } at 2"),
    ("(`abs;\"{}\";\"f\")", "sig: \"{}\": empty struct at 1"),
    ("(`abs;\"i\";\"\")", "sig: \"\": no result type at 0"),
    ("(`abs;\"i\";())", "sig: \"\": no result type at 0"),
    ("(`abs;\"i\";\"ii\")", "sig: \"ii\": more than one result type at 1"),
    ("(`abs;\"i\";\"  \")", "sig: \"  \": void is a result, not a parameter at 0"),
    ("(`abs;\"i\";\"k\")", "sig: \"k\": k is a parameter, not a result at 0"),
    ("(`abs;\"i\";\"g\")", "sig: \"g\": g is a parameter, not a result at 0"),
    ("(`abs;\"i\";\"q\")", "sig: \"q\": unknown type character q at 0"),
    ("(`abs;\"i\";\"...\")", "sig: \"...\": unknown type character . at 0"),
    ("(`abs;1;\"i\")", "type: WHAT: args wants string or char, got long"),
    ("(`abs;`i;\"i\")", "type: WHAT: args wants string or char, got symbol"),
    ("(`abs;(::);\"i\")", "type: WHAT: args wants string or char, got ::"),
    ("(`abs;(\"i\";1);\"i\")", "type: WHAT: args wants string or char, got long"),
    (
        "(`abs;enlist `a`b!(\"i\";1);\"i\")",
        "type: WHAT: field b: args wants a letter, a dictionary or (count;type), got long",
    ),
    ("(`abs;\"i\";`a`b!(\"i\";\"ii\"))", "type: WHAT: field b: ret: one type wanted, got 2"),
    ("(`abs;\"i\";`a`a!\"ii\")", "type: WHAT: ret: field a twice"),
    ("(`abs;\"i\";()!())", "type: WHAT: ret: empty struct"),
    ("(`abs;\"i\";`a`b!(\"i\";(0;\"i\")))", "type: WHAT: field b: ret: an array of 1 to 1048576 wanted"),
    ("(`abs;\"i\";`a`b!(\"i\";\"z%\"))", "sig: \"z%\": unknown type character % at 1"),
    ("(`abs;\"i\";(`a,`)!(\"i\";`pucked))", "type: WHAT: ret: no way pucked to lay out a struct"),
    (
        "(`abs;\"i\";(`a,`)!(\"i\";`size`align`offset!4 4 1))",
        "type: WHAT: ret: field a lies outside its struct",
    ),
    ("(`abs;\"i\";(`a,`)!(\"i\";`size`align!4 3))", "type: WHAT: ret: a struct of 4 bytes aligned to 3"),
    (
        "(`abs;\"i\";(`a,`)!(\"i\";`size`align`bit`bits!4 4 1 32))",
        "type: WHAT: ret: field a lies outside its struct",
    ),
    (
        "(`abs;\"i\";(`a,`)!(\"i\";`size`align`bits!8 8 3))",
        "nyi: WHAT: ret: bit-fields and fields aligned of their own by value",
    ),
    (
        "(`abs;(\"i\";(`a,`)!(\"i\";`size`align`bits!8 8 3));\"i\")",
        "nyi: WHAT: args: bit-fields and fields aligned of their own by value",
    ),
    ("(`abs;\"i\";`i)", "type: WHAT: ret wants string or char, got symbol"),
];

const WAYS: [&str; 3] = ["bind", "fn", "atomic"];

#[test]
fn names_and_types_are_refused_alike_by_every_way_to_bind() {
    tables(&WAYS, NAMES);
    tables(&WAYS, TYPES);
}

#[test]
fn absurdly_long_signatures_are_refused_in_few_words() {
    for what in WAYS {
        table(
            what,
            &[
                ("(`abs;300#\"i\";\"i\")", "limit: a signature of over 255 parameters"),
                ("(`abs;1000000#\"i\";\"i\")", "limit: a signature of over 255 parameters"),
                ("(`abs;256#\"i\";\"i\")", "limit: a signature of over 255 parameters"),
            ],
        );
        let shortened = format!("sig: \"{}..\": unknown type character q at 200", "i".repeat(64));
        table(what, &[("(`abs;(200#\"i\"),100#\"q\";\"i\")", &shortened)]);
        let deep = format!("sig: \"{}..\": struct deeper than 16 at 16", "{".repeat(64));
        table(what, &[("(`abs;100000#\"{\";\"i\")", &deep)]);
    }
}

#[test]
fn nine_parameters_are_too_many_for_q_functions_of_their_own_rank() {
    table("fn", &[("(`abs;9#\"i\";\"i\")", "limit: abs: fn takes 8 parameters at most, 9 given; use bind")]);
    table(
        "fn",
        &[(
            "(`printf;\"C...\";\"i\")",
            "nyi: printf: fn needs the types of the variable arguments; use bind",
        )],
    );
}

#[test]
fn a_file_that_is_no_library_gives_the_linkers_words() {
    let name = format!("not_a_library{}", std::env::consts::DLL_SUFFIX);
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&file, "a text ".repeat(100)).expect("the target directory is writable");
    let text = support::names::no_library_at(&file);
    let args = [support::callee(&file, "f"), q("\"i\""), q("\"i\"")];
    for what in WAYS {
        signals(&support::native(what), &args, &text, what);
    }
}
