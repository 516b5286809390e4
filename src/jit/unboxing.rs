//! From a K object to the C value of an argument: tag checks, and loads.

#![forbid(unsafe_code)]

use cranelift_codegen::ir::{Block, InstBuilder, MemFlagsData, Value, condcodes::IntCC, types};

use super::emitter::{Emitter, POINTER};
use super::structs::{self, Places};
use super::symbol::Symbol;
use super::types::{clif_type, load_type};
use crate::abi::{self, Extension};
use crate::ctype::Repr;
use crate::k::{DATA, LENGTH, PAYLOAD, tag};
use crate::plan::{Load, Plan, Unbox};

impl Emitter<'_> {
    /// Goes to the cold path unless the argument is of the form that `unbox` takes. What has been computed for the
    /// check and is the argument itself comes back.
    pub fn check(&mut self, unbox: Unbox, object: Value) -> Option<Value> {
        match unbox {
            Unbox::Payload { tag, load } => {
                let ok = self.has_tag(object, tag);
                self.require(ok);
                load.repr.is_narrowed().then(|| self.narrowed(load, object, PAYLOAD))
            }
            Unbox::Data { tag } => {
                let ok = self.has_tag(object, tag);
                self.require(ok);
                None
            }
            Unbox::Text { symbols: true } => Some(self.text(object)),
            Unbox::Text { symbols: false } => Some(self.terminated_chars(object, self.cold)),
            Unbox::Address => {
                let is_long = self.has_tag(object, -tag::LONG);
                self.require(is_long);
                Some(self.raw_address(object, PAYLOAD))
            }
            Unbox::Object => Some(object),
            Unbox::Callback => Some(self.callback(object)),
            // Structs have a check of their own ([`Unboxed`]).
            Unbox::Fields(_) | Unbox::Room(_) | Unbox::Never => {
                let never = self.b.ins().iconst(types::I8, 0);
                self.require(never);
                Some(object)
            }
        }
    }

    /// The function pointer in a foreign object of ours, told by its destructor.
    fn callback(&mut self, object: Value) -> Value {
        let is_foreign = self.has_tag(object, tag::FOREIGN);
        self.require(is_foreign);
        let destructor = self.load(POINTER, object, DATA);
        let ours = self.address(Symbol::ReleaseCallback);
        let is_ours = self.b.ins().icmp(IntCC::Equal, destructor, ours);
        self.require(is_ours);
        self.load(POINTER, object, DATA + 8)
    }

    /// The C value of an argument that [`Self::check`] has let through without computing it.
    pub fn value(&mut self, unbox: Unbox, object: Value) -> Value {
        match unbox {
            Unbox::Payload { load, .. } => self.held(load, object, PAYLOAD),
            _ => self.b.ins().iadd_imm_s(object, i64::from(DATA)),
        }
    }

    /// Loads a number from memory, extended or widened as C wants it passed.
    pub fn number(&mut self, load: Load, base: Value, offset: i32) -> Value {
        let flags = MemFlagsData::trusted();
        if load.widen {
            let single = self.load(types::F32, base, offset);
            return self.b.ins().fpromote(types::F64, single);
        }
        match (load.extend, load.repr.size()) {
            (Some(Extension::Zero), 1) => self.b.ins().uload8(types::I32, flags, base, offset),
            (Some(Extension::Sign), 1) => self.b.ins().sload8(types::I32, flags, base, offset),
            (Some(Extension::Zero), _) => self.b.ins().uload16(types::I32, flags, base, offset),
            (Some(Extension::Sign), _) => self.b.ins().sload16(types::I32, flags, base, offset),
            (None, _) => self.load(clif_type(load.repr), base, offset),
        }
    }

    /// Loads a number that q holds, which is in C's range where q holds it wider.
    pub fn held(&mut self, load: Load, base: Value, offset: i32) -> Value {
        if !load.repr.is_narrowed() {
            return self.number(load, base, offset);
        }
        let wide = self.load(clif_type(load.repr.in_q()), base, offset);
        self.in_width(load, wide)
    }

    /// The same, to the cold path if it is not in C's range.
    pub fn narrowed(&mut self, load: Load, base: Value, offset: i32) -> Value {
        let wide = self.load(clif_type(load.repr.in_q()), base, offset);
        self.require_in_range(load.repr, wide);
        self.in_width(load, wide)
    }

    /// To the cold path unless a number as q holds it is in C's range, by one comparison of its distance from the least.
    pub fn require_in_range(&mut self, repr: Repr, wide: Value) {
        let Some((least, greatest)) = repr.bounds() else { return };
        let distance = if least == 0 { wide } else { self.b.ins().iadd_imm_s(wide, -least) };
        let is_in = self.b.ins().icmp_imm_u(IntCC::UnsignedLessThanOrEqual, distance, greatest - least);
        self.require(is_in);
    }

    /// A number that q holds wider, in the width in which C takes it. Its sign or zeros are there already.
    fn in_width(&mut self, load: Load, wide: Value) -> Value {
        let (from, to) = (self.b.func.dfg.value_type(wide), load_type(load));
        match (from.bits(), to.bits()) {
            (a, b) if a > b => self.b.ins().ireduce(to, wide),
            (a, b) if a < b => self.b.ins().sextend(to, wide),
            _ => wide,
        }
    }

    /// An address that a long is; to the cold path if it is a null or an infinity, which are three numbers in a row.
    pub fn raw_address(&mut self, base: Value, offset: i32) -> Value {
        let address = self.load(POINTER, base, offset);
        let from_infinity = self.b.ins().iadd_imm_s(address, -i64::MAX);
        let is_finite = self.b.ins().icmp_imm_u(IntCC::UnsignedGreaterThan, from_infinity, 2);
        self.require(is_finite);
        address
    }

    /// Address of a symbol's text, or of a char vector that ends in NUL.
    fn text(&mut self, object: Value) -> Value {
        let done = self.b.create_block();
        let text = self.b.append_block_param(done, POINTER);
        let other = self.b.create_block();
        let address = self.symbol_text(object, other);
        self.b.ins().jump(done, &[address.into()]);
        self.b.switch_to_block(other);
        self.b.set_cold_block(other);
        self.unlikely = true;
        let address = self.terminated_chars(object, self.cold);
        self.unlikely = false;
        self.b.ins().jump(done, &[address.into()]);
        self.b.switch_to_block(done);
        text
    }

    fn symbol_text(&mut self, object: Value, otherwise: Block) -> Value {
        let is_symbol = self.has_tag(object, -tag::SYMBOL);
        self.require_or(is_symbol, otherwise);
        self.load(POINTER, object, PAYLOAD)
    }

    fn terminated_chars(&mut self, object: Value, otherwise: Block) -> Value {
        let is_chars = self.has_tag(object, tag::CHAR);
        self.require_or(is_chars, otherwise);
        let length = self.load(types::I64, object, LENGTH);
        // The byte before the data of an empty vector is the end of its length, which is 0: so ask the length too.
        self.require_or(length, otherwise);
        let end = self.b.ins().iadd(object, length);
        let last = self.load(types::I8, end, DATA - 1);
        let ends_in_nul = self.b.ins().icmp_imm_s(IntCC::Equal, last, 0);
        self.require_or(ends_in_nul, otherwise);
        self.b.ins().iadd_imm_s(object, i64::from(DATA))
    }
}

/// An argument that a stub has checked, and perhaps loaded.
pub enum Unboxed {
    /// A number, or the address of data, still to be loaded.
    Object(Unbox, Value),
    /// A struct, the parameter of this number, still to be loaded.
    Struct(usize, Places),
    /// What C takes.
    Pieces(Vec<Value>),
}

impl Unboxed {
    /// Checks the argument for a parameter; to the cold path if it is of another form.
    pub fn check(e: &mut Emitter, plan: &Plan, index: usize, object: Value) -> Self {
        match plan.params[index] {
            Unbox::Fields(n) => Unboxed::Struct(index, structs::check(e, &plan.fields[n], object)),
            unbox => match e.check(unbox, object) {
                Some(value) => Unboxed::Pieces(vec![value]),
                None => Unboxed::Object(unbox, object),
            },
        }
    }

    /// Loads it, unless that has been done.
    pub fn load(&mut self, e: &mut Emitter, plan: &Plan) {
        let pieces = match self {
            Unboxed::Object(unbox, object) => vec![e.value(*unbox, *object)],
            Unboxed::Struct(index, places) => {
                let passed = plan.passing.as_ref().map(|p| &p.args[*index]);
                let (Some(abi::Argument::Pieces(pieces)), Unbox::Fields(n)) = (passed, plan.params[*index])
                else {
                    unreachable!("planned together")
                };
                pieces.iter().map(|p| structs::piece(e, &plan.fields[n], places, p)).collect()
            }
            Unboxed::Pieces(_) => return,
        };
        *self = Unboxed::Pieces(pieces);
    }

    /// The pieces, once it is loaded.
    pub fn into_pieces(self) -> Vec<Value> {
        match self {
            Unboxed::Pieces(pieces) => pieces,
            Unboxed::Object(..) | Unboxed::Struct(..) => unreachable!("loaded before"),
        }
    }
}
