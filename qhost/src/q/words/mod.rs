//! The primitives and words of q, one file per area.

pub mod table;
