//! Calls of a callback where its thunk may not enter q by itself: on other threads than its home, after its release, while
//! an error waits, and where pointers are looked at before they are followed.

use std::cell::RefCell;
use std::collections::HashMap;
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Callback, Kept, argument_list, queue};
use crate::calls::{self, Here};
use crate::guard::caught;
use crate::k::collect;

/// Calls that were not run, by threads that may not run them: of a released callback, or of one that another thread
/// than q's main thread made.
static REFUSED: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// What the last results of callbacks of the main thread point to that C got on this thread of q, by callback. Never
    /// dropped by itself: when a thread ends its K objects go with its memory.
    static KEPT: RefCell<ManuallyDrop<HashMap<*const Callback, Kept>>> = RefCell::default();
}

/// Makes the call, or leaves it to q's main thread, or gives the null.
///
/// # Safety
/// `words` are the arguments as C has passed them, and `at` has room for the result, of a word at least.
pub unsafe fn call(callback: &'static Callback, words: *const u64, at: *mut u8) {
    let is_main = callback.home.is_main();
    let word = match calls::here() {
        Some(here) if callback.is_home(here.as_ptr()) && !callback.looks_first() => at_home(callback, here),
        Some(here) if is_main || callback.is_home(here.as_ptr()) => {
            // SAFETY: passed on to the caller.
            unsafe { on_q_thread(callback, here, words, at) };
            return;
        }
        // SAFETY: passed on to the caller.
        None if is_main => unsafe { queue::call_from_thread(callback, words) },
        _ => refused(callback),
    };
    // SAFETY: passed on to the caller.
    unsafe { callback.give(word, at) };
}

/// Why a thunk has not entered q at home: C gets zeros.
fn at_home(callback: &Callback, here: Here) -> u64 {
    if callback.keeping.is_released() {
        return refused(callback);
    }
    if let Err(error) = here.check_stack("in a callback") {
        here.park_unbegun(error);
    }
    0
}

/// Zeros for a call of what q has released, the null for another that nobody may run.
fn refused(callback: &Callback) -> u64 {
    REFUSED.fetch_add(1, Ordering::Relaxed);
    if !callback.keeping.is_released() {
        return callback.null();
    }
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "ffijit: C has called a callback that q has released; it gets zeros");
    0
}

/// Runs a callback of q's main thread on another thread of q, which has called the C function that calls it, and any at home
/// whose arguments are looked at first.
///
/// # Safety
/// As for [`call`].
unsafe fn on_q_thread(callback: &Callback, here: Here, words: *const u64, at: *mut u8) {
    if here.has_error() || !callback.keeping.hold() {
        let word = if here.has_error() { 0 } else { refused(callback) };
        // SAFETY: passed on to the caller.
        unsafe { callback.give(word, at) };
        return;
    }
    let suspended = here.suspend(callback.is_remote);
    let result = caught(|| {
        here.check_stack("in a callback")?;
        // SAFETY: passed on to the caller; the callback is held.
        unsafe {
            let count = callback.prototype.signature.params.len();
            let arguments = (0..count).map(|i| callback.argument(i, *words.add(i)));
            callback.apply(argument_list(collect(arguments)?)?)
        }
    });
    let (word, kept) = result.unwrap_or_else(|error| {
        here.park(error, &suspended);
        (0, None)
    });
    // SAFETY: passed on to the caller; what a struct's address points to is in `kept`.
    unsafe { callback.give(word, at) };
    keep(callback, kept);
    here.resume(suspended);
    callback.keeping.let_go();
}

/// Keeps what C has a pointer to until the next result on this thread.
fn keep(callback: *const Callback, kept: Kept) {
    if kept.is_some() {
        // Dropped when the table is free again: a destructor may come here.
        let before = KEPT.with_borrow_mut(|all| all.insert(callback, kept));
        drop(before);
    }
}

/// Forgets what is kept on this thread, which ends.
pub fn forget_kept() {
    ManuallyDrop::into_inner(KEPT.take()).into_values().for_each(std::mem::forget);
}

/// Numbers for `.ffi.stats[]`: calls that nobody may run.
pub fn statistics() -> [(&'static str, i64); 1] {
    [("callsRefused", REFUSED.load(Ordering::Relaxed) as i64)]
}
