//! Lines that begin with `#`: those that a preprocessor leaves, `#pragma pack`, and `#define NAME constant`.

use super::error::{Place, Result};
use super::lexer::{Lexer, Token};
use super::literal;
use super::parser::Parser;
use super::scope::Meaning;

/// As often as `#pragma pack(push)` is taken without a pop.
const MAX_PACKS: usize = 1024;

/// The line, and the file if it is told, of `12 "file" flags`, which a preprocessor writes after `# `.
pub(super) fn line_marker(mut line: Lexer) -> Option<(u32, Option<String>)> {
    let Token::Number(number) = line.next().0 else { return None };
    let name = match line.next().0 {
        Token::Text(text) => literal::string(text).ok(),
        _ => None,
    };
    Some((number.parse().ok()?, name.map(|name| String::from_utf8_lossy(&name).into_owned())))
}

impl<'a> Parser<'a, '_> {
    /// Does what a directive says. `line` is what stands after its `#`.
    pub(super) fn directive(&mut self, mut line: Lexer<'a>, place: Place) -> Result<()> {
        let marker = line;
        match line.next().0 {
            Token::Number(_) => self.renumbered(line_marker(marker)),
            Token::Word("line") => match line_marker(line) {
                None => return Err(self.scope.error(place, "#line", "no line number")),
                marker => self.renumbered(marker),
            },
            Token::Word("pragma") => return self.pragma(line, place),
            // A header's macros are read from what the compiler makes of them.
            Token::Word("define" | "undef") if self.lenient => (),
            Token::Word("define") => return self.define(line, place),
            Token::Word("undef") => {
                if let Token::Word(name) = line.next().0 {
                    self.scope.undefine(name);
                }
            }
            Token::Word("ident" | "sccs" | "warning" | "assert" | "unassert") | Token::End => (),
            Token::Word(word @ ("include" | "include_next" | "import")) => {
                let what = "headers are read by .ffi.header, which runs the C compiler's preprocessor";
                return Err(self.scope.error(place, &format!("#{word}"), what));
            }
            Token::Word(word) => {
                let what = "only #define of constants and #pragma pack are read; .ffi.header reads all";
                return Err(self.scope.error(place, &format!("#{word}"), what));
            }
            _ => return Err(self.scope.error(place, "#", "no directive of C")),
        }
        Ok(())
    }

    fn renumbered(&mut self, marker: Option<(u32, Option<String>)>) {
        let Some((number, name)) = marker else { return };
        let file = name.map(|name| self.scope.file(&name));
        self.renumber(number, file);
    }

    fn pragma(&mut self, mut line: Lexer<'a>, place: Place) -> Result<()> {
        if line.next().0 != Token::Word("pack") {
            return Ok(());
        }
        if line.next().0 != Token::Mark("(") {
            return Err(self.scope.error(place, "#pragma pack", "( is missing"));
        }
        let (mut action, mut label, mut value) = (None, None, None);
        loop {
            match line.next().0 {
                Token::Mark(",") => (),
                Token::Mark(")") => break,
                Token::Word(word @ ("push" | "pop")) if action.is_none() => action = Some(word),
                Token::Word("show") => return Ok(()),
                Token::Word(word) => label = Some(word),
                Token::Number(number) => value = Some(number.parse::<u32>().unwrap_or(3)),
                _ => {
                    return Err(self.scope.error(place, "#pragma pack", "(push, n), (pop) or (n) is wanted"));
                }
            }
        }
        if value.is_some_and(|n| n > 16 || (n != 0 && !n.is_power_of_two())) {
            return Err(self.scope.error(place, "#pragma pack", "0, 1, 2, 4, 8 or 16 is wanted"));
        }
        if self.packs.len() >= MAX_PACKS && action == Some("push") {
            return Err(self.scope.error(place, "#pragma pack", "pushed too often"));
        }
        self.pack(action, label, value);
        Ok(())
    }

    fn pack(&mut self, action: Option<&str>, label: Option<&'a str>, value: Option<u32>) {
        match action {
            Some("push") => self.packs.push((label, self.pack)),
            Some(_) => {
                let from = match label {
                    None => self.packs.len().checked_sub(1),
                    Some(_) => self.packs.iter().rposition(|(known, _)| *known == label),
                };
                if let Some(from) = from {
                    self.pack = self.packs[from].1;
                    self.packs.truncate(from);
                }
            }
            None => self.pack = None,
        }
        if let Some(value) = value {
            self.pack = Some(value).filter(|&n| n > 0);
        }
    }

    fn define(&mut self, mut line: Lexer<'a>, place: Place) -> Result<()> {
        let Token::Word(name) = line.next().0 else {
            return Err(self.scope.error(place, "#define", "a name is missing"));
        };
        if line.rest().starts_with('(') {
            return Err(self.scope.error(place, name, "a macro with parameters, which is no constant"));
        }
        self.macro_value(name, line, place)
    }

    /// Declares a macro: a constant, or another name for what is declared somewhere. One without a value, or of its
    /// own name, declares nothing.
    pub(super) fn macro_value(&mut self, name: &'a str, body: Lexer<'a>, place: Place) -> Result<()> {
        let mut words = body;
        let meaning = match (words.next().0, words.next().0) {
            (Token::End, _) => return Ok(()),
            (Token::Word(word), Token::End) if word == name => return Ok(()),
            (Token::Word(word), Token::End)
                if !matches!(self.scope.find(word), Some(Meaning::Constant(_))) =>
            {
                if super::words::is_keyword(word) {
                    return Err(self.scope.error(place, name, "not a constant expression"));
                }
                if self.lenient && self.scope.resolved(word).is_none() {
                    return Ok(());
                }
                Meaning::Alias(word.into())
            }
            _ => {
                let mut parser = Parser::new(body, self.scope, self.strength, false);
                parser.subject = Some(name);
                parser.first()?;
                let value = parser.constant()?;
                if parser.token != Token::End {
                    return Err(parser.error_here("not a constant expression"));
                }
                Meaning::Constant(value)
            }
        };
        self.scope.declare(name, meaning, place, self.strength)
    }
}
