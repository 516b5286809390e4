//! Turns calls whose result is the function's own into jumps, where the emitter has marked them as such.
//!
//! Cranelift makes tail calls in its own convention only, which a function that q calls cannot have. Where nothing but
//! the epilogue follows a call, though, the epilogue may as well come first: the callee then returns to q directly,
//! which saves a return and the branch predictor's entry for it, as a C compiler's `return kf(x)` does.

use std::ops::Range;

use super::INT3;
use super::register::Register;
use super::relax::Load;
use crate::jit::template::Relocation;

/// A way out of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit {
    /// Where it takes the frame down, by `mov rsp,rbp; pop rbp`.
    pub unframe: usize,
    /// The register that it jumps through; none if it returns.
    pub jump: Option<Register>,
}

/// `mov rsp,rbp; pop rbp; ret`.
const EPILOGUE: [u8; 5] = [0x48, 0x89, 0xec, 0x5d, 0xc3];
/// Bytes of the part of it that takes the frame down.
pub const UNFRAME: usize = 4;

/// The way out that lies in these bytes, if they are a plain epilogue.
pub fn plain(code: &[u8], bytes: Range<usize>) -> Option<Exit> {
    (code[bytes.clone()] == EPILOGUE).then_some(Exit { unframe: bytes.start, jump: None })
}

/// Replaces the call that returns to `ret_addr` by a jump, if a plain epilogue is all that follows it. Epilogues that
/// restore other registers than System V's stay: those of Microsoft's convention often do. The instruction that loads
/// the callee's address, if it is the last before the call, comes last before the jump, with its relocation.
/// `is_whole` tells whether no jump leads into the midst of some bytes.
pub fn jump_instead(
    code: &mut [u8],
    ret_addr: usize,
    relocations: &mut [Relocation],
    is_whole: impl Fn(&Range<usize>) -> bool,
) -> Option<Exit> {
    // An epilogue restores the registers that a callee keeps before the jump.
    let callee = Register::called_before(&code[..ret_addr]).filter(|r| r.is_callers())?;
    let restores = restores(&code[ret_addr..]);
    let unframe = match code[ret_addr + restores..] {
        [0x48, 0x83, 0xc4, ..] => 4,
        [0x48, 0x81, 0xc4, ..] => 7,
        _ => 0,
    };
    let epilogue = ret_addr + restores + unframe;
    if !code[epilogue..].starts_with(&EPILOGUE) {
        return None;
    }
    let end = epilogue + EPILOGUE.len();
    let called_at = ret_addr - callee.call().len();
    let load = relocations
        .iter_mut()
        .find(|r| Load::at(code, r.offset).is_some_and(|l| l.end() == called_at && l.register == callee));
    let start = load.as_ref().map_or(called_at, |r| r.offset - Load::OPCODE);
    if !is_whole(&(start..end)) {
        return None;
    }
    let mut jump = code[ret_addr..ret_addr + restores].to_vec();
    // The frame's own stack goes with `mov rsp,rbp`.
    let exit = Exit { unframe: start + jump.len(), jump: Some(callee) };
    jump.extend(&EPILOGUE[..UNFRAME]);
    if let Some(load) = load {
        jump.extend(&code[start..called_at]);
        load.offset = start + jump.len() - 8;
    }
    jump.extend(callee.jump());
    jump.resize(end - start, INT3);
    code[start..end].copy_from_slice(&jump);
    Some(exit)
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

    fn rewritten(code: &[u8], ret_addr: usize) -> Vec<u8> {
        let mut code = code.to_vec();
        jump_instead(&mut code, ret_addr, &mut [], |_| true);
        code
    }

    #[test]
    fn a_call_before_an_epilogue_becomes_a_jump_after_it() {
        let call_rax = [0xff, 0xd0, 0x48, 0x89, 0xec, 0x5d, 0xc3];
        assert_eq!(rewritten(&call_rax, 2), [0x48, 0x89, 0xec, 0x5d, 0xff, 0xe0, 0xcc]);
        let restoring =
            [0xff, 0xd0, 0x48, 0x8b, 0x5c, 0x24, 0x50, 0x48, 0x83, 0xc4, 0x60, 0x48, 0x89, 0xec, 0x5d, 0xc3];
        let mut jump = vec![0x48, 0x8b, 0x5c, 0x24, 0x50, 0x48, 0x89, 0xec, 0x5d, 0xff, 0xe0];
        jump.resize(restoring.len(), INT3);
        assert_eq!(rewritten(&restoring, 2), jump);
        let call_r11_framed = [0x41, 0xff, 0xd3, 0x48, 0x83, 0xc4, 0x20, 0x48, 0x89, 0xec, 0x5d, 0xc3];
        let jump = [0x48, 0x89, 0xec, 0x5d, 0x41, 0xff, 0xe3, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc];
        assert_eq!(rewritten(&call_r11_framed, 3), jump);
    }

    #[test]
    fn other_calls_stay() {
        let through_rbx = [0xff, 0xd3, 0x48, 0x89, 0xec, 0x5d, 0xc3];
        let result_used = [0xff, 0xd0, 0x48, 0x89, 0xc7, 0x48, 0x89, 0xec, 0x5d, 0xc3];
        let through_memory = [0xff, 0x15, 0x48, 0x89, 0xec, 0x5d, 0xc3];
        // mov rdi,[rsp+64], which the Microsoft convention wants restored.
        let restoring_rdi =
            [0xff, 0xd0, 0x48, 0x8b, 0x7c, 0x24, 0x40, 0x48, 0x83, 0xc4, 0x50, 0x48, 0x89, 0xec, 0x5d, 0xc3];
        for code in [&through_rbx[..], &result_used, &through_memory, &restoring_rdi] {
            assert_eq!(rewritten(code, 2), code);
        }
    }
}
