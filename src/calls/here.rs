//! Calls and callbacks of the thread that runs, noted in its record.

use std::ops::Deref;
use std::ptr::NonNull;

use super::record::COUNTED;
use super::{Named, RELAXED, Record, Suspended};
use crate::error::{Error, Result};
use crate::os;

/// The record of the thread that has this: it cannot leave it, and is there until the thread ends.
#[derive(Clone, Copy)]
pub struct Here(pub(super) NonNull<Record>);

impl Deref for Here {
    type Target = Record;

    fn deref(&self) -> &Record {
        // SAFETY: `here` and `Worker` give out their own thread's record, which lives until the thread ends, or the worker
        // that has it in a box; `Here` is not `Send`.
        unsafe { self.0.as_ref() }
    }
}

impl Here {
    /// Its address, for machine code of this thread.
    pub fn as_ptr(self) -> *const Record {
        self.0.as_ptr()
    }

    /// Begins a callback, made by a remote caller or not: q is in no C function while it runs. Gives what
    /// [`Self::resume`] takes.
    pub fn suspend(self, is_remote: bool) -> Suspended {
        let depth = self.callbacks.load(RELAXED);
        self.note_maker(depth, is_remote);
        self.callbacks.store(depth + 1, RELAXED);
        let suspended =
            Suspended { under_way: self.under_way.load(RELAXED), errno: self.errno.load(RELAXED) };
        self.under_way.store(0, RELAXED);
        self.errno.store(self.errno_of_thread(), RELAXED);
        suspended
    }

    fn errno_of_thread(self) -> i32 {
        // SAFETY: the address of this thread's own.
        unsafe { self.errno_at.load(RELAXED).read() }
    }

    /// Ends a callback. C finds `errno` as it left it, unless q has set it for C.
    pub fn resume(self, suspended: Suspended) {
        os::set_errno(self.errno.load(RELAXED));
        self.errno.store(suspended.errno, RELAXED);
        self.under_way.store(suspended.under_way, RELAXED);
        self.callbacks.store(self.callbacks.load(RELAXED) - 1, RELAXED);
    }

    /// The innermost of the functions that are called without a stub.
    pub fn named(&self) -> Option<&Named<'_>> {
        // SAFETY: whoever calls it has it until the call has ended.
        unsafe { self.named.load(RELAXED).as_ref() }
    }

    /// Marks that C code runs, for calls that no stub makes.
    pub fn call<'a>(self, named: &'a Named<'a>) -> Call<'a> {
        let under_way = self.under_way.load(RELAXED);
        self.under_way.store(under_way.wrapping_add(COUNTED), RELAXED);
        let around = self.take_error().err();
        let outer = self.named.swap(std::ptr::from_ref(named).cast_mut().cast(), RELAXED);
        named.outer.store(outer, RELAXED);
        Call { here: self, around, named }
    }
}

/// A call of C; dropping ends it.
pub struct Call<'a> {
    here: Here,
    named: &'a Named<'a>,
    /// The error that waits for the call around this one, as when a destructor runs there.
    around: Option<Error>,
}

impl Call<'_> {
    /// Ends the call.
    ///
    /// # Errors
    /// The error that a callback has left.
    pub fn end(self) -> Result<()> {
        self.here.take_error()
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.here.note_last_error();
        self.here.named.store(self.named.outer.load(RELAXED), RELAXED);
        let under_way = self.here.under_way.load(RELAXED);
        self.here.under_way.store(under_way.wrapping_sub(COUNTED), RELAXED);
        if let Some(error) = self.around.take() {
            self.here.keep(error);
        }
    }
}
