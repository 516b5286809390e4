//! Makes calls and jumps direct where the callee is near, as linkers do (x86-64 psABI, section B.2).
//!
//! Cranelift loads a callee's address into a register and calls through it, since the callee may lie anywhere. Where it
//! is less than 2 GiB away, a copy of a template has the displacement in the instruction instead. A processor goes
//! through a register only as often as it predicts indirect branches, which takes two cycles more.

use std::ops::Range;

use super::INT3;
use super::register::Register;

/// A call or jump through a register right behind the instruction that loads an address into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transfer {
    start: usize,
    end: usize,
    is_call: bool,
}

/// The longest: ten bytes for `movabs`, three for the call.
const LONGEST: usize = 13;
/// CALL and JMP with a displacement of four bytes (Intel SDM volume 2).
const CALL: u8 = 0xe8;
const JMP: u8 = 0xe9;
const DIRECT: usize = 5;
/// The recommended forms of a NOP of seven and of eight bytes (Intel SDM volume 2, NOP).
const NOP: [u8; 8] = [0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0];
const NOP_7: [u8; 7] = [0x0f, 0x1f, 0x80, 0, 0, 0, 0];

/// An instruction that loads an address into a register, before a call through it: MOV, REX.W B8+r, with the immediate
/// at `offset`.
pub struct Load {
    /// The register.
    pub register: Register,
    offset: usize,
}

impl Load {
    /// Bytes of the opcode.
    pub const OPCODE: usize = 2;
    const LENGTH: usize = Self::OPCODE + 8;

    /// The load whose immediate is at `offset`, if there is one.
    pub fn at(code: &[u8], offset: usize) -> Option<Self> {
        match *code.get(offset.checked_sub(Self::OPCODE)?..offset)? {
            [rex @ (0x48 | 0x49), opcode @ 0xb8..=0xbf] => {
                Some(Self { register: Register { low: opcode - 0xb8, extended: rex == 0x49 }, offset })
            }
            _ => None,
        }
    }

    fn start(&self) -> usize {
        self.offset - Self::OPCODE
    }

    /// Where the next instruction begins.
    pub fn end(&self) -> usize {
        self.start() + Self::LENGTH
    }

    /// Whether the code is a call of the register, or a jump.
    fn transfer(&self, code: &[u8]) -> Option<bool> {
        let is_call = code.starts_with(&self.register.call());
        (is_call || code.starts_with(&self.register.jump())).then_some(is_call)
    }
}

/// The bytes from the load of a callee's address, whose immediate is at `offset`, up to the call, if there is nothing
/// between them but the moves of arguments that Cranelift puts there.
pub fn early_load(code: &[u8], offset: usize) -> Option<Range<usize>> {
    let load = Load::at(code, offset)?;
    let mut end = load.end();
    while let Some(length) = motion(&code[end..], load.register.number()) {
        end += length;
    }
    load.transfer(&code[end..])?;
    (end > load.end()).then_some(load.start()..end)
}

/// Has the load, the first of these bytes, come last. Gives the place of its immediate.
pub fn load_last(code: &mut [u8], bytes: Range<usize>) -> usize {
    code[bytes.clone()].rotate_left(Load::LENGTH);
    bytes.end - Load::LENGTH + Load::OPCODE
}

/// Bytes of the instruction at the start of `code` if it moves a register to another, to the frame or from there, and
/// neither is register `but`.
fn motion(code: &[u8], but: u8) -> Option<usize> {
    let (prefix, rest) = match *code {
        [prefix @ (0x66 | 0xf3), ref rest @ ..] => (Some(prefix), rest),
        _ => (None, code),
    };
    let (rex, rest) = match *rest {
        [rex @ 0x40..=0x4f, ref rest @ ..] => (rex, rest),
        _ => (0x40, rest),
    };
    let (is_integer, rest) = match (prefix, rest) {
        // MOV of 64 bits; MOVDQA and MOVDQU; MOVAPS.
        (None, [0x89 | 0x8b, rest @ ..]) if rex & 8 != 0 => (true, rest),
        (Some(_), [0x0f, 0x6f | 0x7f, rest @ ..]) | (None, [0x0f, 0x28, rest @ ..]) => (false, rest),
        _ => return None,
    };
    let &modrm = rest.first()?;
    let (reg, rm) = (((rex & 4) << 1) | ((modrm >> 3) & 7), ((rex & 1) << 3) | (modrm & 7));
    let operand = match (modrm >> 6, rest.get(1)) {
        (3, _) => 1,
        // A SIB byte for rsp with no index, and no offset, one of a byte, or one of four.
        (mode, Some(0x24)) if rm == 4 && rex & 2 == 0 => [2, 3, 6][usize::from(mode)],
        _ => return None,
    };
    let is_free = !is_integer || (reg != but && (modrm >> 6 != 3 || rm != but));
    let length = code.len() - rest.len() + operand;
    (is_free && length <= code.len()).then_some(length)
}

impl Transfer {
    /// The transfer through the register that MOV loads with the immediate at `offset`, if it comes next and the
    /// register is one that a callee may change: nobody looks at it after a call, and a jump ends the function. (Under
    /// Microsoft's convention a callee keeps rsi and rdi, but an address that Cranelift loads for a call is used for no
    /// other.)
    pub fn behind(code: &[u8], offset: usize) -> Option<Self> {
        let load = Load::at(code, offset).filter(|load| load.register.is_callers())?;
        let is_call = load.transfer(code.get(load.end()..)?)?;
        Some(Self { start: load.start(), end: load.end() + load.register.call().len(), is_call })
    }

    /// The bytes it takes in the template. Nothing may jump between them.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// What takes its place in a copy at `base`, if `callee` can be reached from there.
    pub fn direct(self, base: usize, callee: usize) -> Option<impl AsRef<[u8]>> {
        let length = self.end - self.start;
        let mut bytes = smallvec::SmallVec::<[u8; LONGEST]>::new();
        // A call ends where it did, so that its return address stays.
        let end = if self.is_call { self.end } else { self.start + DIRECT };
        let displacement = i32::try_from(callee.wrapping_sub(base + end) as i64).ok()?;
        match (self.is_call, length - DIRECT) {
            (true, 7) => bytes.extend(NOP_7),
            (true, _) => bytes.extend(NOP),
            (false, _) => (),
        }
        bytes.push(if self.is_call { CALL } else { JMP });
        bytes.extend(displacement.to_le_bytes());
        bytes.resize(length, INT3);
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: usize = 0x7000_0000_0000;

    fn relaxed(code: &[u8], offset: usize, callee: usize) -> Option<Vec<u8>> {
        Transfer::behind(code, offset)?.direct(BASE, callee).map(|bytes| bytes.as_ref().to_vec())
    }

    fn indirect(load: [u8; 2], transfer: &[u8]) -> Vec<u8> {
        [&load[..], &[0; 8], transfer].concat()
    }

    #[test]
    fn near_callees_are_called_directly() {
        let through_rax = indirect([0x48, 0xb8], &[0xff, 0xd0]);
        let call = [0x0f, 0x1f, 0x80, 0, 0, 0, 0, 0xe8, 0x34, 0x12, 0, 0];
        assert_eq!(relaxed(&through_rax, 2, BASE + 12 + 0x1234), Some(call.to_vec()));
        let through_r11 = indirect([0x49, 0xbb], &[0x41, 0xff, 0xd3]);
        let call = [0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0, 0xe8, 0xf3, 0xff, 0xff, 0xff];
        assert_eq!(relaxed(&through_r11, 2, BASE), Some(call.to_vec()));
        let jump = indirect([0x48, 0xb8], &[0xff, 0xe0]);
        let direct = [0xe9, 1, 0, 0, 0, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc];
        assert_eq!(relaxed(&jump, 2, BASE + 6), Some(direct.to_vec()));
    }

    #[test]
    fn the_reach_is_that_of_a_displacement() {
        let call = indirect([0x48, 0xb8], &[0xff, 0xd0]);
        let end = BASE + call.len();
        let reaches = |callee| relaxed(&call, 2, callee).is_some();
        assert!(reaches(end + 0x7fff_ffff) && reaches(end - 0x8000_0000));
        assert!(!reaches(end + 0x8000_0000) && !reaches(end - 0x8000_0001) && !reaches(0x40_0000));
    }

    #[test]
    fn the_load_comes_last_before_the_call() {
        let mov_rdi_rbx = [0x48, 0x89, 0xdf];
        let mov_r8_from_the_frame = [0x4c, 0x8b, 0x44, 0x24, 0x10];
        let movdqu_xmm0_from_the_frame = [0xf3, 0x0f, 0x6f, 0x84, 0x24, 0, 1, 0, 0];
        let movdqa_xmm9_xmm0 = [0x66, 0x44, 0x0f, 0x6f, 0xc8];
        let (load, call) = (indirect([0x48, 0xb8], &[]), [0xff, 0xd0]);
        let moves =
            [&mov_rdi_rbx[..], &mov_r8_from_the_frame, &movdqu_xmm0_from_the_frame, &movdqa_xmm9_xmm0]
                .concat();
        let mut code = [&load[..], &moves, &call].concat();
        let end = load.len() + moves.len();
        assert_eq!(early_load(&code, 2), Some(0..end));
        assert_eq!(load_last(&mut code, 0..end), end - 8);
        assert_eq!(code, [&moves[..], &load, &call].concat());
        assert_eq!(early_load(&code, end - 8), None);
    }

    #[test]
    fn loads_stay_before_what_is_no_move() {
        let mov_rdi_rax = [0x48, 0x89, 0xc7];
        let mov_edi_ebx = [0x89, 0xdf];
        let store_to_an_object = [0x48, 0x89, 0x07];
        // mov rdi,[rsp+r12]
        let indexed = [0x4a, 0x8b, 0x3c, 0x24];
        for between in [&mov_rdi_rax[..], &mov_edi_ebx, &store_to_an_object, &indexed] {
            let code = indirect([0x48, 0xb8], &[between, &[0xff, 0xd0]].concat());
            assert_eq!(early_load(&code, 2), None);
        }
    }

    #[test]
    fn other_code_stays() {
        let rbx_is_kept = indirect([0x48, 0xbb], &[0xff, 0xd3]);
        let r12_is_kept = indirect([0x49, 0xbc], &[0x41, 0xff, 0xd4]);
        let another_register = indirect([0x48, 0xb8], &[0xff, 0xd1]);
        let r8_is_not_rax = indirect([0x49, 0xb8], &[0xff, 0xd0]);
        let no_transfer = indirect([0x48, 0xb8], &[0xc6, 0x00, 0x01]);
        for code in [rbx_is_kept, r12_is_kept, another_register, r8_is_not_rax, no_transfer] {
            assert_eq!(relaxed(&code, 2, BASE), None);
        }
        assert_eq!(Transfer::behind(&[0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0], 2), None);
    }
}
