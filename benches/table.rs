//! One command, one table: every workload through every way to do it, in one interleaved run, answers checked.
//!
//! ```text
//! cargo bench --bench table [-- [--save FILE] [--processes N] [--rounds N] [FILTER]]
//! ```

mod support;

use std::process::{Command, Stdio};
use std::time::Duration;

use support::binding::{self, Counting};
use support::host::{self, Host};
use support::report::{Cell, Report};
#[cfg(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu"))]
use support::simd;
use support::timing::{Way, interleave};
use support::{atomics, background, callbacks, calls, loops, many, mixtures, rows};

#[global_allocator]
static HEAP: Counting = Counting;

/// What the command line asks for.
struct Options {
    /// Rounds in each process.
    rounds: usize,
    /// Where code and data lie decides about some nanoseconds, and sometimes about many: so several processes, with
    /// their addresses randomised, measure, and the medians over them count.
    processes: usize,
    save: Option<String>,
    /// Only rows whose section or name contains this.
    filter: String,
    /// Measure in this process, and print the results as lines.
    part: bool,
    /// Print what cells there are, and nothing else.
    list: bool,
    /// `SECTION ROW WAY N`: do the work of one cell N times and nothing else, for a profiler; the C glue must have been
    /// compiled by another run.
    only: Option<[String; 4]>,
}

fn main() {
    if binding::was_child() {
        return;
    }
    let options = Options::read();
    if let Some(cell) = &options.only {
        only(&Host::prepared(), cell);
    } else if options.list {
        list(&Host::new());
    } else if options.part {
        print!("{}", measure(&options).lines());
    } else {
        host::prepare();
        let report = Report::median((0..options.processes).map(|_| part()).collect());
        print!("{report}");
        if let Some(file) = options.save {
            report.save(file.as_ref());
        }
    }
}

/// The results of a process that is given the same options.
fn part() -> Report {
    let us = std::env::current_exe().expect("Linux tells the path");
    let args = std::env::args().skip(1);
    let output =
        Command::new(us).args(args).arg("--part").stderr(Stdio::inherit()).output().expect("a child");
    assert!(output.status.success(), "a process that measures fails: {}", output.status);
    Report::read(&String::from_utf8(output.stdout).expect("text"))
}

fn measure(options: &Options) -> Report {
    let host = Host::prepared();
    let mut report = Report::default();
    for work in work(&host) {
        if work.section.contains(&options.filter) || work.row.contains(&options.filter) {
            report.measured(work.section, &work.row, interleave(&(work.ways)(), options.rounds));
        }
    }
    if !host.is_libe && BINDING.contains(&options.filter) {
        bind_costs(&host, &mut report);
    }
    #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
    if !host.is_libe && LINKING.contains(&options.filter) {
        let costs = support::linking::costs();
        report.cells.extend(costs.map(|(row, value)| cost(LINKING, row, value, "us")));
    }
    report
}

/// A row of the table: its ways are set up only when they are needed.
struct Work<'a> {
    section: &'static str,
    row: String,
    ways: Box<dyn Fn() -> Vec<Way> + 'a>,
}

impl<'a> Work<'a> {
    fn new(section: &'static str, row: String, ways: impl Fn() -> Vec<Way> + 'a) -> Self {
        Self { section, row, ways: Box::new(ways) }
    }
}

/// All rows that are timed in turn.
fn work(host: &Host) -> Vec<Work<'_>> {
    let calls = rows::ROWS.iter().map(|row| Work::new("calls", row.label(), || calls::ways(host, row)));
    let in_turn = many::COUNTS
        .iter()
        .map(|&n| Work::new("in turn", format!("{n} functions"), move || many::ways(host, n)));
    let vectors = atomics::LENGTHS
        .iter()
        .map(|&n| Work::new("vectors, an element", format!("{n} elements"), move || atomics::ways(host, n)));
    let steps =
        loops::ROWS.iter().map(|row| Work::new("steps, an element", row.label(), || loops::ways(host, row)));
    let mixtures = mixtures::ROWS
        .iter()
        .map(|row| Work::new("mixtures, an element", row.label(), || mixtures::ways(host, row)));
    // KX's library has neither `dot` nor `sd1`.
    let callbacks = callbacks::ROWS
        .iter()
        .filter(|_| !host.is_libe)
        .map(|row| Work::new("callbacks", row.label(), || callbacks::ways(host, row)));
    let background = background::ROWS
        .iter()
        .filter(|_| !host.is_libe)
        .map(|&row| Work::new("background", row.into(), move || background::ways(host, row)));
    let loops = vectors.chain(mixtures).chain(variants(host)).chain(steps);
    calls.chain(in_turn).chain(loops).chain(callbacks).chain(background).collect()
}

/// Functions that have vector variants.
#[cfg(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu"))]
fn variants(host: &Host) -> impl Iterator<Item = Work<'_>> {
    let work = move |&name| Work::new("simd, an element", simd::label(name), move || simd::ways(host, name));
    simd::ROWS.iter().map(work)
}

#[cfg(not(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu")))]
fn variants(_: &Host) -> impl Iterator<Item = Work<'_>> {
    std::iter::empty()
}

/// The section of what is not timed in turn.
const BINDING: &str = "binding";
/// The copies of a template.
const LINKING: &str = "linking";

fn bind_costs(host: &Host, report: &mut Report) {
    let us = |count, time: &dyn Fn() -> Duration| binding::median_us(count, time);
    let costs = [
        ("first in a process", us(5, &binding::first_in_process), "us"),
        ("new signature, 2 parameters", us(101, &|| binding::new_signature(2)), "us"),
        ("new signature, 8 parameters", us(101, &|| binding::new_signature(8)), "us"),
        ("signature in use, symbol known", us(101, &|| binding::cached_signature(64)) / 64.0, "us"),
        ("1,000 functions, 10 new signatures", us(1, &|| binding::thousand(host)), "us"),
        ("memory of a binding", binding::bytes_each(host), "bytes"),
    ];
    report.cells.extend(costs.map(|(row, value, unit)| cost(BINDING, row, value, unit)));
    if let Some(text) = binding::sqlite() {
        let value = us(21, &|| binding::reading(&text));
        report.cells.push(cost(BINDING, "sqlite3.h, preprocessed: all types", value, "us"));
    }
}

fn cost(section: &str, row: &str, value: f64, unit: &'static str) -> Cell {
    Cell {
        section: section.into(),
        row: row.into(),
        column: "cost".into(),
        value,
        unit: unit.into(),
        ratio: None,
    }
}

/// Prints section, row and way of every cell, a line each.
fn list(host: &Host) {
    for work in work(host) {
        for way in (work.ways)() {
            println!("{}\t{}\t{}", work.section, work.row, way.name);
        }
    }
}

fn only(host: &Host, [section, row, way, n]: &[String; 4]) {
    let is_it = |work: &Work| work.section == section && work.row == *row;
    let work = work(host).into_iter().find(is_it).expect("a row of this name");
    let way = (work.ways)().into_iter().find(|w| w.name == way).expect("a way of this name");
    way.run(n.parse().expect("a number of calls"));
}

impl Options {
    fn read() -> Self {
        let mut options = Options {
            rounds: 200,
            processes: 9,
            save: None,
            filter: String::new(),
            part: false,
            list: false,
            only: None,
        };
        let mut args = std::env::args().skip(1);
        while let Some(arg) = args.next() {
            let mut next = || args.next().expect("a value after the option");
            match arg.as_str() {
                "--rounds" => options.rounds = next().parse().expect("a number of rounds"),
                "--processes" => options.processes = next().parse().expect("a number of processes"),
                "--save" => options.save = Some(next()),
                "--list" => options.list = true,
                "--part" => options.part = true,
                "--only" => options.only = Some([next(), next(), next(), next()]),
                // Cargo's own.
                "--bench" => (),
                other if other.starts_with('-') => panic!("unknown option {other}"),
                filter => options.filter = filter.into(),
            }
        }
        options
    }
}
