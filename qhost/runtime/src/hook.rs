//! What the runtime needs from an interpreter.
//!
//! The runtime works without one; then `dot` and `k(0, …)` signal `'nyi`. The interpreter calls [`install`] when
//! it starts.

use crate::{Obj, QError, R};
use std::sync::OnceLock;

/// The services of an interpreter.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// `f . args`.
    pub apply: fn(f: &Obj, args: &[Obj]) -> R,
    /// The value of q source text, in the root namespace's terms.
    pub eval: fn(source: &str) -> R,
    /// The namespace (without its dot) and the text of a lambda, for serialising it.
    pub lambda_text: fn(lambda: &Obj) -> R<(String, String)>,
    /// The symbols that an enumeration or an atom of one stands for, for serialising it.
    pub symbols: fn(enumeration: &Obj) -> R,
    /// The lambda of a text in a namespace.
    pub lambda: fn(namespace: &str, text: &str) -> R,
}

static HOOKS: OnceLock<Hooks> = OnceLock::new();

/// Makes the interpreter known. The first one stays; returns whether this one did.
pub fn install(hooks: Hooks) -> bool {
    HOOKS.set(hooks).is_ok()
}

/// The interpreter.
///
/// # Errors
/// `nyi` when none is installed.
pub fn hooks() -> R<&'static Hooks> {
    HOOKS.get().ok_or_else(|| QError::nyi(""))
}

/// Applies `f` to `args`.
///
/// # Errors
/// What the function signals; `nyi` when no interpreter is installed.
pub fn apply(f: &Obj, args: &[Obj]) -> R {
    (hooks()?.apply)(f, args)
}

/// Evaluates q source text.
///
/// # Errors
/// What it signals; `nyi` when no interpreter is installed.
pub fn eval(source: &str) -> R {
    (hooks()?.eval)(source)
}
