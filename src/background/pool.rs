//! What q's thread and the threads that make its calls share: the calls that wait, and those that have ended.
//!
//! The protocol alone, over the locks that `super::sync` names: the crate `model` includes this file, and tries it in every
//! order of events that a scheduler finds. A call is taken once, or cancelled once, both under one lock; one that has been
//! taken ends once. There are never more threads than are wanted at the time when they look for work.

use std::collections::VecDeque;

use super::sync::{Condvar, LOOKS, Mutex, SKIPS, pause};

/// Calls and threads. `T` is what it takes to make a call.
pub struct Pool<T> {
    state: Mutex<State<T>>,
    /// Threads that have nothing to do wait here.
    work: Condvar,
}

struct State<T> {
    /// Calls that no thread has taken, by their numbers, in the order of their submission.
    waiting: VecDeque<(u64, T)>,
    /// Numbers of calls that have ended, with the `errno` that they have left, in the order of their ends.
    ended: Vec<(u64, i32)>,
    running: usize,
    /// Threads that there are, those about to begin among them.
    threads: usize,
    /// Threads that wait for work.
    idle: usize,
    /// Threads that there may be.
    wanted: usize,
    /// Threads that are to sleep at once when there is no work.
    skips: u32,
}

impl<T> Pool<T> {
    /// One without threads, which may have so many.
    pub fn new(wanted: usize) -> Self {
        let (waiting, ended) = (VecDeque::new(), Vec::new());
        let state = State { waiting, ended, running: 0, threads: 0, idle: 0, wanted, skips: 0 };
        Self { state: Mutex::new(state), work: Condvar::new() }
    }

    /// Adds a call. Whether the caller has to begin a thread for it.
    pub fn submit(&self, id: u64, call: T) -> bool {
        let mut state = self.state.lock();
        state.waiting.push_back((id, call));
        // Their ends are noted by threads that shall not have to ask for memory.
        let under_way = state.waiting.len() + state.running;
        state.ended.reserve(under_way);
        let begins = state.wants_threads() > 0;
        state.threads += usize::from(begins);
        drop(state);
        self.work.notify_one();
        begins
    }

    /// The next call, for a thread that has none; `None` has it end.
    pub fn take(&self) -> Option<(u64, T)> {
        let mut state = self.state.lock();
        let mut looks = if state.skips > 0 { 0 } else { LOOKS };
        loop {
            if state.threads > state.wanted {
                state.threads -= 1;
                return None;
            }
            if let Some(call) = state.waiting.pop_front() {
                state.running += 1;
                return Some(call);
            }
            if looks > 0 {
                looks -= 1;
                drop(state);
                pause();
                state = self.state.lock();
                continue;
            }
            state.skips = state.skips.checked_sub(1).unwrap_or(SKIPS);
            state.idle += 1;
            self.work.wait(&mut state);
            state.idle -= 1;
        }
    }

    /// Notes that a call has ended that [`Self::take`] has given. Whether no other one lay there: then q is to be woken.
    pub fn end(&self, id: u64, errno: i32) -> bool {
        let mut state = self.state.lock();
        state.running -= 1;
        state.ended.push((id, errno));
        state.ended.len() == 1
    }

    /// What has ended since this was asked last.
    pub fn take_ended(&self) -> Vec<(u64, i32)> {
        self.state.lock().ended.drain(..).collect()
    }

    /// Takes a call back that no thread has taken.
    pub fn cancel(&self, id: u64) -> Option<T> {
        let mut state = self.state.lock();
        let at = state.waiting.iter().position(|(other, _)| *other == id)?;
        state.waiting.remove(at).map(|(_, call)| call)
    }

    /// Notes that a thread which was to begin has not. Whether there is none at all.
    pub fn lose(&self) -> bool {
        let mut state = self.state.lock();
        state.threads -= 1;
        state.threads == 0
    }

    /// Sets the number of threads that there may be. How many the caller has to begin.
    pub fn resize(&self, wanted: usize) -> usize {
        let mut state = self.state.lock();
        state.wanted = wanted;
        let begins = state.wants_threads();
        state.threads += begins;
        drop(state);
        self.work.notify_all();
        begins
    }

    /// Numbers of the calls that no thread has taken.
    pub fn waiting(&self) -> Vec<u64> {
        self.state.lock().waiting.iter().map(|(id, _)| *id).collect()
    }

    /// Threads that there are, and calls that run.
    pub fn threads(&self) -> (usize, usize) {
        let state = self.state.lock();
        (state.threads, state.running)
    }

    /// Whether a call runs or may begin to.
    pub fn is_busy(&self) -> bool {
        let state = self.state.lock();
        state.running > 0 || !state.waiting.is_empty()
    }
}

impl<T> State<T> {
    /// Threads that would have something to do besides those that wait for that.
    fn wants_threads(&self) -> usize {
        let beginning = self.threads - self.idle - self.running;
        let without = self.waiting.len().saturating_sub(self.idle + beginning);
        without.min(self.wanted.saturating_sub(self.threads))
    }
}
