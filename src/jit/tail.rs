//! Turns calls whose result is the function's own into jumps, where the emitter has marked them as such.
//!
//! Cranelift makes tail calls in its own convention only, which a function that q calls cannot have. Where nothing but
//! the epilogue follows a call, though, the epilogue may as well come first: the callee then returns to q directly,
//! which saves a return and the branch predictor's entry for it, as a C compiler's `return kf(x)` does.

#![forbid(unsafe_code)]

use std::ops::Range;

use cranelift_codegen::CompiledCode;

use super::mark::Mark;
use super::template::{Fill, Relocation};
use super::veneer::{BRK, INT3, JUMP};
use crate::error::{Error, Result};

/// Makes jumps of all marked calls in a function that begins at `entry` that allow it. Gives the ends of those that were
/// calls.
///
/// # Errors
/// [`Error::Codegen`] if a call has to become a jump and cannot.
pub fn jump(
    compiled: &CompiledCode,
    entry: usize,
    code: &mut [u8],
    relocations: &mut [Relocation],
) -> Result<()> {
    // Whether no jump leads into the midst of some bytes.
    let is_whole = |bytes: &Range<usize>| {
        let mut blocks = compiled.bb_starts.iter().map(|&start| entry + start as usize);
        !blocks.any(|start| bytes.start < start && start < bytes.end)
    };
    for mark in [Mark::Tail, Mark::Jump] {
        for end in mark.places(compiled).map(|place| entry + place) {
            let call = relocations.iter_mut().find(|r| r.fill.is_transfer() && r.offset + r.length() == end);
            let has_become_jump = call.is_some_and(|call| match call.fill {
                Fill::Call => jump_instead(code, call, is_whole),
                Fill::Branch => branch_instead(code, call, is_whole),
                _ => false,
            });
            if mark == Mark::Jump && !has_become_jump {
                return Err(Error::Codegen("a call that has to be a jump is none".into()));
            }
        }
    }
    Ok(())
}

/// On x86-64, `mov rsp,rbp; pop rbp; ret`.
const EPILOGUE: [u8; 5] = [0x48, 0x89, 0xec, 0x5d, 0xc3];
/// The part of it that takes the frame down. Where that has no room, rsp is what rbp is.
const UNFRAME: Range<usize> = 0..4;
const POP: Range<usize> = 3..4;

/// Replaces a call by a jump, if a plain epilogue is all that follows it. Epilogues that restore other registers than
/// System V's stay: those of Microsoft's convention often do.
fn jump_instead(code: &mut [u8], call: &mut Relocation, is_whole: impl Fn(&Range<usize>) -> bool) -> bool {
    let after = call.offset + call.length();
    let restores = restores(&code[after..]);
    let unframe = match code[after + restores..] {
        [0x48, 0x83, 0xc4, ..] => 4,
        [0x48, 0x81, 0xc4, ..] => 7,
        _ => 0,
    };
    let epilogue = after + restores + unframe;
    let bytes = call.offset..epilogue + EPILOGUE.len();
    if !code[epilogue..].starts_with(&EPILOGUE) || !is_whole(&bytes) {
        return false;
    }
    // An epilogue restores the registers that a callee keeps before the jump. The frame's own stack goes with
    // `mov rsp,rbp`.
    let mut jump = code[after..after + restores].to_vec();
    jump.extend(&EPILOGUE[if unframe == 0 { POP } else { UNFRAME }]);
    *call = Relocation { offset: call.offset + jump.len(), fill: Fill::Jump, symbol: call.symbol };
    jump.extend(JUMP);
    jump.resize(bytes.len(), INT3);
    code[bytes].copy_from_slice(&jump);
    true
}

/// Bytes of the instructions `mov reg,[rsp+n]` at the start of `code` that restore registers for the caller.
fn restores(code: &[u8]) -> usize {
    // REX.W 8B /r with a SIB byte for rsp.
    let [rex @ (0x48 | 0x4c), 0x8b, modrm, 0x24, ..] = *code else { return 0 };
    let (r#mod, reg, rm) = (modrm >> 6, (modrm >> 3) & 7, modrm & 7);
    // rbx, or with REX.R r12 to r15.
    let is_kept = if rex == 0x4c { reg >= 4 } else { reg == 3 };
    let length = match r#mod {
        // No offset, one of a byte, one of four.
        0 => 4,
        1 => 5,
        2 => 8,
        _ => return 0,
    };
    if rm == 4 && is_kept { length + code.get(length..).map_or(0, restores) } else { 0 }
}

/// On AArch64, `ldp fp,lr,[sp],#16; ret`. One that checks the return address is another, and stays.
const EPILOGUE_AARCH64: [u32; 2] = [0xa8c1_7bfd, 0xd65f_03c0];

/// The same on AArch64, whose epilogues leave registers for arguments alone: the call changes places with what it is before.
fn branch_instead(code: &mut [u8], call: &mut Relocation, is_whole: impl Fn(&Range<usize>) -> bool) -> bool {
    let word = |at: usize| code.get(at..at + 4).map(|w| u32::from_le_bytes([w[0], w[1], w[2], w[3]]));
    let mut at = call.offset + 4;
    while word(at).is_some_and(unframes) {
        at += 4;
    }
    let bytes = call.offset..at + 8;
    if [word(at), word(at + 4)] != EPILOGUE_AARCH64.map(Some) || !is_whole(&bytes) {
        return false;
    }
    code.copy_within(call.offset + 4..at + 4, call.offset);
    *call = Relocation { offset: at, fill: Fill::BranchAway, symbol: call.symbol };
    code[at..at + 8].copy_from_slice([BRK; 2].map(u32::to_le_bytes).as_flattened());
    true
}

/// Whether an instruction gives the frame's room back, or takes from the stack what a callee keeps for its caller: `add
/// sp,sp,#n`; LDR and LDP of x19 to x28 or d8 to d15 with a post-index (Arm ARM, C6.2, C7.2).
fn unframes(instruction: u32) -> bool {
    let (rt, rn, rt2) = (instruction & 31, instruction >> 5 & 31, instruction >> 10 & 31);
    let (integers, floats) = (19..=28, 8..=15);
    rn == 31
        && match instruction >> 22 {
            0x244 | 0x245 => rt == 31,
            0x2a3 => integers.contains(&rt) && integers.contains(&rt2),
            0x1b3 => floats.contains(&rt) && floats.contains(&rt2),
            0x3e1 => instruction >> 10 & 3 == 1 && instruction >> 21 & 1 == 0 && integers.contains(&rt),
            0x3f1 => instruction >> 10 & 3 == 1 && instruction >> 21 & 1 == 0 && floats.contains(&rt),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jit::symbol::Symbol;

    /// What becomes of a call and what follows it, and where the jump is.
    fn rewritten(after: &[u8]) -> (Vec<u8>, Option<usize>) {
        let mut code = [&[0xe8, 0, 0, 0, 0], after].concat();
        let mut call = Relocation { offset: 0, fill: Fill::Call, symbol: Symbol::Collect };
        let is_jump = jump_instead(&mut code, &mut call, |_| true);
        assert_eq!(is_jump, call.fill == Fill::Jump);
        (code, is_jump.then_some(call.offset))
    }

    #[test]
    fn a_call_before_an_epilogue_becomes_a_jump_after_it() {
        let jump = [&[0x5d], &JUMP[..], &[INT3; 4]].concat();
        assert_eq!(rewritten(&EPILOGUE), (jump, Some(1)));
        // mov rbx,[rsp+80]; add rsp,96
        let restoring = [&[0x48, 0x8b, 0x5c, 0x24, 0x50, 0x48, 0x83, 0xc4, 0x60], &EPILOGUE[..]].concat();
        let jump = [&[0x48, 0x8b, 0x5c, 0x24, 0x50], &EPILOGUE[..4], &JUMP, &[INT3; 5]].concat();
        assert_eq!(rewritten(&restoring), (jump, Some(9)));
        let framed = [&[0x48, 0x83, 0xc4, 0x20], &EPILOGUE[..]].concat();
        assert_eq!(rewritten(&framed), ([&EPILOGUE[..4], &JUMP, &[INT3; 5]].concat(), Some(4)));
    }

    #[test]
    fn other_calls_stay() {
        // mov rdi,rax
        let result_used = [&[0x48, 0x89, 0xc7], &EPILOGUE[..]].concat();
        // mov rdi,[rsp+64], which the Microsoft convention wants restored.
        let restoring_rdi = [&[0x48, 0x8b, 0x7c, 0x24, 0x40, 0x48, 0x83, 0xc4, 0x50], &EPILOGUE[..]].concat();
        for after in [result_used, restoring_rdi] {
            assert_eq!(rewritten(&after), ([&[0xe8, 0, 0, 0, 0][..], &after].concat(), None));
        }
    }
    /// What becomes of `bl` and these words after it, and where the branch is.
    fn branched(after: &[u32]) -> (Vec<u32>, Option<usize>) {
        let mut code: Vec<u8> = [0x9400_0000].iter().chain(after).flat_map(|w| w.to_le_bytes()).collect();
        let mut call = Relocation { offset: 0, fill: Fill::Branch, symbol: Symbol::Collect };
        let is_jump = branch_instead(&mut code, &mut call, |_| true);
        assert_eq!(is_jump, call.fill == Fill::BranchAway);
        let words = code.chunks(4).map(|w| u32::from_le_bytes(w.try_into().expect("four bytes")));
        (words.collect(), is_jump.then_some(call.offset))
    }

    #[test]
    fn a_branch_takes_the_place_of_a_call_and_its_return_on_aarch64() {
        let [unframe, ret] = EPILOGUE_AARCH64;
        assert_eq!(branched(&[unframe, ret]), (vec![unframe, BRK, BRK], Some(4)));
        // As GNU as has them: add sp,sp,#0x30; ldp d8,d9,[sp],#16; ldr d10,[sp],#16; ldp x19,x20,[sp],#16; ldr x28,[sp],#16
        let restores = [0x9100_c3ff, 0x6cc1_27e8, 0xfc41_07ea, 0xa8c1_53f3, 0xf841_07fc];
        let (words, at) = branched(&[&restores[..], &[unframe, ret]].concat());
        assert_eq!(words, [&restores[..], &[unframe, BRK, BRK]].concat());
        assert_eq!(at, Some(24));
    }

    #[test]
    fn other_calls_stay_on_aarch64() {
        let [unframe, ret] = EPILOGUE_AARCH64;
        // mov x1,x0; ldr x0,[sp],#16; ldp x0,x19,[sp],#16; ldr x19,[x0],#16; add x0,sp,#16; stp x19,x20,[sp],#16
        for other in [0xaa00_03e1, 0xf841_07e0, 0xa8c1_4fe0, 0xf841_0413, 0x9100_43e0, 0xa881_53f3] {
            let after = [other, unframe, ret];
            assert_eq!(branched(&after), ([&[0x9400_0000][..], &after].concat(), None), "{other:x}");
        }
        // A return address that is checked: ldp fp,lr,[sp],#16; autiasp; ret
        assert_eq!(branched(&[unframe, 0xd503_23bf, ret]).1, None);
        assert_eq!(branched(&[unframe]).1, None);
    }
}
