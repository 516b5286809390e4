//! Bad input through every entry point: the text of the error, nothing leaked, nothing done, the process alive.

mod arguments;
mod binding;
mod forms;
mod named;
mod natives;
mod structs;
#[path = "../support/mod.rs"]
mod support;

use kapi::{Obj, heap};

use support::names::here;
use support::{Callees, call, items, native, q};

/// The C functions of these tests.
static CALLEES: Callees = Callees::new("errors", include_str!("../c/errors.c"));

/// Demands that a call signals this text each time, and leaves no objects behind.
fn signals(f: &Obj, args: &[Obj], text: &str, context: &str) {
    let expected = Err(here(text));
    assert_eq!(call(f, args), expected, "{context}");
    let before = heap::live_here();
    assert_eq!(call(f, args), expected, "{context} again");
    assert_eq!(heap::live_here(), before, "objects and bytes after {context}");
}

/// Demands that a native function signals each row's text for the arguments in the q list on its left.
fn table(name: &str, rows: &[(&str, &str)]) {
    made_table(name, rows.iter().map(|&(source, text)| (source.to_string(), text)));
}

/// The same of rows that are made.
fn made_table<T: AsRef<str>>(name: &str, rows: impl IntoIterator<Item = (String, T)>) {
    let f = native(name);
    for (source, text) in rows {
        signals(&f, &items(&q(&here(&source))), text.as_ref(), &format!("{name} . {source}"));
    }
}

/// The same of several native functions; `WHAT` is the name of each.
fn tables(names: &[&str], rows: &[(&str, &str)]) {
    for name in names {
        made_table(name, rows.iter().map(|(source, text)| (source.to_string(), text.replace("WHAT", name))));
    }
}

support::all_again!(with_guard);
