//! Templates: code as it is compiled once, and what differs in each copy.

#![forbid(unsafe_code)]

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::ir::{ExternalName, Function};
use cranelift_codegen::{FinalizedMachReloc, FinalizedRelocTarget};

use super::code_memory::GRANULARITY;
use super::compiler::codegen;
use super::rewrite::{Transfer, fill_pair};
use super::runtime;
use super::symbol::Symbol;
use crate::error::{Error, Result};
use crate::os::ThreadWord;

/// Position-independent code but for the addresses in `relocations`.
#[derive(Debug)]
pub struct Template {
    /// Padding up to `entry`, then the function.
    pub(super) code: Box<[u8]>,
    pub(super) entry: usize,
    pub(super) relocations: Box<[Relocation]>,
    /// Time that compiling took.
    pub compile_time: Duration,
    /// Number of copies in memory.
    pub uses: AtomicU64,
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
    /// What is added to it.
    pub addend: i64,
    /// The call or jump that alone makes use of it.
    pub(super) transfer: Option<Transfer>,
}

impl Template {
    /// Code that has been written by hand, with the address of a symbol at an offset.
    pub fn by_hand(code: &[u8], offset: usize, symbol: Symbol) -> Self {
        Self {
            code: code.into(),
            entry: 0,
            relocations: [Relocation {
                transfer: Transfer::behind(code, offset),
                ..Relocation::of_address(offset, symbol)
            }]
            .into(),
            compile_time: Duration::ZERO,
            uses: AtomicU64::new(0),
        }
    }

    /// The code: padding, then the function. It may be placed at any multiple of 64 bytes.
    pub fn code(&self) -> &[u8] {
        &self.code
    }

    /// Where the function begins, in bytes from the start of the code.
    pub fn entry(&self) -> usize {
        self.entry
    }

    /// What is to fill in.
    pub fn relocations(&self) -> impl Iterator<Item = Relocation> {
        self.relocations.iter().copied()
    }

    /// Bytes that a copy takes, in the allocator's units.
    pub fn allocated(&self) -> usize {
        self.code.len().next_multiple_of(GRANULARITY)
    }

    /// Bytes of code.
    pub fn size(&self) -> usize {
        self.code.len()
    }
}

impl Relocation {
    pub(super) fn new(function: &Function, entry: usize, relocation: &FinalizedMachReloc) -> Result<Self> {
        let FinalizedMachReloc { offset, kind, target, addend } = relocation;
        let (Reloc::Abs8, FinalizedRelocTarget::ExternalName(ExternalName::User(name))) = (kind, target)
        else {
            return Err(Error::Codegen(format!("relocation {kind:?} of {target:?}")));
        };
        let number = function.params.user_named_funcs()[*name].index;
        let (offset, symbol) = (entry + *offset as usize, Symbol::ALL[number as usize]);
        Ok(Self { addend: *addend, ..Self::of_address(offset, symbol) })
    }

    /// The relocation for an address.
    pub(super) fn of_address(offset: usize, symbol: Symbol) -> Self {
        Self { offset, fill: Fill::Address, symbol, addend: 0, transfer: None }
    }

    /// Fills in what belongs there, for code that runs at `base`. `resolve` knows the addresses that k.h does not.
    pub(super) fn apply(
        &self,
        code: &mut [u8],
        base: usize,
        resolve: &impl Fn(Symbol) -> usize,
    ) -> Result<()> {
        if self.fill != Fill::Address {
            return self.apply_thread_offset(code);
        }
        let symbol = runtime::address(self.symbol).unwrap_or_else(|| resolve(self.symbol));
        let address = symbol.wrapping_add_signed(self.addend as isize);
        match self.transfer.and_then(|t| Some((t.range(), t.direct(base, address)?))) {
            Some((range, direct)) => code[range].copy_from_slice(direct.as_ref()),
            None => code[self.offset..][..8].copy_from_slice(&(address as u64).to_le_bytes()),
        }
        Ok(())
    }

    fn apply_thread_offset(&self, code: &mut [u8]) -> Result<()> {
        let word = ThreadWord::get().ok_or_else(|| codegen(&"there is no thread's word"))?;
        match self.fill {
            Fill::ThreadOffsetPair => fill_pair(&mut code[self.offset..], word.offset())?,
            _ => code[self.offset..][..4].copy_from_slice(&word.offset().to_le_bytes()),
        }
        Ok(())
    }
}
