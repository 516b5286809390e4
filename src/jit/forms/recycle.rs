//! The list of a callback's arguments, used again from call to call.
//!
//! What a callback costs beyond q itself is mostly making and freeing the list and its atoms. If q has kept nothing of
//! them, which the reference counts tell, the next call can store its arguments in them. The callback holds the list
//! between calls; a call takes it out, so that one within it finds none and makes its own.

use cranelift_codegen::ir::{Block, InstBuilder, MemFlagsData, Value, types};

use crate::ctype::Repr;
use crate::jit::emitter::{Emitter, POINTER};
use crate::jit::symbol::Symbol;
use crate::jit::thunk_state::ThunkState;
use crate::k::{COUNT, DATA, PAYLOAD};
use crate::plan::{CallbackPlan, MAX_RANK, Rebox};

/// Whether all arguments are atoms of fixed width, which can be stored in place.
pub fn is_possible(plan: &CallbackPlan) -> bool {
    let is_atom = |p: &Rebox| matches!(p, Rebox::Atom { .. } | Rebox::Pointee { .. });
    (1..=MAX_RANK).contains(&plan.params.len()) && plan.params.iter().all(is_atom)
}

/// The list of the arguments: the last call's if there is one that nobody refers to, a new one otherwise. To `settle`
/// with NULL if there is no memory for it.
pub fn arguments(e: &mut Emitter, plan: &CallbackPlan, args: &[Value], settle: Block) -> Value {
    let values: Vec<(i8, Repr, Value)> =
        plan.params.iter().zip(args).filter_map(|(&how, &arg)| value(e, how, arg)).collect();
    let [ready, fresh, discard] = [false, true, true].map(|cold| block(e, cold));
    let list = e.b.append_block_param(ready, POINTER);

    let thunk = e.address(Symbol::Context);
    let last = e.load(POINTER, thunk, ThunkState::LIST);
    e.require_or(last, fresh);
    let none = e.b.ins().iconst(POINTER, 0);
    e.b.ins().store(MemFlagsData::trusted(), none, thunk, ThunkState::LIST);
    let atoms = unshared_or(e, values.len(), last, discard);
    for (&(_, repr, value), atom) in values.iter().zip(atoms) {
        let value = e.normalized(repr, value);
        e.b.ins().store(MemFlagsData::trusted(), value, atom, PAYLOAD);
    }
    e.b.ins().jump(ready, &[last.into()]);

    e.b.switch_to_block(discard);
    e.call_void(Symbol::Release, &[last]);
    e.b.ins().jump(fresh, &[]);

    e.b.switch_to_block(fresh);
    let atoms: Vec<Value> = values.iter().map(|&(tag, repr, value)| e.rebox_atom(tag, repr, value)).collect();
    let made = e.list_of(&atoms);
    e.b.ins().brif(made, ready, &[made.into()], settle, &[made.into()]);
    e.b.switch_to_block(ready);
    list
}

/// Leaves the list for the next call, or gives it up if q has kept some of it or there is one already.
pub fn keep(e: &mut Emitter, plan: &CallbackPlan, list: Value) {
    let [give_up, done] = [true, false].map(|cold| block(e, cold));
    unshared_or(e, plan.params.len(), list, give_up);
    let thunk = e.address(Symbol::Context);
    let kept = e.load(POINTER, thunk, ThunkState::LIST);
    let store = block(e, false);
    e.b.ins().brif(kept, give_up, &[], store, &[]);
    e.b.switch_to_block(store);
    e.b.ins().store(MemFlagsData::trusted(), list, thunk, ThunkState::LIST);
    e.b.ins().jump(done, &[]);
    e.b.switch_to_block(give_up);
    e.call_void(Symbol::Release, &[list]);
    e.b.ins().jump(done, &[]);
    e.b.switch_to_block(done);
}

fn block(e: &mut Emitter, cold: bool) -> Block {
    let block = e.b.create_block();
    if cold {
        e.b.set_cold_block(block);
    }
    block
}

/// Goes on if nobody but we refers to the list and its atoms, which come back.
fn unshared_or(e: &mut Emitter, atoms: usize, list: Value, otherwise: Block) -> Vec<Value> {
    let mut references = e.load(types::I32, list, COUNT);
    let atoms: Vec<Value> = (0..atoms).map(|i| e.load(POINTER, list, DATA + 8 * i as i32)).collect();
    for &atom in &atoms {
        let more = e.load(types::I32, atom, COUNT);
        references = e.b.ins().bor(references, more);
    }
    let unshared = block(e, false);
    e.b.ins().brif(references, otherwise, &[], unshared, &[]);
    e.b.switch_to_block(unshared);
    atoms
}

/// Tag, representation and value of an argument.
fn value(e: &mut Emitter, how: Rebox, arg: Value) -> Option<(i8, Repr, Value)> {
    match how {
        Rebox::Atom { tag, repr } => Some((tag, repr, arg)),
        Rebox::Pointee { tag, repr, null } => Some((tag, repr.in_q(), e.pointee(repr, null, arg))),
        _ => None,
    }
}
