//! q functions as C function pointers: how long they live, what becomes of errors, and who may call them.
//!
//! A thunk ([`crate::jit`]) boxes C's arguments and applies the q function; this module is what it consults. An error
//! in q cannot unwind through C: it is parked, C gets zeros, and the stub through which q called C signals it when C
//! has returned. Threads other than q's leave their calls in a [`queue`].

mod closure;
pub mod object;
pub mod queue;
mod specification;
pub mod state;

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use self::closure::Closure;
pub use self::object::foreign_pointer;
pub use self::specification::{is_specification, pointer};
use crate::calls::{self, Record, Suspended};
use crate::ctype::Kind;
use crate::error::{Error, Result};
use crate::jit::{Code, Symbol};
use crate::jit::{Form, ThunkState};
use crate::k::{self, K, Owned, Ref, tag};
use crate::marshal::{self, Frame};
use crate::memory;
use crate::plan::Route;
use crate::prototype::Prototype;
use crate::signature::Type;

/// A q function with the types by which C calls it.
#[repr(C)]
pub struct Callback {
    /// Calls of the thunk under way, which need the function although it may have been released meanwhile, and the list
    /// of arguments that it uses again. Thunks have its address.
    state: ThunkState,
    /// The record of the thread that made it, on which alone it enters q.
    home: *const Record,
    /// `None` once released.
    function: UnsafeCell<Option<Owned>>,
    prototype: Arc<Prototype>,
    thunk: OnceLock<Thunk>,
    released: AtomicBool,
    /// What the last result points to, if C was given a pointer: it lives until the next.
    kept: UnsafeCell<Option<(Owned, Frame<'static>)>>,
}

/// The C function of a callback.
enum Thunk {
    Native(Code),
    Libffi(Closure),
}

// SAFETY: the function and what is kept are touched only on threads that run q, and there not concurrently: one call
// of a thunk ends or is suspended in q before q makes another. Other threads read the types, which do not change.
unsafe impl Send for Callback {}
// SAFETY: as above; `released` is atomic.
unsafe impl Sync for Callback {}

impl Callback {
    /// A callback with a thunk of its own.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for variable arguments, [`Error::Codegen`].
    fn new(function: Ref, prototype: Arc<Prototype>) -> Result<&'static Self> {
        let route = if prototype.plans.callback.is_some() { Route::Native } else { Route::Libffi };
        Self::by(route, function, prototype)
    }

    fn by(route: Route, function: Ref, prototype: Arc<Prototype>) -> Result<&'static Self> {
        let callback = Box::new(Self {
            state: ThunkState::default(),
            home: calls::enter().as_ptr(),
            function: UnsafeCell::new(Some(function.to_owned())),
            prototype,
            thunk: OnceLock::new(),
            released: AtomicBool::new(false),
            kept: UnsafeCell::new(None),
        });
        let thunk = callback.make_thunk(route, function)?;
        let callback = Box::leak(callback);
        callback.thunk.get_or_init(|| thunk);
        queue::listen();
        Ok(callback)
    }

    /// A function that calls this callback, which stays where it is from now on.
    fn make_thunk(&self, route: Route, function: Ref) -> Result<Thunk> {
        if route == Route::Libffi {
            // SAFETY: the callback is freed after its thunk only.
            return unsafe { Closure::new(self) }.map(Thunk::Libffi);
        }
        let resolve = |symbol| match symbol {
            Symbol::Context => std::ptr::from_ref(self) as usize,
            Symbol::Function => function.as_raw() as usize,
            Symbol::MakeSymbol => marshal::make_symbol as *const () as usize,
            Symbol::Enter => enter as *const () as usize,
            Symbol::BoxArgument => box_argument as *const () as usize,
            Symbol::Settle => settle as *const () as usize,
            Symbol::Leave => leave as *const () as usize,
            Symbol::Elsewhere => elsewhere as *const () as usize,
            other => unreachable!("thunks do not name {}", other.name()),
        };
        Code::install(self.prototype.template(Form::Callback)?, resolve).map(Thunk::Native)
    }

    /// The function pointer for C.
    fn entry(&self) -> *const u8 {
        match self.thunk.get() {
            Some(Thunk::Native(code)) => code.entry(),
            Some(Thunk::Libffi(closure)) => closure.entry(),
            None => std::ptr::null(),
        }
    }

    /// Applies the q function, if it is still there.
    ///
    /// # Safety
    /// This thread runs q.
    unsafe fn apply(&self, arguments: Owned) -> Result<u64> {
        // SAFETY: only threads that run q touch the function; a clone keeps it while it runs.
        let function = unsafe { (*self.function.get()).as_ref().map(|f| f.get().to_owned()) };
        let Some(function) = function else { return Ok(0) };
        // SAFETY: both are live objects; the result is ours.
        let result = unsafe { k::dot(function.get().as_raw(), arguments.get().as_raw()) };
        // SAFETY: as above.
        unsafe { self.settle(result) }
    }

    /// C's result for what `dot` has returned, or the error instead.
    ///
    /// # Safety
    /// `x` is NULL or an object whose reference is given away; this thread runs q.
    unsafe fn settle(&self, x: K) -> Result<u64> {
        match x.is_null() {
            true => Err(q_error()),
            // SAFETY: passed on to the caller.
            false => unsafe { self.result(Owned::from_raw(x)) },
        }
    }

    /// # Safety
    /// This thread runs q.
    unsafe fn result(&self, x: Owned) -> Result<u64> {
        let Some(ty) = &self.prototype.signature.ret else { return Ok(0) };
        let mut frame = Frame::with_capacity(1);
        // SAFETY: the object is dropped after the frame, or kept together with it.
        let lent = unsafe { Ref::new(x.get().as_raw()) };
        let lent = lent.ok_or_else(|| Error::Usage("callback: no object".into()))?;
        frame.push(ty, lent).map_err(|m| m.returned())?;
        let word = frame.word(0);
        match ty {
            // C owns the K object that it is given.
            Type::Object => drop(x.into_raw()),
            Type::Value(row) if row.kind == Kind::Number => (),
            // SAFETY: only threads that run q touch it.
            _ => unsafe { *self.kept.get() = Some((x, frame)) },
        }
        Ok(word)
    }

    /// A K object of argument `index`, which C has passed in a word; for a struct that is its address.
    ///
    /// # Safety
    /// C has passed an argument of its type; this thread runs q.
    unsafe fn argument(&self, index: usize, word: u64) -> Owned {
        let ty = &self.prototype.signature.params[index];
        // SAFETY: passed on to the caller.
        unsafe {
            match ty {
                Type::Object => Ref::new(word as usize as K).map_or_else(Owned::null, Ref::to_owned),
                Type::Value(row) if row.kind == Kind::Guid => {
                    marshal::dereference(row, word as usize as *const u8)
                }
                Type::Struct(layout) => memory::read_struct(layout, word as usize as *const u8),
                _ => marshal::read(ty, std::ptr::from_ref(&word).cast()),
            }
        }
    }
}

impl Thunk {
    /// Gives its memory back.
    fn free(self) {
        if let Thunk::Native(code) = self {
            code.free();
        }
    }
}

/// A C function pointer that calls q through libffi's closure, whatever the signature: the judge of the thunks in
/// tests. It is never released.
///
/// # Errors
/// [`Error::Unsupported`] for variable arguments.
pub fn pointer_by_libffi(function: Ref, prototype: Arc<Prototype>) -> Result<*const u8> {
    Callback::by(Route::Libffi, function, prototype).map(Callback::entry)
}

/// The error that `dot` has just signalled, which is q's no more.
pub fn q_error() -> Error {
    // SAFETY: `ee` makes an error object of the pending error and gives it to us.
    let error = unsafe { Owned::from_raw(k::ee(std::ptr::null_mut())) };
    if error.get().tag() != tag::ERROR {
        return Error::Signal(String::new());
    }
    // SAFETY: the payload of an error object is its text, NUL-terminated, or NULL (k.h).
    let text = unsafe {
        let text: *const std::ffi::c_char = error.get().payload();
        if text.is_null() { c"" } else { std::ffi::CStr::from_ptr(text) }
    };
    Error::Signal(text.to_string_lossy().into_owned())
}

/// Runs what a thunk asks for; a panic becomes an error, since C cannot be unwound.
fn guarded<T>(body: impl FnOnce() -> Result<T>) -> Result<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(body))
        .unwrap_or_else(|_| Err(Error::Codegen("internal error in a callback".into())))
}

/// Whether a thunk may enter q: not on another thread than that which made the callback. Notes then that q runs.
pub(crate) extern "C" fn enter(callback: *const Callback, suspended: *mut Suspended) -> u64 {
    // SAFETY: a thunk passes its own callback, which outlives it.
    let callback = unsafe { &*callback };
    let Some(here) = calls::here().filter(|here| here.as_ptr() == callback.home) else { return 0 };
    if callback.released.load(Ordering::Relaxed) || here.has_error() {
        return 0;
    }
    // Only that thread gets here, and there calls nest: no need for an atomic addition.
    let running = &callback.state.running;
    running.store(running.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    // SAFETY: a thunk has room for it in its frame.
    unsafe { suspended.write(here.suspend()) };
    1
}

/// Ends what [`enter`] began, where the thunk's own code does not.
pub(crate) extern "C" fn leave(callback: *const Callback, suspended: *const Suspended) {
    // SAFETY: a thunk passes its own callback, which outlives it, and what `enter` has written.
    let (callback, suspended) = unsafe { (&*callback, *suspended) };
    let running = &callback.state.running;
    running.store(running.load(Ordering::Relaxed) - 1, Ordering::Relaxed);
    calls::enter().resume(suspended);
}

/// Makes a K object of argument `index`, which is a pointer.
pub(crate) extern "C" fn box_argument(callback: *const Callback, index: usize, word: u64) -> K {
    // SAFETY: a thunk passes its own callback, which outlives it, and what C has passed, once q may be entered.
    guarded(|| Ok(unsafe { (*callback).argument(index, word) })).unwrap_or_else(|_| Owned::null()).into_raw()
}

/// Turns what q returned into C's result, and parks the error if it returned none or it does not convert.
pub(crate) extern "C" fn settle(callback: *const Callback, suspended: *const Suspended, x: K, at: *mut u8) {
    // SAFETY: a thunk passes its own callback, which outlives it, and gives away what `dot` gave it.
    let word = guarded(|| unsafe { (*callback).settle(x) }).unwrap_or_else(|error| {
        // SAFETY: a thunk passes what `enter` has written.
        calls::enter().park(error, unsafe { &*suspended });
        0
    });
    // SAFETY: the thunk has room there for the result, and still its callback.
    unsafe {
        let callback = &*callback;
        give(callback.prototype.signature.ret.as_ref(), word, at);
    }
    leave(callback, suspended);
}

/// Finds a result where q cannot be entered: zeros when an error waits or the callback is released; another thread's
/// call is queued.
pub(crate) extern "C" fn elsewhere(callback: *const Callback, words: *const u64, at: *mut u8) {
    // SAFETY: a thunk passes its own callback, which outlives it.
    let callback: &'static Callback = unsafe { &*callback };
    let word = guarded(|| {
        if callback.released.load(Ordering::Acquire) {
            eprintln!("ffijit: C has called a callback that q has released; it gets zeros");
            return Ok(0);
        }
        if state::is_q_thread() {
            return Ok(0);
        }
        // SAFETY: the thunk has stored a word for each argument, as C passed it.
        Ok(unsafe { queue::call_from_thread(callback, words) })
    });
    // SAFETY: the thunk has room there for the result.
    unsafe { give(callback.prototype.signature.ret.as_ref(), word.unwrap_or(0), at) };
}

/// Writes the result, a word or for a struct its address; zeros where there is none.
///
/// # Safety
/// `to` has room for a result of this type, of a word at least. The address is zero or that of a struct, in the frame
/// that the callback keeps.
unsafe fn give(ty: Option<&Type>, word: u64, to: *mut u8) {
    // SAFETY: passed on to the caller.
    unsafe {
        match ty {
            Some(Type::Struct(layout)) if word == 0 => to.write_bytes(0, layout.size),
            Some(Type::Struct(layout)) => {
                to.copy_from_nonoverlapping(word as usize as *const u8, layout.size)
            }
            _ => to.cast::<u64>().write_unaligned(word),
        }
    }
}
