//! A soak: random operations on all that lives, for a minute here, for an hour by hand (CONTRIBUTING, "Fuzzing and
//! sanitizers"). `SOAK_SEED` and `SOAK_OPERATIONS` choose others than these.

#[path = "../support/mod.rs"]
mod support;

use std::path::Path;

use support::script::{ROOT, host, shortened, written};

/// As many as a debug build makes in a minute.
const OPERATIONS: &str = "60000";

#[test]
fn random_operations_are_right_and_leave_nothing() {
    let or = |name: &str, usual: &str| std::env::var(name).unwrap_or_else(|_| usual.into());
    let mut host = host(&Path::new(ROOT).join("tests/soak/soak.q"));
    host.args(["-s", "4"]).current_dir(ROOT);
    host.env("SOAK_SEED", or("SOAK_SEED", "20261128"))
        .env("SOAK_OPERATIONS", or("SOAK_OPERATIONS", OPERATIONS));
    let output = host.output().expect("qhost runs");
    let (out, err) = written(&output);
    print!("{out}");
    let is_right = output.status.success() && out.ends_with("soak: all right\n") && !err.contains("panicked");
    assert!(is_right, "{}\n{}", output.status, shortened(&format!("{out}{err}")));
}
