//! Marks on CLIF instructions, by which what is done to the machine code finds what has become of them.

#![forbid(unsafe_code)]

use cranelift_codegen::ir::{DebugTag, Function, Inst, Value, ValueDef};
use cranelift_codegen::{CompiledCode, MachDebugTagPos};

/// What an instruction is marked as. Cranelift carries the mark as a debug tag, which it keeps for calls and for sequence
/// points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Mark {
    /// A call that may become a jump: the function returns its result, and nothing that it is given points into the
    /// function's frame.
    Tail,
    /// Such a call that has to: its callee finds arguments where the function's own caller has put them.
    Jump,
    /// The first of a loop that should begin a cache line.
    Loop,
}

impl Mark {
    /// Marks an instruction.
    pub fn set(self, function: &mut Function, instruction: Inst) {
        function.debug_tags.set(instruction, [self.tag()]);
    }

    /// Marks the call that gives a value, if a call does.
    pub fn set_on_call(self, function: &mut Function, value: Value) {
        if let ValueDef::Result(instruction, _) = function.dfg.value_def(value)
            && function.dfg.insts[instruction].opcode().is_call()
        {
            self.set(function, instruction);
        }
    }

    fn tag(self) -> DebugTag {
        DebugTag::User(self as u32)
    }

    /// Where what is so marked lies, in order: the end of a call, the start of anything else.
    pub fn places(self, compiled: &CompiledCode) -> impl Iterator<Item = usize> {
        // The instructions that pass a call's arguments have its tag too.
        let position = if self == Mark::Loop { MachDebugTagPos::Pre } else { MachDebugTagPos::Post };
        let marks = compiled.buffer.debug_tags().filter(move |t| t.pos == position);
        marks.filter(move |t| t.tags.contains(&self.tag())).map(|t| t.offset as usize)
    }
}
