//! What calls leave behind: nothing. K objects and their bytes are counted, and so is what Rust allocates.

mod callbacks;
mod calls;
mod errors;
#[path = "../support/mod.rs"]
mod support;

use kapi::heap;

use support::Callees;
use support::counting::{Counting, bytes_here};

/// The C functions of these tests.
static CALLEES: Callees = Callees::new("ownership", include_str!("../c/ownership.c"));

/// A million, where no emulator runs them, and no call makes copies behind guard pages.
fn rounds() -> usize {
    if cfg!(target_arch = "aarch64") || support::copies_arguments() { 20_000 } else { 1_000_000 }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What this thread holds: live K objects, their bytes, and bytes of Rust's.
fn held() -> (i64, i64, isize) {
    let (objects, bytes) = heap::live_here();
    (objects, bytes, bytes_here())
}

/// Demands that a body run `times` leaves as much as it found, once what it caches is there.
fn balanced(times: usize, what: &str, mut body: impl FnMut()) {
    (0..10).for_each(|_| body());
    let before = held();
    (0..times).for_each(|_| body());
    assert_eq!(held(), before, "objects, bytes, Rust's bytes after {times} times {what}");
}
