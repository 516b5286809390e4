//! Any bytes as a q program: it ends with a value or an error, without a panic, and leaves no object behind.

use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use kapi::q::{Source, context, eval, interrupt};
use kapi::{error, heap};

/// What reaches outside of the process, or ends it; a backslash begins a command.
const OUTSIDE: [&[u8]; 13] = [
    b"exit", b"system", b"hdel", b"setenv", b"hopen", b"use", b"read", b"0:", b"1:", b"2:", b"set",
    b"hcount", b"\\",
];

/// Number of the program that is running.
static RUNNING: AtomicU64 = AtomicU64::new(0);

/// Limits memory, and interrupts what runs for longer than a moment, as Ctrl-C would.
fn start() {
    heap::set_limit(1 << 28);
    context::clear();
    std::thread::spawn(|| {
        let mut last = 0;
        loop {
            std::thread::sleep(Duration::from_millis(200));
            let running = RUNNING.load(Relaxed);
            if running == last {
                interrupt::raise();
            }
            last = running;
        }
    });
}

/// Runs the program.
pub fn run(text: &[u8]) {
    static START: Once = Once::new();
    START.call_once(start);
    if OUTSIDE.iter().any(|word| text.windows(word.len()).any(|w| w == *word)) {
        return;
    }
    RUNNING.fetch_add(1, Relaxed);
    interrupt::clear();
    let before = heap::live_here();
    let result = error::catch(|| eval::run(&Source::inline(text)).map(|outcome| outcome.value));
    context::clear();
    context::set_current(kapi::Symbol::empty());
    let problem = result.err().map(|e| e.text.clone()).filter(|text| text.starts_with("internal"));
    assert_eq!(problem, None);
    assert_eq!(heap::live_here(), before, "live objects and bytes");
}
