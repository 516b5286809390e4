//! Turns calls whose result is the function's own into jumps, where the emitter has marked them as such.
//!
//! Cranelift makes tail calls in its own convention only, which a function that q calls cannot have. Where nothing but
//! the epilogue follows a call, though, the epilogue may as well come first: the callee then returns to q directly,
//! which saves a return and the branch predictor's entry for it, as a C compiler's `return kf(x)` does.

use cranelift_codegen::ir::SourceLoc;
use target_lexicon::Architecture;

/// The mark of a call that may become a jump: nothing that it is given points into the caller's frame.
pub fn mark() -> SourceLoc {
    SourceLoc::new(1)
}

/// Whether code for this architecture is rewritten.
pub fn jumps_on(architecture: Architecture) -> bool {
    architecture == Architecture::X86_64
}

/// Replaces the call that returns to `ret_addr` by a jump, if a plain epilogue is all that follows it. Epilogues that
/// restore other registers than System V's stay: those of Microsoft's convention often do.
pub fn jump_instead(architecture: Architecture, code: &mut [u8], ret_addr: usize) {
    if jumps_on(architecture) {
        x86_64(code, ret_addr);
    }
}

/// `mov rsp,rbp; pop rbp; ret`.
const EPILOGUE: [u8; 5] = [0x48, 0x89, 0xec, 0x5d, 0xc3];
const INT3: u8 = 0xcc;

fn x86_64(code: &mut [u8], ret_addr: usize) {
    let Some(call) = Register::called_before(&code[..ret_addr]) else { return };
    let restores = restores(&code[ret_addr..]);
    let unframe = match code[ret_addr + restores..] {
        [0x48, 0x83, 0xc4, ..] => 4,
        [0x48, 0x81, 0xc4, ..] => 7,
        _ => 0,
    };
    let epilogue = ret_addr + restores + unframe;
    if !code[epilogue..].starts_with(&EPILOGUE) {
        return;
    }
    let end = epilogue + EPILOGUE.len();
    let start = ret_addr - call.length();
    let mut jump = code[ret_addr..ret_addr + restores].to_vec();
    // The frame's own stack goes with `mov rsp,rbp`.
    jump.extend(&EPILOGUE[..4]);
    jump.extend(call.jump());
    jump.resize(end - start, INT3);
    code[start..end].copy_from_slice(&jump);
}

/// Bytes of the instructions `mov reg,[rsp+n]` at the start of `code` that restore registers for the caller.
fn restores(code: &[u8]) -> usize {
    let length = match *code {
        // REX.W 8B /r with a SIB byte for rsp: rbx, or with REX.R r12 to r15; without and with an offset of a byte.
        [0x48, 0x8b, 0x1c, 0x24, ..] | [0x4c, 0x8b, 0x24 | 0x2c | 0x34 | 0x3c, 0x24, ..] => 4,
        [0x48, 0x8b, 0x5c, 0x24, _, ..] | [0x4c, 0x8b, 0x64 | 0x6c | 0x74 | 0x7c, 0x24, _, ..] => 5,
        _ => return 0,
    };
    length + restores(&code[length..])
}

/// The register that an indirect call goes through; one that the callee may change, so that no epilogue restores it.
struct Register {
    extended: bool,
    number: u8,
}

impl Register {
    fn called_before(code: &[u8]) -> Option<Self> {
        match *code {
            // Intel SDM volume 2, CALL: FF /2, with REX.B for r8 to r15.
            [.., 0x41, 0xff, modrm @ 0xd0..=0xd3] => Some(Self { extended: true, number: modrm - 0xd0 }),
            [.., 0x41, 0xff, _] => None,
            [.., 0xff, modrm @ (0xd0..=0xd2 | 0xd6 | 0xd7)] => {
                Some(Self { extended: false, number: modrm - 0xd0 })
            }
            _ => None,
        }
    }

    fn length(&self) -> usize {
        2 + usize::from(self.extended)
    }

    /// JMP: FF /4.
    fn jump(&self) -> Vec<u8> {
        let mut jump = vec![0xff, 0xe0 + self.number];
        if self.extended {
            jump.insert(0, 0x41);
        }
        jump
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(code: &[u8], ret_addr: usize) -> Vec<u8> {
        let mut code = code.to_vec();
        x86_64(&mut code, ret_addr);
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
