//! C that goes beyond what its arguments point to.

use crate::caught::CAUGHT;
use crate::support::script::written;
use crate::{Case, print_with, run};

/// With `.ffi.guard 2`, a case's code prints these lines.
const OVERRUN: &[Case] = &[
    (
        "told 2",
        "t\".ffi.guard[]\"\nt\".ffi.guard 1b\"\nt\".ffi.guard 2i\"\nt\".ffi.guard 3\"\nt\".ffi.guard 0b\"\nt\"f[`put_byte;\\\"Jj\\\";\\\" \\\"][1 2;16]\"",
        &["2", "2", "1b", "'type: guard: on wants boolean or 2, got long", "2", "::"],
    ),
    (
        "bound before and after",
        "before[1 2 3;23]\nt\"before[1 2 3;24]\"\nt\"f[`put_byte;\\\"rj\\\";\\\" \\\"][1 2 3;24]\"\nx:1 2 3\nbefore[x;0]\nt\"x\"",
        &[
            "'segv: put_byte: write beyond argument 0, at byte 24 of 24, in libguard.so+N",
            "'segv: put_byte: write beyond argument 0, at byte 24 of 24, in libguard.so+N",
            "1 2 3",
        ],
    ),
    (
        "far beyond",
        "t\"before[1 2 3;60000]\"\nt\"before[();0]\"\nt\"before[`long$();0]\"",
        &[
            "'segv: put_byte: write beyond argument 0, at byte 60000 of 24, in libguard.so+N",
            "'type: put_byte[0]: r wants an address, got list",
            "'segv: put_byte: write beyond argument 0, at byte 0 of 0, in libguard.so+N",
        ],
    ),
    (
        "before the start",
        r#"t"before[1 2 3;-1]"
t"before[1 2 3;-60]"
t"before[\"\";-1]"
t"before[4096#0x00;-1]"
t"f[`put_byte;\"Cj\";\" \"][\"ab\";-2]"
t"f[`put_item;\"Sjj\";\" \"][(\"ab\";\"c\");1;-1]"
t"f[`put_in_struct;\"{jC}j\";\"j\"][(3;\"abc\");-1]"
t"f[`fill_before;\"&i\";\" \"][]"
t"before[1 2 3;0]""#,
        &[
            "'segv: put_byte: write before argument 0, at byte -1 of 24",
            "'segv: put_byte: write before argument 0, at byte -60 of 24",
            "'segv: put_byte: write before argument 0, at byte -1 of 0",
            "'segv: put_byte: write before argument 0, at byte -1 of 4096",
            "'segv: put_byte: write before argument 0, at byte -2 of 3",
            "'segv: put_item: write before argument 0, at byte -1 of 2",
            "'segv: put_in_struct: write before argument 0, at byte -1 of 4",
            "'segv: fill_before: write before result 0, at byte -1 of 4",
            "::",
        ],
    ),
    (
        "addresses that C leaves in vectors",
        r#"end:enlist 0
text:"42 apples\000"
t".ffi.fn[`strtol;\"CJi\";\"j\"][text;end;10i]"
t".ffi.string first end"
t"end[0]-.ffi.fn[`memchr;\"Cil\";\"r\"][text;0i;10]""#,
        &["42", "\" apples\"", "-7"],
    ),
    (
        "reads",
        "g:f[`get_byte;\"Jj\";\"j\"]\nt\"g[1 2 3;16]\"\nt\"g[1 2 3;24]\"",
        &["3", "'segv: get_byte: read beyond argument 0, at byte 24 of 24, in libguard.so+N"],
    ),
    (
        "texts",
        "g:f[`get_byte;\"Cj\";\"j\"]\nh:f[`get_byte;\"sj\";\"j\"]\nt\"g[;3]each(\\\"abc\\\";\\\"abc\\\\000\\\")\"\nt\"g[\\\"abc\\\";4]\"\nt\"g[\\\"abc\\\\000\\\";4]\"\nt\"g[`abc;4]\"\nt\"h[\\\"abc\\\";4]\"\nt\"f[`text_length;\\\"r\\\";\\\"j\\\"]\\\"abc\\\"\"\nt\"f[`text_length;\\\"X\\\";\\\"j\\\"]0x0102\"",
        &[
            "0 0",
            PAST_TEXT,
            PAST_TEXT,
            PAST_TEXT,
            PAST_TEXT,
            "'segv: text_length: read beyond argument 0, at byte 3 of 3, in libguard.so+N",
            "'segv: text_length: read beyond argument 0, at byte 2 of 2, in libguard.so+N",
        ],
    ),
    (
        "texts in lists",
        "p:f[`put_item;\"Sjj\";\" \"]\nt\"p[`ab`c;0;2]\"\nt\"p[`ab`c;0;3]\"\nx:(\"ab\";\"c\")\np[x;0;1]\nt\"x\"\nt\"p[x;1;2]\"\nt\"f[`put_item;\\\"Rjj\\\";\\\" \\\"][(1 2 3;1#0x01);1;1]\"",
        &[
            "'segv: put_item: read of ADDRESS through its pointer",
            "'segv: put_item: write beyond argument 0, at byte 3 of 3, in libguard.so+N",
            "(\"a\\001\";\"c\")",
            "'segv: put_item: write beyond argument 0, at byte 2 of 2, in libguard.so+N",
            "'segv: put_item: write beyond argument 0, at byte 1 of 1, in libguard.so+N",
        ],
    ),
    (
        "forms",
        "t\".ffi.bind[(L;`get_byte);\\\"Jj\\\";\\\"j\\\"][1 2;16]\"\nt\".ffi.callFunction[(\\\"j\\\";(L;`get_byte));(1 2;16)]\"\nt\".ffi.fn[.ffi.address(L;`get_byte);\\\"Jj\\\";\\\"j\\\"][1 2;16]\"\nd:.ffi.cdef[L;\"long get_byte(char *,long); long text_length(const char *);\"]\nt\"d[`get_byte][\\\"ab\\\";3]\"\nt\"d[`text_length]\\\"ab\\\"\"\na:.ffi.atomic[(L;`get_byte);\"gj\";\"j\"]\nt\"a[0Ng;0 15]\"\nt\"a[2#0Ng;15 16]\"\nt\"a[0#0Ng;`long$()]\"\nt\"a[0Ng;16]\"",
        &[
            PAST_TWO,
            PAST_TWO,
            "'segv: ADDRESS: read beyond argument 0, at byte 16 of 16, in libguard.so+N",
            "'segv: get_byte: read beyond argument 0, at byte 3 of 3, in libguard.so+N",
            "2",
            "0 0",
            PAST_TWO,
            "`long$()",
            PAST_TWO,
        ],
    ),
    (
        "what C fills",
        "t\"f[`fill_three;\\\"&i&f&c\\\";\\\" \\\"][]\"\nt\"f[`fill_too_much;\\\"&i\\\";\\\" \\\"][]\"\nt\".ffi.atomic[(L;`fill_it);\\\"i&i\\\";\\\" \\\"] 1 2i\"",
        &[
            "(1i;2f;\"\\003\")",
            "'segv: fill_too_much: write beyond result 0, at byte 4 of 4, in libguard.so+N",
            "10 20i",
        ],
    ),
    (
        "in a struct",
        "p:f[`put_in_struct;\"{jC}j\";\"j\"]\nt\"p[(3;\\\"abc\\\");3]\"\nt\"p[(3;\\\"abc\\\");4]\"",
        &["3", "'segv: put_in_struct: write beyond argument 0, at byte 4 of 4, in libguard.so+N"],
    ),
    (
        "addresses come home",
        "s:f[`same;\"r\";\"r\"]\ny:1 2 3\nt\".ffi.peek[s y;\\\"j\\\";3]\"\nt\".ffi.peek[s(y;8);\\\"j\\\";2]\"\nt\"s 0\"\nz:\"hello\\000\"\nt\"r:f[`end_of;\\\"r&r\\\";\\\"j\\\"]z;(r 0;.ffi.string -2+r 1)\"",
        &["1 2 3", "2 3", "0", "(5;\"lo\")"],
    ),
    (
        "one vector twice",
        "y:1 2 3\nt\"f[`swap_ends;\\\"rr\\\";\\\" \\\"][y;(y;16)];y\"\nt\"f[`swap_ends;\\\"JJ\\\";\\\" \\\"][y;y];y\"\ng:\"G\"$\"00000000-0000-0000-0000-000000000001\"\nf[`advance;\"g\";\" \"]g\nt\"g\"",
        &["3 2 1", "3 2 1", "01000000-0000-0000-0000-000000000001"],
    ),
    (
        "of the function around",
        "p:f[`put_and_call;\"Jjk\";\" \"]\nt\"p[1 2;15;({[n] n};\\\"j\\\";\\\"j\\\")]\"\nt\"p[1 2;0;({[n] before[1 2;16]};\\\"j\\\";\\\"j\\\")]\"\nt\"f[`pass_and_call;\\\"Jk\\\";\\\" \\\"][1 2;({[at] before[at+16;0]};\\\"r\\\";\\\"j\\\")]\"",
        &[
            "::",
            "'segv: put_byte: write beyond argument 0, at byte 16 of 16, in libguard.so+N",
            "'segv: put_byte: write beyond argument 0 of pass_and_call, at byte 16 of 16, in libguard.so+N",
        ],
    ),
    (
        "switched within a call",
        "c:f[`call;\"k\";\"j\"]\nt\"c({.ffi.guard 0b;x};\\\"j\\\";\\\"j\\\")\"\nt\"c({.ffi.guard 2;x};\\\"j\\\";\\\"j\\\")\"\nt\"before[1 2;16]\"",
        &["2", "2", "'segv: put_byte: write beyond argument 0, at byte 16 of 16, in libguard.so+N"],
    ),
];

const PAST_TEXT: &str = "'segv: get_byte: read beyond argument 0, at byte 4 of 4, in libguard.so+N";
const PAST_TWO: &str = "'segv: get_byte: read beyond argument 0, at byte 16 of 16, in libguard.so+N";

#[test]
fn going_beyond_what_arguments_point_to_is_an_error_with_guard_2() {
    print_with("2", &[], OVERRUN);
    // Stubs that ask for the record of their thread leave calls to the cold path too.
    print_with("2", &[("FFIJIT_THREAD_WORD", "0")], &OVERRUN[..4]);
    // What is no overrun is what it is with the guard on.
    print_with("2", &[], CAUGHT);
}

/// One byte beyond a vector of each type, empty ones among them, by the letter for its array and by `r`.
#[test]
fn one_byte_beyond_a_vector_of_any_type_is_seen() {
    let code = "
values:(01b;0x0102;1 2h;1 2i;1 2;1 2e;1 2f;\"ab\";`a`b;2#2000.01.01D00:00;2#2000.01.01;2#2000.01m;2#0D00:01;2#00:01;2#00:00:01;2#00:00:00.001;2#0Ng)
letters:\"BXHIJEFCSPDMNUVTG\"
sizes:1 1 2 4 8 4 8 1 8 8 4 4 8 4 4 4 16
by_r:{[name;n;x] i:n*count x; 10h=type .[f[name;\"rj\";\" \"];(x;i);{x}]}
t\"all by_r[`put_byte]'[sizes;values]\"
t\"all by_r[`get_byte]'[sizes;values]\"
t\"all by_r[`put_byte]'[sizes;0#'values]\"
t\"count distinct values\"
last_byte:{[n;x] f[`put_byte;\"rj\";\" \"][x;-1+n*count x]; 1b}
k:til[17]except 7 8
t\"all last_byte'[sizes k;values k]\"
past:{[letter;n;x] .[f[`put_byte;letter,\"j\";\" \"];(x;n*count x);{x}]}
t\"{x like \\\"segv: put_byte: write beyond argument 0, at byte *\\\"}each past'[letters k;sizes k;values k]\"
";
    let output = run("any type", &format!(".ffi.guard 2\n{code}"), &[], &[]);
    let (out, err) = written(&output);
    assert_eq!(out, "1b\n1b\n1b\n17\n1b\n111111111111111b\n", "{err}");
}
