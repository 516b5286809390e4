//! What is under way on each thread that runs q: whether it is inside a C function, the error of a callback that waits
//! for that function to return, and C's `errno`.
//!
//! A thread has a [`Record`] from the first time q calls a native function or a stub on it. Stubs and thunks read and write
//! it in machine code, by the offsets below; its address is in the thread's own [`ThreadWord`], or where the system has
//! none they ask for it. A stub that finds no record leaves the call to the cold path, which makes one; so stubs are shown
//! none where every call is to take that path ([`set_cold`]).

use std::cell::{Cell, OnceCell};
use std::fmt;
use std::mem::offset_of;
use std::ops::{Deref, Range};
use std::ptr::NonNull;
use std::sync::atomic::{
    AtomicBool, AtomicI32, AtomicPtr, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering,
};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use crate::error::{Error, Result};
use crate::os::{self, AlternateStack, Environment, ThreadPlace, ThreadWord};
use crate::pointed;

/// What is under way on a thread that runs q. The thread itself writes it; others look whether it is inside C, and ask it
/// for attention.
#[repr(C)]
pub struct Record {
    /// What C functions q has called and that have not called it back: the low byte is set by stubs, which do not nest
    /// without a thunk between them; the high half counts other calls, which may.
    under_way: AtomicU64,
    /// Number of things that wait for a C function to return: an error, callbacks to be given up.
    attention: AtomicU32,
    /// Not 0 where stubs leave it to the runtime to look at what C has given, as far as they do not read it. It lies behind
    /// `attention`, so that both are asked for at once.
    looks: AtomicU32,
    /// Where the thread has its `errno`.
    errno_at: AtomicPtr<i32>,
    /// Where stubs of the thread look for its record; NULL where they ask for it.
    entry_at: AtomicPtr<*mut u8>,
    /// `errno` of the C function that has called the callback that runs, for its return.
    errno: AtomicI32,
    /// Callbacks that run.
    callbacks: AtomicU32,
    /// For each depth of callbacks, from bit 0 on, whether the one there was made by a remote caller.
    remote: AtomicU64,
    is_main: AtomicBool,
    /// The addresses at the end of the stack: there it is nearly used up. C may run on a stack of its own.
    stack_end: Range<usize>,
    /// The error of a callback, until the C function that called it returns.
    error: Mutex<Option<Error>>,
    /// The addresses of the stack.
    stack: Range<usize>,
    /// What calls leave as it is.
    environment: Environment,
    /// The innermost of the functions that are called without a stub.
    named: AtomicPtr<Named<'static>>,
    /// What is told of the fault that has ended a call, until that returns, and how many bytes.
    fault: [AtomicU8; FAULT],
    fault_length: AtomicUsize,
    /// Faults that are being looked at.
    faulting: AtomicU32,
}

/// Bytes that the text of a fault may have.
const FAULT: usize = 240;

/// A C function that is called without a stub, as a report of a fault names it.
pub struct Named<'a> {
    /// Its name; empty where nobody has told it.
    pub name: &'a str,
    /// Its argument types and result type.
    pub types: [&'a str; 2],
    /// Its address.
    pub target: usize,
    /// Where the copies end that its arguments point to, if they do.
    fences: &'a [Fence],
    /// The one around it.
    outer: AtomicPtr<Named<'static>>,
}

/// What lies before a fence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fenced {
    /// What the argument of this number among those of q's points to.
    Argument(usize),
    /// What C fills, by its number.
    Filled(usize),
}

impl fmt::Display for Fenced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fenced::Argument(number) => write!(f, "argument {number}"),
            Fenced::Filled(number) => write!(f, "result {number}"),
        }
    }
}

/// A copy of what an argument points to, and what lies behind it: nobody can read or write there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// What it is a copy of.
    pub of: Fenced,
    /// The addresses of the copy.
    pub copy: Range<usize>,
    /// Where what lies behind it ends.
    pub end: usize,
}

impl Fence {
    /// How far from the start of the copy an address lies that is behind it.
    pub fn beyond(&self, address: usize) -> Option<usize> {
        (self.copy.end..self.end).contains(&address).then(|| address - self.copy.start)
    }
}

impl<'a> Named<'a> {
    /// A function that is to be called.
    pub fn new(name: &'a str, types: [&'a str; 2], target: *const u8) -> Self {
        Self { name, types, target: target as usize, fences: &[], outer: AtomicPtr::default() }
    }

    /// The fence that an address lies behind, and how far from the start of what lies before it.
    pub fn overrun(&self, address: usize) -> Option<(&Fence, usize)> {
        self.fences.iter().find_map(|fence| Some((fence, fence.beyond(address)?)))
    }

    /// The same with fences behind what its arguments point to.
    pub fn with_fences(self, fences: &'a [Fence]) -> Self {
        Self { fences, ..self }
    }

    /// The one around it that is called without a stub.
    pub fn outer(&self) -> Option<&Named<'a>> {
        // SAFETY: its caller lives as long as the call, which this one lies within.
        unsafe { self.outer.load(RELAXED).cast::<Named<'a>>().as_ref() }
    }
}

const RELAXED: Ordering = Ordering::Relaxed;
/// Bytes of the stack that are left for what C, q and this library do at their deepest.
const STACK_MARGIN: usize = 128 << 10;
/// The deepest callback whose maker is told from those of deeper ones.
const DEEPEST: u32 = 63;
/// What a call that is counted adds to [`Record::under_way`].
const COUNTED: u64 = 1 << 32;

impl Record {
    /// Offset of the byte that is 1 while a stub's call is under way.
    pub const IN_CALL: i32 = offset_of!(Record, under_way) as i32;
    /// Offset of the 64 bits of which that byte is the first: zero when q is in no C function, or has been called back.
    pub const UNDER_WAY: i32 = offset_of!(Record, under_way) as i32;
    /// Offset of the number of counted calls, 32 bits.
    pub const COUNTED: i32 = Self::UNDER_WAY + 4;
    /// Offset of the number of what waits for a return, 32 bits.
    pub const ATTENTION: i32 = offset_of!(Record, attention) as i32;
    /// Offset of that number and of whether objects are looked at, 64 bits.
    pub const ATTENTION_OR_LOOKS: i32 = Self::ATTENTION;
    /// Offset of the `errno` that C has when the callback that runs returns, 32 bits.
    pub const ERRNO: i32 = offset_of!(Record, errno) as i32;
    /// Offset of the address of the thread's `errno`.
    pub const ERRNO_AT: i32 = offset_of!(Record, errno_at) as i32;
    /// Offset of the number of callbacks that run, 32 bits.
    pub const CALLBACKS: i32 = offset_of!(Record, callbacks) as i32;

    fn new(is_main: bool) -> Self {
        const { assert!(Self::ATTENTION % 8 == 0 && offset_of!(Record, looks) as i32 == Self::ATTENTION + 4) }
        let (is_main, errno_at) = (is_main.into(), AtomicPtr::new(os::errno_location()));
        let entry_at = ThreadWord::get().map(|word| word.address(ThreadPlace::Entry)).unwrap_or_default();
        let entry_at = AtomicPtr::new(entry_at);
        let stack = os::stack().unwrap_or(0..0);
        let stack_end = stack.start..stack.start + STACK_MARGIN.min(stack.len() / 8);
        let (under_way, attention, looks, errno, callbacks, remote, error) = Default::default();
        let environment = Environment::current();
        let (named, fault_length, faulting) = Default::default();
        let fault = [const { AtomicU8::new(0) }; FAULT];
        Self {
            under_way,
            attention,
            looks,
            errno_at,
            entry_at,
            errno,
            callbacks,
            remote,
            is_main,
            stack_end,
            error,
            stack,
            environment,
            named,
            fault,
            fault_length,
            faulting,
        }
    }

    /// Shows it to the stubs of its thread, or hides it where they are to leave all calls to their cold paths; and whether
    /// objects are looked at.
    fn show(&self) {
        self.looks.store(pointed::looks().into(), RELAXED);
        let shown = if is_cold() { std::ptr::null() } else { std::ptr::from_ref(self) };
        self.show_as(shown.cast_mut().cast());
    }

    /// Hides it: its thread ends.
    fn hide(&self) {
        self.show_as(std::ptr::null_mut());
    }

    fn show_as(&self, shown: *mut u8) {
        let at = self.entry_at.load(RELAXED);
        if !at.is_null() {
            // SAFETY: the word lives as long as the thread, which is among those listed, whose lock the caller holds, until
            // it ends; it is read by machine code, in one instruction, and written here.
            unsafe { AtomicPtr::from_ptr(at) }.store(shown, RELAXED);
        }
    }

    /// The addresses of its thread's stack, as far as it may grow.
    pub fn stack(&self) -> Range<usize> {
        self.stack.clone()
    }

    /// What calls leave as it is, as its thread had it when it was made.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Notes that a fault of its thread is being looked at. How many are already: one that comes of looking at another.
    pub fn begin_fault(&self) -> u32 {
        self.faulting.fetch_add(1, RELAXED)
    }

    /// Ends what [`Self::begin_fault`] began.
    pub fn end_fault(&self) {
        self.faulting.fetch_sub(1, RELAXED);
    }

    /// Has the C function that is under way end by a fault of which this is told. Allocates nothing.
    pub fn park_fault(&self, text: &[u8]) {
        let length = text.len().min(FAULT);
        self.fault.iter().zip(text).for_each(|(to, byte)| to.store(*byte, RELAXED));
        if self.fault_length.swap(length, RELAXED) == 0 {
            self.ask_for_attention();
        }
    }

    /// Takes what a fault has left, and with it the error of a callback of the call that it has ended.
    ///
    /// # Errors
    /// [`Error::Fault`].
    pub fn take_fault(&self) -> Result<()> {
        if !self.wants_attention() {
            return Ok(());
        }
        match self.fault_length.swap(0, RELAXED) {
            0 => Ok(()),
            length => {
                self.attend();
                if self.error.lock().take().is_some() {
                    self.attend();
                }
                let bytes: Vec<u8> = self.fault[..length].iter().map(|b| b.load(RELAXED)).collect();
                Err(Error::Fault(String::from_utf8_lossy(&bytes).into_owned()))
            }
        }
    }

    /// Whether this is q's main thread's.
    pub fn is_main(&self) -> bool {
        self.is_main.load(RELAXED)
    }

    /// Whether its thread is inside a C function that has not called q back.
    pub fn is_in_call(&self) -> bool {
        self.under_way.load(RELAXED) != 0
    }

    /// Whether a callback runs.
    pub fn is_in_callback(&self) -> bool {
        self.callbacks.load(RELAXED) != 0
    }

    /// Has the next stub whose C function returns on its thread, or the next native function, look for what waits. Any
    /// thread may ask.
    pub fn ask_for_attention(&self) {
        self.attention.fetch_add(1, RELAXED);
    }

    /// Ends what [`Self::ask_for_attention`] began.
    pub fn attend(&self) {
        self.attention.fetch_sub(1, RELAXED);
    }

    /// Whether anything waits.
    pub fn wants_attention(&self) -> bool {
        self.attention.load(RELAXED) != 0
    }

    /// Whether an error waits.
    pub fn has_error(&self) -> bool {
        self.wants_attention() && self.error.lock().is_some()
    }

    /// Takes the error that a callback or a fault has left.
    ///
    /// # Errors
    /// That error.
    pub fn take_error(&self) -> Result<()> {
        self.take_fault()?;
        let error = if self.wants_attention() { self.error.lock().take() } else { None };
        match error {
            None => Ok(()),
            Some(error) => {
                self.attend();
                Err(error)
            }
        }
    }

    /// Keeps the first error of a callback for the return of the C function that has called it; prints it if q has
    /// called none, as when its event loop or the process's end calls C.
    pub fn park(&self, error: Error, suspended: &Suspended) {
        if suspended.under_way == 0 { print(&error) } else { self.keep(error) }
    }

    /// The same for a callback that has not begun.
    pub fn park_unbegun(&self, error: Error) {
        if self.is_in_call() { self.keep(error) } else { print(&error) }
    }

    /// Leaves an error for the return of the C function that is under way.
    pub fn leave(&self, error: Error) {
        self.keep(error);
    }

    fn keep(&self, error: Error) {
        let mut kept = self.error.lock();
        if kept.is_none() {
            *kept = Some(error);
            self.ask_for_attention();
        }
    }

    /// Who made the callback that runs: whether a remote caller; `None` when none runs.
    pub fn callback_is_remote(&self) -> Option<bool> {
        let depth = self.callbacks.load(RELAXED).checked_sub(1)?;
        Some(self.remote.load(RELAXED) >> depth.min(DEEPEST) & 1 != 0)
    }

    /// Notes who made the callback that begins. The deepest that are told apart share what is known of any of them.
    fn note_maker(&self, depth: u32, is_remote: bool) {
        let bit = 1 << depth.min(DEEPEST);
        let others = if depth > DEEPEST { u64::MAX } else { !bit };
        let own = if is_remote { bit } else { 0 };
        self.remote.store(self.remote.load(RELAXED) & others | own, RELAXED);
    }

    /// Whether the stack is nearly used up.
    ///
    /// # Errors
    /// [`Error::Stack`], for whoever asked for more.
    pub fn check_stack(&self, what: &str) -> Result<()> {
        let here = 0_u8;
        if self.stack_end.contains(&(&raw const here as usize)) {
            return Err(Error::Stack(what.into()));
        }
        Ok(())
    }

    /// Sets `errno`, for the C function too that has called the callback that runs, if there is one.
    pub fn set_errno(&self, errno: i32) {
        self.errno.store(errno, RELAXED);
        os::set_errno(errno);
    }
}

/// What a thread has under way while a callback runs q: machine code keeps it in a thunk's frame.
#[repr(C)]
#[derive(Debug, Default, Clone, Copy)]
pub struct Suspended {
    /// [`Record::under_way`].
    under_way: u64,
    /// [`Record::errno`] of the callback around, if there is one.
    errno: i32,
}

impl Suspended {
    /// Offset of what goes back to [`Record::UNDER_WAY`], 64 bits.
    pub const UNDER_WAY: i32 = offset_of!(Suspended, under_way) as i32;
    /// Offset of what goes back to [`Record::ERRNO`], 32 bits.
    pub const ERRNO: i32 = offset_of!(Suspended, errno) as i32;
}

/// The record of the thread that has this: it cannot leave it, and is there until the thread ends.
#[derive(Clone, Copy)]
pub struct Here(NonNull<Record>);

impl Deref for Here {
    type Target = Record;

    fn deref(&self) -> &Record {
        // SAFETY: `here` and `Worker` give out their own thread's record, which lives until the thread ends, or the worker
        // that has it in a box; `Here` is not `Send`.
        unsafe { self.0.as_ref() }
    }
}

impl Here {
    /// Its address, for machine code of this thread.
    pub fn as_ptr(self) -> *const Record {
        self.0.as_ptr()
    }

    /// Begins a callback, made by a remote caller or not: q is in no C function while it runs. Gives what
    /// [`Self::resume`] takes.
    pub fn suspend(self, is_remote: bool) -> Suspended {
        let depth = self.callbacks.load(RELAXED);
        self.note_maker(depth, is_remote);
        self.callbacks.store(depth + 1, RELAXED);
        let suspended =
            Suspended { under_way: self.under_way.load(RELAXED), errno: self.errno.load(RELAXED) };
        self.under_way.store(0, RELAXED);
        self.errno.store(self.errno_of_thread(), RELAXED);
        suspended
    }

    fn errno_of_thread(self) -> i32 {
        // SAFETY: the address of this thread's own.
        unsafe { self.errno_at.load(RELAXED).read() }
    }

    /// Ends a callback. C finds `errno` as it left it, unless q has set it for C.
    pub fn resume(self, suspended: Suspended) {
        os::set_errno(self.errno.load(RELAXED));
        self.errno.store(suspended.errno, RELAXED);
        self.under_way.store(suspended.under_way, RELAXED);
        self.callbacks.store(self.callbacks.load(RELAXED) - 1, RELAXED);
    }

    /// The innermost of the functions that are called without a stub.
    pub fn named(&self) -> Option<&Named<'_>> {
        // SAFETY: whoever calls it has it until the call has ended.
        unsafe { self.named.load(RELAXED).as_ref() }
    }

    /// Marks that C code runs, for calls that no stub makes.
    pub fn call<'a>(self, named: &'a Named<'a>) -> Call<'a> {
        let under_way = self.under_way.load(RELAXED);
        self.under_way.store(under_way.wrapping_add(COUNTED), RELAXED);
        let around = self.take_error().err();
        let outer = self.named.swap(std::ptr::from_ref(named).cast_mut().cast(), RELAXED);
        named.outer.store(outer, RELAXED);
        Call { here: self, around, named }
    }
}

/// A call of C; dropping ends it.
pub struct Call<'a> {
    here: Here,
    named: &'a Named<'a>,
    /// The error that waits for the call around this one, as when a destructor runs there.
    around: Option<Error>,
}

impl Call<'_> {
    /// Ends the call.
    ///
    /// # Errors
    /// The error that a callback has left.
    pub fn end(self) -> Result<()> {
        self.here.take_error()
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.here.named.store(self.named.outer.load(RELAXED), RELAXED);
        let under_way = self.here.under_way.load(RELAXED);
        self.here.under_way.store(under_way.wrapping_sub(COUNTED), RELAXED);
        if let Some(error) = self.around.take() {
            self.here.keep(error);
        }
    }
}

/// What is done by those who know callbacks: this module stands below them.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// A thread that runs q has something that wants attention.
    pub attention: fn(Here),
    /// A thread that runs q ends.
    pub thread_ends: fn(Here),
}

static HOOKS: OnceLock<Hooks> = OnceLock::new();

/// Sets the hooks, once.
pub fn set_hooks(hooks: Hooks) {
    HOOKS.get_or_init(|| hooks);
}

/// The records of all threads that run q.
static RECORDS: Mutex<Vec<Arc<Record>>> = Mutex::new(Vec::new());

thread_local! {
    /// Where there is no [`ThreadWord`].
    static OWN: Cell<*mut Record> = const { Cell::new(std::ptr::null_mut()) };
    static WORKER: Cell<*mut Record> = const { Cell::new(std::ptr::null_mut()) };
    /// Ends the record with the thread.
    static END: OnceCell<ThreadEnd> = const { OnceCell::new() };
}

/// What ends with a thread.
struct ThreadEnd {
    /// Where faults are looked at.
    _stack: Option<AlternateStack>,
}

impl Drop for ThreadEnd {
    fn drop(&mut self) {
        let Some(here) = here() else { return };
        if let Some(hooks) = HOOKS.get() {
            (hooks.thread_ends)(here);
        }
        let mut records = RECORDS.lock();
        here.hide();
        set_own(std::ptr::null_mut());
        records.retain(|record| !std::ptr::eq(&raw const **record, here.as_ptr()));
    }
}

fn set_own(record: *mut Record) {
    match ThreadWord::get() {
        Some(word) => word.store(ThreadPlace::Own, record.cast()),
        None => OWN.set(record),
    }
}

/// A thread that makes calls for q's, on which q does not run. What is under way there is the concern of those alone who
/// look at faults.
pub struct Worker {
    record: Box<Record>,
    _stack: Option<AlternateStack>,
}

impl Worker {
    /// Makes this thread one.
    pub fn begin() -> Self {
        let mut worker = Self { record: Box::new(Record::new(false)), _stack: alternate_stack() };
        Self::set(&raw mut *worker.record);
        worker
    }

    fn set(record: *mut Record) {
        match ThreadWord::get() {
            Some(word) => word.store(ThreadPlace::Worker, record.cast()),
            None => WORKER.set(record),
        }
    }

    /// Marks that C code runs.
    pub fn call<'a>(&'a self, named: &'a Named<'a>) -> Call<'a> {
        Here(NonNull::from(&*self.record)).call(named)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        Self::set(std::ptr::null_mut());
    }
}

/// The record of this thread if it is a [`Worker`].
pub fn of_worker() -> Option<Here> {
    let record = match ThreadWord::get() {
        Some(word) => word.load(ThreadPlace::Worker).cast(),
        None => WORKER.get(),
    };
    NonNull::new(record).map(Here)
}

fn alternate_stack() -> Option<AlternateStack> {
    os::faults_are_caught().then(AlternateStack::new).flatten()
}

/// Whether stubs are shown no record, so that they leave all calls to their cold paths. Changed under the lock of
/// [`RECORDS`].
static IS_COLD: AtomicBool = AtomicBool::new(false);

/// Whether all calls take the cold paths of their stubs.
pub fn is_cold() -> bool {
    IS_COLD.load(RELAXED)
}

/// Has all calls that begin from now on take the cold paths of their stubs, or no more than have to. Those under way go on
/// as they have begun, since what stubs look at afterwards stays. Objects that C gives are looked at from now on if what its
/// pointers lead to is.
pub fn set_cold(is_cold: bool) {
    let records = RECORDS.lock();
    IS_COLD.store(is_cold, RELAXED);
    records.iter().for_each(|record| record.show());
}

/// The record of this thread; `None` where q has not run yet, as on threads that C has made.
#[inline]
pub fn here() -> Option<Here> {
    let own = match ThreadWord::get() {
        Some(word) => word.load(ThreadPlace::Own).cast(),
        None => OWN.get(),
    };
    NonNull::new(own).map(Here)
}

/// The record of this thread, on which q runs: made now if there is none. The first is q's main thread's.
pub fn enter() -> Here {
    here().unwrap_or_else(begin_thread)
}

#[cold]
fn begin_thread() -> Here {
    static IS_FIRST: std::sync::Once = std::sync::Once::new();
    let mut is_main = false;
    IS_FIRST.call_once(|| {
        is_main = true;
        os::at_fork(before_fork, after_fork, in_child);
    });
    let record = Arc::new(Record::new(is_main));
    let own = Here(NonNull::from(&*record));
    set_own(own.as_ptr().cast_mut());
    let mut records = RECORDS.lock();
    record.show();
    records.push(record);
    drop(records);
    let stack = alternate_stack();
    // The main thread ends with the process, whose exit handlers may call callbacks still.
    if is_main {
        std::mem::forget(stack);
    } else {
        // A thread that is ending already keeps its record.
        let _ = END.try_with(|end| drop(end.set(ThreadEnd { _stack: stack })));
    }
    own
}

extern "C" fn before_fork() {
    std::mem::forget(RECORDS.lock());
}

extern "C" fn after_fork() {
    // SAFETY: `before_fork` has locked them on this thread, and forgotten that.
    unsafe { RECORDS.force_unlock() };
}

/// A child has one thread, which is q's main thread there if it runs q.
extern "C" fn in_child() {
    // SAFETY: `before_fork` has locked them on this thread, the only one that there is.
    let records = unsafe { &mut *RECORDS.data_ptr() };
    let own = here().map_or(std::ptr::null(), Here::as_ptr);
    // The others' are not dropped: callbacks may have them as their home.
    let others = records.extract_if(.., |record| Arc::as_ptr(record) != own);
    others.for_each(std::mem::forget);
    records.iter().for_each(|record| record.is_main.store(true, RELAXED));
    after_fork();
}

/// The record of this thread, for machine code that cannot reach the [`ThreadWord`]; NULL where it is to call nothing.
pub extern "C" fn current() -> *const Record {
    let here = enter();
    if is_cold() { std::ptr::null() } else { here.as_ptr() }
}

/// The record of this thread, to be kept by what belongs to the thread.
pub fn own() -> Arc<Record> {
    let here = enter();
    let records = RECORDS.lock();
    let own = records.iter().find(|record| std::ptr::eq(&raw const ***record, here.as_ptr()));
    own.cloned().unwrap_or_else(|| unreachable!("a record is listed while its thread lives"))
}

/// Whether any thread that runs q is inside a C function that has not called it back.
pub fn any_in_call() -> bool {
    RECORDS.lock().iter().any(|record| record.is_in_call())
}

/// Lets those who know callbacks look at what wants attention on this thread, if anything does.
pub fn attend(here: Here) {
    if let (true, Some(hooks)) = (here.wants_attention(), HOOKS.get()) {
        (hooks.attention)(here);
    }
}

/// Prints an error that nobody is there to trap, as q does. At the end of a process there may be no stderr any more.
pub fn print(error: &Error) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "'{error}");
}
