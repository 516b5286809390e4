//! Calls under way, and errors that wait for one to return: [`crate::calls`] by the names of before.

use crate::calls::{self, Call, Here};
use crate::error::{Error, Result};

/// Notes that q code runs on this thread, which is so whenever q calls a native function.
pub fn note_q_thread() {
    calls::enter();
}

/// Whether this is q's main thread.
pub fn is_main_thread() -> bool {
    calls::here().is_some_and(|here| here.is_main())
}

/// Whether q code runs on this thread.
pub fn is_q_thread() -> bool {
    calls::here().is_some()
}

/// Whether q is inside a C function that has not called it back.
pub fn is_in_call() -> bool {
    calls::any_in_call()
}

/// Marks that C code runs, for calls that no stub makes.
pub struct InCall(#[allow(dead_code, reason = "dropping ends it")] Call);

impl InCall {
    /// Begins a call; dropping ends it.
    pub fn begin() -> Self {
        Self(calls::enter().call())
    }
}

/// Prints an error that nobody is there to trap, as q does.
pub fn print(error: &Error) {
    calls::print(error);
}

/// Has the next stub whose C function returns look here, for something else than an error.
pub fn ask_for_attention() {
    calls::enter().ask_for_attention();
}

/// Ends what [`ask_for_attention`] began.
pub fn attend() {
    calls::enter().attend();
}

/// Whether anything waits for a C function's return.
pub fn wants_attention() -> bool {
    calls::here().is_some_and(|here: Here| here.wants_attention())
}

/// Takes the error that a callback has left on this thread.
///
/// # Errors
/// That error.
pub fn take_error() -> Result<()> {
    calls::enter().take_error()
}
