//! The invoker: calls a C function of one signature with arguments that lie in memory ([`crate::jit::Invoker`]).

use cranelift_codegen::ir::{AbiParam, Function, InstBuilder, MemFlagsData, Signature, Type, Value};
use cranelift_frontend::FunctionBuilderContext;

use crate::abi::{Argument, Passing, Returned, Slot};
use crate::jit::compiler::Compiler;
use crate::jit::emitter::{Emitter, POINTER};
use crate::jit::parameters::{Parameters, piece_type, pieces, returns};
use crate::jit::types::load_type;
use crate::plan::Load;

/// Writes the invoker.
pub fn emit(
    function: &mut Function,
    context: &mut FunctionBuilderContext,
    compiler: &Compiler,
    passing: &Passing,
) {
    let mut signature = Signature::new(passing.abi.call_conv());
    signature.params = vec![AbiParam::new(POINTER); 3];
    let (mut e, params) = Emitter::new(function, context, compiler, passing.abi, signature);
    let [target, addresses, result] = params[..] else { unreachable!("three parameters") };
    let (mut places, mut values) = (Vec::new(), Vec::new());
    for (i, argument) in passing.args.iter().enumerate() {
        let at = e.load(POINTER, addresses, 8 * i as i32);
        load(&mut e, argument, at, &mut places, &mut values);
    }
    let parameters = Parameters::new(passing, &places);
    let mut signature = Signature::new(passing.abi.call_conv());
    signature.params.extend(parameters.params());
    signature.returns = returns(&passing.result);
    let hidden = (passing.result == Returned::Memory).then_some(result);
    let arguments = parameters.send(&mut e, hidden, &values);
    let signature = e.b.import_signature(signature);
    let call = e.b.ins().call_indirect(signature, target, &arguments);
    let returned = e.b.inst_results(call).to_vec();
    store(&mut e, &passing.result, &returned, result);
    e.give_back(&[]);
    // Nothing is checked here, so nothing goes there.
    e.b.switch_to_block(e.cold);
    e.give_back(&[]);
    e.finish();
}

/// Loads the pieces of an argument that lies at an address.
pub fn load(
    e: &mut Emitter,
    argument: &Argument,
    at: Value,
    places: &mut Vec<(Slot, Type)>,
    values: &mut Vec<Value>,
) {
    match argument {
        Argument::Scalar { repr, to } => {
            // Marshalling has promoted a variable argument already.
            let load = Load::new(*repr, e.abi, *to, false);
            places.extend(pieces(argument, load_type(load)));
            values.push(e.number(load, at, 0));
        }
        Argument::Copy { .. } => {
            places.extend(pieces(argument, POINTER));
            values.push(at);
        }
        Argument::Pieces(all) => {
            places.extend(pieces(argument, POINTER));
            values.extend(all.iter().map(|p| e.load(piece_type(p), at, p.offset as i32)));
        }
    }
}

/// Stores what has been returned in registers.
pub fn store(e: &mut Emitter, result: &Returned, values: &[Value], to: Value) {
    let offsets: Vec<usize> = match result {
        Returned::Nothing | Returned::Memory => Vec::new(),
        Returned::Scalar(_) => vec![0],
        Returned::Pieces(pieces) => pieces.iter().map(|p| p.offset).collect(),
    };
    for (offset, &value) in offsets.into_iter().zip(values) {
        e.b.ins().store(MemFlagsData::trusted(), value, to, offset as i32);
    }
}
