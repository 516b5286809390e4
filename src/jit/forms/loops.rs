//! The loop that calls C for each element of vectors.
//!
//! One index counts up to zero from the vectors' ends, so that beside the arguments only it and the result's end live
//! across the call of C. What has no register that the call saves is loaded from the frame each time round, explicitly:
//! left to itself, Cranelift moves such values to and fro on a way of its own from the end of the loop to its start.

use cranelift_codegen::ir::{
    Block, BlockArg, BlockCall, ExceptionTableData, ExceptionTableItem, FuncRef, InstBuilder, MemFlagsData,
    StackSlotData, StackSlotKind, Type, Value, types,
};

use crate::jit::emitter::{Emitter, POINTER};
use crate::jit::mark::Mark;
use crate::jit::symbol::Symbol;
use crate::jit::types::load_type;
use crate::k::DATA;
use crate::k::tag::element_size;
use crate::plan::{AtomicPlan, Element, ElementValue, Plan};

/// Words of the arguments that registers are left for: of the five that System V has calls save and that hold no frame
/// pointer (3.2.1, figure 3.4: rbx, r12 to r15), index and result's end take two.
const REGISTERS: usize = 3;

/// An argument, as the loop needs it.
pub enum Operand {
    /// A vector, by the address of the K object advanced by all its elements.
    Vector(Element, Word),
    /// A vector likewise, or an atom, by an address so that its element lies where a vector's first would.
    Either {
        /// How C takes it.
        element: Element,
        /// That address.
        end: Word,
        /// What the index is masked with: all ones for a vector, zero for an atom.
        mask: Word,
    },
    /// What C takes of an atom, each time.
    Atom(Word),
}

/// A word that lives across calls.
pub enum Word {
    /// In a register, if Cranelift finds what it should.
    Register(Value),
    /// In the frame: address, offset and type.
    Frame(Value, i32, Type),
}

/// Finds places for the words of a loop.
pub struct Keeper {
    registers: usize,
    /// The address of those in the frame, and the offset of the next. It takes the register of one.
    frame: Option<(Value, i32)>,
}

impl Keeper {
    /// For so many integers and floats. System V has calls save no register for floats.
    pub fn new(e: &mut Emitter, integers: usize, floats: usize) -> Self {
        if integers <= REGISTERS && floats == 0 {
            return Self { registers: REGISTERS, frame: None };
        }
        let size = 8 * (integers + floats) as u32;
        let slot = StackSlotData::new(StackSlotKind::ExplicitSlot, size, 3);
        let slot = e.b.create_sized_stack_slot(slot);
        let frame = e.b.ins().stack_addr(POINTER, slot, 0);
        Self { registers: REGISTERS - 1, frame: Some((frame, 0)) }
    }

    /// Keeps a word.
    pub fn keep(&mut self, e: &mut Emitter, value: Value) -> Word {
        let ty = e.b.func.dfg.value_type(value);
        match &mut self.frame {
            Some((frame, next)) if !ty.is_int() || self.registers == 0 => {
                let offset = *next;
                *next += 8;
                e.b.ins().store(MemFlagsData::trusted(), value, *frame, offset);
                Word::Frame(*frame, offset, ty)
            }
            _ => {
                self.registers -= 1;
                Word::Register(value)
            }
        }
    }
}

impl Word {
    /// The word.
    pub fn get(&self, e: &mut Emitter) -> Value {
        match *self {
            Word::Register(value) => value,
            Word::Frame(frame, offset, ty) => e.load(ty, frame, offset),
        }
    }
}

impl Operand {
    /// What C takes at an index from the end.
    pub fn at(&self, e: &mut Emitter, i: Value) -> Value {
        match self {
            Self::Vector(p, end) => {
                let end = end.get(e);
                let at = advanced(e, end, i, p.tag);
                element(e, *p, at, DATA)
            }
            Self::Either { element: p, end, mask } => {
                let (end, mask) = (end.get(e), mask.get(e));
                let own = e.b.ins().band(i, mask);
                let at = advanced(e, end, own, p.tag);
                element(e, *p, at, DATA)
            }
            Self::Atom(value) => value.get(e),
        }
    }
}

/// Calls C for as many elements as `length` says, and goes on after the last. `result_end` is the address of the result
/// advanced by all its elements; `is_usual` has the loop begin a cache line. Goes to `failed` where there is no memory for
/// a result, and if C faults ([`crate::faults`]).
#[allow(clippy::too_many_arguments, reason = "what a loop is made of")]
pub fn each(
    e: &mut Emitter,
    call: &Plan,
    plan: &AtomicPlan,
    arguments: &[Operand],
    result_end: Value,
    length: Value,
    is_usual: bool,
    failed: Block,
) {
    let (body, done) = (e.b.create_block(), e.b.create_block());
    let i = e.b.append_block_param(body, types::I64);
    let start = e.b.ins().ineg(length);
    e.b.ins().brif(length, body, &[start.into()], done, &[]);

    e.b.switch_to_block(body);
    if is_usual {
        let start = e.b.ins().sequence_point();
        Mark::Loop.set(e.b.func, start);
    }
    let args: Vec<Value> = arguments.iter().map(|argument| argument.at(e, i)).collect();
    let (signature, args) = e.passed(call, None, &args);
    let target = e.import_far(Symbol::Target, signature);
    if let Some(&value) = call_or(e, target, &args, failed).first() {
        store(e, plan.result, value, result_end, i, failed);
    }
    let next = e.b.ins().iadd_imm_s(i, 1);
    e.b.ins().brif(next, body, &[next.into()], done, &[]);
    e.b.switch_to_block(done);
}

/// Calls C, for what it returns. A fault there is an exception to Cranelift, which no convention of Windows' has: the registers that
/// calls save are as they were, and the code goes on at `faulted`.
pub fn call_or(e: &mut Emitter, target: FuncRef, args: &[Value], faulted: Block) -> Vec<Value> {
    if !e.abi.call_conv().supports_exceptions() {
        let call = e.b.ins().call(target, args);
        return e.b.inst_results(call).to_vec();
    }
    let signature = e.b.func.dfg.ext_funcs[target].signature;
    let returned = e.b.create_block();
    let returns: Vec<Type> =
        e.b.func.dfg.signatures[signature].returns.iter().map(|r| r.value_type).collect();
    let values: Vec<Value> = returns.iter().map(|&ty| e.b.append_block_param(returned, ty)).collect();
    let pool = &mut e.b.func.dfg.value_lists;
    let given = (0..values.len() as u32).map(BlockArg::TryCallRet);
    let to = BlockCall::new(returned, given, pool);
    let otherwise = ExceptionTableItem::Default(BlockCall::new(faulted, [], pool));
    let table = e.b.func.dfg.exception_tables.push(ExceptionTableData::new(signature, to, [otherwise]));
    e.b.ins().try_call(target, args, table);
    e.b.switch_to_block(returned);
    values
}

/// Stores a result. A text is interned, for which there may be no memory: then it goes to `full`.
fn store(e: &mut Emitter, element: Element, value: Value, end: Value, i: Value, full: Block) {
    let value = match element.value {
        ElementValue::Number(load) => e.normalized(load.repr, value),
        ElementValue::Nothing => return,
        _ => {
            let text = e.call_runtime(Symbol::Intern, &[value]);
            e.require_or(text, full);
            text
        }
    };
    let to = advanced(e, end, i, element.tag);
    e.b.ins().store(MemFlagsData::trusted(), value, to, DATA);
}

/// The type of what C takes for an element.
pub fn element_type(element: Element) -> Type {
    match element.value {
        ElementValue::Number(load) => load_type(load),
        ElementValue::Text | ElementValue::Address | ElementValue::Nothing => POINTER,
    }
}

/// C's value for the element at an address and an offset.
pub fn element(e: &mut Emitter, element: Element, at: Value, offset: i32) -> Value {
    match element.value {
        ElementValue::Number(load) => e.held(load, at, offset),
        ElementValue::Text => e.load(POINTER, at, offset),
        ElementValue::Address | ElementValue::Nothing => e.b.ins().iadd_imm_s(at, i64::from(offset)),
    }
}

/// The address advanced by `n` elements.
pub fn advanced(e: &mut Emitter, address: Value, n: Value, tag: i8) -> Value {
    let offset = e.b.ins().ishl_imm_u(n, i64::from(element_size(tag).trailing_zeros()));
    e.b.ins().iadd(address, offset)
}
