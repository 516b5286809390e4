//! Structs of numbers in stubs: taken from a q vector or from a list of atoms, and made into these.

#![forbid(unsafe_code)]

use cranelift_codegen::ir::{
    InstBuilder, MemFlagsData, StackSlot, StackSlotData, StackSlotKind, Value, types,
};

use super::emitter::{Emitter, POINTER};
use super::parameters::{part, piece_type};
use super::symbol::Symbol;
use super::types::clif_type;
use crate::abi::{Piece, Returned};
use crate::ctype::Repr;
use crate::k::{DATA, PAYLOAD, tag};
use crate::plan::{Field, Fields};

/// Where the fields of a checked argument lie: an object and an offset each.
pub struct Places(Vec<(Value, i32)>);

/// Goes to the cold path unless the object is the vector or the list of atoms that the struct's fields are.
pub fn check(e: &mut Emitter, fields: &Fields, object: Value) -> Places {
    let vector = fields.vector();
    let is_such = e.has_tag(object, vector.unwrap_or(tag::LIST));
    e.require(is_such);
    let complete = e.has_length(object, fields.len());
    e.require(complete);
    let place = |(i, field): (usize, Field)| {
        let (base, offset) = match vector {
            Some(tag) => (object, DATA + (i * tag::element_size(tag)) as i32),
            None => {
                let item = e.load(POINTER, object, DATA + 8 * i as i32);
                e.require(item);
                let is_such = e.has_tag(item, field.tag);
                e.require(is_such);
                (item, PAYLOAD)
            }
        };
        if field.repr.is_narrowed() {
            let wide = e.load(clif_type(field.repr.in_q()), base, offset);
            e.require_in_range(field.repr, wide);
        }
        (base, offset)
    };
    Places(fields.iter().enumerate().map(place).collect())
}

/// A field, the object that holds it, and where in that.
type Held = (Field, Value, i32);

/// Loads a piece of the struct.
pub fn piece(e: &mut Emitter, fields: &Fields, places: &Places, piece: &Piece) -> Value {
    let range = piece.offset..piece.offset + piece.size;
    let held = fields.iter().zip(&places.0).map(|(field, &(base, offset))| (field, base, offset));
    let held: Vec<Held> = held.filter(|(field, ..)| range.contains(&field.offset)).collect();
    let ty = piece_type(piece);
    // Side by side in a vector, as they are in C, they are loaded at once.
    let is_same = fields.iter().all(|field| !field.repr.is_narrowed());
    let is_whole = fields.vector().is_some() && is_same && piece.size == ty.bytes() as usize;
    match held[..] {
        [(field, base, offset)] if clif_type(field.repr) == ty => e.load(ty, base, offset),
        [(_, base, offset), ..] if is_whole => e.load(ty, base, offset),
        _ => joined(e, piece, &held),
    }
}

/// Puts a piece together from its fields.
fn joined(e: &mut Emitter, piece: &Piece, held: &[Held]) -> Value {
    let mut word = None;
    for &(field, base, offset) in held {
        let bits = bits(e, field.repr, base, offset);
        let shifted = e.b.ins().ishl_imm_u(bits, 8 * (field.offset - piece.offset) as i64);
        word = Some(word.map_or(shifted, |word| e.b.ins().bor(word, shifted)));
    }
    let word = word.unwrap_or_else(|| e.b.ins().iconst(types::I64, 0));
    part(e, word, 0, piece_type(piece))
}

/// A number's bits, with zeros above.
fn bits(e: &mut Emitter, repr: Repr, base: Value, offset: i32) -> Value {
    let ty = clif_type(repr).as_int();
    let bits = e.load(ty, base, offset);
    if ty.bits() == 64 { bits } else { e.b.ins().uextend(types::I64, bits) }
}

/// Room for a result in the frame.
pub fn room(e: &mut Emitter, fields: &Fields) -> StackSlot {
    let bytes = fields.size() as u32;
    e.b.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, bytes, 3))
}

/// Stores a result that has come in registers.
pub fn store(e: &mut Emitter, returned: &Returned, values: &[Value], room: StackSlot) {
    let Returned::Pieces(pieces) = returned else { return };
    for (piece, &value) in pieces.iter().zip(values) {
        e.b.ins().stack_store(POINTER, value, room, piece.offset as i32);
    }
}

/// Makes the atom of the only field.
pub fn rebox_only(e: &mut Emitter, fields: &Fields, room: StackSlot) -> Value {
    let Some(field) = fields.iter().next() else { unreachable!("one field") };
    let value = e.b.ins().stack_load(POINTER, clif_type(field.repr), room, field.offset as i32);
    e.rebox_atom(field.tag, field.repr, value)
}

/// Makes the vector or list of a result.
pub fn rebox(e: &mut Emitter, fields: &Fields, room: StackSlot) -> Value {
    let load = |e: &mut Emitter, field: Field| {
        e.b.ins().stack_load(POINTER, clif_type(field.repr), room, field.offset as i32)
    };
    let Some(tag) = fields.vector() else {
        let atoms: Vec<Value> = fields
            .iter()
            .map(|field| {
                let value = load(e, field);
                e.rebox_atom(field.tag, field.repr, value)
            })
            .collect();
        return e.list_of(&atoms);
    };
    let size = tag::element_size(tag);
    let tag = e.b.ins().iconst(types::I32, i64::from(tag));
    let length = e.b.ins().iconst(types::I64, fields.len() as i64);
    let vector = e.call_runtime(Symbol::AllocateVector, &[tag, length]);
    e.require_memory(vector);
    for (i, field) in fields.iter().enumerate() {
        let value = load(e, field);
        let value = e.normalized(field.repr, value);
        e.b.ins().store(MemFlagsData::trusted(), value, vector, DATA + (i * size) as i32);
    }
    vector
}
