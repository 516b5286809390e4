//! C functions that are called without a stub, as a report of a fault names them.

use std::fmt;
use std::ops::Range;
use std::sync::atomic::AtomicPtr;

use super::RELAXED;

/// A C function that is called without a stub, as a report of a fault names it.
pub struct Named<'a> {
    /// Its name; empty where nobody has told it.
    pub name: &'a str,
    /// Its argument types and result type.
    pub types: [&'a str; 2],
    /// Its address.
    pub target: usize,
    /// Where the copies end that its arguments point to, if they do.
    fences: &'a [Fence],
    /// The one around it.
    pub(super) outer: AtomicPtr<Named<'static>>,
}

/// What lies before a fence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fenced {
    /// What the argument of this number among those of q's points to.
    Argument(usize),
    /// What C fills, by its number.
    Filled(usize),
}

impl fmt::Display for Fenced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fenced::Argument(number) => write!(f, "argument {number}"),
            Fenced::Filled(number) => write!(f, "result {number}"),
        }
    }
}

/// A copy of what an argument points to, and what lies behind it: nobody can read or write there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// What it is a copy of.
    pub of: Fenced,
    /// The addresses of the copy.
    pub copy: Range<usize>,
    /// Where what lies behind it ends.
    pub end: usize,
}

impl Fence {
    /// How far from the start of the copy an address lies that is behind it.
    pub fn beyond(&self, address: usize) -> Option<usize> {
        (self.copy.end..self.end).contains(&address).then(|| address - self.copy.start)
    }
}

impl<'a> Named<'a> {
    /// A function that is to be called.
    pub fn new(name: &'a str, types: [&'a str; 2], target: *const u8) -> Self {
        Self { name, types, target: target as usize, fences: &[], outer: AtomicPtr::default() }
    }

    /// The fence that an address lies behind, and how far from the start of what lies before it.
    pub fn overrun(&self, address: usize) -> Option<(&Fence, usize)> {
        self.fences.iter().find_map(|fence| Some((fence, fence.beyond(address)?)))
    }

    /// The same with fences behind what its arguments point to.
    pub fn with_fences(self, fences: &'a [Fence]) -> Self {
        Self { fences, ..self }
    }

    /// The one around it that is called without a stub.
    pub fn outer(&self) -> Option<&Named<'a>> {
        // SAFETY: its caller lives as long as the call, which this one lies within.
        unsafe { self.outer.load(RELAXED).cast::<Named<'a>>().as_ref() }
    }
}
