//! The loops of `.ffi.over` and `.ffi.scan`: C is called with its own result in turn, which never becomes a K object on
//! the way.

use cranelift_codegen::ir::{Function, InstBuilder, MemFlagsData, StackSlot, Value, types};
use cranelift_frontend::FunctionBuilderContext;

use super::atomic::{cold_block, extended_at, masked};
use super::invoker;
use super::loops::{Keeper, Operand, Word, advanced, call_or};
use crate::abi::{Argument, Extension, Passing, Returned};
use crate::ctype::Repr;
use crate::jit::compiler::Compiler;
use crate::jit::emitter::{Emitter, POINTER, pointers};
use crate::jit::mark::Mark;
use crate::jit::symbol::Symbol;
use crate::jit::types::{clif_type, load_type};
use crate::k::DATA;
use crate::plan::{Load, Plan, State, StepPlan};

/// Writes the loop: `fn(extended, state, to, steps, attention) -> steps`. An extended is an address and a stride, as for
/// atomic functions. The state is replaced by the last result; if the loop keeps them, all results go to `to`, side by side.
/// It stops after a step when the number at `attention` is not zero, and gives the number of steps that are left; of a fault
/// no state comes.
pub fn emit(
    function: &mut Function,
    context: &mut FunctionBuilderContext,
    compiler: &Compiler,
    call: &Plan,
    plan: &StepPlan,
    keeps: bool,
) {
    let signature = pointers(plan.abi.call_conv(), 5);
    let (mut e, params) = Emitter::new(function, context, compiler, plan.abi, signature);
    let [table, state, to, steps, attention] = params[..] else { unreachable!("five parameters") };
    let extended: Vec<_> = (0..plan.params.len() as i32).map(|i| extended_at(&mut e, table, i)).collect();
    let mut keeper = Keeper::new(&mut e, 2 * extended.len() + 1, 0);
    let attention = keeper.keep(&mut e, attention);
    let arguments = match (&plan.params[..], &extended[..]) {
        // Alone it is a vector, or an atom for a single step, which is as good as one.
        (&[p], &[column]) => vec![column.into_vector(&mut e, &mut keeper, p, steps)],
        _ => masked(&mut e, &plan.params, &extended, steps, &mut keeper),
    };
    let (carried, first) = Carried::new(&mut e, call, plan.state, state);
    let kept = if keeps { Kept::new(&mut e, plan.state, to, steps) } else { Kept::Nothing };
    let parts = Loop { call, carried, kept, arguments, attention };
    parts.write(&mut e, steps, first);
    e.b.switch_to_block(e.cold);
    e.give_back(&[steps]);
    e.finish();
}

struct Loop<'a> {
    call: &'a Plan,
    carried: Carried<'a>,
    kept: Kept,
    arguments: Vec<Operand>,
    attention: Word,
}

impl Loop<'_> {
    fn write(&self, e: &mut Emitter, steps: Value, first: Option<Value>) {
        let (body, go_on, done) = (e.b.create_block(), e.b.create_block(), e.b.create_block());
        let (none, interrupted, failed) = (cold_block(e), cold_block(e), cold_block(e));
        let index = e.b.append_block_param(body, types::I64);
        let state = first.map(|value| {
            let ty = e.b.func.dfg.value_type(value);
            e.b.append_block_param(body, ty)
        });
        let with = |i: Value, state: Option<Value>| [Some(i), state].into_iter().flatten().map(Into::into);
        let start = e.b.ins().ineg(steps);
        let args: Vec<_> = with(start, first).collect();
        e.b.ins().brif(steps, body, &args, none, &[]);

        e.b.switch_to_block(body);
        let mark = e.b.ins().sequence_point();
        Mark::Loop.set(e.b.func, mark);
        let last = self.step(e, index, state, failed);
        let next = e.b.ins().iadd_imm_s(index, 1);
        let attention = self.attention.get(e);
        let waiting = e.load(types::I32, attention, 0);
        e.b.ins().brif(waiting, interrupted, &[], go_on, &[]);
        e.b.switch_to_block(go_on);
        let args: Vec<_> = with(next, last).collect();
        e.b.ins().brif(next, body, &args, done, &[]);

        // Each end has a block of its own and is handed nothing, which would be moved to and fro each time round.
        e.b.switch_to_block(done);
        self.carried.give(e, last);
        let left = e.b.ins().iconst(types::I64, 0);
        e.give_back(&[left]);
        e.b.switch_to_block(interrupted);
        self.carried.give(e, last);
        let left = e.b.ins().ineg(next);
        e.give_back(&[left]);
        for (block, left) in [(none, 0), (failed, 1)] {
            e.b.switch_to_block(block);
            let left = e.b.ins().iconst(types::I64, left);
            e.give_back(&[left]);
        }
    }

    /// Calls C. Gives the next state where it is not in memory.
    fn step(
        &self,
        e: &mut Emitter,
        index: Value,
        state: Option<Value>,
        failed: cranelift_codegen::ir::Block,
    ) -> Option<Value> {
        let mut pieces = self.carried.pieces(e, state);
        pieces.extend(self.arguments.iter().map(|argument| argument.at(e, index)));
        let hidden = self.carried.hidden(e);
        let (signature, args) = e.passed(self.call, hidden, &pieces);
        let target = e.import_far(Symbol::Target, signature);
        let values = call_or(e, target, &args, failed);
        let held = self.carried.take(e, &values);
        self.kept.store(e, &self.carried, held, index);
        held.map(|value| self.carried.next(e, values[0], value))
    }
}

/// The state on its way.
enum Carried<'a> {
    /// A number in a register, and where the last is to go.
    Number(Load, StackSlot),
    /// A struct.
    Struct(Structure<'a>),
}

/// A struct in the frame.
struct Structure<'a> {
    passing: &'a Passing,
    words: i32,
    state: StackSlot,
    /// What C gets the address of, and where it writes its result meanwhile, where that is how structs are passed.
    copies: Option<[StackSlot; 2]>,
    /// Where the last is to go.
    to: StackSlot,
}

impl<'a> Carried<'a> {
    /// From where the state lies. Gives the first too if that is carried in a register.
    fn new(e: &mut Emitter, call: &'a Plan, state: State, from: Value) -> (Self, Option<Value>) {
        let to = e.words(1);
        e.b.ins().stack_store(POINTER, from, to, 0);
        match (state, &call.passing) {
            (State::Number { load, .. }, _) => {
                let first = e.held(load, from, 0);
                (Self::Number(load, to), Some(first))
            }
            (State::Struct(_), Some(passing)) => {
                let words = state.room() / 8;
                let own = e.words(words);
                let is_copied = matches!(passing.args[0], Argument::Copy { .. });
                let copies = is_copied.then(|| [e.words(words), e.words(words)]);
                let carried = Structure { passing, words: words as i32, state: own, copies, to };
                let at = e.b.ins().stack_addr(POINTER, own, 0);
                carried.copy(e, from, at);
                (Self::Struct(carried), None)
            }
            (State::Struct(_), None) => unreachable!("planned with it"),
        }
    }

    /// What C takes of it.
    fn pieces(&self, e: &mut Emitter, state: Option<Value>) -> Vec<Value> {
        let Self::Struct(s) = self else { return state.into_iter().collect() };
        let mut at = e.b.ins().stack_addr(POINTER, s.state, 0);
        if let Some([argument, _]) = s.copies {
            let copy = e.b.ins().stack_addr(POINTER, argument, 0);
            s.copy(e, at, copy);
            at = copy;
        }
        let mut values = Vec::new();
        invoker::load(e, &s.passing.args[0], at, &mut Vec::new(), &mut values);
        values
    }

    /// Where C is to write a result in memory.
    fn hidden(&self, e: &mut Emitter) -> Option<Value> {
        let Self::Struct(s) = self else { return None };
        let room = s.copies.map_or(s.state, |[_, result]| result);
        (s.passing.result == Returned::Memory).then(|| e.b.ins().stack_addr(POINTER, room, 0))
    }

    /// The result: in memory, or as q holds it.
    fn take(&self, e: &mut Emitter, values: &[Value]) -> Option<Value> {
        let s = match self {
            Self::Number(load, _) => return Some(e.normalized(load.repr, values[0])),
            Self::Struct(s) => s,
        };
        let at = e.b.ins().stack_addr(POINTER, s.state, 0);
        match (&s.passing.result, s.copies) {
            (Returned::Memory, Some([_, result])) => {
                let from = e.b.ins().stack_addr(POINTER, result, 0);
                s.copy(e, from, at);
            }
            (result, _) => invoker::store(e, result, values, at),
        }
        None
    }

    /// The result as C takes it, from what C has given and what q makes of it.
    fn next(&self, e: &mut Emitter, given: Value, held: Value) -> Value {
        let Self::Number(load, _) = self else { unreachable!("structs lie in memory") };
        let value = if load.repr == Repr::Bool { held } else { given };
        match load.extend {
            Some(Extension::Zero) => e.b.ins().uextend(load_type(*load), value),
            Some(Extension::Sign) => e.b.ins().sextend(load_type(*load), value),
            None => value,
        }
    }

    /// Puts the last where it is wanted.
    fn give(&self, e: &mut Emitter, last: Option<Value>) {
        match (self, last) {
            (Self::Number(load, to), Some(value)) => {
                let to = e.b.ins().stack_load(POINTER, POINTER, *to, 0);
                let own = clif_type(load.repr);
                let value = if load.extend.is_some() { e.b.ins().ireduce(own, value) } else { value };
                let value = e.normalized(load.repr, value);
                e.b.ins().store(MemFlagsData::trusted(), value, to, 0);
            }
            (Self::Struct(s), _) => {
                let to = e.b.ins().stack_load(POINTER, POINTER, s.to, 0);
                let at = e.b.ins().stack_addr(POINTER, s.state, 0);
                s.copy(e, at, to);
            }
            (Self::Number(..), None) => unreachable!("a number is carried"),
        }
    }
}

impl Structure<'_> {
    fn copy(&self, e: &mut Emitter, from: Value, to: Value) {
        for word in 0..self.words {
            let value = e.load(types::I64, from, 8 * word);
            e.b.ins().store(MemFlagsData::trusted(), value, to, 8 * word);
        }
    }
}

/// Where results go that are kept.
enum Kept {
    Nothing,
    /// Numbers of vectors of a tag: by the address of the vector advanced by all its elements.
    Numbers(i8, Value),
    /// Structs of this size: the address of the next lies in the frame.
    Structs(i64, StackSlot),
}

impl Kept {
    fn new(e: &mut Emitter, state: State, to: Value, steps: Value) -> Self {
        match state {
            State::Number { tag, .. } => {
                let vector = e.b.ins().iadd_imm_s(to, i64::from(-DATA));
                Self::Numbers(tag, advanced(e, vector, steps, tag))
            }
            State::Struct(size) => {
                let next = e.words(1);
                e.b.ins().stack_store(POINTER, to, next, 0);
                Self::Structs(size as i64, next)
            }
        }
    }

    fn store(&self, e: &mut Emitter, carried: &Carried, held: Option<Value>, index: Value) {
        match (self, held, carried) {
            (&Self::Numbers(tag, end), Some(value), _) => {
                let to = advanced(e, end, index, tag);
                e.b.ins().store(MemFlagsData::trusted(), value, to, DATA);
            }
            (&Self::Structs(size, next), _, Carried::Struct(s)) => {
                // Words reach beyond a struct, into the place of the one after it, which comes later.
                let to = e.b.ins().stack_load(POINTER, POINTER, next, 0);
                let from = e.b.ins().stack_addr(POINTER, s.state, 0);
                s.copy(e, from, to);
                let to = e.b.ins().iadd_imm_s(to, size);
                e.b.ins().stack_store(POINTER, to, next, 0);
            }
            _ => (),
        }
    }
}
