//! What once took the process down, hung, leaked, answered wrongly or let a stranger in: a script for each kind of fault.
//!
//! A script's head may say `// args:`, options of qhost; `// exit:`, the status with which it ends in place of the line
//! that `.t.done` prints; `// prints:`, a line of what it writes to standard error; `// not on libe:`, why KX's runtime
//! can't be asked, `// not on AArch64:`, why nobody can there.

#[path = "../support/mod.rs"]
mod support;

use std::io::Write;
use std::path::Path;

use support::script::{ROOT, host, names, passed, shortened, written};

/// What the lines of a script's head say after `// key:`.
fn head<'a>(text: &'a str, key: &str) -> Vec<&'a str> {
    let lines = text.lines().take_while(|line| line.starts_with("//"));
    lines
        .filter_map(|line| line.strip_prefix("// ")?.strip_prefix(key)?.strip_prefix(':'))
        .map(str::trim)
        .collect()
}

/// Runs a script and demands that it ends as it says.
fn run(name: &str) {
    let script = Path::new(ROOT).join("tests/faults").join(format!("{name}.q"));
    let text = std::fs::read_to_string(&script).expect("the script is there");
    for (is_there, what) in [(kapi::IS_LIBE, "libe"), (cfg!(target_arch = "aarch64"), "AArch64")] {
        if let (true, Some(reason)) = (is_there, head(&text, &format!("not on {what}")).first()) {
            // Past the harness, which keeps what a test that succeeds prints.
            return writeln!(std::io::stderr(), "{name}: skipped on {what}: {reason}").expect("it is open");
        }
    }
    let options = head(&text, "args").into_iter().flat_map(str::split_whitespace);
    let output = host(&script).args(options).current_dir(ROOT).output().expect("qhost runs");
    let Some(status) = head(&text, "exit").first().map(|status| status.parse().expect("a number")) else {
        return passed(name, "its options", &output);
    };
    let (out, err) = written(&output);
    let prints = head(&text, "prints").iter().all(|&wanted| err.lines().any(|line| line == wanted));
    let ok =
        output.status.code() == Some(status) && prints && !err.contains("panicked") && !err.contains("FAIL");
    assert!(ok, "{name}: {}\n{}", output.status, shortened(&format!("{out}{err}")));
}

support::test_each!(run, SCRIPTS:
    async_exit,
    async_exit_after,
    async_fork,
    async_idle,
    bad_pointers,
    deep_nesting,
    destructor_error,
    destructor_joins,
    errno_in_callback,
    event_loop_starved,
    exit_handler,
    exit_in_callback,
    exit_several,
    exit_threads,
    fork,
    inline_growth,
    memory_full,
    memory_limit,
    one_string,
    peach_address,
    peach_atomic,
    peach_call_function,
    peach_callbacks,
    peach_destructors,
    peach_errors,
    peach_first_callback,
    peach_objects,
    peach_results,
    peach_waiting_thread,
    policy,
    release_while_running,
    symbol_lent,
    symbols_written,
    thread_call_after_release,
    wrong_answers,
);

#[test]
fn every_script_is_run() {
    assert_eq!(names("tests/faults"), SCRIPTS);
}
