//! Turns calls whose result is the function's own into jumps, where the emitter has marked them as such, on x86-64.
//!
//! Cranelift makes tail calls in its own convention only, which a function that q calls cannot have. Where nothing but
//! the epilogue follows a call, though, the epilogue may as well come first: the callee then returns to q directly,
//! which saves a return and the branch predictor's entry for it, as a C compiler's `return kf(x)` does.

#![forbid(unsafe_code)]

use std::ops::Range;

use cranelift_codegen::CompiledCode;

use super::mark::Mark;
use super::template::{Fill, Relocation};
use super::veneer::{INT3, JUMP, LENGTH};
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
            let call = relocations.iter_mut().find(|r| r.fill == Fill::Call && r.offset + LENGTH == end);
            let has_become_jump = call.is_some_and(|call| jump_instead(code, call, is_whole));
            if mark == Mark::Jump && !has_become_jump {
                return Err(Error::Codegen("a call that has to be a jump is none".into()));
            }
        }
    }
    Ok(())
}

/// `mov rsp,rbp; pop rbp; ret`.
const EPILOGUE: [u8; 5] = [0x48, 0x89, 0xec, 0x5d, 0xc3];
/// The part of it that takes the frame down. Where that has no room, rsp is what rbp is.
const UNFRAME: Range<usize> = 0..4;
const POP: Range<usize> = 3..4;

/// Replaces a call by a jump, if a plain epilogue is all that follows it. Epilogues that restore other registers than
/// System V's stay: those of Microsoft's convention often do.
fn jump_instead(code: &mut [u8], call: &mut Relocation, is_whole: impl Fn(&Range<usize>) -> bool) -> bool {
    let after = call.offset + LENGTH;
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
}
