//! Writing to the process's outputs.

use std::io::{self, Write};

use kapi::error::{QError, R};
use kapi::os;

/// Writes to standard output, after what C functions have left in the buffers of C's stdio.
///
/// # Errors
/// The system's words when writing fails.
pub fn stdout(text: &[u8]) -> R<()> {
    os::flush_c();
    write(&mut io::stdout().lock(), text)
}

/// Writes to standard error, likewise.
///
/// # Errors
/// The system's words when writing fails.
pub fn stderr(text: &[u8]) -> R<()> {
    os::flush_c();
    write(&mut io::stderr().lock(), text)
}

fn write(out: &mut impl Write, text: &[u8]) -> R<()> {
    out.write_all(text).and_then(|()| out.flush()).map_err(|error| QError::named(error.to_string()))
}
