//! Who may make new ways into C.
//!
//! A q process answers whoever connects to its port, and a native function that binds or reads memory lets its caller
//! do anything the process can. So each of [`natives`](crate::natives) says what it takes to call it, and is checked
//! before its body runs. Calls of functions that exist already are not checked: binding is where the decision is made.

use std::ffi::CStr;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

use crate::callback::{q_error, state};
use crate::error::{Error, Result};
use crate::k::{self, K, K0, Owned, Ref, tag};

/// What it takes to call a native function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing: it computes from its arguments, or tells of what there is.
    Open,
    /// It makes a new way to run C or to reach memory: refused in a sealed process, and to a remote caller unless
    /// that is allowed.
    Guarded,
    /// It changes the policy: always refused to a remote caller.
    Local,
}

static SEALED: AtomicBool = AtomicBool::new(false);
static REMOTE_ALLOWED: AtomicBool = AtomicBool::new(false);
/// The q function that gives `.z.w`, of q's main thread and used there alone: calling it is cheaper than having q read
/// a text. Made once for the process.
static QUESTION: AtomicPtr<K0> = AtomicPtr::new(std::ptr::null_mut());

/// Whether the native function of this name may be called now.
///
/// # Errors
/// [`Error::Access`].
pub fn permit(access: Access, name: &str) -> Result<()> {
    match access {
        Access::Open => Ok(()),
        Access::Guarded => {
            refuse_if_sealed(name)?;
            // Asking costs as much as a small q expression, which is not wasted on those who do not care.
            if REMOTE_ALLOWED.load(Ordering::Relaxed) { Ok(()) } else { refuse_remote(name) }
        }
        Access::Local => refuse_remote(name),
    }
}

/// Refuses what a struct in q's own bytes cannot give: what its pointers point to.
///
/// # Errors
/// [`Error::Access`].
pub fn permit_pointers(name: &str) -> Result<()> {
    permit(Access::Guarded, &format!("{name}: pointers in a struct"))
}

fn refuse_if_sealed(name: &str) -> Result<()> {
    match SEALED.load(Ordering::Relaxed) {
        true => Err(Error::Access(format!("{name}: closed by .ffi.seal"))),
        false => Ok(()),
    }
}

fn refuse_remote(name: &str) -> Result<()> {
    match served_handle() {
        Some(0) => Ok(()),
        Some(handle) => Err(Error::Access(format!("{name}: refused to remote handle {handle}"))),
        None => Err(Error::Access(format!("{name}: q does not tell whom it serves"))),
    }
}

/// The handle whose message q is answering, `.z.w`; 0 when it is none. An interpreter that cannot answer, for want of
/// stack say, is no proof of a local caller; a runtime without an interpreter serves nobody.
fn served_handle() -> Option<i32> {
    let answer = ask();
    if answer.is_null() {
        let Error::Signal(text) = q_error() else { return None };
        return (text == "nyi").then_some(0);
    }
    // SAFETY: not NULL, and the reference is given to us.
    let answer = unsafe { Owned::from_raw(answer) };
    match answer.get().tag() {
        // SAFETY: the payload of an int is 32 bits.
        t if t == -tag::INT => Some(unsafe { answer.get().payload() }),
        tag::ERROR => error_text(answer.get()).is_some_and(|text| text == c"nyi").then_some(0),
        _ => None,
    }
}

/// What q says of `.z.w`: the value, an error object, or NULL for an error that is pending.
fn ask() -> K {
    if !state::is_main_thread() {
        return evaluate(c".z.w");
    }
    let mut question = QUESTION.load(Ordering::Relaxed);
    if question.is_null() {
        question = evaluate(c"{[x] .z.w}");
        // SAFETY: not NULL, and an object.
        let is_function = unsafe { Ref::new(question) }.is_some_and(|f| f.tag() == tag::LAMBDA);
        if !is_function {
            return question;
        }
        QUESTION.store(question, Ordering::Relaxed);
    }
    let argument = Owned::list(vec![Owned::null()]);
    // SAFETY: both are live objects; `dot` borrows them, and gives the result away.
    unsafe { k::dot(question, argument.get().as_raw()) }
}

/// The value of a text, in this process.
fn evaluate(text: &CStr) -> K {
    const NO_ARGUMENT: K = std::ptr::null_mut();
    // SAFETY: `k` reads the text; its arguments end with NULL.
    unsafe { k::k(0, text.as_ptr(), NO_ARGUMENT) }
}

/// The text of an error object.
fn error_text(error: Ref<'_>) -> Option<&CStr> {
    // SAFETY: the payload of an error object is its text, NUL-terminated, or NULL (k.h).
    unsafe {
        let text: *const std::ffi::c_char = error.payload();
        (!text.is_null()).then(|| CStr::from_ptr(text))
    }
}

/// `.ffi.seal[]`: closes what is guarded for the rest of the process.
///
/// # Errors
/// None.
pub fn seal(_: Ref) -> Result<Owned> {
    SEALED.store(true, Ordering::Relaxed);
    Ok(Owned::null())
}

/// `.ffi.allowRemote[]`: lets remote callers do what is guarded, for the rest of the process.
///
/// # Errors
/// [`Error::Access`] in a sealed process.
pub fn allow_remote(_: Ref) -> Result<Owned> {
    refuse_if_sealed("allowRemote")?;
    REMOTE_ALLOWED.store(true, Ordering::Relaxed);
    Ok(Owned::null())
}
