//! Giving up references, by KX's library.

use super::K;
use crate::api::runtime::r0;

/// Counts down, and frees the object when this was the last reference. Null is ignored.
///
/// # Safety
/// `object` is null or a valid K object one of whose references is the caller's to give up.
#[inline]
pub(crate) unsafe fn release(object: K) {
    if !object.is_null() {
        // SAFETY: the caller's reference.
        unsafe { r0(object) }
    }
}
