//! Windows: descriptors are sockets, and whatever else the loop waits for wakes it through one.

use std::cell::Cell;
use std::ffi::{CStr, OsStr, OsString, c_char, c_void};
use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::os::windows::io::AsRawSocket;
use std::path::Path;
use std::ptr::NonNull;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use super::Readiness;

/// A socket as the system has it, and as k.h says it.
type Socket = usize;
type Handle = *mut c_void;

#[repr(C)]
#[derive(Clone, Copy)]
struct Polled {
    socket: Socket,
    events: i16,
    revents: i16,
}

/// `POLLRDNORM` and `POLLRDBAND`, the only events that may be asked for.
const POLL_IN: i16 = 0x300;
const POLL_INVALID: i16 = 4;
const SOL_SOCKET: i32 = 0xffff;
const SO_TYPE: i32 = 0x1008;
const FIONBIO: i32 = 0x8004_667e_u32 as i32;

#[link(name = "ws2_32")]
unsafe extern "system" {
    fn WSAPoll(polled: *mut Polled, count: u32, timeout: i32) -> i32;
    fn closesocket(socket: Socket) -> i32;
    fn getsockopt(socket: Socket, level: i32, option: i32, value: *mut i32, length: *mut i32) -> i32;
    fn ioctlsocket(socket: Socket, command: i32, argument: *mut u32) -> i32;
    fn getsockname(socket: Socket, address: *mut [u8; 128], length: *mut i32) -> i32;
    fn getpeername(socket: Socket, address: *mut [u8; 128], length: *mut i32) -> i32;
}

#[repr(C)]
struct MemoryStatus {
    length: u32,
    load: u32,
    physical: u64,
    others: [u64; 6],
}

#[repr(C)]
struct ThreadEntry {
    size: u32,
    usage: u32,
    thread: u32,
    process: u32,
    others: [u32; 3],
}

/// `TIME_ZONE_INFORMATION`, in minutes.
#[repr(C)]
struct TimeZone {
    bias: i32,
    standard_name: [u16; 32],
    standard_date: [u16; 8],
    standard_bias: i32,
    daylight_name: [u16; 32],
    daylight_date: [u16; 8],
    daylight_bias: i32,
}

const STANDARD_INPUT: u32 = -10_i32 as u32;
const SNAPSHOT_OF_THREADS: u32 = 4;
const IN_DAYLIGHT_TIME: u32 = 2;

#[link(name = "kernel32")]
unsafe extern "system" {
    fn GlobalMemoryStatusEx(status: *mut MemoryStatus) -> i32;
    fn GetCurrentThreadStackLimits(low: *mut usize, high: *mut usize);
    fn GetTimeZoneInformation(zone: *mut TimeZone) -> u32;
    fn GetStdHandle(which: u32) -> Handle;
    fn GetConsoleMode(console: Handle, mode: *mut u32) -> i32;
    fn SetConsoleMode(console: Handle, mode: u32) -> i32;
    fn SetConsoleCtrlHandler(handler: extern "system" fn(u32) -> i32, add: i32) -> i32;
    fn CreateToolhelp32Snapshot(what: u32, process: u32) -> Handle;
    fn Thread32First(snapshot: Handle, entry: *mut ThreadEntry) -> i32;
    fn Thread32Next(snapshot: Handle, entry: *mut ThreadEntry) -> i32;
    fn CloseHandle(handle: Handle) -> i32;
}

/// A name of the system's, which are Unicode: bad sequences are replaced.
pub fn name(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}

/// A name in UTF-8.
pub fn bytes(name: &OsStr) -> Vec<u8> {
    name.to_string_lossy().into_owned().into_bytes()
}

/// The address of a symbol in a library, which stays loaded for the life of the process.
///
/// # Errors
/// With the system's words.
///
/// # Safety
/// The library's initialisers are run.
pub unsafe fn open_and_find(path: &Path, symbol: &[u8]) -> Result<*mut c_void, libloading::Error> {
    // SAFETY: passed on to the caller.
    let library = unsafe { libloading::Library::new(path) }?;
    // SAFETY: only the address is taken.
    let address = *unsafe { library.get::<*mut c_void>(symbol) }?;
    std::mem::forget(library);
    Ok(address)
}

/// The descriptor of a stream. Of handles' bits 32 are significant, and k.h takes all of them.
pub fn descriptor(of: &impl AsRawSocket) -> i32 {
    of.as_raw_socket() as i32
}

fn socket(fd: i32) -> Socket {
    fd as u32 as Socket
}

/// Whether a descriptor can be waited for; it is made non-blocking if that is asked for.
///
/// # Errors
/// The system's.
pub fn prepare(fd: i32, non_blocking: bool) -> io::Result<()> {
    let (mut kind, mut length, mut on) = (0, size_of::<i32>() as i32, 1);
    // SAFETY: both fail on numbers that are no sockets, and else write no more than there is room for.
    let done = unsafe {
        getsockopt(socket(fd), SOL_SOCKET, SO_TYPE, &mut kind, &mut length) == 0
            && (!non_blocking || ioctlsocket(socket(fd), FIONBIO, &mut on) == 0)
    };
    if done { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Closes a descriptor.
pub fn close(fd: i32) {
    // SAFETY: closing a number that is no socket fails without harm.
    unsafe { closesocket(socket(fd)) };
}

/// Whether Ctrl-C was pressed since a wait has last ended of it.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);
/// How often a wait looks at that, in milliseconds: nothing else than a socket ends it.
const SLICE: i32 = 100;

/// Waits until one of the descriptors is no longer waiting, for so many milliseconds or, where they are negative, for ever.
///
/// # Errors
/// When Ctrl-C was pressed; the system's.
pub fn wait(descriptors: &[i32], timeout: i32) -> io::Result<Vec<Readiness>> {
    let limit = u64::try_from(timeout).ok().map(|ms| Instant::now() + Duration::from_millis(ms));
    loop {
        if INTERRUPTED.swap(false, Relaxed) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let left =
            limit.map(|limit| limit.saturating_duration_since(Instant::now()).as_micros().div_ceil(1000));
        let slice = left.map_or(SLICE, |left| left.min(SLICE as u128) as i32);
        let found = poll(descriptors, slice)?;
        if left == Some(0) || found.iter().any(|&readiness| readiness != Readiness::Waiting) {
            return Ok(found);
        }
    }
}

fn poll(descriptors: &[i32], timeout: i32) -> io::Result<Vec<Readiness>> {
    // No sockets are an error there.
    if descriptors.is_empty() {
        std::thread::sleep(Duration::from_millis(timeout.unsigned_abs().into()));
        return Ok(Vec::new());
    }
    let entry = |&fd| Polled { socket: socket(fd), events: POLL_IN, revents: 0 };
    let mut polled: Vec<_> = descriptors.iter().map(entry).collect();
    // SAFETY: an array of that many entries.
    if unsafe { WSAPoll(polled.as_mut_ptr(), polled.len() as u32, timeout) } < 0 {
        return Err(io::Error::last_os_error());
    }
    let readiness = |entry: &Polled| match entry.revents {
        0 => Readiness::Waiting,
        events if events & POLL_INVALID != 0 => Readiness::Closed,
        _ => Readiness::Ready,
    };
    Ok(polled.iter().map(readiness).collect())
}

/// Whether something can be read from a descriptor now.
pub fn is_readable(fd: i32) -> bool {
    poll(&[fd], 0).is_ok_and(|found| found[0] != Readiness::Waiting)
}

/// Whether a descriptor is a socket that sends to itself, which is written from within the process only.
pub fn is_waker(fd: i32) -> bool {
    let (mut own, mut other) = ([0; 128], [0; 128]);
    let (mut own_length, mut other_length) = (128, 128);
    // SAFETY: the room is as long as it says; both fail on what is no socket, or is not connected.
    unsafe {
        getsockname(socket(fd), &mut own, &mut own_length) == 0
            && getpeername(socket(fd), &mut other, &mut other_length) == 0
            && own_length == other_length
            && own == other
    }
}

/// Whether a thread beyond these of this process's own may run by itself: that it waits for others is not known here.
pub fn other_may_run(own: usize) -> bool {
    threads().is_some_and(|threads| threads > own)
}

/// How many threads this process has; `None` where the system does not say.
fn threads() -> Option<usize> {
    const SIZE: u32 = size_of::<ThreadEntry>() as u32;
    let mut entry = ThreadEntry { size: SIZE, usage: 0, thread: 0, process: 0, others: [0; 3] };
    let mut count = 0;
    // SAFETY: the snapshot is closed once, and not used when it was not made; an entry says its size.
    unsafe {
        let snapshot = CreateToolhelp32Snapshot(SNAPSHOT_OF_THREADS, 0);
        if snapshot.addr() == usize::MAX {
            return None;
        }
        let mut found = Thread32First(snapshot, &mut entry);
        while found != 0 {
            count += usize::from(entry.process == std::process::id());
            entry.size = SIZE;
            found = Thread32Next(snapshot, &mut entry);
        }
        CloseHandle(snapshot);
    }
    Some(count)
}

/// What the event loop waits for, woken from another thread: it alone sends to its socket, whose other end this is.
pub struct Waker(UdpSocket);

/// What wakes a [`Waker`].
pub struct Wake(UdpSocket);

/// Two sockets of this process: what is woken, and what wakes.
///
/// # Errors
/// The system's.
pub fn waker() -> io::Result<(Waker, Wake)> {
    let (woken, waking) = (own_socket()?, own_socket()?);
    woken.connect(waking.local_addr()?)?;
    waking.connect(woken.local_addr()?)?;
    Ok((Waker(woken), Wake(waking)))
}

fn own_socket() -> io::Result<UdpSocket> {
    UdpSocket::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
}

impl Waker {
    /// What to wait for.
    pub fn descriptor(&self) -> i32 {
        descriptor(&self.0)
    }

    /// Takes one wake; false when the other side has gone.
    pub fn take(&mut self) -> bool {
        self.0.recv(&mut [0]).is_ok()
    }
}

/// Wakes the other side of a [`waker`]; whether it is there.
pub fn wake(wake: &mut Wake) -> bool {
    wake.0.send(&[0]).is_ok()
}

/// Standard input, where it is no terminal: a thread reads it, since only sockets can be waited for.
pub struct StandardInput {
    chunks: Receiver<Vec<u8>>,
    /// None when the system has no sockets: then reading waits.
    waker: Option<Waker>,
}

impl Default for StandardInput {
    fn default() -> Self {
        let (sender, chunks) = channel();
        let (waker, wake) = waker().ok().unzip();
        std::thread::spawn(move || read_input(&sender, wake));
        Self { chunks, waker }
    }
}

impl StandardInput {
    /// What to wait for.
    pub fn descriptor(&self) -> i32 {
        self.waker.as_ref().map_or(-1, Waker::descriptor)
    }

    /// What has come, once the descriptor was ready; nothing at the end.
    pub fn read(&mut self) -> Vec<u8> {
        if let Some(waker) = &mut self.waker {
            waker.take();
        }
        self.chunks.recv().unwrap_or_default()
    }
}

fn read_input(chunks: &Sender<Vec<u8>>, mut waking: Option<Wake>) {
    loop {
        let mut chunk = vec![0; 4096];
        let n = io::stdin().lock().read(&mut chunk).unwrap_or(0);
        chunk.truncate(n);
        let sent = chunks.send(chunk).is_ok();
        if let Some(waking) = &mut waking {
            wake(waking);
        }
        if n == 0 || !sent {
            return;
        }
    }
}

/// How a console is set up.
pub struct Terminal(u32);

impl Terminal {
    /// That of standard input, if it is one.
    pub fn of_input() -> Option<Self> {
        let mut mode = 0;
        // SAFETY: it fails on what is no console, and else writes a number.
        let known = unsafe { GetConsoleMode(GetStdHandle(STANDARD_INPUT), &mut mode) } != 0;
        known.then_some(Self(mode))
    }

    /// Sets it up so again.
    pub fn restore(&self) {
        // SAFETY: a mode that the system gave out.
        unsafe { SetConsoleMode(GetStdHandle(STANDARD_INPUT), self.0) };
    }
}

thread_local! {
    /// What [`at_thread_end`] was given on this thread.
    static AT_END: Cell<*const c_void> = const { Cell::new(std::ptr::null()) };
}

static END: OnceLock<extern "C" fn(*mut c_void)> = OnceLock::new();

/// Has a function called with this value when the calling thread ends, after the destructors of Rust's thread-locals.
/// There is one function in a process.
pub fn at_thread_end(value: NonNull<c_void>, end: extern "C" fn(*mut c_void)) {
    END.get_or_init(|| end);
    AT_END.set(value.as_ptr());
    // SAFETY: reads a static, so that the linker keeps it.
    unsafe { (&raw const CALLBACK).read_volatile() };
}

/// The loader calls what stands in these sections when a thread ends, in the order of their names: Rust's own, which runs
/// its destructors, is in .CRT$XLB.
#[unsafe(link_section = ".CRT$XLY")]
#[used]
static CALLBACK: unsafe extern "system" fn(Handle, u32, Handle) = on_thread_event;

unsafe extern "system" fn on_thread_event(_: Handle, reason: u32, _: Handle) {
    const THREAD_DETACH: u32 = 3;
    let value = if reason == THREAD_DETACH { AT_END.replace(std::ptr::null()) } else { std::ptr::null() };
    if let Some(end) = END.get().filter(|_| !value.is_null()) {
        end(value.cast_mut());
    }
}

/// The C runtime's text of an error number.
pub fn error_words(code: i32) -> Option<Vec<u8>> {
    unsafe extern "C" {
        fn strerror(code: i32) -> *const c_char;
    }
    // SAFETY: the text is this thread's until the next call.
    let text = unsafe { strerror(code) };
    // SAFETY: as above; it ends in NUL where there is one.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_bytes().to_vec())
}

/// Bytes of memory the machine has; 0 when it does not say.
pub fn physical_memory() -> usize {
    let length = size_of::<MemoryStatus>() as u32;
    let mut status = MemoryStatus { length, load: 0, physical: 0, others: [0; 6] };
    // SAFETY: the structure says its size.
    let told = unsafe { GlobalMemoryStatusEx(&mut status) } != 0;
    if told { usize::try_from(status.physical).unwrap_or(0) } else { 0 }
}

/// The lowest address of the calling thread's stack, and its size.
pub fn stack() -> Option<(usize, usize)> {
    let (mut low, mut high) = (0, 0);
    // SAFETY: both are written.
    unsafe { GetCurrentThreadStackLimits(&mut low, &mut high) };
    Some((low, high - low))
}

static SEEN: OnceLock<fn() -> bool> = OnceLock::new();

/// Has Ctrl-C call a function, on a thread of the system's: it says whether the process is to end at once.
pub fn catch_interrupt(seen: fn() -> bool) {
    extern "system" fn on_control(event: u32) -> i32 {
        const CTRL_C: u32 = 0;
        if event != CTRL_C || SEEN.get().is_some_and(|seen| seen()) {
            // The next handler ends the process.
            return 0;
        }
        INTERRUPTED.store(true, Relaxed);
        1
    }
    SEEN.get_or_init(|| seen);
    // SAFETY: a function of the program.
    unsafe { SetConsoleCtrlHandler(on_control, 1) };
}

/// No thread of ours is ever asked.
pub fn leave_interrupts_to_others() {}

/// Seconds from UTC to local time.
pub fn utc_offset() -> i64 {
    // SAFETY: zeros are a value of this structure, which the call fills.
    let (kind, zone) = unsafe {
        let mut zone: TimeZone = std::mem::zeroed();
        (GetTimeZoneInformation(&mut zone), zone)
    };
    let more = if kind == IN_DAYLIGHT_TIME { zone.daylight_bias } else { zone.standard_bias };
    -60 * i64::from(zone.bias + more)
}

/// Writes what C's streams hold.
pub fn flush_c() {
    // SAFETY: null means all output streams.
    unsafe { libc::fflush(std::ptr::null_mut()) };
}
