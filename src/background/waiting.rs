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
    loop {
        queue::begin_wait();
        if have_ended(ids, actor)? {
            return results(ids);
        }
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return Err(Error::Timeout(format!("await: {}", named(ids))));
        }
        if !queue::run_waiting() {
            queue::wait(left);
        }
    }
}

fn named(ids: &[u64]) -> String {
    match ids {
        [id] => format!("call {id} is under way"),
        _ => format!("of {} calls some are under way", ids.len()),
    }
}

/// Whether all of these have ended.
fn have_ended(ids: &[u64], actor: Actor) -> Result<bool> {
    let Some(shared) = existing() else { return ids.first().map_or(Ok(true), |id| Err(unknown(*id))) };
    completion::collect(shared);
    let mut have_ended = true;
    for &id in ids {
        let table = shared.table.lock();
        let entry = table.get(id).ok_or_else(|| unknown(id))?;
        if !actor.may_touch_of(entry.owner) {
            return Err(not_yours("await", id));
        }
        if !entry.has_ended() {
            drop(table);
            can_end(shared, id)?;
            have_ended = false;
        }
    }
    Ok(have_ended)
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
/// [`Error::Access`] for somebody else's.
pub fn cancel(id: u64) -> Result<bool> {
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
