//! The callback thunk: a C function that boxes its arguments, applies a q function, and unboxes the result.

use cranelift_codegen::ir::{
    AbiParam, Function, InstBuilder, MemFlagsData, Signature, StackSlot, StackSlotData, StackSlotKind, Value,
    types,
};
use cranelift_codegen::isa::TargetIsa;
use cranelift_frontend::FunctionBuilderContext;

use super::code::Symbol;
use super::convert::{Emitter, POINTER, param_type, rebox_type};
use super::recycle;
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
    let (mut e, args) = Emitter::new(function, context, isa, plan.abi, signature(plan));
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
    let slot = word_slots(&mut e, 1);
    let at = e.b.ins().stack_addr(POINTER, slot, 0);
    let thunk = e.address(Symbol::Context);
    let caller = e.b.ins().get_return_address(POINTER);
    e.call_void(Symbol::Settle, &[thunk, entered, result, at, caller]);
    return_from(&mut e, plan, at);

    e.b.switch_to_block(elsewhere);
    away(&mut e, plan, &args);
    e.finish();
}

/// The C signature, whose narrow result is extended as an argument would be.
fn signature(plan: &CallbackPlan) -> Signature {
    let mut signature = Signature::new(plan.abi.call_conv());
    signature.params.extend(plan.params.iter().filter_map(|&p| rebox_type(p)).map(AbiParam::new));
    // A void thunk leaves zero where a caller that was promised a K object would look for one, as `sd1` does.
    signature.returns.push(AbiParam::new(plan.result.map_or(POINTER, param_type)));
    signature
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
    e.b.ins().return_(&[value]);
}

/// Hands the arguments, a word each, to the runtime, which finds a result without entering q from here.
fn away(e: &mut Emitter, plan: &CallbackPlan, args: &[Value]) {
    let slot = word_slots(e, args.len() + 1);
    for (i, &arg) in args.iter().enumerate() {
        e.b.ins().stack_store(POINTER, arg, slot, 8 * i as i32);
    }
    let words = e.b.ins().stack_addr(POINTER, slot, 0);
    let at = e.b.ins().stack_addr(POINTER, slot, 8 * args.len() as i32);
    let thunk = e.address(Symbol::Context);
    e.call_void(Symbol::Elsewhere, &[thunk, words, at]);
    return_from(e, plan, at);
}

/// Returns the result that the runtime has left at `at`, a word that begins with it.
fn return_from(e: &mut Emitter, plan: &CallbackPlan, at: Value) {
    let value = match plan.result {
        Some(Unbox::Payload { load, .. }) => e.number(load, at, 0),
        _ => e.load(POINTER, at, 0),
    };
    e.b.ins().return_(&[value]);
}

fn word_slots(e: &mut Emitter, count: usize) -> StackSlot {
    e.b.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, 8 * count as u32, 3))
}
