//! The interpreter: source text -> tokens -> syntax tree -> compiled tree -> value.
//!
//! [`lex`] and [`parse`] know q's grammar, [`compile`] binds names, [`eval`] walks the compiled tree. Whatever
//! can be applied to arguments goes through [`apply`]; the primitives are the rows of [`words::table`].

mod adverb;
mod amend;
pub mod apply;
mod ast;
pub mod command;
mod compile;
pub mod context;
pub mod driver;
pub mod eval;
pub mod format;
mod handle;
pub mod index;
pub mod interrupt;
mod ipc;
pub mod lambda;
mod lex;
pub mod literal;
mod module;
mod node;
pub mod output;
mod parse;
mod peach;
mod query;
mod relation;
mod repl;
pub mod script;
pub mod stack;
pub mod system;
pub mod trace;
pub mod tree;
mod view;
pub mod words;

pub use lex::Source;

use crate::hook::{self, Hooks};

/// Lets the runtime call the interpreter, so that `dot` and `k(0,...)` work. Idempotent.
pub fn install() {
    hook::install(Hooks {
        apply: apply::apply,
        eval: |source| eval::text(source.as_bytes()),
        lambda_text: lambda::serial_form,
        lambda: lambda::from_serial_form,
    });
}
