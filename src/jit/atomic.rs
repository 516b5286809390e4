//! The atomic stub: a fixed-rank stub whose arguments may be vectors, with the loop over them in machine code.
//!
//! Atoms extend to vectors by a stride of zero. Everything that is not made of exact atoms and vectors of one length
//! goes to the cold path, which converts whole vectors and comes back ([`crate::atomic`]).

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, BlockArg, Function, InstBuilder, MemFlagsData, SourceLoc, Value, types};
use cranelift_codegen::isa::TargetIsa;
use cranelift_frontend::FunctionBuilderContext;

use super::code::Symbol;
use super::convert::{Emitter, POINTER, pointers};
use super::mark::Mark;
use super::stub;
use crate::callback::state::CallState;
use crate::ctype::element_size_of;
use crate::k::{DATA, LENGTH};
use crate::plan::{AtomicPlan, Element, ElementValue, Plan};

/// Writes the stub.
pub fn emit(
    function: &mut Function,
    context: &mut FunctionBuilderContext,
    isa: &dyn TargetIsa,
    call: &Plan,
    plan: &AtomicPlan,
) {
    let signature = pointers(plan.abi.call_conv(), plan.params.len());
    let (mut e, objects) = Emitter::new(function, context, isa, plan.abi, signature);
    use Role::{Atom, Vector};
    let (atoms, mixed) = (e.b.create_block(), e.b.create_block());
    over(&mut e, call, plan, &objects, &vec![Vector; objects.len()], atoms);

    e.b.switch_to_block(atoms);
    let cold = std::mem::replace(&mut e.cold, mixed);
    // Atoms alone are the call of a fixed-rank stub.
    stub::hot(&mut e, call, &objects);
    e.cold = cold;

    e.b.switch_to_block(mixed);
    match objects.len() {
        1 => drop(e.b.ins().jump(cold, &[])),
        2 => {
            let other = e.b.create_block();
            over(&mut e, call, plan, &objects, &[Vector, Atom], other);
            e.b.switch_to_block(other);
            over(&mut e, call, plan, &objects, &[Atom, Vector], cold);
        }
        _ => {
            let (cursors, length) = cursors(&mut e, plan, &objects);
            run(&mut e, call, plan, &cursors, length);
        }
    }
    stub::cold(&mut e, &objects);
    e.finish();
}

/// What an argument is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Vector,
    Atom,
}

/// The loop for arguments of these roles; `otherwise` if they have others. One index counts up to zero from the
/// vectors' ends, so that with two arguments what lives across the call of C fits the registers that it saves.
fn over(
    e: &mut Emitter,
    call: &Plan,
    plan: &AtomicPlan,
    objects: &[Value],
    roles: &[Role],
    otherwise: Block,
) {
    for ((element, role), &object) in plan.params.iter().zip(roles).zip(objects) {
        let has_role = e.has_tag(object, if *role == Role::Vector { element.tag } else { -element.tag });
        e.require_or(has_role, otherwise);
    }
    let length = common_length(e, objects, roles);
    let arguments = plan.params.iter().zip(roles).zip(objects);
    let arguments: Vec<Loop> = arguments.map(|((&p, &role), &x)| Loop::of(e, p, role, x, length)).collect();
    let result = begin(e, plan, length);
    let result_end = advanced(e, result, length, plan.result.tag);
    let (body, done) = (e.b.create_block(), e.b.create_block());
    let i = e.b.append_block_param(body, types::I64);
    let start = e.b.ins().ineg(length);
    e.b.ins().brif(length, body, &[start.into()], done, &[]);

    e.b.switch_to_block(body);
    if !roles.contains(&Role::Atom) {
        e.b.set_srcloc(Mark::Loop.location());
    }
    let args: Vec<Value> = arguments.iter().map(|argument| argument.at(e, i)).collect();
    e.b.set_srcloc(SourceLoc::default());
    let value = call_target(e, call, &args);
    let to = advanced(e, result_end, i, plan.result.tag);
    store(e, plan.result, value, to, DATA);
    let next = e.b.ins().iadd_imm_s(i, 1);
    e.b.ins().brif(next, body, &[next.into()], done, &[]);
    e.b.switch_to_block(done);
    finish(e, result);
}

/// An argument of a loop.
enum Loop {
    /// A vector, by its end.
    Vector(Element, Value),
    /// What C takes of an atom, each time.
    Atom(Value),
}

impl Loop {
    fn of(e: &mut Emitter, p: Element, role: Role, object: Value, length: Value) -> Self {
        match role {
            Role::Vector => Self::Vector(p, advanced(e, object, length, p.tag)),
            Role::Atom => Self::Atom(element(e, p, object, atom_offset(p))),
        }
    }

    /// What C takes at an index from the end.
    fn at(&self, e: &mut Emitter, i: Value) -> Value {
        match *self {
            Self::Vector(p, end) => {
                let at = advanced(e, end, i, p.tag);
                element(e, p, at, DATA)
            }
            Self::Atom(value) => value,
        }
    }
}

/// The length of the vectors among the objects; to the cold path, where that is an error, unless they have one.
fn common_length(e: &mut Emitter, objects: &[Value], roles: &[Role]) -> Value {
    let vectors = objects.iter().zip(roles).filter(|(_, role)| **role == Role::Vector);
    let lengths: Vec<Value> = vectors.map(|(&object, _)| e.load(types::I64, object, LENGTH)).collect();
    for &own in &lengths[1..] {
        let conforms = e.b.ins().icmp(IntCC::Equal, lengths[0], own);
        e.require(conforms);
    }
    lengths[0]
}

/// Calls C, and gives its result.
fn call_target(e: &mut Emitter, call: &Plan, args: &[Value]) -> Value {
    let (signature, args) = e.passed(call, None, args);
    let target = e.import(Symbol::Target, signature);
    let call = e.b.ins().call(target, &args);
    e.b.inst_results(call)[0]
}

/// The address advanced by `n` elements.
fn advanced(e: &mut Emitter, address: Value, n: Value, tag: i8) -> Value {
    let offset = e.b.ins().ishl_imm_u(n, i64::from(element_size_of(tag).trailing_zeros()));
    e.b.ins().iadd(address, offset)
}

/// Allocates the result and notes that C runs.
fn begin(e: &mut Emitter, plan: &AtomicPlan, length: Value) -> Value {
    let tag = e.b.ins().iconst(types::I32, i64::from(plan.result.tag));
    let result = e.call_runtime(Symbol::AllocateVector, &[tag, length]);
    e.set_in_call(true);
    result
}

/// Where an argument's elements lie.
#[derive(Clone, Copy)]
struct Cursor {
    first: Value,
    stride: Value,
}

/// The cursors of all arguments and the length of the vectors among them; to the cold path unless they have one.
fn cursors(e: &mut Emitter, plan: &AtomicPlan, objects: &[Value]) -> (Vec<Cursor>, Value) {
    let mut length = e.b.ins().iconst(types::I64, -1);
    let mut cursors = Vec::with_capacity(objects.len());
    for (&element, &object) in plan.params.iter().zip(objects) {
        let cursor;
        (cursor, length) = cursor_of(e, element, object, length);
        cursors.push(cursor);
    }
    let some = e.b.ins().icmp_imm_s(IntCC::SignedGreaterThanOrEqual, length, 0);
    e.require(some);
    (cursors, length)
}

fn cursor_of(e: &mut Emitter, element: Element, object: Value, length: Value) -> (Cursor, Value) {
    let (vector, next) = (e.b.create_block(), e.b.create_block());
    let [first, stride, new_length] =
        [POINTER, types::I64, types::I64].map(|ty| e.b.append_block_param(next, ty));
    let is_vector = e.has_tag(object, element.tag);
    let other = e.b.create_block();
    e.b.ins().brif(is_vector, vector, &[], other, &[]);

    e.b.switch_to_block(other);
    let is_atom = e.has_tag(object, -element.tag);
    e.require(is_atom);
    let payload = e.b.ins().iadd_imm_s(object, i64::from(atom_offset(element)));
    let zero = e.b.ins().iconst(types::I64, 0);
    e.b.ins().jump(next, &[payload.into(), zero.into(), length.into()]);

    e.b.switch_to_block(vector);
    let own = e.load(types::I64, object, LENGTH);
    let unknown = e.b.ins().icmp_imm_s(IntCC::SignedLessThan, length, 0);
    let same = e.b.ins().icmp(IntCC::Equal, length, own);
    let conforms = e.b.ins().bor(unknown, same);
    e.require(conforms);
    let data = e.b.ins().iadd_imm_s(object, i64::from(DATA));
    let size = e.b.ins().iconst(types::I64, element_size_of(element.tag) as i64);
    e.b.ins().jump(next, &[data.into(), size.into(), own.into()]);

    e.b.switch_to_block(next);
    (Cursor { first, stride }, new_length)
}

/// Where an atom holds what a vector would have as an element.
fn atom_offset(element: Element) -> i32 {
    if element.value == ElementValue::Address { DATA } else { crate::k::PAYLOAD }
}

/// Allocates the result, fills it, and ends the call.
fn run(e: &mut Emitter, call: &Plan, plan: &AtomicPlan, cursors: &[Cursor], length: Value) {
    let result = begin(e, plan, length);
    let to = e.b.ins().iadd_imm_s(result, i64::from(DATA));
    each(e, call, plan, cursors, to, length);
    finish(e, result);
}

/// Writes the loop alone: `fn(cursors, to, length)`, where a cursor is an address and a stride.
pub fn emit_kernel(
    function: &mut Function,
    context: &mut FunctionBuilderContext,
    isa: &dyn TargetIsa,
    call: &Plan,
    plan: &AtomicPlan,
) {
    let signature = pointers(plan.abi.call_conv(), 3);
    let (mut e, params) = Emitter::new(function, context, isa, plan.abi, signature);
    let [table, to, length] = params[..] else { unreachable!("three parameters") };
    let cursors: Vec<Cursor> = (0..plan.params.len() as i32)
        .map(|i| Cursor {
            first: e.load(POINTER, table, 16 * i),
            stride: e.load(types::I64, table, 16 * i + 8),
        })
        .collect();
    each(&mut e, call, plan, &cursors, to, length);
    e.give_back(&[to]);
    e.b.switch_to_block(e.cold);
    e.give_back(&[to]);
    e.finish();
}

/// Calls C for each element, and goes on after the last.
fn each(e: &mut Emitter, call: &Plan, plan: &AtomicPlan, cursors: &[Cursor], to: Value, length: Value) {
    let (body, done) = (e.b.create_block(), e.b.create_block());
    let state = loop_state(e, body, cursors.len());
    let mut start = vec![length.into(), to.into()];
    start.extend(cursors.iter().map(|c| BlockArg::from(c.first)));
    e.b.ins().brif(length, body, &start, done, &[]);

    e.b.switch_to_block(body);
    let [left, to, at @ ..] = &state[..] else { unreachable!("made above") };
    let args: Vec<Value> = plan.params.iter().zip(at).map(|(&p, &at)| element(e, p, at, 0)).collect();
    let value = call_target(e, call, &args);
    store(e, plan.result, value, *to, 0);
    let left = e.b.ins().iadd_imm_s(*left, -1);
    let to = e.b.ins().iadd_imm_s(*to, element_size_of(plan.result.tag) as i64);
    let mut next = vec![left.into(), to.into()];
    for (cursor, &at) in cursors.iter().zip(at) {
        // A single argument is a vector, or there would be no loop.
        let at = match cursors.len() {
            1 => e.b.ins().iadd_imm_s(at, element_size_of(plan.params[0].tag) as i64),
            _ => e.b.ins().iadd(at, cursor.stride),
        };
        next.push(at.into());
    }
    e.b.ins().brif(left, body, &next, done, &[]);
    e.b.switch_to_block(done);
}

/// Parameters of the loop: elements left, where the next result goes, where the next arguments lie.
fn loop_state(e: &mut Emitter, body: Block, arguments: usize) -> Vec<Value> {
    (0..2 + arguments).map(|_| e.b.append_block_param(body, types::I64)).collect()
}

/// C's value for the element at an address and an offset.
fn element(e: &mut Emitter, element: Element, at: Value, offset: i32) -> Value {
    match element.value {
        ElementValue::Number(load) => e.number(load, at, offset),
        ElementValue::Text => e.load(POINTER, at, offset),
        ElementValue::Address => e.b.ins().iadd_imm_s(at, i64::from(offset)),
    }
}

fn store(e: &mut Emitter, element: Element, value: Value, to: Value, offset: i32) {
    let value = match element.value {
        ElementValue::Number(load) => e.normalized(load.repr, value),
        _ => e.call_runtime(Symbol::Intern, &[value]),
    };
    e.b.ins().store(MemFlagsData::trusted(), value, to, offset);
}

/// Returns the result, or the error that a callback has left.
fn finish(e: &mut Emitter, result: Value) {
    let state = e.set_in_call(false);
    let parked = e.load(types::I32, state, CallState::PARKED);
    let (ask, good) = (e.b.create_block(), e.b.create_block());
    e.b.set_cold_block(ask);
    e.b.ins().brif(parked, ask, &[], good, &[]);
    e.b.switch_to_block(ask);
    e.return_call(Symbol::CollectVector, &[result]);
    e.b.switch_to_block(good);
    e.give_back(&[result]);
}
