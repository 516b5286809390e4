//! Whether the allocator answers. A thread that goes on behind a fault allocates soon; where another one, or C that was
//! left in the midst of something, keeps the allocator's lock, it would wait for ever. So a thread that has nothing else to
//! do is asked, in a handler, to take that lock.

use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::imp::{allocator_lock, at_fork, wait_on, wake};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_millis(400);

/// How often it has been asked, and the question that has been answered last.
static ASKED: AtomicU32 = AtomicU32::new(0);
static ANSWERED: AtomicU32 = AtomicU32::new(0);
/// Whether there is a thread that answers: a forked child has none.
static IS_THERE: AtomicBool = AtomicBool::new(false);

/// Has [`allocator_answers`] ask from now on, where there is a thread to be had and an allocator that can be asked.
pub fn ask_allocator() {
    extern "C" fn nothing() {}
    extern "C" fn in_child() {
        IS_THERE.store(false, Ordering::Relaxed);
    }
    static ONCE: Once = Once::new();
    ONCE.call_once(|| at_fork(nothing, nothing, in_child));
    let Some(take_lock) = allocator_lock() else { return };
    if IS_THERE.swap(true, Ordering::Relaxed) {
        return;
    }
    let thread = std::thread::Builder::new().name("ffijit-asked".into()).stack_size(64 << 10);
    IS_THERE.store(thread.spawn(move || answer(take_lock)).is_ok(), Ordering::Relaxed);
}

fn answer(take_lock: impl Fn()) {
    loop {
        let asked = ASKED.load(Ordering::Acquire);
        if asked == ANSWERED.load(Ordering::Relaxed) {
            wait_on(&ASKED, asked, None);
            continue;
        }
        take_lock();
        ANSWERED.store(asked, Ordering::Release);
        wake(&ANSWERED);
    }
}

/// Whether the allocator's lock can be had, as far as somebody can be asked. Calls only what handlers may.
pub fn allocator_answers() -> bool {
    if !IS_THERE.load(Ordering::Relaxed) {
        return true;
    }
    let own = ASKED.fetch_add(1, Ordering::AcqRel).wrapping_add(1);
    wake(&ASKED);
    let end = Instant::now() + PATIENCE;
    loop {
        let answered = ANSWERED.load(Ordering::Acquire);
        // Others may have asked after this one, whose answer is as good.
        if answered.wrapping_sub(own).cast_signed() >= 0 {
            return true;
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return false;
        }
        wait_on(&ANSWERED, answered, Some(left));
    }
}
