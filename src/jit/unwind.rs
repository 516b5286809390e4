//! What Windows is told of a function, so that it can walk a stack through it: where the function lies, and what its
//! prologue does (Microsoft, "x64 exception handling": `RUNTIME_FUNCTION`, `UNWIND_INFO`).
//!
//! It stands behind the function, in each copy. A function that leaves the stack as it finds it needs none; no more do veneers.
//! Epilogues need no codes: their last instructions are known as such, and those before are as the function's own, since
//! the frame pointer and what the frame holds are still there. So it is with epilogues that [`super::tail`] has moved.

#![forbid(unsafe_code)]

use std::ops::Range;

use cranelift_codegen::CompiledCode;
use cranelift_codegen::isa::unwind::UnwindInst;

/// Bytes of a `RUNTIME_FUNCTION`: begin, end, and what is told, as offsets of 32 bits.
const FUNCTION: usize = 12;
const ALIGNMENT: usize = 4;
const RBP: u8 = 5;
/// The class of registers of integers, by regalloc2's number: its type has no name here.
const INTEGERS: u8 = 0;

/// What a prologue has done by the end of an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Pushed this register.
    Push(u8),
    /// Made room of so many bytes.
    Allocate(u32),
    /// Set rbp so many bytes above what registers are saved from, a multiple of 16 below 256.
    Frame(u32),
    /// Saved this register so far from there.
    Save(u8, u32),
    /// The same of a register of 16 bytes.
    SaveFloat(u8, u32),
}

impl Step {
    /// Its code's 16-bit slots, the first but for the offset in the prologue.
    fn slots(self) -> Vec<u16> {
        let first = |operation: u16, info: u32| operation << 8 | (info as u16) << 12;
        match self {
            Step::Push(register) => vec![first(0, register.into())],
            Step::Allocate(size @ 8..=128) => vec![first(2, (size - 8) / 8)],
            Step::Allocate(size) if size / 8 <= u16::MAX.into() => vec![first(1, 0), (size / 8) as u16],
            Step::Allocate(size) => vec![first(1, 1), size as u16, (size >> 16) as u16],
            Step::Frame(_) => vec![first(3, 0)],
            Step::Save(register, at) => vec![first(4, register.into()), (at / 8) as u16],
            Step::SaveFloat(register, at) => vec![first(8, register.into()), (at / 16) as u16],
        }
    }
}

/// What Cranelift's prologue does, each step with where the instruction ends that does it. `None` without a frame.
pub fn prologue(compiled: &CompiledCode) -> Option<Vec<(u8, Step)>> {
    let mut steps = Vec::new();
    for (end, instruction) in &compiled.buffer.unwind_info {
        let end = u8::try_from(*end).ok()?;
        match *instruction {
            UnwindInst::PushFrameRegs { .. } => steps.push((end, Step::Push(RBP))),
            UnwindInst::DefineNewFrame { offset_downward_to_clobbers: size, .. } => {
                // The room for registers counts as made before rbp is set: from its start they are counted, and rbp counts
                // from it.
                if size > 0 {
                    steps.push((end, Step::Allocate(size)));
                }
                steps.push((end, Step::Frame(size)));
            }
            UnwindInst::SaveReg { clobber_offset: at, reg } => {
                let save = if reg.class() as u8 == INTEGERS { Step::Save } else { Step::SaveFloat };
                steps.push((end, save(reg.hw_enc(), at)));
            }
            _ => return None,
        }
    }
    (!steps.is_empty()).then_some(steps)
}

/// `UNWIND_INFO` of a function whose prologue does this.
fn information(prologue: &[(u8, Step)]) -> Vec<u8> {
    const VERSION: u8 = 1;
    let mut slots = Vec::new();
    // The last step first.
    for &(end, step) in prologue.iter().rev() {
        let mut own = step.slots();
        own[0] |= u16::from(end);
        slots.append(&mut own);
    }
    let frame = prologue.iter().find_map(|(_, step)| match step {
        Step::Frame(above) => Some((*above as u8) | RBP),
        _ => None,
    });
    let size = prologue.last().map_or(0, |(end, _)| *end);
    let mut bytes = vec![VERSION, size, slots.len() as u8, frame.unwrap_or(0)];
    // An even number, of which the last may be none.
    slots.resize(slots.len().next_multiple_of(2), 0);
    bytes.extend(slots.into_iter().flat_map(u16::to_le_bytes));
    bytes
}

/// Writes what is told of a function behind its code, with room for where it lies.
pub fn append(code: &mut Vec<u8>, prologue: &[(u8, Step)]) {
    code.resize(table(code.len()) + FUNCTION, 0);
    code.extend(information(prologue));
}

/// Where a function's `RUNTIME_FUNCTION` is whose code ends there.
pub fn table(end: usize) -> usize {
    end.next_multiple_of(ALIGNMENT)
}

/// Writes where a function lies, in bytes from where its memory begins: `start` is the code's place, and the function a
/// range of the code.
pub fn fill(code: &mut [u8], function: &Range<u32>, start: u32) {
    let at = table(function.end as usize);
    let words = [function.start, function.end, (at + FUNCTION) as u32].map(|offset| start + offset);
    code[at..][..FUNCTION].copy_from_slice(words.map(u32::to_le_bytes).as_flattened());
}

#[cfg(test)]
mod tests {
    use iced_x86::{Decoder, DecoderOptions, Instruction, Mnemonic, Register};

    use super::*;
    use crate::abi::Target;
    use crate::jit::{Compiler, Form, compile_for};
    use crate::plan::Plans;
    use crate::signature::Signature;

    /// The codes of what is told of a function: their offsets, operations and registers, and where it is told that the
    /// register is saved.
    fn codes(information: &[u8]) -> Vec<(u64, u8, u8, u32)> {
        let slot = |i: usize| u32::from(u16::from_le_bytes([information[4 + 2 * i], information[5 + 2 * i]]));
        let mut codes = Vec::new();
        let mut i = 0;
        while i < usize::from(information[2]) {
            let (end, operation, info) = (slot(i) & 0xff, slot(i) >> 8 & 15, slot(i) >> 12);
            let (slots, value) = match (operation, info) {
                (1, 0) => (2, 8 * slot(i + 1)),
                (1, _) => (3, slot(i + 1) | slot(i + 2) << 16),
                (2, _) => (1, 8 * info + 8),
                (4, _) => (2, 8 * slot(i + 1)),
                (8, _) => (2, 16 * slot(i + 1)),
                _ => (1, 0),
            };
            codes.push((end.into(), operation as u8, info as u8, value));
            i += slots;
        }
        codes
    }

    /// The same of what a prologue's instructions do, by what they are.
    fn done(function: &[u8], size: u64) -> Vec<(u64, u8, u8, u32)> {
        let decoder = Decoder::with_ip(64, function, 0, DecoderOptions::NONE);
        let prologue: Vec<Instruction> = decoder.into_iter().take_while(|i| i.next_ip() <= size).collect();
        let room = |i: &&Instruction| i.mnemonic() == Mnemonic::Sub && i.op0_register() == Register::RSP;
        let room = prologue.iter().filter(room).map(|i| i.immediate(1) as u32).sum::<u32>();
        let mut done = Vec::new();
        for i in &prologue {
            let end = i.next_ip();
            match (i.mnemonic(), i.op0_register(), i.op1_register()) {
                (Mnemonic::Push, Register::RBP, _) => done.push((end, 0, RBP, 0)),
                (Mnemonic::Mov, Register::RBP, Register::RSP) => done.push((end, 3, 0, 0)),
                (_, Register::None, register) if i.memory_base() == Register::RSP => {
                    let number = |first: Register| (register as u32).wrapping_sub(first as u32);
                    let below = room - i.memory_displacement32();
                    match (number(Register::RAX), number(Register::XMM0)) {
                        (word @ 0..16, _) => done.push((end, 4, word as u8, below)),
                        (_, float @ 0..16) => done.push((end, 8, float as u8, below)),
                        // A probe of the stack.
                        _ => (),
                    }
                }
                _ => (),
            }
        }
        done.reverse();
        done
    }

    #[test]
    fn what_is_told_is_what_prologues_do() {
        let compiler = Compiler::for_target(Target::WINDOWS).expect("a compiler");
        let large = "j".repeat(40) + "{400c}";
        let mut saved = [0; 9];
        for (args, ret) in
            [("f", "f"), ("ifjehfxj", "f"), ("ffff", "f"), ("{jc}{5j}c{ee}", "{fej}"), (&large, "{2048c}")]
        {
            let signature = Signature::parse(args.as_bytes(), ret.as_bytes()).expect(args);
            let plans = Plans::new(&signature, Target::WINDOWS.abi);
            for form in Form::ALL {
                let Ok(template) = compile_for(&compiler, &plans, form) else { continue };
                let function = &template.code()[template.entry()..];
                let information = &template.code[table(template.function.end as usize) + FUNCTION..];
                let (size, above) = (information[1].into(), u32::from(information[3] >> 4) * 16);
                let mut told = codes(information);
                // Room for registers is told of where rbp is set, and is part of what the function makes.
                let room = told.extract_if(.., |(_, operation, ..)| matches!(operation, 1 | 2)).map(|c| c.3);
                assert_eq!(room.sum::<u32>(), above, "{args} {form:?}");
                told.iter_mut().filter(|c| matches!(c.1, 4 | 8)).for_each(|c| c.3 = above - c.3);
                told.iter().for_each(|c| saved[usize::from(c.1)] += 1);
                assert_eq!(told, done(function, size), "{args} {form:?}");
            }
        }
        assert!([0, 3, 4, 8].iter().all(|&operation| saved[operation] > 0), "{saved:?}");
    }

    #[test]
    fn codes_are_those_of_microsoft_s_documentation() {
        let steps = [
            (1, Step::Push(RBP)),
            (4, Step::Allocate(48)),
            (4, Step::Frame(48)),
            (16, Step::Save(3, 0)),
            (21, Step::SaveFloat(6, 16)),
        ];
        let codes = [21, 0x68, 1, 0, 16, 0x34, 0, 0, 4, 0x03, 4, 0x52, 1, 0x50, 0, 0];
        assert_eq!(information(&steps), [&[1, 21, 7, 0x35][..], &codes].concat());
        // Room by the larger codes.
        assert_eq!(Step::Allocate(136).slots(), [0x0100, 17]);
        assert_eq!(Step::Allocate(0x12_3450).slots(), [0x1100, 0x3450, 0x12]);
    }

    #[test]
    fn it_stands_behind_the_function_and_says_where_that_lies() {
        let mut code = vec![0xcc, 0x55, 0x5d, 0xc3, 0xc3];
        append(&mut code, &[(1, Step::Push(RBP))]);
        fill(&mut code, &(1..5), 0x100);
        let words = [0x101_u32, 0x105, 0x114].map(u32::to_le_bytes).concat();
        assert_eq!(code[5..], [&[0, 0, 0][..], &words, &[1, 1, 1, 0, 1, 0x50, 0, 0]].concat());
    }
}
