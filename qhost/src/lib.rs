//! A compact interpreter of q above `kapi`, the functions of k.h: source text -> tokens -> syntax tree -> compiled tree ->
//! value.
//!
//! The folders in their order; each imports only those before it, and `tests/layers.rs` says so.
//!
//! - [`state`]: globals, settings, limits, outputs, which words there are
//! - [`words`]: the primitives and words that apply nothing, indexing and display
//! - [`syntax`]: text to syntax trees
//! - [`eval`]: compiling and evaluating, iterators, queries, `peach`
//! - `ipc`: connections
//! - [`console`]: the program, scripts, system commands
//! - [`table`]: the table of words, which names functions of all of them and is handed down

pub mod console;
pub mod eval;
pub(crate) mod ipc;
pub mod state;
pub mod syntax;
pub mod table;
pub mod words;

pub use syntax::lex::Source;

use eval::outside::{self, Outside};
use eval::{amend, apply, evaluate, lambda};
use kapi::hook::{self, Hooks};

/// Sets the interpreter up and lets the runtime call it, so that `dot` and `k(0,...)` work. Idempotent.
pub fn install() {
    state::primitives::install(table::WORDS);
    state::context::install(amend::global);
    outside::install(Outside { handle: ipc::handle::apply, command: console::command::run });
    hook::install(Hooks {
        apply: apply::apply,
        eval: |source| evaluate::text(source.as_bytes()),
        lambda_text: lambda::serial_form,
        symbols: words::enumeration::values,
        lambda: lambda::from_serial_form,
    });
}
