//! The locks of the product's `mailbox.rs` on shuttle's scheduler, by the names that parking_lot has for them.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use shuttle::sync::{self, MutexGuard as Inner};

pub use shuttle::sync::Arc;
pub use shuttle::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

/// As often as is needed for all orders in which that may go.
pub const LOOKS: u32 = 1;
pub const SKIPS: u32 = 1;

pub fn pause() {
    shuttle::thread::yield_now();
}

#[derive(Default)]
pub struct Mutex<T>(sync::Mutex<T>);

pub struct MutexGuard<'a, T>(&'a Mutex<T>, Option<Inner<'a, T>>);

impl<T> Mutex<T> {
    pub const fn new(value: T) -> Self {
        Self(sync::Mutex::new(value))
    }

    pub fn lock(&self) -> MutexGuard<'_, T> {
        MutexGuard(self, Some(self.0.lock().expect("nobody panics with it")))
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.1.as_ref().expect("locked")
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.1.as_mut().expect("locked")
    }
}

/// Time does not pass in a model: a wait with a limit ends whenever the scheduler wants it to; one without ends when it is
/// notified, and one that nobody ends is found.
#[derive(Default)]
pub struct Condvar(sync::Condvar);

pub struct TimedOut;

impl TimedOut {
    pub fn timed_out(&self) -> bool {
        true
    }
}

impl Condvar {
    pub const fn new() -> Self {
        Self(sync::Condvar::new())
    }

    pub fn notify_one(&self) {
        self.0.notify_one();
    }

    pub fn notify_all(&self) {
        self.0.notify_all();
    }

    pub fn wait<T>(&self, guard: &mut MutexGuard<'_, T>) {
        let inner = guard.1.take().expect("locked");
        guard.1 = Some(self.0.wait(inner).expect("nobody panics with it"));
    }

    pub fn wait_for<T>(&self, guard: &mut MutexGuard<'_, T>, _: Duration) -> TimedOut {
        guard.1 = None;
        shuttle::thread::yield_now();
        guard.1 = Some(guard.0.0.lock().expect("nobody panics with it"));
        TimedOut
    }
}
