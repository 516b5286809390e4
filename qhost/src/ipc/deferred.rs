//! Answers that come later: `-30!`.

use super::{Kind, STATE, SYNC, transmit};
use crate::words::convert::integer;
use crate::words::internal;
use crate::words::string::text_of;
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};
use kapi::symbol::Symbol;

/// `x!y`, of which `-30!` is about connections.
///
/// # Errors
/// What either signals.
pub fn bang(x: &Obj, y: &Obj) -> R {
    if integer(x) == Some(-30) { deferred(y) } else { internal::bang(x, y) }
}

/// `-30!(::)`: the message that is being served is answered later, by `-30!(handle;is error;result)`.
fn deferred(x: &Obj) -> R {
    if x.tag() == tag::UNARY && x.get::<i64>() == 0 {
        SYNC.get().ok_or_else(|| QError::named("no synchronous message to answer later"))?;
        SYNC.set(Some(true));
        return Ok(Obj::null());
    }
    let [handle, is_error, result] = (if x.tag() == tag::LIST { x.items() } else { &[] }) else {
        return Err(QError::type_());
    };
    let (Some(handle), -1) = (integer(handle), is_error.tag()) else { return Err(QError::type_()) };
    let answer = match is_error.get::<u8>() {
        0 => result.clone(),
        _ => Obj::error(Symbol::new(&text_of(result)?)),
    };
    let fd = i32::try_from(handle).unwrap_or_default();
    let is_expected = STATE.with_borrow_mut(|state| {
        let unanswered = state.connections.get_mut(&fd).map(|connection| &mut connection.unanswered);
        unanswered.is_some_and(|n| std::mem::replace(n, n.saturating_sub(1)) > 0)
    });
    if !is_expected {
        return Err(QError::named(format!("Handle {handle} was not expecting a response msg")));
    }
    respond(fd, Ok(answer)).map(|()| Obj::null())
}

/// Sends an answer. What cannot be serialised is an error of the other side's.
pub(super) fn respond(fd: i32, value: R) -> R<()> {
    let failed = |error: QError| transmit(fd, Kind::Response, &Obj::error(Symbol::from(error.text.as_str())));
    value.map_or_else(failed, |value| transmit(fd, Kind::Response, &value).or_else(failed))
}
