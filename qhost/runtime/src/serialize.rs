//! kdb+'s IPC format: `b9`, `d9`, `-8!` and `-9!`.
//!
//! A message is a header of 8 bytes (byte order, message type, compression, reserved, length as an `i32`) and
//! one object. Ours are little endian, of type 0 and not compressed; big endian ones are read too.

mod read;
mod write;

pub use read::{is_valid, parse};
pub use write::message;

const HEADER: usize = 8;
/// Nesting beyond this is `'limit`: messages come from outside and must not exhaust the stack.
const MAX_DEPTH: usize = 500;
/// The type byte of a dictionary with the sorted attribute.
const SORTED_DICT: i8 = 127;
/// The number of the "primitive" that stands for an elided argument in a projection; byte 255 in a message.
const ELIDED: i64 = -1;

#[cfg(test)]
mod tests;
