//! Constant expressions: what stands in the brackets of arrays, in enums, and after `#define NAME`.

use super::arithmetic::{
    Computed, Constant, Integer, binary, float_of, negated, precedence, rounded, truth, type_of,
};
use super::error::{Place, Result, shown};
use super::lexer::Token;
use super::literal;
use super::parser::Parser;
use super::scope::Meaning;
use super::types::{Kind, Scalar, TypeId};

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
            None if !super::words::is_keyword(word) => {
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
