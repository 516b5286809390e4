//! Linux, macOS and other systems of that kind.

use std::ffi::{CStr, OsStr, OsString, c_void};
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::NonNull;
use std::sync::OnceLock;

use libloading::os::unix::Library;

use super::Readiness;

/// A name of the system's: any bytes.
pub fn name(bytes: &[u8]) -> OsString {
    OsStr::from_bytes(bytes).to_owned()
}

/// The bytes of a name.
pub fn bytes(name: &OsStr) -> Vec<u8> {
    name.as_bytes().to_vec()
}

/// The address of a symbol in a library, which stays loaded for the life of the process.
///
/// # Errors
/// With the dynamic linker's words.
///
/// # Safety
/// The library's initialisers are run.
pub unsafe fn open_and_find(path: &Path, symbol: &[u8]) -> Result<*mut c_void, libloading::Error> {
    // All symbols now: a function that is missing later would end the process.
    // SAFETY: passed on to the caller.
    let library = unsafe { Library::open(Some(path), libc::RTLD_NOW | libc::RTLD_LOCAL) }?;
    // SAFETY: only the address is taken.
    let address = *unsafe { library.get::<*mut c_void>(symbol) }?;
    std::mem::forget(library);
    Ok(address)
}

/// The descriptor of a stream.
pub fn descriptor(of: &impl AsRawFd) -> i32 {
    of.as_raw_fd()
}

/// Whether a descriptor can be waited for; it is made non-blocking if that is asked for.
///
/// # Errors
/// The system's.
pub fn prepare(fd: i32, non_blocking: bool) -> io::Result<()> {
    // SAFETY: these calls fail on numbers that are no descriptors.
    let done = unsafe {
        let flags = libc::fcntl(fd, libc::F_GETFL);
        flags != -1 && (!non_blocking || libc::fcntl(fd, libc::F_SETFL, flags | libc::O_NONBLOCK) != -1)
    };
    if done { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Closes a descriptor.
pub fn close(fd: i32) {
    // SAFETY: closing a number that is no descriptor fails without harm.
    unsafe { libc::close(fd) };
}

/// Waits until one of the descriptors is no longer waiting, for so many milliseconds or, where they are negative, for ever.
///
/// # Errors
/// When a signal has arrived.
pub fn wait(descriptors: &[i32], timeout: i32) -> io::Result<Vec<Readiness>> {
    let entry = |&fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
    let mut polled: Vec<_> = descriptors.iter().map(entry).collect();
    // SAFETY: an array of that many entries.
    let ready = unsafe { libc::poll(polled.as_mut_ptr(), polled.len() as libc::nfds_t, timeout) };
    if ready < 0 {
        return Err(io::Error::last_os_error());
    }
    let readiness = |entry: &libc::pollfd| match entry.revents {
        0 => Readiness::Waiting,
        events if events & libc::POLLNVAL != 0 => Readiness::Closed,
        _ => Readiness::Ready,
    };
    Ok(polled.iter().map(readiness).collect())
}

/// Whether something can be read from a descriptor now.
pub fn is_readable(fd: i32) -> bool {
    let mut polled = libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
    // SAFETY: one entry, and no waiting.
    unsafe { libc::poll(&mut polled, 1, 0) > 0 }
}

/// Whether a descriptor is an eventfd, which is written from within the process only.
pub fn is_waker(fd: i32) -> bool {
    std::fs::read_link(format!("/proc/self/fd/{fd}")).is_ok_and(|name| name.ends_with("anon_inode:[eventfd]"))
}

#[cfg(target_os = "linux")]
pub use super::threads::other_may_run;

/// Whether a thread beyond this process's own may run by itself: not known here.
#[cfg(not(target_os = "linux"))]
pub fn other_may_run(_: usize) -> bool {
    false
}

/// What the event loop waits for, woken from another thread.
pub struct Waker(PipeReader);

/// A pipe: what wakes, and what is woken.
///
/// # Errors
/// The system's.
pub fn waker() -> io::Result<(Waker, PipeWriter)> {
    io::pipe().map(|(reader, writer)| (Waker(reader), writer))
}

impl Waker {
    /// What to wait for.
    pub fn descriptor(&self) -> i32 {
        self.0.as_raw_fd()
    }

    /// Takes one wake; false when the other side has gone.
    pub fn take(&mut self) -> bool {
        self.0.read_exact(&mut [0]).is_ok()
    }
}

/// Standard input, where it is no terminal.
#[derive(Default)]
pub struct StandardInput;

impl StandardInput {
    /// What to wait for.
    pub fn descriptor(&self) -> i32 {
        0
    }

    /// What has come, once the descriptor was ready; nothing at the end.
    pub fn read(&mut self) -> Vec<u8> {
        let mut chunk = vec![0; 4096];
        let n = io::stdin().lock().read(&mut chunk).unwrap_or(0);
        chunk.truncate(n);
        chunk
    }
}

/// How a terminal is set up.
pub struct Terminal(libc::termios);

impl Terminal {
    /// That of standard input, if it is one.
    pub fn of_input() -> Option<Self> {
        // SAFETY: the structure is plain data and filled in by the call, which is checked.
        unsafe {
            let mut settings: libc::termios = std::mem::zeroed();
            (libc::tcgetattr(0, &mut settings) == 0).then_some(Self(settings))
        }
    }

    /// Sets it up so again.
    pub fn restore(&self) {
        // SAFETY: settings that the system gave out.
        unsafe { libc::tcsetattr(0, libc::TCSANOW, &self.0) };
    }
}

/// Has a function called with this value when the calling thread ends, after the destructors of Rust's thread-locals.
/// There is one function in a process.
pub fn at_thread_end(value: NonNull<c_void>, end: extern "C" fn(*mut c_void)) {
    static KEY: OnceLock<libc::pthread_key_t> = OnceLock::new();
    let key = *KEY.get_or_init(|| {
        let mut key = 0;
        // SAFETY: plain out-parameter; the destructor is a function of the right type.
        let failed = unsafe { libc::pthread_key_create(&mut key, Some(end)) };
        assert_eq!(failed, 0, "no pthread key left");
        key
    });
    // SAFETY: the key exists; what the value points to is the destructor's alone.
    unsafe { libc::pthread_setspecific(key, value.as_ptr()) };
}

/// The system's text of an error number.
pub fn error_words(code: i32) -> Option<Vec<u8>> {
    let mut words = [0; 256];
    // SAFETY: a buffer of that size, which the function terminates.
    let failed = unsafe { libc::strerror_r(code, words.as_mut_ptr().cast(), words.len()) };
    let text = CStr::from_bytes_until_nul(&words).ok()?;
    (failed == 0).then(|| text.to_bytes().to_vec())
}

/// Bytes of memory the machine has; 0 when it does not say.
pub fn physical_memory() -> usize {
    // SAFETY: both only read a constant of the system.
    let (pages, size) = unsafe { (libc::sysconf(libc::_SC_PHYS_PAGES), libc::sysconf(libc::_SC_PAGESIZE)) };
    usize::try_from(pages).unwrap_or(0).saturating_mul(usize::try_from(size).unwrap_or(0))
}

/// The lowest address of the calling thread's stack, and its size.
#[cfg(target_os = "linux")]
pub fn stack() -> Option<(usize, usize)> {
    let (mut low, mut size) = (std::ptr::null_mut(), 0);
    // SAFETY: the attributes are initialised by the first call, read by the second and destroyed once.
    let read = unsafe {
        let mut attributes = std::mem::zeroed();
        if libc::pthread_getattr_np(libc::pthread_self(), &mut attributes) != 0 {
            return None;
        }
        let read = libc::pthread_attr_getstack(&attributes, &mut low, &mut size);
        libc::pthread_attr_destroy(&mut attributes);
        read
    };
    (read == 0).then(|| (low.addr(), size))
}

/// The lowest address of the calling thread's stack, and its size.
#[cfg(target_os = "macos")]
pub fn stack() -> Option<(usize, usize)> {
    // SAFETY: both only read what the system knows about the calling thread.
    let (high, size) = unsafe {
        let me = libc::pthread_self();
        (libc::pthread_get_stackaddr_np(me).addr(), libc::pthread_get_stacksize_np(me))
    };
    Some((high - size, size))
}

/// Not known elsewhere.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
pub fn stack() -> Option<(usize, usize)> {
    None
}

/// Has Ctrl-C call a function, which does only what a signal handler may: it says whether the process is to end at once.
pub fn catch_interrupt(seen: fn() -> bool) {
    static SEEN: OnceLock<fn() -> bool> = OnceLock::new();
    extern "C" fn on_signal(_: libc::c_int) {
        if SEEN.get().is_some_and(|seen| seen()) {
            // SAFETY: _exit may be called in a handler.
            unsafe { libc::_exit(130) }
        }
    }
    SEEN.get_or_init(|| seen);
    // SAFETY: the handler only reads a set cell, and calls what our caller vouches for and _exit; the structure is fully
    // initialised by zeros.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_signal as extern "C" fn(libc::c_int) as usize;
        libc::sigaction(libc::SIGINT, &action, std::ptr::null_mut());
    }
}

/// Leaves Ctrl-C to other threads than the calling one: it is the main thread's wait that ends.
pub fn leave_interrupts_to_others() {
    // SAFETY: a set of signals, initialised before it is used.
    unsafe {
        let mut signals: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&mut signals);
        libc::sigaddset(&mut signals, libc::SIGINT);
        libc::pthread_sigmask(libc::SIG_BLOCK, &signals, std::ptr::null_mut());
    }
}

/// Seconds from UTC to local time.
pub fn utc_offset() -> i64 {
    // SAFETY: time accepts null; localtime_r fills the structure it is given.
    unsafe {
        let seconds = libc::time(std::ptr::null_mut());
        let mut broken_down: libc::tm = std::mem::zeroed();
        libc::localtime_r(&seconds, &mut broken_down);
        broken_down.tm_gmtoff
    }
}

/// Writes what C's own standard output holds. Not all streams: another thread may be within one for ever.
#[cfg(target_os = "linux")]
pub fn flush_c() {
    unsafe extern "C" {
        static stdout: *mut libc::FILE;
    }
    // SAFETY: C's own stream, which nobody replaces while q prints.
    unsafe { libc::fflush(stdout) };
}

/// Writes what C's streams hold.
#[cfg(not(target_os = "linux"))]
pub fn flush_c() {
    // SAFETY: null means all output streams.
    unsafe { libc::fflush(std::ptr::null_mut()) };
}

/// Wakes the other side of a [`waker`]; whether it is there.
pub fn wake(writer: &mut PipeWriter) -> bool {
    writer.write_all(&[0]).is_ok()
}
