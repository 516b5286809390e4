//! Leaves the frame pointer out of functions that need no frame, as C compilers do.
//!
//! Cranelift gives one to every function that calls, which takes six micro-operations; a push and a pop, which keep the
//! stack aligned, do. Each instruction is replaced by others of the same length in all, by segment prefixes without a
//! meaning (Intel SDM volume 1, 3.3.7.1) in front of the push or pop, so that nothing moves. A debugger that follows
//! frame pointers does not see the stub's caller.

use cranelift_codegen::CompiledCode;
use cranelift_codegen::ir::{ArgumentPurpose, Function, InstructionData, Opcode, types};
use cranelift_codegen::isa::CallConv;

use super::register::Register;
use super::tail::{Exit, UNFRAME};
use crate::abi::Abi;

/// `push rbp; mov rbp,rsp`.
const PROLOGUE: [u8; 4] = [0x55, 0x48, 0x89, 0xe5];
/// CS, which no instruction of 64-bit mode heeds before a register's push or pop.
const PREFIX: u8 = 0x2e;
const PUSH_RAX: u8 = 0x50;
/// `pop r10`, `pop r11`: neither takes an argument or a result.
const POP: [[u8; 2]; 2] = [[0x41, 0x5a], [0x41, 0x5b]];

/// Takes the frame pointer out of a function that begins at `entry`, if it uses it for nothing but the arguments on its
/// caller's stack. `exits` are all its ways out; what lies behind each has been rewritten already.
pub fn leave_out(
    function: &Function,
    compiled: &CompiledCode,
    entry: usize,
    code: &mut [u8],
    exits: &[Exit],
) -> bool {
    let Some(arguments) = stack_arguments(function) else { return false };
    let keeps_nothing = compiled.buffer.frame_layout().is_some_and(|layout| layout.frame_to_fp_offset == 0);
    if !keeps_nothing || asks_for_frame(function) || exits.len() != returns(function) {
        return false;
    }
    let Some(prologue) = prologue(&code[entry..], arguments) else { return false };
    code[entry..entry + prologue.len()].copy_from_slice(&prologue);
    for exit in exits {
        let [rex, opcode] = POP[usize::from(exit.jump != Some(Register::R11))];
        code[exit.unframe..][..UNFRAME].copy_from_slice(&[PREFIX, PREFIX, rex, opcode]);
    }
    true
}

/// Arguments on the stack of a function of pointers; `None` for another function.
fn stack_arguments(function: &Function) -> Option<usize> {
    let params = &function.signature.params;
    let are_words = params.iter().all(|p| p.value_type == types::I64 && p.purpose == ArgumentPurpose::Normal);
    (are_words && function.signature.call_conv == CallConv::SystemV)
        .then(|| params.len().saturating_sub(Abi::SystemV.integer_registers()))
}

/// Whether the code looks at its own frame.
fn asks_for_frame(function: &Function) -> bool {
    use Opcode::{GetFramePointer, GetReturnAddress, GetStackPointer};
    instructions(function).any(|i| matches!(i.opcode(), GetFramePointer | GetReturnAddress | GetStackPointer))
}

/// Ways out of the function.
fn returns(function: &Function) -> usize {
    instructions(function).filter(|i| i.opcode() == Opcode::Return).count()
}

fn instructions(function: &Function) -> impl Iterator<Item = &InstructionData> {
    let blocks = function.layout.blocks();
    blocks.flat_map(|block| function.layout.block_insts(block)).map(|i| &function.dfg.insts[i])
}

/// What the prologue becomes. `mov reg,[rbp+n]`, which fetches an argument from the stack, gets a byte longer with
/// `rsp` in place of `rbp`, at the same offset: after a push both point to the same place.
fn prologue(code: &[u8], arguments: usize) -> Option<Vec<u8>> {
    let fetches = code.strip_prefix(&PROLOGUE)?.chunks_exact(4).take(arguments);
    let spare = (PROLOGUE.len() - 1).checked_sub(arguments)?;
    let mut new = vec![PREFIX; spare];
    new.push(PUSH_RAX);
    for fetch in fetches {
        // REX.W 8B /r with mod 01 and rm 101; rm 100 and a SIB byte make it rsp.
        let [rex @ (0x48 | 0x4c), 0x8b, modrm @ 0x40..=0x7f, offset] = *fetch else { return None };
        if modrm & 7 != 5 {
            return None;
        }
        new.extend([rex, 0x8b, modrm - 1, 0x24, offset]);
    }
    Some(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_fetched_from_where_they_lie() {
        assert_eq!(prologue(&PROLOGUE, 0), Some(vec![0x2e, 0x2e, 0x2e, 0x50]));
        // mov r11,[rbp+16]; mov rdi,[rbp+24]
        let two = [PROLOGUE, [0x4c, 0x8b, 0x5d, 0x10], [0x48, 0x8b, 0x7d, 0x18]].concat();
        let push_and_two = [0x2e, 0x50, 0x4c, 0x8b, 0x5c, 0x24, 0x10, 0x48, 0x8b, 0x7c, 0x24, 0x18];
        assert_eq!(prologue(&two, 2), Some(push_and_two.to_vec()));
        assert_eq!(push_and_two.len(), two.len());
    }

    #[test]
    fn other_prologues_stay() {
        let no_frame = [0x48, 0x83, 0xec, 0x08];
        let from_a_register = [PROLOGUE, [0x4c, 0x8b, 0x5f, 0x10]].concat();
        assert_eq!(prologue(&no_frame, 0), None);
        assert_eq!(prologue(&from_a_register, 1), None);
        assert_eq!(prologue(&PROLOGUE, 4), None);
    }
}
