//! Where q and C enter: no panic goes back out, and errors become q's.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::callback;
use crate::error::{Error, Result};
use crate::k::{self, K, Owned, Ref};

/// Runs a native function's body and returns what q expects: an object, NULL for `::`, or NULL with an error signalled.
pub fn guard(body: impl FnOnce() -> Result<Owned>) -> K {
    callback::state::note_q_thread();
    if callback::state::wants_attention() {
        callback::object::bury_returned();
    }
    // The body's state is not used again after a panic: it belongs to the call.
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(x)) => x.into_raw(),
        Ok(Err(Error::Pending)) => std::ptr::null_mut(),
        Ok(Err(error)) => k::signal(&error),
        Err(payload) => k::signal(&panicked(&*payload)),
    }
}

fn panicked(payload: &(dyn std::any::Any + Send)) -> Error {
    let words = payload.downcast_ref::<&str>().map(ToString::to_string);
    let words = words.or_else(|| payload.downcast_ref::<String>().cloned());
    Error::Codegen(format!("internal error: {}", words.unwrap_or_default()))
}

/// A native function of `.ffi`: its public name, its C function and its rank.
pub struct Native {
    /// The name under `.ffi`.
    pub name: &'static str,
    /// The C function of as many K.
    pub function: *const u8,
    /// Number of parameters.
    pub rank: usize,
}

/// Makes a [`Native`] of a Rust function of one to four [`Ref`]s that returns [`Result<Owned>`], for those whom
/// [`Access`](crate::policy::Access) lets call it.
#[macro_export]
macro_rules! native {
    ($name:literal, $access:ident, $body:path, 1) => {
        $crate::native!(@ $name, $access, $body, 1, x)
    };
    ($name:literal, $access:ident, $body:path, 2) => {
        $crate::native!(@ $name, $access, $body, 2, x y)
    };
    ($name:literal, $access:ident, $body:path, 3) => {
        $crate::native!(@ $name, $access, $body, 3, x y z)
    };
    ($name:literal, $access:ident, $body:path, 4) => {
        $crate::native!(@ $name, $access, $body, 4, x y z n)
    };
    (@ $name:literal, $access:ident, $body:path, $rank:literal, $($arg:ident)+) => {{
        extern "C" fn native($($arg: $crate::k::K),+) -> $crate::k::K {
            $crate::entry::guard(|| {
                $crate::policy::permit($crate::policy::Access::$access, $name)?;
                // SAFETY: q calls this function with arguments that it keeps alive until it returns.
                $body($(unsafe { $crate::entry::argument($arg) }?),+)
            })
        }
        $crate::entry::Native { name: $name, function: native as *const u8, rank: $rank }
    }};
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
