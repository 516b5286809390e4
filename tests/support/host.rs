//! qhost as a user runs it, built with the profile of the test, with the library that cargo built for this test.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// The directory with this profile's executables.
fn built() -> PathBuf {
    let test = std::env::current_exe().expect("this test");
    test.ancestors().nth(2).expect("target/<profile>/deps/<test>").into()
}

/// The library that cargo built for this test.
pub fn library() -> PathBuf {
    built().join("deps").join("libffijit.so")
}

/// The host, which cargo does not build for this package's tests by itself, with `FFIJIT_LIB` set.
pub fn command() -> Command {
    static QHOST: OnceLock<PathBuf> = OnceLock::new();
    let qhost = QHOST.get_or_init(|| {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--package", "qhost", "--bin", "qhost"]);
        build.current_dir(env!("CARGO_MANIFEST_DIR"));
        if built().ends_with("release") {
            build.arg("--release");
        }
        if kapi::IS_LIBE {
            build.args(["--features", "libe"]);
        }
        assert!(build.status().expect("cargo runs").success());
        built().join("qhost")
    });
    // A script whose event loop never ends fails.
    let mut host = Command::new("timeout");
    host.arg("100").arg(qhost).env("FFIJIT_LIB", library());
    host
}
