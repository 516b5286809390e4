//! What q's main thread knows of the calls that are under way.

use std::collections::{BTreeMap, VecDeque};
use std::time::SystemTime;

use super::then::Then;
use crate::call::Prepared;
use crate::error::{Error, Result};
use crate::k::{Owned, tag};
use crate::policy::Actor;

/// The calls by their numbers, until their results have been given.
#[derive(Default)]
pub struct Table {
    entries: BTreeMap<u64, Entry>,
    /// Calls that have ended whose callbacks wait.
    ready: VecDeque<u64>,
}

/// A call.
pub struct Entry {
    /// The C function.
    pub name: &'static str,
    state: State,
    /// What is to be called; `None` where somebody has to ask for the result.
    pub then: Option<Then>,
    /// Who has submitted it.
    pub owner: Actor,
    /// The list of arguments.
    pub arguments: Owned,
    since: SystemTime,
}

/// How far a call is.
enum State {
    /// Submitted: it waits or runs.
    Begun(Box<Prepared>),
    /// It has left this `errno`.
    Ended(Box<Prepared>, i32),
    /// Its result has been made, with that `errno`; or there was an error.
    Made(Result<Owned>, i32),
}

// SAFETY: K objects among this are touched on q's main thread alone; others look at numbers, under the table's lock.
unsafe impl Send for Table {}

impl Entry {
    /// A call that is about to be submitted.
    pub fn new(name: &'static str, call: Box<Prepared>, then: Option<Then>, owner: Actor) -> Self {
        let (arguments, since) = (call.arguments(), SystemTime::now());
        Self { name, state: State::Begun(call), then, owner, arguments, since }
    }

    /// Whether C has returned.
    pub fn has_ended(&self) -> bool {
        !matches!(self.state, State::Begun(_))
    }

    /// Makes the result unless it has been made, and gives it with C's `errno`.
    ///
    /// # Errors
    /// Those of making it.
    pub fn result(&mut self) -> (Result<Owned>, i32) {
        let state = std::mem::replace(&mut self.state, State::Made(Err(Error::Pending), 0));
        let (result, errno) = match state {
            // SAFETY: the pool says that it has been made; q's main thread alone has a table's entries.
            State::Ended(call, errno) => (unsafe { call.result() }, errno),
            State::Made(result, errno) => (result, errno),
            State::Begun(_) => unreachable!("asked for what has ended"),
        };
        let copy = match &result {
            Ok(x) => Ok(x.get().to_owned()),
            Err(error) => Err(error.clone()),
        };
        self.state = State::Made(copy, errno);
        (result, errno)
    }

    fn holds(&self, address: usize) -> bool {
        match &self.state {
            State::Begun(call) | State::Ended(call, _) => call.holds(address),
            State::Made(..) => false,
        }
    }

    fn state(&self, is_waiting: bool) -> &'static str {
        match self.state {
            State::Begun(_) if is_waiting => "waiting",
            State::Begun(_) => "running",
            State::Ended(..) | State::Made(..) => "done",
        }
    }
}

impl Table {
    /// The number of calls.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Adds a call.
    pub fn insert(&mut self, id: u64, entry: Entry) {
        self.entries.insert(id, entry);
    }

    /// The call of this number.
    pub fn get(&self, id: u64) -> Option<&Entry> {
        self.entries.get(&id)
    }

    /// Takes a call out.
    pub fn remove(&mut self, id: u64) -> Option<Entry> {
        self.entries.remove(&id)
    }

    /// Notes that a call has ended.
    pub fn end(&mut self, id: u64, errno: i32) {
        let Some(mut entry) = self.entries.remove(&id) else { return };
        if let State::Begun(call) = entry.state {
            entry.state = State::Ended(call, errno);
        }
        if entry.then.is_some() {
            self.ready.push_back(id);
        }
        self.entries.insert(id, entry);
    }

    /// The next call whose callback is due.
    pub fn next_ready(&mut self) -> Option<(u64, Entry)> {
        let id = self.ready.pop_front()?;
        Some((id, self.entries.remove(&id)?))
    }

    /// Whether a callback is due.
    pub fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// Whether C has the memory or handle of ours at this address.
    pub fn holds(&self, address: usize) -> bool {
        self.entries.values().any(|entry| entry.holds(address))
    }

    /// The calls that this one may see, as a table of q's.
    ///
    /// # Errors
    /// [`Error::MemoryFull`].
    pub fn listed(&self, actor: Actor, waiting: &[u64]) -> Result<Owned> {
        let waiting: std::collections::HashSet<_> = waiting.iter().collect();
        let seen = || self.entries.iter().filter(|(_, entry)| actor.may_touch_of(entry.owner));
        let ids: Vec<i64> = seen().map(|(&id, _)| id as i64).collect();
        let since: Vec<i64> = seen().map(|(_, entry)| nanoseconds(entry.since)).collect();
        let states = seen().map(|(id, entry)| entry.state(waiting.contains(id)));
        // SAFETY: the elements of long and timestamp vectors are 64-bit integers.
        let longs = |t, values: &[i64]| unsafe { Owned::vector(t, values) };
        Owned::table([
            ("id", longs(tag::LONG, &ids)?),
            ("name", Owned::symbols(seen().map(|(_, entry)| entry.name))?),
            ("state", Owned::symbols(states)?),
            ("since", longs(tag::TIMESTAMP, &since)?),
        ])
    }
}

/// q's timestamp: nanoseconds since 2000.
fn nanoseconds(time: SystemTime) -> i64 {
    const Y2000: i64 = 946_684_800_000_000_000;
    let since_1970 = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    since_1970.as_nanos() as i64 - Y2000
}
