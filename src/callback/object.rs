//! `.ffi.callback`: a callback that ends with the last reference to its foreign object.

use std::collections::{HashMap, VecDeque};
use std::sync::OnceLock;
use std::sync::atomic::Ordering;

use parking_lot::Mutex;

use super::specification::{is_function, prototype};
use super::{Callback, specification, state};
use crate::bind::usage;
use crate::error::Result;
use crate::k::{K, Owned, Ref, tag};

/// Released thunks that are kept before their memory may serve again, oldest first: C that still calls one gets zeros
/// and a line in the log, not somebody else's function.
const QUARANTINE: usize = 4096;

#[derive(Default)]
struct Callbacks {
    /// By the address of the thunk.
    live: HashMap<usize, &'static Callback>,
    quarantine: VecDeque<*const Callback>,
    /// Released while they ran.
    running: Vec<&'static Callback>,
    released: u64,
}

// SAFETY: the pointers are those of callbacks, which are Sync.
unsafe impl Send for Callbacks {}

fn callbacks() -> &'static Mutex<Callbacks> {
    static CALLBACKS: OnceLock<Mutex<Callbacks>> = OnceLock::new();
    CALLBACKS.get_or_init(Mutex::default)
}

/// `.ffi.callback[f;args;ret]`: a C function pointer that calls q, as a foreign object.
///
/// # Errors
/// [`Error::Usage`](crate::error::Error::Usage) for arguments of another form; those of reading the signature and of
/// compilation.
pub fn callback(f: Ref, args: Ref, ret: Ref) -> Result<Owned> {
    if !is_function(f) {
        return Err(usage("callback", "f", "function", f));
    }
    let prototype = prototype(args, Some(ret)).ok_or_else(|| {
        let (which, x) = if args.chars().is_some() { ("ret", ret) } else { ("args", args) };
        usage("callback", which, "string or char", x)
    })??;
    let callback = Callback::new(f, prototype)?;
    callbacks().lock().live.insert(callback.entry() as usize, callback);
    Ok(Owned::foreign(release, callback.entry()))
}

/// The destructor: the q function goes, and its thunk into quarantine.
pub(crate) extern "C" fn release(x: K) {
    // SAFETY: q passes the object whose last reference goes.
    let entry = unsafe { Ref::new(x) }.and_then(foreign_pointer);
    let Some((released, expired)) = entry.and_then(|entry| callbacks().lock().retire(entry as usize)) else {
        return;
    };
    if released.state.running.load(Ordering::Relaxed) == 0 {
        bury(released);
    } else {
        callbacks().lock().running.push(released);
        state::ask_for_attention();
    }
    // SAFETY: it was leaked when it was made.
    if let Some(expired) = expired.filter(|&c| unsafe { (*c).state.running.load(Ordering::Relaxed) == 0 }) {
        // SAFETY: it does not run, has long been released, and is out of quarantine.
        let mut callback = unsafe { Box::from_raw(expired.cast_mut()) };
        if let Some(thunk) = callback.thunk.take() {
            thunk.free();
        }
    }
}

/// Gives up the q function of a released callback. Without the lock, since what the function holds may have
/// destructors too, ours among them.
fn bury(released: &'static Callback) {
    // SAFETY: q calls destructors and native functions on threads that run q, and the thunk does not run.
    drop(unsafe { ((*released.function.get()).take(), (*released.kept.get()).take()) });
    let list = released.state.list.swap(std::ptr::null_mut(), Ordering::Relaxed);
    // SAFETY: the thunk has left its list there, with the only reference to it.
    drop((!list.is_null()).then(|| unsafe { Owned::from_raw(list) }));
}

/// Gives up the q functions of callbacks that were released while they ran and have returned since.
pub fn bury_returned() {
    loop {
        let returned = {
            let running = &mut callbacks().lock().running;
            let at = running.iter().position(|c| c.state.running.load(Ordering::Relaxed) == 0);
            at.map(|at| running.swap_remove(at))
        };
        let Some(returned) = returned else { return };
        state::attend();
        bury(returned);
    }
}

impl Callbacks {
    /// Marks a callback as released, and gives it and the one whose time in quarantine is over.
    fn retire(&mut self, entry: usize) -> Option<(&'static Callback, Option<*const Callback>)> {
        let callback = self.live.remove(&entry)?;
        callback.released.store(true, Ordering::Release);
        self.released += 1;
        self.quarantine.push_back(callback);
        let expired = (self.quarantine.len() > QUARANTINE).then(|| self.quarantine.pop_front()).flatten();
        Some((callback, expired))
    }
}

/// The pointer that a foreign object holds, of ours or of another library. A function made by `dl` has the same tag,
/// but a rank too.
pub fn foreign_pointer(x: Ref) -> Option<*mut u8> {
    if x.tag() != tag::FOREIGN || x.attribute() != 0 {
        return None;
    }
    // SAFETY: every object has 32 bytes at least; a foreign one is a pair, the destructor and the pointer.
    unsafe {
        let pair = x.data().cast::<*mut u8>();
        (x.payload::<i64>() == 2).then(|| pair.add(1).read())
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
