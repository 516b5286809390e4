//! The atomic stub: a fixed-rank stub whose arguments may be vectors, with the loop over them in machine code.
//!
//! Two arguments have a loop for each mixture of a vector and an atom, more have one in which an atom is a vector whose
//! index is masked to zero; long vectors have a loop for each mixture, compiled when it is first met
//! ([`crate::binding`]). Everything that is not made of exact atoms and vectors of one length goes to the cold path,
//! which converts whole vectors and comes back ([`crate::binding`]).

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, Function, InstBuilder, Value, types};
use cranelift_frontend::FunctionBuilderContext;

use super::fixed;
use super::loops::{Keeper, Operand, advanced, each, element, element_type};
use crate::jit::LONG;
use crate::jit::compiler::Compiler;
use crate::jit::emitter::{Emitter, POINTER, pointers};
use crate::jit::symbol::Symbol;
use crate::k::{DATA, LENGTH};
use crate::plan::{AtomicPlan, Element, ElementValue, Plan};

/// Writes the stub.
pub fn emit(
    function: &mut Function,
    context: &mut FunctionBuilderContext,
    compiler: &Compiler,
    call: &Plan,
    plan: &AtomicPlan,
) {
    let signature = pointers(plan.abi.call_conv(), plan.params.len());
    let (mut e, objects) = Emitter::new(function, context, compiler, plan.abi, signature);
    use Role::{Atom, Vector};
    let (atoms, mixed) = (e.b.create_block(), e.b.create_block());
    over(&mut e, call, plan, &objects, &vec![Vector; objects.len()], atoms);

    e.b.switch_to_block(atoms);
    let cold = std::mem::replace(&mut e.cold, mixed);
    // Atoms alone are the call of a fixed-rank stub.
    fixed::hot(&mut e, call, &objects);
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
        _ => over_mixture(&mut e, call, plan, &objects),
    }
    fixed::cold(&mut e, &objects);
    e.finish();
}

/// What an argument is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Vector,
    Atom,
}

/// The loop for arguments of these roles; `otherwise` if they have others.
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
    let atoms = plan.params.iter().zip(roles).filter(|(_, role)| **role == Role::Atom);
    let floats = atoms.filter(|(p, _)| !element_type(**p).is_int()).count();
    let mut keeper = Keeper::new(e, objects.len() - floats, floats);
    let arguments = plan.params.iter().zip(roles).zip(objects);
    let arguments: Vec<Operand> = arguments
        .map(|((&p, role), &object)| match role {
            Role::Vector => {
                let end = advanced(e, object, length, p.tag);
                Operand::Vector(p, keeper.keep(e, end))
            }
            Role::Atom => {
                let value = element(e, p, object, atom_offset(p));
                Operand::Atom(keeper.keep(e, value))
            }
        })
        .collect();
    run(e, call, plan, &arguments, length, !roles.contains(&Role::Atom));
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

/// A vector, or an atom that is as good as one.
#[derive(Clone, Copy)]
pub struct Extended {
    /// An address so that the first element lies as far behind it as behind a K object's.
    object: Value,
    /// All ones for a vector, zero for an atom.
    mask: Value,
}

impl Extended {
    /// Of what is known to be a vector.
    pub fn into_vector(self, e: &mut Emitter, keeper: &mut Keeper, p: Element, length: Value) -> Operand {
        let end = advanced(e, self.object, length, p.tag);
        Operand::Vector(p, keeper.keep(e, end))
    }

    fn into_operand(self, e: &mut Emitter, keeper: &mut Keeper, p: Element, length: Value) -> Operand {
        let elements = e.b.ins().band(length, self.mask);
        let end = advanced(e, self.object, elements, p.tag);
        Operand::Either { element: p, end: keeper.keep(e, end), mask: keeper.keep(e, self.mask) }
    }
}

/// The loop for any mixture of vectors and atoms.
fn over_mixture(e: &mut Emitter, call: &Plan, plan: &AtomicPlan, objects: &[Value]) {
    let mut length = e.b.ins().iconst(types::I64, -1);
    let mut extended = Vec::with_capacity(objects.len());
    for (&element, &object) in plan.params.iter().zip(objects) {
        let one;
        (one, length) = extend(e, element, object, length);
        extended.push(one);
    }
    // None, where all are atoms of some other type.
    let is_here = match plan.has_mixtures() {
        true => e.b.ins().icmp_imm_u(IntCC::UnsignedLessThan, length, LONG as i64),
        false => e.b.ins().icmp_imm_s(IntCC::SignedGreaterThanOrEqual, length, 0),
    };
    e.require(is_here);
    let mut keeper = Keeper::new(e, 2 * extended.len(), 0);
    let arguments = masked(e, &plan.params, &extended, length, &mut keeper);
    run(e, call, plan, &arguments, length, false);
}

/// What a loop over so many elements takes for each parameter, by two words of the keeper's.
pub fn masked(
    e: &mut Emitter,
    params: &[Element],
    extended: &[Extended],
    length: Value,
    keeper: &mut Keeper,
) -> Vec<Operand> {
    let arguments = params.iter().zip(extended);
    arguments.map(|(&p, extended)| extended.into_operand(e, keeper, p, length)).collect()
}

/// The extended of an argument, and the length of the vectors up to it, -1 for none; to the cold path unless they have
/// one.
fn extend(e: &mut Emitter, element: Element, object: Value, length: Value) -> (Extended, Value) {
    let (vector, next) = (e.b.create_block(), e.b.create_block());
    let [first, mask, new_length] =
        [POINTER, types::I64, types::I64].map(|ty| e.b.append_block_param(next, ty));
    let is_vector = e.has_tag(object, element.tag);
    let other = e.b.create_block();
    e.b.ins().brif(is_vector, vector, &[], other, &[]);

    e.b.switch_to_block(other);
    let is_atom = e.has_tag(object, -element.tag);
    e.require(is_atom);
    let before = e.b.ins().iadd_imm_s(object, i64::from(atom_offset(element) - DATA));
    let none = e.b.ins().iconst(types::I64, 0);
    e.b.ins().jump(next, &[before.into(), none.into(), length.into()]);

    e.b.switch_to_block(vector);
    let own = e.load(types::I64, object, LENGTH);
    let unknown = e.b.ins().icmp_imm_s(IntCC::SignedLessThan, length, 0);
    let same = e.b.ins().icmp(IntCC::Equal, length, own);
    let conforms = e.b.ins().bor(unknown, same);
    e.require(conforms);
    let all = e.b.ins().iconst(types::I64, -1);
    e.b.ins().jump(next, &[object.into(), all.into(), own.into()]);

    e.b.switch_to_block(next);
    (Extended { object: first, mask }, new_length)
}

/// Where an atom holds what a vector would have as an element.
fn atom_offset(element: Element) -> i32 {
    if element.value == ElementValue::Address { DATA } else { crate::k::PAYLOAD }
}

/// Allocates the result, fills it, and ends the call.
fn run(
    e: &mut Emitter,
    call: &Plan,
    plan: &AtomicPlan,
    arguments: &[Operand],
    length: Value,
    is_usual: bool,
) {
    let record = e.record();
    let tag = e.b.ins().iconst(types::I32, i64::from(plan.result.tag));
    let result = e.call_runtime(Symbol::AllocateVector, &[tag, length]);
    e.require_memory(result);
    let record = e.record_again(record);
    e.begin_call(call, record);
    let result_end = advanced(e, result, length, plan.result.tag);
    let failed = cold_block(e);
    each(e, call, plan, arguments, result_end, length, is_usual, failed);
    finish(e, call, record, result);
    e.b.switch_to_block(failed);
    give_up(e, call, record, result);
}

/// A block off the hot path.
pub fn cold_block(e: &mut Emitter) -> Block {
    let block = e.b.create_block();
    e.b.set_cold_block(block);
    block
}

/// Writes the loop alone: `fn(extended, to, length)`, where a extended is an address and a stride. It returns `to`, or NULL
/// if there was no memory for a text or C has faulted.
pub fn emit_kernel(
    function: &mut Function,
    context: &mut FunctionBuilderContext,
    compiler: &Compiler,
    call: &Plan,
    plan: &AtomicPlan,
) {
    let signature = pointers(plan.abi.call_conv(), 3);
    let (mut e, params) = Emitter::new(function, context, compiler, plan.abi, signature);
    let [table, to, length] = params[..] else { unreachable!("three parameters") };
    let extended: Vec<Extended> =
        (0..plan.params.len() as i32).map(|i| extended_at(&mut e, table, i)).collect();
    let mut keeper = Keeper::new(&mut e, 2 * extended.len(), 0);
    let arguments = masked(&mut e, &plan.params, &extended, length, &mut keeper);
    run_alone(e, call, plan, &arguments, to, length, Some(to));
}

/// Writes the loop alone as [`emit_kernel`] does, for arguments of which these, a bit each, are atoms. Where it does not
/// give NULL it gives another address.
pub fn emit_mixture(
    function: &mut Function,
    context: &mut FunctionBuilderContext,
    compiler: &Compiler,
    call: &Plan,
    plan: &AtomicPlan,
    atoms: u8,
) {
    let signature = pointers(plan.abi.call_conv(), 3);
    let (mut e, params) = Emitter::new(function, context, compiler, plan.abi, signature);
    let [table, to, length] = params[..] else { unreachable!("three parameters") };
    let is_atom = |i: usize| atoms >> i & 1 != 0;
    let floats = plan.params.iter().enumerate().filter(|(i, p)| is_atom(*i) && !element_type(**p).is_int());
    let floats = floats.count();
    let mut keeper = Keeper::new(&mut e, plan.params.len() - floats, floats);
    let mut arguments = Vec::with_capacity(plan.params.len());
    for (i, &p) in plan.params.iter().enumerate() {
        let first = e.load(POINTER, table, 16 * i as i32);
        arguments.push(if is_atom(i) {
            let value = element(&mut e, p, first, 0);
            Operand::Atom(keeper.keep(&mut e, value))
        } else {
            let object = e.b.ins().iadd_imm_s(first, i64::from(-DATA));
            let end = advanced(&mut e, object, length, p.tag);
            Operand::Vector(p, keeper.keep(&mut e, end))
        });
    }
    run_alone(e, call, plan, &arguments, to, length, None);
}

/// Writes the loop of a kernel and its ends: NULL where q had no memory, else `done`, or the end of the results.
fn run_alone(
    mut e: Emitter,
    call: &Plan,
    plan: &AtomicPlan,
    arguments: &[Operand],
    to: Value,
    length: Value,
    done: Option<Value>,
) {
    let result = e.b.ins().iadd_imm_s(to, i64::from(-DATA));
    let result_end = advanced(&mut e, result, length, plan.result.tag);
    let done = done.unwrap_or(result_end);
    let failed = cold_block(&mut e);
    each(&mut e, call, plan, arguments, result_end, length, true, failed);
    e.give_back(&[done]);
    e.b.switch_to_block(failed);
    let null = e.b.ins().iconst(POINTER, 0);
    e.give_back(&[null]);
    e.b.switch_to_block(e.cold);
    e.give_back(&[done]);
    e.finish();
}

/// The extended of this number in a kernel's table.
pub fn extended_at(e: &mut Emitter, table: Value, i: i32) -> Extended {
    let first = e.load(POINTER, table, 16 * i);
    let stride = e.load(types::I64, table, 16 * i + 8);
    let is_vector = e.b.ins().icmp_imm_s(IntCC::NotEqual, stride, 0);
    let is_vector = e.b.ins().uextend(types::I64, is_vector);
    let mask = e.b.ins().ineg(is_vector);
    Extended { object: e.b.ins().iadd_imm_s(first, i64::from(-DATA)), mask }
}

/// Returns the result, or the error that a callback has left.
fn finish(e: &mut Emitter, call: &Plan, record: Value, result: Value) {
    let record = e.end_call(call, record);
    let good = e.ask_for_attention(record);
    e.return_call(Symbol::CollectVector, &[result]);
    e.b.switch_to_block(good);
    e.give_back(&[result]);
}

/// Ends a call in which there was no memory for a text, or C has faulted: by that error, or by one that a callback has
/// left.
fn give_up(e: &mut Emitter, call: &Plan, record: Value, result: Value) {
    e.end_call(call, record);
    e.call_void(Symbol::Release, &[result]);
    let null = e.b.ins().iconst(POINTER, 0);
    e.return_call(Symbol::CollectVector, &[null]);
}
