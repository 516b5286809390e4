//! `.j.j` and `.j.k`: values as JSON and back.

use super::convert::is_null_at;
use super::items::to_items;
use super::string::text_of;
use super::{dict, enumeration, io};
use crate::state::stack;
use crate::words::format;
use kapi::Symbol;
use kapi::error::{QError, R};
use kapi::object::{Null, Obj, tag};
use std::io::Write;

/// `.j.j x`
///
/// # Errors
/// `stack` when nested too deep, `type` for functions.
pub fn serialize(x: &Obj) -> R {
    let mut out = Vec::new();
    write(&mut out, x)?;
    Ok(Obj::string(&out))
}

fn write(out: &mut Vec<u8>, x: &Obj) -> R<()> {
    stack::check()?;
    match x.tag() {
        tag::KC => quoted(out, x.slice::<u8>()),
        t if t < 0 => atom(out, x),
        t if tag::is_enum(t) => return write(out, &enumeration::values(x)?),
        tag::XD if dict::is_keyed(x) => return write(out, &dict::unkey(x)?),
        tag::XD => return object(out, x),
        0..=tag::XT => return array(out, x),
        _ => return Err(QError::type_()),
    }
    Ok(())
}

fn array(out: &mut Vec<u8>, x: &Obj) -> R<()> {
    out.push(b'[');
    for (i, item) in to_items(x).iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        write(out, item)?;
    }
    out.push(b']');
    Ok(())
}

fn object(out: &mut Vec<u8>, x: &Obj) -> R<()> {
    let (keys, values) = x.dict_parts();
    out.push(b'{');
    for i in 0..keys.len() {
        if i > 0 {
            out.push(b',');
        }
        let key = keys.index(i);
        quoted(out, &text_of(&key).unwrap_or_else(|_| format::string(&key)));
        out.push(b':');
        write(out, &values.index(i))?;
    }
    out.push(b'}');
    Ok(())
}

fn atom(out: &mut Vec<u8>, x: &Obj) {
    let text = format::string(x);
    match -x.tag() {
        tag::KB => out.extend_from_slice(if x.get::<u8>() != 0 { b"true" } else { b"false" }),
        tag::KC | tag::KS => quoted(out, &text),
        tag::KH | tag::KI | tag::KJ | tag::KE | tag::KF if is_null_at(x, 0) => out.extend_from_slice(b"null"),
        tag::KE | tag::KF => out.extend_from_slice(&float(text)),
        tag::KH | tag::KI | tag::KJ => out.extend_from_slice(&text),
        tag::KD => quoted(out, &io::iso_date(&text)),
        _ => quoted(out, &text),
    }
}

fn float(text: Vec<u8>) -> Vec<u8> {
    match &text[..] {
        b"0w" => b"inf".to_vec(),
        b"-0w" => b"-inf".to_vec(),
        _ => text,
    }
}

fn quoted(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    for &b in text {
        match b {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', b]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..b' ' => drop(write!(out, "\\u{b:04x}")),
            _ => out.push(b),
        }
    }
    out.push(b'"');
}

/// `.j.k x`
///
/// # Errors
/// `type` when x is no string, `parse` when it is no JSON.
pub fn deserialize(x: &Obj) -> R {
    let text = text_of(x)?;
    let mut reader = Reader { text: &text, at: 0 };
    let value = reader.value()?;
    reader.blanks();
    if reader.at == text.len() { Ok(value) } else { Err(reader.wrong()) }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn wrong(&self) -> QError {
        QError::named("parse")
    }

    fn blanks(&mut self) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    /// The next byte that is no blank.
    fn peek(&mut self) -> Option<u8> {
        self.blanks();
        self.text.get(self.at).copied()
    }

    fn accept(&mut self, b: u8) -> bool {
        let found = self.peek() == Some(b);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &[u8], value: Obj) -> R {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.wrong());
        }
        self.at += word.len();
        Ok(value)
    }

    fn value(&mut self) -> R {
        stack::check()?;
        match self.peek() {
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => Ok(Obj::string(&self.string()?)),
            Some(b't') => self.word(b"true", Obj::bool(true)),
            Some(b'f') => self.word(b"false", Obj::bool(false)),
            Some(b'n') => self.word(b"null", Obj::float(f64::NULL)),
            Some(_) => self.number(),
            None => Err(self.wrong()),
        }
    }

    fn object(&mut self) -> R {
        self.at += 1;
        let (mut names, mut values) = (Vec::new(), Vec::new());
        while !self.accept(b'}') {
            if !names.is_empty() && !self.accept(b',') || self.peek() != Some(b'"') {
                return Err(self.wrong());
            }
            names.push(Symbol::new(&self.string()?));
            if !self.accept(b':') {
                return Err(self.wrong());
            }
            values.push(self.value()?);
        }
        Ok(Obj::dict(Obj::from_slice(tag::KS, &names), Obj::from_items(values)))
    }

    fn array(&mut self) -> R {
        self.at += 1;
        let mut items = Vec::new();
        while !self.accept(b']') {
            if !items.is_empty() && !self.accept(b',') {
                return Err(self.wrong());
            }
            items.push(self.value()?);
        }
        Ok(Obj::from_items(items))
    }

    fn number(&mut self) -> R {
        let digits = |b: &&u8| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E');
        let length = self.text[self.at..].iter().take_while(digits).count();
        let text = std::str::from_utf8(&self.text[self.at..self.at + length]).unwrap_or_default();
        let value = text.parse().map_err(|_| self.wrong())?;
        self.at += length;
        Ok(Obj::float(value))
    }

    fn string(&mut self) -> R<Vec<u8>> {
        self.at += 1;
        let mut out = Vec::new();
        loop {
            let b = *self.text.get(self.at).ok_or_else(|| self.wrong())?;
            self.at += 1;
            match b {
                b'"' => return Ok(out),
                b'\\' => self.escape(&mut out)?,
                _ => out.push(b),
            }
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> R<()> {
        let b = *self.text.get(self.at).ok_or_else(|| self.wrong())?;
        self.at += 1;
        out.push(match b {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'"' | b'\\' | b'/' => b,
            b'u' => return self.unicode(out),
            _ => return Err(self.wrong()),
        });
        Ok(())
    }

    fn hex4(&mut self) -> R<u32> {
        let digits = self.text.get(self.at..self.at + 4).and_then(|d| std::str::from_utf8(d).ok());
        let code = digits.and_then(|d| u32::from_str_radix(d, 16).ok()).ok_or_else(|| self.wrong())?;
        self.at += 4;
        Ok(code)
    }

    /// A code point, of one or of two escapes, as UTF-8.
    fn unicode(&mut self, out: &mut Vec<u8>) -> R<()> {
        let mut code = self.hex4()?;
        if (0xd800..0xdc00).contains(&code) && self.text[self.at..].starts_with(b"\\u") {
            self.at += 2;
            let low = self.hex4()?;
            code = 0x10000 + ((code - 0xd800) << 10) + (low.wrapping_sub(0xdc00) & 0x3ff);
        }
        let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(())
    }
}
