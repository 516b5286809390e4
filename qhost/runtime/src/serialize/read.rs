//! Bytes to objects.

use super::{ELIDED, HEADER, MAX_DEPTH, SORTED_DICT};
use crate::{Obj, QError, R, Symbol, hook, tag};

/// The object of a message. Nothing is believed: lengths are checked against the bytes there are before
/// anything is allocated.
///
/// # Errors
/// `badmsg` for anything but a complete message, `nyi` for a compressed one, `limit` for nesting beyond 500
/// levels; for a lambda, what the interpreter says of its text.
pub fn parse(message: &[u8]) -> R {
    let Some((&[order, _, compressed, _, a, b, c, d], body)) = message.split_first_chunk::<HEADER>() else {
        return Err(malformed());
    };
    if compressed == 1 {
        return Err(QError::nyi("compressed message"));
    }
    let mut reader = Reader { rest: body, swapped: (order != 0) != cfg!(target_endian = "little"), depth: 0 };
    let length = reader.number(&[a, b, c, d]);
    if order > 1 || length != message.len() as u64 {
        return Err(malformed());
    }
    let object = reader.object()?;
    if reader.rest.is_empty() { Ok(object) } else { Err(malformed()) }
}

/// Is this a complete message that [`parse`] can read?
pub fn is_valid(message: &[u8]) -> bool {
    parse(message).is_ok_and(|object| has_good_booleans(&object))
}

/// Is every boolean 0 or 1?
fn has_good_booleans(object: &Obj) -> bool {
    match object.tag().saturating_abs() {
        tag::KB => object.plain_bytes().iter().all(|&byte| byte < 2),
        _ => object.children().iter().all(has_good_booleans),
    }
}

fn malformed() -> QError {
    QError::named("badmsg")
}

struct Reader<'a> {
    rest: &'a [u8],
    /// Is the message's byte order not this machine's?
    swapped: bool,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn object(&mut self) -> R {
        if self.depth == MAX_DEPTH {
            return Err(QError::limit());
        }
        self.depth += 1;
        let object = match self.byte()? as i8 {
            tag::ERROR => self.error()?,
            tag::LIST => self.general_list()?,
            tag::XD => self.dictionary()?,
            SORTED_DICT => with_attribute(self.dictionary()?, 1),
            tag::XT => self.table()?,
            tag::LAMBDA => self.lambda()?,
            t @ tag::UNARY..=tag::ITERATOR => match self.byte()? {
                u8::MAX => Obj::atom(t, ELIDED),
                code => Obj::atom(t, i64::from(code)),
            },
            t @ (tag::PROJECTION | tag::COMPOSITION) => Obj::list_as(t, self.items()?),
            t @ tag::EACH..=tag::EACH_LEFT => Obj::derived(t, self.object()?),
            t if tag::is_enum(t) => return Err(QError::nyi("enumeration in a message")),
            t if tag::width(t) == 0 => return Err(malformed()),
            t if t == -tag::KS => Obj::sym(self.symbol()?),
            t if t < 0 => self.numbers(-t, 1)?.index(0),
            t => self.vector(t)?,
        };
        self.depth -= 1;
        Ok(object)
    }

    fn vector(&mut self, t: i8) -> R {
        let attribute = self.byte()?;
        let n = self.count()?;
        let vector = if t == tag::KS {
            let symbols: R<Vec<_>> = (0..n).map(|_| self.symbol()).collect();
            Obj::vector(tag::KS, symbols?)
        } else {
            self.numbers(t, n)?
        };
        Ok(with_attribute(vector, attribute))
    }

    /// `n` elements of plain data.
    fn numbers(&mut self, t: i8, n: usize) -> R {
        let width = tag::width(t);
        let bytes = self.take(n.checked_mul(width).ok_or_else(malformed)?)?;
        if !self.swapped || width == 1 || t == tag::UU {
            return Ok(Obj::from_plain_bytes(t, bytes));
        }
        let turned: Vec<u8> =
            bytes.chunks_exact(width).flat_map(|number| number.iter().rev()).copied().collect();
        Ok(Obj::from_plain_bytes(t, &turned))
    }

    fn general_list(&mut self) -> R {
        let attribute = self.byte()?;
        Ok(with_attribute(Obj::list(self.items()?), attribute))
    }

    fn items(&mut self) -> R<Vec<Obj>> {
        let n = self.count()?;
        (0..n).map(|_| self.object()).collect()
    }

    fn dictionary(&mut self) -> R {
        let (keys, values) = (self.object()?, self.object()?);
        let parts = [&keys, &values];
        if parts.iter().all(|part| part.is_list() || part.tag() == tag::XT) && keys.len() == values.len() {
            Ok(Obj::dict(keys, values))
        } else {
            Err(malformed())
        }
    }

    fn table(&mut self) -> R {
        let attribute = self.byte()?;
        let columns = self.object()?;
        let is_table = columns.tag() == tag::XD && {
            let (names, lists) = columns.dict_parts();
            names.tag() == tag::KS && lists.tag() == tag::LIST && {
                let rows = lists.items().first().map_or(0, Obj::len);
                lists.items().iter().all(|list| list.is_list() && list.len() == rows)
            }
        };
        if is_table { Ok(with_attribute(Obj::table(columns), attribute)) } else { Err(malformed()) }
    }

    fn lambda(&mut self) -> R {
        let namespace = self.text()?;
        let text = self.object()?;
        if text.tag() != tag::KC {
            return Err(malformed());
        }
        let utf8 = |bytes| std::str::from_utf8(bytes).map_err(|_| malformed());
        (hook::hooks()?.lambda)(utf8(namespace)?, utf8(text.slice())?)
    }

    fn error(&mut self) -> R {
        let text = self.symbol()?;
        Ok(Obj::error(text))
    }

    fn symbol(&mut self) -> R<Symbol> {
        self.text().map(Symbol::new)
    }

    /// A text up to its NUL.
    fn text(&mut self) -> R<&'a [u8]> {
        let end = self.rest.iter().position(|&byte| byte == 0).ok_or_else(malformed)?;
        Ok(&self.take(end + 1)?[..end])
    }

    /// A count of elements, each of which takes at least a byte.
    fn count(&mut self) -> R<usize> {
        let bytes = self.take(4)?;
        let n = self.number(bytes) as usize;
        if n <= self.rest.len() { Ok(n) } else { Err(malformed()) }
    }

    fn number(&self, bytes: &[u8]) -> u64 {
        let shift = |number: u64, &byte: &u8| number << 8 | u64::from(byte);
        if self.swapped == cfg!(target_endian = "little") {
            bytes.iter().fold(0, shift)
        } else {
            bytes.iter().rev().fold(0, shift)
        }
    }

    fn byte(&mut self) -> R<u8> {
        Ok(self.take(1)?[0])
    }

    fn take(&mut self, n: usize) -> R<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(n).ok_or_else(malformed)?;
        self.rest = rest;
        Ok(taken)
    }
}

fn with_attribute(mut object: Obj, attribute: u8) -> Obj {
    object.set_attribute(attribute);
    object
}
