//! What KX's own library, libe, has as well: objects, errors, symbols, serialisation and connections.
//!
//! With the feature `libe` that library's functions take the place of these.

mod atoms;
mod dates;
pub mod errors;
mod ipc;
mod lists;
mod memory;
mod symbols;
mod tables;

pub use atoms::*;
pub use dates::*;
pub use errors::{ee, krr, orr};
pub use ipc::*;
pub use lists::*;
pub use memory::*;
pub use symbols::*;
pub use tables::*;
