//! The values of constant expressions, and what C's operators make of them.

use std::fmt;
use std::sync::Arc;

/// The value of a constant expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    /// An integer, or an address.
    Integer(Integer),
    /// A floating number, and the bytes of its type.
    Float {
        /// The value, to the precision of a double at most.
        value: f64,
        /// Bytes of its type; what has over 8 is a long double.
        bytes: u8,
    },
    /// A text, without the NUL at its end.
    Text(Arc<[u8]>),
}

/// An integer of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Integer {
    /// The value, within what the type holds.
    pub value: i128,
    /// Bytes of the type: 4 or 8 after promotion.
    pub bytes: u8,
    /// Whether it has a sign.
    pub signed: bool,
}

impl fmt::Display for Constant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Constant::Integer(integer) => write!(f, "{}", integer.value),
            Constant::Float { value, .. } => write!(f, "{value}"),
            Constant::Text(bytes) => write!(f, "\"{}\"", bytes[..bytes.len().min(64)].escape_ascii()),
        }
    }
}

impl Integer {
    /// An int.
    pub(super) const INT: Integer = Integer { value: 0, bytes: 4, signed: true };
    /// A `size_t`.
    pub(super) const SIZE: Integer = Integer { value: 0, bytes: 8, signed: false };

    pub(super) fn truth(value: bool) -> Constant {
        Constant::Integer(Integer { value: value.into(), ..Self::INT })
    }

    // The value modulo what the type holds.
    pub(super) fn with(self, value: i128) -> Integer {
        let unused = 128 - 8 * u32::from(self.bytes);
        let value = match self.signed {
            true => value << unused >> unused,
            false => ((value as u128) << unused >> unused) as i128,
        };
        Integer { value, ..self }
    }

    fn promoted(self) -> Integer {
        if self.bytes < 4 { Integer { bytes: 4, signed: true, ..self } } else { self }
    }

    // The type that both are converted to (C11 6.3.1.8).
    pub(super) fn common(self, other: Integer) -> Integer {
        let (a, b) = (self.promoted(), other.promoted());
        match a.bytes.cmp(&b.bytes) {
            std::cmp::Ordering::Less => b,
            std::cmp::Ordering::Greater => a,
            std::cmp::Ordering::Equal => Integer { signed: a.signed && b.signed, ..a },
        }
    }
}

/// How strongly an operator binds; none where it is no operator of two operands.
pub fn precedence(mark: &str) -> Option<u8> {
    Some(match mark {
        "||" => 1,
        "&&" => 2,
        "|" => 3,
        "^" => 4,
        "&" => 5,
        "==" | "!=" => 6,
        "<" | ">" | "<=" | ">=" => 7,
        "<<" | ">>" => 8,
        "+" | "-" => 9,
        "*" | "/" | "%" => 10,
        _ => return None,
    })
}

/// A value, or why there is none.
pub type Computed<T> = std::result::Result<T, &'static str>;

/// Whether a value counts as true.
pub fn truth(value: &Constant) -> bool {
    match value {
        Constant::Integer(integer) => integer.value != 0,
        Constant::Float { value, .. } => *value != 0.0,
        Constant::Text(_) => true,
    }
}

/// A value as a floating number, and the bytes of its type if that is one.
pub fn float_of(value: &Constant) -> Computed<(f64, u8)> {
    match value {
        Constant::Integer(integer) => Ok((integer.value as f64, 0)),
        Constant::Float { value, bytes } => Ok((*value, *bytes)),
        Constant::Text(_) => Err("arithmetic with a text"),
    }
}

/// A floating number of a type.
pub fn rounded(value: f64, bytes: u8) -> Constant {
    Constant::Float { value: if bytes == 4 { f64::from(value as f32) } else { value }, bytes }
}

fn integers(mark: &str, a: Integer, b: Integer) -> Computed<Constant> {
    if matches!(mark, "<<" | ">>") {
        return shift(mark, a.promoted(), b.value);
    }
    let ty = a.common(b);
    let (x, y) = (ty.with(a.value).value, ty.with(b.value).value);
    if matches!(mark, "/" | "%") && y == 0 {
        return Err("division by zero");
    }
    Ok(Constant::Integer(ty.with(match mark {
        "+" => x + y,
        "-" => x - y,
        "*" => x.wrapping_mul(y),
        "/" => x / y,
        "%" => x % y,
        "&" => x & y,
        "|" => x | y,
        "^" => x ^ y,
        _ => return Ok(Integer::truth(compare(mark, x.partial_cmp(&y)))),
    })))
}

fn shift(mark: &str, a: Integer, count: i128) -> Computed<Constant> {
    if !(0..8 * i128::from(a.bytes)).contains(&count) {
        return Err("a shift by more bits than there are");
    }
    let value = if mark == "<<" { a.value << count } else { a.value >> count };
    Ok(Constant::Integer(a.with(value)))
}

fn floats(mark: &str, a: &Constant, b: &Constant) -> Computed<Constant> {
    let ((x, n), (y, m)) = (float_of(a)?, float_of(b)?);
    let value = match mark {
        "+" => x + y,
        "-" => x - y,
        "*" => x * y,
        "/" => x / y,
        "%" | "&" | "|" | "^" | "<<" | ">>" => return Err("bits of a floating number"),
        _ => return Ok(Integer::truth(compare(mark, x.partial_cmp(&y)))),
    };
    Ok(rounded(value, n.max(m)))
}

/// A zero of the type that two integers give, where they give no value.
pub fn type_of(mark: &str, a: &Constant, b: &Constant) -> Integer {
    match (mark, a, b) {
        ("<<" | ">>", Constant::Integer(x), _) => Integer { value: 0, ..x.promoted() },
        (_, Constant::Integer(x), Constant::Integer(y)) => Integer { value: 0, ..x.common(*y) },
        _ => Integer::INT,
    }
}

fn compare(mark: &str, order: Option<std::cmp::Ordering>) -> bool {
    match mark {
        "==" => order.is_some_and(|o| o.is_eq()),
        "!=" => order.is_none_or(|o| o.is_ne()),
        "<" => order.is_some_and(|o| o.is_lt()),
        ">" => order.is_some_and(|o| o.is_gt()),
        "<=" => order.is_some_and(|o| o.is_le()),
        _ => order.is_some_and(|o| o.is_ge()),
    }
}

/// What an operator makes of two operands.
pub fn binary(mark: &str, a: &Constant, b: &Constant) -> Computed<Constant> {
    match (mark, a, b) {
        ("&&", ..) => Ok(Integer::truth(truth(a) && truth(b))),
        ("||", ..) => Ok(Integer::truth(truth(a) || truth(b))),
        (_, Constant::Integer(x), Constant::Integer(y)) => integers(mark, *x, *y),
        _ => floats(mark, a, b),
    }
}

/// What `-` makes of an operand.
pub fn negated(value: &Constant) -> Computed<Constant> {
    match value {
        Constant::Integer(integer) => {
            let ty = integer.promoted();
            Ok(Constant::Integer(ty.with(-ty.value)))
        }
        Constant::Float { value, bytes } => Ok(Constant::Float { value: -value, bytes: *bytes }),
        Constant::Text(_) => Err("arithmetic with a text"),
    }
}
