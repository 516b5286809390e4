//! Whether the allocator answers. A thread that goes on behind a fault allocates soon; where another one, or C that was
//! left in the midst of something, keeps the allocator's lock, it would wait for ever. So a thread that has nothing else to
//! do is asked, in a handler, to take that lock.

use std::mem::transmute;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Once, OnceLock};
use std::time::{Duration, Instant};

use crate::os::{at_fork, process_symbol};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_millis(400);

/// Takes the lock of the arena that the first thread allocates from, and gives it back: in glibc `mallopt` does so before it
/// looks at what is wanted.
type TakeLock = extern "C" fn(i32, i32) -> i32;

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
    static LOCK: OnceLock<Option<TakeLock>> = OnceLock::new();
    // SAFETY: the C library's function of this name has these types.
    let find = || process_symbol("mallopt").map(|f| unsafe { transmute::<*const u8, TakeLock>(f) });
    let Some(take_lock) = *LOCK.get_or_init(find) else { return };
    if IS_THERE.swap(true, Ordering::Relaxed) {
        return;
    }
    let thread = std::thread::Builder::new().name("ffijit-asked".into()).stack_size(64 << 10);
    IS_THERE.store(thread.spawn(move || answer(take_lock)).is_ok(), Ordering::Relaxed);
}

fn answer(take_lock: TakeLock) {
    /// No parameter of the allocator's.
    const NONE: i32 = i32::MAX;
    loop {
        let asked = ASKED.load(Ordering::Acquire);
        if asked == ANSWERED.load(Ordering::Relaxed) {
            wait(&ASKED, asked, None);
            continue;
        }
        take_lock(NONE, 0);
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
        wait(&ANSWERED, answered, Some(left));
    }
}

/// Waits until somebody wakes those who wait for this word, unless it has changed.
fn wait(word: &AtomicU32, seen: u32, limit: Option<Duration>) {
    let limit = limit.map(|limit| libc::timespec {
        tv_sec: limit.as_secs() as libc::time_t,
        tv_nsec: limit.subsec_nanos().into(),
    });
    let limit = limit.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    futex(word, libc::FUTEX_WAIT, seen, limit);
}

fn wake(word: &AtomicU32) {
    futex(word, libc::FUTEX_WAKE, i32::MAX.cast_unsigned(), std::ptr::null());
}

fn futex(word: &AtomicU32, operation: i32, value: u32, limit: *const libc::timespec) {
    // SAFETY: a word of this process that is never freed, and a limit that lives until this returns, or none.
    unsafe {
        libc::syscall(libc::SYS_futex, word.as_ptr(), operation | libc::FUTEX_PRIVATE_FLAG, value, limit)
    };
}
