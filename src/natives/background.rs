//! The functions of `.ffi` for calls that do not block.

use std::time::Duration;

use super::bind::binding;
use crate::args::{count, integer, usage};
use crate::background::{self, MAX_WORKERS};
use crate::error::{Error, Result};
use crate::jit::Form;
use crate::k::{Owned, Ref, tag};
use crate::marshal::Arguments;
use crate::marshal::structs::collapse;

/// `.ffi.async[func;args;ret]`: the function of arguments and callback.
///
/// # Errors
/// Those of reading the arguments, of lookup and of compilation; [`Error::Unsupported`] for what another thread must not do.
pub fn bind(func: Ref, args: Ref, ret: Ref) -> Result<Owned> {
    background::function(binding("async", func, args, ret, Form::List)?)
}

/// `.ffi.i.await enlist[ids;ms]`: the result of a call, or the results of a list of them.
///
/// # Errors
/// [`Error::Usage`], [`Error::Domain`], [`Error::Rank`], and those of [`background::wait`].
pub fn wait(list: Ref) -> Result<Owned> {
    let given = Arguments::of_items(list)?;
    let (ids, limit) = match (given.get(0), given.get(1), given.len()) {
        (Some(ids), None, 1) => (ids, None),
        (Some(ids), Some(ms), 2) => (ids, milliseconds(ms)?),
        _ => return Err(Error::Rank { name: "await".into(), wanted: 2, given: given.len() }),
    };
    let is_one = ids.tag() < 0;
    let mut results = background::wait(&numbers(ids)?, limit)?;
    match is_one {
        true => results.pop().map_or_else(Owned::null, Ok),
        false => collapse(results.into_iter().map(Ok)),
    }
}

/// A time limit; `None` for the infinity.
fn milliseconds(ms: Ref) -> Result<Option<Duration>> {
    let infinite = if ms.tag() == -tag::INT { i32::MAX.into() } else { i64::MAX };
    match integer("await", "ms", ms)? {
        n if n == infinite => Ok(None),
        n => u64::try_from(n)
            .map(|n| Some(Duration::from_millis(n)))
            .map_err(|_| Error::Domain("await: ms is negative or null".into())),
    }
}

/// Ids of calls.
fn numbers(ids: Ref) -> Result<Vec<u64>> {
    let number = |n: i64| u64::try_from(n).map_err(|_| Error::Domain(format!("await: there is no call {n}")));
    if let Some(ids) = ids.integers() {
        return ids.into_iter().map(number).collect();
    }
    match ids.tag() {
        tag::LIST if ids.is_empty() => Ok(Vec::new()),
        t if t == -tag::LONG || t == -tag::INT => Ok(vec![number(integer("await", "ids", ids)?)?]),
        _ => Err(usage("await", "ids", "the id of a call or a vector of them", ids)),
    }
}

/// `.ffi.cancel id`: takes a call back that has not begun; whether it had not.
///
/// # Errors
/// [`Error::Usage`], and those of [`background::cancel`].
pub fn cancel(id: Ref) -> Result<Owned> {
    let id = integer("cancel", "id", id)?;
    let is_cancelled = u64::try_from(id).map_or(Ok(false), background::cancel)?;
    Owned::atom(-tag::BOOLEAN, u8::from(is_cancelled))
}

/// `.ffi.workers[n]`: sets the number of threads for calls that do not block, and gives what it was; `.ffi.workers[]` tells.
///
/// # Errors
/// [`Error::Usage`], [`Error::Limit`] for a number that there cannot be.
pub fn workers(n: Ref) -> Result<Owned> {
    let before = match n.is_null() {
        true => background::workers(),
        false => match count("workers", n)? {
            wanted @ 1..=MAX_WORKERS => background::set_workers(wanted),
            _ => return Err(Error::Limit(format!("workers: n is 1 to {MAX_WORKERS}"))),
        },
    };
    Owned::atom(-tag::LONG, before as i64)
}
