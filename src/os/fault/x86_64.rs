//! Registers of x86-64 by their numbers in DWARF (System V ABI, figure 3.36).

use crate::os::{Access, Registers};

/// The stack pointer.
pub const SP: usize = 7;
/// The frame pointer.
pub const FP: usize = 6;
/// The return address, and of a thread where it is.
pub const PC: usize = 16;
/// The register that a callee finds its return address in: none, it is on the stack.
pub const LINK: Option<usize> = None;
/// Registers that calls save besides these: rbx, r12 to r15.
pub const KEPT: [usize; 5] = [3, 12, 13, 14, 15];
/// The first float that calls save, and how many there are.
pub const KEPT_FLOATS: (u16, usize) = (0, 0);
/// Words of the floats that are kept of a thread.
pub const FLOATS: usize = 8;
/// Numbers there are.
pub const REGISTERS: usize = 17;

/// The kernel's numbers for them.
const GENERAL: [i32; REGISTERS] = [
    libc::REG_RAX,
    libc::REG_RDX,
    libc::REG_RCX,
    libc::REG_RBX,
    libc::REG_RSI,
    libc::REG_RDI,
    libc::REG_RBP,
    libc::REG_RSP,
    libc::REG_R8,
    libc::REG_R9,
    libc::REG_R10,
    libc::REG_R11,
    libc::REG_R12,
    libc::REG_R13,
    libc::REG_R14,
    libc::REG_R15,
    libc::REG_RIP,
];

/// What calls leave as it is besides registers: rounding and exceptions of floats, and the signals that are blocked.
#[derive(Clone, Copy)]
pub struct Environment {
    mxcsr: u32,
    x87: u16,
    mask: libc::sigset_t,
}

impl Environment {
    /// This thread's.
    pub fn current() -> Self {
        let (mut mxcsr, mut x87, mut mask) = (0_u32, 0_u16, super::empty_mask());
        // SAFETY: each stores what it says, and changes nothing.
        unsafe {
            std::arch::asm!("stmxcsr [{}]", "fnstcw [{}]", in(reg) &raw mut mxcsr, in(reg) &raw mut x87);
            libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), &raw mut mask);
        }
        // Exceptions that have been raised are of no interest.
        Self { mxcsr: mxcsr & !0x3f, x87, mask }
    }

    pub(super) fn mask(&self) -> libc::sigset_t {
        self.mask
    }
}

/// How a page was accessed: the error code of a page fault, exception 14 (Intel SDM volume 3, 4.7).
pub fn access(context: &libc::ucontext_t) -> Access {
    let general = &context.uc_mcontext.gregs;
    let [trap, error] = [libc::REG_TRAPNO, libc::REG_ERR].map(|r| general[r as usize]);
    match trap {
        14 if error & 0x10 != 0 => Access::Execute,
        14 if error & 2 != 0 => Access::Write,
        14 => Access::Read,
        _ => Access::Unknown,
    }
}

pub fn registers(context: &libc::ucontext_t) -> Registers {
    let mut registers = Registers::default();
    for (word, number) in registers.words.iter_mut().zip(GENERAL) {
        *word = context.uc_mcontext.gregs[number as usize] as usize;
    }
    registers
}

/// The flags that a call wants clear: direction, alignment check, trap (System V ABI, 3.2.1).
const UNWANTED: i64 = 1 << 10 | 1 << 18 | 1 << 8;

pub fn resume(context: &mut libc::ucontext_t, registers: &Registers, environment: &Environment) {
    let general = &mut context.uc_mcontext.gregs;
    for number in KEPT.into_iter().chain([SP, FP, PC]) {
        general[GENERAL[number] as usize] = registers.words[number] as i64;
    }
    general[libc::REG_RAX as usize] = 0;
    general[libc::REG_RDX as usize] = 0;
    general[libc::REG_EFL as usize] &= !UNWANTED;
    // SAFETY: the kernel passes the floats' state there, or NULL.
    if let Some(floats) = unsafe { context.uc_mcontext.fpregs.as_mut() } {
        (floats.cwd, floats.swd, floats.ftw) = (environment.x87, 0, 0);
        floats.mxcsr = environment.mxcsr;
        for register in &mut floats._xmm[..2] {
            register.element = [0; 4];
        }
    }
}

/// Begins a handler, which the kernel runs with the flag by which C has had unaligned accesses fault.
pub fn begin() {
    // SAFETY: the flags as they are, but with alignment check clear, bit 18.
    unsafe { std::arch::asm!("pushfq", "and dword ptr [rsp], 0xfffbffff", "popfq") };
}

/// Reads a byte; whether it can.
///
/// # Safety
/// A thread that faults in it goes on at its [`landing`].
#[unsafe(naked)]
pub unsafe extern "C" fn try_reading(address: usize) -> bool {
    std::arch::naked_asm!("movzx eax, byte ptr [rdi]", "mov eax, 1", "ret", "xor eax, eax", "ret")
}

/// Writes a byte as it is; whether it can.
///
/// # Safety
/// As for [`try_reading`].
#[unsafe(naked)]
pub unsafe extern "C" fn try_writing(address: usize) -> bool {
    std::arch::naked_asm!("lock or byte ptr [rdi], 0", "mov eax, 1", "ret", "xor eax, eax", "ret")
}

/// Where a thread goes on that faults at an address in one of these: they have one instruction that can.
pub fn landing(at: usize) -> Option<usize> {
    let [reading, writing] = [try_reading as *const () as usize, try_writing as *const () as usize];
    match at {
        _ if at == reading => Some(reading + 9),
        _ if at == writing => Some(writing + 10),
        _ => None,
    }
}

/// Has the thread go on there, with all else as it is.
pub fn go_on(context: &mut libc::ucontext_t, at: usize) {
    context.uc_mcontext.gregs[libc::REG_RIP as usize] = at as i64;
}

/// Bytes of [`through`] up to where its callee returns to.
pub const THROUGH: usize = 21;
/// The call in it.
#[cfg(test)]
pub const CALL: &[u8] = &[0xff, 0xd0];

/// Calls a C function with up to four words. A thread whose callee faults may go on as if that had returned.
///
/// # Safety
/// The target is such a function, of no result that anybody wants.
#[unsafe(naked)]
pub unsafe extern "C" fn through(target: *const u8, a: usize, b: usize, c: usize, d: usize) {
    std::arch::naked_asm!(
        "push rbp",
        "mov rbp, rsp",
        "mov rax, rdi",
        "mov rdi, rsi",
        "mov rsi, rdx",
        "mov rdx, rcx",
        "mov rcx, r8",
        "call rax",
        "pop rbp",
        "ret",
    )
}
