//! Has Cranelift pass things where [`Passing`] wants them.
//!
//! Cranelift fills the registers of each kind in the order of a function's parameters, and then the stack in words. So
//! what goes to registers comes first, then integers that nobody reads until no register is left, then the stack's
//! words, put together here where several arguments share one. That is all that is asked of Cranelift's calling
//! conventions, whose own rules for structs and for narrow arguments on Apple's stack are not those of C.

#![forbid(unsafe_code)]

use cranelift_codegen::ir::{AbiParam, ArgumentPurpose, InstBuilder, MemFlagsData, Type, Value, types};

use super::emitter::{Emitter, POINTER};
use super::types::clif_type;
use crate::abi::{Abi, Argument, Passing, Piece, Returned, Slot};

/// What a parameter of Cranelift's stands for.
enum Source {
    /// The piece of this number.
    Piece(usize),
    /// A word that these pieces share, each after so many bits.
    Word(Vec<(usize, u32)>),
    /// A register that no argument uses.
    Nothing,
}

/// The parameters of a function of Cranelift's for a C function's.
pub struct Parameters {
    params: Vec<AbiParam>,
    sources: Vec<Source>,
    /// The CLIF type of each piece.
    pieces: Vec<Type>,
    /// Whether the result's address comes first.
    hidden: bool,
}

impl Parameters {
    /// The parameters for pieces of these types that go to these places, in the order of the arguments.
    pub fn new(passing: &Passing, pieces: &[(Slot, Type)]) -> Self {
        let hidden = passing.result == Returned::Memory;
        let mut parameters = Self { params: Vec::new(), sources: Vec::new(), pieces: Vec::new(), hidden };
        if hidden {
            parameters.params.push(AbiParam::special(POINTER, ArgumentPurpose::StructReturn));
        }
        parameters.pieces.extend(pieces.iter().map(|&(_, ty)| ty));
        let in_register = |&(_, &(to, _)): &(usize, &(Slot, Type))| !matches!(to, Slot::Stack(_));
        for (i, &(to, ty)) in pieces.iter().enumerate().filter(in_register) {
            match to {
                // A floating-point variable argument of Microsoft's.
                Slot::Integer(_) if ty.is_float() => parameters.push(types::I64, Source::Word(vec![(i, 0)])),
                _ => parameters.push(ty, Source::Piece(i)),
            }
        }
        let words = words(passing.abi, pieces);
        // A register of the other kind would be filled by a word as well, unless it is of the type that has none left.
        if words.iter().any(|(ty, _)| ty.is_int()) {
            parameters.fill(passing.abi, pieces);
        }
        for (ty, source) in words {
            parameters.push(ty, source);
        }
        parameters
    }

    fn push(&mut self, ty: Type, source: Source) {
        self.params.push(AbiParam::new(ty));
        self.sources.push(source);
    }

    /// Uses up the integer registers.
    fn fill(&mut self, abi: Abi, pieces: &[(Slot, Type)]) {
        let takes = |&(to, _): &&(Slot, Type)| match to {
            Slot::Integer(_) => true,
            // Microsoft's positions have a register of either kind.
            Slot::Float(_) => abi == Abi::Windows,
            Slot::Stack(_) => false,
        };
        let hidden = usize::from(self.hidden && abi.hides_result_in_arguments());
        let used = hidden + pieces.iter().filter(takes).count();
        for _ in used..abi.integer_registers() {
            self.push(types::I64, Source::Nothing);
        }
    }

    /// The parameters, for a signature.
    pub fn params(&self) -> impl Iterator<Item = AbiParam> {
        self.params.iter().copied()
    }

    /// The arguments of a call, from the values of the pieces and the address for the result.
    pub fn send(&self, e: &mut Emitter, hidden: Option<Value>, pieces: &[Value]) -> Vec<Value> {
        let arguments = self.sources.iter().map(|source| match source {
            Source::Piece(i) => pieces[*i],
            Source::Word(parts) => parts
                .iter()
                .fold(None, |word, &(i, shift)| Some(join(e, word, pieces[i], shift)))
                .unwrap_or_else(|| e.b.ins().iconst(types::I64, 0)),
            Source::Nothing => e.b.ins().iconst(types::I64, 0),
        });
        let arguments: Vec<Value> = arguments.collect();
        hidden.into_iter().chain(arguments).collect()
    }

    /// The values of the pieces, from a function's parameters, and the address for the result.
    pub fn receive(&self, e: &mut Emitter, params: &[Value]) -> (Option<Value>, Vec<Value>) {
        let (hidden, params) = params.split_at(usize::from(self.hidden));
        let mut pieces = vec![None; self.pieces.len()];
        for (source, &value) in self.sources.iter().zip(params) {
            match source {
                Source::Piece(i) => pieces[*i] = Some(value),
                Source::Word(parts) => {
                    for &(i, shift) in parts {
                        pieces[i] = Some(part(e, value, shift, self.pieces[i]));
                    }
                }
                Source::Nothing => (),
            }
        }
        (hidden.first().copied(), pieces.into_iter().flatten().collect())
    }
}

/// The words of the stack: as they are where a word holds one piece that Cranelift stores as C does.
fn words(abi: Abi, pieces: &[(Slot, Type)]) -> Vec<(Type, Source)> {
    let mut words: Vec<Vec<(usize, u32)>> = Vec::new();
    let mut floats = 0;
    for (i, &(to, _)) in pieces.iter().enumerate() {
        match to {
            Slot::Stack(at) => {
                words.resize_with(words.len().max(at / 8 + 1), Vec::new);
                words[at / 8].push((i, 8 * (at % 8) as u32));
            }
            Slot::Float(_) => floats += 1,
            Slot::Integer(_) => (),
        }
    }
    let floats_left = abi != Abi::Windows && floats < abi.float_registers();
    let typed = |word: Vec<(usize, u32)>| match word[..] {
        [(i, 0)] if is_word(abi, pieces[i].1) && !(pieces[i].1.is_float() && floats_left) => {
            (pieces[i].1, Source::Piece(i))
        }
        _ => (types::I64, Source::Word(word)),
    };
    words.into_iter().map(typed).collect()
}

/// Whether Cranelift gives a value of this type a word of the stack of its own.
fn is_word(abi: Abi, ty: Type) -> bool {
    abi != Abi::Apple || ty.bytes() == 8
}

/// Adds a piece to a word, after so many bits.
fn join(e: &mut Emitter, word: Option<Value>, piece: Value, shift: u32) -> Value {
    let piece = e.word(Some(piece));
    let piece = if shift == 0 { piece } else { e.b.ins().ishl_imm_u(piece, i64::from(shift)) };
    word.map_or(piece, |word| e.b.ins().bor(word, piece))
}

/// The piece of a word after so many bits.
pub fn part(e: &mut Emitter, word: Value, shift: u32, ty: Type) -> Value {
    let word = if shift == 0 { word } else { e.b.ins().ushr_imm_u(word, i64::from(shift)) };
    let bits = match ty.bits() {
        64 => word,
        _ => e.b.ins().ireduce(ty.as_int(), word),
    };
    if ty.is_float() { e.b.ins().bitcast(ty, MemFlagsData::new(), bits) } else { bits }
}

/// Places and CLIF types of an argument's pieces; `scalar` is the type of one that is no struct.
pub fn pieces(argument: &Argument, scalar: Type) -> Vec<(Slot, Type)> {
    match argument {
        Argument::Scalar { to, .. } => vec![(*to, scalar)],
        Argument::Copy { to } => vec![(*to, POINTER)],
        Argument::Pieces(pieces) => pieces.iter().map(|p| (p.to, piece_type(p))).collect(),
    }
}

/// The CLIF type of a piece of a struct. Integers are whole words: structs lie in memory that can be read, and written,
/// up to the end of their last word.
pub fn piece_type(piece: &Piece) -> Type {
    match (piece.to, piece.size) {
        (Slot::Float(_), 4) => types::F32,
        (Slot::Float(_), _) => types::F64,
        (Slot::Stack(_), 4) => types::I32,
        _ => types::I64,
    }
}

/// What a C function returns, for a signature.
pub fn returns(result: &Returned) -> Vec<AbiParam> {
    match result {
        Returned::Nothing | Returned::Memory => Vec::new(),
        Returned::Scalar(repr) => vec![AbiParam::new(clif_type(*repr))],
        Returned::Pieces(pieces) => pieces.iter().map(|p| AbiParam::new(piece_type(p))).collect(),
    }
}
