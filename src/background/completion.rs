//! The end of calls, on q's main thread: results are made, callbacks applied.

use std::cell::Cell;
use std::sync::atomic::Ordering;

use super::table::Entry;
use super::{COMPLETED, Shared, existing};
use crate::callback::queue;
use crate::calls;
use crate::error::Error;
use crate::guard::caught;
use crate::policy::Actor;

thread_local! {
    /// Whose call's callback runs.
    static OWNER: Cell<Option<Actor>> = const { Cell::new(None) };
}

/// Who acts: in a client's callback that runs here it is that client.
pub fn acting(actor: Actor) -> Actor {
    match actor {
        Actor::Remote(None) => OWNER.get().unwrap_or(actor),
        actor => actor,
    }
}

/// Notes what the pool says has ended.
pub fn collect(shared: &Shared) {
    let ended = shared.pool.take_ended();
    let mut table = shared.table.lock();
    ended.into_iter().for_each(|(id, errno)| table.end(id, errno));
}

/// Runs callbacks that are due, so many at a time that others have their turn. Whether some are left.
pub fn drain() -> bool {
    let Some(shared) = existing() else { return false };
    collect(shared);
    for _ in 0..queue::BATCH {
        let next = shared.table.lock().next_ready();
        let Some((id, entry)) = next else { return false };
        complete(id, entry);
    }
    shared.table.lock().has_ready()
}

/// Runs the callback of a call that has ended, with the rights of who submitted it.
fn complete(id: u64, mut entry: Entry) {
    let here = calls::enter();
    let suspended = here.suspend(entry.owner.is_remote());
    let outer = OWNER.replace(Some(entry.owner));
    let done = caught(|| {
        let (result, errno) = entry.result();
        here.set_errno(errno);
        let arguments = entry.arguments.get().to_owned();
        // SAFETY: this is q's main thread.
        entry.then.as_ref().map_or(Ok(()), |then| unsafe { then.apply(result, arguments) })
    });
    if let Err(error) = done {
        report(id, entry.name, &error);
    }
    // What it held may have destructors, which have these rights too.
    drop(entry);
    OWNER.set(outer);
    here.resume(suspended);
    COMPLETED.fetch_add(1, Ordering::Relaxed);
}

/// Prints an error that nobody is there to trap, as q prints those of its handlers.
fn report(id: u64, name: &str, error: &Error) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "'{error}\n  [0]  .ffi.async: {name}, call {id}");
}
