//! C that faults: what is told of it, and with `.ffi.guard[1b]` the error that q gets. Each case is a process of its own.

#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod support;

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;

use support::script::{ROOT, host, written};

fn library() -> &'static str {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    let path = LIBRARY.get_or_init(|| support::compile("gcc", "guard", include_str!("c/guard.c")));
    path.to_str().expect("UTF-8 path")
}

/// C that has a handler before anything is bound, and C that knows q.
fn others() -> &'static [PathBuf; 2] {
    static OTHERS: OnceLock<[PathBuf; 2]> = OnceLock::new();
    let installing = r#"
#include <signal.h>
#include <unistd.h>
static void handler(int number, siginfo_t *info, void *context) {
  static const char text[] = "the host's own handler\n";
  if (write(2, text, sizeof text - 1) > 0) signal(number, SIG_DFL);
}
__attribute__((constructor)) static void install(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  sigaction(SIGSEGV, &action, 0);
}
"#;
    let knowing = "extern void r0(void *); void *release(void *x) { r0((void *)8); return 0; }\n\
        extern void *dot(void *, void *); void *apply(void *f, void *x) { return dot(f, x); }\n";
    OTHERS.get_or_init(|| {
        [("guard_host", installing), ("guard_k", knowing)]
            .map(|(name, source)| support::compile("gcc", name, source))
    })
}

/// What every script begins with: `L` is the library, `t` prints what a text's value is, or its error.
fn prelude() -> String {
    let [host, k] = others().each_ref().map(|path| path.to_str().expect("UTF-8 path"));
    format!(
        "\\l {ROOT}/q/ffi.q\nL:`$\"{}\"\nHOST:`$\"{host}\"\nKNOWS:`$\"{k}\"\nt:{{-1 @[{{.Q.s1 value x}};x;{{\"'\",x}}];}}\n\
         f:{{[name;args;ret] .ffi.fn[(L;name);args;ret]}}\nread_at:f[`read_at;\"r\";\"j\"]\n",
        library()
    )
}

/// Runs q code behind the prelude.
fn run(name: &str, code: &str, options: &[&str], environment: &[(&str, &str)]) -> Output {
    let script = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("guard_{}.q", name.replace(' ', "_")));
    std::fs::write(&script, prelude() + code + "\nexit 0\n").expect("the target directory is writable");
    let environment = environment.iter().copied();
    host(&script).args(options).envs(environment).current_dir(ROOT).output().expect("qhost runs")
}

/// A text in which addresses and offsets, which differ from build to build, are `+N` and `ADDRESS`.
fn normal(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("0x") {
        let digits = rest[at + 2..].chars().take_while(char::is_ascii_hexdigit).count();
        let (before, number) = (&rest[..at], &rest[at..at + 2 + digits]);
        result += before;
        result += match before.ends_with('+') {
            true => "N",
            false if digits > 6 => "ADDRESS",
            false => number,
        };
        rest = &rest[at + 2 + digits..];
    }
    result + rest
}

/// With the guard on, a case's code prints these lines, and q is as well afterwards as before.
const CAUGHT: &[(&str, &str, &[&str])] = &[
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
        "errno",
        "t\"f[`errno_then_fault;\\\"i\\\";\\\"i\\\"] 7i\"\nt\".ffi.setErrno[]\"",
        &["'segv: errno_then_fault: read of 0x8 in libguard.so+N", "7i"],
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
    (
        "told",
        "t\".ffi.guard[]\"\nt\".ffi.guard 0b\"\nt\".ffi.guard[]\"\nt\".ffi.guard 1\"",
        &["1b", "1b", "0b", "'type: guard: on wants boolean, got long"],
    ),
];

const READ: &str = "'segv: read_at: read of 0x8 in libguard.so+N";
const FRACTION: &str = "'segv: fraction: read of 0x8 in libguard.so+N";
const TWO: &str = "'segv: two: read of 0x8 in libguard.so+N";

#[test]
fn faults_are_errors_with_the_guard_on() {
    for &(name, code, lines) in CAUGHT {
        let output = run(name, &format!(".ffi.guard 1b\n{code}"), &[], &[]);
        let (out, err) = written(&output);
        let out = normal(&out);
        // A destructor has nobody to signal to.
        let told = err.lines().filter(|line| !line.starts_with("'segv: destroy: ")).count();
        let lines_of: Vec<&str> = out.lines().collect();
        assert!(
            output.status.success() && lines_of == lines && told == 0,
            "{name}: {}\n{out}{err}",
            output.status
        );
    }
}

/// The signal by which a process has ended; `timeout` hands it on.
fn signal(output: &Output) -> Option<i32> {
    output.status.signal().or_else(|| Some(output.status.code()? - 128).filter(|n| *n > 0))
}

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

#[test]
fn each_thread_of_q_catches_its_own() {
    let code = ".ffi.guard 1b\nr:{@[read_at;x;{x}]} peach 8*1+til 400\n\
        t\"count each (r;distinct r)\"\nt\"all r like \\\"segv: read_at: read of 0x*\\\"\"\nt\".ffi.stats[]`faults\"\n\
        d:f[`deep;\"j\";\"j\"]\nt\"distinct {(@[d;x;{x}]) like \\\"segv: deep: stack overflow*\\\"} peach til 8\"";
    let output = run("peach", code, &["-s", "4"], &[]);
    let (out, err) = written(&output);
    assert_eq!((&*out, &*err), ("400 400\n1b\n400\n,1b\n", ""), "{}", output.status);
}

#[test]
fn a_hundred_thousand_faults_leave_nothing_behind() {
    let code = ".ffi.guard 1b\nmaps:{count read0`:/proc/self/maps}\ncount0:f[`descriptors;\"\";\"j\"]\n\
        g:.ffi.atomic[(L;`fraction);\"f\";\"f\"]\n\
        many:{do[x;@[read_at;8;::];@[read_at;8i;::];@[g;1 -2 3f;::]]}\n\
        state:{(.Q.w[]`used;maps[];count0[];count .ffi.stubs[];.ffi.stats[]`ownedBytes)}\n\
        many 100; before:state[]; before:state[]\nmany 33334\nafter:state[]\nt\"all before>=after\"\nt\".ffi.stats[]`faults\"";
    let output = run("many", code, &[], &[]);
    let (out, err) = written(&output);
    assert_eq!((&*out, &*err), ("1b\n100302\n", ""), "{}", output.status);
}
