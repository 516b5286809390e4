//! Systems without a word of every thread's own at a constant offset from the thread pointer.

/// The word; there is none, so there is no value of this type.
#[derive(Debug, Clone, Copy)]
pub enum ThreadWord {}

impl ThreadWord {
    /// The word of this process: none.
    pub fn get() -> Option<Self> {
        None
    }

    /// Bytes from the thread pointer to the word.
    pub fn offset(self) -> i32 {
        match self {}
    }

    /// What this thread has in it.
    pub fn load(self) -> *mut u8 {
        match self {}
    }

    /// Writes this thread's.
    pub fn store(self, _: *mut u8) {
        match self {}
    }
}
