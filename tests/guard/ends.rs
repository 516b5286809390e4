//! Faults of which the process ends, and what is told of them.

use std::path::Path;
use std::process::Output;

use crate::support::script::{ROOT, host, written};
use crate::{normal, prelude, run, signal};

/// What a case's code ends with: the signal, and the lines on standard error.
const ENDS: &[(&str, &str, i32, &[&str])] = &[
    (
        "off read",
        "read_at 8",
        libc::SIGSEGV,
        &[
            "ffijit: segv: read of 0x8 in libguard.so+N (read_at+N), in read_at[\"r\";\"j\"]; so small an address is NULL, a field of what it points to, or a number",
        ],
    ),
    (
        "off division",
        "f[`divide;\"i\";\"i\"] 1i",
        libc::SIGFPE,
        &[
            "ffijit: fpe: integer division by zero or overflow in libguard.so+N (divide+N), in divide[\"i\";\"i\"]",
        ],
    ),
    (
        "off nested",
        "f[`call;\"k\";\"j\"]({read_at 8i};\"j\";\"j\")",
        libc::SIGSEGV,
        &[
            "ffijit: segv: read of 0x8 in libguard.so+N (read_at+N), in read_at[\"r\";\"j\"], called back by call[\"k\";\"j\"]; so small an address is NULL, a field of what it points to, or a number",
        ],
    ),
    (
        "as C declares it",
        r#"d:.ffi.cdef[L;"long  read_at (const void *p); long call(long (*f)(long));"]
d[`call]{d[`read_at] 65536;x}"#,
        libc::SIGSEGV,
        &[
            "ffijit: segv: read of 0x10000 in libguard.so+N (read_at+N), in long read_at(const void *), called back by long call(long (*)(long))",
        ],
    ),
    (
        "as C declares it, in the background",
        r#"d:.ffi.cdef[L;"long read_at(const void *p);"]
@[d`read_at;`a;::]
.ffi.await .ffi.async[d`read_at;::;::][enlist 65536;::]"#,
        libc::SIGSEGV,
        &["ffijit: segv: read of 0x10000 in libguard.so+N (read_at+N), in long read_at(const void *)"],
    ),
    (
        "as C declares it, with variable arguments",
        r#"d:.ffi.cdef[L;"long sum(int n, ...);"]
d[`sum][65536i;1;2f]"#,
        libc::SIGSEGV,
        &["ffijit: segv: read of 0x10000 in libguard.so+N (read_at+N), in long sum(int, ...)"],
    ),
    (
        "otherwise than C declares it",
        r#"d:.ffi.cdef[L;"long read_at(const void *p);"]
@[d`read_at;`a;::]
.ffi.fn[(L;`read_at);"r";"i"] 65536"#,
        libc::SIGSEGV,
        &["ffijit: segv: read of 0x10000 in libguard.so+N (read_at+N), in read_at[\"r\";\"i\"]"],
    ),
    (
        "off background",
        ".ffi.await .ffi.async[(L;`read_at);\"r\";\"j\"][enlist 8;::]",
        libc::SIGSEGV,
        &[
            "ffijit: segv: read of 0x8 in libguard.so+N (read_at+N), in read_at[\"r\";\"j\"]; so small an address is NULL, a field of what it points to, or a number",
        ],
    ),
    (
        "background, no tables",
        ".ffi.guard 1b\n.ffi.await .ffi.async[(L;`untabled);\"r\";\"j\"][enlist 65536;::]",
        libc::SIGSEGV,
        &[
            "ffijit: segv: read of 0x10000 in libguard.so+N (untabled+N), in untabled[\"r\";\"j\"]; not caught: there are no unwind tables for libguard.so+N",
        ],
    ),
    (
        "another thread has the allocator's lock",
        ".ffi.guard 1b\nf[`read_while_locked;\"r\";\"j\"] 65536",
        libc::SIGSEGV,
        &[
            "ffijit: segv: read of 0x10000 in libguard.so+N (read_at+N), in read_while_locked[\"r\";\"j\"]; not caught: the allocator is locked and stays so",
        ],
    ),
    (
        "off no pointer",
        "read_at 1234567890123456789",
        libc::SIGSEGV,
        &[
            "ffijit: segv: use of a non-canonical address in libguard.so+N (read_at+N), in read_at[\"r\";\"j\"]; the processor does not tell such an address, which no pointer has",
        ],
    ),
    (
        "off again",
        ".ffi.guard 1b\n@[read_at;8;::]\n.ffi.guard 0b\nread_at 65536",
        libc::SIGSEGV,
        &["ffijit: segv: read of 0x10000 in libguard.so+N (read_at+N), in read_at[\"r\";\"j\"]"],
    ),
    (
        "off pointer of a stub",
        "f[`same;\"r\";\"J\"] 65536",
        libc::SIGSEGV,
        &["ffijit: segv: read of 0x10000 through its pointer, in same[\"r\";\"J\"]"],
    ),
    (
        "off text",
        "f[`same;\"r\";\"s\"] 65536",
        libc::SIGSEGV,
        &["no C function was running: one may have given a pointer that leads nowhere"],
    ),
    ("abort", ".ffi.guard 1b\nf[`aborts;\"\";\" \"][]", libc::SIGABRT, &[]),
    ("sent", ".ffi.guard 1b\nf[`raises;\"\";\" \"][]", libc::SIGSEGV, &[]),
    (
        "another thread",
        ".ffi.guard 1b\nf[`on_a_thread;\"r\";\"j\"] 65536",
        libc::SIGSEGV,
        &["ffijit: segv: read of 0x10000 in libguard.so+N (read_at+N); the thread is not one of q's"],
    ),
    (
        "twice",
        ".ffi.guard 1b\nf[`without_memory;\"r\";\"j\"] 65536",
        libc::SIGSEGV,
        &["ffijit: segv: while a fault was looked at, another came"],
    ),
    (
        "no tables",
        ".ffi.guard 1b\nf[`untabled;\"r\";\"j\"] 65536",
        libc::SIGSEGV,
        &[
            "ffijit: segv: read of 0x10000 in libguard.so+N (untabled+N), in untabled[\"r\";\"j\"]; not caught: there are no unwind tables for libguard.so+N",
        ],
    ),
    (
        "wrong tables",
        ".ffi.guard 1b\nf[`wrong_frame;\"r\";\"j\"] 65536",
        libc::SIGSEGV,
        &["not caught: the unwind tables do not lead back from a stub"],
    ),
    (
        "another stack",
        ".ffi.guard 1b\nf[`on_another_stack;\"\";\" \"][]",
        libc::SIGSEGV,
        &["not caught: C runs on a stack that is not its thread's"],
    ),
    (
        "handler of C",
        ".ffi.guard 1b\nf[`in_own_handler;\"\";\" \"][]",
        libc::SIGSEGV,
        &["not caught: a signal handler of C's was running"],
    ),
    (
        "allocator",
        ".ffi.guard 1b\nf[`free_nothing;\"r\";\" \"] 65536",
        libc::SIGSEGV,
        &["not caught: the allocator was at work and would stay locked"],
    ),
    (
        "q",
        ".ffi.guard 1b\n.ffi.fn[(KNOWS;`release);\"K\";\"K\"] 1",
        libc::SIGSEGV,
        &["not caught: q's own code was running"],
    ),
    (
        "chained",
        ".ffi.loadlib HOST\nread_at 65536",
        libc::SIGSEGV,
        &[
            "ffijit: segv: read of 0x10000 in libguard.so+N (read_at+N), in read_at[\"r\";\"j\"]",
            "the host's own handler",
        ],
    ),
];

#[test]
fn others_end_the_process_with_a_line() {
    for &(name, code, wanted, lines) in ENDS {
        // The handler is to be there before anything is bound.
        let (first, rest) = code.split_once('\n').filter(|_| name == "chained").unwrap_or(("", code));
        let code = format!("{rest}\n-1 \"went on\";");
        let output = match first {
            "" => run(name, &code, &[], &[]),
            _ => run_behind(name, first, &code),
        };
        let (out, err) = written(&output);
        let err = normal(&err);
        let told: Vec<&str> = err.lines().collect();
        let are_there = told.len() == lines.len()
            && told.iter().zip(lines).all(|(got, line)| match line.starts_with("ffijit: ") {
                true => got == line,
                false => got.ends_with(line),
            });
        assert!(
            signal(&output) == Some(wanted) && are_there && !out.contains("went on"),
            "{name}: {}\n{out}{err}",
            output.status
        );
    }
}

/// Runs code with a line before anything else is bound.
fn run_behind(name: &str, first: &str, code: &str) -> Output {
    let script = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("guard_{name}.q"));
    let text = prelude();
    let (definitions, bound) = text.split_once("read_at:").expect("it binds last");
    std::fs::write(&script, format!("{definitions}{first}\nread_at:{bound}{code}\nexit 0\n"))
        .expect("writable");
    host(&script).current_dir(ROOT).output().expect("qhost runs")
}

#[test]
fn nothing_is_looked_at_if_that_is_not_wanted() {
    let output = run("unwanted", "t\".ffi.guard 1b\"\nread_at 8", &[], &[("FFIJIT_REPORT", "0")]);
    let (out, err) = written(&output);
    assert_eq!(out, "'nyi: guard: FFIJIT_REPORT=0 leaves faults alone\n");
    assert_eq!((signal(&output), &*err), (Some(libc::SIGSEGV), ""));
}
