//! Reads type characters.

#![forbid(unsafe_code)]

use std::sync::Arc;

use super::{MAX_DEPTH, MAX_PARAMS, MAX_STRUCT, Shape, Struct, Type, Variadic};
use crate::ctype::{self, Repr};
use crate::error::{Error, Result};

/// Reads one text from left to right.
pub(super) struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    pub(super) fn error(&self, problem: &str) -> Error {
        self.error_at(self.at, problem)
    }

    fn error_at(&self, position: usize, problem: &str) -> Error {
        Error::Signature { text: self.shown(), problem: problem.into(), position }
    }

    /// The text as errors show it.
    fn shown(&self) -> String {
        const SHOWN: usize = 64;
        let mut text = self.text[..self.text.len().min(SHOWN)].escape_ascii().to_string();
        if self.text.len() > SHOWN {
            text.push_str("..");
        }
        text
    }

    pub(super) fn params(&mut self) -> Result<(Vec<Type>, Variadic)> {
        let mut params = Vec::new();
        let mut variadic = None;
        while let Some(c) = self.peek() {
            if c == b'.' {
                self.ellipsis(variadic.is_some())?;
                variadic = Some(params.len());
                continue;
            }
            if params.len() == MAX_PARAMS {
                return Err(Error::Limit(format!("a signature of over {MAX_PARAMS} parameters")));
            }
            params.push(if c == b'&' { self.out()? } else { self.ty(0)? });
        }
        let variadic = match variadic {
            None => Variadic::No,
            Some(n) if n == params.len() => Variadic::FromData(n),
            Some(n) => Variadic::Typed(n),
        };
        Ok((params, variadic))
    }

    fn ellipsis(&mut self, again: bool) -> Result<()> {
        if again {
            return Err(self.error("second ..."));
        }
        if !self.text[self.at..].starts_with(b"...") {
            return Err(self.error("unknown type character ."));
        }
        self.at += 3;
        Ok(())
    }

    fn out(&mut self) -> Result<Type> {
        let at = self.at;
        self.at += 1;
        let is_read = self.skip(b'=');
        let inner = match self.peek().map(|_| self.ty(0)).transpose()? {
            Some(ty @ (Type::Value(_) | Type::Struct(_))) => Arc::new(ty),
            Some(ty @ Type::Pointer(row)) if row.repr == Repr::Char => Arc::new(ty),
            _ => return Err(self.error_at(at, "& wants a value, C or a struct")),
        };
        Ok(if is_read { Type::InOut(inner) } else { Type::Out(inner) })
    }

    pub(super) fn ty(&mut self, depth: usize) -> Result<Type> {
        let Some(c) = self.peek() else {
            return Err(self.error("unbalanced {"));
        };
        self.at += 1;
        match c {
            b'K' => Ok(Type::Object),
            b'k' => Ok(Type::Callback),
            b'{' => self.braces(depth + 1),
            b'}' => Err(self.error_at(self.at - 1, "unbalanced }")),
            b' ' => Err(self.error_at(self.at - 1, "void is a result, not a parameter")),
            _ => self.letter(c),
        }
    }

    fn letter(&self, c: u8) -> Result<Type> {
        match ctype::lookup(c.to_ascii_lowercase()) {
            Some(row) if c.is_ascii_lowercase() => Ok(Type::Value(row)),
            Some(row) => Ok(Type::Pointer(row)),
            None => {
                Err(self.error_at(self.at - 1, &format!("unknown type character {}", [c].escape_ascii())))
            }
        }
    }

    fn braces(&mut self, depth: usize) -> Result<Type> {
        let open = self.at - 1;
        if depth > MAX_DEPTH {
            return Err(self.error_at(open, &format!("struct deeper than {MAX_DEPTH}")));
        }
        let layout = self.layout(depth)?;
        if self.peek() != Some(b'}') {
            return Err(self.error_at(open, "unbalanced {"));
        }
        self.at += 1;
        Ok(Type::Struct(Arc::new(layout)))
    }

    pub(super) fn layout(&mut self, depth: usize) -> Result<Struct> {
        let shape = Shape { packed: self.skip(b'!'), union: self.skip(b'|') };
        let members = self.members(depth)?;
        let end = self.at.min(self.text.len().saturating_sub(1));
        let too_large = || self.error_at(end, &format!("struct over {MAX_STRUCT} bytes"));
        Struct::new(shape, members).ok_or_else(too_large)
    }

    /// Whether this character came next, which is skipped then.
    fn skip(&mut self, c: u8) -> bool {
        let is_next = self.peek() == Some(c);
        self.at += usize::from(is_next);
        is_next
    }

    fn members(&mut self, depth: usize) -> Result<Vec<(Type, Option<usize>)>> {
        let mut members = Vec::new();
        while self.peek().is_some_and(|c| c != b'}') {
            let count = self.count()?;
            if count.is_some() && matches!(self.peek(), None | Some(b'}')) {
                return Err(self.error("count without a type"));
            }
            members.push((self.ty(depth)?, count));
            if self.peek() == Some(b':') {
                let text = self.shown();
                return Err(Error::Unsupported(format!("\"{text}\": a count of bits at {}", self.at)));
            }
        }
        match members.is_empty() {
            true => Err(self.error("empty struct")),
            false => Ok(members),
        }
    }

    fn count(&mut self) -> Result<Option<usize>> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        if start == self.at {
            return Ok(None);
        }
        let digits = std::str::from_utf8(&self.text[start..self.at]).unwrap_or_default();
        match digits.parse() {
            Ok(n) if n > 0 && n <= MAX_STRUCT => Ok(Some(n)),
            Ok(0) => Err(self.error_at(start, "count of 0")),
            _ => Err(self.error_at(start, &format!("count over {MAX_STRUCT}"))),
        }
    }
}
