//! Single steps by breakpoints, in this process: neither qemu-user nor the processor by itself lets a program trace.
//!
//! A breakpoint stands where the code is entered. Whenever one is met, it goes, the instruction behind it is counted, and others
//! are set on what can follow that within the code. Calls of what lies elsewhere run as ever, and are met where they return.

use std::ops::Range;

use parking_lot::Mutex;

/// `brk #0` (Arm ARM, C6.2).
const BRK: u32 = 0xd420_0000;

/// What is stepped through, and how far that is.
struct Stepping {
    code: Range<u64>,
    /// Breakpoints, and what was there.
    set: [Option<(u64, u32)>; 2],
    count: usize,
}

/// Behind a lock that is held while code is stepped through: the signal handler, which runs on the same thread, goes around it.
static STEPPING: Mutex<Stepping> = Mutex::new(Stepping { code: 0..0, set: [None; 2], count: 0 });

/// Instructions within `code`, which begins with the first of them, that are executed while `work` is done. Others must not run
/// code of the same page meanwhile.
pub fn count(code: &Range<u64>, work: impl FnOnce() -> bool) -> Option<usize> {
    let mut stepping = STEPPING.lock();
    *stepping = Stepping { code: code.clone(), set: [None; 2], count: 0 };
    handle_breakpoints();
    stepping.set([Some(code.start), None]);
    let done = work();
    stepping.clear();
    assert!(done, "the work fails");
    Some(stepping.count)
}

fn handle_breakpoints() {
    // SAFETY: a handler for the breakpoints that this file sets, which touches nothing but them and their count.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = met as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO;
        assert_eq!(libc::sigaction(libc::SIGTRAP, &raw const action, std::ptr::null_mut()), 0);
    }
}

/// The signal handler.
extern "C" fn met(_signal: i32, _info: *const libc::siginfo_t, context: *const libc::ucontext_t) {
    // SAFETY: the kernel gives a context; whoever has set the breakpoint is this thread, waits in `count` and has the lock.
    let (stepping, machine) = unsafe { (&mut *STEPPING.data_ptr(), &(*context).uc_mcontext) };
    stepping.clear();
    stepping.count += 1;
    // SAFETY: the thread is about to execute what is there.
    let instruction = unsafe { *(machine.pc as *const u32) };
    stepping.set(successors(instruction, machine.pc, &machine.regs));
}

impl Stepping {
    /// Sets breakpoints at those of the addresses that are in the code.
    fn set(&mut self, addresses: [Option<u64>; 2]) {
        self.set = addresses.map(|address| {
            let address = address.filter(|address| self.code.contains(address))?;
            // SAFETY: it is an instruction of the code.
            Some((address, unsafe { *(address as *const u32) }))
        });
        self.set.iter().flatten().for_each(|&(address, _)| write(address, BRK));
    }

    fn clear(&mut self) {
        std::mem::take(&mut self.set).iter().flatten().for_each(|&(address, was)| write(address, was));
    }
}

/// Where the thread can be after an instruction: behind it, and where it branches to (Arm ARM, C4.1.65).
fn successors(instruction: u32, pc: u64, registers: &[u64; 31]) -> [Option<u64>; 2] {
    // The words to go by an immediate of so many bits, from bit `low` on.
    let to = |low: u32, bits: u32| {
        let words = (instruction << (32 - low - bits)) as i32 >> (32 - bits);
        Some(pc.wrapping_add_signed(i64::from(words) * 4))
    };
    let register = || registers.get((instruction >> 5 & 31) as usize).copied();
    let next = Some(pc + 4);
    match instruction {
        i if i & 0xfc00_0000 == 0x1400_0000 => [None, to(0, 26)], // b
        i if i & 0xfc00_0000 == 0x9400_0000 => [next, to(0, 26)], // bl
        i if i & 0xff00_0000 == 0x5400_0000 => [next, to(5, 19)], // b.cond
        i if i & 0x7e00_0000 == 0x3400_0000 => [next, to(5, 19)], // cbz, cbnz
        i if i & 0x7e00_0000 == 0x3600_0000 => [next, to(5, 14)], // tbz, tbnz
        i if i & 0xfffffc1f == 0xd63f_0000 => [next, register()], // blr
        i if i & 0xff9ffc1f == 0xd61f_0000 => [None, register()], // br, ret
        _ => [next, None],
    }
}

/// Writes an instruction, to a page that is never writable and executable at once.
fn write(address: u64, instruction: u32) {
    // SAFETY: an instruction of the code, on whose page nothing else runs; then the caches are told (Arm ARM, B2.4.4).
    unsafe {
        let size = libc::sysconf(libc::_SC_PAGESIZE) as usize;
        let page = (address as usize & !(size - 1)) as *mut libc::c_void;
        assert_eq!(libc::mprotect(page, size, libc::PROT_READ | libc::PROT_WRITE), 0);
        (address as *mut u32).write_volatile(instruction);
        assert_eq!(libc::mprotect(page, size, libc::PROT_READ | libc::PROT_EXEC), 0);
        std::arch::asm!("dc cvau, {0}", "dsb ish", "ic ivau, {0}", "dsb ish", "isb", in(reg) address);
    }
}
