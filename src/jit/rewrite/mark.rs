//! Marks on CLIF instructions, by which passes over the machine code find what has become of them.

use std::ops::Range;

use cranelift_codegen::CompiledCode;
use cranelift_codegen::ir::SourceLoc;

/// What an instruction is marked as. Cranelift carries the mark as the instruction's place in a source text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Mark {
    /// A call that may become a jump: the function returns its result, and nothing that it is given points into the
    /// function's frame.
    Tail = 1,
    /// Such a call that has to: its callee finds arguments where the function's own caller has put them.
    Jump,
    /// What the function returns by.
    Return,
    /// The first of a loop that should begin a cache line.
    Loop,
}

impl Mark {
    /// The mark as Cranelift takes it. It keeps the difference to the first, where -1 would be none: so all are even.
    pub fn location(self) -> SourceLoc {
        SourceLoc::new(2 * self as u32)
    }

    /// Where code so marked lies, in order.
    pub fn ranges(self, compiled: &CompiledCode) -> impl Iterator<Item = Range<usize>> {
        let ranges = compiled.buffer.get_srclocs_sorted().iter();
        ranges.filter(move |r| r.loc == self.location()).map(|r| r.start as usize..r.end as usize)
    }

    /// Return addresses of the calls so marked.
    pub fn calls(self, compiled: &CompiledCode) -> impl Iterator<Item = usize> {
        let is_marked = move |a: &usize| self.ranges(compiled).any(|r| r.contains(&(a - 1)));
        compiled.buffer.call_sites().map(|site| site.ret_addr as usize).filter(is_marked)
    }
}
