//! Calls under way, and errors that wait for one to return.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::mem::offset_of;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicUsize, Ordering};

use crate::error::{Error, Result};
use crate::os::{self, thread_pointer};

/// What stubs and thunks share about the calls under way. There is one for the process, and stubs write it without
/// synchronisation: with several q threads `in_call` is a hint, for threads of C that want a result from q.
#[repr(C)]
pub struct CallState {
    /// 1 while q is inside a C function, unless that has called q again.
    in_call: AtomicU8,
    /// Number of errors, and of released callbacks that still run, that wait for a C function to return.
    parked: AtomicU32,
}

static CALL_STATE: CallState = CallState { in_call: AtomicU8::new(0), parked: AtomicU32::new(0) };

impl CallState {
    /// Offset of the byte that is 1 during a call.
    pub const IN_CALL: i32 = offset_of!(CallState, in_call) as i32;
    /// Offset of the number of what waits, 32 bits.
    pub const PARKED: i32 = offset_of!(CallState, parked) as i32;

    /// Its address, for machine code.
    pub fn address() -> usize {
        std::ptr::from_ref(&CALL_STATE) as usize
    }
}

thread_local! {
    /// Whether q code runs on this thread: only there may K objects be touched.
    static RUNS_Q: Cell<bool> = const { Cell::new(false) };
    /// Calls under way on this thread that no stub has made.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// The error of a callback on this thread that waits for its C function to return.
    static PARKED: RefCell<Option<Error>> = const { RefCell::new(None) };
}

/// The thread that was noted first, which is q's main thread, by its thread pointer.
static MAIN: AtomicUsize = AtomicUsize::new(0);

/// Notes that q code runs on this thread, which is so whenever q calls a native function.
pub fn note_q_thread() {
    if !RUNS_Q.replace(true) {
        let _ = MAIN.compare_exchange(0, thread_pointer(), Ordering::Relaxed, Ordering::Relaxed);
    }
}

/// Whether this is q's main thread.
pub fn is_main_thread() -> bool {
    thread_pointer() == MAIN.load(Ordering::Relaxed)
}

/// Whether q code runs on this thread. On q's main thread, where callbacks are hot, without a look at thread-local
/// storage, which takes a call from within a library.
pub fn is_q_thread() -> bool {
    is_main_thread() || RUNS_Q.get()
}

/// Whether q is inside a C function that has not called it back.
pub fn is_in_call() -> bool {
    CALL_STATE.in_call.load(Ordering::Relaxed) != 0
}

/// Sets whether q is inside a C function, returning what was.
pub fn set_in_call(now: bool) -> bool {
    // Not a swap, which would lock the bus for a flag that its own thread writes.
    let before = is_in_call();
    CALL_STATE.in_call.store(u8::from(now), Ordering::Relaxed);
    before
}

/// Marks that C code runs, for calls that no stub makes.
pub struct InCall {
    before: bool,
}

impl InCall {
    /// Begins a call; dropping ends it.
    pub fn begin() -> Self {
        DEPTH.set(DEPTH.get() + 1);
        Self { before: set_in_call(true) }
    }
}

impl Drop for InCall {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
        set_in_call(self.before);
    }
}

/// Keeps an error for the return of the C function that q has called; prints it if q has called none, as when its
/// event loop calls C. `caller` is the code that has called the callback.
pub fn park(error: Error, caller: *const c_void) {
    if DEPTH.get() == 0 && is_host(caller) {
        print(&error);
    } else if PARKED.replace(Some(error)).is_none() {
        CALL_STATE.parked.fetch_add(1, Ordering::Relaxed);
    }
}

/// Whether this code is of the module that has the event loop, which `sd1` belongs to.
fn is_host(code: *const c_void) -> bool {
    let host = crate::k::native::sd1 as *const () as usize;
    os::module_of(code as usize).is_some_and(|module| os::module_of(host) == Some(module))
}

/// Prints an error that nobody is there to trap, as q does.
pub fn print(error: &Error) {
    eprintln!("'{error}");
}

/// Has the next stub whose C function returns look here, for something else than an error.
pub fn ask_for_attention() {
    CALL_STATE.parked.fetch_add(1, Ordering::Relaxed);
}

/// Ends what [`ask_for_attention`] began.
pub fn attend() {
    CALL_STATE.parked.fetch_sub(1, Ordering::Relaxed);
}

/// Whether anything waits for a C function's return, on whatever thread.
pub fn wants_attention() -> bool {
    CALL_STATE.parked.load(Ordering::Relaxed) != 0
}

/// Whether an error waits on this thread.
pub fn has_parked_error() -> bool {
    wants_attention() && PARKED.with_borrow(Option::is_some)
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
