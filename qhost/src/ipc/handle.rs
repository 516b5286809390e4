//! Integers as functions: `1` and `2` write to the process's outputs, `-1` and `-2` with a newline; others are
//! connections to other processes.

use crate::eval::evaluate as eval;
use crate::ipc;
use crate::state::output;
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};

/// Applies a handle to one argument.
///
/// # Errors
/// `type` when the argument is no text; the system's words when writing fails; `rank`; what [`ipc::send`] signals.
pub fn apply(handle: &Obj, args: &[Obj]) -> R {
    let [x] = args else { return Err(QError::rank()) };
    let n = if handle.tag() == -tag::KI { i64::from(handle.get::<i32>()) } else { handle.get() };
    match n {
        0 if x.tag() == tag::KC => return eval::text(x.slice::<u8>()),
        0 => return eval::value(x),
        1 | -1 => output::stdout(&text(x, n < 0)?)?,
        2 | -2 => output::stderr(&text(x, n < 0)?)?,
        _ => return ipc::send(n, x),
    }
    Ok(handle.clone())
}

/// The text to write: that of a string or char, or of a list of them.
fn text(x: &Obj, newline: bool) -> R<Vec<u8>> {
    let one = std::slice::from_ref(x);
    let lines = if x.tag() == tag::LIST { x.items() } else { one };
    let mut text = Vec::new();
    for line in lines {
        match line.tag() {
            tag::KC => text.extend_from_slice(line.slice::<u8>()),
            -10 => text.push(line.get()),
            _ => return Err(QError::type_()),
        }
        if newline {
            text.push(b'\n');
        }
    }
    Ok(text)
}
