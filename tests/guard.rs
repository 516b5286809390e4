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
    (
        "told",
        "t\".ffi.guard[]\"\nt\".ffi.guard 0b\"\nt\".ffi.guard[]\"\nt\".ffi.guard 1\"",
        &["1b", "1b", "0b", "'type: guard: on wants boolean or 2, got long"],
    ),
];

/// With `.ffi.guard 2`, a case's code prints these lines.
const OVERRUN: &[(&str, &str, &[&str])] = &[
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

const READ: &str = "'segv: read_at: read of 0x8 in libguard.so+N";
const FRACTION: &str = "'segv: fraction: read of 0x8 in libguard.so+N";
const TWO: &str = "'segv: two: read of 0x8 in libguard.so+N";

#[test]
fn faults_are_errors_with_the_guard_on() {
    print_with("1b", &[], CAUGHT);
}

#[test]
fn going_beyond_what_arguments_point_to_is_an_error_with_guard_2() {
    print_with("2", &[], OVERRUN);
    // Stubs that ask for the record of their thread leave calls to the cold path too.
    print_with("2", &[("FFIJIT_THREAD_WORD", "0")], &OVERRUN[..4]);
    // What is no overrun is what it is with the guard on.
    let others = CAUGHT.iter().filter(|(name, ..)| !["told", "pointers that lead nowhere"].contains(name));
    print_with("2", &[], &others.copied().collect::<Vec<_>>());
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

/// Runs each case with the guard on and demands its lines.
fn print_with(guard: &str, environment: &[(&str, &str)], cases: &[(&str, &str, &[&str])]) {
    for &(name, code, lines) in cases {
        let output = run(
            name,
            &format!("before:f[`put_byte;\"rj\";\" \"]\n.ffi.guard {guard}\n{code}"),
            &[],
            environment,
        );
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
fn of_threads_of_atomic_functions_the_first_catches_its_own() {
    let code = ".ffi.guard 1b\ng:.ffi.atomicPar[(L;`fraction);\"f\";\"f\"]\nx:100000#1f\n";
    // The results of the others are given up with that of the first, and all is as it was.
    let first = "do[3;t\"g @[x;100;:;-1f]\"]\nt\"(100000#.5)~g x\"\nt\".ffi.stats[]`faults\"";
    let output = run("par first", &format!("{code}{first}"), &["-s", "3"], &[]);
    let (out, err) = written(&output);
    assert_eq!(normal(&out), format!("{FRACTION}\n{FRACTION}\n{FRACTION}\n1b\n3\n"), "{err}");
    // Where q has no threads the first of them runs all elements.
    if kapi::IS_LIBE {
        return;
    }
    let output = run("par other", &format!("{code}g @[x;99000;:;-1f]\n-1 \"went on\";"), &["-s", "3"], &[]);
    let (out, err) = written(&output);
    let told = "ffijit: segv: read of 0x8 in libguard.so+N (";
    assert!(signal(&output) == Some(libc::SIGSEGV) && !out.contains("went on"), "{}", output.status);
    assert!(normal(&err).starts_with(told) && err.contains("the thread is not one of q's"), "{err}");
}

#[test]
fn copies_and_what_lies_behind_them_leave_nothing_behind() {
    let code = "before:f[`put_byte;\"rj\";\" \"]\n.ffi.guard 2\nx:100#1f\ns:`a`b`c\nl:(\"ab\";\"c\")\n\
        p:f[`put_item;\"Sjj\";\" \"]\nn:f[`call;\"k\";\"j\"]\n\
        many:{do[x;before[x:1 2 3;0];@[before[1 2 3];24;::];p[s;0;0];@[p[l;1];9;::];@[p[s;1];9;::];\
        @[n;({before[1 2;16]};\"j\";\"j\");::];f[`fill_three;\"&i&f&c\";\" \"][]]}\n\
        state:{(.Q.w[]`used;count read0`:/proc/self/maps;count .ffi.stubs[];.ffi.stats[]`ownedBytes)}\n\
        many 10; before0:state[]; before0:state[]\nmany 1000\nafter:state[]\nt\"all before0>=after\"\nt\".ffi.stats[]`faults\"";
    let output = run("copies", code, &[], &[]);
    let (out, err) = written(&output);
    assert_eq!((&*out, &*err), ("1b\n4040\n", ""), "{}", output.status);
}

#[test]
fn a_hundred_thousand_faults_leave_nothing_behind() {
    let code = ".ffi.guard 1b\nmaps:{count read0`:/proc/self/maps}\ncount0:f[`descriptors;\"\";\"j\"]\n\
        handlers:f[`alternate_stack;\"\";\"j\"]\nsame:{handlers[]=own}\nown:handlers[]\n\
        g:.ffi.atomic[(L;`fraction);\"f\";\"f\"]\n\
        many:{do[x;@[read_at;8;::];@[read_at;8i;::];@[g;1 -2 3f;::]]}\n\
        state:{(.Q.w[]`used;maps[];count0[];count .ffi.stubs[];sum .ffi.stubs[]`bytes;.ffi.stats[]`ownedBytes)}\n\
        many 100; before:state[]; before:state[]\nmany 33334\nafter:state[]\nt\"same[]&all before>=after\"\nt\".ffi.stats[]`faults\"";
    let output = run("many", code, &[], &[]);
    let (out, err) = written(&output);
    assert_eq!((&*out, &*err), ("1b\n100302\n", ""), "{}", output.status);
}
