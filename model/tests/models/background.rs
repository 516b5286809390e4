//! Threads make the calls that q's thread submits, takes back and waits for, while their number changes.

use std::collections::BTreeSet;

use shuttle::thread::{self, JoinHandle};

use crate::check;
use crate::mailbox::{Bell, Letter, Mailbox, Reply};
use crate::pool::Pool;
use crate::sync::{Arc, AtomicBool, AtomicU32, Mutex, Ordering::SeqCst};

/// Orders of events that are tried for each model.
const SCHEDULES: usize = 5_000;

/// What the process has of all this.
struct World {
    pool: Pool<u64>,
    /// The eventfd.
    readable: AtomicBool,
    bell: Bell,
    /// Questions of callbacks to q.
    questions: Mailbox<u64>,
    /// Calls that have been made, and how many are being made.
    made: Mutex<Vec<u64>>,
    under_way: AtomicU32,
    most: AtomicU32,
    asks: bool,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl World {
    fn new(wanted: usize, asks: bool) -> Arc<Self> {
        let (made, threads) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
        let (pool, questions) = (Pool::new(wanted), Mailbox::new(8));
        let (readable, bell, under_way, most) =
            (AtomicBool::new(false), Bell::new(), AtomicU32::new(0), AtomicU32::new(0));
        Arc::new(Self { pool, readable, bell, questions, made, under_way, most, asks, threads })
    }

    /// The same with so many calls that are submitted, by their numbers from 1 on.
    fn with_calls(wanted: usize, asks: bool, calls: u64) -> Arc<Self> {
        let world = Self::new(wanted, asks);
        (1..=calls).for_each(|id| world.submit(id));
        world
    }

    fn submit(self: &Arc<Self>, id: u64) {
        if self.pool.submit(id, 10 * id) {
            self.begin();
        }
    }

    fn resize(self: &Arc<Self>, wanted: usize) {
        (0..self.pool.resize(wanted)).for_each(|_| self.begin());
    }

    fn begin(self: &Arc<Self>) {
        let world = self.clone();
        let thread = thread::spawn(move || world.work());
        self.threads.lock().push(thread);
    }

    fn wake(&self) {
        self.readable.store(true, SeqCst);
        self.bell.ring();
    }

    /// A thread of the pool.
    fn work(&self) {
        while let Some((id, call)) = self.pool.take() {
            assert_eq!(call, 10 * id);
            let under_way = self.under_way.fetch_add(1, SeqCst) + 1;
            self.most.fetch_max(under_way, SeqCst);
            if self.asks {
                let reply = Arc::new(Reply::default());
                let letter = Letter { content: id, reply: Some(reply.clone()) };
                assert!(self.questions.deliver(letter, || self.wake()));
                assert_eq!(self.questions.wait(&reply, || false), Some(id + 1));
            }
            self.made.lock().push(id);
            self.under_way.fetch_sub(1, SeqCst);
            if self.pool.end(id, 0) { self.wake() } else { self.bell.ring() }
        }
    }

    /// q's event loop, until so many calls have ended: it looks when it has been woken, and else sleeps.
    fn run(&self, calls: usize) -> Vec<u64> {
        let mut ended = Vec::new();
        while ended.len() < calls {
            if self.readable.swap(false, SeqCst) {
                ended.extend(self.pool.take_ended().into_iter().map(|(id, _)| id));
            }
            thread::yield_now();
        }
        ended
    }

    /// q waits on purpose, and answers meanwhile.
    fn wait(&self, ids: &[u64]) -> Vec<u64> {
        let mut ended = Vec::new();
        loop {
            self.bell.hush();
            ended.extend(self.pool.take_ended().into_iter().map(|(id, _)| id));
            if ids.iter().all(|id| ended.contains(id)) {
                return ended;
            }
            let answer =
                |letter: &Letter<u64>| letter.reply.iter().for_each(|r| r.answer(letter.content + 1));
            if self.questions.run(2, answer) == 0 {
                self.bell.wait(None);
            }
        }
    }

    /// Has all threads end, and demands that these calls were made, once each, and ended.
    fn finish(self: &Arc<Self>, wanted: &[u64], ended: &[u64]) {
        self.resize(0);
        let threads = std::mem::take(&mut *self.threads.lock());
        threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
        assert_eq!(self.pool.threads(), (0, 0));
        assert!(!self.pool.is_busy() && self.pool.take_ended().is_empty());
        for came in [&*self.made.lock(), ended] {
            assert_eq!(came.len(), wanted.len(), "once each");
            assert_eq!(came.iter().collect::<BTreeSet<_>>(), wanted.iter().collect());
        }
    }
}

#[test]
fn every_call_is_made_once_and_q_is_woken() {
    check(SCHEDULES, || {
        let world = World::with_calls(2, false, 4);
        let ended = world.run(4);
        assert!(world.most.load(SeqCst) <= 2, "threads");
        world.finish(&[1, 2, 3, 4], &ended);
    });
}

#[test]
fn one_thread_makes_calls_in_their_order() {
    check(SCHEDULES, || {
        let world = World::with_calls(1, false, 3);
        let ended = world.run(3);
        assert_eq!((&ended[..], world.most.load(SeqCst)), (&[1, 2, 3][..], 1));
        world.finish(&[1, 2, 3], &ended);
    });
}

#[test]
fn a_call_is_made_or_cancelled() {
    check(SCHEDULES, || {
        let world = World::with_calls(2, false, 3);
        let cancelled: Vec<u64> = (1..=3).rev().filter(|&id| world.pool.cancel(id).is_some()).collect();
        let made: Vec<u64> = (1..=3).filter(|id| !cancelled.contains(id)).collect();
        assert!(cancelled.iter().all(|&id| world.pool.cancel(id).is_none()), "once");
        let ended = world.run(made.len());
        world.finish(&made, &ended);
    });
}

#[test]
fn the_number_of_threads_changes_under_way() {
    check(SCHEDULES, || {
        let world = World::with_calls(2, false, 2);
        world.resize(1);
        (3..=4).for_each(|id| world.submit(id));
        let ended = world.run(4);
        assert!(world.pool.threads().0 <= 2);
        world.resize(3);
        world.submit(5);
        let ended = [ended, world.run(1)].concat();
        world.finish(&[1, 2, 3, 4, 5], &ended);
    });
}

#[test]
fn a_wait_on_purpose_ends() {
    check(SCHEDULES, || {
        let world = World::with_calls(2, false, 3);
        let ended = world.wait(&[1, 2, 3]);
        world.finish(&[1, 2, 3], &ended);
    });
}

#[test]
fn calls_that_ask_q_are_answered_while_it_waits() {
    check(SCHEDULES, || {
        let world = World::with_calls(2, true, 2);
        let ended = world.wait(&[1, 2]);
        world.finish(&[1, 2], &ended);
    });
}

/// What a wait has left lies there for the event loop, which is woken as ever.
#[test]
fn the_event_loop_goes_on_after_a_wait() {
    check(SCHEDULES, || {
        let world = World::with_calls(1, false, 2);
        let mut ended = world.wait(&[1]);
        world.submit(3);
        ended.extend(world.run(3 - ended.len()));
        world.finish(&[1, 2, 3], &ended);
    });
}

#[test]
fn a_call_alone_is_made() {
    check(SCHEDULES, || {
        let world = World::new(2, false);
        for id in 1..=2 {
            world.submit(id);
            assert_eq!(world.run(1), [id]);
        }
        world.finish(&[1, 2], &[1, 2]);
    });
}
