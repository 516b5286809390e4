//! What calls leave behind: nothing. K objects and their bytes are counted, and so is what Rust allocates.

mod callbacks;
mod calls;
mod errors;
#[path = "../support/mod.rs"]
mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use kapi::heap;

use support::Callees;

/// The C functions of these tests.
static CALLEES: Callees = Callees::new("ownership", include_str!("../c/ownership.c"));

/// A million.
const MANY: usize = 1_000_000;

/// The system's allocator, counting bytes a thread.
struct Counting;

thread_local! {
    static BYTES: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    // A thread that ends frees after its counter has gone.
    let _ = BYTES.try_with(|b| b.set(b.get() + bytes));
}

// SAFETY: everything is passed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: passed on to the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: passed on to the caller.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What this thread holds: live K objects, their bytes, and bytes of Rust's.
fn held() -> (i64, i64, isize) {
    let (objects, bytes) = heap::live_here();
    (objects, bytes, BYTES.get())
}

/// Demands that a body run `times` leaves as much as it found, once what it caches is there.
fn balanced(times: usize, what: &str, mut body: impl FnMut()) {
    (0..10).for_each(|_| body());
    let before = held();
    (0..times).for_each(|_| body());
    assert_eq!(held(), before, "objects, bytes, Rust's bytes after {times} times {what}");
}
