//! The call in a loop, which goes through a register if its callee is far, and is as long if it is near.
//!
//! A veneer would be two jumps each time round; and on the processors measured a loop is a cycle slower without the NOP
//! that fills the place up (docs/performance.md).

#![forbid(unsafe_code)]

use super::assembler::{assemble, inst};
use super::symbol::Symbol;
use super::template::{Fill, Relocation};
use super::veneer::{self, LENGTH};
use crate::abi::Abi;

/// MOV r64,imm64 before CALL r64 (Intel SDM volume 2): REX.W B8+r, FF /2, with REX.B for r8 to r15.
const LOAD: usize = 10;

/// Registers that a callee may change, by their opcodes in MOV, without and with REX.B: rax, rcx, rdx and r8 to r11 under
/// Microsoft's convention ("x64 software conventions", caller/callee saved registers), rsi and rdi too under System V
/// (3.2.1, figure 3.4). A direct call leaves another register unloaded, and nobody looks at one of these after the call.
fn may_change(abi: Abi, rex: u8, opcode: u8) -> bool {
    match (rex, opcode) {
        (0x48, 0xb8..=0xba) | (0x49, 0xb8..=0xbb) => true,
        (0x48, 0xbe | 0xbf) => abi == Abi::SystemV,
        _ => false,
    }
}

/// Finds such calls of the C function: a load, known by its relocation, right before the call through its register.
pub fn find(abi: Abi, code: &[u8], relocations: &mut [Relocation]) {
    let loads = relocations.iter_mut().filter(|r| r.fill == Fill::Address && r.symbol == Symbol::Target);
    for load in loads {
        let start = load.offset - 2;
        let is_call = match code[start..] {
            [rex, load, ..] if !may_change(abi, rex, load) => false,
            [0x48, load, ..] => code[start + LOAD..].starts_with(&[0xff, load + 0x18]),
            [0x49, load, ..] => code[start + LOAD..].starts_with(&[0x41, 0xff, load + 0x18]),
            _ => false,
        };
        if is_call {
            let extended = code[start] == 0x49;
            (load.offset, load.fill) = (start, Fill::LoadedCall { extended });
        }
    }
}

/// Bytes of such a call.
pub fn length(extended: bool) -> usize {
    LOAD + if extended { 3 } else { 2 }
}

/// What fills its place before the direct call.
pub fn nop(extended: bool) -> Vec<u8> {
    let mut code = Vec::with_capacity(length(extended) - LENGTH);
    assemble(&mut code, &[if extended { inst::nop_8b::new().into() } else { inst::nop_7b::new().into() }]);
    code
}

/// Makes the call at the start of `code`, which runs at `at`, a direct one if that reaches; else fills the load in.
pub fn fill(code: &mut [u8], extended: bool, at: usize, callee: usize) {
    let nop = nop(extended);
    let mut direct = [0; LENGTH];
    if veneer::transfer(&mut direct, Fill::Call, at + nop.len(), callee) {
        code[..nop.len()].copy_from_slice(&nop);
        code[nop.len()..][..LENGTH].copy_from_slice(&direct);
    } else {
        code[2..LOAD].copy_from_slice(&(callee as u64).to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(code: &[u8]) -> Fill {
        found_by(Abi::SystemV, code)
    }

    fn found_by(abi: Abi, code: &[u8]) -> Fill {
        let mut load = [Relocation { offset: 2, fill: Fill::Address, symbol: Symbol::Target }];
        find(abi, code, &mut load);
        load[0].fill
    }

    #[test]
    fn registers_that_callees_keep_are_loaded() {
        let through = |rex, opcode: u8| {
            let call = [0x41, 0xff, opcode + 0x18];
            [&[rex, opcode][..], &[0; 8], &call[usize::from(rex == 0x48)..]].concat()
        };
        let kept = |abi| {
            let registers = (0..16).map(|n: u8| (0x48 + n / 8, 0xb8 + n % 8));
            let kept =
                registers.enumerate().filter(|&(_, (r, o))| found_by(abi, &through(r, o)) == Fill::Address);
            kept.map(|(n, _)| n).collect::<Vec<_>>()
        };
        // rbx, rsp, rbp, r12 to r15; rsi and rdi.
        assert_eq!(kept(Abi::SystemV), [3, 4, 5, 12, 13, 14, 15]);
        assert_eq!(kept(Abi::Windows), [3, 4, 5, 6, 7, 12, 13, 14, 15]);
    }

    #[test]
    fn near_callees_are_called_directly() {
        const BASE: usize = 0x7000_0000_0000;
        let through_rax = [&[0x48, 0xb8][..], &[0; 8], &[0xff, 0xd0]].concat();
        assert_eq!(found(&through_rax), Fill::LoadedCall { extended: false });
        let mut code = through_rax.clone();
        fill(&mut code, false, BASE, BASE + 12 + 0x1234);
        assert_eq!(code, [&[0x0f, 0x1f, 0x80, 0, 0, 0, 0][..], &[0xe8, 0x34, 0x12, 0, 0]].concat());
        let mut code = through_rax;
        fill(&mut code, false, BASE, 0x40_0000);
        assert_eq!(code, [0x48, 0xb8, 0, 0, 0x40, 0, 0, 0, 0, 0, 0xff, 0xd0]);
        let through_r11 = [&[0x49, 0xbb][..], &[0; 8], &[0x41, 0xff, 0xd3]].concat();
        assert_eq!(found(&through_r11), Fill::LoadedCall { extended: true });
        let mut code = through_r11;
        fill(&mut code, true, BASE, BASE);
        assert_eq!(code, [&[0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0][..], &[0xe8, 0xf3, 0xff, 0xff, 0xff]].concat());
    }

    #[test]
    fn other_loads_stay() {
        let another_register = [&[0x48, 0xb8][..], &[0; 8], &[0xff, 0xd1]].concat();
        let r8_is_not_rax = [&[0x49, 0xb8][..], &[0; 8], &[0xff, 0xd0]].concat();
        let no_call = [&[0x48, 0xb8][..], &[0; 8], &[0xc6, 0x00, 0x01]].concat();
        for code in [another_register, r8_is_not_rax, no_call] {
            assert_eq!(found(&code), Fill::Address);
        }
    }
}
