//! From a C value to a K object. Every one that is made may be NULL, when memory is full.

#![forbid(unsafe_code)]

use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Type, Value, condcodes::IntCC, types};

use super::emitter::{Emitter, POINTER};
use super::symbol::Symbol;
use super::types::clif_type;
use crate::ctype::Repr;
use crate::k::{PAYLOAD, tag};
use crate::plan::Rebox;

impl Emitter<'_> {
    /// Makes the result of a call.
    pub fn rebox(&mut self, how: Rebox, result: Option<Value>) -> Value {
        match (how, result) {
            (Rebox::Atom { tag, repr }, Some(value)) => self.rebox_atom(tag, repr, value),
            (Rebox::Pointee { tag, repr, null }, Some(pointer)) => {
                let value = self.pointee(repr, null, pointer);
                self.rebox_atom(tag, repr.in_q(), value)
            }
            (Rebox::Text, Some(text)) => self.call_runtime(Symbol::MakeSymbol, &[text]),
            (Rebox::Object, Some(object)) => object,
            (Rebox::Pointer, Some(pointer)) => {
                let context = self.address(Symbol::Context);
                self.call_runtime(Symbol::Rebox, &[pointer, context])
            }
            // No result and no error is `::` (code.kx.com "C API for kdb+").
            _ => self.b.ins().iconst(POINTER, 0),
        }
    }

    /// Makes an atom by the constructor of k.h for its type, which can be jumped to ([`super::tail`]); by `ka` and an
    /// inline store for types without one.
    pub fn rebox_atom(&mut self, tag: i8, repr: Repr, value: Value) -> Value {
        let value = self.normalized(repr, value);
        match constructor(tag) {
            Some(constructor) => {
                // The constructors take narrow integers as `int`.
                let value = match self.b.func.dfg.value_type(value) {
                    types::I8 => self.b.ins().uextend(types::I32, value),
                    types::I16 => self.b.ins().sextend(types::I32, value),
                    _ => value,
                };
                self.call_runtime(constructor, &[value])
            }
            None => {
                // Cranelift wants the bits of a constant zero-extended.
                let tag = self.b.ins().iconst(types::I32, i64::from(i32::from(tag) as u32));
                let atom = self.call_runtime(Symbol::AllocateAtom, &[tag]);
                self.store_if_made(value, atom);
                atom
            }
        }
    }

    /// Stores an atom's payload unless there was no memory for the atom, which then stays NULL.
    fn store_if_made(&mut self, value: Value, atom: Value) {
        let (made, done) = (self.b.create_block(), self.b.create_block());
        self.b.ins().brif(atom, made, &[], done, &[]);
        self.b.switch_to_block(made);
        self.b.ins().store(MemFlagsData::trusted(), value, atom, PAYLOAD);
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(done);
    }

    /// What a pointer points to as q holds it, or the null for NULL.
    pub fn pointee(&mut self, repr: Repr, null: u64, pointer: Value) -> Value {
        let ty = clif_type(repr.in_q());
        let (some, none, done) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        let value = self.b.append_block_param(done, ty);
        self.b.set_cold_block(none);
        self.b.ins().brif(pointer, some, &[], none, &[]);
        self.b.switch_to_block(none);
        let null = match ty {
            types::F64 => self.b.ins().f64const(f64::from_bits(null)),
            types::F32 => self.b.ins().f32const(f32::from_bits(null as u32)),
            _ => self.b.ins().iconst(ty, null as i64 & mask(ty)),
        };
        self.b.ins().jump(done, &[null.into()]);
        self.b.switch_to_block(some);
        // C's pointers may be unaligned; nothing else is assumed of them than that they can be read.
        let loaded = self.b.ins().load(clif_type(repr), MemFlagsData::new().with_notrap(), pointer, 0);
        let loaded = self.widened(repr, loaded);
        self.b.ins().jump(done, &[loaded.into()]);
        self.b.switch_to_block(done);
        value
    }

    /// A value of C's as q holds it. Of a boolean, which is 0 or 1 in q, the callee defines the low 8 bits only.
    pub fn normalized(&mut self, repr: Repr, value: Value) -> Value {
        match repr {
            Repr::Bool => self.b.ins().icmp_imm_s(IntCC::NotEqual, value, 0),
            _ => self.widened(repr, value),
        }
    }

    /// A number in the width in which q holds it.
    fn widened(&mut self, repr: Repr, value: Value) -> Value {
        match repr {
            Repr::I8 => self.b.ins().sextend(types::I16, value),
            Repr::U16 => self.b.ins().uextend(types::I32, value),
            Repr::U32 => self.b.ins().uextend(types::I64, value),
            _ => value,
        }
    }
}

/// The constructor of k.h for atoms of this tag. There is none for some types, and that of reals takes a double.
fn constructor(tag: i8) -> Option<Symbol> {
    match -tag {
        tag::BOOLEAN => Some(Symbol::MakeBoolean),
        tag::BYTE => Some(Symbol::MakeByte),
        tag::CHAR => Some(Symbol::MakeChar),
        tag::SHORT => Some(Symbol::MakeShort),
        tag::INT => Some(Symbol::MakeInt),
        tag::LONG => Some(Symbol::MakeLong),
        tag::FLOAT => Some(Symbol::MakeFloat),
        _ => None,
    }
}

/// The bits that a constant of this type may have.
fn mask(ty: Type) -> i64 {
    if ty.bits() == 64 { -1 } else { (1 << ty.bits()) - 1 }
}
