//! The descriptor by which q's event loop is woken, where there is no eventfd: a datagram socket that sends to itself.
//! q's `sd1` takes sockets on every system, and on Windows nothing else.

use std::net::{Ipv4Addr, UdpSocket};

/// A socket that becomes readable from any thread.
pub struct Waker(UdpSocket);

impl Waker {
    /// A new one; `None` when the system has none.
    pub fn new() -> Option<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).ok()?;
        // Nobody else's datagrams arrive.
        socket.connect(socket.local_addr().ok()?).ok()?;
        socket.set_nonblocking(true).ok()?;
        Some(Self(socket))
    }

    /// What the event loop listens to.
    #[cfg(unix)]
    pub fn descriptor(&self) -> i32 {
        std::os::fd::AsRawFd::as_raw_fd(&self.0)
    }

    /// What the event loop listens to. Handles have 32 significant bits, of which k.h takes all.
    #[cfg(windows)]
    pub fn descriptor(&self) -> i32 {
        std::os::windows::io::AsRawSocket::as_raw_socket(&self.0) as i32
    }

    /// Makes it readable. When that fails it is so already.
    pub fn wake(&self) {
        let _ = self.0.send(&[1]);
    }

    /// Makes it unreadable until the next [`Self::wake`].
    pub fn drain(&self) {
        while self.0.recv(&mut [0]).is_ok() {}
    }

    /// Makes it this process's own, after a fork: not done here, so a child has its parent's.
    pub fn renew(&self) {}
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn is_readable(waker: &Waker) -> bool {
        let mut poll = libc::pollfd { fd: waker.descriptor(), events: libc::POLLIN, revents: 0 };
        // SAFETY: one descriptor is asked.
        unsafe { libc::poll(&raw mut poll, 1, 0) == 1 }
    }

    #[test]
    fn it_is_readable_from_the_first_wake_to_the_drain() {
        let waker = Waker::new().expect("a socket");
        assert!(!is_readable(&waker));
        std::thread::scope(|scope| (0..3).for_each(|_| drop(scope.spawn(|| waker.wake()))));
        assert!(is_readable(&waker));
        waker.drain();
        assert!(!is_readable(&waker));
    }
}
