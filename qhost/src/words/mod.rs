//! The primitives and words of q, one file per area.

pub(crate) mod aggregate;
pub(crate) mod arith;
pub(crate) mod atomic;
pub mod attribute;
pub mod calendar;
pub(crate) mod cast;
pub(crate) mod compare;
pub mod convert;
pub(crate) mod dict;
pub mod format;
pub(crate) mod functions;
pub(crate) mod hash;
pub mod index;
pub(crate) mod internal;
pub mod io;
pub mod items;
pub(crate) mod json;
pub(crate) mod list;
pub(crate) mod number;
pub(crate) mod pattern;
pub(crate) mod promote;
pub(crate) mod q_ns;
pub mod random;
pub(crate) mod running;
pub(crate) mod search;
pub(crate) mod set;
pub(crate) mod sort;
pub(crate) mod string;
pub(crate) mod tables;
pub(crate) mod temporal;
pub(crate) mod tok;
pub(crate) mod unary;
pub mod variables;
pub(crate) mod vs_sv;

pub use q_ns::CONSTANTS;
