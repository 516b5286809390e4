//! The list-form stub: a q function of one parameter, the list of the arguments.
//!
//! It takes three shapes: a general list of the arguments, the simple vector that arguments of one type collapse to,
//! and a list of one item, `(a;b;::)`, the form of KxSystems/ffi seen through `enlist`.

use cranelift_codegen::ir::{Block, BlockArg, Function, InstBuilder, Type, Value, types};
use cranelift_frontend::FunctionBuilderContext;

use crate::jit::compiler::Compiler;
use crate::jit::emitter::{Emitter, POINTER, pointers};
use crate::jit::parameters::pieces;
use crate::jit::symbol::Symbol;
use crate::jit::types::param_type;
use crate::jit::unboxing::Unboxed;
use crate::k::tag::element_size;
use crate::k::{DATA, PAYLOAD, tag};
use crate::plan::{Plan, Route, Unbox};

/// Writes the stub.
pub fn emit(function: &mut Function, context: &mut FunctionBuilderContext, compiler: &Compiler, plan: &Plan) {
    let (mut e, params) =
        Emitter::new(function, context, compiler, plan.abi, pointers(plan.abi.call_conv(), 1));
    let list = params[0];
    if plan.route == Route::Native {
        hot(&mut e, plan, list);
    } else {
        e.b.ins().jump(e.cold, &[]);
    }
    cold(e, list);
}

/// Writes a stub that leaves every call to the cold path.
pub fn emit_cold(
    function: &mut Function,
    context: &mut FunctionBuilderContext,
    compiler: &Compiler,
    plan: &Plan,
) {
    let (mut e, params) =
        Emitter::new(function, context, compiler, plan.abi, pointers(plan.abi.call_conv(), 1));
    e.b.ins().jump(e.cold, &[]);
    cold(e, params[0]);
}

fn cold(mut e: Emitter, list: Value) {
    e.b.switch_to_block(e.cold);
    let context = e.address(Symbol::Context);
    // The list first, so that it stays in the register it came in.
    e.return_call(Symbol::ColdList, &[list, context]);
    e.finish();
}

fn hot(e: &mut Emitter, plan: &Plan, list: Value) {
    let record = e.record();
    let call = e.b.create_block();
    for ty in piece_types(plan) {
        e.b.append_block_param(call, ty);
    }
    let simple = e.b.create_block();
    let is_general = e.has_tag(list, tag::LIST);
    e.require_or(is_general, simple);
    general(e, plan, list, call);

    e.b.switch_to_block(simple);
    vector(e, plan, list, call);

    e.b.switch_to_block(call);
    let args = e.b.block_params(call).to_vec();
    e.call_and_return(plan, record, &args);
}

/// A general list: of the arguments, or of one list that ends in `::`.
fn general(e: &mut Emitter, plan: &Plan, list: Value, call: Block) {
    let arity = plan.given().count();
    if arity == 0 {
        return nothing(e, list, call);
    }
    let [items, wrapped, other, direct] = [(); 4].map(|()| e.b.create_block());
    let holder = e.b.append_block_param(items, POINTER);
    if common_tag(plan).is_some() {
        // Arguments of these types collapse to a vector.
        e.b.set_cold_block(other);
        e.b.set_cold_block(direct);
    }
    let one = e.has_length(list, 1);
    e.b.ins().brif(one, wrapped, &[], other, &[]);

    // One item may be the only argument itself or the list that holds it; the latter has precedence.
    e.b.switch_to_block(wrapped);
    unwrap(e, arity, list, items, if arity == 1 { direct } else { e.cold });

    e.b.switch_to_block(other);
    if arity == 1 {
        e.b.ins().jump(e.cold, &[]);
    } else {
        let complete = e.has_length(list, arity);
        e.b.ins().brif(complete, direct, &[], e.cold, &[]);
    }

    e.b.switch_to_block(direct);
    e.b.ins().jump(items, &[list.into()]);

    e.b.switch_to_block(items);
    unbox_items(e, plan, holder, call);
}

/// `f[]` passes `::`. The other ways to say nothing are left to the cold path.
fn nothing(e: &mut Emitter, list: Value, call: Block) {
    let one = e.has_length(list, 1);
    e.require(one);
    let item = item(e, list, 0, e.cold);
    is_null(e, item, e.cold);
    e.b.ins().jump(call, &[]);
}

/// Goes to `items` with the list's only item if that is a general list of the arguments and `::`.
fn unwrap(e: &mut Emitter, arity: usize, list: Value, items: Block, otherwise: Block) {
    let inner = item(e, list, 0, otherwise);
    let is_general = e.has_tag(inner, tag::LIST);
    e.require_or(is_general, otherwise);
    let complete = e.has_length(inner, arity + 1);
    e.require_or(complete, otherwise);
    let last = item(e, inner, arity, otherwise);
    is_null(e, last, otherwise);
    e.b.ins().jump(items, &[inner.into()]);
}

/// An item of a general list. A list that a library has left unfinished has none there, and goes `otherwise`.
fn item(e: &mut Emitter, list: Value, i: usize, otherwise: Block) -> Value {
    let item = e.load(POINTER, list, DATA + 8 * i as i32);
    e.require_or(item, otherwise);
    item
}

/// Goes on if an object is `::`.
fn is_null(e: &mut Emitter, object: Value, otherwise: Block) {
    let is_unary = e.has_tag(object, tag::UNARY);
    e.require_or(is_unary, otherwise);
    let number = e.load(types::I64, object, PAYLOAD);
    let is_null = e.b.ins().icmp_imm_s(cranelift_codegen::ir::condcodes::IntCC::Equal, number, 0);
    e.require_or(is_null, otherwise);
}

/// Checks and unboxes the items of a list.
fn unbox_items(e: &mut Emitter, plan: &Plan, list: Value, call: Block) {
    let mut args = Vec::with_capacity(plan.params.len());
    for (place, (i, _)) in plan.given().enumerate() {
        let object = item(e, list, place, e.cold);
        args.push(Unboxed::check(e, plan, i, object));
    }
    for arg in &mut args {
        arg.load(e, plan);
    }
    let args: Vec<BlockArg> = args.into_iter().flat_map(Unboxed::into_pieces).map(BlockArg::from).collect();
    e.b.ins().jump(call, &args);
}

/// The CLIF types of the pieces of all arguments.
fn piece_types(plan: &Plan) -> Vec<Type> {
    let Some(passing) = &plan.passing else { return Vec::new() };
    let arguments = plan.given().map(|(i, p)| (&passing.args[i], p));
    arguments.flat_map(|(argument, p)| pieces(argument, param_type(p))).map(|(_, ty)| ty).collect()
}

/// A simple vector, which holds the payloads side by side.
fn vector(e: &mut Emitter, plan: &Plan, list: Value, call: Block) {
    let Some(element) = common_tag(plan) else {
        e.b.ins().jump(e.cold, &[]);
        return;
    };
    let is_such = e.has_tag(list, element);
    e.require(is_such);
    let complete = e.has_length(list, plan.given().count());
    e.require(complete);
    let size = element_size(element) as i32;
    let args: Vec<_> = plan
        .given()
        .enumerate()
        .map(|(i, (_, unbox))| {
            let offset = DATA + size * i as i32;
            match unbox {
                Unbox::Payload { load, .. } if load.repr.is_narrowed() => e.narrowed(load, list, offset),
                Unbox::Payload { load, .. } => e.number(load, list, offset),
                Unbox::Text { .. } => e.load(POINTER, list, offset),
                Unbox::Address => e.raw_address(list, offset),
                _ => e.b.ins().iadd_imm_s(list, i64::from(offset)),
            }
            .into()
        })
        .collect();
    e.b.ins().jump(call, &args);
}

/// The tag of the vector that arguments of these parameters' own types collapse to, if they do.
fn common_tag(plan: &Plan) -> Option<i8> {
    let atom = |(_, unbox): (usize, Unbox)| match unbox {
        Unbox::Payload { tag, .. } => Some(-tag),
        Unbox::Data { tag } if tag < 0 => Some(-tag),
        Unbox::Text { symbols: true } => Some(tag::SYMBOL),
        Unbox::Address => Some(tag::LONG),
        _ => None,
    };
    let mut tags = plan.given().map(atom);
    let first = tags.next()??;
    tags.all(|t| t == Some(first)).then_some(first)
}
