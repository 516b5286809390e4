//! The fixed-rank stub: a C function of as many K as the C function has parameters.

use cranelift_codegen::ir::{
    Function, InstBuilder, MemFlagsData, StackSlotData, StackSlotKind, Value, types,
};
use cranelift_frontend::FunctionBuilderContext;

use crate::jit::compiler::Compiler;
use crate::jit::emitter::{Emitter, POINTER, pointers};
use crate::jit::mark::Mark;
use crate::jit::symbol::Symbol;
use crate::jit::unboxing::Unboxed;
use crate::plan::{Plan, Route, Unbox};

/// Writes the stub. All tags are checked before anything is loaded, so that the checks need no register.
pub fn emit(function: &mut Function, context: &mut FunctionBuilderContext, compiler: &Compiler, plan: &Plan) {
    // q has no functions without parameters; such a stub is given `::` and ignores it.
    let arity = plan.given().count();
    let signature = pointers(plan.abi.call_conv(), arity.max(1));
    let (mut e, objects) = Emitter::new(function, context, compiler, plan.abi, signature);
    let objects = &objects[..arity];
    if plan.route == Route::Native {
        hot(&mut e, plan, objects);
    } else {
        e.b.ins().jump(e.cold, &[]);
    }
    cold(&mut e, objects);
    e.finish();
}

/// Writes a stub that leaves every call to the cold path.
pub fn emit_cold(
    function: &mut Function,
    context: &mut FunctionBuilderContext,
    compiler: &Compiler,
    plan: &Plan,
) {
    let signature = pointers(plan.abi.call_conv(), plan.params.len());
    let (mut e, objects) = Emitter::new(function, context, compiler, plan.abi, signature);
    e.b.ins().jump(e.cold, &[]);
    cold(&mut e, &objects);
    e.finish();
}

/// Checks, loads, calls. The record is asked for when nothing but loads is left, so that it is not in their way.
pub fn hot(e: &mut Emitter, plan: &Plan, objects: &[Value]) {
    let given: Vec<(usize, Unbox)> = plan.given().collect();
    let mut args: Vec<Unboxed> =
        given.iter().zip(objects).map(|(&(i, _), &object)| Unboxed::check(e, plan, i, object)).collect();
    let record = e.record();
    // Floats first: integers go to the registers that the objects came in, which should be free by then.
    for integers in [false, true] {
        for (arg, _) in args.iter_mut().zip(&given).filter(|(_, (_, p))| p.is_integer() == integers) {
            arg.load(e, plan);
        }
    }
    let args: Vec<Value> = args.into_iter().flat_map(Unboxed::into_pieces).collect();
    e.call_and_return(plan, record, &args);
}

/// Hands the arguments to marshalling, which converts them or says what is wrong.
pub fn cold(e: &mut Emitter, objects: &[Value]) {
    e.b.switch_to_block(e.cold);
    let context = e.address(Symbol::Context);
    if e.abi.counts_floats_apart() {
        cold_in_place(e, objects, context);
    } else {
        cold_in_slot(e, objects, context);
    }
}

/// Leaves each object where q has put it, which costs the hot path neither moves nor a frame: the binding goes in a
/// register for floats. Objects on the stack are the callee's own arguments there, if the call is a jump.
fn cold_in_place(e: &mut Emitter, objects: &[Value], context: Value) {
    let registers = e.abi.integer_registers();
    let mark = if objects.len() > registers { Mark::Jump } else { Mark::Tail };
    let context = e.b.ins().bitcast(types::F64, MemFlagsData::new(), context);
    let mut args: Vec<Value> = objects.iter().copied().take(registers).collect();
    args.push(context);
    e.returning(mark, |e| e.call_runtime(Symbol::ColdInPlace, &args));
}

/// Lays the objects out in the frame.
fn cold_in_slot(e: &mut Emitter, objects: &[Value], context: Value) {
    let slot = StackSlotData::new(StackSlotKind::ExplicitSlot, 8 * objects.len() as u32, 3);
    let slot = e.b.create_sized_stack_slot(slot);
    // Backwards, since the address of the first word is an argument too, and takes the register of the second.
    for (i, &object) in objects.iter().enumerate().rev() {
        e.b.ins().stack_store(POINTER, object, slot, 8 * i as i32);
    }
    let base = e.b.ins().stack_addr(POINTER, slot, 0);
    let result = e.call_runtime(Symbol::ColdInSlot, &[context, base]);
    e.give_back(&[result]);
}
