//! Linux, macOS and other systems with `dlopen`.

use std::ffi::{CString, c_void};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::OnceLock;
#[cfg(target_os = "linux")]
use std::{sync::atomic::AtomicU32, time::Duration};

use libloading::os::unix::{self, RTLD_GLOBAL, RTLD_LOCAL, RTLD_NOW};

use super::{Target, Visibility};

/// A library, which stays open.
#[derive(Clone, Copy)]
pub struct Library(*mut c_void);

// SAFETY: the dynamic linker takes a handle on any thread, and this one is never closed.
unsafe impl Send for Library {}
// SAFETY: as above.
unsafe impl Sync for Library {}

impl Library {
    /// The address of a symbol; of `name@VERSION` that of this version, where libraries have versions of symbols.
    pub fn symbol(self, name: &str) -> Option<*const u8> {
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        if let Some((name, version)) = name.split_once('@') {
            // Two signs mark the version that is the library's own choice.
            let version = version.strip_prefix('@').unwrap_or(version);
            let (name, version) = (CString::new(name).ok()?, CString::new(version).ok()?);
            // SAFETY: the handle is open, and both texts end in NUL.
            let found = unsafe { libc::dlvsym(self.0, name.as_ptr(), version.as_ptr()) };
            return (!found.is_null()).then_some(found.cast_const().cast());
        }
        let name = CString::new(name).ok()?;
        // SAFETY: the handle is open, and the name ends in NUL.
        let found = unsafe { libc::dlsym(self.0, name.as_ptr()) };
        (!found.is_null()).then_some(found.cast_const().cast())
    }
}

/// Opens a library.
///
/// # Errors
/// With the dynamic linker's words.
///
/// # Safety
/// Its initialisers are run.
pub unsafe fn open(path: &Path, visibility: Visibility) -> Result<Library, libloading::Error> {
    let visibility = match visibility {
        Visibility::Local => RTLD_LOCAL,
        Visibility::Global => RTLD_GLOBAL,
    };
    // SAFETY: passed on to the caller.
    let library = unsafe { unix::Library::open(Some(path), RTLD_NOW | visibility) }?;
    Ok(Library(library.into_raw()))
}

/// The address of a symbol that the program or a library of global visibility has.
pub fn process_symbol(name: &str) -> Option<*const u8> {
    static PROCESS: OnceLock<Library> = OnceLock::new();
    PROCESS.get_or_init(|| Library(unix::Library::this().into_raw())).symbol(name)
}

/// The names of the C runtime that `libc` or `libm` stands for, the likeliest first.
pub fn c_runtime(alias: &str) -> Vec<String> {
    let names: &[&str] = match alias {
        "libc" | "libm" if cfg!(target_vendor = "apple") => &["/usr/lib/libSystem.B.dylib"],
        // musl has one library for both.
        "libc" | "libm" if cfg!(target_env = "musl") => {
            return vec![format!("libc.musl-{}.so.1", std::env::consts::ARCH), "libc.so".into()];
        }
        "libc" if cfg!(target_os = "linux") => &["libc.so.6"],
        "libm" if cfg!(target_os = "linux") => &["libm.so.6"],
        _ => &[],
    };
    names.iter().map(ToString::to_string).collect()
}

/// Where this thread has its `errno`.
pub fn errno_location() -> *mut i32 {
    // SAFETY: gives an address, which is the thread's for its life.
    unsafe {
        #[cfg(target_vendor = "apple")]
        return libc::__error();
        #[cfg(not(target_vendor = "apple"))]
        return libc::__errno_location();
    }
}

/// Where Windows notes a thread's last error: nobody looks.
pub const LAST_ERROR: i32 = 0;

/// What Windows notes as a thread's last error: there is nothing of the kind here.
pub fn last_error() -> Option<u32> {
    None
}

/// The addresses of this thread's stack, as far as it may grow.
#[cfg(target_os = "linux")]
pub fn stack() -> Option<std::ops::Range<usize>> {
    let mut attributes = std::mem::MaybeUninit::<libc::pthread_attr_t>::uninit();
    let (mut start, mut size) = (std::ptr::null_mut(), 0);
    // SAFETY: the attributes are read once they have been filled, and given back.
    unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) != 0 {
            return None;
        }
        let told = libc::pthread_attr_getstack(attributes.as_ptr(), &raw mut start, &raw mut size) == 0;
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        told.then(|| start as usize..start as usize + size)
    }
}

/// The addresses of this thread's stack, as far as it may grow.
#[cfg(target_vendor = "apple")]
pub fn stack() -> Option<std::ops::Range<usize>> {
    // SAFETY: these tell of this thread.
    let (end, size) = unsafe {
        let own = libc::pthread_self();
        (libc::pthread_get_stackaddr_np(own) as usize, libc::pthread_get_stacksize_np(own))
    };
    Some(end - size..end)
}

/// The addresses of this thread's stack: not known here.
#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
pub fn stack() -> Option<std::ops::Range<usize>> {
    None
}

/// What lies at an address that a symbol stands for, of this name if that is known: by it the symbol is found among many.
#[cfg(target_os = "linux")]
pub fn target_of(address: *const u8, name: Option<&str>) -> Target {
    let named = name.and_then(|name| super::module_at(address as usize)?.type_of(name, address as usize));
    match named.or_else(|| symbol_type(address)) {
        // STT_OBJECT, STT_COMMON, STT_TLS (System V gABI, "Symbol Table").
        Some(1 | 5 | 6) => Target::Data,
        Some(_) => Target::Code,
        None if is_executable(address as usize) == Some(false) => Target::Data,
        None => Target::Code,
    }
}

/// What lies at an address that a symbol stands for: not known here.
#[cfg(not(target_os = "linux"))]
pub fn target_of(_: *const u8, _: Option<&str>) -> Target {
    Target::Code
}

/// The type of the symbol at this very address; `None` where the dynamic linker knows none.
#[cfg(target_os = "linux")]
fn symbol_type(address: *const u8) -> Option<u8> {
    const RTLD_DL_SYMENT: i32 = 1;
    unsafe extern "C" {
        fn dladdr1(
            address: *const c_void,
            info: *mut libc::Dl_info,
            extra: *mut *mut c_void,
            flags: i32,
        ) -> i32;
    }
    let mut info = std::mem::MaybeUninit::<libc::Dl_info>::zeroed();
    let mut symbol: *mut c_void = std::ptr::null_mut();
    // SAFETY: any address is taken; both structures are filled if the module is known. Zeros are a valid one.
    let info = unsafe {
        let found = dladdr1(address.cast(), info.as_mut_ptr(), &raw mut symbol, RTLD_DL_SYMENT) != 0;
        found.then(|| info.assume_init())
    }?;
    let is_own = !symbol.is_null() && info.dli_saddr.cast_const().cast() == address;
    // SAFETY: the dynamic linker's own entry of the symbol, which stays with its library.
    is_own.then(|| unsafe { (*symbol.cast::<libc::Elf64_Sym>()).st_info } & 0xf)
}

/// Whether code may be run at an address; `None` where that cannot be found out.
#[cfg(target_os = "linux")]
fn is_executable(address: usize) -> Option<bool> {
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    let holds = |line: &&str| {
        let range = line.split(' ').next().and_then(|range| range.split_once('-'));
        let bound = |text| usize::from_str_radix(text, 16).ok();
        range.is_some_and(|(from, to)| {
            bound(from).is_some_and(|from| from <= address) && bound(to).is_some_and(|to| address < to)
        })
    };
    let line = maps.lines().find(holds);
    Some(line.and_then(|line| line.split(' ').nth(1)).is_some_and(|rights| rights.contains('x')))
}

/// Has functions called around each fork: before it, and after it in the parent and in the child.
pub fn at_fork(before: extern "C" fn(), parent: extern "C" fn(), child: extern "C" fn()) {
    // SAFETY: these are functions of a library that is never unloaded.
    unsafe { libc::pthread_atfork(Some(before), Some(parent), Some(child)) };
}

/// Bytes of a page.
pub fn page_size() -> usize {
    // SAFETY: asks for a number.
    usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4 << 10)
}

/// Addresses that nobody can read or write.
pub fn reserve(bytes: usize) -> Option<*mut u8> {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANON;
    // SAFETY: new addresses, of nobody else's.
    let pages = unsafe { libc::mmap(std::ptr::null_mut(), bytes, libc::PROT_NONE, flags, -1, 0) };
    (pages != libc::MAP_FAILED).then_some(pages.cast())
}

/// Makes zeroed memory of the first of them; whether there is any.
///
/// # Safety
/// [`reserve`] has given as many, which nobody uses yet.
pub unsafe fn usable(pages: *mut u8, bytes: usize) -> bool {
    // SAFETY: passed on to the caller.
    unsafe { libc::mprotect(pages.cast(), bytes, libc::PROT_READ | libc::PROT_WRITE) == 0 }
}

/// Gives back what [`reserve`] has given.
///
/// # Safety
/// It has given as many there, which nobody uses any more.
pub unsafe fn release(pages: *mut u8, bytes: usize) {
    // SAFETY: passed on to the caller.
    unsafe { libc::munmap(pages.cast(), bytes) };
}

/// Has a process that is to be started be in a group of its own, with those that it starts.
pub fn in_own_group(command: &mut Command) {
    command.process_group(0);
}

/// Kills a process that [`in_own_group`] was for, and those that it has started.
pub fn kill_group(child: &mut Child) {
    // SAFETY: the group is of this process's making, and there as long as nobody has waited for its first process.
    unsafe { libc::kill(-(child.id() as libc::pid_t), libc::SIGKILL) };
}

/// Has the process end without what libraries do at its end, which others' threads may still be in the midst of, if this says
/// so then: with its status, and what C's streams hold written. Where the status is not told the process ends as ever.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub fn end_at_once_if(is_wanted: fn() -> bool) {
    unsafe extern "C" {
        fn on_exit(handler: extern "C" fn(i32, *mut c_void), argument: *mut c_void) -> i32;
    }
    extern "C" fn at_end(status: i32, is_wanted: *mut c_void) {
        // SAFETY: it was registered with this handler.
        let is_wanted = unsafe { std::mem::transmute::<*mut c_void, fn() -> bool>(is_wanted) };
        if is_wanted() {
            flush_streams();
            // SAFETY: it ends the process, and runs nothing.
            unsafe { libc::_exit(status) };
        }
    }
    // SAFETY: the handler is a function of a library that is never unloaded.
    unsafe { on_exit(at_end, is_wanted as *mut c_void) };
}

/// Writes what C's streams hold. A thread that will never end may have one of them locked, so another thread does it, for
/// which nobody waits long.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn flush_streams() {
    const PATIENCE: std::time::Duration = std::time::Duration::from_millis(500);
    let (done, is_done) = std::sync::mpsc::channel();
    let flush = move || {
        // SAFETY: NULL stands for all streams.
        unsafe { libc::fflush(std::ptr::null_mut()) };
        let _ = done.send(());
    };
    if std::thread::Builder::new().spawn(flush).is_ok() {
        let _ = is_done.recv_timeout(PATIENCE);
    }
}

/// The same where C does not tell the status at the end: not done.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn end_at_once_if(_: fn() -> bool) {}

/// Functions of the allocator's, which a library has in one place.
pub const ALLOCATOR: &[&str] =
    &["malloc", "free", "calloc", "realloc", "memalign", "posix_memalign", "malloc_trim"];

/// A function by the address that code here has of it: that is its own.
pub fn imported(function: usize) -> usize {
    function
}

/// Takes the lock of the arena that the first thread allocates from, and gives it back: in glibc `mallopt` does so before it
/// looks at what is wanted.
#[cfg(target_os = "linux")]
pub fn allocator_lock() -> Option<impl Fn()> {
    /// No parameter of the allocator's.
    const NONE: i32 = i32::MAX;
    type Options = extern "C" fn(i32, i32) -> i32;
    // SAFETY: the C library's function of this name has these types.
    let found = process_symbol("mallopt").map(|f| unsafe { std::mem::transmute::<*const u8, Options>(f) });
    found.map(|set| move || _ = set(NONE, 0))
}

/// Waits until somebody wakes those who wait for this word, unless it has changed.
#[cfg(target_os = "linux")]
pub fn wait_on(word: &AtomicU32, seen: u32, limit: Option<Duration>) {
    let limit = limit.map(|limit| libc::timespec {
        tv_sec: limit.as_secs() as libc::time_t,
        tv_nsec: limit.subsec_nanos().into(),
    });
    let limit = limit.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    futex(word, libc::FUTEX_WAIT, seen, limit);
}

/// Wakes them.
#[cfg(target_os = "linux")]
pub fn wake(word: &AtomicU32) {
    futex(word, libc::FUTEX_WAKE, i32::MAX.cast_unsigned(), std::ptr::null());
}

#[cfg(target_os = "linux")]
fn futex(word: &AtomicU32, operation: i32, value: u32, limit: *const libc::timespec) {
    // SAFETY: a word of this process that is never freed, and a limit that lives until this returns, or none.
    unsafe {
        libc::syscall(libc::SYS_futex, word.as_ptr(), operation | libc::FUTEX_PRIVATE_FLAG, value, limit)
    };
}
