//! System commands: what follows a backslash at the start of a line, and the argument of `system`.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::console::ending;
use crate::console::script;
use crate::eval::evaluate as eval;
use crate::eval::peach;
use crate::ipc;
use crate::state::context;
use crate::words::functions;
use crate::words::random;
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};
use kapi::symbol::Symbol;
use kapi::{event, heap};

/// Runs a command, without its backslash. What is no command of q goes to the system's shell.
///
/// # Errors
/// What the command signals; `os` when a shell command fails.
pub fn run(command: &[u8]) -> R {
    let text = String::from_utf8_lossy(command);
    let text = text.trim();
    let (name, argument) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let (name, times) = match name.split_once(':') {
        Some((name @ ("t" | "ts"), times)) => (name, times.parse().map_err(|_| QError::named(times))?),
        _ => (name, 1u64),
    };
    let argument = argument.trim();
    match COMMANDS.iter().find(|(known, _)| *known == name) {
        Some((_, run)) => run(argument),
        None => match name {
            "t" => timer_or_time(argument, times),
            "ts" => time_and_space(argument, times),
            _ => shell(text),
        },
    }
}

/// `system "command"`
///
/// # Errors
/// `type` when `x` is no string, and what the command signals.
pub fn system(x: &Obj) -> R {
    match x.tag() {
        tag::KC => run(x.slice::<u8>()),
        -10 => run(&[x.get::<u8>()]),
        _ => Err(QError::type_()),
    }
}

/// The most threads that `\s` sets.
const MOST_THREADS: u64 = 1024;

/// What a command does with its argument.
type Run = fn(&str) -> R;

/// The commands of one letter or word, each with what it does to its argument.
const COMMANDS: &[(&str, Run)] = &[
    ("l", |file| if file.is_empty() { Err(QError::named("l")) } else { script::load_named(file) }),
    ("d", namespace),
    ("v", |space| listed(space, |value| value.tag() < tag::LAMBDA)),
    ("f", |space| listed(space, functions::is_function)),
    ("a", |space| listed(space, is_table)),
    ("b", |space| Ok(Obj::from_slice::<Symbol>(tag::KS, &context::views(space_named(space))))),
    ("c", console_size),
    ("C", |_| Ok(Obj::null())),
    ("P", precision),
    ("S", seed),
    ("p", ipc::listen),
    ("e", ignored),
    ("g", ignored),
    ("x", forget),
    ("s", secondary_threads),
    ("w", workspace),
    ("cd", directory),
    ("\\", |_| ending::exit(0)),
    ("", |_| Ok(Obj::null())),
];

fn is_table(value: &Obj) -> bool {
    value.tag() == tag::XT || (value.tag() == tag::XD && value.dict_parts().0.tag() == tag::XT)
}

/// The namespace an argument names: the current one when there is none, empty for the root.
fn space_named(name: &str) -> Symbol {
    match name {
        "" => context::current(),
        "." => Symbol::empty(),
        _ => Symbol::from(name),
    }
}

fn listed(space: &str, wanted: impl Fn(&Obj) -> bool) -> R {
    Ok(Obj::from_slice::<Symbol>(tag::KS, &context::names(space_named(space), wanted)))
}

fn namespace(name: &str) -> R {
    match name {
        "" => {
            let current = context::current();
            Ok(Obj::sym(if current.is_empty() { Symbol::from(".") } else { current }))
        }
        _ if name.starts_with('.') => {
            context::set_current(Symbol::from(name));
            Ok(Obj::null())
        }
        _ => Err(QError::named(name)),
    }
}

fn whole(text: &str) -> R<i64> {
    text.trim_end_matches('i').parse().map_err(|_| QError::named(text))
}

/// A setting that the host does not have: 0, whatever it is set to.
fn ignored(argument: &str) -> R {
    Ok(if argument.is_empty() { Obj::int(0) } else { Obj::null() })
}

/// `\x .z.ts`: as if it had never been assigned.
fn forget(name: &str) -> R {
    context::delete(Symbol::from(name));
    Ok(Obj::null())
}

fn console_size(argument: &str) -> R {
    let mut settings = context::settings();
    if argument.is_empty() {
        let (rows, columns) = settings.console;
        return Ok(Obj::from_slice::<i32>(tag::KI, &[rows as i32, columns as i32]));
    }
    let sizes = argument.split_whitespace().map(whole).collect::<R<Vec<i64>>>()?;
    let [rows, columns] = sizes[..] else { return Err(QError::length()) };
    settings.console = (rows.clamp(10, 2000) as usize, columns.clamp(10, 2000) as usize);
    context::set_settings(settings);
    Ok(Obj::null())
}

fn precision(argument: &str) -> R {
    let mut settings = context::settings();
    if argument.is_empty() {
        return Ok(Obj::int(settings.precision as i32));
    }
    settings.precision = whole(argument)?.clamp(0, 17) as usize;
    context::set_settings(settings);
    Ok(Obj::null())
}

fn seed(argument: &str) -> R {
    if argument.is_empty() {
        return Ok(Obj::int(random::seed()));
    }
    random::set_seed(whole(argument)? as i32);
    Ok(Obj::null())
}

fn secondary_threads(argument: &str) -> R {
    if argument.is_empty() {
        return Ok(Obj::int(peach::threads() as i32));
    }
    peach::set_threads(whole(argument)?.unsigned_abs().min(MOST_THREADS) as usize);
    Ok(Obj::null())
}

/// `\w`: memory figures; with a number, the limit in megabytes.
fn workspace(argument: &str) -> R {
    if !argument.is_empty() {
        let limit = usize::try_from(whole(argument)?).map_err(|_| QError::domain())?;
        heap::set_limit(limit.saturating_mul(1 << 20));
        return Ok(Obj::null());
    }
    let stats = heap::stats();
    let numbers = [stats.bytes, stats.heap as i64, stats.peak as i64, heap::limit() as i64, 0, 0];
    Ok(Obj::from_slice::<i64>(tag::KJ, &numbers))
}

fn directory(path: &str) -> R {
    let failed = |error: std::io::Error| QError::named(format!("{path}. OS reports: {error}"));
    if path.is_empty() {
        let here = std::env::current_dir().map_err(failed)?;
        return Ok(Obj::string(here.to_string_lossy().as_bytes()));
    }
    std::env::set_current_dir(path).map_err(failed)?;
    Ok(Obj::null())
}

/// `\t`: the timer's interval, a new interval in milliseconds, or how long an expression takes in them.
fn timer_or_time(argument: &str, times: u64) -> R {
    if argument.is_empty() {
        let interval = event::timer().unwrap_or_default();
        return Ok(Obj::int(interval.as_millis() as i32));
    }
    if let Ok(interval) = whole(argument) {
        event::set_timer(Some(Duration::from_millis(interval.max(0) as u64)));
        return Ok(Obj::null());
    }
    Ok(Obj::long(timed(argument, times)?.as_millis() as i64))
}

/// `\ts`: milliseconds and the most bytes more than before that an expression took.
fn time_and_space(argument: &str, times: u64) -> R {
    let before = heap::stats();
    let taken = timed(argument, times)?;
    let after = heap::stats();
    let more = (after.peak - before.peak).max(after.heap.saturating_sub(before.heap));
    Ok(Obj::from_slice::<i64>(tag::KJ, &[taken.as_millis() as i64, more as i64]))
}

fn timed(expression: &str, times: u64) -> R<Duration> {
    let program = eval::prepare(&crate::syntax::lex::Source::inline(expression.as_bytes()))?;
    let start = Instant::now();
    for _ in 0..times {
        program.run()?;
    }
    Ok(start.elapsed())
}

/// Runs a command of the system; its output by lines.
fn shell(command: &str) -> R {
    let mut shell = if cfg!(windows) { Command::new("cmd") } else { Command::new("sh") };
    let shell = shell.arg(if cfg!(windows) { "/C" } else { "-c" }).arg(command);
    let output = shell.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| QError::named(format!("os: {error}")))?;
    if !output.status.success() {
        return Err(QError::named("os"));
    }
    let text = output.stdout.strip_suffix(b"\n").unwrap_or(&output.stdout);
    if text.is_empty() {
        return Ok(Obj::list(vec![]));
    }
    Ok(Obj::list(text.split(|&b| b == b'\n').map(Obj::string).collect()))
}
