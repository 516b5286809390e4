//! `qhost [file.q] [args]`: runs a script, then statements from standard input.

use kapi as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    qhost::console::driver::main(std::env::args().skip(1).collect())
}
