//! Waiting on purpose for calls that are under way, and taking them back.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::{CANCELLED, COMPLETED, Shared, completion, existing};
use crate::callback::queue;
use crate::calls;
use crate::error::{Error, Result};
use crate::k::Owned;
use crate::policy::{self, Actor};

/// Waits until all of these calls have ended, and gives their results. Meanwhile callbacks of C are run, and nothing else.
/// Where there is a limit the calls go on, and can be waited for again.
///
/// # Errors
/// [`Error::Domain`] for a call that is not under way, and for one that cannot end before this returns; [`Error::Access`] for
/// somebody else's; [`Error::Timeout`]; the first error of making a result, which has been given then.
pub fn wait(ids: &[u64], limit: Option<Duration>) -> Result<Vec<Owned>> {
    if !calls::enter().is_main() {
        return Err(Error::Unsupported("await: but on q's main thread".into()));
    }
    let actor = completion::acting(policy::actor()?);
    let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
    let mut left = left_of(ids, actor)?;
    loop {
        queue::begin_wait();
        left = after_ended(left)?;
        if left.is_empty() {
            return results(ids);
        }
        let time = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if time.is_some_and(|time| time.is_zero()) {
            return Err(Error::Timeout(format!("await: {}", named(ids))));
        }
        if !queue::run_waiting() {
            queue::wait(time);
        }
    }
}

fn named(ids: &[u64]) -> String {
    match ids {
        [id] => format!("call {id} is under way"),
        _ => format!("of {} calls some are under way", ids.len()),
    }
}

/// All of these, if they may be waited for.
fn left_of(ids: &[u64], actor: Actor) -> Result<&[u64]> {
    let Some(shared) = existing() else {
        return ids.first().map_or(Ok(ids), |&id| Err(unknown(id)));
    };
    completion::collect(shared);
    for &id in ids {
        let seen = shared.table.lock().get(id).map(|entry| (entry.owner, entry.has_ended()));
        let (owner, has_ended) = seen.ok_or_else(|| unknown(id))?;
        if !actor.may_touch_of(owner) {
            return Err(not_yours("await", id));
        }
        if !has_ended {
            can_end(shared, id)?;
        }
    }
    Ok(ids)
}

/// These from the first on that has not ended.
fn after_ended(mut ids: &[u64]) -> Result<&[u64]> {
    existing().iter().for_each(|shared| completion::collect(shared));
    while let [id, rest @ ..] = ids {
        let shared = existing().ok_or_else(|| unknown(*id))?;
        if !shared.table.lock().get(*id).ok_or_else(|| unknown(*id))?.has_ended() {
            break;
        }
        ids = rest;
    }
    Ok(ids)
}

fn unknown(id: u64) -> Error {
    Error::Domain(format!("await: there is no call {id}"))
}

fn not_yours(what: &str, id: u64) -> Error {
    Error::Access(format!("{what}: call {id} is not of this handle"))
}

/// Refuses to wait for a call that waits for what runs here: its own callback, or the callbacks of all the threads.
fn can_end(shared: &Shared, id: u64) -> Result<()> {
    let served = queue::served();
    if served.is_empty() {
        return Ok(());
    }
    if served.iter().any(|(call, _)| *call == id) {
        return Err(Error::Domain(format!("await: call {id} waits for this callback")));
    }
    let held = served.iter().filter(|(call, is_answered)| *call != 0 && *is_answered).count();
    if held > 0 && held >= shared.pool.threads().0 && shared.pool.waiting().contains(&id) {
        return Err(Error::Domain(format!(
            "await: call {id} cannot begin before this callback has returned"
        )));
    }
    Ok(())
}

/// The results of calls that have ended. Those with a callback stay for that.
fn results(ids: &[u64]) -> Result<Vec<Owned>> {
    let Some(shared) = existing() else { return Ok(Vec::new()) };
    let results = ids.iter().map(|&id| result(shared, id)).collect::<Result<_>>()?;
    for &id in ids {
        let is_asked_for = shared.table.lock().get(id).is_some_and(|entry| entry.then.is_none());
        if is_asked_for {
            end(shared, id);
        }
    }
    if shared.table.lock().has_ready() {
        queue::wake();
    }
    Ok(results)
}

/// The result of a call that has ended, with its `errno`. What makes it may run q, so the table is free meanwhile.
fn result(shared: &Shared, id: u64) -> Result<Owned> {
    let entry = shared.table.lock().remove(id);
    let mut entry = entry.ok_or_else(|| unknown(id))?;
    let (result, errno) = entry.result();
    let is_given = result.is_err() && entry.then.is_none();
    shared.table.lock().insert(id, entry);
    if is_given {
        end(shared, id);
    }
    calls::enter().set_errno(errno);
    result
}

fn end(shared: &Shared, id: u64) {
    let entry = shared.table.lock().remove(id);
    // With the table free: what it held may have destructors.
    drop(entry);
    COMPLETED.fetch_add(1, Ordering::Relaxed);
}

/// Takes a call back, whose callback does not run then. Whether it had not begun.
///
/// # Errors
/// [`Error::Access`] for somebody else's; [`Error::Unsupported`] on another thread than q's main one.
pub fn cancel(id: u64) -> Result<bool> {
    if !calls::enter().is_main() {
        return Err(Error::Unsupported("cancel: but on q's main thread".into()));
    }
    let actor = completion::acting(policy::actor()?);
    let Some(shared) = existing() else { return Ok(false) };
    let owner = shared.table.lock().get(id).map(|entry| entry.owner);
    match owner {
        Some(owner) if !actor.may_touch_of(owner) => return Err(not_yours("cancel", id)),
        _ => (),
    }
    let is_cancelled = shared.pool.cancel(id).is_some();
    if is_cancelled {
        let entry = shared.table.lock().remove(id);
        drop(entry);
        CANCELLED.fetch_add(1, Ordering::Relaxed);
    }
    Ok(is_cancelled)
}
