//! The stack that a thread's exceptions are looked at on when its own is used up, of which the system leaves a few pages.

use std::ffi::c_void;
use std::ptr::{NonNull, null_mut};
use std::sync::OnceLock;

use super::context::Pointers;
use crate::os::imp::{process_symbol, release, reserve, usable};

/// Bytes of it: more than a handler here takes without optimisation.
const SIZE: usize = 256 << 10;

#[link(name = "kernel32")]
unsafe extern "system" {
    fn TlsAlloc() -> u32;
    fn TlsGetValue(slot: u32) -> *mut c_void;
    fn TlsSetValue(slot: u32, value: *mut c_void) -> i32;
    fn SetThreadStackGuarantee(bytes: *mut u32) -> i32;
}

/// A stack for this thread, to its end. Its first word, which nothing on it reaches, says whether the thread's own has been
/// used up.
pub struct AlternateStack(NonNull<u8>);

/// Where threads have theirs.
fn slot() -> u32 {
    static SLOT: OnceLock<u32> = OnceLock::new();
    // SAFETY: takes a number, which is never given back.
    *SLOT.get_or_init(|| unsafe { TlsAlloc() })
}

/// This thread's, if it has one.
fn own() -> Option<NonNull<u8>> {
    // SAFETY: a slot of this process's; threads that have written nothing have NULL there.
    NonNull::new(unsafe { TlsGetValue(slot()) }.cast())
}

impl AlternateStack {
    /// Gives this thread one; `None` if there is no memory.
    pub fn new() -> Option<Self> {
        let memory = NonNull::new(reserve(SIZE)?)?;
        let mut left = 32 << 10;
        // SAFETY: nobody uses the memory yet, and the thread has it until it is dropped.
        unsafe {
            if !usable(memory.as_ptr(), SIZE) {
                release(memory.as_ptr(), SIZE);
                return None;
            }
            TlsSetValue(slot(), memory.as_ptr().cast());
            // What is left of the thread's own, for the system and for those who come afterwards.
            SetThreadStackGuarantee(&raw mut left);
        }
        Some(Self(memory))
    }
}

impl Drop for AlternateStack {
    fn drop(&mut self) {
        // SAFETY: nobody runs on it: a handler would not end the thread.
        unsafe {
            TlsSetValue(slot(), null_mut());
            release(self.0.as_ptr(), SIZE);
        }
    }
}

/// What looks at an exception.
pub type Look = unsafe extern "system" fn(*mut Pointers) -> i32;

/// Looks at an exception on this thread's other stack, or where there is none on its own.
///
/// # Safety
/// As for `look`.
pub unsafe fn on_other_stack(pointers: *mut Pointers, look: Look) -> i32 {
    // SAFETY: nothing else runs on that stack, whose end is a multiple of 16; the rest is the caller's to know.
    unsafe {
        match own() {
            Some(memory) => ffijit_on_stack(pointers, memory.as_ptr().add(SIZE), look),
            None => look(pointers),
        }
    }
}

/// Notes that this thread goes on with its stack used up and left.
pub fn note_overflow() {
    if let Some(memory) = own() {
        // SAFETY: the first word of the thread's own memory.
        unsafe { memory.cast::<usize>().write(1) };
    }
}

/// Has the thread's stack end with a page again that tells of its end, if it was used up: the C runtime knows how.
pub fn after_fault() {
    let Some(memory) = own().map(NonNull::cast::<usize>) else { return };
    // SAFETY: the first word of the thread's own memory.
    if unsafe { memory.replace(0) } == 0 {
        return;
    }
    if let Some(reset) = process_symbol("_resetstkoflw") {
        // SAFETY: the runtime's function of this name takes nothing.
        unsafe { std::mem::transmute::<*const u8, extern "C" fn() -> i32>(reset)() };
    }
}

// Calls a function of one word on another stack. The system can walk back from it.
std::arch::global_asm!(
    ".globl ffijit_on_stack",
    ".seh_proc ffijit_on_stack",
    "ffijit_on_stack:",
    "push rbp",
    ".seh_pushreg rbp",
    "mov rbp, rsp",
    ".seh_setframe rbp, 0",
    ".seh_endprologue",
    "lea rsp, [rdx - 32]",
    "call r8",
    "lea rsp, [rbp]",
    "pop rbp",
    "ret",
    ".seh_endproc",
);

unsafe extern "C" {
    fn ffijit_on_stack(pointers: *mut Pointers, top: *mut u8, look: Look) -> i32;
}
