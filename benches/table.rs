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
use support::timing::{Way, interleave};
use support::{atomics, callbacks, calls, many, rows};

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
    /// `ROW WAY N`: do the work of one cell N times and nothing else, for a profiler.
    only: Option<[String; 3]>,
}

fn main() {
    if binding::was_child() {
        return;
    }
    let options = Options::read();
    if let Some([row, way, n]) = &options.only {
        only(&Host::prepared(), row, way, n.parse().expect("a number of calls"));
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
    for (section, row, ways) in work(&host) {
        if section.contains(&options.filter) || row.contains(&options.filter) {
            report.measured(section, &row, interleave(&ways, options.rounds));
        }
    }
    if !host.is_libe && BINDING.contains(&options.filter) {
        bind_costs(&host, &mut report);
    }
    report
}

/// All cells that are timed in turn, by section and row.
fn work(host: &Host) -> Vec<(&'static str, String, Vec<Way>)> {
    let calls = rows::ROWS.iter().map(|row| ("calls", row.label(), calls::ways(host, row)));
    let in_turn =
        many::COUNTS.iter().map(|&count| ("in turn", format!("{count} functions"), many::ways(host, count)));
    // KX's library has neither `dot` nor `sd1`.
    let callbacks = callbacks::ROWS.iter().filter(|_| !host.is_libe);
    let callbacks = callbacks.map(|row| ("callbacks", row.label(), callbacks::ways(host, row)));
    let atomics = atomics::LENGTHS
        .iter()
        .map(|&n| ("vectors, an element", format!("{n} elements"), atomics::ways(host, n)));
    calls.chain(in_turn).chain(atomics).chain(callbacks).collect()
}

/// The section of what is not timed in turn.
const BINDING: &str = "binding";

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
    report.cells.extend(costs.map(|(row, value, unit)| Cell {
        section: BINDING.into(),
        row: row.into(),
        column: "cost".into(),
        value,
        unit: unit.into(),
        ratio: None,
    }));
}

fn only(host: &Host, row: &str, way: &str, n: u64) {
    let found = work(host).into_iter().find(|(_, label, _)| label == row).expect("a row of this name");
    let way = found.2.into_iter().find(|w| w.name == way).expect("a way of this name");
    way.run(n);
}

impl Options {
    fn read() -> Self {
        let mut options =
            Options { rounds: 200, processes: 9, save: None, filter: String::new(), part: false, only: None };
        let mut args = std::env::args().skip(1);
        while let Some(arg) = args.next() {
            let mut next = || args.next().expect("a value after the option");
            match arg.as_str() {
                "--rounds" => options.rounds = next().parse().expect("a number of rounds"),
                "--processes" => options.processes = next().parse().expect("a number of processes"),
                "--save" => options.save = Some(next()),
                "--part" => options.part = true,
                "--only" => options.only = Some([next(), next(), next()]),
                // Cargo's own.
                "--bench" => (),
                other if other.starts_with('-') => panic!("unknown option {other}"),
                filter => options.filter = filter.into(),
            }
        }
        options
    }
}
