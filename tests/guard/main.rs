//! C that faults: what is told of it, and with `.ffi.guard[1b]` the error that q gets. Each case is a process of its own.

#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod caught;
mod ends;
mod leaves_nothing;
mod overruns;
mod pointers;
#[path = "../support/mod.rs"]
mod support;
mod threads;

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;

use support::script::{ROOT, host, written};

/// A name, the code, and the lines that it prints.
type Case = (&'static str, &'static str, &'static [&'static str]);

fn library() -> &'static str {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    let path = LIBRARY.get_or_init(|| support::compile("gcc", "guard", include_str!("../c/guard.c")));
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
    OTHERS.get_or_init(|| {
        [("guard_host", installing), ("guard_k", include_str!("../c/guard_k.c"))]
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

/// Runs each case with the guard on and demands its lines.
fn print_with(guard: &str, environment: &[(&str, &str)], cases: &[Case]) {
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
