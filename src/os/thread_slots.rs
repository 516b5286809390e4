//! Three words of every thread's own that machine code reads in one instruction, at constant offsets from the thread pointer:
//! on Windows, slots of `TlsAlloc`'s, of which a thread has the first 64 in its environment block.

use super::ThreadPlace;

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
    /// Takes slots, which are zeros on every thread and stay taken, since stubs have their offsets.
    pub(super) fn new() -> Option<Self> {
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
}
