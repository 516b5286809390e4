//! Where statements come from after the script: a terminal with line editing, or plain standard input.
//!
//! Editing blocks, but timers and handlers must run meanwhile. So the editor has a thread of its own, which
//! wakes the event loop when a line is complete.

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Config, Editor, Helper};

use crate::console::ending;
use crate::console::script::Statement;
use crate::state::context;
use crate::syntax::lex;
use kapi::os::{self, StandardInput, Waker};

/// What a source of statements has to say.
pub enum Next {
    /// A statement.
    Statement(Statement),
    /// Nothing before the descriptor is readable.
    Wait,
    /// There will be no more.
    End,
}

/// A source of statements.
pub trait Input {
    /// The next statement, without waiting unless the descriptor was found readable.
    fn next(&mut self) -> Next;
    /// What to wait for.
    fn descriptor(&self) -> i32;
    /// Does Ctrl-C while waiting leave it running?
    fn survives_interrupt(&self) -> bool {
        false
    }
    /// Do timers and handlers keep the process alive after the end of the input?
    fn outlived_by_events(&self) -> bool {
        false
    }
}

/// Standard input that is no terminal. A statement is a line, or several while a bracket or string is open.
#[derive(Default)]
pub struct Lines {
    input: StandardInput,
    buffer: Vec<u8>,
    pending: Vec<u8>,
    in_comment: bool,
    waited: bool,
    ended: bool,
}

impl Lines {
    /// The next line in the buffer; at the end of the input what is left.
    fn line(&mut self) -> Option<Vec<u8>> {
        if let Some(end) = self.buffer.iter().position(|&b| b == b'\n') {
            let mut line: Vec<u8> = self.buffer.drain(..=end).collect();
            line.pop();
            return Some(line);
        }
        let rest = std::mem::take(&mut self.buffer);
        if !self.ended {
            self.buffer = rest;
            return None;
        }
        (!rest.is_empty()).then_some(rest)
    }

    /// Adds a line to what is pending; the statement, if that completes one.
    fn add(&mut self, line: &[u8]) -> Option<Vec<u8>> {
        let line = line.trim_ascii_end();
        if self.pending.is_empty() && (self.in_comment || line == b"/") {
            self.in_comment = line != b"\\";
            return None;
        }
        if !self.pending.is_empty() {
            self.pending.push(b'\n');
        }
        self.pending.extend_from_slice(line);
        let command = self.pending.starts_with(b"\\");
        let complete = command || !lex::is_incomplete(&self.pending);
        complete.then(|| std::mem::take(&mut self.pending)).filter(|text| !text.is_empty())
    }

    fn read(&mut self) {
        let come = self.input.read();
        self.ended = come.is_empty();
        self.buffer.extend_from_slice(&come);
    }
}

impl Input for Lines {
    fn next(&mut self) -> Next {
        loop {
            if let Some(line) = self.line() {
                if let Some(text) = self.add(&line) {
                    return Next::Statement(Statement { text, line: 0 });
                }
            } else if self.ended {
                let text = std::mem::take(&mut self.pending);
                return if text.is_empty() {
                    Next::End
                } else {
                    Next::Statement(Statement { text, line: 0 })
                };
            } else if std::mem::replace(&mut self.waited, true) {
                self.waited = false;
                self.read();
            } else {
                return Next::Wait;
            }
        }
    }

    fn descriptor(&self) -> i32 {
        self.input.descriptor()
    }

    fn outlived_by_events(&self) -> bool {
        true
    }
}

/// What the editor's thread sends.
enum Line {
    Text(String),
    Interrupted,
    End,
}

/// A terminal with editing and history.
pub struct Terminal {
    prompts: Sender<String>,
    lines: Receiver<Line>,
    awake: Waker,
    /// The editor has a prompt and has not answered.
    asked: bool,
}

impl Terminal {
    /// Starts the editor.
    ///
    /// # Errors
    /// The system's, when there is no pipe or thread to be had.
    pub fn start() -> io::Result<Terminal> {
        ending::save_terminal();
        let (awake, mut wake) = os::waker()?;
        let (prompts, prompted) = channel();
        let (answers, lines) = channel();
        std::thread::Builder::new()
            .name("editor".into())
            .spawn(move || edit(&prompted, &answers, &mut || os::wake(&mut wake)))?;
        Ok(Terminal { prompts, lines, awake, asked: false })
    }
}

impl Input for Terminal {
    fn next(&mut self) -> Next {
        if !self.asked {
            self.asked = true;
            let space = context::current();
            return match self.prompts.send(format!("q{})", space.as_str())) {
                Ok(()) => Next::Wait,
                Err(_) => Next::End,
            };
        }
        let Ok(line) = self.lines.try_recv() else { return Next::Wait };
        self.asked = false;
        if !self.awake.take() {
            return Next::End;
        }
        match line {
            Line::Text(text) => Next::Statement(Statement { text: text.into_bytes(), line: 0 }),
            Line::Interrupted => self.next(),
            Line::End => Next::End,
        }
    }

    fn descriptor(&self) -> i32 {
        self.awake.descriptor()
    }

    fn survives_interrupt(&self) -> bool {
        true
    }
}

/// Answers each prompt with a line, until nobody asks or the input ends.
fn edit(prompts: &Receiver<String>, answers: &Sender<Line>, wake: &mut dyn FnMut() -> bool) {
    let Ok(mut editor) =
        Editor::<Brackets, FileHistory>::with_config(Config::builder().auto_add_history(true).build())
    else {
        return;
    };
    editor.set_helper(Some(Brackets));
    let history = std::env::var_os(os::HOME).map(|home| PathBuf::from(home).join(".qhost_history"));
    if let Some(file) = &history {
        // There is none the first time.
        drop(editor.load_history(file));
    }
    for prompt in prompts {
        let line = match editor.readline(&prompt) {
            Ok(text) => Line::Text(text),
            Err(ReadlineError::Interrupted) => Line::Interrupted,
            Err(_) => Line::End,
        };
        if let Some(file) = &history {
            // Without a place to keep it, the history lasts as long as the session.
            drop(editor.save_history(file));
        }
        if answers.send(line).is_err() || !wake() {
            return;
        }
    }
}

/// Lets the editor go on with another line while a bracket or string is open.
struct Brackets;

impl Validator for Brackets {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let text = context.input();
        let open = !text.starts_with('\\') && lex::is_incomplete(text.as_bytes());
        Ok(if open { ValidationResult::Incomplete } else { ValidationResult::Valid(None) })
    }
}

impl Completer for Brackets {
    type Candidate = String;
}

impl Hinter for Brackets {
    type Hint = String;
}

impl Highlighter for Brackets {}

impl Helper for Brackets {}
