//! Writing to the process's outputs.

use std::io::{self, Write};

use kapi::error::{QError, R};

/// Writes to standard output, after what C functions have left in the buffers of C's stdio.
///
/// # Errors
/// The system's words when writing fails.
pub fn stdout(text: &[u8]) -> R<()> {
    flush_c();
    write(&mut io::stdout().lock(), text)
}

/// Writes to standard error, likewise.
///
/// # Errors
/// The system's words when writing fails.
pub fn stderr(text: &[u8]) -> R<()> {
    flush_c();
    write(&mut io::stderr().lock(), text)
}

fn write(out: &mut impl Write, text: &[u8]) -> R<()> {
    out.write_all(text).and_then(|()| out.flush()).map_err(|error| QError::named(error.to_string()))
}

/// Not all streams: another thread may be within one for ever.
#[cfg(target_os = "linux")]
fn flush_c() {
    unsafe extern "C" {
        static stdout: *mut libc::FILE;
    }
    // SAFETY: C's own stream, which nobody replaces while q prints.
    unsafe { libc::fflush(stdout) };
}

#[cfg(not(target_os = "linux"))]
fn flush_c() {
    // SAFETY: null means all output streams.
    unsafe { libc::fflush(std::ptr::null_mut()) };
}
