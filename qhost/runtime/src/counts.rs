//! Counting references. While several threads use the same objects counts are changed atomically; otherwise, which is
//! nearly always, an addition is enough and several times as fast.

use crate::object::K;
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};

/// How many are under way that share objects between threads.
static SHARERS: AtomicU32 = AtomicU32::new(0);

/// Counts are atomic as long as one of these lives.
///
/// Whoever makes it starts, or wakes, the other threads afterwards, and has waited for the last of them to be done with
/// the objects before it is dropped: both by something that orders memory, so that all of them see counts as they are.
#[derive(Debug)]
pub struct Sharing(());

impl Sharing {
    /// Makes counts atomic.
    pub fn start() -> Sharing {
        SHARERS.fetch_add(1, Ordering::SeqCst);
        Sharing(())
    }
}

impl Drop for Sharing {
    fn drop(&mut self) {
        SHARERS.fetch_sub(1, Ordering::SeqCst);
    }
}

#[inline(always)]
fn are_shared() -> bool {
    SHARERS.load(Ordering::Relaxed) != 0
}

/// # Safety
/// `object` is valid for `'a`.
#[inline(always)]
unsafe fn count<'a>(object: K) -> &'a AtomicI32 {
    // SAFETY: the caller's object; its count is aligned, and nothing but this module changes it while threads share it.
    unsafe { AtomicI32::from_ptr(&raw mut (*object).r) }
}

/// References besides the first.
///
/// # Safety
/// `object` is valid.
#[inline(always)]
pub unsafe fn others(object: K) -> i32 {
    // SAFETY: valid. What other threads did with the object before they gave it up is done when this is zero.
    unsafe { count(object) }.load(Ordering::Acquire)
}

/// Counts one up.
///
/// # Safety
/// `object` is valid, and one of its references is held meanwhile.
#[inline(always)]
pub unsafe fn up(object: K) {
    // SAFETY: valid.
    unsafe { if are_shared() { up_shared(object) } else { (*object).r += 1 } }
}

/// # Safety
/// As for [`up`].
#[cold]
#[inline(never)]
unsafe fn up_shared(object: K) {
    // SAFETY: valid.
    unsafe { count(object) }.fetch_add(1, Ordering::Relaxed);
}

/// Counts one down; true when that was the last reference, whose count is then zero.
///
/// # Safety
/// `object` is valid, and a reference is the caller's to give up.
#[inline(always)]
pub unsafe fn down(object: K) -> bool {
    // SAFETY: valid.
    unsafe {
        match others(object) {
            0 => true,
            _ if are_shared() => down_shared(object),
            _ => {
                (*object).r -= 1;
                false
            }
        }
    }
}

/// # Safety
/// As for [`down`].
#[cold]
#[inline(never)]
unsafe fn down_shared(object: K) -> bool {
    // SAFETY: valid.
    let count = unsafe { count(object) };
    // Others may have let go since it was looked at.
    let is_last = count.fetch_sub(1, Ordering::AcqRel) == 0;
    if is_last {
        count.store(0, Ordering::Relaxed);
    }
    is_last
}

// KX's library counts down by itself, and not atomically.
#[cfg(all(test, not(feature = "libe")))]
mod tests {
    use super::*;
    use crate::{Obj, heap};
    use std::sync::atomic::{AtomicBool, AtomicUsize};

    struct Lent<'a>(&'a Obj);

    // SAFETY: only while a `Sharing` lives.
    unsafe impl Sync for Lent<'_> {}

    #[test]
    fn threads_count_the_same_object() {
        let before = heap::live_here().0;
        let list = Obj::list((0..50).map(Obj::long).collect());
        let lent = Lent(&list);
        let sharing = Sharing::start();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let lent = &lent;
                    for _ in 0..20_000 {
                        let mine = lent.0.clone();
                        let item = mine.index(7);
                        assert_eq!(item.get::<i64>(), 7);
                        drop((mine, item));
                    }
                });
            }
        });
        drop(sharing);
        assert_eq!(list.refcount(), 0);
        assert!(list.items().iter().all(|item| item.refcount() == 0));
        drop(list);
        assert_eq!(heap::live_here().0, before);
    }

    static DESTROYED: AtomicUsize = AtomicUsize::new(0);

    extern "C" fn destroy(object: K) {
        // SAFETY: the dying object.
        assert_eq!(unsafe { others(object) }, 0);
        DESTROYED.fetch_add(1, Ordering::SeqCst);
    }

    #[test]
    fn the_last_one_to_let_go_frees_once() {
        struct Moved(Obj);
        // SAFETY: only while a `Sharing` lives.
        unsafe impl Send for Moved {}

        let go = AtomicBool::new(false);
        for n in 1..=500 {
            // SAFETY: the destructor looks at a count.
            let object = unsafe { crate::dynload::foreign(Some(destroy), std::ptr::null_mut()) };
            let nested = Obj::list(vec![object]);
            let sharing = Sharing::start();
            go.store(false, Ordering::SeqCst);
            std::thread::scope(|scope| {
                for moved in [Moved(nested.clone()), Moved(nested)] {
                    let go = &go;
                    scope.spawn(move || {
                        while !go.load(Ordering::SeqCst) {
                            std::hint::spin_loop();
                        }
                        drop({ moved }.0);
                    });
                }
                go.store(true, Ordering::SeqCst);
            });
            drop(sharing);
            assert_eq!(DESTROYED.load(Ordering::SeqCst), n);
        }
    }
}
