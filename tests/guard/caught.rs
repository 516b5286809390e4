//! Faults that become errors in q, in every form of call.

use crate::{Case, print_with};

/// With the guard on, a case's code prints these lines, and q is as well afterwards as before.
pub const CAUGHT: &[Case] = &[
    ("read", "t\"read_at 8\"", &["'segv: read_at: read of 0x8 in libguard.so+N"]),
    ("write", "t\"f[`write_at;\\\"r\\\";\\\" \\\"] 8\"", &["'segv: write_at: write of 0x8 in libguard.so+N"]),
    ("libc", "t\".ffi.fn[`strlen;\\\"r\\\";\\\"l\\\"] 8\"", &["'segv: strlen: read of 0x8 in libc.so.6+N"]),
    (
        "execution",
        "t\"f[`run;\\\"r\\\";\\\"j\\\"] 8\"",
        &["'segv: run: execution of 0x8, called from libguard.so+N"],
    ),
    (
        "null function",
        "t\"f[`jump_to;\\\"r\\\";\\\"j\\\"] 0\"",
        &["'segv: jump_to: execution of 0x0, called from libguard.so+N"],
    ),
    (
        "no pointer",
        "t\"read_at 1234567890123456789\"",
        &["'segv: read_at: use of a non-canonical address in libguard.so+N"],
    ),
    (
        "division",
        "t\"f[`divide;\\\"i\\\";\\\"i\\\"] 1i\"",
        &["'fpe: divide: integer division by zero or overflow in libguard.so+N"],
    ),
    (
        "instruction",
        "t\"f[`illegal;\\\"\\\";\\\" \\\"][]\"",
        &["'ill: illegal: illegal instruction in libguard.so+N"],
    ),
    (
        "stack",
        "do[3;t\"f[`deep;\\\"j\\\";\\\"j\\\"] 1\"]",
        &["'segv: deep: stack overflow in libguard.so+N"; 3],
    ),
    (
        "bus",
        "t\"f[`truncated;\\\"\\\";\\\"j\\\"][]\"",
        &["'bus: truncated: read of ADDRESS in libguard.so+N"],
    ),
    ("bind", "t\".ffi.bind[(L;`read_at);\\\"r\\\";\\\"j\\\"] 8\"", &[READ]),
    ("call function", "t\".ffi.callFunction[(\\\"j\\\";(L;`read_at));enlist 8]\"", &[READ]),
    ("cold path", "t\"read_at 8i\"", &[READ]),
    (
        "variadic",
        "g:.ffi.bind[(L;`sum);\"i...\";\"j\"]\nt\"g[8i;1;2f]\"\nt\".ffi.fn[(L;`sum);\\\"i...j\\\";\\\"j\\\"][8i;1]\"",
        &["'segv: sum: read of 0x8 in libguard.so+N"; 2],
    ),
    (
        "atomic",
        "g:.ffi.atomic[(L;`fraction);\"f\";\"f\"]\nt\"g 1 2 3f\"\nt\"g 1 2 -3 4 -5f\"\nt\"g 1 -2 3\"\nt\"g -1f\"\nt\"g 1 2 3f\"\nt\".ffi.stats[]`faults\"",
        &["0.5 1 1.5", FRACTION, FRACTION, FRACTION, "0.5 1 1.5", "3"],
    ),
    (
        "atomic of two",
        "g:.ffi.atomic[(L;`two);\"ff\";\"f\"]\nt\"g[1f;2 -3f]\"\nt\"g[1 2f;-3f]\"\nt\"g[1 2f;3 -4f]\"\nt\"g[1 2f;3 4f]\"",
        &[TWO, TWO, TWO, "4 6f"],
    ),
    (
        "atomic of three",
        "g:.ffi.atomic[(L;`three);\"fff\";\"f\"]\nt\"g[1f;2f;2 -3f]\"\nt\"g[1f;2 3f;4f]\"",
        &["'segv: three: read of 0x8 in libguard.so+N", "7 8f"],
    ),
    (
        "atomic on threads",
        "g:.ffi.atomicPar[(L;`fraction);\"f\";\"f\"]\nt\"g -1 2 3f\"\nt\"g 1 2f\"",
        &[FRACTION, "0.5 1"],
    ),
    (
        "over and scan",
        "g:.ffi.over[(L;`two);\"ff\";\"f\"]\nt\"g[1f;2 -3 4f]\"\nt\"g 1 2 -3f\"\nt\"g[1f;-3f]\"\nt\"g[1f;2 3f]\"\n\
         g:.ffi.scan[(L;`two);\"ff\";\"f\"]\nt\"g[1f;2 -3 4f]\"\nt\"g[1f;2 3f]\"\n\
         g:.ffi.over[(L;`fraction);\"f\";\"f\"]\nt\"g[3;-8f]\"\nt\"g[3;8f]\"",
        &[TWO, TWO, TWO, "6f", TWO, "3 6f", FRACTION, "1f"],
    ),
    (
        "scan of structs",
        "g:.ffi.scan[(L;`swapped);\"{ff}\";\"{ff}\"]\nt\"g[2;1 -2f]\"\nt\"g[2;1 2f]\"",
        &["'segv: swapped: read of 0x8 in libguard.so+N", "(1 2f;2 1f;1 2f)"],
    ),
    (
        "prior",
        "g:.ffi.prior[(L;`two);\"ff\";\"f\"]\nt\"g 1 -2 3f\"\nt\"g[-1f;1 2f]\"\nt\"g[1f;1 2f]\"",
        &[TWO, TWO, "2 3f"],
    ),
    (
        "structs",
        "s:f[`swapped;\"{ff}\";\"{ff}\"]\nt\"s -1 2f\"\nt\"s 1 2f\"\nt\"f[`grown;\\\"f\\\";\\\"{6f}\\\"] -1f\"",
        &[
            "'segv: swapped: read of 0x8 in libguard.so+N",
            "2 1f",
            "'segv: grown: read of 0x8 in libguard.so+N",
        ],
    ),
    (
        "frames",
        "t\"f[`changes_kept;\\\"r\\\";\\\"j\\\"] 8\"\nt\"f[`variable_frame;\\\"jr\\\";\\\"j\\\"][5000;8]\"\nt\"f[`aligned_frame;\\\"r\\\";\\\"j\\\"] 8\"",
        &[
            "'segv: changes_kept: read of 0x8 in libguard.so+N",
            "'segv: variable_frame: read of 0x8 in libguard.so+N",
            "'segv: aligned_frame: read of 0x8 in libguard.so+N",
        ],
    ),
    (
        "in a callback",
        "c:f[`call;\"k\";\"j\"]\nt\"c({read_at 8};\\\"j\\\";\\\"j\\\")\"\nt\"c({@[read_at;8;{41}]};\\\"j\\\";\\\"j\\\")\"\nt\"c({x};\\\"j\\\";\\\"j\\\")\"",
        &[READ, "42", "2"],
    ),
    (
        "while an error is parked",
        "t\"f[`call_then_read;\\\"kr\\\";\\\"j\\\"][({'`mine};\\\"j\\\";\\\"j\\\");8]\"\nt\"f[`call;\\\"k\\\";\\\"j\\\"]({'`mine};\\\"j\\\";\\\"j\\\")\"\nt\"f[`call;\\\"k\\\";\\\"j\\\"]({x};\\\"j\\\";\\\"j\\\")\"",
        &["'segv: call_then_read: read of 0x8 in libguard.so+N", "'mine", "2"],
    ),
    (
        "after a callback has returned",
        "c:f[`call_then_read;\"kr\";\"j\"]\nt\"c[({x};\\\"j\\\";\\\"j\\\");8]\"\nt\"c[({x};\\\"j\\\";\\\"j\\\");16]\"",
        &[
            "'segv: call_then_read: read of 0x8 in libguard.so+N",
            "'segv: call_then_read: read of 0x10 in libguard.so+N",
        ],
    ),
    (
        "environment",
        "t\"f[`environment;\\\"r\\\";\\\"i\\\"] 8\"\nt\"f[`rounding;\\\"\\\";\\\"i\\\"][]\"\nt\"f[`blocked;\\\"\\\";\\\"i\\\"][]\"\nt\"0.1+0.2\"",
        &["'segv: environment: read of 0x8 in libguard.so+N", "0i", "0i", "0.3"],
    ),
    (
        "flags and floats",
        r#"t"f[`unaligned;\"J\";\"j\"]1 2"
t"f[`full_stack;\"r\";\"j\"] 8"
t"f[`third;\"o\";\"o\"] 1f"
t"f[`traps;\"f\";\"f\"] 1f"
t"f[`over_zero;\"f\";\"f\"] 1f"
t"1 2 3+.5""#,
        &[
            "'bus: unaligned: use of 0x0 in libguard.so+N",
            "'segv: full_stack: read of 0x8 in libguard.so+N",
            "0.3333333",
            "'fpe: traps: arithmetic exception in libguard.so+N",
            "0w",
            "1.5 2.5 3.5",
        ],
    ),
    (
        "errno",
        "t\"f[`errno_then_fault;\\\"i\\\";\\\"i\\\"] 7i\"\nt\".ffi.setErrno[]\"",
        &["'segv: errno_then_fault: read of 0x8 in libguard.so+N", "7i"],
    ),
    (
        "calls in the background",
        "a:{[name;args;ret] .ffi.async[(L;name);args;ret]}\nr:a[`read_at;\"r\";\"j\"]\nt\".ffi.await r[enlist 8;::]\"\nt\".ffi.await r[enlist 16;::]\"\nt\".ffi.await a[`deep;\\\"j\\\";\\\"j\\\"][enlist 1;::]\"\nt\".ffi.await a[`sum;\\\"i...j\\\";\\\"j\\\"][(8i;1);::]\"\nt\".ffi.await a[`divide;\\\"i\\\";\\\"i\\\"][enlist 1i;::]\"\nt\".ffi.await a[`changes_kept;\\\"r\\\";\\\"j\\\"][enlist 8;::]\"\nx:1 2\nt\".ffi.await r[enlist x;::]\"\nsaid:()\nt\"@[.ffi.await;r[enlist 8;({said,:enlist(`result;x)};{said,:enlist x})];{x}]\"\nt\".ffi.await a[`rounding;\\\"\\\";\\\"i\\\"][();::]\"\nt\".ffi.stats[]`faults`asyncUnderWay\"",
        &[
            READ,
            "'segv: read_at: read of 0x10 in libguard.so+N",
            "'segv: deep: stack overflow in libguard.so+N",
            "'segv: sum: read of 0x8 in libguard.so+N",
            "'fpe: divide: integer division by zero or overflow in libguard.so+N",
            "'segv: changes_kept: read of 0x8 in libguard.so+N",
            "1",
            "\"segv: read_at: read of 0x8 in libguard.so+N\"",
            "0i",
            "7 1",
        ],
    ),
    (
        "destructor",
        "x:.ffi.own[1000000;(L;`destroy)]\nt\".ffi.free x\"\nx:.ffi.own[1000000;(L;`destroy)]\nx:0\nt\".ffi.stats[]`ownedHandles`faults\"",
        &["'segv: destroy: read of 0x10 in libguard.so+N", "0 2"],
    ),
    (
        "beside an allocating thread",
        "f[`start_allocating;\"\";\" \"][]\ndo[1000;@[read_at;8;::]]\nf[`stop_allocating;\"\";\" \"][]\nt\".ffi.stats[]`faults\"",
        &["1000"],
    ),
];

const READ: &str = "'segv: read_at: read of 0x8 in libguard.so+N";
pub const FRACTION: &str = "'segv: fraction: read of 0x8 in libguard.so+N";
const TWO: &str = "'segv: two: read of 0x8 in libguard.so+N";

#[test]
fn faults_are_errors_with_the_guard_on() {
    print_with("1b", &[], CAUGHT);
}

#[test]
fn it_tells_what_it_is() {
    let told: Case = (
        "told",
        "t\".ffi.guard[]\"\nt\".ffi.guard 0b\"\nt\".ffi.guard[]\"\nt\".ffi.guard 1\"",
        &["1b", "1b", "0b", "'type: guard: on wants boolean or 2, got long"],
    );
    print_with("1b", &[], &[told]);
}
