//! Threads of C call, ask and give up, while q's event loop runs, calls C, releases callbacks and forks.

use shuttle::thread;

use crate::check;
use crate::mailbox::{Keeping, Letter, Mailbox, Reply};
use crate::sync::{Arc, AtomicBool, AtomicU32, Mutex, Ordering::SeqCst};

/// Orders of events that are tried for each model.
const SCHEDULES: usize = 10_000;

/// A callback, as far as it matters: whether its q function is still there, and how often that has run.
struct Callback {
    keeping: Keeping,
    function: AtomicBool,
    ran: AtomicU32,
}

/// A letter's hold on its callback, which ends with it.
struct Held(Arc<Callback>);

impl Held {
    fn new(callback: &Arc<Callback>) -> Option<Self> {
        callback.keeping.hold().then(|| Self(callback.clone()))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.keeping.let_go();
    }
}

/// What the process has of all this.
struct World {
    mailbox: Mailbox<Held>,
    /// The eventfd.
    readable: AtomicBool,
    /// Where it is to be found, or not.
    waker: Mutex<Option<()>>,
    /// Whether q is inside a C function.
    in_call: AtomicBool,
    withdrawn: AtomicU32,
    refused: AtomicU32,
    callback: Arc<Callback>,
}

impl World {
    fn new(capacity: usize) -> Arc<Self> {
        let callback =
            Callback { keeping: Keeping::new(), function: AtomicBool::new(true), ran: AtomicU32::new(0) };
        Arc::new(Self {
            mailbox: Mailbox::new(capacity),
            readable: AtomicBool::new(false),
            waker: Mutex::new(Some(())),
            in_call: AtomicBool::new(false),
            withdrawn: AtomicU32::new(0),
            refused: AtomicU32::new(0),
            callback: Arc::new(callback),
        })
    }

    fn wake(&self) {
        if self.waker.lock().is_some() {
            self.readable.store(true, SeqCst);
        }
    }

    /// What a thread of C does to call; with a question it waits for the answer.
    fn call(&self, is_question: bool) -> Option<u64> {
        let has_waker = self.waker.lock().is_some();
        let reply = is_question.then(Arc::<Reply>::default);
        let Some(content) = Held::new(&self.callback).filter(|_| has_waker) else {
            self.refused.fetch_add(1, SeqCst);
            return None;
        };
        if !self.mailbox.deliver(Letter { content, reply: reply.clone() }, || self.wake()) {
            self.refused.fetch_add(1, SeqCst);
            return None;
        }
        let answer = self.mailbox.wait(&reply?, || self.in_call.load(SeqCst));
        if answer.is_none() {
            self.withdrawn.fetch_add(1, SeqCst);
        }
        answer
    }

    /// The handler of q's event loop, which runs so many letters and leaves others their turn.
    fn drain(&self, batch: usize) {
        let clear = || self.readable.store(false, SeqCst);
        self.mailbox.drain(
            batch,
            clear,
            || self.wake(),
            |letter| {
                let callback = &letter.content.0;
                assert!(callback.function.load(SeqCst), "a function that is called has not been buried");
                let ran = callback.ran.fetch_add(1, SeqCst);
                if let Some(reply) = &letter.reply {
                    reply.answer(u64::from(ran) + 1);
                }
            },
        );
    }

    fn accepted(&self) -> u32 {
        self.mailbox.accepted() as u32
    }

    /// q's main thread, until these threads have ended and nothing is left to be heard: then nothing waits.
    fn run(&self, batch: usize, threads: Vec<thread::JoinHandle<()>>, running: &AtomicU32) {
        loop {
            if self.readable.load(SeqCst) {
                self.drain(batch);
            } else if running.load(SeqCst) == 0 {
                break;
            }
            thread::yield_now();
        }
        threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
        while self.readable.load(SeqCst) {
            self.drain(batch);
        }
        assert_eq!(self.mailbox.len(), 0, "nothing waits while the event loop sleeps");
    }

    fn ran(&self) -> u32 {
        self.callback.ran.load(SeqCst)
    }

    /// Buries the callback if nobody is in it; it is released.
    fn bury_idle(&self) -> bool {
        let is_idle = self.callback.keeping.is_idle();
        if is_idle {
            self.callback.function.store(false, SeqCst);
        }
        is_idle
    }
}

/// Starts so many threads, each of which makes calls.
fn callers(world: &Arc<World>, n: u32, call: fn(&World)) -> (Vec<thread::JoinHandle<()>>, Arc<AtomicU32>) {
    let running = Arc::new(AtomicU32::new(n));
    let start = |_| {
        let (world, running) = (world.clone(), running.clone());
        thread::spawn(move || {
            call(&world);
            running.fetch_sub(1, SeqCst);
        })
    };
    ((0..n).map(start).collect(), running)
}

#[test]
fn every_call_is_run_or_counted() {
    check(SCHEDULES, || {
        let world = World::new(2);
        let (threads, running) = callers(&world, 3, |world| {
            world.call(false);
            world.call(false);
        });
        world.run(1, threads, &running);
        assert_eq!(world.ran(), world.accepted());
        assert_eq!(world.ran() + world.refused.load(SeqCst), 6);
    });
}

#[test]
fn every_question_is_answered_or_withdrawn() {
    check(SCHEDULES, || {
        let world = World::new(4);
        let (threads, running) = callers(&world, 2, |world| match world.call(true) {
            Some(answer) => assert!(answer > 0),
            None => assert!(world.withdrawn.load(SeqCst) > 0),
        });
        // q is inside C for a while, where it answers nobody.
        world.in_call.store(true, SeqCst);
        thread::yield_now();
        world.in_call.store(false, SeqCst);
        world.run(2, threads, &running);
        assert_eq!(world.ran() + world.withdrawn.load(SeqCst), world.accepted());
    });
}

/// q joins a thread that asks, from within C: it gets the null and nobody waits for ever.
#[test]
fn a_thread_that_q_waits_for_gives_up() {
    check(SCHEDULES, || {
        let world = World::new(4);
        world.in_call.store(true, SeqCst);
        let (threads, _) = callers(&world, 2, |world| assert_eq!(world.call(true), None));
        threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
        world.in_call.store(false, SeqCst);
        assert_eq!((world.mailbox.len(), world.ran()), (0, 0));
    });
}

#[test]
fn a_callback_is_buried_once_nobody_is_in_it() {
    check(SCHEDULES, || {
        let world = World::new(4);
        let (threads, running) = callers(&world, 2, |world| {
            world.call(false);
            world.call(true);
        });
        thread::yield_now();
        world.callback.keeping.release();
        let at_once = world.bury_idle();
        world.run(1, threads, &running);
        assert!(at_once || world.bury_idle(), "it is idle when all have ended");
        assert_eq!(world.ran() + world.withdrawn.load(SeqCst), world.accepted());
        assert_eq!(world.accepted() + world.refused.load(SeqCst), 4);
    });
}

/// The process forks with both locks held, in the order in which a caller takes them one after the other.
#[test]
fn a_fork_while_threads_call_ends() {
    check(SCHEDULES, || {
        let world = World::new(4);
        let (threads, running) = callers(&world, 2, |world| {
            world.call(false);
        });
        {
            let _waker = world.waker.lock();
            let _letters = world.mailbox.letters.lock();
        }
        world.run(1, threads, &running);
    });
}
