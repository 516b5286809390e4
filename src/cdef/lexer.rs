//! Tokens of C, with the places where they stand.
//!
//! A lexer is small and `Copy`: looking ahead is a copy that reads on. It never fails: what is no token of C is
//! [`Token::Broken`], and whoever expects something else there makes it an error.

use super::error::Place;

/// A token, whose text is a part of what is read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Token<'a> {
    /// The text ends here.
    End,
    /// An identifier or a keyword.
    Word(&'a str),
    /// A number as the preprocessor sees it: anything that begins like one.
    Number(&'a str),
    /// A character constant with its prefix and quotes.
    Character(&'a str),
    /// A string literal with its prefix and quotes.
    Text(&'a str),
    /// Punctuation.
    Mark(&'static str),
    /// A line that begins with `#`; [`Lexer::directive`] gives the rest of it.
    Directive,
    /// No token of C, and why.
    Broken(&'static str),
}

/// Reads tokens from left to right.
#[derive(Clone, Copy)]
pub struct Lexer<'a> {
    text: &'a str,
    at: usize,
    file: u32,
    line: u32,
    line_start: usize,
    /// Nothing but space stands before on this line.
    fresh: bool,
}

// Longer ones first, where one begins another.
const LONG_MARKS: [&str; 36] = [
    "...", "<<=", ">>=", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "*=", "/=", "%=",
    "+=", "-=", "&=", "^=", "|=", "*", "=", "-", "+", "/", "%", "&", "|", "^", "!", "<", ">", ".", "@",
];

const fn short_mark(c: u8) -> Option<&'static str> {
    Some(match c {
        b'(' => "(",
        b')' => ")",
        b'[' => "[",
        b']' => "]",
        b'{' => "{",
        b'}' => "}",
        b';' => ";",
        b',' => ",",
        b':' => ":",
        b'?' => "?",
        b'~' => "~",
        _ => return None,
    })
}

const fn begins_word(c: u8) -> bool {
    c.is_ascii_alphabetic() || c == b'_' || c == b'$' || c >= 0x80
}

const fn within_word(c: u8) -> bool {
    begins_word(c) || c.is_ascii_digit()
}

impl<'a> Lexer<'a> {
    /// A lexer at the start of a text.
    pub fn new(text: &'a str, file: u32) -> Self {
        Self { text, at: 0, file, line: 1, line_start: 0, fresh: true }
    }

    /// Where the next byte stands.
    pub fn place(&self) -> Place {
        let column = u32::try_from(self.at - self.line_start).unwrap_or(u32::MAX).saturating_add(1);
        Place { file: self.file, line: self.line, column }
    }

    /// Says that the next line is line `line` of `file`.
    pub fn renumber(&mut self, line: u32, file: Option<u32>) {
        self.line = line.saturating_sub(1);
        self.file = file.unwrap_or(self.file);
    }

    /// The bytes not read yet.
    pub fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    fn newline(&mut self) {
        self.line = self.line.saturating_add(1);
        self.line_start = self.at;
    }

    /// The next token and its place. At the end it is [`Token::End`], as often as one asks.
    pub fn next(&mut self) -> (Token<'a>, Place) {
        if let Some(why) = self.skip_space() {
            return (Token::Broken(why), self.place());
        }
        let place = self.place();
        let fresh = std::mem::replace(&mut self.fresh, false);
        let token = match self.byte(0) {
            _ if self.at == self.text.len() => Token::End,
            b'#' if fresh => {
                self.at += 1;
                Token::Directive
            }
            b'"' | b'\'' => self.quoted(self.at),
            c if begins_word(c) => self.word(),
            c if c.is_ascii_digit() || (c == b'.' && self.byte(1).is_ascii_digit()) => self.number(),
            _ => self.mark(),
        };
        (token, place)
    }

    /// The rest of the directive whose `#` was read, as a lexer of its own; this one goes on after the line.
    pub fn directive(&mut self) -> Lexer<'a> {
        let mut line = *self;
        while self.at < self.text.len() && self.byte(0) != b'\n' {
            match self.byte(0) {
                b'"' | b'\'' => _ = self.quoted(self.at),
                b'/' if matches!(self.byte(1), b'/' | b'*') => _ = self.skip_comment(),
                b'\\' if self.skip_joint() => (),
                _ => self.at += 1,
            }
        }
        line.text = &self.text[..self.at];
        self.fresh = true;
        line
    }

    // Space, comments and line ends; a complaint where a comment does not end.
    fn skip_space(&mut self) -> Option<&'static str> {
        loop {
            match self.byte(0) {
                b'\n' => {
                    self.at += 1;
                    self.newline();
                    self.fresh = true;
                }
                b' ' | b'\t' | b'\r' | 0x0b | 0x0c => self.at += 1,
                b'/' if matches!(self.byte(1), b'/' | b'*') => {
                    if !self.skip_comment() {
                        return Some("a comment that does not end");
                    }
                }
                b'\\' if self.skip_joint() => (),
                _ => return None,
            }
        }
    }

    // A backslash that joins two lines.
    fn skip_joint(&mut self) -> bool {
        let length = match (self.byte(1), self.byte(2)) {
            (b'\n', _) => 2,
            (b'\r', b'\n') => 3,
            _ => return false,
        };
        self.at += length;
        self.newline();
        true
    }

    fn skip_comment(&mut self) -> bool {
        let block = self.byte(1) == b'*';
        self.at += 2;
        while self.at < self.text.len() {
            match self.byte(0) {
                b'*' if block && self.byte(1) == b'/' => {
                    self.at += 2;
                    return true;
                }
                b'\n' if !block => return true,
                b'\n' => {
                    self.at += 1;
                    self.newline();
                }
                b'\\' if self.skip_joint() => (),
                _ => self.at += 1,
            }
        }
        !block
    }

    fn word(&mut self) -> Token<'a> {
        let start = self.at;
        while within_word(self.byte(0)) {
            self.at += 1;
        }
        let word = &self.text[start..self.at];
        match self.byte(0) {
            b'"' | b'\'' if matches!(word, "L" | "u" | "U" | "u8") => self.quoted(start),
            _ => Token::Word(word),
        }
    }

    fn number(&mut self) -> Token<'a> {
        let start = self.at;
        while within_word(self.byte(0)) || self.byte(0) == b'.' {
            let exponent = matches!(self.byte(0), b'e' | b'E' | b'p' | b'P');
            self.at += if exponent && matches!(self.byte(1), b'+' | b'-') { 2 } else { 1 };
        }
        Token::Number(&self.text[start..self.at])
    }

    // From a quote to the next one that no backslash hides, on one line.
    fn quoted(&mut self, start: usize) -> Token<'a> {
        let quote = self.byte(0);
        self.at += 1;
        while self.at < self.text.len() && self.byte(0) != b'\n' {
            match self.byte(0) {
                b'\\' if self.skip_joint() => (),
                b'\\' if self.byte(1) != 0 && self.byte(1) != b'\n' => self.at += 1 + self.width(1),
                c if c == quote => {
                    self.at += 1;
                    let text = &self.text[start..self.at];
                    return if quote == b'"' { Token::Text(text) } else { Token::Character(text) };
                }
                _ => self.at += self.width(0),
            }
        }
        Token::Broken(if quote == b'"' {
            "a text that does not end"
        } else {
            "a character that does not end"
        })
    }

    // Bytes of the character that begins there.
    fn width(&self, ahead: usize) -> usize {
        self.rest().get(ahead..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
    }

    fn mark(&mut self) -> Token<'a> {
        let rest = &self.text.as_bytes()[self.at..];
        let mark = short_mark(rest[0])
            .or_else(|| LONG_MARKS.iter().copied().find(|mark| rest.starts_with(mark.as_bytes())));
        self.at += mark.map_or_else(|| self.width(0), str::len);
        let unknown =
            if rest[0] == b'#' { "# has to begin its line" } else { "a character that C does not know" };
        mark.map_or(Token::Broken(unknown), Token::Mark)
    }
}
