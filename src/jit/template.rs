//! Templates: code as it is compiled once, and what differs in each copy.

#![forbid(unsafe_code)]

use std::ops::Range;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::ir::{ExternalName, Function};
use cranelift_codegen::{FinalizedMachReloc, FinalizedRelocTarget};
use smallvec::SmallVec;

use super::code_memory::GRANULARITY;
use super::compiler::codegen;
use super::record::fill_pair;
use super::symbol::Symbol;
use super::{loaded_call, veneer};
use crate::error::Result;
use crate::os::ThreadWord;

/// Position-independent code but for the addresses in `relocations`.
#[derive(Debug)]
pub struct Template {
    /// Padding, the function, and behind it what Windows is told of it ([`super::unwind`]).
    pub(super) code: Box<[u8]>,
    pub(super) function: Range<u32>,
    pub(super) relocations: Box<[Relocation]>,
    /// Where calls return to, in order.
    pub(super) returns: Box<[Return]>,
    /// Time that compiling took.
    pub compile_time: Duration,
    /// Number of copies in memory.
    pub uses: AtomicU64,
}

/// The code of a copy, mostly short: what is made for each copy takes no memory of the heap.
pub type Bytes = SmallVec<[u8; 1024]>;
/// What is to fill in there.
pub type Relocations = SmallVec<[Relocation; 16]>;

/// Where a call returns to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Return {
    /// In bytes from the start of the code.
    pub at: usize,
    /// Of a call of the C function: where the code goes on if that has faulted; registers for results are zero then.
    pub resume: Option<usize>,
    /// Bytes from the stack pointer there to the frame pointer.
    pub frame: usize,
}

/// What a relocation fills in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// An absolute address, eight bytes.
    Address,
    /// The offset of the thread's word from the thread pointer, four bytes.
    ThreadOffset,
    /// The same in the immediates of two instructions of AArch64's.
    ThreadOffsetPair,
    /// A direct call, five bytes.
    Call,
    /// The same on AArch64, four bytes.
    Branch,
    /// A direct jump, five bytes.
    Jump,
    /// The same on AArch64, four bytes.
    BranchAway,
    /// A call through a register with the load of its callee's address, or a direct one of that length.
    LoadedCall {
        /// Whether the register is r8 to r15.
        extended: bool,
    },
}

impl Fill {
    /// Whether this is a call or a jump, which reaches only so far.
    pub fn is_transfer(self) -> bool {
        matches!(self, Fill::Call | Fill::Branch | Fill::Jump | Fill::BranchAway)
    }
}

/// What differs from copy to copy.
#[derive(Debug, Clone, Copy)]
pub struct Relocation {
    /// Where, in bytes from the start of the template's code.
    pub offset: usize,
    /// What is filled in there.
    pub fill: Fill,
    /// Whose address.
    pub symbol: Symbol,
}

impl Template {
    /// A template of this code, in which the function is this range.
    pub(super) fn new(
        code: Vec<u8>,
        function: Range<usize>,
        relocations: Vec<Relocation>,
        returns: Vec<Return>,
        compile_time: Duration,
    ) -> Self {
        let (code, relocations, returns) = (code.into(), relocations.into(), returns.into());
        let function = function.start as u32..function.end as u32;
        Self { code, function, relocations, returns, compile_time, uses: AtomicU64::new(0) }
    }

    /// The call that returns to this place in the code, if one does.
    pub fn return_at(&self, offset: usize) -> Option<Return> {
        let found = self.returns.binary_search_by_key(&offset, |r| r.at);
        found.ok().map(|i| self.returns[i])
    }

    /// The code: padding, then the function. It may be placed at any multiple of 64 bytes.
    pub fn code(&self) -> &[u8] {
        &self.code[..self.function.end as usize]
    }

    /// Where the function begins, in bytes from the start of the code.
    pub fn entry(&self) -> usize {
        self.function.start as usize
    }

    /// Whether it has what Windows is told of the function.
    pub(super) fn has_table(&self) -> bool {
        self.code.len() > self.function.end as usize
    }

    /// What is to fill in.
    pub fn relocations(&self) -> impl Iterator<Item = Relocation> {
        self.relocations.iter().copied()
    }

    /// The code and what is to fill in where these symbols are out of the reach of calls.
    pub fn with_veneers(&self, far: &[Symbol]) -> (Bytes, Relocations) {
        let (mut code, mut relocations) =
            (Bytes::from_slice(&self.code), Relocations::from_slice(&self.relocations));
        veneer::add(&mut code, &mut relocations, far);
        (code, relocations)
    }

    /// Bytes that a copy takes that calls nothing far, in the allocator's units.
    pub fn allocated(&self) -> usize {
        self.code.len().next_multiple_of(GRANULARITY)
    }

    /// Bytes of code.
    pub fn size(&self) -> usize {
        self.code.len()
    }
}

impl Relocation {
    /// Bytes that it fills in.
    pub fn length(&self) -> usize {
        match self.fill {
            Fill::Address | Fill::ThreadOffsetPair => 8,
            Fill::ThreadOffset | Fill::Branch | Fill::BranchAway => 4,
            Fill::Call | Fill::Jump => veneer::LENGTH,
            Fill::LoadedCall { extended } => loaded_call::length(extended),
        }
    }

    /// What becomes of one of Cranelift's, in a function that begins at `entry`.
    ///
    /// # Errors
    /// [`Error::Codegen`](crate::error::Error::Codegen) for a kind that the emitter's code has no use for.
    pub(super) fn new(function: &Function, entry: usize, relocation: &FinalizedMachReloc) -> Result<Self> {
        let FinalizedMachReloc { offset, kind, target, addend } = relocation;
        let (fill, before) = match (kind, addend) {
            (Reloc::Abs8, 0) => (Fill::Address, 0),
            // The opcode lies before the displacement, which counts from its own end.
            (Reloc::X86CallPCRel4, -4) => (Fill::Call, 1),
            (Reloc::Arm64Call, 0) => (Fill::Branch, 0),
            _ => return Err(codegen(&format!("relocation {kind:?} + {addend}"))),
        };
        let FinalizedRelocTarget::ExternalName(ExternalName::User(name)) = target else {
            return Err(codegen(&format!("relocation of {target:?}")));
        };
        let number = function.params.user_named_funcs()[*name].index;
        let (offset, symbol) = (entry + *offset as usize - before, Symbol::ALL[number as usize]);
        Ok(Self { offset, fill, symbol })
    }

    /// Fills in what belongs there, for code that runs at `base`; whether the address is within reach.
    ///
    /// # Errors
    /// [`Error::Codegen`](crate::error::Error::Codegen) where there is no thread's word, or it is out of reach.
    pub(super) fn apply(&self, code: &mut [u8], base: usize, address: usize) -> Result<bool> {
        let field = &mut code[self.offset..];
        match self.fill {
            Fill::Address => field[..8].copy_from_slice(&(address as u64).to_le_bytes()),
            Fill::ThreadOffset => field[..4].copy_from_slice(&self.word()?.to_le_bytes()),
            Fill::ThreadOffsetPair => fill_pair(field, self.word()?)?,
            Fill::LoadedCall { extended } => {
                loaded_call::fill(field, extended, base + self.offset, address);
            }
            fill => return Ok(veneer::transfer(field, fill, base + self.offset, address)),
        }
        Ok(true)
    }

    /// Bytes from the thread pointer to the word that is meant.
    fn word(&self) -> Result<i32> {
        let word = ThreadWord::get().zip(self.symbol.thread_place());
        word.map(|(word, place)| word.offset(place)).ok_or_else(|| codegen(&"there is no thread's word"))
    }
}
