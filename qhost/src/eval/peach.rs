//! `peach` over threads. They use the function, its arguments and all globals as they are, while the main thread waits;
//! assigning to globals is `noupdate`. As kdb+'s, the threads stay, so that what a library keeps for each lasts.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::thread;

use crate::eval::adverb;
use crate::eval::apply;
use crate::state::{context, interrupt, secondary};
use crate::words::items::to_items;
use crate::words::random;
use kapi::counts::Sharing;
use kapi::error::{QError, R, catch};
use kapi::event;
use kapi::object::{Obj, tag};
use kapi::os;
use parking_lot::{Condvar, Mutex};

/// Machine stack of a thread.
const STACK: usize = 8 << 20;

/// The threads that a main thread has, and how many of them `peach` uses.
#[derive(Default)]
struct Pool {
    threads: Vec<Arc<Seat>>,
    used: usize,
    /// The process that has them: a child of fork has none.
    process: u32,
}

thread_local! {
    static POOL: RefCell<Pool> = RefCell::default();
}

/// The number of threads that `peach` uses.
pub fn threads() -> usize {
    POOL.with_borrow(|pool| pool.used)
}

/// Sets the number of threads that `peach` uses; 0 makes it `each`.
pub fn set_threads(n: usize) {
    POOL.with_borrow_mut(|pool| {
        // KX's library has counts and heaps of its own, of a single thread.
        pool.used = if kapi::IS_LIBE { 0 } else { n };
        pool.start();
    });
}

impl Pool {
    /// Starts what is missing. Threads that the system refuses are not needed for results.
    fn start(&mut self) {
        if self.process != std::process::id() {
            // Those of a parent are not here.
            self.threads.clear();
            event::set_idle_threads(0);
            self.process = std::process::id();
        }
        while self.threads.len() < self.used {
            let seat = Arc::new(Seat::default());
            let own = Arc::clone(&seat);
            let number = self.threads.len() as i32 + 1;
            let named = thread::Builder::new().name(format!("peach {number}")).stack_size(STACK);
            if named.spawn(move || work_on(number, &own)).is_err() {
                break;
            }
            self.threads.push(seat);
            event::set_idle_threads(self.threads.len());
        }
    }
}

/// What all threads of one `peach` work on.
struct Work<'a> {
    f: &'a Obj,
    items: &'a [Obj],
    shared: context::Shared,
    next: AtomicUsize,
    failed: AtomicBool,
}

/// A thread's part in it.
struct Job {
    /// Lives until `latch` is released.
    work: *const Work<'static>,
    latch: Arc<Latch>,
}

// SAFETY: whoever sends it waits for the latch, and counts are atomic until then.
unsafe impl Send for Job {}

/// Where a thread waits for its part.
#[derive(Default)]
struct Seat {
    job: Mutex<Option<Job>>,
    given: Condvar,
}

impl Seat {
    fn give(&self, job: Job) {
        *self.job.lock() = Some(job);
        self.given.notify_one();
    }

    fn take(&self) -> Job {
        let mut job = self.job.lock();
        loop {
            match job.take() {
                Some(job) => return job,
                None => self.given.wait(&mut job),
            }
        }
    }
}

/// The result of an item, by its number.
struct Done(usize, R);

// SAFETY: the thread that made the object gives its reference away; counts are atomic while others have some.
unsafe impl Send for Done {}

/// Where the threads leave their results.
struct Latch {
    /// The results so far, and how many threads are still at it.
    state: Mutex<(Vec<Done>, usize)>,
    released: Condvar,
}

impl Latch {
    fn arrive(&self, done: Vec<Done>) {
        let mut state = self.state.lock();
        state.0.extend(done);
        state.1 -= 1;
        self.released.notify_one();
    }

    fn wait(&self) -> Vec<Done> {
        let mut state = self.state.lock();
        while state.1 > 0 {
            self.released.wait(&mut state);
        }
        std::mem::take(&mut state.0)
    }
}

/// `f peach x`
///
/// # Errors
/// What `f` signals; `noupdate` when it assigns to a global.
pub fn peach(f: &Obj, x: &Obj) -> R {
    if x.len() < 2 || x.tag() < 0 || x.tag() >= tag::LAMBDA || secondary::is_secondary() || threads() == 0 {
        return adverb::each(f, x);
    }
    if x.tag() == tag::XD {
        let (keys, values) = x.dict_parts();
        return Ok(Obj::dict(keys.clone(), peach(f, values)?));
    }
    let items = to_items(x);
    let mut done = shared_out(f, &items);
    done.sort_unstable_by_key(|done| done.0);
    if done.is_empty() {
        return adverb::each(f, x);
    }
    let results = done.into_iter().map(|done| done.1).collect::<R<Vec<Obj>>>();
    let results =
        results.and_then(|all| if all.len() == items.len() { Ok(all) } else { Err(QError::limit()) });
    if results.as_ref().is_err_and(|error| error.text == "stop") {
        interrupt::clear();
    }
    results.map(Obj::from_items)
}

/// What the threads make of the items: all of them, unless one signals. Nothing when there are no threads to be had.
fn shared_out(f: &Obj, items: &[Obj]) -> Vec<Done> {
    let shared = context::share();
    let work = Work { f, items, shared, next: AtomicUsize::new(0), failed: AtomicBool::new(false) };
    let _sharing = Sharing::start();
    let latch = POOL.with_borrow_mut(|pool| {
        pool.start();
        let chosen = &pool.threads[..pool.used.min(items.len()).min(pool.threads.len())];
        let latch = Latch { state: Mutex::new((Vec::new(), chosen.len())), released: Condvar::new() };
        let latch = Arc::new(latch);
        for thread in chosen {
            thread.give(Job { work: (&raw const work).cast(), latch: Arc::clone(&latch) });
        }
        latch
    });
    latch.wait()
}

/// What a thread does: its part of each `peach`.
fn work_on(number: i32, seat: &Seat) -> ! {
    os::leave_interrupts_to_others();
    random::set_seed(random::seed().wrapping_add(number));
    loop {
        let Job { work, latch } = seat.take();
        // SAFETY: it lives until this thread has arrived at the latch.
        let work = unsafe { &*work };
        // SAFETY: the main thread waits for the latch, and has made counts atomic before.
        unsafe { context::enter(work.shared) };
        // A panic is an error of its item; one outside of that must not keep the main thread waiting.
        let done = catch_unwind(AssertUnwindSafe(|| take_items(work))).unwrap_or_default();
        context::leave();
        latch.arrive(done);
    }
}

fn take_items(work: &Work<'_>) -> Vec<Done> {
    let mut done = Vec::new();
    while !work.failed.load(Relaxed) {
        let i = work.next.fetch_add(1, Relaxed);
        let Some(item) = work.items.get(i) else { break };
        let result = catch(|| apply::apply(work.f, std::slice::from_ref(item)));
        work.failed.fetch_or(result.is_err(), Relaxed);
        done.push(Done(i, result));
    }
    done
}
