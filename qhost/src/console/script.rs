//! Script files: from lines to statements, and running them.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::console::loading;
use crate::eval::evaluate as eval;
use crate::eval::outside;
use crate::eval::trace;
use crate::state::context;
use crate::syntax::lex::Source;
use kapi::error::{QError, R};
use kapi::object::Obj;

/// A statement of a file: its text, and the number of its first line.
#[derive(Debug, PartialEq, Eq)]
pub struct Statement {
    /// All its lines, comments included.
    pub text: Vec<u8>,
    /// Number of its first line, from 1.
    pub line: usize,
}

/// Joins lines to statements: an indented line, and one that begins with a closing bracket, continues the
/// statement before it; `/` alone opens a block comment that `\` alone closes; `\` alone outside of one ends
/// the script.
#[derive(Debug, Default)]
pub struct Splitter {
    pending: Option<Statement>,
    /// Lines since the last one of the pending statement that belong to nothing.
    skipped: Vec<u8>,
    in_comment: bool,
    line: usize,
}

impl Splitter {
    /// Takes the next line, without its end, and gives the statement that it shows to be complete. Breaks
    /// when the script ends here.
    pub fn push(&mut self, line: &[u8]) -> ControlFlow<Option<Statement>, Option<Statement>> {
        self.line += 1;
        let line = line.trim_ascii_end();
        match (line, self.in_comment) {
            (b"\\", true) => self.skip(b"", false),
            (_, true) => self.skip(b"", true),
            (b"/", false) => self.skip(b"", true),
            (b"\\", false) => return ControlFlow::Break(self.pending.take()),
            ([] | [b'/', ..], false) => self.skip(line, false),
            ([b' ' | b'\t' | b'}' | b')' | b']', ..], false) if self.pending.is_some() => self.join(line),
            _ => return ControlFlow::Continue(self.begin(line)),
        }
        ControlFlow::Continue(None)
    }

    /// The statement that the end of the text completes.
    pub fn finish(&mut self) -> Option<Statement> {
        self.pending.take()
    }

    /// A line without code. It is kept, as it may turn out to be inside of a statement.
    fn skip(&mut self, line: &[u8], in_comment: bool) {
        self.in_comment = in_comment;
        self.skipped.push(b'\n');
        self.skipped.extend_from_slice(line);
    }

    fn join(&mut self, line: &[u8]) {
        if let Some(pending) = &mut self.pending {
            pending.text.append(&mut self.skipped);
            pending.text.push(b'\n');
            pending.text.extend_from_slice(line);
        }
    }

    fn begin(&mut self, line: &[u8]) -> Option<Statement> {
        self.skipped.clear();
        self.pending.replace(Statement { text: line.to_vec(), line: self.line })
    }
}

/// The statements of a script.
pub fn statements(text: &[u8]) -> Vec<Statement> {
    let mut splitter = Splitter::default();
    let mut all = Vec::new();
    for (n, line) in text.split(|&b| b == b'\n').enumerate() {
        // The line that names an interpreter to the system.
        let line = if n == 0 && line.starts_with(b"#!") { &b""[..] } else { line };
        match splitter.push(line) {
            ControlFlow::Continue(complete) => all.extend(complete),
            ControlFlow::Break(last) => {
                all.extend(last);
                return all;
            }
        }
    }
    all.extend(splitter.finish());
    all
}

/// Runs a statement: a system command when it starts with a backslash.
///
/// # Errors
/// What it signals, with its place in the trace.
pub fn run(statement: &Statement, file: Option<&Arc<str>>) -> R<eval::Outcome> {
    let source = Arc::new(Source { text: statement.text.clone(), file: file.cloned(), line: statement.line });
    match statement.text.strip_prefix(b"\\") {
        Some(command) => {
            let value =
                (outside::get().command)(command).map_err(|error| trace::top(error, &source, None))?;
            Ok(eval::Outcome { value, shown: true })
        }
        None => eval::run(&source),
    }
}

/// Loads a script: runs its statements in order, in the root namespace's terms until it says `\d`. The
/// namespace is what it was afterwards.
///
/// # Errors
/// The system's words when the file cannot be read, and what a statement signals; the rest is not run.
pub fn load(path: &Path) -> R<()> {
    let text = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
    let full = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let file: Arc<str> = full.to_string_lossy().into();
    let space = context::current();
    let result = statements(&text).iter().try_for_each(|statement| run(statement, Some(&file)).map(drop));
    context::set_current(space);
    result
}

fn unreadable(path: &Path, error: &std::io::Error) -> QError {
    let reason = match error.kind() {
        std::io::ErrorKind::NotFound => "No such file or directory".to_owned(),
        _ => error.to_string(),
    };
    QError::named(format!("{}. OS reports: {reason}", path.display()))
}

/// `\l name`: the file in the current directory, otherwise below `$QHOME`; `.q` may be left out. After two colons, a
/// file beside the module that is being loaded.
///
/// # Errors
/// As [`load`].
pub fn load_named(name: &str) -> R {
    if let Some(file) = loading::relative(name)? {
        return load(&file).map(|()| Obj::null());
    }
    let named = PathBuf::from(name);
    let candidates = [Some(named.clone()), home().map(|home| home.join(name))];
    let with_extension = |path: PathBuf| {
        let mut longer = path.clone().into_os_string();
        longer.push(".q");
        [path, longer.into()]
    };
    let found = candidates.into_iter().flatten().flat_map(with_extension).find(|path| path.is_file());
    load(&found.unwrap_or(named))?;
    Ok(Obj::null())
}

/// `$QHOME`.
pub fn home() -> Option<PathBuf> {
    std::env::var_os("QHOME").map(PathBuf::from)
}

/// Sets `$QHOME` when nobody has: to the folder `q` that holds `ffi.q`, above the executable or above the
/// current directory.
pub fn default_home() {
    if home().is_some() {
        return;
    }
    let starts = [std::env::current_exe().ok(), std::env::current_dir().ok()];
    let above = starts.iter().flatten().flat_map(|start| start.ancestors());
    if let Some(found) = above.map(|dir| dir.join("q")).find(|dir| dir.join("ffi.q").is_file()) {
        // SAFETY: called by main before any other thread exists.
        unsafe { std::env::set_var("QHOME", found) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<(usize, String)> {
        let text_of = |s: Statement| (s.line, String::from_utf8(s.text).unwrap());
        statements(text.as_bytes()).into_iter().map(text_of).collect()
    }

    #[test]
    fn indented_lines_and_closing_brackets_continue() {
        let got = split("f:{\n  x+y\n }\ng:{\n  1\n}\nf[1;2]");
        let want = [(1, "f:{\n  x+y\n }"), (4, "g:{\n  1\n}"), (7, "f[1;2]")];
        assert_eq!(got, want.map(|(n, s)| (n, s.to_owned())));
    }

    #[test]
    fn comments_inside_a_statement_keep_the_line_numbers() {
        let got = split("#!/bin/q\na:1\n/\nblock\n\\\n\n/ note\n +2\n\\\nnever");
        assert_eq!(got, [(2, "a:1\n\n\n\n\n/ note\n +2".to_owned())]);
    }
}
