//! What the threads of C and q's event loop share: the calls that wait, their answers, and who keeps a callback.
//!
//! The protocol alone, over the locks that `super::sync` names: the crate `model` includes this file, and tries it in every
//! order of events that a scheduler finds. A letter is popped once, or withdrawn once by the thread that waits for its answer, both under one lock. The
//! waker is written after the push and read before the pops: a letter pushed while others are popped is either popped too
//! or leaves the waker readable. A callback is buried when it has been released and nobody holds it.

use std::collections::VecDeque;
use std::time::Duration;

use super::sync::{Arc, AtomicBool, AtomicU32, AtomicU64, Condvar, LOOKS, Mutex, Ordering, SKIPS, pause};

/// How often a thread that waits for an answer looks whether q can give one.
const PATIENCE: Duration = Duration::from_millis(1);

/// A call that waits.
pub struct Letter<T> {
    /// Who shall be called with what.
    pub content: T,
    /// Where the answer goes, if a thread waits for one.
    pub reply: Option<Arc<Reply>>,
}

/// Where the answer for a waiting thread goes.
#[derive(Default)]
pub struct Reply {
    word: Mutex<Option<u64>>,
    ready: Condvar,
}

impl Reply {
    /// Gives the answer.
    pub fn answer(&self, word: u64) {
        *self.word.lock() = Some(word);
        self.ready.notify_one();
    }
}

/// The calls that wait, in the order in which they came.
pub struct Mailbox<T> {
    /// Handlers of a fork lock it, and empty the child's.
    pub(super) letters: Mutex<VecDeque<Letter<T>>>,
    accepted: AtomicU64,
    capacity: usize,
}

impl<T> Mailbox<T> {
    /// An empty one for so many letters.
    pub const fn new(capacity: usize) -> Self {
        Self { letters: Mutex::new(VecDeque::new()), accepted: AtomicU64::new(0), capacity }
    }

    /// Adds a letter and then wakes who drains; not if there is no room for it.
    pub fn deliver(&self, letter: Letter<T>, wake: impl FnOnce()) -> bool {
        let is_in = self.push(letter);
        if is_in {
            wake();
        }
        is_in
    }

    fn push(&self, letter: Letter<T>) -> bool {
        let mut letters = self.letters.lock();
        // A letter that is refused is dropped by the caller's frame, after the lock.
        let has_room = letters.len() < self.capacity && letters.try_reserve(1).is_ok();
        if has_room {
            letters.push_back(letter);
            self.accepted.fetch_add(1, Ordering::Relaxed);
        }
        has_room
    }

    /// Runs what waits, so many letters at most: what woke us is cleared before, and set again where letters may be left.
    pub fn drain(&self, batch: usize, clear: impl FnOnce(), wake: impl FnOnce(), run: impl Fn(&Letter<T>)) {
        clear();
        if self.run(batch, run) == batch {
            wake();
        }
    }

    /// Runs what waits, so many letters at most, and gives their number.
    pub fn run(&self, batch: usize, run: impl Fn(&Letter<T>)) -> usize {
        for number in 0..batch {
            let letter = self.letters.lock().pop_front();
            let Some(letter) = letter else { return number };
            run(&letter);
        }
        batch
    }

    /// Letters that have ever been accepted.
    pub fn accepted(&self) -> u64 {
        self.accepted.load(Ordering::Relaxed)
    }

    /// Letters that wait.
    pub fn len(&self) -> usize {
        self.letters.lock().len()
    }

    /// Waits for an answer as long as one can come: `None` when the letter was taken back, and nobody will read it.
    pub fn wait(&self, reply: &Arc<Reply>, is_hopeless: impl Fn() -> bool) -> Option<u64> {
        let mut word = reply.word.lock();
        loop {
            if word.is_some() {
                return *word;
            }
            let timed_out = reply.ready.wait_for(&mut word, PATIENCE).timed_out();
            if timed_out && word.is_none() && is_hopeless() && self.withdraw(reply) {
                return None;
            }
        }
    }

    /// Takes a letter back, unless it has been popped.
    fn withdraw(&self, reply: &Arc<Reply>) -> bool {
        let is_its =
            |letter: &Letter<T>| letter.reply.as_ref().is_some_and(|other| Arc::ptr_eq(other, reply));
        let mut letters = self.letters.lock();
        let at = letters.iter().position(is_its);
        let letter = at.and_then(|at| letters.remove(at));
        drop(letters);
        letter.is_some()
    }
}

/// What a thread of q listens to while it waits on purpose. It is hushed before the thread looks for what it waits for, and
/// rung after that has come.
pub struct Bell {
    /// Handlers of a fork lock it.
    pub(super) rung: Mutex<bool>,
    heard: Condvar,
    /// Waits that sleep at once. The one thread that waits has it.
    skips: AtomicU32,
}

impl Bell {
    /// One that has not been rung.
    pub const fn new() -> Self {
        Self { rung: Mutex::new(false), heard: Condvar::new(), skips: AtomicU32::new(0) }
    }

    /// Ends the wait that is, or else the next one.
    pub fn ring(&self) {
        *self.rung.lock() = true;
        self.heard.notify_one();
    }

    /// Forgets that it has been rung.
    pub fn hush(&self) {
        *self.rung.lock() = false;
    }

    /// Waits until it has been rung since it was hushed; with a limit not longer than that.
    pub fn wait(&self, limit: Option<Duration>) {
        if self.is_heard_soon() {
            return;
        }
        let mut rung = self.rung.lock();
        while !*rung {
            match limit {
                None => self.heard.wait(&mut rung),
                Some(limit) => {
                    self.heard.wait_for(&mut rung, limit);
                    return;
                }
            }
        }
    }
}

impl Bell {
    fn is_heard_soon(&self) -> bool {
        let skips = self.skips.load(Ordering::Relaxed);
        if skips > 0 {
            self.skips.store(skips - 1, Ordering::Relaxed);
            return false;
        }
        for _ in 0..LOOKS {
            if *self.rung.lock() {
                return true;
            }
            pause();
        }
        self.skips.store(SKIPS, Ordering::Relaxed);
        false
    }
}

/// Who keeps a callback: whoever is in it on another thread than its home, a letter, a thread that waits.
pub struct Keeping {
    released: AtomicBool,
    holds: AtomicU32,
}

impl Keeping {
    /// Kept by q alone.
    pub const fn new() -> Self {
        Self { released: AtomicBool::new(false), holds: AtomicU32::new(0) }
    }

    /// Keeps it from being buried until [`Self::let_go`]; not one that has been released.
    pub fn hold(&self) -> bool {
        // Either this sees the release, or who releases sees this: both are in one order of all threads.
        self.holds.fetch_add(1, Ordering::SeqCst);
        let is_there = !self.released.load(Ordering::SeqCst);
        if !is_there {
            self.let_go();
        }
        is_there
    }

    /// Ends what [`Self::hold`] began, or a hold that was taken over from another.
    pub fn let_go(&self) {
        self.holds.fetch_sub(1, Ordering::SeqCst);
    }

    /// q gives it up.
    pub fn release(&self) {
        self.released.store(true, Ordering::SeqCst);
    }

    /// Whether q has given it up, as far as this thread has seen.
    pub fn is_released(&self) -> bool {
        self.released.load(Ordering::Relaxed)
    }

    /// Whether nobody holds it. Once it is released that stays so.
    pub fn is_idle(&self) -> bool {
        self.holds.load(Ordering::SeqCst) == 0
    }
}
