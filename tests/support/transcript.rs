//! What calls gave, written down when `FFIJIT_TRANSCRIPT` names a directory: a file for each test, to compare one K
//! runtime with another.
//!
//! A result is the bytes that `b9` makes of it, which must be those of this project's own serialisation too. Addresses
//! differ from run to run: numbers that are some are written as 0. So do counts of what other tests did in the process.

use std::cell::{Cell, RefCell};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::thread;

use kapi::api::runtime::b9;
use kapi::api::runtime::errors::take_pending;
use kapi::{Obj, Symbol, serialize, tag};

use super::maps::mapping_of;

/// What names the directory.
pub const VARIABLE: &str = "FFIJIT_TRANSCRIPT";

/// Results of a test that are written in full; all count.
const SHOWN: u64 = 2000;

/// Columns and keys of what the extension tells about the whole process.
const STATISTICS: [&str; 3] = ["compile", "address", "inlineCallbacks"];

/// `b9`'s mode that knows all types.
const MODE: i32 = 3;

/// What one test's calls gave.
struct Transcript {
    file: BufWriter<File>,
    results: u64,
    hash: u64,
}

thread_local! {
    static OPEN: RefCell<Option<Transcript>> = const { RefCell::new(None) };
    static IS_SILENT: Cell<bool> = const { Cell::new(false) };
}

/// Writes a result down.
pub fn note(result: &Result<Obj, String>) {
    let Some(directory) = directory().filter(|_| !IS_SILENT.get()) else { return };
    let line = match result {
        Ok(x) if is_statistics(x) => "statistics".to_string(),
        Ok(x) => serialised(x),
        Err(text) => format!("'{}", without_addresses(text)),
    };
    OPEN.with_borrow_mut(|open| {
        if open.is_none() {
            *open = thread::current().name().and_then(|test| Transcript::new(directory, test));
        }
        if let Some(transcript) = open {
            transcript.add(&line);
        }
    });
}

/// Runs a part of a test whose results differ from run to run, or from runtime to runtime.
pub fn without<T>(body: impl FnOnce() -> T) -> T {
    IS_SILENT.set(true);
    let value = body();
    IS_SILENT.set(false);
    value
}

/// Runs a part of a test on this thread, which others use too: its results are that test's.
pub fn on_behalf<T>(test: Option<&str>, body: impl FnOnce() -> T) -> T {
    let own = |test: &str| Transcript::new(directory()?, &format!("{test}.q"));
    OPEN.set(test.and_then(own));
    let value = body();
    OPEN.set(None);
    value
}

fn directory() -> Option<&'static Path> {
    static DIRECTORY: OnceLock<Option<PathBuf>> = OnceLock::new();
    DIRECTORY.get_or_init(|| std::env::var_os(VARIABLE).map(PathBuf::from)).as_deref()
}

impl Transcript {
    fn new(directory: &Path, test: &str) -> Option<Self> {
        let file = File::create(directory.join(test.replace("::", "."))).expect("a directory to write to");
        Some(Self { file: BufWriter::new(file), results: 0, hash: 0xcbf2_9ce4_8422_2325 })
    }

    /// FNV-1a over all lines.
    fn add(&mut self, line: &str) {
        self.results += 1;
        for byte in line.bytes() {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
        if self.results <= SHOWN {
            writeln!(self.file, "{line}").expect("space for the transcript");
        }
    }
}

impl Drop for Transcript {
    fn drop(&mut self) {
        writeln!(self.file, "{} results, {:016x}", self.results, self.hash)
            .expect("space for the transcript");
    }
}

/// The bytes that the runtime makes of an object, or its error; this project's serialisation agrees.
fn serialised(x: &Obj) -> String {
    let ours = serialize::message(MODE, x).map_err(|e| e.text.clone());
    assert_eq!(by_runtime(x), ours, "b9 of {x:?}");
    match by_runtime(&with_zeros(x)) {
        Ok(bytes) => bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        }),
        Err(text) => format!("tag {}, whose b9 is '{text}", x.tag()),
    }
}

fn by_runtime(x: &Obj) -> Result<Vec<u8>, String> {
    // SAFETY: `b9` borrows its argument and gives a new byte vector, or null with an error pending.
    let bytes = unsafe { b9(MODE, x.as_raw()) };
    if bytes.is_null() {
        return Err(take_pending().map_or_else(String::new, |e| e.text.clone()));
    }
    // SAFETY: the result is ours.
    Ok(unsafe { Obj::from_raw(bytes) }.slice::<u8>().to_vec())
}

fn is_statistics(x: &Obj) -> bool {
    let names = match x.tag() {
        tag::XT => x.table_dict().dict_parts().0,
        tag::XD => x.dict_parts().0,
        _ => return false,
    };
    names.tag() == tag::KS
        && names.slice::<Symbol>().iter().any(|name| STATISTICS.contains(&name.as_str().as_ref()))
}

/// The same object with 0 for each long that is an address, and for each that lies in bytes.
fn with_zeros(x: &Obj) -> Obj {
    let number = |&n: &i64| if is_address(n as u64) { 0 } else { n };
    match x.tag() {
        t if t == -tag::KJ => Obj::long(number(&x.get())),
        tag::KJ => Obj::from_slice(tag::KJ, &x.slice().iter().map(number).collect::<Vec<i64>>()),
        tag::KG => Obj::from_slice(tag::KG, &bytes_with_zeros(x.slice())),
        tag::LIST => Obj::list(x.items().iter().map(with_zeros).collect()),
        tag::XD => Obj::dict(with_zeros(x.dict_parts().0), with_zeros(x.dict_parts().1)),
        _ => x.clone(),
    }
}

/// Structs may have addresses anywhere.
fn bytes_with_zeros(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    let mut at = 0;
    while let Some(word) = out.get(at..at + 8) {
        if is_address(u64::from_le_bytes(word.try_into().expect("8 bytes"))) {
            out[at..at + 8].fill(0);
            at += 7;
        }
        at += 1;
    }
    out
}

fn without_addresses(text: &str) -> String {
    let number = |digits: &str| match digits.parse() {
        Ok(n) if is_address(n) => "0".to_string(),
        _ => digits.to_string(),
    };
    let (mut out, mut digits) = (String::new(), String::new());
    for c in text.chars() {
        if c.is_ascii_digit() {
            digits.push(c);
        } else {
            out += &number(&digits);
            digits.clear();
            out.push(c);
        }
    }
    out + &number(&digits)
}

/// Whether memory is mapped there. What Linux maps lies high; smaller numbers are left alone.
fn is_address(n: u64) -> bool {
    (1 << 32..1 << 48).contains(&n) && mapping_of(n as usize).is_some()
}
