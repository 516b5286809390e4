//! Objects to bytes.

use super::{ELIDED, HEADER, MAX_DEPTH, SORTED_DICT};
use crate::{Obj, QError, R, Symbol, hook, tag};

/// The message of `object` in b9's `mode`. Mode 0, for kdb+ before 2.6, has no timestamps and timespans, modes 0
/// to 2 have no guids; the others make no difference here.
///
/// # Errors
/// `type` for what has no serial form (C functions, foreign objects, or by mode), `limit` for messages of
/// 2 GiB or nesting beyond 500 levels.
pub fn message(mode: i32, object: &Obj) -> R<Vec<u8>> {
    let mut writer = Writer {
        out: vec![1, 0, 0, 0, 0, 0, 0, 0],
        with_nanoseconds: mode != 0,
        with_guids: !(0..3).contains(&mode),
        depth: 0,
    };
    writer.object(object)?;
    let length = count(writer.out.len())?;
    writer.out[4..HEADER].copy_from_slice(&length);
    Ok(writer.out)
}

struct Writer {
    out: Vec<u8>,
    with_nanoseconds: bool,
    with_guids: bool,
    depth: usize,
}

fn count(n: usize) -> R<[u8; 4]> {
    i32::try_from(n).map(i32::to_le_bytes).map_err(|_| QError::limit())
}

/// Primitives are numbered below the mark of an elided argument.
fn primitive_code(number: i64) -> R<u8> {
    u8::try_from(number).ok().filter(|&code| code != u8::MAX).ok_or_else(QError::type_)
}

impl Writer {
    fn object(&mut self, object: &Obj) -> R<()> {
        let t = object.tag();
        if self.depth == MAX_DEPTH {
            return Err(QError::limit());
        }
        let unknown = match t.saturating_abs() {
            tag::KP | tag::KN => !self.with_nanoseconds,
            tag::UU => !self.with_guids,
            _ => false,
        };
        if unknown {
            return Err(QError::type_());
        }
        if tag::is_enum(t) {
            // As kdb+: the other side does not have the domain.
            return self.object(&(hook::hooks()?.symbols)(object)?);
        }
        self.depth += 1;
        self.out.push(if t == tag::XD && object.attribute() != 0 { SORTED_DICT } else { t } as u8);
        match t {
            tag::ERROR => self.text(object.error_text()),
            tag::LIST | tag::PROJECTION | tag::COMPOSITION => self.items(object)?,
            tag::XD => object.items().iter().try_for_each(|part| self.object(part))?,
            tag::XT => {
                self.out.push(object.attribute());
                self.object(object.table_dict())?;
            }
            tag::LAMBDA => self.lambda(object)?,
            tag::UNARY..=tag::ITERATOR => {
                let number = object.get::<i64>();
                let code = if number == ELIDED { u8::MAX } else { primitive_code(number)? };
                self.out.push(code);
            }
            tag::EACH..=tag::EACH_LEFT => self.object(object.derived_from())?,
            _ if tag::width(t) > 0 => self.plain(object)?,
            _ => return Err(QError::type_()),
        }
        self.depth -= 1;
        Ok(())
    }

    /// An atom or a vector of plain data or symbols.
    fn plain(&mut self, object: &Obj) -> R<()> {
        if object.is_list() {
            self.list_head(object.attribute(), object.len())?;
        }
        match object.tag() {
            tag::KS => object.slice::<Symbol>().iter().for_each(|symbol| self.text(symbol.bytes())),
            t if t == -tag::KS => self.text(object.get::<Symbol>().bytes()),
            t => self.numbers(t, object.plain_bytes()),
        }
        Ok(())
    }

    fn numbers(&mut self, t: i8, bytes: &[u8]) {
        let width = tag::width(t);
        if cfg!(target_endian = "little") || width == 1 || t.abs() == tag::UU {
            return self.out.extend_from_slice(bytes);
        }
        bytes.chunks_exact(width).for_each(|number| self.out.extend(number.iter().rev()));
    }

    fn items(&mut self, list: &Obj) -> R<()> {
        match list.tag() {
            tag::LIST => self.list_head(list.attribute(), list.items().len())?,
            _ => self.out.extend(count(list.items().len())?),
        }
        list.items().iter().try_for_each(|item| self.object(item))
    }

    fn lambda(&mut self, lambda: &Obj) -> R<()> {
        let (namespace, text) = (hook::hooks()?.lambda_text)(lambda)?;
        self.text(namespace.as_bytes());
        self.object(&Obj::string(text.as_bytes()))
    }

    fn list_head(&mut self, attribute: u8, n: usize) -> R<()> {
        self.out.push(attribute);
        self.out.extend(count(n)?);
        Ok(())
    }

    fn text(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
        self.out.push(0);
    }
}
