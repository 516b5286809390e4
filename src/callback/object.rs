//! `.ffi.callback`: a callback that ends with the last reference to its foreign object; and the end of callbacks.
//!
//! A callback that q has released is marked. When nobody is in it any more it is buried, on its home thread: the q function
//! goes. Its thunk stays in quarantine for a while, so that C that still calls it gets zeros and a line in the log, not
//! somebody else's function; then its memory may serve again.

use std::collections::{HashMap, VecDeque};
use std::sync::OnceLock;
use std::sync::atomic::Ordering;

use parking_lot::Mutex;

use super::specification::{self, prototype};
use super::{Callback, away};
use crate::args::usage;
use crate::calls::{self, Here, Hooks};
use crate::error::Result;
use crate::foreign;
use crate::k::{K, Owned, Ref};
use crate::policy;

/// Released thunks that are kept before their memory may serve again, oldest first.
const QUARANTINE: usize = 4096;

#[derive(Default)]
struct Callbacks {
    /// Those that a foreign object holds, by the address of the thunk.
    live: HashMap<usize, &'static Callback>,
    /// Released, and not buried yet.
    unburied: Vec<&'static Callback>,
    /// Released; buried or not.
    quarantine: VecDeque<&'static Callback>,
    released: u64,
}

fn callbacks() -> &'static Mutex<Callbacks> {
    static CALLBACKS: OnceLock<Mutex<Callbacks>> = OnceLock::new();
    CALLBACKS.get_or_init(Mutex::default)
}

/// Has callbacks buried when their threads have something that wants attention, or end.
pub(super) fn begin() {
    calls::set_hooks(Hooks { attention: bury_idle, thread_ends: end_thread });
}

/// `.ffi.callback[f;args;ret]`: a C function pointer that calls q, as a foreign object.
///
/// # Errors
/// [`Error::Usage`](crate::error::Error::Usage) for arguments of another form; those of reading the signature and of
/// compilation.
pub fn callback(f: Ref, args: Ref, ret: Ref) -> Result<Owned> {
    if !f.is_function() {
        return Err(usage("callback", "f", "function", f));
    }
    let prototype = prototype(args, Some(ret)).ok_or_else(|| {
        let (which, x) = if args.chars().is_some() { ("ret", ret) } else { ("args", args) };
        usage("callback", which, "string or char", x)
    })??;
    let callback = Callback::new(f, prototype, policy::is_remote()?)?;
    super::queue::listen();
    let object = Owned::foreign(release, callback.entry());
    callbacks().lock().live.insert(callback.entry() as usize, callback);
    object.inspect_err(|_| end(callback.entry() as usize))
}

/// The function pointer that the foreign object of a callback holds.
pub fn entry(x: Ref) -> Option<*mut u8> {
    foreign::pointer_of(x, release)
}

/// The destructor: the q function goes, and its thunk into quarantine.
pub(crate) extern "C" fn release(x: K) {
    // SAFETY: q passes the object whose last reference goes.
    if let Some(entry) = unsafe { Ref::new(x) }.and_then(entry) {
        end(entry as usize);
    }
}

/// Ends the callback whose thunk is at this address.
fn end(entry: usize) {
    let Some(callback) = callbacks().lock().retire(entry) else { return };
    let here = calls::enter();
    match callback.is_home(here.as_ptr()) {
        true if callback.is_idle() => bury(callback),
        _ => {
            callbacks().lock().unburied.push(callback);
            callback.home.ask_for_attention();
        }
    }
    let expired = callbacks().lock().expired();
    expired.into_iter().for_each(free);
}

impl Callbacks {
    /// Marks a callback as released; `None` for one that has been already.
    fn retire(&mut self, entry: usize) -> Option<&'static Callback> {
        let callback = self.live.remove(&entry)?;
        callback.keeping.release();
        self.released += 1;
        self.quarantine.push_back(callback);
        // One whose home thread has ended is buried already.
        (!callback.buried.load(Ordering::Relaxed)).then_some(callback)
    }

    /// Those whose time in quarantine is over. Whoever is in one keeps it there.
    fn expired(&mut self) -> Vec<&'static Callback> {
        let over = self.quarantine.len().saturating_sub(QUARANTINE);
        let oldest: Vec<_> = self.quarantine.drain(..over).collect();
        let is_over = |c: &&Callback| c.buried.load(Ordering::Acquire) && c.is_idle();
        let (over, kept): (Vec<_>, Vec<_>) = oldest.into_iter().partition(is_over);
        kept.into_iter().rev().for_each(|callback| self.quarantine.push_front(callback));
        over
    }
}

/// Gives up the q function of a released callback in which nobody is. Without the lock, since what the function holds may
/// have destructors too, ours among them.
fn bury(released: &'static Callback) {
    // SAFETY: this is the home thread, and nobody is in the callback.
    drop(unsafe { (released.function.get().replace(None), released.kept.get().replace(None)) });
    let list = released.state.list.swap(std::ptr::null_mut(), Ordering::Relaxed);
    // SAFETY: the thunk has left its list there, with the only reference to it.
    drop((!list.is_null()).then(|| unsafe { Owned::new(list) }));
    released.buried.store(true, Ordering::Release);
}

/// Buries callbacks of this thread that were released while somebody was in them, and nobody is now.
fn bury_idle(here: Here) {
    loop {
        let idle = {
            let unburied = &mut callbacks().lock().unburied;
            let is_idle = |c: &&Callback| c.is_home(here.as_ptr()) && c.is_idle();
            let at = unburied.iter().position(is_idle);
            at.map(|at| unburied.swap_remove(at))
        };
        let Some(idle) = idle else { return };
        here.attend();
        bury(idle);
    }
}

/// Ends all callbacks of a thread of q that ends. Their K objects go with the thread's memory; thunks stay as long as q has
/// an object for them.
fn end_thread(here: Here) {
    let mut callbacks = callbacks().lock();
    let Callbacks { live, unburied, quarantine, .. } = &mut *callbacks;
    let inline = specification::forget();
    quarantine.extend(&inline);
    let objects = live.values().copied().chain(unburied.iter().copied());
    let own: Vec<_> = objects.filter(|c| c.is_home(here.as_ptr())).chain(inline).collect();
    unburied.retain(|c| !c.is_home(here.as_ptr()));
    for callback in own {
        callback.keeping.release();
        // SAFETY: this is the home thread, whose calls have all returned.
        std::mem::forget(unsafe {
            (callback.function.get().replace(None), callback.kept.get().replace(None))
        });
        callback.state.list.store(std::ptr::null_mut(), Ordering::Relaxed);
        callback.buried.store(true, Ordering::Release);
    }
    away::forget_kept();
}

/// Frees a callback and its thunk.
fn free(expired: &'static Callback) {
    // SAFETY: it was leaked when it was made; it is released and buried, nobody is in it, and it has left the lists.
    let mut callback = unsafe { Box::from_raw(std::ptr::from_ref(expired).cast_mut()) };
    if let Some(thunk) = callback.thunk.take() {
        thunk.free();
    }
}

/// Numbers for `.ffi.stats[]`: callbacks of the inline form, foreign ones that live, were released, are in quarantine.
pub fn statistics() -> [(&'static str, i64); 4] {
    let callbacks = callbacks().lock();
    [
        ("inlineCallbacks", specification::count() as i64),
        ("liveCallbacks", callbacks.live.len() as i64),
        ("releasedCallbacks", callbacks.released as i64),
        ("quarantined", callbacks.quarantine.len() as i64),
    ]
}
