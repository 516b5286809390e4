//! The suites of calls and callbacks again from a secondary thread of `peach`, while three others call C that calls them.

mod scripts;
#[path = "../support/mod.rs"]
mod support;

use std::process::Command;

/// The suites whose tests belong on q's thread. Others run on threads of their own, each of which is one of q's.
const SUITES: [&str; 4] = ["callbacks", "ownership", "random", "reach"];

/// The executable of a suite, which cargo builds with this one.
fn executable(suite: &str) -> String {
    let mut build = Command::new(env!("CARGO"));
    build.args(["test", "--no-run", "--test", suite]).current_dir(env!("CARGO_MANIFEST_DIR"));
    if !cfg!(debug_assertions) {
        build.arg("--release");
    }
    if kapi::IS_LIBE {
        build.args(["--features", "qhost/libe"]);
    }
    let output = build.output().expect("cargo runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}");
    let line = text.lines().find_map(|line| line.trim().strip_prefix("Executable ")?.strip_suffix(')'));
    line.and_then(|line| line.split_once(" (")).unwrap_or_else(|| panic!("no executable: {text}")).1.into()
}

fn run(suite: &str, environment: &[(&str, &str)]) {
    let mut program = Command::new("timeout");
    program.args(["300", &executable(suite)]).env("FFIJIT_PEACH", "1").envs(environment.iter().copied());
    let output = program.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("a test binary runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{suite}: {}\n{}", output.status, support::script::shortened(&text));
}

#[test]
fn the_suites_hold_under_peach() {
    SUITES.into_iter().for_each(|suite| run(suite, &[]));
}

/// The smallest of them: the others do as well, but take minutes.
#[test]
fn one_holds_with_the_guard_on() {
    for guard in ["1", "2"] {
        run("reach", &[("FFIJIT_GUARD", guard)]);
    }
}

#[test]
fn these_are_all_that_belong_on_q_s_thread() {
    let text = include_str!("../support/thread.rs");
    assert!(text.contains("peach::is_wanted()"), "tests on q's thread can run under peach");
    let tests = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let uses = |path: &std::path::Path| {
        std::fs::read_to_string(path).is_ok_and(|text| text.contains("thread::on_q"))
    };
    let mut found: Vec<String> = std::fs::read_dir(&tests)
        .expect("the directory is there")
        .map(|entry| entry.expect("a name").path())
        .filter(|path| match path.is_dir() {
            true => {
                std::fs::read_dir(path).expect("a folder").any(|file| uses(&file.expect("a name").path()))
            }
            false => uses(path),
        })
        .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    found.sort();
    found.retain(|name| name != "peach");
    assert_eq!(found, SUITES);
}
