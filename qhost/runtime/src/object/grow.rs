//! Appending to lists, and copying what is shared before it is changed.

use super::build::{list_bytes, type_name};
use super::{DATA, Elem, K, K0, Obj, block, heap, tag};
use crate::counts;
use std::ptr;

impl Obj {
    /// Appends an element, amortised over doublings. Copies first when the vector is shared.
    ///
    /// # Panics
    /// If the vector's elements are not `T`s.
    #[inline]
    pub fn push_elem<T: Elem>(&mut self, item: T) {
        assert!(T::fits(self.tag()) && self.tag() >= 0, "tag {} holds no {}s", self.tag(), type_name::<T>());
        // SAFETY: of the element type; a reference moves in, unless there is no memory for it.
        unsafe { self.push_bytes(ptr::from_ref(&item).cast()) }
        std::mem::forget(item);
    }

    /// Appends an item as q's `,` with `enlist` does: in place where the type allows it, otherwise to a
    /// general list of the same items.
    ///
    /// # Panics
    /// If this is not a list.
    pub fn push(&mut self, item: Obj) {
        assert!(self.is_list(), "push to tag {}", self.tag());
        if self.tag() > 0 && item.tag() == -self.tag() {
            // SAFETY: the atom's payload has the element's type.
            return unsafe { self.push_bytes(item.payload()) };
        }
        if self.tag() > 0 {
            // Replaced only once all of it is there.
            let items = (0..self.len()).map(|i| self.index(i)).chain([item]).collect();
            *self = Obj::list(items);
            return;
        }
        self.push_elem(item);
    }

    #[cfg(not(feature = "libe"))]
    /// As [`Obj::push`], but a general list with room grows in place even if others see it too, as in kdb+.
    pub(crate) fn append(&mut self, item: Obj) {
        if self.tag() != tag::LIST {
            return self.push(item);
        }
        // SAFETY: one item, whose reference moves in: it is forgotten once it is there.
        unsafe { self.append_bytes(ptr::from_ref(&item).cast(), 1) };
        std::mem::forget(item);
    }

    /// Appends elements of the list's own type from memory, in place when there is room, even if others see
    /// the list too; drops the attribute. References among them move in.
    ///
    /// # Safety
    /// This is a list, and `elements` points to that many valid elements of its type; they may be the list's
    /// own only if it is shared.
    #[inline]
    pub(crate) unsafe fn append_bytes(&mut self, elements: *const u8, count: usize) {
        let (width, n) = (tag::width(self.tag()), self.raw_len());
        if list_bytes(width, n + count) > self.block_bytes() {
            self.move_to_room_for(n + count);
        }
        // SAFETY: there is room for them now.
        unsafe {
            ptr::copy_nonoverlapping(elements, self.data_ptr().add(n * width), count * width);
            self.set_len(n + count);
            (*self.as_raw()).u = 0;
        }
    }

    /// Makes room for that many more elements, as [`Obj::append_bytes`] does.
    #[cfg(not(feature = "libe"))]
    pub(crate) fn reserve(&mut self, more: usize) {
        let n = self.raw_len() + more;
        if list_bytes(tag::width(self.tag()), n) > self.block_bytes() {
            self.move_to_room_for(n);
        }
    }

    /// Appends one element, to a copy if the list is shared.
    ///
    /// # Safety
    /// As for [`Obj::append_bytes`].
    #[inline]
    unsafe fn push_bytes(&mut self, element: *const u8) {
        if self.refcount() > 0 {
            self.move_to_room_for(self.raw_len() + 1);
        }
        // SAFETY: the caller's promise.
        unsafe { self.append_bytes(element, 1) }
    }

    /// Replaces this by an unshared list of the same elements with room for `n`.
    #[cold]
    fn move_to_room_for(&mut self, n: usize) {
        let width = tag::width(self.tag());
        let mut grown = block(list_bytes(width, n), self.tag());
        // SAFETY: both are lists of this width; the new one is at least as large.
        unsafe {
            grown.set_len(self.raw_len());
            ptr::copy_nonoverlapping(self.data_ptr(), grown.data_ptr(), self.raw_len() * width);
        }
        std::mem::swap(self, &mut grown);
        grown.leave_items_to(self);
    }

    /// Gives this list's reference up after its elements were copied bit by bit to `copy`.
    fn leave_items_to(self, copy: &Obj) {
        if self.refcount() > 0 {
            copy.count_items_up();
            drop(self);
        } else {
            // SAFETY: the last reference; the elements belong to the copy now.
            unsafe { heap::free(self.into_raw()) };
        }
    }

    /// Counts up what a bitwise copy refers to.
    pub(crate) fn count_items_up(&self) {
        let up = |item: K| {
            if !item.is_null() {
                // SAFETY: items that are not null, as C leaves them until it fills a list, are valid objects.
                unsafe { counts::up(item) };
            }
        };
        match self.tag() {
            // SAFETY: the payload of such an object is a reference.
            t if tag::holds_one(t) => up(unsafe { (*self.as_raw()).body.k }),
            t if tag::holds_items(t) => {
                let items = self.data_ptr().cast::<K>();
                // SAFETY: that many items.
                (0..self.raw_len()).for_each(|i| up(unsafe { *items.add(i) }));
            }
            _ => {}
        }
    }

    /// Makes this the only reference, copying if it is shared (items are shared with the copy).
    ///
    /// # Panics
    /// If it is a shared foreign object or C function, which have no copies.
    pub fn make_unique(&mut self) {
        if self.refcount() > 0 {
            assert!(self.tag() != tag::FOREIGN, "no copy of tag {}", self.tag());
            let copy = block(self.used_bytes(), self.tag());
            // SAFETY: both have at least the used bytes; the header of the copy is its own.
            unsafe {
                let (from, to) = (self.as_raw().cast::<u8>(), copy.as_raw().cast::<u8>());
                ptr::copy_nonoverlapping(from.add(8), to.add(8), self.used_bytes() - 8);
                (*copy.as_raw()).u = self.attribute();
            }
            copy.count_items_up();
            *self = copy;
        }
    }

    /// Bytes the object takes, without the block's spare room.
    fn used_bytes(&self) -> usize {
        match self.tag() {
            t if t == -tag::UU => DATA + tag::width(t),
            t if tag::holds_items(t) => list_bytes(size_of::<K>(), self.raw_len()),
            t if t > 0 && t < tag::XT => list_bytes(tag::width(t), self.raw_len()),
            _ => DATA,
        }
    }

    fn block_bytes(&self) -> usize {
        // SAFETY: the handle keeps the object alive.
        heap::block_size(unsafe { (*self.as_raw()).m } as usize)
    }

    #[inline]
    pub(super) fn data_ptr(&self) -> *mut u8 {
        // SAFETY: callers ask for lists only.
        unsafe { K0::data(self.as_raw()) }
    }

    /// The length field as it is.
    #[inline]
    pub(super) fn raw_len(&self) -> usize {
        // SAFETY: callers ask for lists only.
        unsafe { (*self.as_raw()).body.n as usize }
    }

    /// # Safety
    /// A list with that many initialised elements, or about to be.
    #[inline]
    pub(super) unsafe fn set_len(&self, n: usize) {
        // SAFETY: callers hold the only reference.
        unsafe { (*self.as_raw()).body.n = n as i64 }
    }
}
