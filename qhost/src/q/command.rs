//! System commands: what follows a backslash at the start of a line, and the argument of `system`.

use crate::error::{QError, R};
use crate::object::Obj;

/// Runs a command, without its backslash.
///
/// # Errors
/// What the command signals.
pub fn run(command: &[u8]) -> R {
    Err(QError::nyi(&String::from_utf8_lossy(command)))
}

/// `system "command"`
///
/// # Errors
/// `type` when `x` is no string, and what the command signals.
pub fn system(x: &Obj) -> R {
    match x.tag() {
        10 => run(x.slice::<u8>()),
        -10 => run(&[x.get::<u8>()]),
        _ => Err(QError::type_()),
    }
}
