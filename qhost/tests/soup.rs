//! Random programs: whatever the text, evaluation ends with a value or an error, without a panic, and leaves
//! no object behind.

#[path = "common/limited.rs"]
mod limited;

use kapi::heap;
use proptest::prelude::*;
use qhost::state::primitives::{Kind, Word};
use qhost::table::WORDS;
use std::io::Write;
use std::os::fd::AsRawFd;

/// Words that reach outside of the process, or end it.
const OUTSIDE: [&str; 14] = [
    "exit", "system", "hdel", "setenv", "read0", "read1", "0:", "1:", "2:", "set", "hcount", "hopen",
    "hclose", "use",
];

/// Values of every kind.
const NOUNS: &[&str] = &[
    "0",
    "2",
    "-1",
    "0N",
    "0W",
    "1.5",
    "0n",
    "1b",
    "0x07",
    "3h",
    "4i",
    "2.5e",
    "\"c\"",
    "`a",
    "`",
    "0Ng",
    "2000.01.01",
    "2000.01m",
    "12:30",
    "12:30:01",
    "00:00:01.5",
    "0D01",
    "2000.01.01D01",
    "1 2 3",
    "3 0N 1",
    "1.5 0n 2",
    "010b",
    "0x0102",
    "1 2h",
    "3 4i",
    "1 2e",
    "\"text\"",
    "`a`b`a",
    "2000.01.01 2001.01.01",
    "12:30 13:45",
    "()",
    "0#0",
    "\"\"",
    "0#`",
    "(1;`a;\"x\")",
    "(1 2;3 4)",
    "(1 2;\"ab\")",
    "(::)",
    "`a`b!1 2",
    "1 2!(`x;3)",
    "([]a:1 2;b:`x`y)",
    "([k:`a`b]v:1 2)",
    "{x}",
    "{x+y}",
    "(+)",
    "til",
    "(+/)",
    "(1+)",
    "(neg abs ::)",
    "{[a;b;c]a}[;1]",
    "(,')",
    "0Np",
    "\"1+2\"",
    "`.n",
    "(`a;1 2)",
    "enlist 1 2",
    "((1;2);3)",
];

/// What programs are made of besides the words: punctuation, control words, values, variables.
const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ";",
    ";",
    ":",
    "::",
    " ",
    " ",
    " ",
    "\n ",
    "x",
    "y",
    "z",
    "a",
    "b",
    "a:",
    "b:",
    "a[0]:",
    "a+:",
    "a,:",
    "+:",
    "#:",
    "f:{x+y}",
    "f",
    "$[",
    "if[",
    "do[3;",
    "{[a;b]",
    "'",
    "/",
    "\\",
    "/:",
    "\\:",
    "':",
    "0",
    "1",
    "2",
    "3 4 5",
    "1.5",
    "0n",
    "0 0N",
    "-1 2",
    "0W",
    "1b",
    "010b",
    "0x0102",
    "3h",
    "4i",
    "2.5e",
    "\"text\"",
    "\"c\"",
    "\"1+2\"",
    "`a",
    "`a`b`c",
    "`",
    "()",
    "(1;`a;\"x\")",
    "(::)",
    "2000.01.01",
    "12:30",
    "0D01",
    "2000.01m",
    "00:00:01.5",
    "0Ng",
    "([]a:1 2;b:3 4)",
    "([k:`a`b]v:1 2)",
    "`a`b!1 2",
    ".z.s",
    ".n.v",
    ".n.v:",
    "select a from ",
    "exec ",
    "update b:1 from ",
    " by ",
    " where ",
    " from ",
    "@[",
    ".[",
    "?[",
    "![",
];

fn words(wanted: impl Fn(&Word) -> bool) -> Vec<&'static str> {
    WORDS.iter().filter(|word| wanted(word) && !OUTSIDE.contains(&word.name)).map(|word| word.name).collect()
}

/// Tokens in any order.
fn tokens() -> impl Strategy<Value = String> {
    let piece = prop_oneof![3 => prop::sample::select(PIECES), 2 => prop::sample::select(words(|_| true))];
    let blank = prop::sample::select(&["", " "][..]);
    (prop::collection::vec(piece, 1..14), blank).prop_map(|(pieces, blank)| pieces.join(blank))
}

/// Expressions that parse, so that the words get to see many kinds of values.
fn expression() -> impl Strategy<Value = String> {
    let infix = prop::sample::select(words(|word| matches!(word.kind, Kind::Operator | Kind::Infix)));
    let prefix = prop::sample::select(words(|word| word.kind == Kind::Prefix));
    let iterator = prop::sample::select(&["'", "/", "\\", "/:", "\\:", "':"][..]);
    prop::sample::select(NOUNS).prop_map(str::to_owned).prop_recursive(4, 24, 3, move |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            4 => (pair.clone(), infix.clone()).prop_map(|((x, y), f)| format!("({x}) {f} {y}")),
            3 => (inner.clone(), prefix.clone()).prop_map(|(x, f)| format!("{f} {x}")),
            1 => (pair.clone(), infix.clone(), iterator.clone()).prop_map(|((x, y), f, i)| format!("({x}) {f}{i} {y}")),
            1 => (inner.clone(), infix.clone(), iterator.clone()).prop_map(|(x, f, i)| format!("({f}{i}) {x}")),
            1 => (inner.clone(), prefix.clone(), iterator.clone()).prop_map(|(x, f, i)| format!("{f}{i}[{x}]")),
            1 => (pair.clone(), prefix.clone()).prop_map(|((x, y), f)| format!("{f}[{x};{y}]")),
            1 => (inner.clone(), pair.clone(), infix.clone()).prop_map(|(x, (y, z), f)| format!("{f}[{x};{y};{z}]")),
            1 => pair.clone().prop_map(|(x, y)| format!("({x};{y})")),
            1 => pair.clone().prop_map(|(x, y)| format!("({x})[{y}]")),
            1 => pair.clone().prop_map(|(x, y)| format!("[a:{x};a[0]:{y};a]")),
            1 => (inner.clone(), pair, infix.clone()).prop_map(|(x, (y, z), f)| format!("@[{x};{y};{f};{z}]")),
            1 => inner.prop_map(|x| format!("{{x+y}}[{x}]")),
        ]
    })
}

fn program() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => tokens().prop_map(String::into_bytes),
        4 => expression().prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..40),
    ]
}

/// Sends standard output nowhere until it is dropped: programs print what they like.
struct Silence(i32);

impl Silence {
    fn new() -> Silence {
        let nowhere = std::fs::File::options().write(true).open("/dev/null").unwrap();
        // SAFETY: descriptors of this process; the copy keeps the real output.
        let kept = unsafe { libc::dup(1) };
        // SAFETY: both are open.
        unsafe { libc::dup2(nowhere.as_raw_fd(), 1) };
        Silence(kept)
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        drop(std::io::stdout().flush());
        // SAFETY: the copy that `new` made.
        unsafe {
            libc::dup2(self.0, 1);
            libc::close(self.0);
        }
    }
}

#[test]
fn any_program_ends_well() {
    limited::start(1 << 30);
    let silence = Silence::new();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: std::env::var("SOUP_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(3000),
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let result = runner.run(&program(), |text| {
        let before = heap::live_here();
        let error = limited::run(&text).unwrap_or_default();
        let shown = String::from_utf8_lossy(&text).into_owned();
        prop_assert!(!error.starts_with("internal"), "{error} in {shown}");
        prop_assert_eq!(heap::live_here(), before, "left by {}", shown);
        Ok(())
    });
    drop(silence);
    result.unwrap();
}
