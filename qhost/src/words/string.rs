//! Words on text: `string upper lower trim like ss ssr`.

use super::atomic::{inside, unary};
use super::convert::{is_null_at, is_simple};
use super::enumeration;
use super::items::{range, to_items};
use super::pattern::Pattern;
use crate::state::stack;
use crate::words::format;
use kapi::Symbol;
use kapi::error::{QError, R};
use kapi::hook;
use kapi::object::{Obj, tag};

/// `string x`: each atom as a string.
///
/// # Errors
/// `stack` when nested too deep.
pub fn string(x: &Obj) -> R {
    match x.tag() {
        t if tag::is_enum(t) => string(&enumeration::values(x)?),
        t if t < 0 => Ok(Obj::string(&format::string(x))),
        t if is_simple(t) => {
            Ok(Obj::list((0..x.len()).map(|i| Obj::string(&format::string_at(x, i))).collect()))
        }
        tag::LIST | tag::XD => inside(x, &string),
        tag::XT => Ok(Obj::table(string(x.table_dict())?)),
        _ => Ok(Obj::string(&format::string(x))),
    }
}

/// The text of a string, char or symbol.
///
/// # Errors
/// `type` for anything else.
pub fn text_of(x: &Obj) -> R<Vec<u8>> {
    match x.tag() {
        tag::KC => Ok(x.slice::<u8>().to_vec()),
        -10 => Ok(vec![x.get::<u8>()]),
        -11 => Ok(x.get::<Symbol>().bytes().to_vec()),
        _ => Err(QError::type_()),
    }
}

/// `lower x`
///
/// # Errors
/// `type` for anything but text.
pub fn lower(x: &Obj) -> R {
    unary(x, &|x| shifted(x, u8::to_ascii_lowercase))
}

/// `upper x`
///
/// # Errors
/// `type` for anything but text.
pub fn upper(x: &Obj) -> R {
    unary(x, &|x| shifted(x, u8::to_ascii_uppercase))
}

fn shifted(x: &Obj, shift: fn(&u8) -> u8) -> R {
    let symbol = |s: &Symbol| Symbol::new(&s.bytes().iter().map(shift).collect::<Vec<_>>());
    match x.tag() {
        -10 => Ok(Obj::char(shift(&x.get::<u8>()))),
        tag::KC => Ok(Obj::string(&x.slice::<u8>().iter().map(shift).collect::<Vec<_>>())),
        -11 => Ok(Obj::sym(symbol(&x.get::<Symbol>()))),
        tag::KS => Ok(Obj::vector(tag::KS, x.slice::<Symbol>().iter().map(symbol))),
        _ => Err(QError::type_()),
    }
}

/// `trim x`
///
/// # Errors
/// `stack` when nested too deep.
pub fn trim(x: &Obj) -> R {
    trimmed(x, true, true)
}

/// `ltrim x`
///
/// # Errors
/// `stack` when nested too deep.
pub fn ltrim(x: &Obj) -> R {
    trimmed(x, true, false)
}

/// `rtrim x`
///
/// # Errors
/// `stack` when nested too deep.
pub fn rtrim(x: &Obj) -> R {
    trimmed(x, false, true)
}

fn trimmed(x: &Obj, front: bool, back: bool) -> R {
    match x.tag() {
        t if t > 0 && is_simple(t) => {
            let solid = |i: &usize| !is_null_at(x, *i);
            let n = x.len();
            let start = if front { (0..n).find(solid).unwrap_or(n) } else { 0 };
            let end = if back { (start..n).rfind(solid).map_or(start, |i| i + 1) } else { n };
            Ok(range(x, start, end - start))
        }
        tag::LIST => {
            stack::check()?;
            let each: R<Vec<Obj>> = x.items().iter().map(|item| trimmed(item, front, back)).collect();
            Ok(Obj::list(each?))
        }
        tag::XD => {
            let (keys, values) = x.dict_parts();
            Ok(Obj::dict(keys.clone(), trimmed(values, front, back)?))
        }
        tag::XT => Ok(Obj::table(trimmed(x.table_dict(), front, back)?)),
        _ => Ok(x.clone()),
    }
}

/// `x like y`
///
/// # Errors
/// `type` for anything but text.
pub fn like(x: &Obj, y: &Obj) -> R {
    let pattern = Pattern::parse(&text_of(y)?)?;
    matching(x, &pattern)
}

fn matching(x: &Obj, pattern: &Pattern) -> R {
    match x.tag() {
        tag::KC | -10 | -11 => Ok(Obj::bool(pattern.matches(&text_of(x)?))),
        tag::KS => {
            let flags = x.slice::<Symbol>().iter().map(|s| u8::from(pattern.matches(s.bytes())));
            Ok(Obj::vector(tag::KB, flags))
        }
        tag::LIST if x.is_empty() => Ok(Obj::zeroed(tag::KB, 0)),
        tag::LIST | tag::XD => inside(x, &|item| matching(item, pattern)),
        _ => Err(QError::type_()),
    }
}

/// `x ss y`: where the pattern is found.
///
/// # Errors
/// `type` for anything but strings, `length` for an empty pattern or one with `*`.
pub fn ss(x: &Obj, y: &Obj) -> R {
    if x.tag() != tag::KC {
        return Err(QError::type_());
    }
    let found = Pattern::parse(&text_of(y)?)?.find_all(x.slice::<u8>())?;
    Ok(Obj::vector(tag::KJ, found.into_iter().map(|i| i as i64)))
}

/// `ssr[x;y;z]`: what matches pattern y replaced by the string z, or by z of the match.
///
/// # Errors
/// `rank`, `type`, those of `ss`, and what the function signals.
pub fn ssr(args: &[Obj]) -> R {
    let [x, y, z] = args else { return Err(QError::rank()) };
    let text = text_of(x)?;
    let pattern = Pattern::parse(&text_of(y)?)?;
    let mut out = Vec::with_capacity(text.len());
    let mut rest = 0;
    for at in pattern.find_all(&text)? {
        let end = at + pattern.len();
        out.extend_from_slice(&text[rest..at]);
        let replacement = match z.tag() {
            tag::LAMBDA.. => hook::apply(z, &[Obj::string(&text[at..end])])?,
            _ => z.clone(),
        };
        out.extend(text_of(&replacement)?);
        rest = end;
    }
    out.extend_from_slice(&text[rest..]);
    Ok(Obj::string(&out))
}

/// The strings in a list of strings and chars.
///
/// # Errors
/// `type` for anything else.
pub fn strings(x: &Obj) -> R<Vec<Vec<u8>>> {
    match x.tag() {
        tag::LIST | tag::KC => to_items(x).iter().map(text_of).collect(),
        _ => Err(QError::type_()),
    }
}
