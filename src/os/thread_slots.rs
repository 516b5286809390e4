//! Three words of every thread's own that machine code reads in one instruction, at constant offsets from the thread pointer:
//! on Windows, slots of `TlsAlloc`'s, of which a thread has the first 64 in its environment block.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::{ThreadPlace, thread_pointer};

#[link(name = "kernel32")]
unsafe extern "system" {
    fn TlsAlloc() -> u32;
    fn TlsFree(slot: u32) -> i32;
}

/// Where the block has the slots (`TEB.TlsSlots`), and how many.
const SLOTS: i32 = 0x1480;
const COUNT: u32 = 64;

/// The words, NULL on every thread that has not written them.
#[derive(Debug, Clone, Copy)]
pub struct ThreadWord {
    /// Bytes from the thread pointer to each, in the order of their places.
    offsets: [i32; 3],
}

impl ThreadWord {
    /// The words of this process; `None` where there are none to be had, or `FFIJIT_THREAD_WORD=0` says to do without.
    pub fn get() -> Option<Self> {
        static WORD: OnceLock<Option<ThreadWord>> = OnceLock::new();
        let wanted = || std::env::var_os("FFIJIT_THREAD_WORD").is_none_or(|v| v != "0");
        *WORD.get_or_init(|| wanted().then(Self::new).flatten())
    }

    /// Takes slots, which are zeros on every thread and stay taken, since stubs have their offsets.
    fn new() -> Option<Self> {
        // SAFETY: takes numbers, and gives back those that nobody uses.
        let slots = [(); 3].map(|()| unsafe { TlsAlloc() });
        if slots.iter().all(|slot| *slot < COUNT) {
            return Some(Self { offsets: slots.map(|slot| SLOTS + 8 * slot as i32) });
        }
        // SAFETY: as above.
        slots.into_iter().for_each(|slot| _ = unsafe { TlsFree(slot) });
        None
    }

    /// Bytes from the thread pointer to a word.
    pub fn offset(self, place: ThreadPlace) -> i32 {
        match place {
            // `NT_TIB.Self`.
            ThreadPlace::Block => 0x30,
            _ => self.offsets[place as usize / 8],
        }
    }

    /// What this thread has in a word.
    #[inline]
    pub fn load(self, place: ThreadPlace) -> *mut u8 {
        // SAFETY: each thread's block has words there, which live as long as the thread.
        unsafe { AtomicPtr::from_ptr(self.address(place)) }.load(Ordering::Relaxed)
    }

    /// Writes this thread's.
    #[allow(clippy::not_unsafe_ptr_arg_deref, reason = "the pointer is written, not followed")]
    pub fn store(self, place: ThreadPlace, value: *mut u8) {
        // SAFETY: as for `load`.
        unsafe { AtomicPtr::from_ptr(self.address(place)) }.store(value, Ordering::Relaxed)
    }

    /// Where this thread has a word, for others that write it as atomic words are written.
    pub fn address(self, place: ThreadPlace) -> *mut *mut u8 {
        (thread_pointer() as *mut u8).wrapping_offset(self.offset(place) as isize).cast()
    }
}
