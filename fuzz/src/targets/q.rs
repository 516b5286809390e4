//! Any bytes as a q program: it ends with a value or an error, without a panic, and leaves no object behind.

use std::sync::Once;

use kapi::heap;

use crate::limited;

/// What reaches outside of the process, or ends it; a backslash begins a command.
const OUTSIDE: [&[u8]; 13] = [
    b"exit", b"system", b"hdel", b"setenv", b"hopen", b"use", b"read", b"0:", b"1:", b"2:", b"set",
    b"hcount", b"\\",
];

/// Runs the program.
pub fn run(text: &[u8]) {
    static START: Once = Once::new();
    START.call_once(|| limited::start(1 << 28));
    if OUTSIDE.iter().any(|word| text.windows(word.len()).any(|w| w == *word)) {
        return;
    }
    let before = heap::live_here();
    let problem = limited::run(text).filter(|text| text.starts_with("internal"));
    assert_eq!(problem, None);
    assert_eq!(heap::live_here(), before, "live objects and bytes");
}
