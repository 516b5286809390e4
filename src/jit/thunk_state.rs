//! What thunks write.

#![forbid(unsafe_code)]

use std::mem::offset_of;
use std::sync::atomic::{AtomicPtr, AtomicU32};

use crate::k::K0;

/// What a thunk writes in its callback, which has this at its start. Only the thread that made the callback does.
#[repr(C)]
#[derive(Debug, Default)]
pub struct ThunkState {
    /// Calls of the thunk under way.
    pub running: AtomicU32,
    /// The list of arguments of the last call, for the next, if q has kept nothing of it; or NULL.
    pub list: AtomicPtr<K0>,
}

impl ThunkState {
    /// Offset of the number of calls under way, 32 bits.
    pub const RUNNING: i32 = offset_of!(ThunkState, running) as i32;
    /// Offset of the list of arguments that is kept, a pointer.
    pub const LIST: i32 = offset_of!(ThunkState, list) as i32;
}
