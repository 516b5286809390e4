//! The program around the interpreter: command line, prompt, scripts, modules and system commands.

pub mod command;
pub mod driver;
pub(crate) mod ending;
pub(crate) mod loading;
pub(crate) mod module;
pub(crate) mod repl;
pub mod script;
