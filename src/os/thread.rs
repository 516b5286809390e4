//! Which thread this is, in an instruction where a register says it: callbacks ask at each call.

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
