//! What operating systems do differently, for the runtime and the interpreter. The platform is chosen here.

#[cfg(target_os = "linux")]
mod threads;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use self::unix as imp;
#[cfg(windows)]
use self::windows as imp;

pub use self::imp::{
    StandardInput, Terminal, Waker, at_thread_end, bytes, catch_interrupt, close, descriptor, error_words,
    flush_c, is_readable, is_waker, leave_interrupts_to_others, name, open_and_find, other_may_run,
    physical_memory, prepare, stack, utc_offset, wait, wake, waker,
};

/// kdb+'s name of this platform, a directory of QHOME.
pub const PLATFORM: &str = match (cfg!(windows), cfg!(target_os = "macos"), cfg!(target_arch = "aarch64")) {
    (true, ..) => "w64",
    (_, true, _) => "m64",
    (_, _, true) => "l64arm",
    _ => "l64",
};

/// KDB-X's: system, architecture, word size.
pub const MODULE_PLATFORM: &str =
    match (cfg!(windows), cfg!(target_os = "macos"), cfg!(target_arch = "aarch64")) {
        (true, ..) => "wi64",
        (_, true, true) => "ma64",
        (_, true, _) => "mi64",
        (_, _, true) => "la64",
        _ => "li64",
    };

/// The variables of the environment that say who runs this process, and where what is theirs lies.
pub const USER: &str = if cfg!(windows) { "USERNAME" } else { "USER" };
/// See [`USER`].
pub const HOME: &str = if cfg!(windows) { "USERPROFILE" } else { "HOME" };

/// What the system knows of a descriptor that is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// Nothing can be read.
    Waiting,
    /// Something can be read, or the other side has gone.
    Ready,
    /// It is no descriptor any more.
    Closed,
}
