//! q functions as C function pointers: how long they live, what becomes of errors, and who may call them.
//!
//! A thunk ([`crate::jit`]) boxes C's arguments and applies the q function; this module is what it consults. An error
//! in q cannot unwind through C: it is parked, C gets zeros, and the stub through which q called C signals it when C
//! has returned.

use std::cell::{Cell, RefCell, UnsafeCell};
use std::collections::HashMap;
use std::mem::offset_of;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use crate::error::{Error, Result};
use crate::jit::code::{Code, Symbol};
use crate::jit::{self, Form};
use crate::k::{self, K, Owned, Ref, tag};
use crate::marshal::{self, Frame, Mismatch};
use crate::prototype::Prototype;
use crate::signature::Type;

/// What stubs and thunks share about the calls under way. There is one for the process; stubs write it without
/// synchronisation, so with several q threads `in_call` is a hint, and only `parked` decides.
#[repr(C)]
pub struct CallState {
    /// 1 while q's main thread is inside a C function, unless that has called q again.
    in_call: AtomicU8,
    /// Number of errors that wait for a C function to return.
    parked: AtomicU32,
}

static CALL_STATE: CallState = CallState { in_call: AtomicU8::new(0), parked: AtomicU32::new(0) };

impl CallState {
    /// Offset of the byte that is 1 during a call.
    pub const IN_CALL: i32 = offset_of!(CallState, in_call) as i32;
    /// Offset of the number of parked errors, 32 bits.
    pub const PARKED: i32 = offset_of!(CallState, parked) as i32;

    /// Its address, for machine code.
    pub fn address() -> usize {
        std::ptr::from_ref(&CALL_STATE) as usize
    }
}

thread_local! {
    /// Whether q code runs on this thread: only there may K objects be touched.
    static RUNS_Q: Cell<bool> = const { Cell::new(false) };
    /// The error of a callback on this thread that waits for its C function to return.
    static PARKED: RefCell<Option<Error>> = const { RefCell::new(None) };
}

/// Notes that q code runs on this thread, which is so whenever q calls a native function.
pub fn note_q_thread() {
    RUNS_Q.set(true);
}

/// Marks that C code runs, for calls that no stub makes.
pub struct InCall(u8);

impl InCall {
    /// Begins a call; dropping ends it.
    pub fn begin() -> Self {
        Self(CALL_STATE.in_call.swap(1, Ordering::Relaxed))
    }
}

impl Drop for InCall {
    fn drop(&mut self) {
        CALL_STATE.in_call.store(self.0, Ordering::Relaxed);
    }
}

/// Keeps an error for the C function's return; prints it if none was called, as when q's event loop calls C.
fn park(error: Error, in_call: bool) {
    if !in_call {
        eprintln!("'{error}");
        return;
    }
    if PARKED.replace(Some(error)).is_none() {
        CALL_STATE.parked.fetch_add(1, Ordering::Relaxed);
    }
}

/// Takes the error that a callback has left on this thread.
///
/// # Errors
/// That error.
pub fn take_error() -> Result<()> {
    match PARKED.take() {
        None => Ok(()),
        Some(error) => {
            CALL_STATE.parked.fetch_sub(1, Ordering::Relaxed);
            Err(error)
        }
    }
}

/// A q function with the types by which C calls it.
pub struct Callback {
    function: Owned,
    prototype: Arc<Prototype>,
    code: OnceLock<Code>,
    released: AtomicBool,
    /// What the last result points to, if C was given a pointer: it lives until the next.
    kept: UnsafeCell<Option<(Owned, Frame<'static>)>>,
}

// SAFETY: the function and what is kept are only touched on threads that run q, and there not concurrently: C calls
// one thunk from one q thread at a time, since q itself does.
unsafe impl Send for Callback {}
// SAFETY: as above; `released` is atomic.
unsafe impl Sync for Callback {}

impl Callback {
    /// A callback with a thunk of its own.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for types that thunks do not take, [`Error::Codegen`].
    pub fn new(function: Ref, prototype: Arc<Prototype>) -> Result<&'static Self> {
        let template = prototype.template(Form::Callback)?;
        let callback = Box::new(Self {
            function: function.to_owned(),
            prototype,
            code: OnceLock::new(),
            released: AtomicBool::new(false),
            kept: UnsafeCell::new(None),
        });
        let code = Code::install(template, |symbol| callback.resolve(symbol))?;
        let callback = Box::leak(callback);
        callback.code.get_or_init(|| code);
        Ok(callback)
    }

    fn resolve(&self, symbol: Symbol) -> usize {
        match symbol {
            Symbol::Context => std::ptr::from_ref(self) as usize,
            Symbol::Function => self.function.get().as_raw() as usize,
            shared => jit::address(shared),
        }
    }

    /// The function pointer for C.
    pub fn entry(&self) -> *const u8 {
        self.code.get().map_or(std::ptr::null(), Code::entry)
    }

    /// The C result for what q returned, or the error instead.
    fn result(&self, x: Owned) -> Result<u64> {
        let Some(ty) = &self.prototype.signature.ret else {
            return Ok(0);
        };
        let mut frame = Frame::with_capacity(1);
        // SAFETY: the object is kept together with the frame, which does not outlive it.
        let lent = unsafe { Ref::new(x.get().as_raw()) }
            .ok_or_else(|| Error::Usage("callback: no object".into()))?;
        frame.push(ty, lent).map_err(|m| m.returned())?;
        let word = frame.word(0);
        match ty {
            // C owns the K object that it is given.
            Type::Object => drop(x.into_raw()),
            // SAFETY: only this thread touches it, see above.
            _ if !matches!(ty, Type::Value(row) if row.kind == crate::ctype::Kind::Number) => unsafe {
                *self.kept.get() = Some((x, frame));
            },
            _ => (),
        }
        Ok(word)
    }
}

/// The generic null, for a callback without parameters.
pub(crate) extern "C" fn null() -> K {
    Owned::null().into_raw()
}

/// Whether a thunk may enter q: 0 if not, otherwise 1 more than whether a call is under way, for its return.
pub(crate) extern "C" fn enter(callback: *const Callback) -> u64 {
    // SAFETY: a thunk passes its own callback, which is never freed.
    let released = unsafe { (*callback).released.load(Ordering::Relaxed) };
    if released || !RUNS_Q.get() || has_parked_error() {
        return 0;
    }
    u64::from(CALL_STATE.in_call.swap(0, Ordering::Relaxed)) + 1
}

fn has_parked_error() -> bool {
    CALL_STATE.parked.load(Ordering::Relaxed) != 0 && PARKED.with_borrow(Option::is_some)
}

/// Makes a K object of argument `index`, which is a pointer.
pub(crate) extern "C" fn box_argument(callback: *const Callback, index: usize, word: u64) -> K {
    // SAFETY: a thunk passes its own callback, which is never freed.
    let callback = unsafe { &*callback };
    let ty = &callback.prototype.signature.params[index];
    // SAFETY: C has passed an argument of this type.
    unsafe {
        match ty {
            Type::Object => argument_object(word as usize as K),
            Type::Value(row) if row.kind == crate::ctype::Kind::Guid => {
                marshal::dereference(row, word as usize as *const u8)
            }
            _ => marshal::read(ty, std::ptr::from_ref(&word).cast()),
        }
    }
    .into_raw()
}

/// # Safety
/// `x` is NULL or a K object that the caller keeps alive.
unsafe fn argument_object(x: K) -> Owned {
    // SAFETY: passed on to the caller.
    unsafe { Ref::new(x) }.map_or_else(Owned::null, Ref::to_owned)
}

/// Turns what q returned into C's result, and parks the error if it returned none or it does not convert.
pub(crate) extern "C" fn settle(callback: *const Callback, entered: u64, x: K, at: *mut u64) {
    // SAFETY: a thunk passes its own callback, which is never freed.
    let callback = unsafe { &*callback };
    let in_call = entered > 1;
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| match x.is_null() {
        true => Err(q_error()),
        // SAFETY: the thunk gives away the reference that `dot` gave it.
        false => callback.result(unsafe { Owned::from_raw(x) }),
    }));
    let result = result.unwrap_or_else(|_| Err(Error::Codegen("internal error in a callback".into())));
    let word = result.unwrap_or_else(|error| {
        park(error, in_call);
        0
    });
    // SAFETY: the thunk has a word there for the result.
    unsafe { at.write(word) };
    CALL_STATE.in_call.store(u8::from(in_call), Ordering::Relaxed);
}

/// The error that `dot` has just signalled, which is q's no more.
fn q_error() -> Error {
    // SAFETY: `ee` makes an error object of the pending error and returns it to us.
    let error = unsafe { Owned::from_raw(k::ee(std::ptr::null_mut())) };
    // SAFETY: the payload of an error object is its text or NULL (k.h).
    let text = (error.get().tag() == tag::ERROR)
        .then(|| unsafe { error.get().payload::<*const std::ffi::c_char>() });
    let text = text.filter(|t| !t.is_null()).map(|t| {
        // SAFETY: the text is NUL-terminated.
        unsafe { std::ffi::CStr::from_ptr(t) }.to_string_lossy().into_owned()
    });
    Error::Signal(text.unwrap_or_default())
}

/// Finds a result where q cannot be entered: zeros.
pub(crate) extern "C" fn elsewhere(callback: *const Callback, _words: *const u64, at: *mut u64) {
    // SAFETY: the thunk has a word there for the result.
    unsafe { at.write(0) };
    // SAFETY: a thunk passes its own callback, which is never freed.
    if unsafe { (*callback).released.load(Ordering::Relaxed) } {
        eprintln!("ffijit: C has called a callback after its release");
    }
}

/// Callbacks of the form `(f;args;ret)`, which live as long as the process since C may keep the pointer.
type Inline = Mutex<HashMap<(usize, *const Prototype), &'static Callback>>;

struct InlineCallbacks(Inline);

// SAFETY: the pointers are keys only.
unsafe impl Sync for InlineCallbacks {}
// SAFETY: as above.
unsafe impl Send for InlineCallbacks {}

fn inline() -> &'static Inline {
    static INLINE: OnceLock<InlineCallbacks> = OnceLock::new();
    &INLINE.get_or_init(|| InlineCallbacks(Inline::default())).0
}

/// The function pointer for an argument of type `k`.
///
/// # Errors
/// A [`Mismatch`] when the argument is no function and no pointer to one.
pub fn pointer(x: Ref) -> std::result::Result<u64, Mismatch> {
    match x.tag() {
        _ if x.is_null() => Ok(0),
        // SAFETY: the payload of a long atom.
        t if t == -tag::LONG => Ok(unsafe { x.payload() }),
        tag::FOREIGN => foreign_pointer(x).map(|p| p as u64).ok_or_else(|| wanted(x)),
        tag::LIST if is_specification(x) => inline_pointer(x),
        _ => Err(wanted(x)),
    }
}

fn wanted(x: Ref) -> Mismatch {
    Mismatch::of("k", "(function;args) or (function;args;ret)", x)
}

fn inline_pointer(x: Ref) -> std::result::Result<u64, Mismatch> {
    let function = x.item(0).ok_or_else(|| wanted(x))?;
    let text = |i| x.item(i).and_then(type_text);
    let args = text(1).ok_or_else(|| wanted(x))?;
    let ret = if x.items().len() == 2 { b" " } else { text(2).ok_or_else(|| wanted(x))? };
    let prototype = Prototype::get(args, ret).map_err(Mismatch::Other)?;
    let key = (function.as_raw() as usize, Arc::as_ptr(&prototype));
    if let Some(known) = inline().lock().get(&key) {
        return Ok(known.entry() as u64);
    }
    let callback = Callback::new(function, prototype).map_err(Mismatch::Other)?;
    inline().lock().insert(key, callback);
    Ok(callback.entry() as u64)
}

/// A type text: a string, a char, or `()` for none.
fn type_text<'a>(x: Ref<'a>) -> Option<&'a [u8]> {
    if x.tag() == tag::LIST && x.is_empty() { Some(b"") } else { x.chars() }
}

/// Whether this is a q function with the types it is called with: `(f;args)` or `(f;args;ret)`.
pub fn is_specification(x: Ref) -> bool {
    let is_function = x.item(0).is_some_and(|f| (100..=112).contains(&f.tag()) && !f.is_null());
    is_function && (2..=3).contains(&x.items().len())
}

/// The pointer that a foreign object holds.
pub fn foreign_pointer(x: Ref) -> Option<*mut u8> {
    if x.tag() != tag::FOREIGN {
        return None;
    }
    // SAFETY: every object has 32 bytes at least; a foreign one is a pair, the destructor and the pointer.
    unsafe {
        let pair = x.data().cast::<*mut u8>();
        (x.payload::<i64>() == 2).then(|| pair.add(1).read())
    }
}

/// The destructor of a callback's foreign object.
pub(crate) extern "C" fn release(_: K) -> K {
    std::ptr::null_mut()
}
