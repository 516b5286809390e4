//! The results: as a table to read, and as a file for the figures in the documentation.

use std::collections::BTreeSet;
use std::fmt::{self, Write};
use std::path::Path;
use std::process::Command;

use super::timing::{Measured, median};

/// One result.
#[derive(Clone)]
pub struct Cell {
    pub section: String,
    pub row: String,
    pub column: String,
    pub value: f64,
    pub unit: String,
    /// The column it is compared with, and how many times as much it takes.
    pub ratio: Option<(String, f64)>,
}

/// All results of a run, in the order in which they are shown.
#[derive(Default)]
pub struct Report {
    pub cells: Vec<Cell>,
}

impl Report {
    /// Adds the results of one row.
    pub fn measured(&mut self, section: &str, row: &str, results: Vec<Measured>) {
        self.cells.extend(results.into_iter().map(|m| Cell {
            section: section.into(),
            row: row.into(),
            column: m.name.into(),
            value: m.ns,
            unit: "ns".into(),
            ratio: m.ratio.map(|(against, ratio)| (against.into(), ratio)),
        }));
    }

    /// The medians of the same cells in several reports.
    pub fn median(parts: Vec<Report>) -> Report {
        let cell = |(i, first): (usize, &Cell)| {
            let over =
                |value: &dyn Fn(&Cell) -> f64| median(parts.iter().map(|p| value(&p.cells[i])).collect());
            let ratio = |c: &Cell| c.ratio.as_ref().map_or(f64::NAN, |r| r.1);
            Cell {
                value: over(&|c| c.value),
                ratio: first.ratio.as_ref().map(|(against, _)| (against.clone(), over(&ratio))),
                ..first.clone()
            }
        };
        Report { cells: parts[0].cells.iter().enumerate().map(cell).collect() }
    }

    /// The results, a line each.
    pub fn lines(&self) -> String {
        let mut text = format!("{HEADER}\n");
        for c in &self.cells {
            let (against, ratio) =
                c.ratio.as_ref().map_or(("", String::new()), |(a, r)| (a, format!("{r:.3}")));
            let Cell { section, row, column, value, unit, .. } = c;
            let _ = writeln!(text, "{section}\t{row}\t{column}\t{value:.2}\t{unit}\t{ratio}\t{against}");
        }
        text
    }

    /// Reads what [`Self::lines`] has written.
    pub fn read(text: &str) -> Report {
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some(HEADER));
        Report { cells: lines.map(Cell::read).collect() }
    }

    /// Writes the results with the machine they are from.
    pub fn save(&self, file: &Path) {
        let mut text = String::new();
        for (what, value) in machine() {
            let _ = writeln!(text, "# {what}: {value}");
        }
        text.push_str(&self.lines());
        std::fs::write(file, text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    }

    fn section(&self, f: &mut fmt::Formatter, section: &str) -> fmt::Result {
        let cells: Vec<&Cell> = self.cells.iter().filter(|c| c.section == section).collect();
        let rows = distinct(cells.iter().map(|c| c.row.as_str()));
        let columns = distinct(cells.iter().map(|c| c.column.as_str()));
        write!(f, "\n{section:<36}")?;
        for column in &columns {
            write!(f, "{column:>18}")?;
        }
        writeln!(f)?;
        for row in rows {
            write!(f, "{row:<36}")?;
            for column in &columns {
                let cell = cells.iter().find(|c| c.row == row && c.column == *column);
                write!(f, "{:>18}", cell.map(ToString::to_string).unwrap_or_default())?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// Names of the fields of a line.
const HEADER: &str = "section\trow\tcolumn\tvalue\tunit\tratio\tagainst";

impl Cell {
    fn read(line: &str) -> Cell {
        let fields: Vec<&str> = line.split('\t').collect();
        let [section, row, column, value, unit, ratio, against] = fields[..] else {
            panic!("not a result: {line}");
        };
        Cell {
            section: section.into(),
            row: row.into(),
            column: column.into(),
            value: value.parse().expect("a number"),
            unit: unit.into(),
            ratio: ratio.parse().ok().map(|ratio| (against.into(), ratio)),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (what, value) in machine() {
            writeln!(f, "{what}: {value}")?;
        }
        writeln!(f, "nanoseconds (times the column compared with) unless another unit is given")?;
        distinct(self.cells.iter().map(|c| c.section.as_str()))
            .into_iter()
            .try_for_each(|s| self.section(f, s))
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let unit = if self.unit == "ns" { String::new() } else { format!(" {}", self.unit) };
        match &self.ratio {
            Some((_, ratio)) => write!(f, "{:.2}{unit} ({ratio:.2})", self.value),
            None => write!(f, "{:.2}{unit}", self.value),
        }
    }
}

/// Each once, in the order of the first.
fn distinct<'a>(all: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    all.filter(|x| seen.insert(*x)).collect()
}

/// What the figures depend on.
fn machine() -> Vec<(&'static str, String)> {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo.lines().find_map(|l| l.strip_prefix("model name")?.split_once(": "));
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let first_line = |command: &str| {
        let output = Command::new(command).arg("--version").output().ok();
        let text = output.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default();
        text.lines().next().unwrap_or("unknown").to_string()
    };
    let runtime = if std::env::var_os("FFIJIT_BENCH_LIBE").is_some() { "KX's libe" } else { "qhost" };
    vec![
        ("processor", model.map_or("unknown", |m| m.1).to_string()),
        ("kernel", kernel.trim().to_string()),
        ("C compiler", first_line("gcc")),
        ("Rust", first_line("rustc")),
        ("K runtime", runtime.to_string()),
    ]
}
