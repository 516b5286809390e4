//! The program and its libraries as they lie in memory, for those who may not wait for the loader's lock.
//! Offsets are those of Microsoft's "PE Format", in images of 64 bits.

use std::ffi::{CStr, c_char};
use std::ops::Range;

use super::super::imp::{image_at, program_address};

/// A program or library.
#[derive(Clone)]
pub struct Module {
    /// Where it lies.
    pub range: Range<usize>,
    exports: Range<usize>,
    functions: Range<usize>,
}

/// The module that has this address.
pub fn module_at(address: usize) -> Option<Module> {
    const HEADER: usize = 0x3c;
    const SIZE: usize = 0x50;
    const EXPORTS: usize = 0x88;
    const FUNCTIONS: usize = 0xa0;
    let base = image_at(address)?;
    let header = base + word(base + HEADER);
    let directory = |at: usize| {
        let [start, size] = [0, 4].map(|i| word(header + at + i));
        base + start..base + start + size
    };
    let range = base..base + word(header + SIZE);
    Some(Module { range, exports: directory(EXPORTS), functions: directory(FUNCTIONS) })
}

/// Four bytes of an image that is mapped.
fn word(at: usize) -> usize {
    // SAFETY: the loader has mapped the headers and tables of an image, which it reads itself.
    unsafe { (at as *const u32).read_unaligned() as usize }
}

/// A text of an image.
fn text<'a>(at: usize) -> &'a [u8] {
    // SAFETY: as in `word`; the names in tables end in NUL.
    unsafe { CStr::from_ptr(at as *const c_char) }.to_bytes()
}

impl Module {
    /// The name that it was linked under; empty for the program.
    pub fn name(&self) -> &[u8] {
        const NAME: usize = 12;
        match (self.range.start == program_address(), self.exports.is_empty()) {
            (true, _) => &[],
            (_, true) => b"a library",
            _ => text(self.range.start + word(self.exports.start + NAME)),
        }
    }

    /// How far from its start an address lies.
    pub fn offset(&self, address: usize) -> usize {
        address.wrapping_sub(self.range.start)
    }

    /// The exported function that an address lies in: its name, and how far in. It is the last that begins before, if none
    /// that is not exported begins between.
    pub fn symbol_at(&self, address: usize) -> Option<(&[u8], usize)> {
        let base = self.range.start;
        let offset = self.offset(address);
        let [count, functions, names, ordinals] = [24, 28, 32, 36].map(|at| word(self.exports.start + at));
        if self.exports.is_empty() || !self.range.contains(&address) {
            return None;
        }
        let ordinal = |i: usize| word(base + ordinals + 2 * i) & 0xffff;
        let start = |i: usize| word(base + functions + 4 * ordinal(i));
        let (last, i) = (0..count).map(|i| (start(i), i)).filter(|(at, _)| *at <= offset).max()?;
        // Entries are of three words, the first the function's start.
        let mut others = self.functions.clone().step_by(12).map(word);
        let is_other = others.any(|at| last < at && at <= offset);
        (!is_other).then(|| (text(base + word(base + names + 4 * i)), offset - last))
    }
}
