//! Calls of callbacks by threads that are not q's: what they pass is copied and queued, and q's event loop runs it.
//!
//! A producer is any thread of C; the one consumer is q's main thread, in the handler of an eventfd that `sd1` knows.
//! What both share is a [`Mailbox`], whose mutex is held for a push or a pop only, never while q or C runs, so producers
//! cannot be held up by q code, nor q by them; order is that of the pushes. K objects are made and freed on q's thread
//! alone; a letter carries plain bytes.

use std::cell::{Cell, RefCell};
use std::ffi::{CStr, c_char};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Once, OnceLock};
use std::time::Duration;

use parking_lot::Mutex;

use super::mailbox::{Bell, Letter, Mailbox, Reply};
use super::{Callback, argument_list};
use crate::calls;
use crate::ctype::{CType, Kind, Repr};
use crate::error::{Result, copied, room};
use crate::guard::caught;
use crate::k::{K, Owned, collect};
use crate::marshal::{self, structs};
use crate::os::{self, Waker};
use crate::signature::Type;

/// Requests that may wait; more are dropped and counted.
const CAPACITY: usize = 1 << 16;
/// Requests that are run before timers and other handlers have their turn.
pub const BATCH: usize = 256;

/// A call that a thread has made. It holds its callback.
struct Request {
    callback: &'static Callback,
    arguments: Vec<Argument>,
    /// The call in the background whose thread this is, or 0.
    call: u64,
}

impl Drop for Request {
    fn drop(&mut self) {
        self.callback.keeping.let_go();
    }
}

/// An argument as it was when C passed it.
enum Argument {
    Word(u64),
    /// The bytes of a struct, without pointers: what they point to may be gone when q sees it.
    Struct(Vec<u8>),
    /// What a pointer pointed to; `None` for NULL.
    Pointee(&'static CType, Option<Vec<u8>>),
}

struct Queue {
    mailbox: Mailbox<Request>,
    run: AtomicU64,
    dropped: AtomicU64,
    refused: AtomicU64,
}

static QUEUE: Queue = Queue {
    mailbox: Mailbox::new(CAPACITY),
    run: AtomicU64::new(0),
    dropped: AtomicU64::new(0),
    refused: AtomicU64::new(0),
};

/// What wakes q's event loop, from the first callback on; `None` while the system has no descriptor to spare.
static WAKER: Mutex<Option<Arc<Waker>>> = Mutex::new(None);

/// Rung whenever there is something for q's main thread, which may wait for that on purpose.
static BELL: Bell = Bell::new();

/// What else the event loop runs when it is woken, so much at a time; it says whether something is left.
static COMPLETIONS: OnceLock<fn() -> bool> = OnceLock::new();

thread_local! {
    /// The call in the background that this thread makes, or 0.
    static CALL: Cell<u64> = const { Cell::new(0) };
    /// The calls in the background whose callbacks q runs now, and whether their threads wait for an answer.
    static SERVED: RefCell<Vec<(u64, bool)>> = const { RefCell::new(Vec::new()) };
}

/// Has the event loop run this too when it is woken.
pub fn on_wake(completions: fn() -> bool) {
    COMPLETIONS.get_or_init(|| completions);
}

/// Notes which call in the background this thread makes, 0 for none: its callbacks are that call's.
pub fn note_call(id: u64) {
    CALL.set(id);
}

/// The calls in the background whose callbacks this thread of q runs now, and whether their threads wait for an answer.
pub fn served() -> Vec<(u64, bool)> {
    SERVED.with_borrow(Clone::clone)
}

/// Has q's event loop listen for calls from threads, from the first callback of q's main thread on. Where there was no
/// descriptor the next one tries again. Whether it listens.
pub fn listen() -> bool {
    if !calls::enter().is_main() {
        return false;
    }
    let mut current = WAKER.lock();
    if current.is_some() {
        return true;
    }
    let Some(waker) = Waker::new().map(Arc::new) else { return false };
    // SAFETY: the handler is a function of this library, which is never unloaded; what `sd1` returns is ours.
    let listening = unsafe { Owned::new(crate::k::native::sd1(waker.descriptor(), drain_handler)) };
    if listening.is_ok() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| os::at_fork(before_fork, after_fork, in_child));
        *current = Some(waker);
    }
    current.is_some()
}

/// No thread of C is within the queue while the process is forked.
extern "C" fn before_fork() {
    std::mem::forget((WAKER.lock(), QUEUE.mailbox.letters.lock(), BELL.rung.lock()));
}

extern "C" fn after_fork() {
    // SAFETY: `before_fork` has locked all on this thread, and forgotten that.
    unsafe {
        BELL.rung.force_unlock();
        QUEUE.mailbox.letters.force_unlock();
        WAKER.force_unlock();
    }
}

/// A child has a descriptor of its own by the same number, which its copy of the event loop listens to, and none of the
/// calls that its parent runs.
extern "C" fn in_child() {
    // SAFETY: `before_fork` has locked all on this thread, the only one that there is.
    unsafe {
        (*WAKER.data_ptr()).iter().for_each(|waker| waker.renew());
        std::mem::forget(std::mem::take(&mut *QUEUE.mailbox.letters.data_ptr()));
    }
    after_fork();
}

fn waker() -> Option<Arc<Waker>> {
    WAKER.lock().clone()
}

/// Has q's event loop, or who waits on purpose, look for what there is.
pub fn wake() {
    waker().iter().for_each(|waker| waker.wake());
    ring();
}

/// Has who waits on purpose look for what there is.
pub fn ring() {
    BELL.ring();
}

/// Begins a look for what a wait on purpose is for: what comes from now on ends [`wait`].
pub fn begin_wait() {
    BELL.hush();
}

/// Waits for something since [`begin_wait`], at most so long.
pub fn wait(limit: Option<Duration>) {
    BELL.wait(limit);
}

/// Runs calls of callbacks that wait, so many at most. Whether there were any.
pub fn run_waiting() -> bool {
    QUEUE.mailbox.run(BATCH, run) > 0
}

/// Makes a call for a thread that is not q's, and gives the result in a word: zero for void, the null when q cannot
/// run it now. Texts and other memory that q would lend as a result are refused: who would keep them?
///
/// # Safety
/// `words` are the arguments as C has passed them.
pub unsafe fn call_from_thread(callback: &'static Callback, words: *const u64) -> u64 {
    let signature = &callback.prototype.signature;
    let null = callback.null();
    let lends = signature.ret.as_ref().is_some_and(|ty| !is_number(ty));
    let is_answered = signature.ret.is_some();
    if lends || (is_answered && calls::any_in_call()) || !callback.keeping.hold() {
        QUEUE.refused.fetch_add(1, Ordering::Relaxed);
        return null;
    }
    let mut request = Request { callback, arguments: Vec::new(), call: CALL.get() };
    // SAFETY: there is a word for each parameter, of its type.
    let Ok(arguments) = (unsafe { copies(&signature.params, words) }) else {
        QUEUE.dropped.fetch_add(1, Ordering::Relaxed);
        return null;
    };
    request.arguments = arguments;
    // The thread that waits holds the callback too: it reads the types afterwards.
    let reply = is_answered.then(Arc::<Reply>::default);
    let _waiting = (reply.is_some() && callback.keeping.hold()).then(|| LetGo(callback));
    if !deliver(request, reply.clone()) {
        return null;
    }
    let Some(reply) = reply else { return 0 };
    // While a thread of q is inside a C function, that may be waiting for this one.
    QUEUE.mailbox.wait(&reply, calls::any_in_call).unwrap_or_else(|| {
        QUEUE.dropped.fetch_add(1, Ordering::Relaxed);
        null
    })
}

/// Has the callback of this address called with a word from q's event loop.
pub(super) fn call_later(callback: usize, word: usize) {
    // SAFETY: callbacks of the inline form of q's main thread, whose addresses alone come here, are never freed.
    let callback = unsafe { &*(callback as *const Callback) };
    if callback.keeping.hold() {
        let arguments = vec![Argument::Word(word as u64)];
        deliver(Request { callback, arguments, call: 0 }, None);
    }
}

/// Leaves a call for q's event loop, or counts it where there is no room, or nobody to hear of it.
fn deliver(content: Request, reply: Option<Arc<Reply>>) -> bool {
    // Asked with the letters free: a fork locks both, the waker first.
    let is_in = waker().is_some() && QUEUE.mailbox.deliver(Letter { content, reply }, wake);
    QUEUE.dropped.fetch_add(u64::from(!is_in), Ordering::Relaxed);
    is_in
}

struct LetGo(&'static Callback);

impl Drop for LetGo {
    fn drop(&mut self) {
        self.0.keeping.let_go();
    }
}

fn is_number(ty: &Type) -> bool {
    matches!(ty, Type::Value(row) if matches!(row.kind, Kind::Number | Kind::Size | Kind::Address))
}

/// # Safety
/// There is a word for each of these parameters, as C has passed it.
unsafe fn copies(params: &[Type], words: *const u64) -> Result<Vec<Argument>> {
    let mut arguments = room(params.len())?;
    for (i, ty) in params.iter().enumerate() {
        // SAFETY: passed on to the caller.
        arguments.push(unsafe { Argument::copy(ty, *words.add(i)) }?);
    }
    Ok(arguments)
}

impl Argument {
    /// # Safety
    /// C has passed `word` as an argument of this type.
    unsafe fn copy(ty: &Type, word: u64) -> Result<Self> {
        let pointer = word as usize as *const u8;
        // SAFETY: passed on to the caller.
        unsafe {
            Ok(match ty {
                Type::Pointer(row) => Self::pointee(row, pointer)?,
                Type::Value(row) if matches!(row.kind, Kind::Text) => {
                    Self::Pointee(row, text(pointer.cast())?)
                }
                Type::Value(row) if row.kind == Kind::Guid => Self::pointee(row, pointer)?,
                Type::Struct(layout) => {
                    let mut bytes = copied(std::slice::from_raw_parts(pointer, layout.size))?;
                    structs::clear_pointers(layout, &mut bytes);
                    Self::Struct(bytes)
                }
                // A K object is q's own thread's to touch.
                Type::Object => Self::Word(0),
                _ => Self::Word(word),
            })
        }
    }

    /// # Safety
    /// `pointer` is NULL or points to a value of the row's type.
    unsafe fn pointee(row: &'static CType, pointer: *const u8) -> Result<Self> {
        if pointer.is_null() {
            return Ok(Self::Pointee(row, None));
        }
        // SAFETY: passed on to the caller.
        let bytes = unsafe {
            match (row.kind, row.repr) {
                (Kind::Text, _) => text(pointer.cast::<*const c_char>().read_unaligned())?,
                (_, Repr::Char) => text(pointer.cast())?,
                _ => Some(copied(std::slice::from_raw_parts(pointer, row.element_size()))?),
            }
        };
        Ok(Self::Pointee(row, bytes))
    }

    /// The K object, on q's thread.
    fn object(&self, callback: &Callback, index: usize) -> Result<Owned> {
        match self {
            // SAFETY: what is no pointer is passed on as C has passed it; a K object has become NULL.
            Self::Word(word) => unsafe { callback.argument(index, *word) },
            // SAFETY: a struct is passed on by its address.
            Self::Struct(bytes) => unsafe { callback.argument(index, bytes.as_ptr() as u64) },
            Self::Pointee(row, None) => marshal::null_of(row),
            Self::Pointee(row, Some(bytes)) if row.kind == Kind::Text => {
                CStr::from_bytes_until_nul(bytes).map_or_else(|_| marshal::null_of(row), Owned::symbol)
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
unsafe fn text(pointer: *const c_char) -> Result<Option<Vec<u8>>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: passed on to the caller.
    copied(unsafe { CStr::from_ptr(pointer) }.to_bytes_with_nul()).map(Some)
}

/// Runs what is queued, so much at a time that others have their turn. q's event loop calls this when the descriptor is
/// readable.
extern "C" fn drain_handler(_: i32) -> K {
    calls::enter();
    let clear = || waker().iter().for_each(|waker| waker.drain());
    QUEUE.mailbox.drain(BATCH, clear, wake, run);
    if COMPLETIONS.get().is_some_and(|run| run()) {
        wake();
    }
    std::ptr::null_mut()
}

/// Runs a call on q's main thread, where the callback has its home.
fn run(letter: &Letter<Request>) {
    let Request { callback, arguments, call } = &letter.content;
    let here = calls::enter();
    SERVED.with_borrow_mut(|served| served.push((*call, letter.reply.is_some())));
    // The rights are those of who made the callback.
    let suspended = here.suspend(callback.is_remote);
    let word = caught(|| {
        let objects = arguments.iter().enumerate().map(|(i, a)| a.object(callback, i));
        // SAFETY: the event loop runs on q's main thread, and the request holds the callback.
        let (word, _) = unsafe { callback.apply(argument_list(collect(objects)?)?) }?;
        Ok(word)
    });
    let word = word.unwrap_or_else(|error| {
        here.park(error, &suspended);
        callback.null()
    });
    here.resume(suspended);
    SERVED.with_borrow_mut(Vec::pop);
    QUEUE.run.fetch_add(1, Ordering::Relaxed);
    if let Some(reply) = &letter.reply {
        reply.answer(word);
    }
}

/// Numbers for `.ffi.stats[]`: calls from threads that were accepted, run, dropped for want of room or a descriptor, not
/// run since q could not have answered, and that wait.
pub fn statistics() -> [(&'static str, i64); 5] {
    let count = |n: &AtomicU64| n.load(Ordering::Relaxed) as i64;
    [
        ("threadCalls", QUEUE.mailbox.accepted() as i64),
        ("threadCallsRun", count(&QUEUE.run)),
        ("threadCallsDropped", count(&QUEUE.dropped)),
        ("threadCallsRefused", count(&QUEUE.refused)),
        ("threadCallsWaiting", QUEUE.mailbox.len() as i64),
    ]
}
