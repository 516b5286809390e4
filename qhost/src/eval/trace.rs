//! Where an error came from: lines of a trace, gathered while evaluation unwinds.
//!
//! A frame is kept as one string of two lines, the place and a line with the caret; the second is empty when
//! the place is not known.

use crate::state::output;
use crate::syntax::lex::Source;
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};
use kapi::symbol::Symbol;

/// Frames kept of a deep recursion.
const MOST: usize = 64;

/// Adds the frame of a lambda that an error passed through: `span` of a source, under the lambda's name.
pub fn push_lambda(
    error: &mut QError,
    source: &Source,
    span: (usize, usize),
    name: Symbol,
    failed_at: Option<usize>,
) {
    if error.trace.len() < MOST {
        let label = if name.is_empty() { String::new() } else { format!("{}:", name.as_str()) };
        error.trace.push(frame(source, span, &label, failed_at));
    }
}

/// Adds the frame of a top-level statement.
pub fn top(mut error: QError, source: &Source, failed_at: Option<usize>) -> QError {
    error.trace.push(frame(source, (0, source.text.len()), "", failed_at));
    error
}

/// `.Q.sbt`: the trace that `.Q.trp` hands to its handler, as text.
///
/// # Errors
/// `type` when it is no list of strings.
pub fn text(x: &Obj) -> R {
    if x.tag() != tag::LIST || x.items().iter().any(|frame| frame.tag() != tag::KC) {
        return Err(QError::type_());
    }
    let frames: Vec<_> =
        x.items().iter().map(|frame| String::from_utf8_lossy(frame.slice()).into_owned()).collect();
    Ok(Obj::string(lines(&frames, frames.len()).as_bytes()))
}

/// The report of an uncaught error: the quoted text and the frames, innermost first. `all` shows all of
/// them, otherwise only the innermost, as the prompt does.
pub fn report(error: &QError, all: bool) -> String {
    let shown = if all { error.trace.len() } else { 1 };
    format!("'{}\n{}", error.text, lines(&error.trace, shown))
}

/// Prints an error that nobody has trapped; `all` of its trace, or the end that is the console's.
pub fn print(error: &QError, all: bool) {
    drop(output::stderr(report(error, all).as_bytes()));
}

/// The innermost frames, numbered from the outermost.
fn lines(frames: &[String], shown: usize) -> String {
    let mut out = String::new();
    for (i, frame) in frames.iter().enumerate().take(shown) {
        let head = format!("  [{}]  ", frames.len() - 1 - i);
        let (place, caret) = frame.split_once('\n').unwrap_or((frame, ""));
        out += &format!("{head}{place}\n");
        if !caret.is_empty() {
            out += &format!("{:width$}{caret}\n", "", width = head.len());
        }
    }
    out
}

/// The line of `span` that holds `failed_at` (the first without it), after where it is.
fn frame(source: &Source, span: (usize, usize), label: &str, failed_at: Option<usize>) -> String {
    let text = &source.text;
    let pos = failed_at.unwrap_or(span.0).clamp(span.0, span.1);
    let line_start = text[..pos].iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
    let line_end = text[pos..].iter().position(|&b| b == b'\n').map_or(text.len(), |at| pos + at);
    let (from, to) = (line_start.max(span.0), line_end.min(span.1).max(pos));
    let mut place = String::new();
    if let Some(file) = &source.file {
        let number = source.line + text[..from].iter().filter(|&&b| b == b'\n').count();
        place += &format!("{file}:{number}: ");
    }
    if from == span.0 {
        place += label;
    }
    let caret = match failed_at {
        Some(_) => {
            let before = String::from_utf8_lossy(&text[from..pos]).chars().count();
            format!("{:width$}^", "", width = place.chars().count() + before)
        }
        None => String::new(),
    };
    format!("{place}{}\n{caret}", String::from_utf8_lossy(&text[from..to]))
}
