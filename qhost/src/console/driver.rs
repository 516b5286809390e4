//! The program around the interpreter: command line, script, then statements from standard input.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use crate::console::command;
use crate::console::ending::{self, exit};
use crate::console::module;
use crate::console::repl::{Input, Lines, Next, Terminal};
use crate::console::script;
use crate::eval::apply;
use crate::eval::evaluate as eval;
use crate::eval::trace;
use crate::state::context;
use crate::state::interrupt;
use crate::state::output;
use crate::words::format;
use crate::words::variables::{self as system, Arguments};
use kapi::error::{QError, R};
use kapi::event::{self, Driver, Ended};
use kapi::heap;
use kapi::os;
use kapi::symbol::Symbol;

/// Exit status of a process that Ctrl-C ended, by convention.
const INTERRUPTED: i32 = 130;

/// Runs the program on the arguments after its name.
pub fn main(args: Vec<String>) -> ExitCode {
    interrupt::install();
    crate::install();
    script::default_home();
    module::set_search_path();
    // More than there is is `wsfull` instead of a process that the system ends.
    heap::set_limit(os::physical_memory());
    ending::fail_on_purpose();
    let options = Options::of(&args);
    let interactive = io::stdin().is_terminal();
    if let Err(error) = options.apply() {
        trace::print(&error, false);
    }
    if let Some(script) = &options.script
        && let Err(error) = kapi::error::catch(|| script::load_named(script))
    {
        trace::print(&error, true);
        if !interactive {
            exit(1);
        }
    }
    if !interactive {
        serve(Lines::default());
    }
    if !options.quiet {
        println!("qhost {}", env!("CARGO_PKG_VERSION"));
    }
    match Terminal::start() {
        Ok(terminal) => serve(terminal),
        Err(_) => serve(Lines::default()),
    }
}

/// What the command line asks for.
#[derive(Default)]
struct Options {
    script: Option<String>,
    rest: Vec<String>,
    quiet: bool,
    /// Commands that options stand for: `-P 12` is `\P 12`.
    commands: Vec<String>,
}

impl Options {
    fn of(args: &[String]) -> Options {
        let (script, rest) = match args.split_first() {
            Some((first, rest)) if !first.starts_with('-') => (Some(first.clone()), rest),
            _ => (None, args),
        };
        let mut options = Options { script, rest: rest.to_vec(), ..Options::default() };
        for (i, option) in rest.iter().enumerate() {
            let value = |n: usize| rest[i + 1..].iter().take(n).cloned().collect::<Vec<_>>().join(" ");
            match option.as_str() {
                "-q" => options.quiet = true,
                "-c" => options.commands.push(format!("c {}", value(2))),
                "-P" | "-S" | "-p" | "-t" | "-s" | "-w" => {
                    options.commands.push(format!("{} {}", &option[1..], value(1)));
                }
                _ => {}
            }
        }
        options
    }

    fn apply(&self) -> R<()> {
        system::set_arguments(Arguments {
            script: self.script.clone().unwrap_or_default(),
            rest: self.rest.clone(),
            quiet: self.quiet,
        });
        self.commands.iter().try_for_each(|text| command::run(text.as_bytes()).map(drop))
    }
}

/// Runs statements and events until the input ends; then events until none can come.
fn serve(mut input: impl Input) -> ! {
    loop {
        match input.next() {
            Next::Statement(statement) => {
                interrupt::clear();
                show(kapi::error::catch(|| script::run(&statement, None)));
            }
            Next::Wait => {
                let ended = event::run_until_input(input.descriptor(), &mut Console);
                if ended == Ended::Interrupted && !input.survives_interrupt() {
                    exit(INTERRUPTED);
                }
            }
            Next::End if input.outlived_by_events() => match event::run(&mut Console) {
                Ended::Interrupted => exit(INTERRUPTED),
                _ => exit(0),
            },
            Next::End => exit(0),
        }
    }
}

/// Prints what a statement gives.
fn show(outcome: R<eval::Outcome>) {
    match outcome {
        // Nobody is left to tell when the outputs are closed.
        Ok(outcome) if outcome.shown => drop(output::stdout(&format::console(&outcome.value))),
        Ok(_) => {}
        Err(error) => trace::print(&error, false),
    }
}

/// What the event loop does on the interpreter's behalf.
struct Console;

impl Driver for Console {
    fn tick(&mut self) {
        let handler = context::global(Symbol::from(".z.ts"));
        if let Ok(handler) = handler.get()
            && let Err(error) = kapi::error::catch(|| apply::apply(&handler, &[system::timestamp()]))
        {
            trace::print(&error, true);
        }
    }

    fn failed(&mut self, error: QError) {
        trace::print(&error, true);
    }

    fn interrupted(&mut self) -> bool {
        // Other signals, such as that of a resized window, are nobody's concern.
        interrupt::check().is_err()
    }
}
