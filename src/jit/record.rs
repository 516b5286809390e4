//! How code finds the record of the thread that it runs on ([`crate::calls`]).
//!
//! Cranelift knows nothing of thread-local words at a constant offset from the thread pointer, so code takes the record's
//! address by `symbol_value`, as if it were a constant, and the instructions that load the constant become others of the
//! same length that load the word.

#![forbid(unsafe_code)]

use super::template::{Fill, Relocation};
use crate::error::{Error, Result};

/// Operand-size prefix, which REX.W overrides: it makes the instruction a byte longer, as compilers do in such loads
/// (System V ABI, "ELF Handling For Thread-Local Storage", 4.4.6).
const PREFIX: u8 = 0x66;
/// The prefix of the segment whose base is the thread pointer, on Linux.
pub const FS: u8 = 0x64;
/// The same on Windows.
pub const GS: u8 = 0x65;

/// Makes of each MOV r64,imm64 (REX.W B8+r) of a record, ten bytes, the `mov r64,fs:[disp32]` (REX.W 8B /r with a SIB byte
/// for no base and no index) of its word, with the prefix of the segment that the thread pointer is the base of.
///
/// # Errors
/// [`Error::Codegen`] for another instruction.
pub fn by_word_x86_64(segment: u8, code: &mut [u8], relocations: &mut [Relocation]) -> Result<()> {
    for relocation in relocations.iter_mut().filter(|r| r.symbol.thread_place().is_some()) {
        let start = relocation.offset.checked_sub(2).ok_or_else(|| unknown("the start"))?;
        let [rex @ (0x48 | 0x49), opcode @ 0xb8..=0xbf] = code[start..][..2] else {
            return Err(unknown(&format!("{:x?}", &code[start..][..2])));
        };
        // The register's fourth bit is REX.B there, REX.R here.
        let (rex, modrm) = (0x48 | (rex & 1) << 2, 0x04 | (opcode - 0xb8) << 3);
        code[start..][..10].copy_from_slice(&[PREFIX, segment, rex, 0x8b, modrm, 0x25, 0, 0, 0, 0]);
        (relocation.offset, relocation.fill) = (start + 6, Fill::ThreadOffset);
    }
    Ok(())
}

const NOP: u32 = 0xd503_201f;

/// Makes of each `ldr x,#8; b #12; .quad` of a record `mrs x,tpidr_el0; add x,x,#hi12,lsl #12; ldr x,[x,#lo12]; nop`
/// (Arm ARM, C6.2).
///
/// # Errors
/// [`Error::Codegen`] for other instructions.
pub fn by_word_aarch64(code: &mut [u8], relocations: &mut [Relocation]) -> Result<()> {
    for relocation in relocations.iter_mut().filter(|r| r.symbol.thread_place().is_some()) {
        let start = relocation.offset.checked_sub(8).ok_or_else(|| unknown("the start"))?;
        let word = |at: usize| u32::from_le_bytes(std::array::from_fn(|i| code[at + i]));
        let (load, register) = (word(start), word(start) & 31);
        if load - register != 0x5800_0040 || word(start + 4) != 0x1400_0003 {
            return Err(unknown(&format!("{load:x}, {:x}", word(start + 4))));
        }
        let words = [
            0xd53b_d040 | register,
            0x9140_0000 | register << 5 | register,
            0xf940_0000 | register << 5 | register,
            NOP,
        ];
        for (to, word) in code[start..][..16].chunks_exact_mut(4).zip(words) {
            to.copy_from_slice(&word.to_le_bytes());
        }
        (relocation.offset, relocation.fill) = (start + 4, Fill::ThreadOffsetPair);
    }
    Ok(())
}

fn unknown(what: &str) -> Error {
    Error::Codegen(format!("a record is loaded by {what}"))
}

/// Fills the offset of a word into the ADD and the LDR of [`by_word_aarch64`].
///
/// # Errors
/// [`Error::Codegen`] if they do not reach so far.
pub fn fill_pair(code: &mut [u8], offset: i32) -> Result<()> {
    let offset = u32::try_from(offset).ok().filter(|o| *o < 1 << 24 && o % 8 == 0);
    let offset = offset.ok_or_else(|| Error::Codegen("the thread's word is out of reach".into()))?;
    let immediates = [(offset >> 12) << 10, ((offset & 0xfff) / 8) << 10];
    for (to, immediate) in code[..8].chunks_exact_mut(4).zip(immediates) {
        to.iter_mut().zip(immediate.to_le_bytes()).for_each(|(byte, bits)| *byte |= bits);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jit::symbol::Symbol;

    fn relocation(offset: usize) -> [Relocation; 1] {
        [Relocation { offset, fill: Fill::Address, symbol: Symbol::Record }]
    }

    #[test]
    fn a_constant_becomes_the_word_in_the_same_register() {
        // movabs rax / r11
        for (load, wanted) in [
            ([0x48, 0xb8], [0x66, 0x64, 0x48, 0x8b, 0x04, 0x25]),
            ([0x49, 0xbb], [0x66, 0x64, 0x4c, 0x8b, 0x1c, 0x25]),
        ] {
            let mut code = [&[0x90][..], &load, &[0; 8]].concat();
            let mut relocations = relocation(3);
            by_word_x86_64(FS, &mut code, &mut relocations).expect("a load");
            assert_eq!(code, [&[0x90][..], &wanted, &[0; 4]].concat());
            assert_eq!((relocations[0].offset, relocations[0].fill), (7, Fill::ThreadOffset));
        }
        // lea rax,[rip+0]
        let mut other = [0x48, 0x8d, 0x05, 0, 0, 0, 0, 0, 0, 0, 0];
        assert!(by_word_x86_64(GS, &mut other, &mut relocation(3)).is_err());
    }

    #[test]
    fn a_literal_becomes_the_word_in_the_same_register() {
        let bytes = |words: [u32; 4]| words.map(u32::to_le_bytes).concat();
        let mut code = bytes([0x5800_0049, 0x1400_0003, 0, 0]);
        let mut relocations = relocation(8);
        by_word_aarch64(&mut code, &mut relocations).expect("a load");
        // mrs x9,tpidr_el0; add x9,x9,#0,lsl #12; ldr x9,[x9]
        assert_eq!(code, bytes([0xd53b_d049, 0x9140_0129, 0xf940_0129, NOP]));
        assert_eq!((relocations[0].offset, relocations[0].fill), (4, Fill::ThreadOffsetPair));
        fill_pair(&mut code[4..], 0x12_3458).expect("it reaches");
        // add x9,x9,#0x123,lsl #12; ldr x9,[x9,#0x458]
        assert_eq!(code, bytes([0xd53b_d049, 0x9144_8d29, 0xf942_2d29, NOP]));
        for out_of_reach in [-16, 1 << 24, 12] {
            assert!(fill_pair(&mut code[4..], out_of_reach).is_err());
        }
        assert!(by_word_aarch64(&mut bytes([0x5800_0069, 0x1400_0003, 0, 0]), &mut relocation(8)).is_err());
    }
}
