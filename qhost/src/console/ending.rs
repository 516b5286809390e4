//! How the process ends: with the terminal as it was, after `.z.exit`.

use crate::eval::apply;
use crate::eval::trace;
use crate::state::context;
use kapi::error::{QError, R};
use kapi::faults;
use kapi::object::{Obj, tag};
use kapi::os::Terminal;
use kapi::symbol::Symbol;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

static TERMINAL: OnceLock<Terminal> = OnceLock::new();

/// Notes how the terminal is set up before editing changes that.
pub fn save_terminal() {
    if let Some(terminal) = Terminal::of_input() {
        TERMINAL.get_or_init(|| terminal);
    }
}

/// Sets the terminal up as it was, for a process that ends while its editor waits.
fn restore_terminal() {
    if let Some(terminal) = TERMINAL.get() {
        terminal.restore();
    }
}

/// The variable whose number is that of the allocating call of k.h to fail, for tests of libraries; see [`faults`]. The
/// process then says at its end how many there were.
const FAIL_AT: &str = "QHOST_FAIL_ALLOCATION";

/// Does what the variable asks for.
pub fn fail_on_purpose() {
    if let Some(n) = std::env::var(FAIL_AT).ok().and_then(|n| n.parse().ok()) {
        faults::fail_after(n);
    }
}

/// Ends the process after `.z.exit`, whose own call of `exit` only ends it.
pub fn exit(status: i32) -> ! {
    static ENDING: AtomicBool = AtomicBool::new(false);
    if !ENDING.swap(true, Relaxed)
        && let Ok(handler) = context::global(Symbol::from(".z.exit")).get()
        && let Err(error) = kapi::error::catch(|| apply::apply(&handler, &[Obj::int(status)]))
    {
        trace::print(&error, true);
    }
    restore_terminal();
    if std::env::var_os(FAIL_AT).is_some() {
        eprintln!("{} allocating calls", faults::calls());
    }
    std::process::exit(status)
}

/// `exit n`: ends the process after `.z.exit`.
///
/// # Errors
/// `type` when `n` is no whole number.
pub fn word(n: &Obj) -> R {
    let status = match -n.tag() {
        tag::KB | tag::KG => i32::from(n.get::<u8>()),
        tag::KH => n.get::<i16>().into(),
        tag::KI => n.get::<i32>(),
        tag::KJ => n.get::<i64>() as i32,
        _ => return Err(QError::type_()),
    };
    exit(status)
}
