//! The interpreter: source text -> tokens -> tree -> value.

pub mod apply;
pub mod context;
pub mod format;
pub mod words;
