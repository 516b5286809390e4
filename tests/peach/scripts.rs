//! Scripts of `tests/q`, each check of which is made on four secondary threads at once.

use std::path::Path;

use crate::support::script::{ROOT, host, passed};

/// Those whose checks do not depend on one another.
const SCRIPTS: [&str; 5] = ["calls", "errors", "forms", "qsort", "regex"];

/// The statements of a script: lines that begin with a blank go on with the one before.
fn statements(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for line in text.lines() {
        match all.last_mut() {
            Some(last) if line.starts_with(' ') => *last += &format!("\n{line}"),
            _ => all.push(line.into()),
        }
    }
    all
}

/// A text as a q string.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', " "))
}

/// The statements as they are to run: a check on every thread, but for those about `errno`, which is each thread's own,
/// with the calls that they tell of, and about counters of the whole process.
fn everywhere(statements: &[String]) -> String {
    let is_errno = |i: usize| statements.get(i).is_some_and(|s| s.contains("errno") || s.contains("Errno"));
    let run = |(i, statement): (usize, &String)| match statement {
        s if !s.starts_with(".t.is[") && !s.starts_with(".t.signals[") => format!("{s}\n"),
        s if is_errno(i) || is_errno(i + 1) || s.contains(".ffi.stats[]") => format!(".t.count {s}\n"),
        s => format!(".t.everywhere {}\n", quoted(s)),
    };
    statements.iter().enumerate().map(run).collect()
}

fn run(name: &str, environment: &[(&str, &str)]) {
    let text =
        std::fs::read_to_string(Path::new(ROOT).join(format!("tests/q/{name}.q"))).expect("the script");
    let script = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("peach_{name}.q"));
    let text = everywhere(&statements(&text));
    assert!(text.contains(".t.everywhere"), "{name} has checks");
    std::fs::write(&script, text).expect("the target directory is writable");
    let mut host = host(&script);
    host.args(["-s", "4"])
        .envs(environment.iter().copied())
        .env("CHECK_Q", format!("{ROOT}/tests/peach/check.q"))
        .env("FFI_Q", "q/ffi.q");
    passed(name, "peach", &host.current_dir(ROOT).output().expect("qhost runs"));
}

#[test]
fn checks_hold_on_every_secondary_thread() {
    SCRIPTS.into_iter().for_each(|name| run(name, &[]));
}

#[test]
fn so_they_do_with_the_guard_on() {
    for guard in ["1", "2"] {
        run("forms", &[("FFIJIT_GUARD", guard)]);
    }
}
