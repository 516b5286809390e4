//! Calls and jumps to what is near, and to what is too far away for a displacement.
//!
//! Cranelift calls by a displacement, as of a function of the same library, and a copy of a template has that of the
//! callee in it. Where a callee is out of reach, the copy gets a veneer behind the function, as linkers put there
//! (AAELF64, 5.3; here for x86-64 too): code that jumps to an address of eight bytes.

#![forbid(unsafe_code)]

use std::sync::OnceLock;

use super::assembler::{R11, assemble, inst};
use super::symbol::Symbol;
use super::template::{Bytes, Fill, Relocation, Relocations};

/// CALL and JMP with a displacement of four bytes, which counts from their end (Intel SDM volume 2).
const CALL: u8 = 0xe8;
const JMP: u8 = 0xe9;
/// A jump, before it is filled in.
pub const JUMP: [u8; LENGTH] = [JMP, 0, 0, 0, 0];
/// Bytes of either.
pub const LENGTH: usize = 5;
/// The instruction that stops whoever gets there by mistake.
pub const INT3: u8 = 0xcc;

/// Writes `movabs r11,address; jmp r11`, without the address, and gives where that is. r11 takes no argument and is not
/// kept by callees, under either convention. The address is not read from memory: stubs that are called in turn would
/// need a line of the data cache each.
fn write(code: &mut Bytes) -> usize {
    static VENEER: OnceLock<(Vec<u8>, usize)> = OnceLock::new();
    let (veneer, address) = VENEER.get_or_init(|| {
        let mut veneer = Vec::new();
        assemble(&mut veneer, &[inst::movabsq_oi::new(R11, 0).into()]);
        let address = veneer.len() - size_of::<u64>();
        assemble(&mut veneer, &[inst::jmpq_m::new(R11).into()]);
        (veneer, address)
    });
    let start = code.len();
    code.extend_from_slice(veneer);
    start + address
}

/// Writes `ldr x16,#8; br x16` and room for the address, and gives where that is. The procedure call standard leaves x16 to veneers (AAPCS64, 6.1.1).
///
/// LDR (literal) is `01 011 000 imm19 Rt`, the distance in words, here two; BR is `1101011 0000 11111 000000 Rn 00000`
/// (Arm ARM, C6.2).
fn write_aarch64(code: &mut Bytes) -> usize {
    const WORDS: [u32; 2] = [0x5800_0000 | 2 << 5 | 16, 0xd61f_0000 | 16 << 5];
    code.extend_from_slice(WORDS.map(u32::to_le_bytes).as_flattened());
    code.extend_from_slice(&[0; size_of::<u64>()]);
    code.len() - size_of::<u64>()
}

/// `bl` and `b`, without their displacement of 26 bits.
const BL: u32 = 0x9400_0000;
const B: u32 = 0x1400_0000;
/// `brk #0`: [`INT3`] on AArch64.
pub const BRK: u32 = 0xd420_0000;

/// Adds veneers behind the code for these of the symbols that it calls or jumps to, and has it go there.
pub fn add(code: &mut Bytes, relocations: &mut Relocations, far: &[Symbol]) {
    for &symbol in far {
        let is_user = |r: &Relocation| r.symbol == symbol && r.fill.is_transfer();
        let users: Relocations = relocations.iter().copied().filter(is_user).collect();
        relocations.retain(|r| !is_user(r));
        let Some(first) = users.first() else { continue };
        let is_aarch64 = matches!(first.fill, Fill::Branch | Fill::BranchAway);
        if is_aarch64 {
            code.resize(code.len().next_multiple_of(size_of::<u64>()), 0);
        }
        let start = code.len();
        let address = if is_aarch64 { write_aarch64(code) } else { write(code) };
        relocations.push(Relocation { offset: address, fill: Fill::Address, symbol });
        for user in users {
            transfer(&mut code[user.offset..], user.fill, user.offset, start);
        }
    }
}

/// Has the call or jump at the start of `code`, which runs at `at`, go to `callee`; whether that is near enough.
pub fn transfer(code: &mut [u8], fill: Fill, at: usize, callee: usize) -> bool {
    match fill {
        Fill::Branch => branch(code, BL, at, callee),
        Fill::BranchAway => branch(code, B, at, callee),
        Fill::Jump => direct(code, JMP, at, callee),
        _ => direct(code, CALL, at, callee),
    }
}

fn direct(code: &mut [u8], opcode: u8, at: usize, callee: usize) -> bool {
    let displacement = i32::try_from(callee.wrapping_sub(at + LENGTH) as i64);
    code[0] = opcode;
    code[1..LENGTH].copy_from_slice(&displacement.unwrap_or(0).to_le_bytes());
    displacement.is_ok()
}

/// The same for AArch64's BL and B, which reach 128 MiB.
fn branch(code: &mut [u8], opcode: u32, at: usize, callee: usize) -> bool {
    let words = (callee.wrapping_sub(at) as i64) >> 2;
    code[..4].copy_from_slice(&(opcode | (words as u32 & ((1 << 26) - 1))).to_le_bytes());
    (-(1 << 25)..1 << 25).contains(&words)
}

#[cfg(test)]
mod tests {
    use smallvec::smallvec;

    use super::*;

    const BASE: usize = 0x7000_0000_0000;

    #[test]
    fn what_is_far_is_reached_by_a_veneer() {
        let code = [&[CALL, 0, 0, 0, 0][..], &[JMP, 0, 0, 0, 0], &[CALL, 0, 0, 0, 0]].concat();
        let mut code = Bytes::from_vec(code);
        let relocation = |offset, fill, symbol| Relocation { offset, fill, symbol };
        let mut relocations = smallvec![
            relocation(0, Fill::Call, Symbol::Target),
            relocation(5, Fill::Jump, Symbol::Target),
            relocation(10, Fill::Call, Symbol::Collect),
        ];
        add(&mut code, &mut relocations, &[Symbol::Apply, Symbol::Target]);
        // call 15; jmp 15; a call that is filled in later.
        assert_eq!(code[..15], [CALL, 10, 0, 0, 0, JMP, 5, 0, 0, 0, CALL, 0, 0, 0, 0]);
        // movabs r11,0; jmp r11
        assert_eq!(code[15..], [0x49, 0xbb, 0, 0, 0, 0, 0, 0, 0, 0, 0x41, 0xff, 0xe3]);
        let left: Vec<_> = relocations.iter().map(|r| (r.offset, r.fill, r.symbol)).collect();
        assert_eq!(left, [(10, Fill::Call, Symbol::Collect), (17, Fill::Address, Symbol::Target)]);
    }

    #[test]
    fn a_displacement_reaches_2_gibibytes() {
        let called = |callee: usize| {
            let mut code = [0; LENGTH];
            transfer(&mut code, Fill::Call, BASE, callee).then_some(code)
        };
        assert_eq!(called(BASE + 5 - 0x8000_0000), Some([CALL, 0, 0, 0, 0x80]));
        assert_eq!(called(BASE + 5 + 0x7fff_ffff), Some([CALL, 0xff, 0xff, 0xff, 0x7f]));
        for far in [BASE + 5 + 0x8000_0000, BASE + 5 - 0x8000_0001, 0x40_0000] {
            assert_eq!(called(far), None);
        }
    }

    #[test]
    fn a_branch_reaches_128_mebibytes() {
        let branched = |callee: usize| {
            let mut code = [0; 4];
            transfer(&mut code, Fill::Branch, BASE, callee).then_some(u32::from_le_bytes(code))
        };
        assert_eq!(branched(BASE + 8), Some(0x9400_0002));
        let mut away = [0; 4];
        assert!(transfer(&mut away, Fill::BranchAway, BASE, BASE - 4));
        assert_eq!(u32::from_le_bytes(away), 0x17ff_ffff);
        assert_eq!(branched(BASE - 4), Some(0x97ff_ffff));
        assert_eq!(branched(BASE + (1 << 27) - 4), Some(0x95ff_ffff));
        assert_eq!(branched(BASE - (1 << 27)), Some(0x9600_0000));
        assert_eq!((branched(BASE + (1 << 27)), branched(BASE - (1 << 27) - 4)), (None, None));
    }

    #[test]
    fn a_veneer_of_aarch64_lies_with_its_address() {
        let mut code = Bytes::from_slice(&BL.to_le_bytes());
        let mut relocations = smallvec![Relocation { offset: 0, fill: Fill::Branch, symbol: Symbol::Target }];
        add(&mut code, &mut relocations, &[Symbol::Target]);
        // bl #8; (padding); ldr x16,#8; br x16; the address.
        let words = [0x9400_0002, 0, 0x5800_0050, 0xd61f_0200, 0, 0];
        assert_eq!(code[..], words.map(u32::to_le_bytes).concat());
        assert_eq!((relocations[0].offset, relocations[0].fill), (16, Fill::Address));
    }
}
