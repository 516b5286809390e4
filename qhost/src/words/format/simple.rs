//! Atoms and simple vectors on one line.

use super::{number, temporal};
use crate::words::attribute::attribute_letter;
use crate::words::convert::element as element_at;
use kapi::object::{Null, Obj, tag};
use kapi::symbol::Symbol;
use std::io::Write;

/// An element of a numeric or temporal type as it stands among others: no suffix, no quotes, nulls and
/// infinities as q writes them in vectors.
enum Element {
    Null,
    Infinite(bool),
    Finite,
}

/// Numbers and times of any width, for display only.
#[derive(Clone, Copy)]
enum Value {
    Int(i64),
    Real(f32),
    Float(f64),
}

/// Appends an atom as q shows it: `1i`, `0Nd`, `"a"`, `` `a ``.
pub fn atom(out: &mut Vec<u8>, x: &Obj, precision: usize) {
    match -x.tag() {
        tag::KB => {
            out.push(b'0' + (x.get::<u8>() & 1));
            out.push(b'b');
        }
        tag::KG => {
            let _ = write!(out, "0x{:02x}", x.get::<u8>());
        }
        tag::KC => quoted(out, &[x.get::<u8>()]),
        tag::KS => symbol(out, x.get::<Symbol>()),
        _ => bare_with_suffix(out, x, precision),
    }
}

fn bare_with_suffix(out: &mut Vec<u8>, x: &Obj, precision: usize) {
    let start = out.len();
    let kind = element(out, x, 0, precision);
    suffix(out, start, -x.tag(), matches!(kind, Element::Finite));
}

/// Appends a simple vector: `1 2 3i`, `010b`, `,1`, `` `long$() ``, with its attribute.
pub fn vector(out: &mut Vec<u8>, x: &Obj, precision: usize) {
    attribute(out, x.attribute());
    if x.len() == 1 {
        out.push(b',');
        return atom(out, &x.index(0), precision);
    }
    match x.tag() {
        tag::KC => quoted(out, x.slice::<u8>()),
        _ if x.is_empty() => empty(out, x.tag()),
        tag::KB => {
            out.extend(x.slice::<u8>().iter().map(|b| b'0' + (b & 1)));
            out.push(b'b');
        }
        tag::KG => {
            out.extend_from_slice(b"0x");
            x.slice::<u8>().iter().for_each(|b| drop(write!(out, "{b:02x}")));
        }
        tag::KS => x.slice::<Symbol>().iter().for_each(|s| symbol(out, *s)),
        _ => spaced(out, x, precision),
    }
}

fn spaced(out: &mut Vec<u8>, x: &Obj, precision: usize) {
    let start = out.len();
    let mut finite = false;
    for i in 0..x.len() {
        if i > 0 {
            out.push(b' ');
        }
        finite |= matches!(element(out, x, i, precision), Element::Finite);
    }
    suffix(out, start, x.tag(), finite);
}

/// The letter that tells the type of what was written since `start`, where it does not tell by itself.
fn suffix(out: &mut Vec<u8>, start: usize, tag: i8, finite: bool) {
    let wanted = match tag {
        tag::UU | tag::KJ => false,
        tag::KF => !out[start..].iter().any(|b| matches!(b, b'.' | b'e' | b'n' | b'w')),
        tag::KH | tag::KI | tag::KE | tag::KM => true,
        _ => !finite,
    };
    if let Some(info) = tag::info(tag).filter(|_| wanted) {
        out.push(info.letter);
    }
}

fn empty(out: &mut Vec<u8>, tag: i8) {
    let name = tag::info(tag).map_or("", |t| t.name);
    let _ = write!(out, "`{name}$()");
}

fn attribute(out: &mut Vec<u8>, attribute: u8) {
    if let Some(letter) = attribute_letter(attribute) {
        out.extend_from_slice(&[b'`', letter, b'#']);
    }
}

fn symbol(out: &mut Vec<u8>, s: Symbol) {
    out.push(b'`');
    out.extend_from_slice(s.bytes());
}

/// A string in quotes with q's escapes.
pub fn quoted(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    for &b in text {
        match b {
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', b]),
            b' '..=b'~' => out.push(b),
            _ => drop(write!(out, "\\{b:03o}")),
        }
    }
    out.push(b'"');
}

/// Appends element `i` (0 for atoms) as `string` gives it: nothing for a null, no suffix, no quotes.
pub fn plain(out: &mut Vec<u8>, x: &Obj, i: usize, precision: usize) {
    let start = out.len();
    if matches!(element(out, x, i, precision), Element::Null) {
        out.truncate(start);
    }
}

/// Appends an element and says what it is.
fn element(out: &mut Vec<u8>, x: &Obj, i: usize, precision: usize) -> Element {
    match x.tag().abs() {
        tag::KB => out.push(b'0' + (element_at::<u8>(x, i) & 1)),
        tag::KG => drop(write!(out, "{:02x}", element_at::<u8>(x, i))),
        tag::KC => out.push(element_at::<u8>(x, i)),
        tag::KS => out.extend_from_slice(element_at::<Symbol>(x, i).bytes()),
        tag::UU => guid(out, &element_at::<[u8; 16]>(x, i)),
        tag => return number_or_time(out, tag, read(x, i), precision),
    }
    Element::Finite
}

fn number_or_time(out: &mut Vec<u8>, tag: i8, (value, kind): (Value, Element), precision: usize) -> Element {
    match kind {
        Element::Null => out.extend_from_slice(if tag == tag::KF { b"0n" } else { b"0N" }),
        Element::Infinite(negative) => {
            if negative {
                out.push(b'-');
            }
            out.extend_from_slice(if matches!(value, Value::Int(_)) { b"0W" } else { b"0w" });
        }
        Element::Finite => finite(out, tag, value, precision),
    }
    kind
}

fn read(x: &Obj, i: usize) -> (Value, Element) {
    let int = |n: i64, null: i64, max: i64| {
        let kind = match n {
            _ if n == null => Element::Null,
            _ if n == max || n == -max => Element::Infinite(n < 0),
            _ => Element::Finite,
        };
        (Value::Int(n), kind)
    };
    let float = |value: Value, f: f64| {
        let kind = match f {
            _ if f.is_nan() => Element::Null,
            _ if f.is_infinite() => Element::Infinite(f < 0.0),
            _ => Element::Finite,
        };
        (value, kind)
    };
    match x.tag().abs() {
        // A short has no display for its infinities.
        tag::KH => int(element_at::<i16>(x, i).into(), i16::MIN.into(), i64::MAX),
        tag::KJ | tag::KP | tag::KN => int(element_at::<i64>(x, i), i64::NULL, i64::INF),
        tag::KE => {
            let e = element_at::<f32>(x, i);
            float(Value::Real(e), e.into())
        }
        tag::KF | tag::KZ => {
            let f = element_at::<f64>(x, i);
            float(Value::Float(f), f)
        }
        _ => int(element_at::<i32>(x, i).into(), i32::NULL.into(), i32::INF.into()),
    }
}

fn finite(out: &mut Vec<u8>, tag: i8, value: Value, precision: usize) {
    match (tag, value) {
        (tag::KZ, Value::Float(f)) => temporal::datetime(out, f),
        (_, Value::Float(f)) => number::float(out, f, precision),
        (_, Value::Real(e)) => number::real(out, e, precision),
        (tag::KP, Value::Int(n)) => temporal::timestamp(out, n),
        (tag::KM, Value::Int(n)) => temporal::month(out, n),
        (tag::KD, Value::Int(n)) => temporal::date(out, n),
        (tag::KN, Value::Int(n)) => temporal::timespan(out, n),
        (tag::KU, Value::Int(n)) => temporal::minute(out, n),
        (tag::KV, Value::Int(n)) => temporal::second(out, n),
        (tag::KT, Value::Int(n)) => temporal::time(out, n),
        (_, Value::Int(n)) => number::integer(out, n),
    }
}

fn guid(out: &mut Vec<u8>, bytes: &[u8; 16]) {
    for (i, b) in bytes.iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            out.push(b'-');
        }
        let _ = write!(out, "{b:02x}");
    }
}
