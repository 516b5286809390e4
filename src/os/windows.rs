//! Windows.

use std::ffi::{CStr, CString, c_char, c_void};
use std::ops::Range;
use std::path::Path;
use std::process::{Child, Command};
use std::ptr::null_mut;
use std::sync::OnceLock;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use super::{Target, Visibility};

type Module = *mut c_void;

#[link(name = "kernel32")]
unsafe extern "system" {
    fn GetCurrentProcess() -> *mut c_void;
    fn GetLastError() -> u32;
    fn GetModuleHandleA(name: *const c_char) -> Module;
    fn K32EnumProcessModules(process: *mut c_void, modules: *mut Module, bytes: u32, needed: *mut u32)
    -> i32;
    fn GetProcAddress(module: Module, name: *const c_char) -> *const u8;
    fn GetCurrentThreadStackLimits(low: *mut usize, high: *mut usize);
    fn VirtualAlloc(at: *mut u8, bytes: usize, kind: u32, protection: u32) -> *mut u8;
    fn VirtualQuery(at: *const u8, page: *mut Page, bytes: usize) -> usize;
    fn VirtualFree(at: *mut u8, bytes: usize, kind: u32) -> i32;
    fn GetProcessHeap() -> *mut c_void;
    fn HeapLock(heap: *mut c_void) -> i32;
    fn HeapUnlock(heap: *mut c_void) -> i32;
}

#[link(name = "synchronization")]
unsafe extern "system" {
    fn WaitOnAddress(word: *const u32, seen: *const u32, bytes: usize, milliseconds: u32) -> i32;
    fn WakeByAddressAll(word: *const u32);
}

const MEM_COMMIT: u32 = 0x1000;
const MEM_RESERVE: u32 = 0x2000;
const MEM_RELEASE: u32 = 0x8000;
const PAGE_NOACCESS: u32 = 1;
const PAGE_READWRITE: u32 = 4;
/// All rights that let code be run.
const PAGE_EXECUTABLE: u32 = 0xf0;

/// A library, which stays open.
#[derive(Clone, Copy)]
pub struct Library(&'static libloading::Library);

impl Library {
    /// The address of a symbol.
    pub fn symbol(self, name: &str) -> Option<*const u8> {
        // SAFETY: the symbol is only taken for an address.
        let found = unsafe { self.0.get::<*const c_void>(name).ok()?.try_as_raw_ptr() }?;
        Some(found.cast_const().cast())
    }
}

/// Opens a library.
///
/// # Errors
/// With the system's words.
///
/// # Safety
/// Its initialisers are run.
pub unsafe fn open(path: &Path, _: Visibility) -> Result<Library, libloading::Error> {
    // SAFETY: passed on to the caller.
    let library = unsafe { libloading::Library::new(path) }?;
    Ok(Library(Box::leak(Box::new(library))))
}

/// The address of a symbol of the first module that exports it: the program, the C runtime, then the libraries in the order
/// of their loading. ntdll, which is always the first, has functions of C's names that do less.
pub fn process_symbol(name: &str) -> Option<*const u8> {
    let name = CString::new(name).ok()?;
    let runtimes = c_runtimes().iter().filter_map(|file| loaded(file));
    let all = [program()].into_iter().chain(runtimes).chain(modules());
    // SAFETY: these are modules of this process, and the name ends in NUL.
    let mut found = all.map(|module| unsafe { GetProcAddress(module, name.as_ptr()) });
    found.find(|address| !address.is_null())
}

/// The program's own module.
fn program() -> Module {
    // SAFETY: asks for an address.
    unsafe { GetModuleHandleA(null_mut()) }
}

/// The module of this file, if it is loaded.
fn loaded(file: &str) -> Option<Module> {
    let file = CString::new(file).ok()?;
    // SAFETY: the name ends in NUL.
    let module = unsafe { GetModuleHandleA(file.as_ptr()) };
    (!module.is_null()).then_some(module)
}

/// The names of the C runtime that `libc` or `libm` stands for, the likeliest first.
pub fn c_runtime(alias: &str) -> Vec<String> {
    let names = if matches!(alias, "libc" | "libm") { c_runtimes() } else { &[] };
    names.iter().map(ToString::to_string).collect()
}

/// The C runtimes, that which the program is linked against first: the other one has functions that it lacks.
fn c_runtimes() -> &'static [&'static str] {
    const UNIVERSAL: [&str; 2] = ["ucrtbase.dll", "msvcrt.dll"];
    const OLD: [&str; 2] = ["msvcrt.dll", "ucrtbase.dll"];
    static IS_UNIVERSAL: OnceLock<bool> = OnceLock::new();
    if *IS_UNIVERSAL.get_or_init(imports_universal_runtime) { &UNIVERSAL } else { &OLD }
}

/// Whether the program imports from the universal C runtime. That one of them is loaded says nothing: Windows' own
/// libraries use both.
fn imports_universal_runtime() -> bool {
    // Offsets in an image of 64 bits (Microsoft, "PE Format").
    const HEADER: usize = 0x3c;
    const IMPORTS: usize = 24 + 120;
    const DESCRIPTOR: usize = 20;
    const NAME: usize = 12;
    let base = program() as usize;
    // SAFETY: the loader has mapped the program, and read the same tables in it.
    unsafe {
        let word = |at: usize| (at as *const u32).read_unaligned() as usize;
        let header = base + word(base + HEADER);
        let imports = word(header + IMPORTS);
        let mut descriptor = base + imports;
        while imports != 0 && word(descriptor + NAME) != 0 {
            let name = CStr::from_ptr((base + word(descriptor + NAME)) as *const c_char).to_bytes();
            let begins = |with: &[u8]| name.get(..with.len()).is_some_and(|n| n.eq_ignore_ascii_case(with));
            if begins(b"ucrtbase") || begins(b"api-ms-win-crt-") {
                return true;
            }
            descriptor += DESCRIPTOR;
        }
    }
    false
}

fn modules() -> Vec<Module> {
    let mut modules = vec![null_mut(); 64];
    loop {
        let bytes = size_of_val(&modules[..]) as u32;
        let mut needed = 0;
        // SAFETY: there is room for as many bytes.
        let listed = unsafe {
            K32EnumProcessModules(GetCurrentProcess(), modules.as_mut_ptr(), bytes, &raw mut needed)
        };
        let count = needed as usize / size_of::<Module>();
        if listed == 0 {
            return Vec::new();
        }
        let complete = needed <= bytes;
        modules.resize(count, null_mut());
        if complete {
            return modules;
        }
    }
}

/// Where this thread has its `errno`: that of the program's C runtime.
pub fn errno_location() -> *mut i32 {
    type Errno = unsafe extern "C" fn() -> *mut i32;
    unsafe extern "C" {
        fn _errno() -> *mut i32;
    }
    static ERRNO: OnceLock<Errno> = OnceLock::new();
    let errno = ERRNO.get_or_init(|| {
        let runtime = c_runtimes().iter().find_map(|file| loaded(file));
        // SAFETY: it is the runtime's function of this name.
        let found = runtime.map(|module| unsafe { GetProcAddress(module, c"_errno".as_ptr()) });
        match found.filter(|address| !address.is_null()) {
            // SAFETY: both runtimes have it of this type.
            Some(address) => unsafe { std::mem::transmute::<*const u8, Errno>(address) },
            None => _errno,
        }
    });
    // SAFETY: gives an address, which is the thread's for its life.
    unsafe { errno() }
}

/// Where a thread's environment block has what the system's functions have last noted as its error
/// (`TEB.LastErrorValue`).
pub const LAST_ERROR: i32 = 0x68;

/// What the system's functions have last noted as this thread's error.
pub fn last_error() -> Option<u32> {
    // SAFETY: reads a number.
    Some(unsafe { GetLastError() })
}

/// The addresses of this thread's stack, as far as it may grow.
pub fn stack() -> Option<std::ops::Range<usize>> {
    let (mut low, mut high) = (0, 0);
    // SAFETY: both are written.
    unsafe { GetCurrentThreadStackLimits(&raw mut low, &raw mut high) };
    Some(low..high)
}

/// What lies at an address that a symbol stands for: code, where the page may be run.
pub fn target_of(address: *const u8, _: Option<&str>) -> Target {
    let is_data = page(address as usize)
        .is_some_and(|page| page.state == MEM_COMMIT && page.protection & PAGE_EXECUTABLE == 0);
    if is_data { Target::Data } else { Target::Code }
}

/// What is known of the page at an address, and those around it that are alike.
fn page(address: usize) -> Option<Page> {
    let mut page = Page { places: [0; 4], state: 0, protection: 0, kind: 0 };
    // SAFETY: any address may be asked for; the structure is of the size that is told.
    let told = unsafe { VirtualQuery(address as *const u8, &raw mut page, size_of::<Page>()) } != 0;
    told.then_some(page)
}

/// The memory around an address that was asked for as one.
pub fn allocation(address: usize) -> Option<Range<usize>> {
    let [_, start, ..] = page(address)?.places;
    let mut end = start;
    while let Some(Page { places: [base, own, _, size], .. }) = page(end)
        && own == start
        && start != 0
    {
        end = base + size;
    }
    (end > address).then_some(start..end)
}

/// `MEMORY_BASIC_INFORMATION`.
#[repr(C)]
struct Page {
    /// Base, the allocation's base and protection, size.
    places: [usize; 4],
    state: u32,
    protection: u32,
    kind: u32,
}

/// Has functions called around each fork, of which there are none here.
pub fn at_fork(_: extern "C" fn(), _: extern "C" fn(), _: extern "C" fn()) {}

/// Bytes of a page, on every processor that Windows runs on.
pub fn page_size() -> usize {
    4 << 10
}

/// Addresses that nobody can read or write.
pub fn reserve(bytes: usize) -> Option<*mut u8> {
    // SAFETY: new addresses, of nobody else's.
    let pages = unsafe { VirtualAlloc(null_mut(), bytes, MEM_RESERVE, PAGE_NOACCESS) };
    (!pages.is_null()).then_some(pages)
}

/// Makes zeroed memory of the first of them; whether there is any.
///
/// # Safety
/// [`reserve`] has given as many, which nobody uses yet.
pub unsafe fn usable(pages: *mut u8, bytes: usize) -> bool {
    // SAFETY: passed on to the caller.
    unsafe { !VirtualAlloc(pages, bytes, MEM_COMMIT, PAGE_READWRITE).is_null() }
}

/// Gives back what [`reserve`] has given.
///
/// # Safety
/// It has given as many there, which nobody uses any more.
pub unsafe fn release(pages: *mut u8, _: usize) {
    // SAFETY: passed on to the caller.
    unsafe { VirtualFree(pages, 0, MEM_RELEASE) };
}

/// There are no groups of processes here that could be killed as one.
pub fn in_own_group(_: &mut Command) {}

/// Kills a process.
pub fn kill_group(child: &mut Child) {
    _ = child.kill();
}

/// Has the process end without running what other libraries have for its end, if this says so then: not done here.
pub fn end_at_once_if(_: fn() -> bool) {}

/// Functions of the allocator's, whichever C runtime is above them.
pub const ALLOCATOR: &[&str] = &["RtlAllocateHeap", "RtlFreeHeap", "RtlReAllocateHeap", "RtlSizeHeap"];

/// A function by the address that code here has of it: that may be of a jump through the table of what is imported,
/// `jmp [rip+displacement]`.
pub fn imported(function: usize) -> usize {
    // SAFETY: a function has more bytes than this, and the table is the loader's.
    unsafe {
        if (function as *const [u8; 2]).read() != [0xff, 0x25] {
            return function;
        }
        let displacement = ((function + 2) as *const i32).read_unaligned();
        ((function + 6).wrapping_add_signed(displacement as isize) as *const usize).read()
    }
}

/// Takes the lock of the heap that the process has from the beginning, and gives it back.
pub fn allocator_lock() -> Option<impl Fn()> {
    // SAFETY: the heap is there as long as the process; a lock that is had is given back.
    Some(|| unsafe {
        let heap = GetProcessHeap();
        if HeapLock(heap) != 0 {
            HeapUnlock(heap);
        }
    })
}

/// Waits until somebody wakes those who wait for this word, unless it has changed.
pub fn wait_on(word: &AtomicU32, seen: u32, limit: Option<Duration>) {
    let limit = limit.map_or(u32::MAX, |limit| limit.as_millis() as u32 + 1);
    // SAFETY: a word of this process that is never freed, and what it is compared with.
    unsafe { WaitOnAddress(word.as_ptr(), &raw const seen, size_of::<u32>(), limit) };
}

/// Wakes them.
pub fn wake(word: &AtomicU32) {
    // SAFETY: an address, which is not followed.
    unsafe { WakeByAddressAll(word.as_ptr()) };
}

/// Where the image lies that has this address, if one does.
pub fn image_at(address: usize) -> Option<usize> {
    const IMAGE: u32 = 0x100_0000;
    page(address).filter(|page| page.kind == IMAGE && page.state == MEM_COMMIT).map(|page| page.places[1])
}

/// Where the program lies.
pub fn program_address() -> usize {
    program() as usize
}
