//! The evaluator: syntax tree -> compiled tree -> value. Whatever can be applied to arguments goes through [`apply`].

pub(crate) mod adverb;
pub(crate) mod amend;
pub mod apply;
pub(crate) mod compile;
pub(crate) mod depth;
pub mod evaluate;
pub mod lambda;
pub(crate) mod node;
pub(crate) mod outside;
pub(crate) mod peach;
pub(crate) mod query;
pub(crate) mod relation;
pub mod trace;
pub mod tree;
pub(crate) mod view;
