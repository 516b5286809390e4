//! K objects that own a Rust value.

use super::{K0, Obj, block, tag};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A Rust value a K object may own. Implemented for every `'static` type.
pub trait QAny: Any {}

impl<T: Any> QAny for T {}

const BYTES: usize = super::DATA + size_of::<Box<dyn QAny>>();

impl Obj {
    /// An object of tag `tag` that owns `value`; it is dropped with the last reference. Its list length is 1,
    /// but it has no elements.
    ///
    /// # Panics
    /// If the tag is that of an atom or of a vector: C would look inside.
    pub fn extern_box(tag: i8, value: Box<dyn QAny>) -> Obj {
        assert!(tag >= tag::LAMBDA, "an extern box needs a function's tag, not {tag}");
        let object = block(BYTES, tag);
        // SAFETY: fresh and large enough for the box.
        unsafe {
            (*object.as_raw()).a = tag::KIND_BOX;
            (*object.as_raw()).body.n = 1;
            K0::data(object.as_raw()).cast::<Box<dyn QAny>>().write(value);
        }
        object
    }

    /// The owned Rust value, when there is one and it is a `T`.
    pub fn extern_ref<T: 'static>(&self) -> Option<&T> {
        if !self.is_extern_box() {
            return None;
        }
        // SAFETY: `extern_box` put the box there, and it lives as long as the object.
        let value: &dyn QAny = unsafe { &**K0::data(self.as_raw()).cast::<Box<dyn QAny>>() };
        (value as &dyn Any).downcast_ref()
    }

    /// Does this object own a Rust value?
    #[inline]
    pub fn is_extern_box(&self) -> bool {
        self.header().a == tag::KIND_BOX
    }
}

/// Drops the owned value. A panic in its destructor goes no further: `r0` may have been called by C.
///
/// # Safety
/// `object` is an extern box whose memory is given back next.
pub(super) unsafe fn drop_value(object: super::K) {
    // SAFETY: the box was written when the object was made and is not used again.
    let value = unsafe { K0::data(object).cast::<Box<dyn QAny>>().read() };
    // The panic hook has reported it; there is no caller to tell.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(value)));
}
