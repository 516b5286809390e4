//! Threads that call stubs while others bind.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::support::maps::mappings;
use crate::{FUNCTIONS, bound, functions, is_right};

const CALLERS: usize = 3;
const BINDERS: usize = 2;

/// Does something again and again, once more after the rest is done.
fn until(is_done: impl Fn() -> bool, mut body: impl FnMut()) {
    loop {
        let last = is_done();
        body();
        if last {
            break;
        }
    }
}

#[test]
fn stubs_run_while_others_are_made_and_no_page_is_ever_writable_code() {
    functions();
    let done = AtomicUsize::new(0);
    let is_done = || done.load(Ordering::Acquire) == BINDERS;
    let failed = AtomicBool::new(false);
    let note = |ok: bool| {
        failed.fetch_or(!ok, Ordering::Relaxed);
    };
    let looked = AtomicUsize::new(0);
    thread::scope(|scope| {
        for caller in 0..CALLERS {
            let note = &note;
            scope.spawn(move || {
                let bound: Vec<_> = (0..50).map(|i| (i + caller, bound(i + caller))).collect();
                until(is_done, || bound.iter().for_each(|(i, f)| note(is_right(f, *i))));
            });
        }
        for binder in 0..BINDERS {
            let (note, done) = (&note, &done);
            scope.spawn(move || {
                // Half of them are the other binder's too.
                let range = binder * FUNCTIONS / 4..FUNCTIONS * (binder + 2) / 4;
                range.for_each(|i| note(is_right(&bound(i), i)));
                done.fetch_add(1, Ordering::Release);
            });
        }
        scope.spawn(|| {
            until(is_done, || {
                note(mappings().iter().all(|m| !m.is_writable_code()));
                looked.fetch_add(1, Ordering::Relaxed);
            });
        });
    });
    assert!(!failed.into_inner());
    assert!(looked.into_inner() > 1);
    assert!((0..FUNCTIONS).step_by(97).all(|i| is_right(&bound(i), i)), "all are right afterwards");
}
