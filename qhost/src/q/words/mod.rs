//! The primitives and words of q, one file per area.

mod aggregate;
mod arith;
mod atomic;
pub mod attribute;
pub mod calendar;
mod cast;
mod compare;
pub mod convert;
mod dict;
mod hash;
mod internal;
pub mod io;
pub mod items;
mod json;
mod list;
mod number;
mod pattern;
mod promote;
mod q_ns;
pub mod random;
mod running;
mod search;
mod set;
mod sort;
pub(super) mod string;
pub mod table;
mod tables;
mod temporal;
mod tok;
mod unary;
mod vs_sv;

pub use q_ns::CONSTANTS;
