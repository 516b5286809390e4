//! Systems without words of every thread's own at constant offsets from the thread pointer.

use super::ThreadPlace;

/// The words; there are none, so there is no value of this type.
#[derive(Debug, Clone, Copy)]
pub enum ThreadWord {}

impl ThreadWord {
    /// None.
    pub(super) fn new() -> Option<Self> {
        None
    }

    /// Bytes from the thread pointer to a word.
    pub fn offset(self, _: ThreadPlace) -> i32 {
        match self {}
    }
}
