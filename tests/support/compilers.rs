//! The C compilers, which run on this system.

use std::env::consts::ARCH;
use std::process::Command;
use std::sync::OnceLock;

/// Runs gcc or clang.
///
/// # Errors
/// What it says, if it fails; why there is none.
pub fn run(compiler: &str, arguments: impl IntoIterator<Item = String>) -> Result<(), String> {
    let output = command(compiler).args(arguments).output().map_err(|error| error.to_string())?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// gcc or clang for the machine that these tests are compiled for, which may not be the one that they run on.
fn command(name: &str) -> Command {
    static IS_NATIVE: OnceLock<bool> = OnceLock::new();
    let makes_our_code = || {
        let machine = Command::new("gcc").arg("-dumpmachine").output().expect("the tests need gcc").stdout;
        String::from_utf8_lossy(&machine).starts_with(ARCH)
    };
    if *IS_NATIVE.get_or_init(makes_our_code) {
        return Command::new(name);
    }
    if name == "gcc" {
        return Command::new(format!("{ARCH}-linux-gnu-gcc"));
    }
    let mut cross = Command::new(name);
    cross.arg(format!("--target={ARCH}-linux-gnu"));
    cross
}
