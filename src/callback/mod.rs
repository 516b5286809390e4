//! q functions as C function pointers: how long they live, what becomes of errors, and who may call them.
//!
//! A thunk ([`crate::jit`]) boxes C's arguments and applies the q function; this module is what it consults. An error
//! in q cannot unwind through C: it is parked, C gets zeros, and the stub through which q called C signals it when C
//! has returned.
//!
//! A callback belongs to the thread that made it, its home: there its thunk enters q by itself. Of one that q's main
//! thread made, other threads of q may be the caller too, under `peach`: that is done here, without anything that the
//! thunk keeps from call to call. Threads of C leave their calls in a [`queue`] for the main thread.

pub mod away;
mod closure;
mod mailbox;
pub mod object;
pub mod queue;
mod specification;
pub(crate) mod sync;

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use self::closure::Closure;
use self::mailbox::Keeping;
pub use self::specification::pointer;
use crate::calls::{self, Record, Suspended};
use crate::ctype::{Kind, Repr};
use crate::error::{Error, Result};
use crate::foreign;
use crate::guard::caught;
use crate::jit::{Code, Owner, Symbol};
use crate::jit::{Form, ThunkState};
use crate::k::{self, K, Owned, Ref};
use crate::marshal::{self, Mismatch, Values, structs};
use crate::plan::Route;
use crate::pointed;
use crate::policy;
use crate::prototype::Prototype;
use crate::signature::Type;

/// A q function with the types by which C calls it. The thunk has its address, and finds its own state there.
#[repr(C)]
pub struct Callback {
    /// Touched on its home thread alone.
    state: ThunkState,
    /// The record of the thread that made it.
    home: Arc<Record>,
    /// `None` once it is buried: on its home thread, when it has been released and nobody is in it.
    function: UnsafeCell<Option<Owned>>,
    prototype: Arc<Prototype>,
    thunk: OnceLock<Thunk>,
    /// Whether q has no more reference to it, and who needs it besides its thunk at home: calls by other threads, waiting
    /// or under way.
    keeping: Keeping,
    /// Whether the function has gone.
    buried: AtomicBool,
    /// What the last result points to, if C was given a pointer: it lives until the next. Touched on the home thread.
    kept: UnsafeCell<Kept>,
    /// Whether a remote caller made it.
    is_remote: bool,
}

/// An object whose memory C has been given, with what was made of it.
type Kept = Option<(Values<'static>, Owned)>;

/// The C function of a callback.
enum Thunk {
    Native(Code),
    Libffi(Closure),
}

// SAFETY: what is not atomic and changes, `state`, `function` and `kept`, is written on the home thread alone; other
// threads read `function` while they hold the callback, and it is not taken away then (`Keeping`, `is_idle`).
unsafe impl Send for Callback {}
// SAFETY: as for Send: each field that changes says who touches it.
unsafe impl Sync for Callback {}

/// A q function as a destructor for foreign objects. It belongs to q's main thread.
///
/// # Errors
/// [`Error::Unsupported`] on another thread; those of making a callback.
pub fn destructor(function: Ref) -> Result<foreign::Function> {
    if !calls::enter().is_main() {
        return Err(Error::Unsupported("a q function as destructor, but on q's main thread".into()));
    }
    let callback = specification::inline(function, Prototype::get(b"r", b" ")?)?;
    // SAFETY: the thunk is a C function that takes an address and returns nothing.
    let now = unsafe { std::mem::transmute::<*const u8, foreign::Destructor>(callback.entry()) };
    Ok(foreign::Function { now, later: queue::call_later, context: std::ptr::from_ref(callback) as usize })
}

impl Callback {
    /// A callback with a thunk of its own.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for variable arguments, [`Error::Codegen`].
    fn new(function: Ref, prototype: Arc<Prototype>, is_remote: bool) -> Result<&'static Self> {
        let route = if prototype.calls_back { Route::Native } else { Route::Libffi };
        Self::by(route, function, prototype, is_remote)
    }

    fn by(route: Route, function: Ref, prototype: Arc<Prototype>, is_remote: bool) -> Result<&'static Self> {
        object::begin();
        let callback = Box::new(Self {
            state: ThunkState::default(),
            home: calls::own(),
            function: UnsafeCell::new(Some(function.to_owned())),
            prototype,
            thunk: OnceLock::new(),
            keeping: Keeping::new(),
            buried: AtomicBool::new(false),
            kept: UnsafeCell::new(None),
            is_remote,
        });
        let thunk = callback.make_thunk(route, function)?;
        let callback = Box::leak(callback);
        callback.thunk.get_or_init(|| thunk);
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
            Symbol::MakeSymbol => k::make_symbol_of as *const () as usize,
            Symbol::Enter => enter as *const () as usize,
            Symbol::BoxArgument => box_argument as *const () as usize,
            Symbol::Settle => settle as *const () as usize,
            Symbol::Leave => leave as *const () as usize,
            Symbol::Elsewhere => elsewhere as *const () as usize,
            other => unreachable!("thunks do not name {}", other.name()),
        };
        Code::install(self.prototype.template(Form::Callback)?, Owner::Nobody, resolve).map(Thunk::Native)
    }

    /// Whether pointers are to be looked at that the thunk would follow by itself.
    fn looks_first(&self) -> bool {
        pointed::looks() && self.prototype.signature.params.iter().any(|ty| matches!(ty, Type::Pointer(_)))
    }

    /// The function pointer for C.
    fn entry(&self) -> *const u8 {
        match self.thunk.get() {
            Some(Thunk::Native(code)) => code.entry(),
            Some(Thunk::Libffi(closure)) => closure.entry(),
            None => std::ptr::null(),
        }
    }

    /// Whether this record is its home's.
    fn is_home(&self, here: *const Record) -> bool {
        Arc::as_ptr(&self.home) == here
    }

    /// Whether nobody is in it. Of use on its home thread, or when that has ended, once it is released.
    fn is_idle(&self) -> bool {
        self.state.running.load(Ordering::Relaxed) == 0 && self.keeping.is_idle()
    }

    /// Applies the q function to a list of arguments. What C's result points to comes with it.
    ///
    /// # Safety
    /// This thread runs q, and is in the callback: it runs here, or is held.
    unsafe fn apply(&self, arguments: Owned) -> Result<(u64, Kept)> {
        // SAFETY: nobody takes the function away while somebody is in the callback.
        let function = unsafe { &*self.function.get() };
        let Some(function) = function else { return Ok((0, None)) };
        // SAFETY: passed on to the caller.
        let result = unsafe { k::apply(function.get(), arguments.get()) };
        drop(arguments);
        self.c_result(result?)
    }

    /// C's result for what `dot` has returned at home, or the error instead.
    ///
    /// # Safety
    /// `x` is NULL or an object whose reference is given away; this is the home thread.
    unsafe fn settle(&self, x: K) -> Result<u64> {
        if x.is_null() {
            return Err(k::signalled());
        }
        // SAFETY: passed on to the caller.
        let (word, kept) = self.c_result(unsafe { Owned::new(x) }?)?;
        // SAFETY: passed on to the caller.
        unsafe { self.keep(kept) };
        Ok(word)
    }

    /// Keeps what C has a pointer to until the next result.
    ///
    /// # Safety
    /// This is the home thread.
    unsafe fn keep(&self, kept: Kept) {
        if kept.is_some() {
            // SAFETY: only the home thread touches it. What it held before is dropped after the exchange, since that may
            // run a destructor, and this callback in it.
            drop(unsafe { self.kept.get().replace(kept) });
        }
    }

    fn c_result(&self, x: Owned) -> Result<(u64, Kept)> {
        let Some(ty) = &self.prototype.signature.ret else { return Ok((0, None)) };
        let mut values = Values::with_capacity(1, pointer);
        // SAFETY: the object is dropped after the values, or kept together with them.
        let lent = unsafe { x.lend() };
        if matches!(ty, Type::Value(row) if row.kind == Kind::Size) && lent.tag() > 0 {
            return Err(Mismatch::of("l", "long", lent).returned());
        }
        values.push(ty, self.prototype.signature.more().ret.as_ref(), lent).map_err(Mismatch::returned)?;
        let word = values.word(0);
        match ty {
            // C owns the K object that it is given.
            Type::Object => drop(x.into_raw()),
            Type::Value(row) if matches!(row.kind, Kind::Number | Kind::Size) => (),
            _ => return Ok((word, Some((values, x)))),
        }
        Ok((word, None))
    }

    /// A K object of argument `index`, which C has passed in a word; for a struct that is its address.
    ///
    /// # Errors
    /// [`Error::MemoryFull`].
    ///
    /// # Safety
    /// C has passed an argument of its type; this thread runs q.
    unsafe fn argument(&self, index: usize, word: u64) -> Result<Owned> {
        let ty = &self.prototype.signature.params[index];
        // SAFETY: passed on to the caller.
        unsafe {
            match ty {
                Type::Object => marshal::lent_by_c(word as usize as K),
                Type::Value(row) if row.kind == Kind::Guid => {
                    marshal::dereference(row, word as usize as *const u8)
                }
                // The word is the double that it is rounded to.
                Type::Value(row) if row.repr == Repr::LongDouble => Owned::atom(-row.tag(), word),
                Type::Struct(layout) => structs::read_struct(layout, word as usize as *const u8),
                _ => marshal::read(ty, std::ptr::from_ref(&word).cast()),
            }
        }
    }

    /// Writes the result, a word or for a struct its address; zeros where there is none.
    ///
    /// # Safety
    /// `to` has room for the result, of a word at least. The word is zero or the result; for a struct its address.
    unsafe fn give(&self, word: u64, to: *mut u8) {
        // SAFETY: passed on to the caller.
        unsafe {
            match &self.prototype.signature.ret {
                Some(Type::Struct(layout)) if word == 0 => to.write_bytes(0, layout.size),
                Some(Type::Struct(layout)) => {
                    to.copy_from_nonoverlapping(word as usize as *const u8, layout.size);
                }
                Some(Type::Value(row)) if row.repr == Repr::LongDouble => {
                    marshal::store_word(row.repr, word, to);
                }
                _ => to.cast::<u64>().write_unaligned(word),
            }
        }
    }

    /// The null of its result, in a word.
    fn null(&self) -> u64 {
        self.prototype.signature.ret.as_ref().map_or(0, Type::null)
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
    Callback::by(Route::Libffi, function, prototype, policy::is_remote()?).map(Callback::entry)
}

/// The list of the arguments, as the thunks build it ([`crate::jit`]).
fn argument_list(mut objects: Vec<Owned>) -> Result<Owned> {
    if objects.is_empty() {
        objects.push(Owned::null()?);
    }
    let count = objects.len();
    let list = Owned::list(objects)?;
    if count > crate::plan::MAX_RANK { Owned::list(vec![list]) } else { Ok(list) }
}

/// Whether a thunk may enter q here and now: at home, unless it is released or an error waits. Notes then that q runs.
pub(crate) extern "C" fn enter(callback: *const Callback, suspended: *mut Suspended) -> u64 {
    // SAFETY: a thunk passes its own callback, which outlives it.
    let callback = unsafe { &*callback };
    let Some(here) = calls::here().filter(|here| callback.is_home(here.as_ptr())) else { return 0 };
    let is_there = !callback.keeping.is_released();
    if !is_there || here.has_error() || callback.looks_first() || here.check_stack("").is_err() {
        return 0;
    }
    // Only the home thread gets here, and there calls nest: no need for an atomic addition.
    let running = &callback.state.running;
    running.store(running.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    // SAFETY: a thunk has room for it in its frame.
    unsafe { suspended.write(here.suspend(callback.is_remote)) };
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

/// Makes a K object of argument `index`, which is a pointer; NULL when memory is full.
pub(crate) extern "C" fn box_argument(callback: *const Callback, index: usize, word: u64) -> K {
    // SAFETY: a thunk passes its own callback, which outlives it, and what C has passed, once q may be entered.
    let object = caught(|| unsafe { (*callback).argument(index, word) });
    object.map_or_else(|error| k::signal(&error), Owned::into_raw)
}

/// Turns what q returned into C's result, and parks the error if it returned none or it does not convert.
pub(crate) extern "C" fn settle(callback: *const Callback, suspended: *const Suspended, x: K, at: *mut u8) {
    // SAFETY: a thunk passes its own callback, which outlives it, and gives away what `dot` gave it.
    let word = caught(|| unsafe { (*callback).settle(x) }).unwrap_or_else(|error| {
        // SAFETY: a thunk passes what `enter` has written.
        calls::enter().park(error, unsafe { &*suspended });
        0
    });
    // SAFETY: the thunk has room there for the result, and still its callback.
    unsafe { (*callback).give(word, at) };
    leave(callback, suspended);
}

/// Finds a result where the thunk may not enter q by itself.
pub(crate) extern "C" fn elsewhere(callback: *const Callback, words: *const u64, at: *mut u8) {
    // SAFETY: a thunk passes its own callback, which outlives it.
    let callback: &'static Callback = unsafe { &*callback };
    let given = caught(|| {
        // SAFETY: the thunk has stored a word for each argument, as C passed it, and has room for the result.
        unsafe { away::call(callback, words, at) };
        Ok(())
    });
    if given.is_err() {
        // SAFETY: the thunk has room there for the result.
        unsafe { callback.give(0, at) };
    }
}
