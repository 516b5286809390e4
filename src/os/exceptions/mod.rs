//! Faults of C, on Windows: exceptions of the processor's, by a handler that comes before those of frames and before others'
//! of its kind, and how a thread goes on elsewhere.
//!
//! What runs in a handler here takes no lock but those of the system's own tables, and allocates nothing.

mod context;
mod image;
mod stack;

use std::ffi::c_void;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use self::context::{Context, Exception, Pointers};
pub use self::context::{
    Environment, FLOATS, FP, KEPT, KEPT_FLOATS, LINK, PC, REGISTERS, SP, THROUGH_FRAME, caller, through,
    through_return,
};
pub use self::image::{Module, module_at};
pub use self::stack::{AlternateStack, after_fault};
use self::stack::{Look, note_overflow, on_other_stack};
pub use super::allocator::{allocator_answers, ask_allocator};
use super::{Access, Handlers, Kind, Outcome, Registers, thread_pointer};

#[link(name = "kernel32")]
unsafe extern "system" {
    fn AddVectoredExceptionHandler(first: u32, handler: Look) -> *mut c_void;
    fn SetUnhandledExceptionFilter(filter: Option<Look>) -> *mut c_void;
    fn GetCurrentProcess() -> *mut c_void;
    fn TerminateProcess(process: *mut c_void, code: u32) -> i32;
    fn GetStdHandle(which: u32) -> *mut c_void;
    fn WriteFile(
        file: *mut c_void,
        bytes: *const u8,
        count: u32,
        written: *mut u32,
        overlapped: *mut c_void,
    ) -> i32;
}

/// What a handler says of the thread: it goes on by its registers, or others are asked.
const CONTINUE_EXECUTION: i32 = -1;
const CONTINUE_SEARCH: i32 = 0;

const ACCESS_VIOLATION: u32 = 0xc000_0005;
const IN_PAGE_ERROR: u32 = 0xc000_0006;
const STACK_OVERFLOW: u32 = 0xc000_00fd;
const INTEGER_DIVISION: u32 = 0xc000_0094;
const INTEGER_OVERFLOW: u32 = 0xc000_0095;

/// The exceptions that the processor raises (`ntstatus.h`).
const EXCEPTIONS: [(u32, Kind); 15] = [
    (ACCESS_VIOLATION, Kind::Segment),
    (STACK_OVERFLOW, Kind::Segment),
    (IN_PAGE_ERROR, Kind::Bus),
    // Misaligned data.
    (0x8000_0002, Kind::Bus),
    (INTEGER_DIVISION, Kind::Arithmetic),
    (INTEGER_OVERFLOW, Kind::Arithmetic),
    // Of floats: denormal operand to underflow.
    (0xc000_008d, Kind::Arithmetic),
    (0xc000_008e, Kind::Arithmetic),
    (0xc000_008f, Kind::Arithmetic),
    (0xc000_0090, Kind::Arithmetic),
    (0xc000_0091, Kind::Arithmetic),
    (0xc000_0092, Kind::Arithmetic),
    (0xc000_0093, Kind::Arithmetic),
    // Illegal and privileged.
    (0xc000_001d, Kind::Instruction),
    (0xc000_0096, Kind::Instruction),
];

static HANDLERS: OnceLock<Handlers> = OnceLock::new();
/// The filter of exceptions that nobody handles that was there before.
static EARLIER: AtomicPtr<c_void> = AtomicPtr::new(std::ptr::null_mut());
/// The thread and the place of the last fault that has been told of and not resolved.
static TOLD: [AtomicUsize; 2] = [const { AtomicUsize::new(0) }; 2];

/// An exception of a thread's.
pub struct Fault<'a> {
    /// Which.
    pub kind: Kind,
    exception: &'a Exception,
    context: &'a mut Context,
}

/// Has faults looked at from now on, once.
pub fn catch_faults(handlers: Handlers) {
    HANDLERS.get_or_init(|| {
        // SAFETY: functions of a library that is never unloaded.
        unsafe {
            AddVectoredExceptionHandler(1, handle);
            EARLIER.store(SetUnhandledExceptionFilter(Some(unhandled)), Ordering::Relaxed);
        }
        handlers
    });
}

/// # Safety
/// The system passes an exception and the thread's registers, for the length of the call.
unsafe fn fault<'a>(pointers: *mut Pointers) -> Option<Fault<'a>> {
    // SAFETY: passed on to the caller.
    let (exception, context) = unsafe { (&*(*pointers).exception, &mut *(*pointers).context) };
    let (_, kind) = EXCEPTIONS.iter().find(|(code, _)| *code == exception.code)?;
    Some(Fault { kind: *kind, exception, context })
}

/// # Safety
/// For the system, which passes what [`fault`] takes.
unsafe extern "system" fn handle(pointers: *mut Pointers) -> i32 {
    // SAFETY: passed on to the caller.
    unsafe { where_there_is_room(pointers, look) }
}

/// # Safety
/// As for [`handle`].
unsafe extern "system" fn unhandled(pointers: *mut Pointers) -> i32 {
    // SAFETY: passed on to the caller.
    unsafe { where_there_is_room(pointers, look_last) }
}

/// # Safety
/// As for [`handle`], and `look`.
unsafe fn where_there_is_room(pointers: *mut Pointers, look: Look) -> i32 {
    // SAFETY: passed on to the caller.
    unsafe {
        match (*(*pointers).exception).code {
            STACK_OVERFLOW => on_other_stack(pointers, look),
            _ => look(pointers),
        }
    }
}

/// # Safety
/// As for [`handle`].
unsafe extern "system" fn look(pointers: *mut Pointers) -> i32 {
    // SAFETY: passed on to the caller.
    let Some((mut fault, handlers)) = unsafe { fault(pointers) }.zip(HANDLERS.get()) else {
        return CONTINUE_SEARCH;
    };
    let at = fault.registers().words[PC];
    if let Some(landing) = landing(at) {
        fault.context.go_on(landing);
        return CONTINUE_EXECUTION;
    }
    match (handlers.first)(&mut fault) {
        Outcome::Resumed => CONTINUE_EXECUTION,
        Outcome::Told => {
            TOLD.iter().zip([thread_pointer(), at]).for_each(|(to, word)| to.store(word, Ordering::Relaxed));
            CONTINUE_SEARCH
        }
        Outcome::Unknown => CONTINUE_SEARCH,
        Outcome::Fatal => {
            // SAFETY: ends this process.
            unsafe { TerminateProcess(GetCurrentProcess(), fault.exception.code) };
            CONTINUE_SEARCH
        }
    }
}

/// Looks at an exception that nobody has handled, and leaves it to whoever did so before.
///
/// # Safety
/// As for [`handle`].
unsafe extern "system" fn look_last(pointers: *mut Pointers) -> i32 {
    // SAFETY: passed on to the caller.
    if let Some((mut fault, handlers)) = unsafe { fault(pointers) }.zip(HANDLERS.get()) {
        let now = [thread_pointer(), fault.registers().words[PC]];
        if TOLD.each_ref().map(|word| word.load(Ordering::Relaxed)) != now {
            (handlers.last)(&mut fault);
        }
    }
    let earlier = EARLIER.load(Ordering::Relaxed);
    if earlier.is_null() {
        return CONTINUE_SEARCH;
    }
    // SAFETY: the system gave it as such a function, and it gets what this one got.
    unsafe { std::mem::transmute::<*mut c_void, Look>(earlier)(pointers) }
}

impl Fault<'_> {
    fn is_overflow(&self) -> bool {
        self.exception.code == STACK_OVERFLOW
    }

    /// What an access violation says: how, and where.
    fn accessed(&self) -> Option<[usize; 2]> {
        let has_both =
            matches!(self.exception.code, ACCESS_VIOLATION | IN_PAGE_ERROR) && self.exception.count >= 2;
        has_both.then(|| [self.exception.words[0], self.exception.words[1]])
    }

    /// The address that was accessed; `None` where the processor does not tell it, or none was. Of a stack that is used up
    /// the stack pointer is as good.
    pub fn address(&self) -> Option<usize> {
        if self.is_overflow() {
            return Some(self.registers().words[SP]);
        }
        // All ones stand for an address that is none.
        self.accessed().map(|[_, address]| address).filter(|address| *address != usize::MAX)
    }

    /// How it was accessed.
    pub fn access(&self) -> Access {
        match self.accessed() {
            Some([0, _]) => Access::Read,
            Some([1, _]) => Access::Write,
            Some([8, _]) => Access::Execute,
            _ => Access::Unknown,
        }
    }

    /// Whether an arithmetic fault is a division of integers.
    pub fn is_division(&self) -> bool {
        matches!(self.exception.code, INTEGER_DIVISION | INTEGER_OVERFLOW)
    }

    /// The thread's registers at the fault.
    pub fn registers(&self) -> Registers {
        self.context.registers()
    }

    /// Has the thread go on with these registers, those for results zero, and the environment that it had.
    pub fn resume(&mut self, registers: &Registers, environment: &Environment) {
        if self.is_overflow() {
            note_overflow();
        }
        self.context.resume(registers, environment);
    }
}

/// Writes to standard error, without a lock of the C runtime's.
pub fn tell(bytes: &[u8]) {
    const STANDARD_ERROR: u32 = -12_i32 as u32;
    let mut written = 0;
    // SAFETY: these bytes. There may be no such file.
    unsafe {
        let file = GetStdHandle(STANDARD_ERROR);
        WriteFile(file, bytes.as_ptr(), bytes.len() as u32, &raw mut written, std::ptr::null_mut());
    }
}

/// Whether a byte can be read. Faults are looked at.
pub fn can_read(address: usize) -> bool {
    // SAFETY: `handle` has a fault in it go on at its landing.
    unsafe { try_reading(address) }
}

/// Whether a byte can be written, which stays as it is. Faults are looked at.
pub fn can_write(address: usize) -> bool {
    // SAFETY: as for `can_read`.
    unsafe { try_writing(address) }
}

/// Reads a byte; whether it can.
///
/// # Safety
/// A thread that faults in it goes on at its [`landing`].
#[unsafe(naked)]
unsafe extern "C" fn try_reading(address: usize) -> bool {
    std::arch::naked_asm!("movzx eax, byte ptr [rcx]", "mov eax, 1", "ret", "xor eax, eax", "ret")
}

/// Writes a byte as it is; whether it can.
///
/// # Safety
/// As for [`try_reading`].
#[unsafe(naked)]
unsafe extern "C" fn try_writing(address: usize) -> bool {
    std::arch::naked_asm!("lock or byte ptr [rcx], 0", "mov eax, 1", "ret", "xor eax, eax", "ret")
}

/// Where a thread goes on that faults at an address in one of these: they have one instruction that can.
fn landing(at: usize) -> Option<usize> {
    let [reading, writing] = [try_reading as *const () as usize, try_writing as *const () as usize];
    match at {
        _ if at == reading => Some(reading + 9),
        _ if at == writing => Some(writing + 10),
        _ => None,
    }
}
