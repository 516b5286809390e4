//! What operating systems and their processors do differently, the calling convention apart ([`crate::abi`]): libraries,
//! threads, the event loop's descriptor, memory for code. The platform is chosen here and nowhere else.
//!
//! README.md says on which of them this has run; for the others it is compiled.

#[cfg(target_os = "linux")]
mod eventfd;
#[cfg(any(not(target_os = "linux"), test))]
mod socket;
mod thread;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod thread_word;
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
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
pub use self::imp::{at_fork, errno_location, open, process_symbol, stack, target_of};
#[cfg(not(target_os = "linux"))]
pub use self::socket::Waker;
pub use self::thread::thread_pointer;
pub use self::thread_word::ThreadWord;

use std::path::PathBuf;

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
