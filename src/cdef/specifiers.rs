//! What stands before the names in a declaration: the type, and how the names are to be taken.

use super::attributes::Attributes;
use super::error::{Name, Result};
use super::lexer::Token;
use super::parser::Parser;
use super::scope::{Meaning, Notes};
use super::types::{Extent, Kind, Qualified, Scalar, TypeId};
use super::words::{
    COMPLEX, INT128, LONG, LONG_LONG, SIGNED, UNSIGNED, VOID, is_const, is_keyword, is_plain_qualifier,
    is_storage, is_typeof, scalar, tag_kind, type_word,
};

/// What stands before the names.
pub struct Specifiers {
    /// The type.
    pub base: Qualified,
    /// Whether the names are typedefs.
    pub typedef: bool,
    /// `static`: no library exports it.
    pub local: bool,
    /// Attributes for all of the names.
    pub attributes: Attributes,
    /// Annotations.
    pub notes: Notes,
}

/// What was read of them so far.
#[derive(Default)]
struct Partial {
    words: u32,
    ty: Option<Qualified>,
    constant: bool,
    typedef: bool,
    local: bool,
    attributes: Attributes,
    notes: Notes,
}

impl Partial {
    fn has_type(&self) -> bool {
        self.ty.is_some() || self.words & !COMPLEX != 0
    }
}

impl<'a> Parser<'a, '_> {
    /// Reads what stands before the names.
    pub(super) fn specifiers(&mut self) -> Result<Specifiers> {
        self.enter()?;
        let mut partial = Partial::default();
        let place = self.place;
        while self.specifier(&mut partial)? {}
        if !partial.has_type() && partial.words & COMPLEX == 0 {
            return Err(self.no_type());
        }
        let mut base = self.base(&partial).ok_or_else(|| self.error_at(place, "no type of C"))?;
        base.constant |= partial.constant;
        if let Some(bytes) = partial.attributes.vector.take() {
            base.ty = self.vector(bytes);
        }
        if let Some(shape) = partial.attributes.mode.take() {
            base.ty = self.with_mode(base.ty, shape);
        }
        self.leave();
        let Partial { typedef, local, attributes, notes, .. } = partial;
        Ok(Specifiers { base, typedef, local, attributes, notes })
    }

    /// Reads a type without a name for anything.
    pub(super) fn type_name(&mut self) -> Result<Qualified> {
        let specifiers = self.specifiers()?;
        self.abstract_declarator(specifiers.base)
    }

    fn no_type(&mut self) -> super::error::Error {
        match self.token {
            Token::Word(word) if !is_keyword(word) => self.unknown(word, true),
            _ => self.unexpected("a type"),
        }
    }

    // Reads one word or group of them, if it is a specifier.
    fn specifier(&mut self, partial: &mut Partial) -> Result<bool> {
        if self.attribute(&mut partial.attributes)? {
            return Ok(true);
        }
        let Token::Word(word) = self.token else { return Ok(false) };
        if is_const(word) || is_plain_qualifier(word) || is_storage(word) {
            partial.constant |= is_const(word);
            partial.typedef |= word == "typedef";
            partial.local |= word == "static";
            self.advance()?;
            return Ok(true);
        }
        if let Some(bit) = type_word(word) {
            return self.type_bit(partial, bit);
        }
        if word == "_Atomic" {
            self.advance()?;
            if self.token == Token::Mark("(") && !partial.has_type() {
                partial.ty = Some(self.type_operand()?);
            }
            return Ok(true);
        }
        if partial.has_type() {
            return Ok(false);
        }
        self.type_specifier(partial, word)
    }

    fn type_bit(&mut self, partial: &mut Partial, bit: u32) -> Result<bool> {
        if partial.ty.is_some() && bit != COMPLEX {
            return Err(self.error_here("two types"));
        }
        let twice = partial.words & bit != 0;
        match bit {
            LONG if partial.words & LONG_LONG != 0 => return Err(self.error_here("no type of C")),
            LONG if twice => partial.words = partial.words & !LONG | LONG_LONG,
            _ if twice => return Err(self.error_here("no type of C")),
            _ => partial.words |= bit,
        }
        self.advance()?;
        Ok(true)
    }

    // Reads a type that is not made of C's words, or an annotation.
    fn type_specifier(&mut self, partial: &mut Partial, word: &'a str) -> Result<bool> {
        if let Some(kind) = tag_kind(word) {
            partial.ty = Some(Qualified { ty: self.tagged(kind)?, constant: false });
        } else if is_typeof(word) {
            self.advance()?;
            partial.ty = Some(self.type_operand()?);
        } else if let Some(Meaning::Type(ty)) = self.scope.find(word) {
            partial.ty = Some(*ty);
            self.advance()?;
        } else {
            return self.annotation(&mut partial.notes, word);
        }
        Ok(true)
    }

    // `(type)`, or `(name)` of what has a type.
    fn type_operand(&mut self) -> Result<Qualified> {
        self.expect("(")?;
        let ty = match self.token {
            token if self.begins_type(token) => self.type_name()?,
            _ => {
                let word = self.word("a type")?;
                let ty = match self.scope.find(word) {
                    Some(Meaning::Variable(variable)) => variable.ty,
                    Some(Meaning::Function(function)) => Qualified { ty: function.ty, constant: false },
                    _ => return Err(self.unknown(word, true)),
                };
                self.advance()?;
                ty
            }
        };
        self.expect(")")?;
        Ok(ty)
    }

    // Reads `_Out_` and its like, Microsoft's words and koffi's.
    fn annotation(&mut self, notes: &mut Notes, word: &str) -> Result<bool> {
        match word {
            "_In_" | "_In_opt_" | "_In_z_" | "_In_opt_z_" => (),
            "_Out_" | "_Out_opt_" => notes.out = true,
            "_Inout_" | "_Inout_opt_" => notes.inout = true,
            "_Handle_" => notes.handle = true,
            "_Free_" | "_Own_" => {
                let by = self.destroyer()?;
                let place = if word == "_Free_" { &mut notes.free } else { &mut notes.own };
                *place = Some(by);
                return Ok(true);
            }
            _ => return Ok(false),
        }
        self.advance()?;
        Ok(true)
    }

    fn destroyer(&mut self) -> Result<Name> {
        self.advance()?;
        self.expect("(")?;
        let name = self.word("the name of a function")?.into();
        self.advance()?;
        self.expect(")")?;
        Ok(name)
    }

    fn base(&mut self, partial: &Partial) -> Option<Qualified> {
        let words = partial.words & !COMPLEX;
        let ty = match (partial.ty, words) {
            (Some(ty), 0) => ty,
            (Some(_), _) => return None,
            (None, 0) => Qualified { ty: self.scope.types.scalar(Scalar::Double), constant: false },
            (None, VOID) => Qualified { ty: self.scope.types.intern(Kind::Void), constant: false },
            (None, words) if words & INT128 != 0 => Qualified { ty: self.int128(words)?, constant: false },
            (None, words) => Qualified { ty: self.scope.types.scalar(scalar(words)?), constant: false },
        };
        match self.scope.types.kind(ty.ty) {
            _ if partial.words & COMPLEX == 0 => Some(ty),
            Kind::Scalar(part) if part.floats() => {
                let kind = Kind::Complex(*part);
                Some(Qualified { ty: self.scope.types.intern(kind), ..ty })
            }
            Kind::Unsupported(name, extent) => {
                let extent = Extent { size: 2 * extent.size, ..*extent };
                let kind = Kind::Unsupported(format!("_Complex {name}").into(), extent);
                Some(Qualified { ty: self.scope.types.intern(kind), ..ty })
            }
            _ => None,
        }
    }

    fn int128(&mut self, words: u32) -> Option<TypeId> {
        let name = match words & !INT128 {
            0 | SIGNED => "__int128",
            UNSIGNED => "unsigned __int128",
            _ => return None,
        };
        Some(self.unsupported(name, 16))
    }

    /// A type that has a size and nothing else.
    pub(super) fn unsupported(&mut self, name: &str, bytes: u32) -> TypeId {
        let extent = Extent { size: bytes.into(), align: bytes };
        self.scope.types.intern(Kind::Unsupported(name.into(), extent))
    }

    /// gcc's vector types.
    pub(super) fn vector(&mut self, bytes: u32) -> TypeId {
        self.unsupported("a vector type (vector_size)", bytes)
    }

    /// gcc's `mode`: another number of bytes, the same sign.
    pub(super) fn with_mode(&mut self, ty: TypeId, bytes: u8) -> TypeId {
        let types = &mut self.scope.types;
        let Kind::Scalar(scalar) = *types.kind(ty) else { return ty };
        let signed = scalar.shape(&types.model).1;
        let long = types.model.long == 8;
        let mode = match (bytes, signed) {
            _ if scalar.floats() => {
                if bytes == 4 {
                    Scalar::Float
                } else {
                    Scalar::Double
                }
            }
            (1, true) => Scalar::SignedChar,
            (1, false) => Scalar::UnsignedChar,
            (2, true) => Scalar::Short,
            (2, false) => Scalar::UnsignedShort,
            (4, true) => Scalar::Int,
            (4, false) => Scalar::UnsignedInt,
            (_, true) => {
                if long {
                    Scalar::Long
                } else {
                    Scalar::LongLong
                }
            }
            (_, false) => {
                if long {
                    Scalar::UnsignedLong
                } else {
                    Scalar::UnsignedLongLong
                }
            }
        };
        types.scalar(mode)
    }
}
