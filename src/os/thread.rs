//! Which thread this is, in an instruction where a register says it: callbacks ask at each call. And what this thread has in
//! words of its own.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::{ThreadPlace, ThreadWord};

/// A number that tells threads that run from each other.
#[cfg(any(
    all(target_arch = "x86_64", any(target_os = "linux", target_os = "macos", windows)),
    all(target_arch = "aarch64", any(target_os = "linux", target_os = "macos"))
))]
#[inline]
pub fn thread_pointer() -> usize {
    let pointer: usize;
    // SAFETY: reads a register, or a word of the thread's own block, which lives as long as the thread.
    unsafe {
        // The block's first word is its own address (System V ABI, "ELF Handling For Thread-Local Storage", 3.4.6; so it
        // is with macOS's).
        #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
        std::arch::asm!("mov {}, fs:0", out(reg) pointer, options(nostack, preserves_flags, readonly, pure));
        #[cfg(all(target_arch = "x86_64", target_os = "macos"))]
        std::arch::asm!("mov {}, gs:0", out(reg) pointer, options(nostack, preserves_flags, readonly, pure));
        // `NT_TIB.Self`.
        #[cfg(all(target_arch = "x86_64", windows))]
        std::arch::asm!("mov {}, gs:[0x30]", out(reg) pointer, options(nostack, preserves_flags, readonly, pure));
        #[cfg(all(target_arch = "aarch64", target_os = "linux"))]
        std::arch::asm!("mrs {}, tpidr_el0", out(reg) pointer, options(nostack, preserves_flags, nomem, pure));
        // The low bits are the processor's number.
        #[cfg(all(target_arch = "aarch64", target_os = "macos"))]
        std::arch::asm!("mrs {0}, tpidrro_el0", "and {0}, {0}, #-8", out(reg) pointer, options(nostack, preserves_flags, nomem, pure));
    }
    pointer
}

/// A number that tells threads that run from each other.
#[cfg(not(any(
    all(target_arch = "x86_64", any(target_os = "linux", target_os = "macos", windows)),
    all(target_arch = "aarch64", any(target_os = "linux", target_os = "macos"))
)))]
#[inline]
pub fn thread_pointer() -> usize {
    thread_local! {
        static OWN: u8 = const { 0 };
    }
    OWN.with(|own| std::ptr::from_ref(own) as usize)
}

impl ThreadWord {
    /// The words of this process; `None` where there are none to be had, or `FFIJIT_THREAD_WORD=0` says to do without.
    pub fn get() -> Option<Self> {
        static WORD: OnceLock<Option<ThreadWord>> = OnceLock::new();
        let wanted = || std::env::var_os("FFIJIT_THREAD_WORD").is_none_or(|v| v != "0");
        *WORD.get_or_init(|| wanted().then(Self::new).flatten())
    }

    /// What this thread has in a word.
    #[inline]
    pub fn load(self, place: ThreadPlace) -> *mut u8 {
        // SAFETY: each thread has words at these offsets, which live as long as the thread: so `new` has found them.
        unsafe { AtomicPtr::from_ptr(self.address(place)) }.load(Ordering::Relaxed)
    }

    /// Writes this thread's.
    #[allow(clippy::not_unsafe_ptr_arg_deref, reason = "the pointer is written, not followed")]
    pub fn store(self, place: ThreadPlace, value: *mut u8) {
        // SAFETY: as for `load`.
        unsafe { AtomicPtr::from_ptr(self.address(place)) }.store(value, Ordering::Relaxed)
    }

    /// Where this thread has a word, for others that write it as atomic words are written.
    pub fn address(self, place: ThreadPlace) -> *mut *mut u8 {
        (thread_pointer() as *mut u8).wrapping_offset(self.offset(place) as isize).cast()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_on_a_thread_and_differs_between_two() {
        let own = thread_pointer();
        assert_eq!(thread_pointer(), own);
        assert_ne!(std::thread::spawn(thread_pointer).join().expect("no panic"), own);
    }
}
