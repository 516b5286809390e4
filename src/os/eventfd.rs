//! The descriptor by which q's event loop is woken, on Linux: an eventfd.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd};

/// A descriptor that becomes readable from any thread.
pub struct Waker(File);

impl Waker {
    /// A new one; `None` when the process has no descriptors left.
    pub fn new() -> Option<Self> {
        // SAFETY: a plain system call; the descriptor it returns is nobody else's.
        unsafe {
            let fd = libc::eventfd(0, libc::EFD_NONBLOCK | libc::EFD_CLOEXEC);
            (fd != -1).then(|| Self(File::from_raw_fd(fd)))
        }
    }

    /// What the event loop listens to.
    pub fn descriptor(&self) -> i32 {
        self.0.as_raw_fd()
    }

    /// Makes it readable. When that fails it is so already.
    pub fn wake(&self) {
        let _ = (&self.0).write(&1_u64.to_ne_bytes());
    }

    /// Makes it unreadable until the next [`Self::wake`].
    pub fn drain(&self) {
        let _ = (&self.0).read(&mut [0; 8]);
    }

    /// Makes it this process's own, after a fork: until then a child has its parent's. Only what is safe in a child is
    /// called here.
    pub fn renew(&self) {
        let Some(own) = Self::new() else { return };
        // SAFETY: both descriptors are open; the old number becomes the new descriptor's.
        unsafe { libc::dup3(own.descriptor(), self.descriptor(), libc::O_CLOEXEC) };
    }
}
