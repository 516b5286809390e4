//! What operating systems and their processors do differently, the calling convention apart ([`crate::abi`]): libraries,
//! threads, the event loop's descriptor, memory for code. The platform is chosen here and nowhere else.
//!
//! README.md says on which of them this has run; for the others it is compiled.

#[cfg(any(
    all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")),
    all(windows, target_arch = "x86_64")
))]
mod allocator;
#[cfg(target_os = "linux")]
mod eventfd;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod fault;
#[cfg(all(windows, target_arch = "x86_64"))]
#[path = "exceptions/mod.rs"]
mod fault;
#[cfg(not(any(
    all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")),
    all(windows, target_arch = "x86_64")
)))]
#[path = "no_fault.rs"]
mod fault;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod modules;
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
mod no_tables;
#[cfg(any(not(target_os = "linux"), test))]
mod socket;
mod fenced;
#[cfg(all(windows, target_arch = "x86_64"))]
mod function_table;
mod process;
mod thread;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod thread_word;
#[cfg(all(windows, target_arch = "x86_64"))]
#[path = "thread_slots.rs"]
mod thread_word;
#[cfg(not(any(
    all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")),
    all(windows, target_arch = "x86_64")
)))]
#[path = "no_thread_word.rs"]
mod thread_word;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use self::unix as imp;
#[cfg(windows)]
use self::windows as imp;

#[cfg(target_os = "linux")]
pub use self::eventfd::Waker;
pub use self::fault::{
    AlternateStack, Environment, FLOATS, FP, Fault, KEPT, KEPT_FLOATS, LINK, PC, REGISTERS, SP,
    THROUGH_FRAME, after_fault, allocator_answers, ask_allocator, caller, can_read, can_write, catch_faults,
    tell, through, through_return,
};
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
pub use self::fault::{Module, module_at};
pub use self::fenced::Fenced;
#[cfg(all(windows, target_arch = "x86_64"))]
pub use self::function_table::note_code;
pub use self::imp::{
    ALLOCATOR, LAST_ERROR, Library, at_fork, c_runtime, end_at_once_if, errno_location, imported,
    in_own_group, kill_group, last_error, open, process_symbol, stack, target_of,
};
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
pub use self::modules::{Module, module_at};
pub use self::process::process_id;
#[cfg(not(target_os = "linux"))]
pub use self::socket::Waker;
pub use self::thread::thread_pointer;
pub use self::thread_word::ThreadWord;

use std::path::PathBuf;

/// This thread's `errno`.
pub fn errno() -> i32 {
    // SAFETY: the address of this thread's own.
    unsafe { errno_location().read() }
}

/// Sets this thread's `errno`.
pub fn set_errno(errno: i32) {
    // SAFETY: as above.
    unsafe { errno_location().write(errno) };
}

/// Who finds a library's symbols.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Those who name the library.
    Local,
    /// Everybody in the process. On Windows that is so of all libraries.
    Global,
}

/// What a symbol's address is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Code, or what nothing is known of.
    Code,
    /// Data: by the symbol's type, or by the page that it lies in.
    Data,
}

/// Which of the words that each thread has ([`ThreadWord`]), by its distance from the first in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadPlace {
    /// What stubs look at before they do anything: NULL where they are to leave calls to the cold path.
    Entry = 0,
    /// What is there from the first call on the thread to its end.
    Own = 8,
    /// The same of a thread that makes calls for q's, on which q does not run.
    Worker = 16,
    /// None of these, and on Windows alone: where the thread's environment block is.
    Block = 24,
}

/// Whether faults of C can be looked at on this system.
pub const CATCHES_FAULTS: bool = cfg!(any(
    all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")),
    all(windows, target_arch = "x86_64")
));

/// Whether faults of C are looked at in this process: not with `FFIJIT_REPORT=0`.
pub fn faults_are_caught() -> bool {
    static CAUGHT: std::sync::OnceLock<bool> = std::sync::OnceLock::new();
    *CAUGHT.get_or_init(|| std::env::var_os("FFIJIT_REPORT").is_none_or(|v| v != "0"))
}

/// What is done about a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The thread goes on as [`Fault::resume`] has it.
    Resumed,
    /// It has been told of, and goes to the handler that was there before.
    Told,
    /// It goes to the handler that was there before, and is told of if that lets the process end.
    Unknown,
    /// The process ends of it, without anybody else.
    Fatal,
}

/// Who looks at faults.
#[derive(Clone, Copy)]
pub struct Handlers {
    /// Before anybody else.
    pub first: fn(&mut Fault) -> Outcome,
    /// Last, if the process is to end of what the first knew nothing of.
    pub last: fn(&mut Fault),
}

/// The kinds of faults of C.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// SIGSEGV; on Windows an access violation, or a stack that is used up.
    Segment,
    /// SIGBUS; an error in paging.
    Bus,
    /// SIGFPE; a division of integers, or an exception of floats.
    Arithmetic,
    /// SIGILL; an illegal or privileged instruction.
    Instruction,
}

/// How memory was accessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It was read.
    Read,
    /// It was written.
    Write,
    /// It should have been run.
    Execute,
    /// The processor does not tell.
    Unknown,
}

/// A thread's registers by their numbers in DWARF, and of floats those that calls save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registers {
    /// Registers of words.
    pub words: [usize; REGISTERS],
    /// Registers of floats.
    pub floats: [u64; FLOATS],
}

impl Default for Registers {
    fn default() -> Self {
        Self { words: [0; REGISTERS], floats: [0; FLOATS] }
    }
}

/// Has the system ask for the functions of code memory when it walks a stack: none but Windows does.
#[cfg(not(all(windows, target_arch = "x86_64")))]
pub fn note_code(_: usize, _: fn(usize) -> usize) -> Option<usize> {
    None
}

/// Whether those who end a process of a fault allocate first.
pub const ENDS_BY_ALLOCATING: bool = cfg!(windows);

/// The caller of a frame, as the system finds it.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// Its registers.
    pub registers: Registers,
    /// Whether the function that it has called has a handler of its own for exceptions.
    pub handles: bool,
}

/// Whether there are several C runtimes, with functions that others lack.
pub const C_RUNTIMES_ARE_MANY: bool = cfg!(windows);

/// Where the dynamic linker looks for libraries whose names have versions after the extension; nowhere on systems that
/// have no such names.
pub fn library_directories() -> Vec<PathBuf> {
    if !cfg!(target_os = "linux") {
        return Vec::new();
    }
    let architecture = format!("{}-linux-gnu", std::env::consts::ARCH);
    let directories = ["/lib", "/usr/lib", "/lib64", "/usr/lib64", "/usr/local/lib"].map(PathBuf::from);
    directories.into_iter().flat_map(|d| [d.join(&architecture), d]).collect()
}

/// Whether code is written through a second mapping, so that no page is ever writable and executable at one address.
/// Apple's processors have pages of their own kind for code instead, of which a thread sees one side at a time.
pub const CODE_IS_MAPPED_TWICE: bool = !cfg!(all(target_os = "macos", target_arch = "aarch64"));

/// Writes code: this thread may write to the memory for it meanwhile, and execute it before and after.
pub fn while_writing_code<T>(write: impl FnOnce() -> T) -> T {
    use jit_allocator::{ProtectJitAccess, protect_jit_memory};
    // Does nothing but on Apple's processors.
    protect_jit_memory(ProtectJitAccess::ReadWrite);
    let written = write();
    protect_jit_memory(ProtectJitAccess::ReadExecute);
    written
}

/// Writes what the data cache holds of new code to where instructions are fetched from (Arm ARM, B2.4.4). The crate that tells the
/// instruction cache leaves this to the kernel, which does it when a page becomes executable; ours are so before they are written.
///
/// # Safety
/// The range is mapped.
#[cfg(all(target_arch = "aarch64", target_os = "linux"))]
pub unsafe fn clean_data_cache(entry: *const u8, size: usize) {
    let about_caches: usize;
    // SAFETY: reads a register that tells the size of cache lines, of which Linux lets programs see that.
    unsafe { std::arch::asm!("mrs {}, ctr_el0", out(reg) about_caches, options(nomem, nostack)) };
    let line = 4 << (about_caches >> 16 & 15);
    let start = entry as usize & !(line - 1);
    // SAFETY: the caller's promise; cleaning changes no content.
    unsafe {
        (start..entry as usize + size)
            .step_by(line)
            .for_each(|at| std::arch::asm!("dc cvau, {}", in(reg) at));
        std::arch::asm!("dsb ish");
    }
}

/// Nothing elsewhere.
///
/// # Safety
/// None is needed.
#[cfg(not(all(target_arch = "aarch64", target_os = "linux")))]
pub unsafe fn clean_data_cache(_entry: *const u8, _size: usize) {}
