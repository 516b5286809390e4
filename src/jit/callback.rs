//! The callback thunk: a C function that boxes its arguments, applies a q function, and unboxes the result.

use cranelift_codegen::ir::{
    AbiParam, Function, InstBuilder, MemFlagsData, Signature, StackSlot, StackSlotData, StackSlotKind, Type,
    Value, types,
};
use cranelift_codegen::isa::TargetIsa;
use cranelift_frontend::FunctionBuilderContext;

use super::code::Symbol;
use super::convert::{Emitter, POINTER, param_type, rebox_type};
use super::passing::{self, Parameters};
use super::recycle;
use crate::abi::{Argument, Returned, Slot};
use crate::callback::state::CallState;
use crate::callback::{Callback, Entered};
use crate::k::DATA;
use crate::plan::MAX_RANK;
use crate::plan::{CallbackPlan, Rebox, Unbox};

/// Writes the thunk.
///
/// The runtime says first whether q may be entered here and now. If not, or if the result is not an atom of the
/// declared type, it is given what there is and decides.
pub fn emit(
    function: &mut Function,
    context: &mut FunctionBuilderContext,
    isa: &dyn TargetIsa,
    plan: &CallbackPlan,
) {
    let parameters = Parameters::new(&plan.passing, &pieces_of(plan));
    let signature = signature(plan, &parameters);
    let (mut e, params) = Emitter::new(function, context, isa, plan.abi, signature);
    let (room, pieces) = parameters.receive(&mut e, &params);
    let args = assembled(&mut e, plan, pieces);
    let thunk = e.address(Symbol::Context);
    let entered = e.call_runtime(Symbol::Enter, &[thunk]);
    let elsewhere = e.b.create_block();
    e.b.set_cold_block(elsewhere);
    e.require_or(entered, elsewhere);

    let recycles = recycle::is_possible(plan);
    let list = match recycles {
        true => recycle::arguments(&mut e, plan, entered, &args),
        false => arguments(&mut e, plan, &args),
    };
    let q_function = e.address(Symbol::Function);
    let result = e.call_runtime(Symbol::Apply, &[q_function, list]);
    match recycles {
        true => recycle::keep(&mut e, plan, entered, list),
        false => e.call_void(Symbol::Release, &[list]),
    }
    give(&mut e, plan, entered, result);

    e.b.switch_to_block(e.cold);
    let at = result_room(&mut e, plan, room);
    let thunk = e.address(Symbol::Context);
    let caller = e.b.ins().get_return_address(POINTER);
    e.call_void(Symbol::Settle, &[thunk, entered, result, at, caller]);
    return_from(&mut e, plan, at);

    e.b.switch_to_block(elsewhere);
    away(&mut e, plan, &args, room);
    e.finish();
}

/// Places and types of the pieces of all arguments.
fn pieces_of(plan: &CallbackPlan) -> Vec<(Slot, Type)> {
    let arguments = plan.passing.args.iter().zip(&plan.params);
    arguments.flat_map(|(argument, &p)| passing::pieces(argument, rebox_type(p).unwrap_or(POINTER))).collect()
}

/// The C signature, whose narrow result is extended as an argument would be.
fn signature(plan: &CallbackPlan, parameters: &Parameters) -> Signature {
    let mut signature = Signature::new(plan.abi.call_conv());
    signature.params.extend(parameters.params());
    match &plan.passing.result {
        result @ (Returned::Memory | Returned::Pieces(_)) => signature.returns = passing::returns(result),
        // A void thunk leaves zero where a caller that was promised a K object would look for one, as `sd1` does.
        _ => signature.returns.push(AbiParam::new(plan.result.map_or(POINTER, param_type))),
    }
    signature
}

/// The arguments, each in a word: of a struct the address.
fn assembled(e: &mut Emitter, plan: &CallbackPlan, pieces: Vec<Value>) -> Vec<Value> {
    let mut pieces = pieces.into_iter();
    let mut assemble = |argument: &Argument| match argument {
        Argument::Scalar { .. } | Argument::Copy { .. } => pieces.next(),
        Argument::Pieces(all) => {
            let slot = word_slots(e, all.last().map_or(1, |p| p.offset / 8 + 1));
            for (piece, value) in all.iter().zip(pieces.by_ref()) {
                e.b.ins().stack_store(POINTER, value, slot, piece.offset as i32);
            }
            Some(e.b.ins().stack_addr(POINTER, slot, 0))
        }
    };
    plan.passing.args.iter().filter_map(&mut assemble).collect()
}

/// The list of the arguments; one of `::` when there are none, one of the list when q takes no more than a list.
fn arguments(e: &mut Emitter, plan: &CallbackPlan, args: &[Value]) -> Value {
    if args.is_empty() {
        let null = e.call_runtime(Symbol::Null, &[]);
        return list_of(e, &[null]);
    }
    let objects: Vec<Value> = plan
        .params
        .iter()
        .zip(args)
        .enumerate()
        .map(|(i, (&how, &arg))| match how {
            Rebox::Atom { tag, repr } => e.rebox_atom(tag, repr, arg),
            Rebox::Pointee { tag, repr, null } => {
                let value = e.pointee(repr, null, arg);
                e.rebox_atom(tag, repr, value)
            }
            Rebox::Text => e.call_runtime(Symbol::MakeSymbol, &[arg]),
            _ => {
                let thunk = e.address(Symbol::Context);
                let index = e.b.ins().iconst(POINTER, i as i64);
                e.call_runtime(Symbol::BoxArgument, &[thunk, index, arg])
            }
        })
        .collect();
    let list = list_of(e, &objects);
    if args.len() > MAX_RANK { list_of(e, &[list]) } else { list }
}

/// A general list of these objects.
pub fn list_of(e: &mut Emitter, objects: &[Value]) -> Value {
    let general = e.b.ins().iconst(types::I32, 0);
    let length = e.b.ins().iconst(types::I64, objects.len() as i64);
    let list = e.call_runtime(Symbol::AllocateVector, &[general, length]);
    for (i, &object) in objects.iter().enumerate() {
        e.b.ins().store(MemFlagsData::trusted(), object, list, DATA + 8 * i as i32);
    }
    list
}

/// Returns q's result to C if it is an atom of the declared type; to the cold path otherwise.
fn give(e: &mut Emitter, plan: &CallbackPlan, entered: Value, result: Value) {
    e.require(result);
    let value = match plan.result {
        None => None,
        Some(how @ Unbox::Payload { .. }) => {
            e.check(how, result);
            Some(e.value(how, result))
        }
        Some(_) => {
            e.b.ins().jump(e.cold, &[]);
            return;
        }
    };
    e.call_void(Symbol::Release, &[result]);
    let thunk = e.address(Symbol::Context);
    let running = e.load(types::I32, thunk, Callback::RUNNING);
    let running = e.b.ins().iadd_imm_s(running, -1);
    e.b.ins().store(MemFlagsData::trusted(), running, thunk, Callback::RUNNING);
    let state = e.address(Symbol::InCall);
    let in_call = e.b.ins().ushr_imm_u(entered, i64::from(Entered::IN_CALL.trailing_zeros()));
    let in_call = e.b.ins().band_imm_u(in_call, 1);
    e.b.ins().istore8(MemFlagsData::trusted(), in_call, state, CallState::IN_CALL);
    let value = value.unwrap_or_else(|| e.b.ins().iconst(POINTER, 0));
    e.give_back(&[value]);
}

/// Hands the arguments, a word each, to the runtime, which finds a result without entering q from here.
fn away(e: &mut Emitter, plan: &CallbackPlan, args: &[Value], room: Option<Value>) {
    let slot = word_slots(e, args.len());
    for (i, &arg) in args.iter().enumerate() {
        e.b.ins().stack_store(POINTER, arg, slot, 8 * i as i32);
    }
    let words = e.b.ins().stack_addr(POINTER, slot, 0);
    let at = result_room(e, plan, room);
    let thunk = e.address(Symbol::Context);
    e.call_void(Symbol::Elsewhere, &[thunk, words, at]);
    return_from(e, plan, at);
}

/// Where the runtime leaves the result: where C wants it, or in words of the frame.
fn result_room(e: &mut Emitter, plan: &CallbackPlan, room: Option<Value>) -> Value {
    let words = match &plan.passing.result {
        Returned::Pieces(pieces) => pieces.last().map_or(1, |p| p.offset / 8 + 1),
        _ => 1,
    };
    room.unwrap_or_else(|| {
        let slot = word_slots(e, words);
        e.b.ins().stack_addr(POINTER, slot, 0)
    })
}

/// Returns the result that the runtime has left at `at`.
fn return_from(e: &mut Emitter, plan: &CallbackPlan, at: Value) {
    let values = match (&plan.passing.result, plan.result) {
        (Returned::Memory, _) => Vec::new(),
        (Returned::Pieces(pieces), _) => {
            pieces.iter().map(|p| e.load(passing::piece_type(p), at, p.offset as i32)).collect()
        }
        (_, Some(Unbox::Payload { load, .. })) => vec![e.number(load, at, 0)],
        _ => vec![e.load(POINTER, at, 0)],
    };
    e.give_back(&values);
}

fn word_slots(e: &mut Emitter, count: usize) -> StackSlot {
    e.b.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, 8 * count.max(1) as u32, 3))
}
