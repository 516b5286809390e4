//! The program around the interpreter: command line, script, then statements from standard input.

use std::io::{self, BufRead, Write};
use std::path::Path;
use std::process::ExitCode;

use super::system::{self, Arguments};
use super::{eval, format, interrupt, script, trace};
use crate::error::R;

/// Runs the program on the arguments after its name.
pub fn main(args: Vec<String>) -> ExitCode {
    interrupt::install();
    super::install();
    script::default_home();
    let mut args = args.into_iter();
    let script = args.next();
    let rest: Vec<String> = args.collect();
    system::set_arguments(Arguments { script: script.clone().unwrap_or_default(), rest, quiet: true });
    if let Some(script) = script
        && let Err(error) = script::load(Path::new(&script))
    {
        eprint!("{}", trace::report(&error, true));
        return ExitCode::FAILURE;
    }
    for line in io::stdin().lock().split(b'\n').map_while(Result::ok) {
        let statement = script::Statement { text: line, line: 0 };
        show(script::run(&statement, None));
    }
    ExitCode::SUCCESS
}

/// Prints what a statement gives.
fn show(outcome: R<eval::Outcome>) {
    let result = match outcome {
        Ok(outcome) if outcome.shown => io::stdout().write_all(&format::console(&outcome.value)),
        Ok(_) => Ok(()),
        Err(error) => write!(io::stderr(), "{}", trace::report(&error, false)),
    };
    // Nobody is left to tell when the outputs are closed.
    drop(result);
}
