//! Makes calls and jumps direct where the callee is near, as linkers do (x86-64 psABI, section B.2).
//!
//! Cranelift loads a callee's address into a register and calls through it, since the callee may lie anywhere. Where it
//! is less than 2 GiB away, a copy of a template has the displacement in the instruction instead. A processor goes
//! through a register only as often as it predicts indirect branches, which takes two cycles more.

use std::ops::Range;

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
const INT3: u8 = 0xcc;
/// The recommended forms of a NOP of seven and of eight bytes (Intel SDM volume 2, NOP).
const NOP: [u8; 8] = [0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0];
const NOP_7: [u8; 7] = [0x0f, 0x1f, 0x80, 0, 0, 0, 0];

impl Transfer {
    /// The transfer through the register that MOV loads with the immediate at `offset`, if it comes next and the
    /// register is one that a callee may change: nobody looks at it after a call, and a jump ends the function.
    pub fn behind(code: &[u8], offset: usize) -> Option<Self> {
        let [rex @ (0x48 | 0x49), opcode @ 0xb8..=0xbf] = *code.get(offset.checked_sub(2)?..offset)? else {
            return None;
        };
        let (extended, low) = (rex == 0x49, opcode - 0xb8);
        let is_callers = if extended { low <= 3 } else { matches!(low, 0..=2 | 6 | 7) };
        let next = code.get(offset + 8..)?;
        let next = if extended { next.strip_prefix(&[0x41])? } else { next };
        // FF /2 is CALL, FF /4 is JMP.
        let is_call = match *next {
            [0xff, modrm, ..] if modrm == 0xd0 + low => true,
            [0xff, modrm, ..] if modrm == 0xe0 + low => false,
            _ => return None,
        };
        let end = offset + 8 + usize::from(extended) + 2;
        is_callers.then_some(Self { start: offset - 2, end, is_call })
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
