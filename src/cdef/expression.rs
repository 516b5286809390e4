//! Constant expressions: what stands in the brackets of arrays, in enums, and after `#define NAME`.

use std::fmt;
use std::sync::Arc;

use super::error::{Place, Result, shown};
use super::lexer::Token;
use super::literal;
use super::parser::Parser;
use super::scope::Meaning;
use super::types::{Kind, Scalar, TypeId};

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
    const INT: Integer = Integer { value: 0, bytes: 4, signed: true };
    const SIZE: Integer = Integer { value: 0, bytes: 8, signed: false };

    fn truth(value: bool) -> Constant {
        Constant::Integer(Integer { value: value.into(), ..Self::INT })
    }

    // The value modulo what the type holds.
    fn with(self, value: i128) -> Integer {
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
    fn common(self, other: Integer) -> Integer {
        let (a, b) = (self.promoted(), other.promoted());
        match a.bytes.cmp(&b.bytes) {
            std::cmp::Ordering::Less => b,
            std::cmp::Ordering::Greater => a,
            std::cmp::Ordering::Equal => Integer { signed: a.signed && b.signed, ..a },
        }
    }
}

fn precedence(mark: &str) -> Option<u8> {
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

type Computed<T> = std::result::Result<T, &'static str>;

fn truth(value: &Constant) -> bool {
    match value {
        Constant::Integer(integer) => integer.value != 0,
        Constant::Float { value, .. } => *value != 0.0,
        Constant::Text(_) => true,
    }
}

fn float_of(value: &Constant) -> Computed<(f64, u8)> {
    match value {
        Constant::Integer(integer) => Ok((integer.value as f64, 0)),
        Constant::Float { value, bytes } => Ok((*value, *bytes)),
        Constant::Text(_) => Err("arithmetic with a text"),
    }
}

fn rounded(value: f64, bytes: u8) -> Constant {
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

// A zero of the type that two integers give, where they give no value.
fn type_of(mark: &str, a: &Constant, b: &Constant) -> Integer {
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

fn binary(mark: &str, a: &Constant, b: &Constant) -> Computed<Constant> {
    match (mark, a, b) {
        ("&&", ..) => Ok(Integer::truth(truth(a) && truth(b))),
        ("||", ..) => Ok(Integer::truth(truth(a) || truth(b))),
        (_, Constant::Integer(x), Constant::Integer(y)) => integers(mark, *x, *y),
        _ => floats(mark, a, b),
    }
}

impl Parser<'_, '_> {
    /// Reads a constant expression.
    pub(super) fn constant(&mut self) -> Result<Constant> {
        self.enter()?;
        let condition = self.operators(1)?;
        let value = match self.token {
            Token::Mark("?") => self.choice(condition),
            _ => Ok(condition),
        };
        self.leave();
        value
    }

    /// Reads a constant expression that is an integer.
    pub(super) fn integer(&mut self) -> Result<Integer> {
        let place = self.place;
        match self.constant()? {
            Constant::Integer(integer) => Ok(integer),
            _ => Err(self.error_at(place, "not an integer")),
        }
    }

    // What follows a condition. gcc's `a ?: b` is a where that is not zero.
    fn choice(&mut self, condition: Constant) -> Result<Constant> {
        let holds = truth(&condition);
        self.advance()?;
        let first = match self.token {
            Token::Mark(":") => condition,
            _ => self.unless(!holds, Self::constant)?,
        };
        self.expect(":")?;
        let second = self.unless(holds, Self::constant)?;
        Ok(match (&first, &second) {
            (Constant::Integer(a), Constant::Integer(b)) => {
                let ty = a.common(*b);
                Constant::Integer(ty.with(if holds { a.value } else { b.value }))
            }
            _ if holds => first,
            _ => second,
        })
    }

    // Reads what is not evaluated if the condition holds: it may divide by zero.
    fn unless<T>(&mut self, skipped: bool, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.unevaluated += u32::from(skipped);
        let value = read(self);
        self.unevaluated -= u32::from(skipped);
        value
    }

    fn operators(&mut self, least: u8) -> Result<Constant> {
        let mut value = self.unary()?;
        while let Token::Mark(mark) = self.token
            && let Some(strength) = precedence(mark)
            && strength >= least
        {
            let place = self.place;
            self.advance()?;
            let decided = (mark == "&&" && !truth(&value)) || (mark == "||" && truth(&value));
            let right = self.unless(decided, |parser| parser.operators(strength + 1))?;
            value = self.computed(binary(mark, &value, &right), place, || type_of(mark, &value, &right))?;
        }
        Ok(value)
    }

    // What is not evaluated may be anything of its type.
    fn computed(
        &self,
        value: Computed<Constant>,
        place: Place,
        any: impl Fn() -> Integer,
    ) -> Result<Constant> {
        match value {
            Err(_) if self.unevaluated > 0 || self.variable => Ok(Constant::Integer(any())),
            Err(what) => Err(self.error_at(place, what)),
            Ok(value) => Ok(value),
        }
    }

    fn unary(&mut self) -> Result<Constant> {
        self.enter()?;
        let place = self.place;
        let value = match self.token {
            Token::Mark(mark @ ("-" | "+" | "~" | "!")) => {
                self.advance()?;
                let operand = self.unary()?;
                let zero =
                    Constant::Integer(Integer { value: if mark == "~" { -1 } else { 0 }, ..Integer::INT });
                let computed = match mark {
                    "-" => negated(&operand),
                    "+" => binary("+", &zero, &operand),
                    "~" => binary("^", &operand, &zero),
                    _ => Ok(Integer::truth(!truth(&operand))),
                };
                self.computed(computed, place, || Integer::INT)
            }
            Token::Mark("*") if !self.parameter_names.is_empty() => self.pointed_to(),
            Token::Mark("(") if self.type_follows() => self.cast(),
            Token::Word("__extension__") => {
                self.advance()?;
                self.unary()
            }
            Token::Word("sizeof") => self.size_of(),
            Token::Word("_Alignof" | "alignof" | "__alignof__" | "__alignof") => self.align_of(),
            Token::Word("__builtin_offsetof" | "offsetof") => self.offset_of(),
            _ => self.primary(),
        };
        self.leave();
        value
    }

    // `*n` in the length of a parameter that is an array, where n is a parameter before it.
    fn pointed_to(&mut self) -> Result<Constant> {
        let place = self.place;
        self.advance()?;
        let value = self.unary()?;
        if self.variable { Ok(value) } else { Err(self.error_at(place, "not a constant")) }
    }

    fn primary(&mut self) -> Result<Constant> {
        let place = self.place;
        let value = match self.token {
            Token::Number(text) => literal::number(text, &self.scope.types.model),
            Token::Character(text) => {
                literal::character(text, &self.scope.types.model).map(Constant::Integer)
            }
            Token::Text(_) => return self.texts(),
            Token::Word(word) => return self.named_constant(word),
            Token::Mark("(") => {
                self.advance()?;
                let value = self.constant()?;
                self.expect(")")?;
                return Ok(value);
            }
            _ => return Err(self.unexpected("a constant")),
        };
        let value = value.map_err(|what| self.error_at(place, &what))?;
        self.advance()?;
        Ok(value)
    }

    fn texts(&mut self) -> Result<Constant> {
        let mut bytes = Vec::new();
        while let Token::Text(text) = self.token {
            bytes.extend(literal::string(text).map_err(|what| self.error_here(&what))?);
            self.advance()?;
        }
        Ok(Constant::Text(bytes.into()))
    }

    fn named_constant(&mut self, word: &str) -> Result<Constant> {
        let value = match self.scope.find(word) {
            Some(Meaning::Constant(value)) => value.clone(),
            _ if self.parameter_names.iter().any(|names| names.contains(word)) => {
                self.variable = true;
                Constant::Integer(Integer::INT)
            }
            None if !super::specifiers::is_keyword(word) => {
                return Err(self.unknown(word, false));
            }
            _ => return Err(self.scope.error(self.place, word, "not a constant")),
        };
        self.advance()?;
        Ok(value)
    }

    fn cast(&mut self) -> Result<Constant> {
        self.advance()?;
        let place = self.place;
        let ty = self.type_name()?.ty;
        self.expect(")")?;
        if self.token == Token::Mark("{") {
            return Err(self.error_here("a compound literal is no constant"));
        }
        let value = self.unary()?;
        let converted = self.converted(&value, ty);
        self.computed(converted, place, || Integer::INT)
    }

    fn converted(&self, value: &Constant, ty: TypeId) -> Computed<Constant> {
        let types = &self.scope.types;
        let (bytes, signed) = match types.kind(ty) {
            Kind::Scalar(Scalar::Bool) => {
                return Ok(Constant::Integer(Integer {
                    value: truth(value).into(),
                    bytes: 1,
                    signed: false,
                }));
            }
            Kind::Scalar(scalar) if scalar.floats() => {
                return Ok(rounded(float_of(value)?.0, scalar.shape(&types.model).0));
            }
            Kind::Scalar(scalar) => scalar.shape(&types.model),
            Kind::Enum(id) => (types.enumeration(*id).bytes, types.enumeration(*id).signed),
            Kind::Pointer(_) if matches!(value, Constant::Text(_)) => return Ok(value.clone()),
            Kind::Pointer(_) => (8, true),
            _ => return Err("a cast to what is no number"),
        };
        let value = match value {
            Constant::Integer(integer) => integer.value,
            other => float_of(other)?.0 as i128,
        };
        Ok(Constant::Integer(Integer { value: 0, bytes, signed }.with(value)))
    }

    fn size_of(&mut self) -> Result<Constant> {
        self.advance()?;
        let place = self.place;
        let size = match self.token {
            Token::Mark("(") if self.type_follows() => {
                let ty = self.type_in_parentheses()?;
                self.scope.types.extent(ty).map(|extent| extent.size)
            }
            _ => match self.variable_operand()? {
                Some(ty) => self.scope.types.extent(ty).map(|extent| extent.size),
                None => Some(match self.unless(true, Self::unary)? {
                    Constant::Integer(integer) => integer.bytes.into(),
                    Constant::Float { bytes, .. } => bytes.min(self.scope.types.model.long_double).into(),
                    Constant::Text(bytes) => bytes.len() as u64 + 1,
                }),
            },
        };
        let size = size.ok_or_else(|| self.error_at(place, "the size of an incomplete type"))?;
        Ok(Constant::Integer(Integer { value: size.into(), ..Integer::SIZE }))
    }

    // `sizeof name` and `sizeof(name)` of a variable.
    fn variable_operand(&mut self) -> Result<Option<TypeId>> {
        let (word, parentheses) = match (self.token, self.ahead()) {
            (Token::Word(word), _) => (word, false),
            (Token::Mark("("), Token::Word(word)) => (word, true),
            _ => return Ok(None),
        };
        let Some(Meaning::Variable(variable)) = self.scope.find(word) else { return Ok(None) };
        let ty = variable.ty.ty;
        self.advance()?;
        if parentheses {
            self.advance()?;
            self.expect(")")?;
        }
        Ok(Some(ty))
    }

    fn align_of(&mut self) -> Result<Constant> {
        self.advance()?;
        let place = self.place;
        let ty = self.type_in_parentheses()?;
        let extent = self.scope.types.extent(ty);
        let align = extent.ok_or_else(|| self.error_at(place, "the alignment of an incomplete type"))?.align;
        Ok(Constant::Integer(Integer { value: align.into(), ..Integer::SIZE }))
    }

    fn type_in_parentheses(&mut self) -> Result<TypeId> {
        self.expect("(")?;
        let ty = self.type_name()?.ty;
        self.expect(")")?;
        Ok(ty)
    }

    fn offset_of(&mut self) -> Result<Constant> {
        self.advance()?;
        self.expect("(")?;
        let mut ty = self.type_name()?.ty;
        self.expect(",")?;
        let mut offset = 0_u64;
        loop {
            let name = self.word("a field")?;
            let (field, at) = self
                .scope
                .field(ty, name)
                .ok_or_else(|| self.error_here(&format!("no field {}", shown(name))))?;
            (ty, offset) = (field, offset + at / 8);
            self.advance()?;
            while self.token == Token::Mark("[") {
                (ty, offset) = self.item_offset(ty, offset)?;
            }
            if self.token != Token::Mark(".") {
                break;
            }
            self.advance()?;
        }
        self.expect(")")?;
        Ok(Constant::Integer(Integer { value: offset.into(), ..Integer::SIZE }))
    }

    fn item_offset(&mut self, ty: TypeId, offset: u64) -> Result<(TypeId, u64)> {
        let Kind::Array(of, _) = *self.scope.types.kind(ty) else {
            return Err(self.error_here("not an array"));
        };
        let size = self.scope.types.extent(of.ty).map_or(0, |extent| extent.size);
        self.advance()?;
        let place = self.place;
        let index = u64::try_from(self.integer()?.value).ok();
        self.expect("]")?;
        let there = index.and_then(|i| i.checked_mul(size)).and_then(|at| at.checked_add(offset));
        match there.filter(|&at| at <= super::types::MAX_SIZE) {
            Some(at) => Ok((of.ty, at)),
            None => Err(self.error_at(place, "an index that fits no memory")),
        }
    }
}

fn negated(value: &Constant) -> Computed<Constant> {
    match value {
        Constant::Integer(integer) => {
            let ty = integer.promoted();
            Ok(Constant::Integer(ty.with(-ty.value)))
        }
        Constant::Float { value, bytes } => Ok(Constant::Float { value: -value, bytes: *bytes }),
        Constant::Text(_) => Err("arithmetic with a text"),
    }
}
