//! Which process this is. To ask the system takes longer than most of what wants to know, so the answer is kept where a
//! forked child does not have it.

#[cfg(target_os = "linux")]
pub use self::kept::process_id;
#[cfg(not(target_os = "linux"))]
pub use std::process::id as process_id;

#[cfg(target_os = "linux")]
mod kept {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    use crate::os::imp::{at_fork, page_size};

    static KEPT: OnceLock<Option<&AtomicU32>> = OnceLock::new();

    /// This process's number.
    pub fn process_id() -> u32 {
        let Some(kept) = KEPT.get_or_init(wiped_word) else { return std::process::id() };
        match kept.load(Ordering::Relaxed) {
            0 => {
                let id = std::process::id();
                kept.store(id, Ordering::Relaxed);
                id
            }
            id => id,
        }
    }

    /// A word in a page that children find empty, however they were forked (madvise(2), MADV_WIPEONFORK). Emulators may
    /// say so and not do it: where C's `fork` is used, its handler sees to it.
    fn wiped_word() -> Option<&'static AtomicU32> {
        extern "C" fn nothing() {}
        extern "C" fn in_child() {
            if let Some(Some(kept)) = KEPT.get() {
                kept.store(0, Ordering::Relaxed);
            }
        }
        let (access, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        // SAFETY: a new page of zeros, which is never unmapped once it has been given out.
        let word = unsafe {
            let page = libc::mmap(std::ptr::null_mut(), page_size(), access, flags, -1, 0);
            if page == libc::MAP_FAILED {
                return None;
            }
            if libc::madvise(page, page_size(), libc::MADV_WIPEONFORK) != 0 {
                libc::munmap(page, page_size());
                return None;
            }
            &*page.cast::<AtomicU32>()
        };
        at_fork(nothing, nothing, in_child);
        Some(word)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        /// By the system call alone, of which C's handlers know nothing.
        #[test]
        fn a_forked_child_is_another_process() {
            let own = process_id();
            assert_eq!(own, std::process::id());
            // SAFETY: a plain fork by clone(2), whose child asks and ends.
            let status = unsafe {
                let child = libc::syscall(libc::SYS_clone, libc::SIGCHLD, 0, 0, 0, 0) as i32;
                if child == 0 {
                    libc::_exit(i32::from(process_id() == own));
                }
                let mut status = 0;
                assert_eq!(libc::waitpid(child, &mut status, 0), child);
                status
            };
            assert_eq!(status, 0);
            assert_eq!(process_id(), own);
        }
    }
}
