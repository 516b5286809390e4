//! How values look on the console.

use crate::object::Obj;

/// What the prompt and `show` print for `x`, with the final newline; within `\c` and at `\P` digits.
/// Empty for the generic null.
pub fn console(x: &Obj) -> Vec<u8> {
    let _ = x;
    Vec::new()
}

/// `.Q.s1`: `x` on one line, without a newline, not truncated.
pub fn q_s1(x: &Obj) -> Vec<u8> {
    let _ = x;
    Vec::new()
}
