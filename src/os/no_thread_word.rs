//! Systems without words of every thread's own at constant offsets from the thread pointer.

use super::ThreadPlace;

/// The words; there are none, so there is no value of this type.
#[derive(Debug, Clone, Copy)]
pub enum ThreadWord {}

impl ThreadWord {
    /// The words of this process: none.
    pub fn get() -> Option<Self> {
        None
    }

    /// Bytes from the thread pointer to a word.
    pub fn offset(self, _: ThreadPlace) -> i32 {
        match self {}
    }

    /// What this thread has in a word.
    pub fn load(self, _: ThreadPlace) -> *mut u8 {
        match self {}
    }

    /// Writes this thread's.
    pub fn store(self, _: ThreadPlace, _: *mut u8) {
        match self {}
    }

    /// Where this thread has a word.
    pub fn address(self, _: ThreadPlace) -> *mut *mut u8 {
        match self {}
    }
}
