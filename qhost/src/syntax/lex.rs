//! Source text -> tokens.
//!
//! Works on bytes: q source may hold any bytes in strings and comments. Numeric lexemes separated by blanks
//! become one token, as do symbols written together.

use std::sync::Arc;

use crate::state::primitives;
use crate::syntax::literal;
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};
use kapi::symbol::Symbol;

/// A piece of program text and where it came from.
#[derive(Debug, Default)]
pub struct Source {
    /// The text of the statement, all lines.
    pub text: Vec<u8>,
    /// The file, when there is one.
    pub file: Option<Arc<str>>,
    /// Number of the statement's first line in the file, from 1.
    pub line: usize,
}

impl Source {
    /// Text that is in no file.
    pub fn inline(text: &[u8]) -> Arc<Source> {
        Arc::new(Source { text: text.to_vec(), file: None, line: 0 })
    }
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub enum Tok {
    /// A literal: number, string, symbol, or a vector of them.
    Noun(Obj),
    /// A name, reserved words included.
    Name(Symbol),
    /// An infix symbol: its row in the table of words.
    Op(usize),
    /// An infix symbol with a colon, `+:`: the operator's row.
    OpColon(usize),
    /// `:`
    Colon,
    /// `::`
    ColonColon,
    /// `'`, `/:` and so on: the row in the table of words.
    Iterator(usize),
    /// One of `( ) [ ] { } ;`
    Mark(u8),
    /// The end of the text.
    End,
}

/// A token and its place.
#[derive(Clone, Debug)]
pub struct Token {
    /// What it is.
    pub tok: Tok,
    /// Offset of its first byte.
    pub start: usize,
    /// Offset after its last byte.
    pub end: usize,
}

impl Token {
    /// Can a value end here, so that a `-` glued to it subtracts?
    fn ends_noun(&self) -> bool {
        matches!(self.tok, Tok::Noun(_) | Tok::Name(_) | Tok::Mark(b')' | b']' | b'}'))
    }
}

/// Splits `text` into tokens, the last of which is [`Tok::End`].
///
/// # Errors
/// The offending text: an unknown character, a bad literal, a string without its end.
pub fn tokens(text: &[u8]) -> R<Vec<Token>> {
    let mut lexer = Lexer { text, at: 0, out: Vec::new() };
    while lexer.skip_blanks() {
        lexer.next()?;
    }
    lexer.push(Tok::End, text.len());
    Ok(lexer.out)
}

/// Is `text` the beginning of a statement that more lines must complete: a string or bracket is open?
pub fn is_incomplete(text: &[u8]) -> bool {
    match tokens(text) {
        Err(error) => error.text == "\"",
        Ok(tokens) => {
            let depth = |depth: i64, token: &Token| match token.tok {
                Tok::Mark(b'(' | b'[' | b'{') => depth + 1,
                Tok::Mark(b')' | b']' | b'}') => depth - 1,
                _ => depth,
            };
            tokens.iter().fold(0, depth) > 0
        }
    }
}

/// Is this a byte of a name after the first?
pub fn is_name_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    out: Vec<Token>,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Ends the token that began at the current position.
    fn push(&mut self, tok: Tok, end: usize) {
        self.out.push(Token { tok, start: self.at, end });
        self.at = end;
    }

    /// Skips blanks and comments; false at the end of the text.
    fn skip_blanks(&mut self) -> bool {
        while self.at < self.text.len() {
            let blank_before = self.at == 0 || self.text[self.at - 1].is_ascii_whitespace();
            match self.text[self.at] {
                b if b.is_ascii_whitespace() => self.at += 1,
                b'/' if blank_before => {
                    let rest = &self.text[self.at..];
                    self.at += rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
                }
                _ => return true,
            }
        }
        false
    }

    fn next(&mut self) -> R<()> {
        match self.peek(0) {
            b'"' => self.string(),
            b'`' => {
                self.symbols();
                Ok(())
            }
            mark @ (b'(' | b')' | b'[' | b']' | b'{' | b'}' | b';') => {
                self.push(Tok::Mark(mark), self.at + 1);
                Ok(())
            }
            b if b.is_ascii_digit() && self.file_operator() => Ok(()),
            _ if self.starts_number(self.at) => self.numbers(),
            b if b.is_ascii_alphabetic() || (b == b'.' && self.peek(1).is_ascii_alphabetic()) => {
                self.name();
                Ok(())
            }
            _ => self.symbol_operator(),
        }
    }

    /// `0:`, `1:` and `2:` are operators when nothing numeric follows.
    fn file_operator(&mut self) -> bool {
        let glued = self.peek(1) == b':' && !self.peek(2).is_ascii_digit() && self.peek(2) != b':';
        let Some(row) = std::str::from_utf8(&self.text[self.at..self.text.len().min(self.at + 2)])
            .ok()
            .filter(|_| glued)
            .and_then(primitives::find)
        else {
            return false;
        };
        self.push(Tok::Op(row), self.at + 2);
        true
    }

    /// Does a number begin at `at`? A minus sign belongs to it unless it is glued to a value on its left.
    fn starts_number(&self, at: usize) -> bool {
        let byte = |i: usize| self.text.get(at + i).copied().unwrap_or(0);
        let unsigned =
            |i: usize| byte(i).is_ascii_digit() || (byte(i) == b'.' && byte(i + 1).is_ascii_digit());
        let glued = self.out.last().is_some_and(|t| t.end == at && t.ends_noun());
        unsigned(0) || (byte(0) == b'-' && unsigned(1) && !glued)
    }

    /// The end of the numeric lexeme at `at`.
    fn number_end(&self, at: usize) -> usize {
        let byte = |i: usize| self.text.get(i).copied().unwrap_or(0);
        let mut end = at + usize::from(byte(at) == b'-');
        let hex = byte(end) == b'0' && byte(end + 1) == b'x';
        loop {
            let exponent = !hex && end > at && byte(end - 1) == b'e' && byte(end + 1).is_ascii_digit();
            match byte(end) {
                b if b.is_ascii_alphanumeric() || b == b'.' => end += 1,
                b':' if byte(end + 1).is_ascii_digit() => end += 1,
                b'-' | b'+' if exponent => end += 1,
                _ => return end,
            }
        }
    }

    fn numbers(&mut self) -> R<()> {
        let mut lexemes = Vec::new();
        let (mut at, mut end) = (self.at, self.at);
        loop {
            let lexeme_end = self.number_end(at);
            lexemes.push(&self.text[at..lexeme_end]);
            end = end.max(lexeme_end);
            let blanks = self.text[end..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
            at = end + blanks;
            let operator = self.text.get(at + 1) == Some(&b':')
                && !self.text.get(at + 2).is_some_and(u8::is_ascii_digit);
            if blanks == 0 || operator || !self.starts_number(at) {
                break;
            }
        }
        let value = literal::number(&lexemes)?;
        self.push(Tok::Noun(value), end);
        Ok(())
    }

    fn name(&mut self) {
        let mut end = self.at + 1;
        let byte = |i: usize| self.text.get(i).copied().unwrap_or(0);
        while is_name_byte(byte(end)) || (byte(end) == b'.' && byte(end + 1).is_ascii_alphanumeric()) {
            end += 1;
        }
        let name = Symbol::new(&self.text[self.at..end]);
        self.push(Tok::Name(name), end);
    }

    fn symbols(&mut self) {
        let byte = |i: usize| self.text.get(i).copied().unwrap_or(0);
        let mut all = Vec::new();
        let mut end = self.at;
        while byte(end) == b'`' {
            let start = end + 1;
            end = start;
            let mut path = false;
            while is_name_byte(byte(end)) || matches!(byte(end), b'.' | b':') || (path && byte(end) == b'/') {
                path |= byte(end) == b':';
                end += 1;
            }
            all.push(Symbol::new(&self.text[start..end]));
        }
        let value = match all[..] {
            [one] => Obj::sym(one),
            _ => Obj::from_slice::<Symbol>(tag::KS, &all),
        };
        self.push(Tok::Noun(value), end);
    }

    fn string(&mut self) -> R<()> {
        let mut out = Vec::new();
        let mut at = self.at + 1;
        loop {
            match self.text.get(at) {
                None => return Err(QError::named("\"")),
                Some(b'"') => break,
                Some(b'\\') => at += escape(&self.text[at + 1..], &mut out)? + 1,
                Some(&b) => {
                    out.push(b);
                    at += 1;
                }
            }
        }
        let value = match out[..] {
            [one] => Obj::char(one),
            _ => Obj::string(&out),
        };
        self.push(Tok::Noun(value), at + 1);
        Ok(())
    }

    fn symbol_operator(&mut self) -> R<()> {
        let (a, b) = (self.peek(0), self.peek(1));
        let iterator = matches!(a, b'\'' | b'/' | b'\\');
        let double = matches!((a, b), (b'<', b'=' | b'>') | (b'>', b'='));
        let base = if double || (iterator && b == b':') { 2 } else { 1 };
        if a == b':' {
            let double = b == b':';
            self.push(if double { Tok::ColonColon } else { Tok::Colon }, self.at + 1 + usize::from(double));
            return Ok(());
        }
        let text = &self.text[self.at..self.at + base];
        let row = std::str::from_utf8(text)
            .ok()
            .and_then(primitives::find)
            .ok_or_else(|| QError::from_bytes(text))?;
        let colon = !iterator && self.peek(base) == b':';
        let tok = match (iterator, colon) {
            (true, _) => Tok::Iterator(row),
            (false, true) => Tok::OpColon(row),
            (false, false) => Tok::Op(row),
        };
        self.push(tok, self.at + base + usize::from(colon));
        Ok(())
    }
}

/// Decodes the escape after a backslash into `out`; the number of bytes it takes.
fn escape(text: &[u8], out: &mut Vec<u8>) -> R<usize> {
    let simple = match text.first() {
        Some(b'n') => b'\n',
        Some(b't') => b'\t',
        Some(b'r') => b'\r',
        Some(&b @ (b'"' | b'\\' | b'/')) => b,
        _ => {
            let octal = text.get(..3).filter(|d| d.iter().all(|b| matches!(b, b'0'..=b'7')));
            let digits = octal.ok_or_else(|| QError::named("\\"))?;
            let value = digits.iter().fold(0u32, |n, b| n * 8 + u32::from(b - b'0'));
            out.push(u8::try_from(value).map_err(|_| QError::named("\\"))?);
            return Ok(3);
        }
    };
    out.push(simple);
    Ok(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts of the tokens, the last (empty) one left out.
    fn texts(text: &str) -> Vec<&str> {
        let tokens = tokens(text.as_bytes()).unwrap();
        tokens[..tokens.len() - 1].iter().map(|token| &text[token.start..token.end]).collect()
    }

    #[test]
    fn a_minus_belongs_to_a_number_that_no_value_touches() {
        assert_eq!(texts("x-1"), ["x", "-", "1"]);
        assert_eq!(texts("x -1"), ["x", "-1"]);
        assert_eq!(texts("x - 1"), ["x", "-", "1"]);
        assert_eq!(texts("x:-1"), ["x", ":", "-1"]);
        assert_eq!(texts("(1)-1"), ["(", "1", ")", "-", "1"]);
        assert_eq!(texts("1 -2 3"), ["1 -2 3"]);
        assert_eq!(texts("1-2 3"), ["1", "-", "2 3"]);
        assert_eq!(texts("-0W -.5"), ["-0W -.5"]);
    }

    #[test]
    fn numeric_lexemes_end_where_they_must() {
        assert_eq!(texts("10:30 11:00"), ["10:30 11:00"]);
        assert_eq!(texts("`f 2:(`g;1)"), ["`f", "2:", "(", "`g", ";", "1", ")"]);
        assert_eq!(texts("1 2:3"), ["1 2:3"]);
        assert_eq!(texts("0N!1"), ["0N", "!", "1"]);
        assert_eq!(texts("1e-5-1"), ["1e-5", "-", "1"]);
        assert_eq!(texts("2000.01.01D10:00+1"), ["2000.01.01D10:00", "+", "1"]);
        assert_eq!(texts("1_x"), ["1", "_", "x"]);
    }

    #[test]
    fn a_slash_after_a_blank_is_a_comment() {
        assert_eq!(texts("1 /2\n+3"), ["1", "+", "3"]);
        assert_eq!(texts("+/x"), ["+", "/", "x"]);
        assert_eq!(texts("f/:x"), ["f", "/:", "x"]);
        assert_eq!(texts("\"a / b\" / c"), ["\"a / b\""]);
    }

    #[test]
    fn operators_names_and_symbols_are_as_long_as_possible() {
        assert_eq!(texts("a<=b<>c"), ["a", "<=", "b", "<>", "c"]);
        assert_eq!(texts("a+:b::c"), ["a", "+:", "b", "::", "c"]);
        assert_eq!(texts(".z.p.q.5"), [".z.p.q.5"]);
        assert_eq!(texts("f . x"), ["f", ".", "x"]);
        assert_eq!(texts("`a`:b/c.d`"), ["`a`:b/c.d`"]);
        assert_eq!(texts("`a/x"), ["`a", "/", "x"]);
    }

    #[test]
    fn open_strings_and_brackets_are_incomplete() {
        for (text, incomplete) in
            [("f:{", true), ("\"a", true), ("(1;[2]", true), ("1)", false), ("{x}", false), ("\"{\"", false)]
        {
            assert_eq!(is_incomplete(text.as_bytes()), incomplete, "{text}");
        }
    }

    #[test]
    fn what_is_no_token_is_named() {
        for (text, error) in
            [("1 \x01", "\x01"), ("\"a", "\""), ("12q3", "12q3"), ("\"\\q\"", "\\"), ("\"\\777\"", "\\")]
        {
            assert_eq!(tokens(text.as_bytes()).unwrap_err().text, error, "{text:?}");
        }
    }
}
