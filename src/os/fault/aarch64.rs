//! Registers of AArch64 by their numbers in DWARF (AADWARF64, table 1).

use crate::os::{Access, Registers};

/// The stack pointer.
pub const SP: usize = 31;
/// The frame pointer.
pub const FP: usize = 29;
/// Where the thread is.
pub const PC: usize = 32;
/// The register that a callee finds its return address in.
pub const LINK: Option<usize> = Some(30);
/// Registers that calls save besides these: x19 to x28.
pub const KEPT: [usize; 10] = [19, 20, 21, 22, 23, 24, 25, 26, 27, 28];
/// The first float that calls save, d8, and how many there are.
pub const KEPT_FLOATS: (u16, usize) = (72, 8);
/// Words of the floats that are kept of a thread.
pub const FLOATS: usize = 8;
/// Numbers there are.
pub const REGISTERS: usize = 33;

/// What calls leave as it is besides registers: rounding of floats, and the signals that are blocked.
#[derive(Clone, Copy)]
pub struct Environment {
    fpcr: u64,
    mask: libc::sigset_t,
}

impl Environment {
    /// This thread's.
    pub fn current() -> Self {
        let fpcr: u64;
        let mut mask = super::empty_mask();
        // SAFETY: each reads what it says, and changes nothing.
        unsafe {
            std::arch::asm!("mrs {}, fpcr", out(reg) fpcr, options(nomem, nostack));
            libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), &raw mut mask);
        }
        Self { fpcr, mask }
    }

    pub(super) fn mask(&self) -> libc::sigset_t {
        self.mask
    }
}

/// The magic numbers of records in the kernel's frame (Linux, asm/sigcontext.h).
const FPSIMD: u32 = 0x4650_8001;
const ESR: u32 = 0x4553_5201;

/// The record of this kind: its content behind magic and size.
fn record(context: &libc::ucontext_t, wanted: u32) -> Option<*mut u8> {
    let from = &raw const context.uc_mcontext.pstate as usize + 8;
    let mut at = from.next_multiple_of(16);
    // SAFETY: the kernel writes records one after the other into these 4096 bytes, each with its magic and size; the
    // last has none of either.
    unsafe {
        while at + 16 <= from + 4096 {
            let [magic, size] = *(at as *const [u32; 2]);
            match size {
                0 => return None,
                _ if magic == wanted => return Some((at + 8) as *mut u8),
                _ => at += size as usize,
            }
        }
    }
    None
}

/// How memory was accessed: the exception syndrome (Arm ARM, ESR_EL1).
pub fn access(context: &libc::ucontext_t) -> Access {
    // SAFETY: the record is of eight bytes.
    let syndrome = record(context, ESR).map(|at| unsafe { at.cast::<u64>().read() });
    match syndrome.map(|s| (s >> 26 & 0x3f, s & 1 << 6 != 0)) {
        Some((0x20 | 0x21, _)) => Access::Execute,
        Some((0x24 | 0x25, true)) => Access::Write,
        Some((0x24 | 0x25, false)) => Access::Read,
        _ => Access::Unknown,
    }
}

/// fpsr, fpcr, and v0 to v31.
#[repr(C)]
struct Floats {
    fpsr: u32,
    fpcr: u32,
    v: [[u64; 2]; 32],
}

fn floats(context: &libc::ucontext_t) -> Option<*mut Floats> {
    record(context, FPSIMD).map(<*mut u8>::cast)
}

pub fn registers(context: &libc::ucontext_t) -> Registers {
    let machine = &context.uc_mcontext;
    let mut registers = Registers::default();
    for (word, value) in registers.words.iter_mut().zip(machine.regs) {
        *word = value as usize;
    }
    (registers.words[SP], registers.words[PC]) = (machine.sp as usize, machine.pc as usize);
    if let Some(floats) = floats(context) {
        // SAFETY: the record is of this form.
        registers.floats = std::array::from_fn(|i| unsafe { (*floats).v[8 + i][0] });
    }
    registers
}

pub fn resume(context: &mut libc::ucontext_t, registers: &Registers, environment: &Environment) {
    if let Some(floats) = floats(context) {
        // SAFETY: the record is of this form, and the kernel loads the registers from it.
        unsafe {
            (*floats).fpcr = environment.fpcr as u32;
            (0..4).for_each(|i| (*floats).v[i] = [0; 2]);
            (0..8).for_each(|i| (*floats).v[8 + i][0] = registers.floats[i]);
        }
    }
    let machine = &mut context.uc_mcontext;
    for number in KEPT.into_iter().chain([FP]) {
        machine.regs[number] = registers.words[number] as u64;
    }
    (machine.regs[0], machine.regs[1]) = (0, 0);
    (machine.sp, machine.pc) = (registers.words[SP] as u64, registers.words[PC] as u64);
}

/// Begins a handler, which the kernel runs as any.
pub fn begin() {}

/// Reads a byte; whether it can.
///
/// # Safety
/// A thread that faults in it goes on at its [`landing`].
#[unsafe(naked)]
pub unsafe extern "C" fn try_reading(address: usize) -> bool {
    std::arch::naked_asm!("ldrb w1, [x0]", "mov w0, #1", "ret", "mov w0, #0", "ret")
}

/// Writes a byte as it is; whether it can.
///
/// # Safety
/// As for [`try_reading`].
#[unsafe(naked)]
pub unsafe extern "C" fn try_writing(address: usize) -> bool {
    std::arch::naked_asm!(
        "2: ldxrb w1, [x0]",
        "stxrb w2, w1, [x0]",
        "cbnz w2, 2b",
        "mov w0, #1",
        "ret",
        "mov w0, #0",
        "ret",
    )
}

/// Where a thread goes on that faults at an address in one of these: at an instruction that reads or writes.
pub fn landing(at: usize) -> Option<usize> {
    let [reading, writing] = [try_reading as *const () as usize, try_writing as *const () as usize];
    match at {
        _ if at == reading => Some(reading + 12),
        _ if at == writing || at == writing + 4 => Some(writing + 20),
        _ => None,
    }
}

/// Has the thread go on there, with all else as it is.
pub fn go_on(context: &mut libc::ucontext_t, at: usize) {
    context.uc_mcontext.pc = at as u64;
}

/// Bytes of [`through`] up to where its callee returns to.
pub const THROUGH: usize = 32;
/// The call in it.
#[cfg(test)]
pub const CALL: &[u8] = &[0x20, 0x01, 0x3f, 0xd6];

/// Calls a C function with up to four words. A thread whose callee faults may go on as if that had returned.
///
/// # Safety
/// The target is such a function, of no result that anybody wants.
#[unsafe(naked)]
pub unsafe extern "C" fn through(target: *const u8, a: usize, b: usize, c: usize, d: usize) {
    std::arch::naked_asm!(
        "stp x29, x30, [sp, #-16]!",
        "mov x29, sp",
        "mov x9, x0",
        "mov x0, x1",
        "mov x1, x2",
        "mov x2, x3",
        "mov x3, x4",
        "blr x9",
        "ldp x29, x30, [sp], #16",
        "ret",
    )
}
