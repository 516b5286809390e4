//! The stack that a thread's handlers run on: its own may be used up.

use std::ptr::null_mut;

/// Bytes of it: a handler here takes some ten thousand, four times as much without optimisation, and whoever
/// comes after it wants some too. Memory is taken when it is used.
const SIZE: usize = 256 << 10;
const PAGE: usize = 4 << 10;

/// An alternate stack of this thread, with a page below it that stops who goes too far.
pub struct AlternateStack {
    memory: *mut libc::c_void,
    earlier: libc::stack_t,
}

impl AlternateStack {
    /// Gives this thread one; `None` if it has one that is large enough, or there is no memory.
    pub fn new() -> Option<Self> {
        let mut earlier = libc::stack_t { ss_sp: null_mut(), ss_flags: 0, ss_size: 0 };
        // SAFETY: asks for the one that is there.
        unsafe { libc::sigaltstack(std::ptr::null(), &raw mut earlier) };
        if earlier.ss_flags & libc::SS_DISABLE == 0 && earlier.ss_size >= SIZE {
            return None;
        }
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_STACK | libc::MAP_NORESERVE;
        // SAFETY: memory of its own, of which the lowest page is taken away; the thread has it until it is dropped.
        unsafe {
            let protection = libc::PROT_READ | libc::PROT_WRITE;
            let memory = libc::mmap(null_mut(), PAGE + SIZE, protection, flags, -1, 0);
            if memory == libc::MAP_FAILED {
                return None;
            }
            libc::mprotect(memory, PAGE, libc::PROT_NONE);
            let own = libc::stack_t { ss_sp: memory.byte_add(PAGE), ss_flags: 0, ss_size: SIZE };
            libc::sigaltstack(&raw const own, null_mut());
            Some(Self { memory, earlier })
        }
    }
}

impl Drop for AlternateStack {
    fn drop(&mut self) {
        // SAFETY: the thread's earlier one is there as long as the thread, and nobody runs on this one: a handler would
        // not end the thread.
        unsafe {
            libc::sigaltstack(&raw const self.earlier, null_mut());
            libc::munmap(self.memory, PAGE + SIZE);
        }
    }
}
