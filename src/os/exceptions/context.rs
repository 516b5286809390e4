//! A thread's registers as Windows has them, by their numbers in DWARF (System V ABI, figure 3.36), and what finds those of a
//! function's caller.

use std::arch::{asm, global_asm};
use std::ffi::c_void;
use std::ptr::{null, null_mut};

use crate::os::{Caller, Registers};

/// The stack pointer.
pub const SP: usize = 7;
/// The frame pointer.
pub const FP: usize = 6;
/// Where a thread is.
pub const PC: usize = 16;
/// The register that a callee finds its return address in: none, it is on the stack.
pub const LINK: Option<usize> = None;
/// Registers that calls save besides these (Microsoft, "x64 software conventions"): rbx, rsi, rdi, r12 to r15.
pub const KEPT: [usize; 7] = [3, 4, 5, 12, 13, 14, 15];
/// No floats that tables of DWARF's tell of.
pub const KEPT_FLOATS: (u16, usize) = (0, 0);
/// Halves of the floats that calls save: of xmm6 to xmm15.
pub const FLOATS: usize = 20;
/// Numbers there are.
pub const REGISTERS: usize = 17;

/// The first float that calls save.
const FIRST: usize = 6;

/// `EXCEPTION_POINTERS`.
#[repr(C)]
pub struct Pointers {
    pub exception: *const Exception,
    pub context: *mut Context,
}

/// `EXCEPTION_RECORD`.
#[repr(C)]
pub struct Exception {
    pub code: u32,
    flags: u32,
    outer: *const Exception,
    at: usize,
    pub count: u32,
    pub words: [usize; 15],
}

/// `CONTEXT` of x64.
#[repr(C, align(16))]
#[derive(Clone, Copy)]
pub struct Context {
    home: [u64; 6],
    flags: u32,
    mxcsr: u32,
    segments: [u16; 6],
    eflags: u32,
    debug: [u64; 6],
    /// In the processor's order.
    general: [u64; 16],
    rip: u64,
    x87: X87,
    mxcsr_again: u32,
    mxcsr_mask: u32,
    stack: [[u64; 2]; 8],
    xmm: [[u64; 2]; 16],
    rest: [u64; 12],
    vectors: [[u64; 2]; 26],
    control: [u64; 6],
}

/// The head of `FXSAVE`'s area.
#[repr(C)]
#[derive(Clone, Copy)]
struct X87 {
    control: u16,
    status: u16,
    /// A bit for each register that is in use.
    tags: u8,
    rest: [u8; 19],
}

const _: () = assert!(size_of::<Context>() == 0x4d0 && std::mem::offset_of!(Context, rip) == 0xf8);
const _: () =
    assert!(std::mem::offset_of!(Context, xmm) == 0x1a0 && std::mem::offset_of!(Context, vectors) == 0x300);

/// The processor's numbers of registers in the order of DWARF's: rax, rdx, rcx, rbx, rsi, rdi, rbp, rsp, r8 to r15.
const NUMBERS: [usize; 16] = [0, 2, 1, 3, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15];

/// The flags that a call wants clear: direction, alignment check, trap.
const UNWANTED: u32 = 1 << 10 | 1 << 18 | 1 << 8;

/// What calls leave as it is besides registers: rounding and exceptions of floats.
#[derive(Clone, Copy)]
pub struct Environment {
    mxcsr: u32,
    x87: u16,
}

impl Environment {
    /// This thread's.
    pub fn current() -> Self {
        let (mut mxcsr, mut x87) = (0_u32, 0_u16);
        // SAFETY: each stores what it says, and changes nothing.
        unsafe { asm!("stmxcsr [{}]", "fnstcw [{}]", in(reg) &raw mut mxcsr, in(reg) &raw mut x87) };
        // Exceptions that have been raised are of no interest.
        Self { mxcsr: mxcsr & !0x3f, x87 }
    }
}

impl Context {
    pub fn registers(&self) -> Registers {
        let mut registers = Registers::default();
        for (word, number) in registers.words.iter_mut().zip(NUMBERS) {
            *word = self.general[number] as usize;
        }
        registers.words[PC] = self.rip as usize;
        registers.floats.copy_from_slice(self.xmm[FIRST..].as_flattened());
        registers
    }

    /// One of these registers, for what looks at no others.
    fn new(registers: &Registers) -> Self {
        // SAFETY: numbers, of which zeros are some.
        let mut context: Context = unsafe { std::mem::zeroed() };
        for (word, number) in registers.words.iter().zip(NUMBERS) {
            context.general[number] = *word as u64;
        }
        context.rip = registers.words[PC] as u64;
        context.xmm[FIRST..].as_flattened_mut().copy_from_slice(&registers.floats);
        context
    }

    pub fn go_on(&mut self, at: usize) {
        self.rip = at as u64;
    }

    /// What is kept of a frame becomes the thread's; results are zero.
    pub fn resume(&mut self, registers: &Registers, environment: &Environment) {
        for number in KEPT.into_iter().chain([SP, FP]) {
            self.general[NUMBERS[number]] = registers.words[number] as u64;
        }
        self.rip = registers.words[PC] as u64;
        (self.general[NUMBERS[0]], self.general[NUMBERS[1]]) = (0, 0);
        self.xmm[FIRST..].as_flattened_mut().copy_from_slice(&registers.floats);
        self.xmm[..2].fill([0; 2]);
        self.eflags &= !UNWANTED;
        (self.mxcsr, self.mxcsr_again) = (environment.mxcsr, environment.mxcsr);
        (self.x87.control, self.x87.status, self.x87.tags) = (environment.x87, 0, 0);
    }
}

#[link(name = "kernel32")]
unsafe extern "system" {
    fn RtlLookupFunctionEntry(at: u64, base: *mut u64, history: *mut c_void) -> *const c_void;
    fn RtlVirtualUnwind(
        kind: u32,
        base: u64,
        at: u64,
        function: *const c_void,
        context: *mut Context,
        data: *mut *mut c_void,
        frame: *mut u64,
        pointers: *mut c_void,
    ) -> *const c_void;
}

/// `UNW_FLAG_EHANDLER`: asks for a function's handler.
const WITH_HANDLER: u32 = 1;

/// The caller of a frame's function, by the system's tables; `Some(None)` where they do not tell of it. A function that they
/// do not tell of calls nothing and saves nothing, if it is the first. The frame's stack is readable.
pub fn caller(registers: &Registers, is_first: bool) -> Option<Option<Caller>> {
    let mut context = Context::new(registers);
    let (at, mut base, mut data, mut frame) = (context.rip, 0, null_mut(), 0);
    // SAFETY: asks for what is known of an address.
    let function = unsafe { RtlLookupFunctionEntry(at, &raw mut base, null_mut()) };
    if function.is_null() && !is_first {
        return Some(None);
    }
    // SAFETY: the frame's registers, and what is known of its function. What is read of the stack is where they say; a fault
    // in that ends the process, as one in a handler does.
    let handler = unsafe {
        if function.is_null() {
            let sp = &mut context.general[NUMBERS[SP]];
            context.rip = (*sp as *const u64).read();
            *sp += 8;
            null()
        } else {
            let (data, frame) = (&raw mut data, &raw mut frame);
            RtlVirtualUnwind(WITH_HANDLER, base, at, function, &raw mut context, data, frame, null_mut())
        }
    };
    Some(Some(Caller { registers: context.registers(), handles: !handler.is_null() }))
}

// Calls a C function of four words. The system can walk through it, and goes on behind the call.
global_asm!(
    ".globl ffijit_through",
    ".globl ffijit_through_return",
    ".seh_proc ffijit_through",
    "ffijit_through:",
    "push rbp",
    ".seh_pushreg rbp",
    "mov rbp, rsp",
    ".seh_setframe rbp, 0",
    "sub rsp, 32",
    ".seh_stackalloc 32",
    ".seh_endprologue",
    "mov rax, rcx",
    "mov rcx, rdx",
    "mov rdx, r8",
    "mov r8, r9",
    "mov r9, [rbp + 48]",
    "call rax",
    "ffijit_through_return:",
    "add rsp, 32",
    "pop rbp",
    "ret",
    ".seh_endproc",
);

unsafe extern "C" {
    fn ffijit_through(target: *const u8, a: usize, b: usize, c: usize, d: usize);
    static ffijit_through_return: u8;
}

/// Bytes from the stack pointer to the frame pointer where its callee returns to.
pub const THROUGH_FRAME: usize = 32;

/// Calls a C function with up to four words. A thread whose callee faults may go on as if that had returned.
///
/// # Safety
/// The target is such a function, of no result that anybody wants.
pub unsafe fn through(target: *const u8, a: usize, b: usize, c: usize, d: usize) {
    // SAFETY: passed on to the caller.
    unsafe { ffijit_through(target, a, b, c, d) }
}

/// Where its callee returns to.
pub fn through_return() -> usize {
    &raw const ffijit_through_return as usize
}
