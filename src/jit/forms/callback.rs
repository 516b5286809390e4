//! The callback thunk: a C function that boxes its arguments, applies a q function, and unboxes the result.

use cranelift_codegen::ir::{
    AbiParam, Block, Function, InstBuilder, MemFlagsData, Signature, StackSlot, Type, Value, types,
};
use cranelift_frontend::FunctionBuilderContext;

use super::recycle;
use crate::abi::{Argument, Returned, Slot};
use crate::calls::{Record, Suspended};
use crate::jit::compiler::Compiler;
use crate::jit::compiler::RecordAccess;
use crate::jit::emitter::{Emitter, POINTER};
use crate::jit::parameters::{self, Parameters};
use crate::jit::symbol::Symbol;
use crate::jit::thunk_state::ThunkState;
use crate::jit::types::{param_type, rebox_type};
use crate::plan::MAX_RANK;
use crate::plan::{CallbackPlan, Rebox, Unbox};

/// Writes the thunk.
///
/// The runtime says first whether q may be entered here and now. If not, or if the result is not an atom of the
/// declared type, it is given what there is and decides.
pub fn emit(
    function: &mut Function,
    context: &mut FunctionBuilderContext,
    compiler: &Compiler,
    plan: &CallbackPlan,
) {
    let parameters = Parameters::new(&plan.passing, &pieces_of(plan));
    let signature = signature(plan, &parameters);
    let (mut e, params) = Emitter::new(function, context, compiler, plan.abi, signature);
    let (room, pieces) = parameters.receive(&mut e, &params);
    let args = assembled(&mut e, plan, pieces);
    let slot = e.words(size_of::<Suspended>() / 8);
    let [elsewhere, settle] = [(); 2].map(|()| e.b.create_block());
    [elsewhere, settle].into_iter().for_each(|block| e.b.set_cold_block(block));
    let unsettled = e.b.append_block_param(settle, POINTER);
    enter_or(&mut e, slot, elsewhere);
    let result = apply(&mut e, plan, &args, settle);
    give(&mut e, plan, slot, result);
    e.b.switch_to_block(e.cold);
    e.b.ins().jump(settle, &[result.into()]);

    e.b.switch_to_block(settle);
    let at = result_room(&mut e, plan, room);
    let thunk = e.address(Symbol::Context);
    let suspended = e.b.ins().stack_addr(POINTER, slot, 0);
    e.call_void(Symbol::Settle, &[thunk, suspended, unsettled, at]);
    return_from(&mut e, plan, at);

    e.b.switch_to_block(elsewhere);
    away(&mut e, plan, &args, room);
    e.finish();
}

/// Goes on if the runtime lets q be entered, which keeps in `slot` what is under way.
fn enter_or(e: &mut Emitter, slot: StackSlot, elsewhere: Block) {
    let suspended = e.b.ins().stack_addr(POINTER, slot, 0);
    let thunk = e.address(Symbol::Context);
    let entered = e.call_runtime(Symbol::Enter, &[thunk, suspended]);
    e.require_or(entered, elsewhere);
}

/// What q's function gives for the arguments; `settle` is told NULL where there is no memory for them.
fn apply(e: &mut Emitter, plan: &CallbackPlan, args: &[Value], settle: Block) -> Value {
    let recycles = recycle::is_possible(plan);
    let list = match recycles {
        true => recycle::arguments(e, plan, args, settle),
        false => arguments(e, plan, args, settle),
    };
    let q_function = e.address(Symbol::Function);
    let result = e.call_runtime(Symbol::Apply, &[q_function, list]);
    match recycles {
        true => recycle::keep(e, plan, list),
        false => e.call_void(Symbol::Release, &[list]),
    }
    result
}

/// Places and types of the pieces of all arguments.
fn pieces_of(plan: &CallbackPlan) -> Vec<(Slot, Type)> {
    let arguments = plan.passing.args.iter().zip(&plan.params);
    arguments
        .flat_map(|(argument, &p)| parameters::pieces(argument, rebox_type(p).unwrap_or(POINTER)))
        .collect()
}

/// The C signature, whose narrow result is extended as an argument would be.
fn signature(plan: &CallbackPlan, parameters: &Parameters) -> Signature {
    let mut signature = Signature::new(plan.abi.call_conv());
    signature.params.extend(parameters.params());
    match &plan.passing.result {
        result @ (Returned::Memory | Returned::Pieces(_)) => signature.returns = parameters::returns(result),
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
            let slot = e.words(all.last().map_or(1, |p| p.offset / 8 + 1));
            for (piece, value) in all.iter().zip(pieces.by_ref()) {
                e.b.ins().stack_store(POINTER, value, slot, piece.offset as i32);
            }
            Some(e.b.ins().stack_addr(POINTER, slot, 0))
        }
    };
    plan.passing.args.iter().filter_map(&mut assemble).collect()
}

/// The list of the arguments; one of `::` when there are none, one of the list when q takes no more than a list. To
/// `settle` with NULL if there is no memory for it.
fn arguments(e: &mut Emitter, plan: &CallbackPlan, args: &[Value], settle: Block) -> Value {
    let mut objects = boxed(e, plan, args);
    if objects.is_empty() {
        objects.push(e.call_runtime(Symbol::Null, &[]));
    }
    let mut list = e.list_of(&objects);
    if objects.len() > MAX_RANK {
        list = e.list_of(&[list]);
    }
    let made = e.b.create_block();
    e.b.ins().brif(list, made, &[], settle, &[list.into()]);
    e.b.switch_to_block(made);
    list
}

/// A K object of each argument, or NULL.
fn boxed(e: &mut Emitter, plan: &CallbackPlan, args: &[Value]) -> Vec<Value> {
    plan.params
        .iter()
        .zip(args)
        .enumerate()
        .map(|(i, (&how, &arg))| match how {
            Rebox::Atom { tag, repr } => e.rebox_atom(tag, repr, arg),
            Rebox::Pointee { tag, repr, null } => {
                let value = e.pointee(repr, null, arg);
                e.rebox_atom(tag, repr.in_q(), value)
            }
            Rebox::Text => e.call_runtime(Symbol::MakeSymbol, &[arg]),
            _ => {
                let thunk = e.address(Symbol::Context);
                let index = e.b.ins().iconst(POINTER, i as i64);
                e.call_runtime(Symbol::BoxArgument, &[thunk, index, arg])
            }
        })
        .collect()
}

/// Returns q's result to C if it is an atom of the declared type; to the cold path otherwise.
fn give(e: &mut Emitter, plan: &CallbackPlan, suspended: StackSlot, result: Value) {
    e.require(result);
    let value = match plan.result {
        None => None,
        Some(how @ Unbox::Payload { .. }) => {
            let checked = e.check(how, result);
            Some(checked.unwrap_or_else(|| e.value(how, result)))
        }
        Some(_) => {
            e.b.ins().jump(e.cold, &[]);
            return;
        }
    };
    e.call_void(Symbol::Release, &[result]);
    leave(e, suspended);
    let value = value.unwrap_or_else(|| e.b.ins().iconst(POINTER, 0));
    e.give_back(&[value]);
}

/// Ends what `Enter` began, as [`crate::calls::Here::resume`] does. Nothing may come after it that changes `errno`.
fn leave(e: &mut Emitter, suspended: StackSlot) {
    let thunk = e.address(Symbol::Context);
    if e.record_access() == RecordAccess::Call {
        let suspended = e.b.ins().stack_addr(POINTER, suspended, 0);
        return e.call_void(Symbol::Leave, &[thunk, suspended]);
    }
    e.add(thunk, ThunkState::RUNNING, -1);
    let record = e.address(Symbol::Record);
    let (errno, errno_at) =
        (e.load(types::I32, record, Record::ERRNO), e.load(POINTER, record, Record::ERRNO_AT));
    e.b.ins().store(MemFlagsData::trusted(), errno, errno_at, 0);
    for (ty, from, to) in
        [(types::I32, Suspended::ERRNO, Record::ERRNO), (types::I64, Suspended::UNDER_WAY, Record::UNDER_WAY)]
    {
        let before = e.b.ins().stack_load(POINTER, ty, suspended, from);
        e.b.ins().store(MemFlagsData::trusted(), before, record, to);
    }
    e.add(record, Record::CALLBACKS, -1);
}

/// Hands the arguments, a word each, to the runtime, which finds a result without entering q from here.
fn away(e: &mut Emitter, plan: &CallbackPlan, args: &[Value], room: Option<Value>) {
    let slot = e.words(args.len());
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
        let slot = e.words(words);
        e.b.ins().stack_addr(POINTER, slot, 0)
    })
}

/// Returns the result that the runtime has left at `at`.
fn return_from(e: &mut Emitter, plan: &CallbackPlan, at: Value) {
    let values = match (&plan.passing.result, plan.result) {
        (Returned::Memory, _) => Vec::new(),
        (Returned::Pieces(pieces), _) => {
            pieces.iter().map(|p| e.load(parameters::piece_type(p), at, p.offset as i32)).collect()
        }
        (_, Some(Unbox::Payload { load, .. })) => vec![e.number(load, at, 0)],
        _ => vec![e.load(POINTER, at, 0)],
    };
    e.give_back(&values);
}
