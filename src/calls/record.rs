//! What is under way on one thread, as its stubs and thunks read and write it.

use std::mem::offset_of;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicU8, AtomicU32, AtomicU64, AtomicUsize};

use parking_lot::Mutex;

use super::{Named, RELAXED, is_cold, print};
use crate::error::{Error, Result};
use crate::os::{self, Environment, ThreadPlace, ThreadWord};
use crate::pointed;

/// What is under way on a thread that runs q. The thread itself writes it; others look whether it is inside C, and ask it
/// for attention.
#[repr(C)]
pub struct Record {
    /// What C functions q has called and that have not called it back: the low byte is set by stubs, which do not nest
    /// without a thunk between them; the high half counts other calls, which may.
    pub(super) under_way: AtomicU64,
    /// Number of things that wait for a C function to return: an error, callbacks to be given up.
    attention: AtomicU32,
    /// Not 0 where stubs leave it to the runtime to look at what C has given, as far as they do not read it. It lies behind
    /// `attention`, so that both are asked for at once.
    looks: AtomicU32,
    /// Where the thread has its `errno`.
    pub(super) errno_at: AtomicPtr<i32>,
    /// Where stubs of the thread look for its record; NULL where they ask for it.
    entry_at: AtomicPtr<*mut u8>,
    /// `errno` of the C function that has called the callback that runs, for its return.
    pub(super) errno: AtomicI32,
    /// Callbacks that run.
    pub(super) callbacks: AtomicU32,
    /// What Windows had as the thread's last error when a C function returned.
    last_error: AtomicU32,
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
    pub(super) named: AtomicPtr<Named<'static>>,
    /// What is told of the fault that has ended a call, until that returns, and how many bytes.
    fault: [AtomicU8; FAULT],
    fault_length: AtomicUsize,
    /// Faults that are being looked at.
    faulting: AtomicU32,
}

/// Bytes that the text of a fault may have.
const FAULT: usize = 240;
/// Bytes of the stack that are left for what C, q and this library do at their deepest.
const STACK_MARGIN: usize = 128 << 10;
/// The deepest callback whose maker is told from those of deeper ones.
const DEEPEST: u32 = 63;
/// What a call that is counted adds to [`Record::under_way`].
pub(super) const COUNTED: u64 = 1 << 32;

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
    /// Offset of what Windows had as the thread's last error, 32 bits.
    pub const LAST_ERROR: i32 = offset_of!(Record, last_error) as i32;
    /// Offset of the number of callbacks that run, 32 bits.
    pub const CALLBACKS: i32 = offset_of!(Record, callbacks) as i32;

    pub(super) fn new(is_main: bool) -> Self {
        const { assert!(Self::ATTENTION % 8 == 0 && offset_of!(Record, looks) as i32 == Self::ATTENTION + 4) }
        let (is_main, errno_at) = (is_main.into(), AtomicPtr::new(os::errno_location()));
        let entry_at = ThreadWord::get().map(|word| word.address(ThreadPlace::Entry)).unwrap_or_default();
        let entry_at = AtomicPtr::new(entry_at);
        let stack = os::stack().unwrap_or(0..0);
        let stack_end = stack.start..stack.start + STACK_MARGIN.min(stack.len() / 8);
        let (under_way, attention, looks, errno, callbacks, remote, error) = Default::default();
        let environment = Environment::current();
        let (named, fault_length, faulting) = Default::default();
        let last_error = os::last_error().unwrap_or_default().into();
        let fault = [const { AtomicU8::new(0) }; FAULT];
        Self {
            under_way,
            attention,
            looks,
            errno_at,
            entry_at,
            errno,
            callbacks,
            last_error,
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
    pub(super) fn show(&self) {
        self.looks.store(pointed::looks().into(), RELAXED);
        let shown = if is_cold() { std::ptr::null() } else { std::ptr::from_ref(self) };
        self.show_as(shown.cast_mut().cast());
    }

    /// Hides it: its thread ends.
    pub(super) fn hide(&self) {
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
                os::after_fault();
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

    /// Makes it that of q's main thread, in a child that has no other.
    pub(super) fn become_main(&self) {
        self.is_main.store(true, RELAXED);
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

    pub(super) fn keep(&self, error: Error) {
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
    pub(super) fn note_maker(&self, depth: u32, is_remote: bool) {
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

    /// Notes what Windows has as this thread's last error: a C function has just returned.
    pub(super) fn note_last_error(&self) {
        if let Some(error) = os::last_error() {
            self.last_error.store(error, RELAXED);
        }
    }

    /// What Windows had as the thread's last error when the last C function returned; `None` where nobody notes that.
    pub fn last_error(&self) -> Option<u32> {
        ThreadWord::get().and(os::last_error()).map(|_| self.last_error.load(RELAXED))
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
    pub(super) under_way: u64,
    /// [`Record::errno`] of the callback around, if there is one.
    pub(super) errno: i32,
}

impl Suspended {
    /// Offset of what goes back to [`Record::UNDER_WAY`], 64 bits.
    pub const UNDER_WAY: i32 = offset_of!(Suspended, under_way) as i32;
    /// Offset of what goes back to [`Record::ERRNO`], 32 bits.
    pub const ERRNO: i32 = offset_of!(Suspended, errno) as i32;
}
