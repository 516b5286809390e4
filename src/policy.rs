//! Who may make new ways into C.
//!
//! A q process answers whoever connects to its port, and a native function that binds or reads memory lets its caller
//! do anything the process can. So each of [`natives`](crate::natives) says what it takes to call it, and is checked
//! before its body runs. Calls of functions that exist already are not checked: binding is where the decision is made.
//! What runs in a callback has the rights of who made the callback, wherever and for whomever C calls it.

use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

use crate::calls;
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
/// Whether q tells whom it serves; a runtime without an interpreter serves nobody.
static TELLS: AtomicBool = AtomicBool::new(false);
/// The q function that gives `.z.w` and the list of its argument, of q's main thread and used there alone: calling it is
/// cheaper than having q read a text. Made once for the process, the function last.
static QUESTION: AtomicPtr<K0> = AtomicPtr::new(std::ptr::null_mut());
static ARGUMENT: AtomicPtr<K0> = AtomicPtr::new(std::ptr::null_mut());

/// Finds out whether q tells whom it serves, when the library is loaded.
pub fn begin() {
    TELLS.store(ask().is_ok_and(|answer| is_handle(&answer)), Ordering::Relaxed);
}

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

/// Whether who acts now counts as remote, to be noted for what is made now and runs later.
///
/// # Errors
/// What q signals when it is asked.
pub fn is_remote() -> Result<bool> {
    match refuse_remote("") {
        Ok(()) => Ok(false),
        Err(Error::Access(_)) => Ok(true),
        Err(error) => Err(error),
    }
}

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// The process itself, from its scripts or its console.
    Local,
    /// A client by this handle; `None` where the handle is not known, as within a callback that some client has made.
    Remote(Option<i32>),
}

impl Actor {
    /// Whether what this one acts upon may be the other's: all is the process's own, a client's is what came by its handle.
    pub fn may_touch_of(self, owner: Actor) -> bool {
        match self {
            Self::Local => true,
            Self::Remote(handle) => handle.is_some() && self == owner,
        }
    }

    /// Whether this is a client.
    pub fn is_remote(self) -> bool {
        self != Self::Local
    }
}

/// Who acts now.
///
/// # Errors
/// What q signals when it is asked.
pub fn actor() -> Result<Actor> {
    match calls::enter().callback_is_remote() {
        Some(false) => Ok(Actor::Local),
        Some(true) => Ok(Actor::Remote(None)),
        None => Ok(match served_handle()? {
            Some(0) => Actor::Local,
            handle => Actor::Remote(handle),
        }),
    }
}

fn refuse_if_sealed(name: &str) -> Result<()> {
    match SEALED.load(Ordering::Relaxed) {
        true => Err(Error::Access(format!("{name}: closed by .ffi.seal"))),
        false => Ok(()),
    }
}

fn refuse_remote(name: &str) -> Result<()> {
    match calls::enter().callback_is_remote() {
        Some(false) => return Ok(()),
        Some(true) => {
            return Err(Error::Access(format!("{name}: refused to a remote caller's callback")));
        }
        None => (),
    }
    match served_handle()? {
        Some(0) => Ok(()),
        Some(handle) => Err(Error::Access(format!("{name}: refused to remote handle {handle}"))),
        None => Err(Error::Access(format!("{name}: q does not tell whom it serves"))),
    }
}

/// The handle whose message q is answering, `.z.w`; 0 when it is none. An interpreter that cannot answer, for want of
/// memory or stack say, is no proof of a local caller.
///
/// # Errors
/// What q signals.
fn served_handle() -> Result<Option<i32>> {
    if !TELLS.load(Ordering::Relaxed) {
        return Ok(Some(0));
    }
    let answer = ask()?;
    // SAFETY: the payload of an int is 32 bits.
    Ok(is_handle(&answer).then(|| unsafe { answer.get().payload() }))
}

fn is_handle(answer: &Owned) -> bool {
    answer.get().tag() == -tag::INT
}

/// What q says of `.z.w`: the value, or an error object.
fn ask() -> Result<Owned> {
    if !calls::enter().is_main() {
        return value(k::evaluate(c".z.w"));
    }
    let mut question = QUESTION.load(Ordering::Relaxed);
    if question.is_null() {
        let function = value(k::evaluate(c"{[x] .z.w}"))?;
        if function.get().tag() != tag::LAMBDA {
            return Ok(function);
        }
        ARGUMENT.store(Owned::list(vec![Owned::null()?])?.into_raw(), Ordering::Relaxed);
        question = function.into_raw();
        QUESTION.store(question, Ordering::Relaxed);
    }
    // SAFETY: both are kept for the life of the process, and this is the thread that made them.
    unsafe {
        let [question, argument] = [question, ARGUMENT.load(Ordering::Relaxed)].map(|x| Ref::new(x));
        k::apply(question.ok_or(Error::MemoryFull)?, argument.ok_or(Error::MemoryFull)?)
    }
}

fn value(x: K) -> Result<Owned> {
    // SAFETY: not NULL, and the reference is given to us.
    if x.is_null() { Err(k::signalled()) } else { unsafe { Owned::new(x) } }
}

/// `.ffi.seal[]`: closes what is guarded for the rest of the process.
///
/// # Errors
/// [`Error::MemoryFull`].
pub fn seal(_: Ref) -> Result<Owned> {
    SEALED.store(true, Ordering::Relaxed);
    Owned::null()
}

/// `.ffi.allowRemote[]`: lets remote callers do what is guarded, for the rest of the process.
///
/// # Errors
/// [`Error::Access`] in a sealed process.
pub fn allow_remote(_: Ref) -> Result<Owned> {
    refuse_if_sealed("allowRemote")?;
    REMOTE_ALLOWED.store(true, Ordering::Relaxed);
    Owned::null()
}
