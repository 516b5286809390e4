//! Structs by value: what C sees and returns is what Rust expects, and every layout is C's.

#[path = "../support/mod.rs"]
mod support;

mod by_value;
mod conversions;
mod shape;
mod unions;
