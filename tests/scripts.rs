//! The q tests of `tests/q`, run by qhost as a user would: from the root with `\l q/ffi.q`, and anywhere with `\l ffi.q`
//! by QHOME.

mod support;

use std::path::Path;

use support::script::{ROOT, host, names, passed};

/// The line that a script loads ffi.q with.
const LOAD: &str = "\\l q/ffi.q\n";

/// Runs a script in both forms.
fn run(name: &str) {
    let script = Path::new(ROOT).join("tests/q").join(format!("{name}.q"));
    let text = std::fs::read_to_string(&script).expect("the script is there");
    assert!(text.contains(LOAD), "{name} loads ffi.q");
    let from_root = host(&script).current_dir(ROOT).env("FFI_Q", "q/ffi.q").output().expect("qhost runs");
    passed(name, "\\l q/ffi.q", &from_root);

    let elsewhere = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let copy = elsewhere.join(format!("{name}.q"));
    std::fs::write(&copy, text.replace(LOAD, "\\l ffi.q\n")).expect("the target directory is writable");
    let by_home = host(&copy)
        .current_dir(elsewhere)
        .env("QHOME", format!("{ROOT}/q"))
        .env("FFI_Q", "ffi.q")
        .output()
        .expect("qhost runs");
    passed(name, "\\l ffi.q", &by_home);
}

macro_rules! scripts {
    ($($(#[$attribute:meta])* $name:ident),+ $(,)?) => {
        $(
            $(#[$attribute])*
            #[test]
            fn $name() {
                run(stringify!($name));
            }
        )+
        const SCRIPTS: &[&str] = &[$(stringify!($name)),+];
    };
}

scripts!(
    address, background, calls, cdef, errors, events, forms, guard, header, module, named, outs, pipe,
    pointers, qsort, regex, threads
);

#[test]
fn every_script_is_run() {
    let names: Vec<String> = names("tests/q").into_iter().filter(|name| name != "check").collect();
    assert_eq!(names, SCRIPTS);
}

#[test]
fn without_qhome_the_checkout_s_own_q_is_found() {
    let script = Path::new(env!("CARGO_TARGET_TMPDIR")).join("home.q");
    std::fs::write(&script, "\\l ffi.q\n-1 string .ffi.ptrsize[];\nexit 0\n").expect("writable");
    let output = host(&script).current_dir("/").output().expect("qhost runs");
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(0), &b"8\n"[..]), "{output:?}");
}

#[test]
fn a_script_with_a_failed_check_is_noticed() {
    let script = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fails.q");
    let text = "system\"l \",getenv`CHECK_Q;\n.t.is[\"wrong\";1;2]\n.t.done[]\n";
    std::fs::write(&script, text).expect("writable");
    let output = host(&script).current_dir(ROOT).output().expect("qhost runs");
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), err.trim()), (Some(1), "wrong: got 1, want 2"));
}

#[test]
fn errors_that_nobody_traps_are_printed_with_the_function_s_name() {
    let output = host(&Path::new(ROOT).join("tests/q/background.q")).current_dir(ROOT).output();
    let err = String::from_utf8_lossy(&output.expect("qhost runs").stderr).into_owned();
    let lines: Vec<&str> = err.lines().collect();
    let [of_result, result, of_callback, callback] = lines[..] else { panic!("{err}") };
    assert!(of_result.starts_with("'domain: own: ") && of_callback == "'told", "{err}");
    assert!(result.starts_with("  [0]  .ffi.async: always_there, call "), "{err}");
    assert!(callback.starts_with("  [0]  .ffi.async: twice, call "), "{err}");
}

#[test]
fn an_error_in_the_event_loop_is_printed() {
    let script = Path::new(ROOT).join("tests/q/events.q");
    let output = host(&script).current_dir(ROOT).output().expect("qhost runs");
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(err.matches("'dropped").count(), 3, "{err}");
}
