//! Where q and C enter: no panic goes back out, and errors become q's.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::calls;
use crate::error::{Error, Result};
use crate::k::{self, K, Owned, Ref};

/// Runs a native function's body and returns what q expects: an object, NULL for `::`, or NULL with an error signalled.
pub fn guard(body: impl FnOnce() -> Result<Owned>) -> K {
    let here = calls::enter();
    let result = caught(|| {
        here.check_stack("nearly used up")?;
        body()
    });
    // Afterwards: what the result is read from may go with a callback that has been released.
    if here.wants_attention() {
        attend(here);
    }
    match result {
        Ok(x) => x.into_raw(),
        Err(Error::Pending) => std::ptr::null_mut(),
        Err(error) => k::signal(&error),
    }
}

fn attend(here: calls::Here) {
    let attended = caught(|| {
        calls::attend(here);
        Ok(())
    });
    if let Err(error) = attended {
        calls::print(&error);
    }
}

/// Runs what q or C asks for; a panic becomes an error, since neither can be unwound.
///
/// # Errors
/// The body's; [`Error::Codegen`] for a panic.
pub fn caught<T>(body: impl FnOnce() -> Result<T>) -> Result<T> {
    // The body's state is not used again after a panic: it belongs to the call.
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| Err(panicked(&*payload)))
}

fn panicked(payload: &(dyn std::any::Any + Send)) -> Error {
    let words = payload.downcast_ref::<&str>().map(ToString::to_string);
    let words = words.or_else(|| payload.downcast_ref::<String>().cloned());
    Error::Codegen(format!("internal error: {}", words.unwrap_or_default()))
}

/// An argument that q lends for the length of a call.
///
/// # Errors
/// [`Error::Usage`] for a null pointer, which q never passes.
///
/// # Safety
/// `x` is an argument of the native function that runs, and `'a` ends with it: q keeps arguments alive until then.
pub unsafe fn argument<'a>(x: K) -> Result<Ref<'a>> {
    // SAFETY: passed on to the caller.
    unsafe { Ref::new(x) }.ok_or_else(|| Error::Usage("no object".into()))
}
