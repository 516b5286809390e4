//! One command, one table: every workload through every way to do it, in one interleaved run, answers checked.
//!
//! ```text
//! cargo bench --bench table [-- [--save FILE] [--rounds N] [FILTER]]
//! ```

mod support;

use support::binding::{self, Counting};
use support::host::Host;
use support::report::{Cell, Report};
use support::timing::{Way, interleave};
use support::{callbacks, calls, many, rows};

#[global_allocator]
static HEAP: Counting = Counting;

/// What the command line asks for.
struct Options {
    rounds: usize,
    save: Option<String>,
    /// Only rows whose section or name contains this.
    filter: String,
    /// `ROW WAY N`: do the work of one cell N times and nothing else, for a profiler.
    only: Option<[String; 3]>,
}

fn main() {
    if binding::was_child() {
        return;
    }
    let options = Options::read();
    let host = Host::new();
    if let Some([row, way, n]) = &options.only {
        return only(&host, row, way, n.parse().expect("a number of calls"));
    }
    let mut report = Report::default();
    for (section, row, ways) in work(&host) {
        if !section.contains(&options.filter) && !row.contains(&options.filter) {
            continue;
        }
        report.measured(section, &row, interleave(&ways, options.rounds));
    }
    if !host.is_libe && "binding".contains(&options.filter) {
        bind_costs(&host, &mut report);
    }
    print!("{report}");
    if let Some(file) = options.save {
        report.save(file.as_ref());
    }
}

/// All cells that are timed in turn, by section and row.
fn work(host: &Host) -> Vec<(&'static str, String, Vec<Way>)> {
    let calls = rows::ROWS.iter().map(|row| ("calls", row.label(), calls::ways(host, row)));
    let in_turn =
        many::COUNTS.iter().map(|&count| ("in turn", format!("{count} functions"), many::ways(host, count)));
    // KX's library has neither `dot` nor `sd1`.
    let callbacks = callbacks::ROWS.iter().filter(|_| !host.is_libe);
    let callbacks = callbacks.map(|row| ("callbacks", row.label(), callbacks::ways(host, row)));
    calls.chain(in_turn).chain(callbacks).collect()
}

fn bind_costs(host: &Host, report: &mut Report) {
    let mut add = |row: &str, value: f64, unit| {
        report.cells.push(Cell {
            section: "binding",
            row: row.into(),
            column: "cost",
            value,
            unit,
            ratio: None,
        });
    };
    add("first in a process", binding::median_us(21, binding::first_in_process), "us");
    add("new signature, 2 parameters", binding::median_us(501, || binding::new_signature(2)), "us");
    add("new signature, 8 parameters", binding::median_us(501, || binding::new_signature(8)), "us");
    add(
        "signature in use, symbol known",
        binding::median_us(501, || binding::cached_signature(64)) / 64.0,
        "us",
    );
    add("1,000 functions, 10 new signatures", binding::median_us(1, || binding::thousand(host)), "us");
    add("memory of a binding", binding::bytes_each(host), "bytes");
}

fn only(host: &Host, row: &str, way: &str, n: u64) {
    let found = work(host).into_iter().find(|(_, label, _)| label == row).expect("a row of this name");
    let way = found.2.into_iter().find(|w| w.name == way).expect("a way of this name");
    way.run(n);
}

impl Options {
    fn read() -> Self {
        let mut options = Options { rounds: 1000, save: None, filter: String::new(), only: None };
        let mut args = std::env::args().skip(1);
        while let Some(arg) = args.next() {
            let mut next = || args.next().expect("a value after the option");
            match arg.as_str() {
                "--rounds" => options.rounds = next().parse().expect("a number of rounds"),
                "--save" => options.save = Some(next()),
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
