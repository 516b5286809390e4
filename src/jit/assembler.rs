//! Code that is written by hand for x86-64, through Cranelift's assembler.

#![forbid(unsafe_code)]

use cranelift_assembler_x64::{Amode, AmodeOffset, AmodeOffsetPlusKnownOffset, Inst, Registers};

pub use cranelift_assembler_x64::inst;

/// What names registers: their numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Numbers;

impl Registers for Numbers {
    type ReadGpr = u8;
    type ReadWriteGpr = u8;
    type WriteGpr = u8;
    type ReadXmm = u8;
    type ReadWriteXmm = u8;
    type WriteXmm = u8;
}

/// An instruction.
pub type Instruction = Inst<Numbers>;

// The numbers (Intel SDM volume 2, "ModR/M and SIB bytes"; r8 to r15 have their own).
pub const RAX: u8 = 0;
pub const RCX: u8 = 1;
pub const RDX: u8 = 2;
pub const RSP: u8 = 4;
pub const R8: u8 = 8;
pub const R9: u8 = 9;
pub const R11: u8 = 11;
pub const XMM0: u8 = 0;

/// The memory at so many bytes from where a register points.
pub fn at(base: u8, offset: i32) -> Amode<u8> {
    let simm32 = AmodeOffsetPlusKnownOffset { simm32: AmodeOffset::new(offset), offset: None };
    Amode::ImmReg { base, simm32, trap: None }
}

/// Writes these instructions behind the code.
pub fn assemble(code: &mut Vec<u8>, instructions: &[Instruction]) {
    instructions.iter().for_each(|instruction| instruction.encode(code));
}
