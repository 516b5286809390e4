//! The conformance suite: q expressions and what kdb+ shows for them.
//!
//! Each file under `conformance/` is one area. Rows are blocks apart by empty lines; a row is one or more inputs
//! after `q)`, each followed by the console text it gives (an error as `'text`). A line `@ page` names the page of
//! code.kx.com/q the rows below it are taken from. Each row starts with empty globals and default settings, and
//! must leave no K object behind.

use kapi::{QError, R, heap};
use qhost::state::context::{self, Settings};
use qhost::{eval::evaluate as eval, words::format};
use std::fmt::Write;
use std::path::Path;

/// Bytes the rows may take, so that absurd sizes are `'wsfull` on any machine.
const MEMORY: usize = 1 << 30;

/// One input and what it must show.
struct Step {
    input: String,
    expected: String,
}

/// A block of the file.
struct Row {
    line: usize,
    page: String,
    steps: Vec<Step>,
}

fn parse(text: &str) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let (mut page, mut open) = (String::new(), false);
    for (number, line) in text.lines().enumerate() {
        if let Some(name) = line.strip_prefix("@ ") {
            page = name.to_owned();
        } else if let Some(input) = line.strip_prefix("q)") {
            if !open {
                rows.push(Row { line: number + 1, page: page.clone(), steps: Vec::new() });
            }
            let step = Step { input: input.to_owned(), expected: String::new() };
            rows.last_mut().expect("pushed").steps.push(step);
            open = true;
        } else if line.is_empty() {
            open = false;
        } else if open {
            let step = rows.last_mut().and_then(|row| row.steps.last_mut()).expect("open");
            step.expected.push_str(line);
            step.expected.push('\n');
        }
    }
    rows
}

/// What the console shows for an input.
fn shown(input: &str) -> String {
    let outcome: R<Vec<u8>> = kapi::error::catch(|| match input.starts_with('\\') {
        true => eval::text(input.as_bytes()).map(|value| format::console(&value)),
        false => eval::run(&qhost::Source::inline(input.as_bytes())).map(|outcome| match outcome.shown {
            true => format::console(&outcome.value),
            false => Vec::new(),
        }),
    });
    match outcome {
        Ok(text) => String::from_utf8_lossy(&text).into_owned(),
        Err(error) => error_line(&error),
    }
}

fn error_line(error: &QError) -> String {
    format!("'{}\n", error.text)
}

/// Runs a row; what went wrong, if anything did.
fn failure(row: &Row) -> Option<String> {
    context::set_settings(Settings { console: (25, 80), precision: 7 });
    let before = heap::live_here();
    let mut report = String::new();
    for step in &row.steps {
        let text = shown(&step.input);
        if text != step.expected {
            let _ = writeln!(report, "q){}\n expected {:?}\n but got  {text:?}", step.input, step.expected);
        }
    }
    context::clear();
    let after = heap::live_here();
    if after != before {
        let _ = writeln!(report, "left (objects, bytes) {after:?}, had {before:?}: q){}", row.steps[0].input);
    }
    (!report.is_empty()).then(|| format!("line {} (code.kx.com/q/{}/)\n{report}", row.line, row.page))
}

fn check(area: &str, least: usize) {
    qhost::install();
    heap::set_limit(MEMORY);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance").join(area);
    let text = std::fs::read_to_string(&file).expect("the area's rows");
    let rows = parse(&text);
    assert!(rows.len() >= least, "{area} has only {} rows", rows.len());
    assert!(rows.iter().all(|row| !row.page.is_empty()), "every row cites a page");
    // The first use of a word may fill a cache that stays; let that happen before objects are counted.
    rows.iter().for_each(|row| drop(failure(row)));
    let failures: Vec<String> = rows.iter().filter_map(failure).collect();
    assert!(
        failures.is_empty(),
        "{area}: {} of {} rows\n{}",
        failures.len(),
        rows.len(),
        failures.join("\n")
    );
}

macro_rules! areas {
    ($($area:ident: $least:literal,)*) => {$(
        #[test]
        fn $area() {
            check(concat!(stringify!($area), ".txt"), $least);
        }
    )*};
}

areas! {
    display: 150,
    types: 150,
    lists: 100,
    search: 80,
    aggregates: 100,
    casts: 150,
    iterators: 60,
    tables: 25,
    errors: 40,
    syntax: 90,
    assign: 90,
    control: 50,
}
