//! Calls of callbacks by threads that are not q's: what they pass is copied and queued, and q's event loop runs it.
//!
//! A producer is any thread of C; the one consumer is q's main thread, in the handler of an eventfd that `sd1` knows.
//! The queue is a bounded deque under one mutex, held for a push or a pop only, never while q or C runs, so producers
//! cannot be held up by q code, nor q by them; order is that of the pushes. Each request is popped by one consumer or
//! withdrawn by its producer, both under that mutex, so it is answered once. The eventfd is written after the push
//! and read before the pops: a request pushed while the handler drains is either popped by it or leaves the eventfd
//! readable. K objects are made and freed on q's thread alone; a request carries plain bytes.

use std::collections::VecDeque;
use std::ffi::{CStr, c_char};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

use super::{Callback, guarded, state};
use crate::ctype::{CType, Kind, Repr};
use crate::k::{K, Owned};
use crate::marshal;
use crate::memory;
use crate::os::Waker;
use crate::signature::Type;

/// Requests that may wait; more are dropped and counted.
const CAPACITY: usize = 1 << 16;
/// How often a thread that waits for a result looks whether q can give one.
const PATIENCE: Duration = Duration::from_millis(1);

/// A call that a thread has made.
struct Request {
    callback: &'static Callback,
    arguments: Vec<Argument>,
    reply: Option<Arc<Reply>>,
}

/// An argument as it was when C passed it.
enum Argument {
    Word(u64),
    /// The bytes of a struct, without pointers: what they point to may be gone when q sees it.
    Struct(Box<[u8]>),
    /// What a pointer pointed to; `None` for NULL.
    Pointee(&'static CType, Option<Vec<u8>>),
}

/// Where the result for a waiting thread goes.
#[derive(Default)]
struct Reply {
    word: Mutex<Option<u64>>,
    ready: Condvar,
}

#[derive(Default)]
struct Queue {
    requests: Mutex<VecDeque<Request>>,
    accepted: AtomicU64,
    run: AtomicU64,
    dropped: AtomicU64,
}

fn queue() -> &'static Queue {
    static QUEUE: OnceLock<Queue> = OnceLock::new();
    QUEUE.get_or_init(Queue::default)
}

/// What wakes q's event loop, from the first callback on; `None` in it where the system has no descriptor to spare.
static WAKER: OnceLock<Option<Waker>> = OnceLock::new();

/// Has q's event loop listen for calls from threads, from the first callback on. Does nothing on other threads than
/// the first that comes here, which is q's main thread unless peach makes a callback before any other.
pub fn listen() {
    let mut is_first = false;
    let waker = WAKER.get_or_init(|| {
        is_first = true;
        Waker::new()
    });
    if let (true, Some(waker)) = (is_first, waker) {
        // SAFETY: the handler is a function of this library, which is never unloaded; what `sd1` returns is ours.
        unsafe { drop(Owned::from_raw(crate::k::native::sd1(waker.descriptor(), drain_handler))) };
    }
}

fn waker() -> Option<&'static Waker> {
    WAKER.get()?.as_ref()
}

fn wake() {
    waker().into_iter().for_each(Waker::wake);
}

/// Makes a call for a thread that is not q's, and gives the result in a word: zero for void, the null when q cannot
/// run it now.
///
/// # Safety
/// `words` are the arguments as C has passed them.
pub unsafe fn call_from_thread(callback: &'static Callback, words: *const u64) -> u64 {
    let signature = &callback.prototype.signature;
    let null = signature.ret.as_ref().map_or(0, marshal::null_word);
    let reply = signature.ret.is_some().then(Arc::<Reply>::default);
    // A struct lies in memory that only q's thread may touch.
    let is_struct = matches!(signature.ret, Some(Type::Struct(_)));
    if reply.is_some() && (is_struct || state::is_in_call()) {
        return null;
    }
    let types = signature.params.iter().enumerate();
    // SAFETY: there is a word for each parameter, of its type.
    let arguments = types.map(|(i, ty)| unsafe { Argument::copy(ty, *words.add(i)) }).collect();
    if !queue().push(Request { callback, arguments, reply: reply.clone() }) {
        return null;
    }
    wake();
    reply.map_or(0, |reply| queue().wait(&reply, null))
}

impl Argument {
    /// # Safety
    /// C has passed `word` as an argument of this type.
    unsafe fn copy(ty: &Type, word: u64) -> Self {
        let pointer = word as usize as *const u8;
        // SAFETY: passed on to the caller.
        unsafe {
            match ty {
                Type::Pointer(row) => Self::pointee(row, pointer),
                Type::Value(row) if matches!(row.kind, Kind::Text) => {
                    Self::Pointee(row, text(pointer.cast()))
                }
                Type::Value(row) if row.kind == Kind::Guid => Self::pointee(row, pointer),
                Type::Struct(layout) => {
                    let mut bytes: Box<[u8]> = std::slice::from_raw_parts(pointer, layout.size).into();
                    memory::clear_pointers(layout, &mut bytes);
                    Self::Struct(bytes)
                }
                // A K object is q's own thread's to touch.
                Type::Object => Self::Word(0),
                _ => Self::Word(word),
            }
        }
    }

    /// # Safety
    /// `pointer` is NULL or points to a value of the row's type.
    unsafe fn pointee(row: &'static CType, pointer: *const u8) -> Self {
        // SAFETY: passed on to the caller.
        let bytes = (!pointer.is_null()).then(|| unsafe {
            match (row.kind, row.repr) {
                (Kind::Text, _) => text(pointer.cast::<*const c_char>().read_unaligned()),
                (_, Repr::Char) => text(pointer.cast()),
                _ => Some(std::slice::from_raw_parts(pointer, row.element_size()).to_vec()),
            }
        });
        Self::Pointee(row, bytes.flatten())
    }

    /// The K object, on q's thread.
    fn into_object(self, callback: &Callback, index: usize) -> Owned {
        match self {
            // SAFETY: what is no pointer is passed on as C has passed it; a K object has become NULL.
            Self::Word(word) => unsafe { callback.argument(index, word) },
            // SAFETY: a struct is passed on by its address.
            Self::Struct(bytes) => unsafe { callback.argument(index, bytes.as_ptr() as u64) },
            Self::Pointee(row, None) => marshal::null_of(row),
            Self::Pointee(row, Some(bytes)) if row.kind == Kind::Text => {
                CStr::from_bytes_until_nul(&bytes).map_or_else(|_| marshal::null_of(row), Owned::symbol)
            }
            // SAFETY: the bytes are a copy of the element, or of a text with its NUL.
            Self::Pointee(row, Some(bytes)) => unsafe { marshal::dereference(row, bytes.as_ptr()) },
        }
    }
}

/// A copy of a text with its NUL; `None` for NULL.
///
/// # Safety
/// `pointer` is NULL or points to a NUL-terminated text.
unsafe fn text(pointer: *const c_char) -> Option<Vec<u8>> {
    // SAFETY: passed on to the caller.
    (!pointer.is_null()).then(|| unsafe { CStr::from_ptr(pointer) }.to_bytes_with_nul().to_vec())
}

impl Queue {
    fn push(&self, request: Request) -> bool {
        let mut requests = self.requests.lock();
        if requests.len() >= CAPACITY || waker().is_none() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return false;
        }
        requests.push_back(request);
        self.accepted.fetch_add(1, Ordering::Relaxed);
        true
    }

    /// Waits for q's event loop, but not while q is inside a C function, which may be waiting for this thread.
    fn wait(&self, reply: &Arc<Reply>, null: u64) -> u64 {
        let mut word = reply.word.lock();
        loop {
            if let Some(word) = *word {
                return word;
            }
            let timed_out = reply.ready.wait_for(&mut word, PATIENCE).timed_out();
            if timed_out && word.is_none() && state::is_in_call() && self.withdraw(reply) {
                return null;
            }
        }
    }

    /// Takes a request back, unless q has begun to run it.
    fn withdraw(&self, reply: &Arc<Reply>) -> bool {
        let mut requests = self.requests.lock();
        let before = requests.len();
        requests.retain(|r| r.reply.as_ref().is_none_or(|other| !Arc::ptr_eq(other, reply)));
        let withdrawn = requests.len() < before;
        self.dropped.fetch_add(u64::from(withdrawn), Ordering::Relaxed);
        withdrawn
    }
}

/// Runs what is queued. q's event loop calls this when the descriptor is readable.
extern "C" fn drain_handler(_: i32) -> K {
    waker().into_iter().for_each(Waker::drain);
    state::note_q_thread();
    loop {
        let request = queue().requests.lock().pop_front();
        let Some(request) = request else { return std::ptr::null_mut() };
        run(request);
    }
}

fn run(request: Request) {
    let Request { callback, arguments, reply } = request;
    let word = guarded(|| {
        let objects = arguments.into_iter().enumerate().map(|(i, a)| a.into_object(callback, i));
        // SAFETY: the event loop runs on q's thread.
        unsafe { callback.apply(argument_list(objects.collect())) }
    });
    let word = word.unwrap_or_else(|error| {
        state::print(&error);
        0
    });
    queue().run.fetch_add(1, Ordering::Relaxed);
    if let Some(reply) = reply {
        *reply.word.lock() = Some(word);
        reply.ready.notify_one();
    }
}

/// The list of the arguments, as the thunks build it ([`crate::jit`]).
pub(super) fn argument_list(mut objects: Vec<Owned>) -> Owned {
    if objects.is_empty() {
        objects.push(Owned::null());
    }
    let count = objects.len();
    let list = Owned::list(objects);
    if count > crate::plan::MAX_RANK { Owned::list(vec![list]) } else { list }
}

/// Numbers for `.ffi.stats[]`: calls from threads that were accepted, run, dropped, and that wait.
pub fn statistics() -> [(&'static str, i64); 4] {
    let queue = queue();
    let waiting = queue.requests.lock().len();
    let count = |n: &AtomicU64| n.load(Ordering::Relaxed) as i64;
    [
        ("threadCalls", count(&queue.accepted)),
        ("threadCallsRun", count(&queue.run)),
        ("threadCallsDropped", count(&queue.dropped)),
        ("threadCallsWaiting", waiting as i64),
    ]
}
