//! K objects in kdb+'s layout, and [`Obj`], the handle that owns a reference.

mod access;
mod build;
mod elem;
mod extern_box;
#[cfg_attr(feature = "libe", path = "../libe/free.rs")]
mod free;
mod grow;
pub mod tag;

pub use elem::{Elem, Null, null};
pub use extern_box::QAny;

use crate::{counts, heap};
use std::ffi::c_char;
use std::fmt;
use std::mem::forget;
use std::ptr::NonNull;

/// A K object. Atoms have their payload at byte 8, lists their length there and their elements from byte 16;
/// a guid atom is stored as a list of one.
#[repr(C)]
pub struct K0 {
    /// Size bucket of the block; the heap's.
    pub m: i8,
    /// The heap's too; unused here.
    pub a: i8,
    /// Type tag.
    pub t: i8,
    /// Attribute: 0 none, 1 s, 2 u, 3 p, 5 g. A C function's rank; zero tells foreign objects from those.
    pub u: u8,
    /// References besides the first.
    pub r: i32,
    /// Payload or length.
    pub body: Body,
}

/// Byte 8 of a K object.
#[repr(C)]
#[derive(Clone, Copy)]
pub union Body {
    /// boolean, byte, char
    pub g: u8,
    /// short
    pub h: i16,
    /// int, month, date, minute, second, time
    pub i: i32,
    /// long, timestamp, timespan
    pub j: i64,
    /// real
    pub e: f32,
    /// float, datetime
    pub f: f64,
    /// symbol, error text
    pub s: *mut c_char,
    /// a table's dictionary, what a function is derived from; the link of a free block
    pub k: K,
    /// length of a list
    pub n: i64,
}

/// What k.h calls `K`. Null where C may pass or return nothing.
pub type K = *mut K0;

/// Byte offset of list elements and of a guid atom's bytes.
pub const DATA: usize = 16;

const _: () = assert!(size_of::<K0>() == DATA && std::mem::offset_of!(K0, body) == 8);
const _: () = assert!(size_of::<Option<Obj>>() == size_of::<K>());

impl K0 {
    /// Start of the list elements.
    ///
    /// # Safety
    /// `object` is a live list or a guid atom.
    #[inline]
    pub unsafe fn data(object: K) -> *mut u8 {
        // SAFETY: such objects have elements from byte 16.
        unsafe { object.cast::<u8>().add(DATA) }
    }
}

/// An owned reference to a K object. Cloning counts up, dropping counts down, as `r1` and `r0` do. Bound to
/// its thread, unless a [`Sharing`](counts::Sharing) lives.
#[repr(transparent)]
pub struct Obj(NonNull<K0>);

impl Obj {
    /// Takes over one reference. Null becomes `::`.
    ///
    /// # Safety
    /// `object` is null or a valid K object one of whose references is the caller's to give.
    #[inline]
    pub unsafe fn from_raw(object: K) -> Obj {
        NonNull::new(object).map_or_else(Obj::null, Obj)
    }

    /// Gives the reference to the caller, who must `r0` it some day.
    #[inline]
    pub fn into_raw(self) -> K {
        let raw = self.as_raw();
        forget(self);
        raw
    }

    /// The object, still owned by the handle.
    #[inline]
    pub fn as_raw(&self) -> K {
        self.0.as_ptr()
    }

    /// Looks at a non-null reference that somebody else holds, as the arguments of a C function are.
    ///
    /// # Safety
    /// `*object` is a valid K object, not null, for as long as the borrow.
    #[inline]
    pub unsafe fn borrowed(object: &K) -> &Obj {
        debug_assert!(!object.is_null());
        // SAFETY: transparent over the same pointer, which the caller says is not null.
        unsafe { &*std::ptr::from_ref(object).cast::<Obj>() }
    }

    /// The same for a row of references, such as the arguments of a call.
    ///
    /// # Safety
    /// As for [`Obj::borrowed`], each of them.
    #[inline]
    pub unsafe fn borrowed_all(objects: &[K]) -> &[Obj] {
        // SAFETY: as in `borrowed`.
        unsafe { &*(std::ptr::from_ref(objects) as *const [Obj]) }
    }

    /// The type tag: negative for atoms, 0 for general lists.
    #[inline]
    pub fn tag(&self) -> i8 {
        // SAFETY: the handle keeps the object alive.
        unsafe { (*self.as_raw()).t }
    }

    /// References besides this one.
    #[inline]
    pub fn refcount(&self) -> i32 {
        // SAFETY: the handle keeps the object alive.
        unsafe { counts::others(self.as_raw()) }
    }

    /// The attribute, 0 for none.
    #[inline]
    pub fn attribute(&self) -> u8 {
        // SAFETY: the handle keeps the object alive.
        unsafe { (*self.as_raw()).u }
    }

    /// Sets the attribute, on a copy if the object is shared. Whether it is true of the elements is the
    /// caller's business.
    pub fn set_attribute(&mut self, attribute: u8) {
        if self.attribute() != attribute {
            self.make_unique();
            // SAFETY: nobody else refers to the object.
            unsafe { (*self.as_raw()).u = attribute };
        }
    }

    /// Are these two handles of one object?
    #[inline]
    pub fn is_same(&self, other: &Obj) -> bool {
        self.0 == other.0
    }
}

impl Clone for Obj {
    #[inline]
    fn clone(&self) -> Obj {
        // SAFETY: alive, by this handle's reference.
        unsafe { counts::up(self.as_raw()) };
        Obj(self.0)
    }
}

impl Drop for Obj {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the handle's reference is given up here and only here.
        unsafe { free::release(self.0.as_ptr()) }
    }
}

impl fmt::Debug for Obj {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        access::debug(self, out)
    }
}

/// Structural equality: `~` without comparison tolerance.
impl PartialEq for Obj {
    fn eq(&self, other: &Obj) -> bool {
        access::same(self, other)
    }
}

#[cfg(not(feature = "libe"))]
pub(crate) use free::release;

/// A block for an atom or list of tag `t` with `bytes` in all, or `'wsfull` by unwinding.
#[inline]
fn block(bytes: usize, t: i8) -> Obj {
    let raw = heap::bucket_for(bytes).map_or(std::ptr::null_mut(), |bucket| heap::alloc(bucket, t));
    match NonNull::new(raw) {
        Some(object) => Obj(object),
        None => crate::QError::wsfull().unwind(),
    }
}

#[cfg(test)]
mod tests;
