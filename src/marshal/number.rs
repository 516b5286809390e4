//! Numbers from one type to another: nulls and infinities are kept, and nothing is lost.

use super::Mismatch;
use super::long_double::Format;
use crate::ctype::{CType, Repr};
use crate::k::{Ref, tag};

/// A number on its way from one type to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    Null,
    Infinity { negative: bool },
    Integer(i64),
    Float(f64),
}

/// Writes an atom as a C number.
///
/// # Errors
/// A [`Mismatch`] when its type does not convert or its value does not fit.
///
/// # Safety
/// `to` has room for a number of this type.
pub unsafe fn write_number(row: &CType, x: Ref, to: *mut u8) -> std::result::Result<(), Mismatch> {
    if x.tag() >= 0 {
        return Err(Mismatch::of(row.letter, &row.wants(), x));
    }
    // SAFETY: the payload of an atom is an element of its type, and passed on.
    unsafe { write_element(row, -x.tag(), x.value(), to) }
        .unwrap_or_else(|| Err(Mismatch::of(row.letter, &row.wants(), x)))
}

/// Writes an element of q type `t`, which lies at `from`, as a C number; `None` when that type does not convert.
///
/// # Errors
/// A [`Mismatch`] when the value does not fit.
///
/// # Safety
/// An element of type `t` can be read at `from`, and a number of the row's type written at `to`.
pub unsafe fn write_element(
    row: &CType,
    t: i8,
    from: *const u8,
    to: *mut u8,
) -> Option<std::result::Result<(), Mismatch>> {
    let size = row.element_size();
    let is_exact = row.exact.contains(&t);
    let converts = row.converts.contains(&t) || (is_exact && row.repr.in_q() != row.repr);
    if (is_exact && !converts) || (converts && tag::element_size(t) == size && row.shares_layout(t)) {
        // SAFETY: elements of the same size, the caller's to read and write.
        unsafe { to.copy_from_nonoverlapping(from, size) };
        return Some(Ok(()));
    }
    if !converts {
        return None;
    }
    // SAFETY: passed on to the caller.
    let number = unsafe { Number::read(t, from) };
    let Some(bytes) = number.to_bytes(row.repr) else {
        return Some(Err(Mismatch::Range { value: number.to_string(), ty: row.letter }));
    };
    if row.repr == Repr::LongDouble {
        // SAFETY: the caller has room for a value of the type.
        unsafe { store_word(row.repr, u64::from_le_bytes(bytes), to) };
        return Some(Ok(()));
    }
    // SAFETY: the caller has room for a value of the type; the bytes of a number begin with its value, least significant first.
    unsafe { to.copy_from_nonoverlapping(bytes.as_ptr(), size) };
    Some(Ok(()))
}

/// Writes a value where C has it: the first bytes of the word that holds it, of a `long double` more than the word does.
///
/// # Safety
/// `to` has room for a value of this representation.
pub unsafe fn store_word(repr: Repr, word: u64, to: *mut u8) {
    let bytes = match repr {
        Repr::LongDouble => Format::HOST.from_f64(f64::from_bits(word)),
        _ => u128::from(word).to_le_bytes(),
    };
    // SAFETY: passed on to the caller.
    unsafe { to.copy_from_nonoverlapping(bytes.as_ptr(), repr.size()) };
}

/// The double that a `long double` of C's is rounded to.
///
/// # Safety
/// It can be read at `from`.
pub unsafe fn load_long_double(from: *const u8) -> f64 {
    // SAFETY: passed on to the caller.
    Format::HOST.to_f64(unsafe { from.cast::<[u8; 16]>().read() })
}

impl Number {
    /// A short, int or long; `None` for other objects.
    pub(super) fn of_integer(x: Ref) -> Option<Self> {
        let t = -x.tag();
        // SAFETY: the payload of an atom is an element of its type.
        [tag::SHORT, tag::INT, tag::LONG].contains(&t).then(|| unsafe { Self::read(t, x.value()) })
    }

    /// # Safety
    /// An element of type `t` can be read at `from`.
    unsafe fn read(t: i8, from: *const u8) -> Self {
        // SAFETY: passed on to the caller; q aligns elements, but nothing here depends on it.
        unsafe {
            match t {
                tag::SHORT => Self::integer(from.cast::<i16>().read_unaligned().into(), i16::MAX.into()),
                tag::INT => Self::integer(from.cast::<i32>().read_unaligned().into(), i32::MAX.into()),
                tag::LONG => Self::integer(from.cast::<i64>().read_unaligned(), i64::MAX),
                tag::REAL => Self::Float(from.cast::<f32>().read_unaligned().into()),
                tag::FLOAT => Self::Float(from.cast::<f64>().read_unaligned()),
                _ => Self::Integer(from.read().into()),
            }
        }
    }

    /// q's nulls and infinities are the extreme integers of each type.
    fn integer(value: i64, max: i64) -> Self {
        match value {
            v if v == max => Self::Infinity { negative: false },
            v if v == -max => Self::Infinity { negative: true },
            v if v < -max => Self::Null,
            v => Self::Integer(v),
        }
    }

    pub(super) fn to_bytes(self, repr: Repr) -> Option<[u8; 8]> {
        let bits = match repr {
            Repr::I8 | Repr::U16 | Repr::U32 => self.to_bounded(repr.bounds()?)? as u64,
            Repr::I16 => self.to_integer(i16::MAX.into())? as u64,
            Repr::I32 => self.to_integer(i32::MAX.into())? as u64,
            Repr::I64 | Repr::Pointer => self.to_integer(i64::MAX)? as u64,
            Repr::F32 => self.to_f32()?.to_bits().into(),
            Repr::F64 | Repr::LongDouble => self.to_f64()?.to_bits(),
            Repr::Bool | Repr::U8 | Repr::Char => return None,
        };
        Some(bits.to_le_bytes())
    }

    fn to_integer(self, max: i64) -> Option<i64> {
        match self {
            Self::Null => Some(-max - 1),
            Self::Infinity { negative } => Some(if negative { -max } else { max }),
            Self::Integer(v) => (-max - 1..=max).contains(&v).then_some(v),
            Self::Float(_) => None,
        }
    }

    /// An integer between bounds. A type that q holds wider has no null and no infinities in C.
    fn to_bounded(self, (least, greatest): (i64, i64)) -> Option<i64> {
        match self {
            Self::Integer(v) => (least..=greatest).contains(&v).then_some(v),
            Self::Null | Self::Infinity { .. } | Self::Float(_) => None,
        }
    }

    fn to_f64(self) -> Option<f64> {
        match self {
            Self::Null => Some(f64::NAN),
            Self::Infinity { negative } => Some(if negative { f64::NEG_INFINITY } else { f64::INFINITY }),
            // An integer of more than 53 bits would lose digits.
            Self::Integer(v) => Some(v as f64).filter(|&f| f as i128 == i128::from(v)),
            Self::Float(v) => Some(v),
        }
    }

    /// A float becomes the nearest real, as q's own cast does; an integer must be one exactly.
    fn to_f32(self) -> Option<f32> {
        let wide = self.to_f64()?;
        let narrow = wide as f32;
        let kept = match self {
            Self::Integer(_) => f64::from(narrow) == wide,
            _ => narrow.is_finite() || !wide.is_finite(),
        };
        kept.then_some(narrow)
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => f.write_str("0N"),
            Self::Infinity { negative } => f.write_str(if *negative { "-0W" } else { "0W" }),
            Self::Integer(v) => v.fmt(f),
            // Only a float that no real can hold is ever shown: a large one.
            Self::Float(v) => f.write_str(&format!("{v:e}").replace('e', "e+")),
        }
    }
}
