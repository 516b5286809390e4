//! Applying any applicable value (function, list, dictionary, symbol) to arguments.

use crate::error::{QError, R};
use crate::object::Obj;

/// Applies `f` to `args` as `f . args` does.
///
/// # Errors
/// Whatever the function signals; `rank` when it takes fewer arguments than given.
pub fn apply(f: &Obj, args: &[Obj]) -> R {
    let _ = (f, args);
    Err(QError::nyi("apply"))
}
