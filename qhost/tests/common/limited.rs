//! Any programs, one after the other: each with fresh globals, none for long, all within a limit of memory.

use kapi::{error, heap};
use qhost::Source;
use qhost::eval::evaluate as eval;
use qhost::state::{context, interrupt};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Number of the program that is running.
static RUNNING: AtomicU64 = AtomicU64::new(0);

/// Prepares the process, once: limits its memory to so many bytes, and starts the watchdog.
pub fn start(memory: usize) {
    qhost::install();
    heap::set_limit(memory);
    context::clear();
    std::thread::spawn(watch);
}

/// Interrupts what runs for longer than a moment, as Ctrl-C would.
fn watch() {
    let mut last = 0;
    loop {
        std::thread::sleep(Duration::from_millis(200));
        let running = RUNNING.load(Relaxed);
        if running == last {
            interrupt::raise();
        }
        last = running;
    }
}

/// Runs a program in a fresh set of globals; the error's text if it signals.
pub fn run(text: &[u8]) -> Option<String> {
    RUNNING.fetch_add(1, Relaxed);
    interrupt::clear();
    let result = error::catch(|| eval::run(&Source::inline(text)).map(|outcome| outcome.value));
    context::clear();
    context::set_current(kapi::Symbol::empty());
    result.err().map(|error| error.text.clone())
}
