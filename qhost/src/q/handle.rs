//! Integers as functions: `1` and `2` write to the process's outputs, `-1` and `-2` with a newline.

use std::io::{self, Write};

use super::eval;
use crate::error::{QError, R};
use crate::object::{Obj, tag};

/// Applies a handle to one argument.
///
/// # Errors
/// `type` when the argument is no text; the system's words when writing fails; `rank`.
pub fn apply(handle: &Obj, args: &[Obj]) -> R {
    let [x] = args else { return Err(QError::rank()) };
    let n = if handle.tag() == -tag::KI { i64::from(handle.get::<i32>()) } else { handle.get() };
    match n {
        0 if x.tag() == tag::KC => return eval::text(x.slice::<u8>()),
        0 => return eval::value(x),
        1 | -1 => write(&mut io::stdout().lock(), x, n < 0)?,
        2 | -2 => write(&mut io::stderr().lock(), x, n < 0)?,
        _ => return Err(QError::named("Cannot write to handle")),
    }
    Ok(handle.clone())
}

fn write(out: &mut impl Write, x: &Obj, newline: bool) -> R<()> {
    let lines: Vec<Obj> = match x.tag() {
        tag::LIST => x.items().to_vec(),
        _ => vec![x.clone()],
    };
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
    out.write_all(&text).and_then(|()| out.flush()).map_err(|error| QError::named(error.to_string()))
}
