//! The locks of `mailbox.rs`. The crate `model` has those of a scheduler by the same names.

pub use parking_lot::{Condvar, Mutex};
pub use std::sync::Arc;
pub use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
