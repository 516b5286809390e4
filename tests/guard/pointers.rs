//! Pointers of C's that lead nowhere.

use crate::{Case, print_with};

/// With the guard on, a case's code prints these lines.
const POINTERS: &[Case] = &[
    (
        "pointers that lead nowhere",
        "t\"f[`same;\\\"r\\\";\\\"J\\\"] 8\"\nt\"f[`same;\\\"r\\\";\\\"F\\\"] 8i\"\nt\".ffi.bind[(L;`same);\\\"r\\\";\\\"I\\\"] 8\"\nt\"f[`same;\\\"r\\\";\\\"s\\\"] 8\"\nt\"f[`same;\\\"r\\\";\\\"C\\\"] 8\"\nt\"f[`second;\\\"Kr\\\";\\\"J\\\"][1;8]\"\nt\"f[`same;\\\"r\\\";\\\"C\\\"] 1234567890123456789\"\nt\".ffi.callFunction[(\\\"s\\\";(L;`same));enlist 8]\"\nt\".ffi.atomic[(L;`same);\\\"j\\\";\\\"s\\\"] 8 8\"\nt\".ffi.atomic[(L;`same);\\\"r\\\";\\\"s\\\"] 8 8\"\nt\"f[`same;\\\"r\\\";(\\\"C\\\";`free)] 8\"\nx:4 5\nt\"f[`same;\\\"r\\\";\\\"J\\\"] x\"\nt\"f[`same;\\\"J\\\";\\\"J\\\"] 4 5\"\nt\"f[`same;\\\"r\\\";\\\"C\\\"]\\\"abc\\\\000\\\"\"",
        &[
            "'segv: same: read of 0x8 through its pointer",
            "'segv: same: read of 0x8 through its pointer",
            "'segv: same: read of 0x8 through its pointer",
            "'segv: read of 0x8 through a pointer",
            "'segv: same: read of 0x8 through its pointer",
            "'segv: second: read of 0x8 through its pointer",
            "'segv: same: read of ADDRESS through its pointer",
            "'segv: same: read of 0x8 through its pointer",
            "'segv: read of 0x8 through a pointer",
            "'segv: read of 0x8 through a pointer",
            "'segv: same: read of 0x8 through its pointer",
            "4",
            "4",
            "\"abc\"",
        ],
    ),
    (
        "pointers that q is given",
        "t\".ffi.peek[65536;\\\"j\\\";3]\"\nt\".ffi.peek[65536;\\\"j\\\";0N]\"\nt\".ffi.poke[65536;1 2 3]\"\nt\".ffi.string 65536\"\nt\".ffi.deref[65536;\\\"jj\\\";0]\"\nt\".ffi.columns[65536;\\\"jj\\\";2]\"\nt\".ffi.unpack[\\\"jC\\\";0x01000000000000000000010000000000]\"\nt\".ffi.unpack[\\\"js\\\";0x01000000000000000000010000000000]\"\nt\".ffi.peek[.ffi.address(L;`same);\\\"x\\\";1]~.ffi.peek[.ffi.address(L;`same);\\\"x\\\";1]\"\nt\".ffi.poke[.ffi.address(L;`same);0x00]\"",
        &[
            "'segv: peek: read of 0x10000 through its pointer",
            "'segv: peek: read of 0x10000 through its pointer",
            "'segv: poke: write of 0x10000 through its pointer",
            "'segv: string: read of 0x10000 through its pointer",
            "'segv: deref: read of 0x10000 through its pointer",
            "'segv: columns: read of 0x10000 through its pointer",
            "'segv: unpack: read of 0x10000 through its pointer",
            "'segv: unpack: read of 0x10000 through its pointer",
            "1b",
            "'segv: poke: write of ADDRESS through its pointer",
        ],
    ),
    (
        "pointers that callbacks are given",
        "c:f[`call_text;\"kr\";\"j\"]\nran:0b\nt\"c[({ran::1b;1};\\\"s\\\";\\\"j\\\");65536]\"\nt\"c[({ran::1b;1};\\\"C\\\";\\\"j\\\");65536]\"\nt\"c[({ran::1b;1};\\\"J\\\";\\\"j\\\");65536]\"\nt\"ran\"\nt\"c[({x};\\\"J\\\";\\\"j\\\");1 2]\"\nt\"c[({count x};\\\"C\\\";\\\"j\\\");\\\"abc\\\\000\\\"]\"",
        &[
            "'segv: read of 0x10000 through a pointer",
            "'segv: read of 0x10000 through a pointer",
            "'segv: read of 0x10000 through a pointer",
            "0b",
            "1",
            "3",
        ],
    ),
    (
        "texts that C leaves",
        "t\"f[`put_pointer;\\\"Sj\\\";\\\" \\\"][`a`b;65536]\"\nt\"f[`put_pointer;\\\"Sj\\\";\\\" \\\"][(enlist\\\"a\\\";\\\"b\\\");65536]\"\nt\"f[`fill_pointer;\\\"j&s\\\";\\\" \\\"] 65536\"\nt\"f[`fill_pointer;\\\"j&C\\\";\\\" \\\"] 65536\"",
        &[
            "'segv: put_pointer: read of 0x10000 through its pointer",
            "'segv: put_pointer: read of 0x10000 through its pointer",
            "'segv: fill_pointer: read of 0x10000 through its pointer",
            "'segv: fill_pointer: read of 0x10000 through its pointer",
        ],
    ),
];

#[test]
fn pointers_that_lead_nowhere_are_errors() {
    print_with("1b", &[], POINTERS);
    // The first case's vectors are copies then.
    print_with("2", &[], &POINTERS[1..]);
}

/// What is no object where C gives one.
const OBJECTS: &[Case] = &[
    (
        "objects in every form",
        r#"g:.ffi.fn[(KNOWS;`given);"j";"K"]
t"g 8"
t"g 1234567890123456784"
t".ffi.bind[(KNOWS;`given);\"j\";\"K\"] 8"
t".ffi.callFunction[(\"K\";(KNOWS;`given));enlist 8]"
t".ffi.fn[.ffi.address(KNOWS;`given);\"j\";\"K\"] 8"
t"g 8i"
t".ffi.fn[(KNOWS;`filling);\"K&j\";\"K\"] 0"
t".ffi.fn[(KNOWS;`holds);\"r\";\"{jK}\"] 8"
t".ffi.cvar(\"K\";(KNOWS;`variable))"
t".ffi.asQFunc[(KNOWS;`wild);1] 0"
t".ffi.unpack[\"jK\";0x01000000000000000800000000000000]"
t".ffi.async[(KNOWS;`given);\"j\";\"K\"]"
t".ffi.guard[0b];.ffi.guard 1b"
t"g 8"
t"x:.ffi.fn[(KNOWS;`signals);\"K\";\"K\"] 8""#,
        &[
            GIVEN,
            "'segv: given: read of ADDRESS through its pointer",
            GIVEN,
            GIVEN,
            "'segv: ADDRESS: read of 0x8 through its pointer",
            GIVEN,
            "'segv: filling: read of 0x8 through its pointer",
            "'segv: holds: read of 0x8 through its pointer",
            "'segv: variable: read of 0x10 through its pointer",
            "'segv: wild: read of 0x8 through its pointer",
            "'segv: unpack: read of 0x8 through its pointer",
            "'nyi: given: async takes no K objects",
            "0b",
            GIVEN,
            "'mine",
        ],
    ),
    (
        "objects for callbacks",
        r#"c:.ffi.fn[(KNOWS;`call_k);"kr";"j"]
ran:0b
t"c[({ran::1b;1};\"K\";\"j\");65536]"
t"ran"
t"c[({ran::1b;1};\"K\";\"j\");0]""#,
        &["'segv: read of 0x10000 through a pointer", "0b", "1"],
    ),
    (
        "what only looks like an object",
        r#"h:.ffi.fn[(KNOWS;`header);"iijr";"K"]
t"h[120i;0i;0;0]"
t"h[-3i;0i;0;0]"
t"h[-77i;0i;0;0]"
t"h[7i;-1i;0;0]"
t"h[7i;0i;-1;0]"
t"h[7i;0i;1000000000000;0]"
t"h[0i;0i;1;8]"
t"h[0i;0i;1;0]"
t"h[99i;0i;2;65536]"
t"h[98i;0i;65536;0]"
t".ffi.fn[(KNOWS;`attributed);\"ii\";\"K\"][-7i;8i]"
t".ffi.fn[(KNOWS;`beside);\"j\";\"K\"] 4""#,
        &[
            "'type: header: no object at ADDRESS: its type is 120",
            "'type: header: no object at ADDRESS: its type is -3",
            "'type: header: no object at ADDRESS: its type is -77",
            "'type: header: no object at ADDRESS: it has been freed",
            "'type: header: no object at ADDRESS: its length is -1",
            "'segv: header: read of ADDRESS through its pointer",
            "'segv: header: read of 0x8 through its pointer",
            "'type: header: no object at ADDRESS: it has no item 0",
            "'segv: header: read of 0x10000 through its pointer",
            "'segv: header: read of 0x10000 through its pointer",
            "'type: attributed: no object at ADDRESS: its attribute is 8",
            "'type: beside: no object at ADDRESS: no object has such an address",
        ],
    ),
    (
        "objects of every kind",
        r#"s:.ffi.fn[(KNOWS;`same_k);"K";"K"]
sym:`a`b
every:(1b;0Ng;"c";`s;1 2;"text";`a`b;2#0Ng;();(1;"a";(2;`b));([]a:1 2);([a:1 2]b:3 4);`a`b!1 2;{x};+;+/;(+)[1];.ffi.malloc 8;10000#enlist 1 2)
t"every~s each every"
t"s[]""#,
        &["1b", "::"],
    ),
];

const GIVEN: &str = "'segv: given: read of 0x8 through its pointer";

#[test]
fn what_is_no_object_is_an_error() {
    print_with("1b", &[], OBJECTS);
    print_with("1b", &[("FFIJIT_THREAD_WORD", "0")], &OBJECTS[..1]);
    print_with("2", &[], &OBJECTS[1..]);
}
