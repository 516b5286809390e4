//! Foreign objects that own a Rust value.

use super::{K, K0, Obj, tag};
use std::any::Any;
use std::ffi::c_void;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A Rust value a K object may own. Implemented for every `'static` type.
pub trait QAny: Any {}

impl<T: Any> QAny for T {}

/// What the slots of the object after the destructor hold: both halves of a box.
type Halves = [*mut c_void; 2];

/// All slots.
const SLOTS: usize = 3;

impl Obj {
    /// A foreign object that owns `value`; it is dropped with the last reference.
    pub fn extern_box(value: Box<dyn QAny>) -> Obj {
        // SAFETY: a box of a trait object is two pointers.
        let [data, table] = unsafe { mem::transmute::<Box<dyn QAny>, Halves>(value) };
        Obj::pointers(tag::FOREIGN, &[destructor(), data, table])
    }

    /// The owned Rust value, when there is one and it is a `T`.
    pub fn extern_ref<T: 'static>(&self) -> Option<&T> {
        if !self.is_extern_box() {
            return None;
        }
        // SAFETY: `extern_box` put the box there, and it lives as long as the object.
        let value: &dyn QAny = unsafe { &**value_slot(self.as_raw()) };
        (value as &dyn Any).downcast_ref()
    }

    /// Does this object own a Rust value? As with all foreign objects, the destructor tells whose it is.
    #[inline]
    pub fn is_extern_box(&self) -> bool {
        // SAFETY: the length says that there is a slot of a destructor.
        self.tag() == tag::FOREIGN
            && self.raw_len() == SLOTS
            && unsafe { K0::data(self.as_raw()).cast::<*mut c_void>().read() } == destructor()
    }
}

fn destructor() -> *mut c_void {
    drop_value as extern "C" fn(K) as *mut c_void
}

/// Where the box lies.
fn value_slot(object: K) -> *mut Box<dyn QAny> {
    object.cast::<u8>().wrapping_add(super::DATA + size_of::<*mut c_void>()).cast()
}

/// Drops the owned value. A panic in its destructor goes no further: `r0` may have been called by C.
extern "C" fn drop_value(object: K) {
    // SAFETY: only the destructor of what `extern_box` makes; the box is not used again.
    let value = unsafe { value_slot(object).read() };
    // The panic hook has reported it; there is no caller to tell.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(value)));
}
