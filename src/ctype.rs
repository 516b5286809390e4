//! The table of type characters: one row each, from which everything else about a type is derived.
//!
//! A lowercase letter is a C value, its uppercase the pointer to one. The letters are those of q's datatypes
//! (<https://code.kx.com/q/basics/datatypes/>) and KxSystems/ffi's `l r k`.

#![forbid(unsafe_code)]

use kdbplus::qnull_base;

use crate::k::{tag, type_name};

/// How C represents a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Repr {
    /// `_Bool`: 8 bits, 0 or 1.
    Bool,
    /// `unsigned char`.
    U8,
    /// `char`, whose sign is the platform's choice.
    Char,
    /// `int8_t`, which q holds as a short.
    I8,
    /// `int16_t`.
    I16,
    /// `uint16_t`, which q holds as an int.
    U16,
    /// `int32_t`.
    I32,
    /// `uint32_t`, which q holds as a long.
    U32,
    /// `int64_t`.
    I64,
    /// `float`.
    F32,
    /// `double`.
    F64,
    /// A `long double` that is wider than a `double`, which is what q holds of it.
    LongDouble,
    /// Any pointer, and `size_t`.
    Pointer,
}

impl Repr {
    /// Size in bytes, which is the alignment too.
    pub const fn size(self) -> usize {
        match self {
            Repr::Bool | Repr::U8 | Repr::Char | Repr::I8 => 1,
            Repr::I16 | Repr::U16 => 2,
            Repr::I32 | Repr::U32 | Repr::F32 => 4,
            Repr::I64 | Repr::F64 => 8,
            Repr::LongDouble => 16,
            Repr::Pointer => size_of::<usize>(),
        }
    }

    /// How q holds it: wider, where q has no type of its range, and rounded.
    pub const fn in_q(self) -> Repr {
        match self {
            Repr::I8 => Repr::I16,
            Repr::U16 => Repr::I32,
            Repr::U32 => Repr::I64,
            Repr::LongDouble => Repr::F64,
            _ => self,
        }
    }

    /// Whether q holds it wider than C, so that not every value of q's is one of C's.
    pub const fn is_narrowed(self) -> bool {
        matches!(self, Repr::I8 | Repr::U16 | Repr::U32)
    }

    /// The least and the greatest of C's values, for those that q holds wider.
    pub const fn bounds(self) -> Option<(i64, i64)> {
        match self {
            Repr::I8 => Some((i8::MIN as i64, i8::MAX as i64)),
            Repr::U16 => Some((0, u16::MAX as i64)),
            Repr::U32 => Some((0, u32::MAX as i64)),
            _ => None,
        }
    }

    /// The bits that q holds of a value, which a word begins with. Other bits of the word don't matter.
    pub const fn widen(self, word: u64) -> u64 {
        match self {
            Repr::I8 => word as i8 as i64 as u64,
            Repr::U16 => word as u16 as u64,
            Repr::U32 => word as u32 as u64,
            _ => word,
        }
    }

    /// The bits of q's null of this width; zeros where q has none.
    pub const fn null(self) -> u64 {
        match self {
            Repr::Bool | Repr::U8 | Repr::Char | Repr::I8 | Repr::U16 | Repr::U32 => 0,
            Repr::I16 => qnull_base::H as u16 as u64,
            Repr::I32 => qnull_base::I as u32 as u64,
            Repr::I64 | Repr::Pointer => qnull_base::J as u64,
            Repr::F32 => qnull_base::E.to_bits() as u64,
            Repr::F64 | Repr::LongDouble => qnull_base::F.to_bits(),
        }
    }

    /// What C's default argument promotions make of it in a variable argument (C11 6.5.2.2).
    pub const fn promoted(self) -> Repr {
        match self {
            Repr::Bool | Repr::U8 | Repr::Char | Repr::I8 | Repr::I16 | Repr::U16 => Repr::I32,
            Repr::F32 => Repr::F64,
            _ => self,
        }
    }
}

/// What a lowercase letter means, beyond its representation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A number, or what q counts as one: the payload is the value.
    Number,
    /// `size_t`: a number, or the address of a vector.
    Size,
    /// 16 bytes, passed by their address.
    Guid,
    /// A NUL-terminated text.
    Text,
    /// An address that q holds as a long.
    Address,
}

/// One row of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct CType {
    /// The type character, lowercase.
    pub letter: char,
    /// The C type.
    pub c: &'static str,
    /// How C represents it.
    pub repr: Repr,
    /// What it means.
    pub kind: Kind,
    /// Tags whose payload is this value as it stands, if it is in C's range; the first is what C's value becomes in q.
    pub exact: &'static [i8],
    /// Tags that convert without loss, value by value.
    pub converts: &'static [i8],
    /// Whether C can return it.
    pub returns: bool,
}

use Kind::{Address, Guid, Number, Size, Text};
use tag::*;

const fn row(
    letter: char,
    c: &'static str,
    repr: Repr,
    kind: Kind,
    exact: &'static [i8],
    converts: &'static [i8],
) -> CType {
    CType { letter, c, repr, kind, exact, converts, returns: !matches!(kind, Guid) }
}

/// `long double` is a `double` to Microsoft's compilers and Apple's.
const LONG_DOUBLE: Repr =
    if cfg!(any(windows, target_vendor = "apple")) { Repr::F64 } else { Repr::LongDouble };

/// The table.
#[rustfmt::skip]
pub static TYPES: [CType; 24] = [
    row('b', "bool",        Repr::Bool,    Number,  &[BOOLEAN],   &[]),
    row('x', "uint8_t",     Repr::U8,      Number,  &[BYTE],      &[BOOLEAN, CHAR]),
    row('c', "char",        Repr::Char,    Number,  &[CHAR],      &[BYTE]),
    row('h', "int16_t",     Repr::I16,     Number,  &[SHORT],     &[BOOLEAN, BYTE, INT, LONG]),
    row('i', "int32_t",     Repr::I32,     Number,  &[INT, MONTH, DATE, MINUTE, SECOND, TIME],
                                                                  &[BOOLEAN, BYTE, SHORT, LONG]),
    row('m', "int32_t",     Repr::I32,     Number,  &[MONTH],     &[INT]),
    row('d', "int32_t",     Repr::I32,     Number,  &[DATE],      &[INT]),
    row('u', "int32_t",     Repr::I32,     Number,  &[MINUTE],    &[INT]),
    row('v', "int32_t",     Repr::I32,     Number,  &[SECOND],    &[INT]),
    row('t', "int32_t",     Repr::I32,     Number,  &[TIME],      &[INT]),
    row('j', "int64_t",     Repr::I64,     Number,  &[LONG, TIMESTAMP, TIMESPAN],
                                                                  &[BOOLEAN, BYTE, SHORT, INT]),
    row('p', "int64_t",     Repr::I64,     Number,  &[TIMESTAMP], &[LONG]),
    row('n', "int64_t",     Repr::I64,     Number,  &[TIMESPAN],  &[LONG]),
    row('a', "int8_t",      Repr::I8,      Number,  &[SHORT],     &[BOOLEAN, BYTE, INT, LONG]),
    row('y', "uint16_t",    Repr::U16,     Number,  &[INT],       &[BOOLEAN, BYTE, SHORT, LONG]),
    row('w', "uint32_t",    Repr::U32,     Number,  &[LONG],      &[BOOLEAN, BYTE, SHORT, INT]),
    row('l', "size_t",      Repr::Pointer, Size,    &[LONG],      &[BOOLEAN, BYTE, SHORT, INT]),
    row('e', "float",       Repr::F32,     Number,  &[REAL],      &[FLOAT, BOOLEAN, BYTE, SHORT, INT, LONG]),
    row('f', "double",      Repr::F64,     Number,  &[FLOAT, DATETIME],
                                                                  &[REAL, BOOLEAN, BYTE, SHORT, INT, LONG]),
    row('z', "double",      Repr::F64,     Number,  &[DATETIME],  &[FLOAT]),
    row('o', "long double", LONG_DOUBLE,   Number,  &[FLOAT],     &[REAL, BOOLEAN, BYTE, SHORT, INT, LONG]),
    row('g', "uint8_t[16]", Repr::Pointer, Guid,    &[GUID],      &[]),
    row('s', "const char*", Repr::Pointer, Text,    &[SYMBOL],    &[]),
    row('r', "void*",       Repr::Pointer, Address, &[LONG],      &[INT]),
];

/// The row of a lowercase letter.
pub fn lookup(letter: u8) -> Option<&'static CType> {
    TYPES.iter().find(|row| row.letter as u32 == u32::from(letter))
}

impl CType {
    /// The tag of q's vectors of this type, and the negative of its atoms'.
    pub const fn tag(&self) -> i8 {
        self.exact[0]
    }

    /// Bytes of one element where many lie side by side.
    pub const fn element_size(&self) -> usize {
        match self.kind {
            Guid => 16,
            _ => self.repr.size(),
        }
    }

    /// The tag of the vectors whose data is an array of this type.
    pub const fn array_tag(&self) -> i8 {
        match self.repr {
            Repr::I8 => BYTE,
            Repr::U16 => SHORT,
            Repr::U32 => INT,
            _ => self.tag(),
        }
    }

    /// Whether C can be given the data of a vector of tag `t` as an array of this type: bit by bit, where q holds the
    /// values wider.
    pub fn is_array(&self, t: i8) -> bool {
        match self.repr {
            Repr::I8 => [BYTE, CHAR, BOOLEAN].contains(&t),
            repr if repr.is_narrowed() => t == self.array_tag(),
            _ => self.shares_layout(t),
        }
    }

    /// Whether an atom or vector of tag `t` is of the type's own form: its values are C's, and nothing is converted or looked at.
    pub fn is_own_form(&self, t: i8) -> bool {
        t.abs() == self.tag() && !self.repr.is_narrowed() && self.kind != Kind::Address
    }

    /// Whether a vector of tag `t` holds values of this type just as C does.
    pub fn shares_layout(&self, t: i8) -> bool {
        if self.repr.in_q() != self.repr {
            return false;
        }
        let same_bytes = |&other: &i8| other == t && tag::element_size(other) == self.element_size();
        self.exact.contains(&t)
            || (self.is_integer() && self.converts.iter().any(same_bytes))
            || self.is_reread(t)
    }

    fn is_integer(&self) -> bool {
        !matches!(self.repr, Repr::F32 | Repr::F64 | Repr::LongDouble)
    }

    // A datetime is a float that counts days.
    fn is_reread(&self, t: i8) -> bool {
        self.repr == Repr::F64 && (t == FLOAT || t == DATETIME)
    }

    /// What a parameter of this type takes, in q's words.
    pub fn wants(&self) -> String {
        type_name(-self.tag())
    }
}
