//! Every type character both ways through every form of call: exact values, conversions, pointers, texts, objects.

mod conversions;
mod long_double;
mod objects;
mod pointers;
mod scalars;
#[path = "../support/mod.rs"]
mod support;
mod texts;

use support::Callees;

/// The C functions of these tests.
static CALLEES: Callees = Callees::new("types", include_str!("../c/types.c"));

support::all_again!(with_guard);
