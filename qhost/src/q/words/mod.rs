//! The primitives and words of q, one file per area.

pub mod calendar;
pub mod items;
pub mod table;
