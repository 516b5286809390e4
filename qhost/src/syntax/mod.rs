//! Text to tokens to syntax trees.

pub(crate) mod ast;
pub(crate) mod lex;
pub mod literal;
pub(crate) mod parse;
