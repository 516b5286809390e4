//! What an interpreter remembers, and what limits it: globals and settings, connections, the stack, interrupts, the
//! outputs, and which words there are.

pub(crate) mod connections;
pub mod context;
pub mod interrupt;
pub mod output;
pub mod primitives;
pub(crate) mod secondary;
pub mod stack;
