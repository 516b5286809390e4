//! Handlers on the event loop of the calling thread, which must be q's main thread.

use super::{I, allocating};
use crate::event::{self, Handler};
use crate::{K, Obj};

/// Calls `handler` with the descriptor whenever it is readable; a negative `d` stands for `-d`, made
/// non-blocking. Returns the descriptor as an int. If that fails, the descriptor is closed.
///
/// # Safety
/// `handler` stays callable until `sd0` or `sd0x`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sd1(d: I, handler: Handler) -> K {
    allocating(|| event::add(d, handler).map(|()| Obj::int(d.wrapping_abs())))
}

/// Removes the handler of a descriptor and closes it.
#[unsafe(no_mangle)]
pub extern "C" fn sd0(d: I) {
    event::remove(d, true);
}

/// Removes the handler of a descriptor and closes it if `close` is 1.
#[unsafe(no_mangle)]
pub extern "C" fn sd0x(d: I, close: I) {
    event::remove(d, close == 1);
}
