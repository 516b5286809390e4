//! Numeric and temporal literals: the text of one or more blank-separated lexemes -> a value.

use crate::words::calendar::{DAY_NS, days, is_date};
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};

/// What one lexeme says, before the vector it stands in decides its width.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Value {
    Int(i64),
    Float(f64),
    /// `0N`, `0n`: the null of whatever type the vector has.
    Null,
    /// `0W`, `-0w`: the infinity of whatever type the vector has.
    Infinity {
        negative: bool,
    },
}

/// One lexeme: its value, and its type when the text fixes it.
#[derive(Clone, Copy, Debug)]
struct Lexeme {
    value: Value,
    tag: Option<i8>,
    /// Written as a float, which turns an untyped vector into floats.
    float: bool,
}

/// The value of a numeric literal: `text` holds its lexemes in order; more than one make a vector.
///
/// # Errors
/// The text of the lexeme that is not a literal or does not fit its type.
pub fn number(text: &[&[u8]]) -> R {
    if let [one] = text
        && let Some(packed) = packed(one)
    {
        return packed;
    }
    let lexemes = text.iter().map(|t| lexeme(t).ok_or_else(|| QError::from_bytes(t)));
    let lexemes: Vec<Lexeme> = lexemes.collect::<R<_>>()?;
    let float = lexemes.iter().any(|l| l.float);
    let default = if float { tag::KF } else { tag::KJ };
    let kind = lexemes.iter().rev().find_map(|l| l.tag).unwrap_or(default);
    let lexemes = if kind == tag::KM { as_months(text, lexemes) } else { lexemes };
    let vector = build(kind, &lexemes).ok_or_else(|| QError::from_bytes(&text.join(&b' ')))?;
    Ok(if text.len() == 1 { vector.index(0) } else { vector })
}

/// In a vector of months only the last one needs its letter; the others have been read as floats.
fn as_months(text: &[&[u8]], lexemes: Vec<Lexeme>) -> Vec<Lexeme> {
    let month = |t: &[u8]| temporal(&format!("{}m", std::str::from_utf8(t).ok()?));
    text.iter().zip(lexemes).map(|(t, lexeme)| month(t).unwrap_or(lexeme)).collect()
}

/// Literals that hold a whole vector in one lexeme: `0x0aff` and `010b`.
fn packed(text: &[u8]) -> Option<R> {
    if let Some(hex) = text.strip_prefix(b"0x") {
        return Some(bytes(hex).ok_or_else(|| QError::from_bytes(text)));
    }
    let bits = text.strip_suffix(b"b")?;
    if bits.is_empty() || !bits.iter().all(|b| matches!(b, b'0' | b'1')) {
        return None;
    }
    let bits: Vec<u8> = bits.iter().map(|b| b - b'0').collect();
    Some(Ok(one_or_many(tag::KB, &bits)))
}

fn bytes(hex: &[u8]) -> Option<Obj> {
    let digits: Vec<u8> =
        hex.iter().map(|&b| (b as char).to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
    let (odd, rest) = digits.split_at(digits.len() % 2);
    let pairs = rest.chunks_exact(2).map(|p| p[0] << 4 | p[1]);
    let all: Vec<u8> = odd.iter().copied().chain(pairs).collect();
    Some(one_or_many(tag::KG, &all))
}

fn one_or_many(kind: i8, values: &[u8]) -> Obj {
    match values {
        [one] => Obj::atom::<u8>(-kind, *one),
        many => Obj::from_slice::<u8>(kind, many),
    }
}

fn build(kind: i8, lexemes: &[Lexeme]) -> Option<Obj> {
    let ints = |null: i64, most: i64| -> Option<Vec<i64>> {
        lexemes.iter().map(|l| as_int(l.value, null, most)).collect()
    };
    let within = |null: i64, most: i64| -> Option<Vec<i64>> {
        lexemes.iter().map(|l| as_int(clamped(l.value, most), null, most)).collect()
    };
    Some(match kind {
        tag::UU => {
            lexemes.iter().all(|l| l.value == Value::Null).then(|| Obj::zeroed(kind, lexemes.len()))?
        }
        // Beyond the range of these two there is infinity.
        tag::KH => {
            let values = within(i16::MIN.into(), i16::MAX.into())?;
            Obj::vector::<i16>(kind, values.iter().map(|&v| v as i16))
        }
        tag::KI => {
            let values = within(i32::MIN.into(), i32::MAX.into())?;
            Obj::vector::<i32>(kind, values.iter().map(|&v| v as i32))
        }
        tag::KM | tag::KD | tag::KU | tag::KV | tag::KT => {
            let values = ints(i32::MIN.into(), i32::MAX.into())?;
            Obj::vector::<i32>(kind, values.iter().map(|&v| v as i32))
        }
        tag::KJ | tag::KP | tag::KN => Obj::vector::<i64>(kind, ints(i64::MIN, i64::MAX)?),
        tag::KE => Obj::vector::<f32>(kind, lexemes.iter().map(|l| as_float(l.value) as f32)),
        tag::KF | tag::KZ => Obj::vector::<f64>(kind, lexemes.iter().map(|l| as_float(l.value))),
        _ => return None,
    })
}

fn clamped(value: Value, most: i64) -> Value {
    match value {
        Value::Int(v) => Value::Int(v.clamp(-most, most)),
        other => other,
    }
}

fn as_int(value: Value, null: i64, most: i64) -> Option<i64> {
    match value {
        Value::Int(v) => (-most..=most).contains(&v).then_some(v),
        Value::Float(_) => None,
        Value::Null => Some(null),
        Value::Infinity { negative } => Some(if negative { -most } else { most }),
    }
}

fn as_float(value: Value) -> f64 {
    match value {
        Value::Int(v) => v as f64,
        Value::Float(v) => v,
        Value::Null => f64::NAN,
        Value::Infinity { negative: false } => f64::INFINITY,
        Value::Infinity { negative: true } => f64::NEG_INFINITY,
    }
}

fn lexeme(text: &[u8]) -> Option<Lexeme> {
    let text = std::str::from_utf8(text).ok()?;
    let (negative, body) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    if !body.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let found = special(body, negative).or_else(|| plain(body)).or_else(|| temporal(body))?;
    Some(if negative { Lexeme { value: negate(found.value), ..found } } else { found })
}

fn negate(value: Value) -> Value {
    match value {
        Value::Int(v) => Value::Int(v.wrapping_neg()),
        Value::Float(v) => Value::Float(-v),
        other => other,
    }
}

/// `0N`, `0Wi`, `0n`, `0w` and their typed forms.
fn special(body: &str, negative: bool) -> Option<Lexeme> {
    let mut chars = body.strip_prefix('0')?.chars();
    let which = chars.next()?;
    let value = match which {
        'N' | 'n' => Value::Null,
        'W' | 'w' => Value::Infinity { negative },
        _ => return None,
    };
    let float = matches!(which, 'n' | 'w');
    let tag = match chars.as_str() {
        "" => None,
        suffix => Some(suffix_tag(suffix).filter(|&t| !float || matches!(t, tag::KE | tag::KF))?),
    };
    Some(Lexeme { value, tag, float })
}

/// The type that a one-letter suffix names.
fn suffix_tag(suffix: &str) -> Option<i8> {
    Some(match suffix {
        "g" => tag::UU,
        "h" => tag::KH,
        "i" => tag::KI,
        "j" => tag::KJ,
        "e" => tag::KE,
        "f" => tag::KF,
        "p" => tag::KP,
        "m" => tag::KM,
        "d" => tag::KD,
        "z" => tag::KZ,
        "n" => tag::KN,
        "u" => tag::KU,
        "v" => tag::KV,
        "t" => tag::KT,
        _ => return None,
    })
}

/// Integers and floats, with or without a type letter.
fn plain(body: &str) -> Option<Lexeme> {
    let (digits, tag) = match body.char_indices().last()? {
        (at, 'h' | 'i' | 'j' | 'e' | 'f' | 'p') => (&body[..at], suffix_tag(&body[at..])),
        _ => (body, None),
    };
    if digits.bytes().all(|b| b.is_ascii_digit()) {
        let is_narrow = matches!(tag, Some(tag::KH | tag::KI));
        let value = match digits.parse() {
            Ok(value) => Value::Int(value),
            Err(_) if is_narrow && !digits.is_empty() => Value::Int(i64::MAX),
            Err(_) => return None,
        };
        return Some(Lexeme { value, tag, float: false });
    }
    let numeric = digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'-' | b'+'));
    let value = digits.parse::<f64>().ok().filter(|_| numeric)?;
    Some(Lexeme { value: Value::Float(value), tag, float: true })
}

fn temporal(body: &str) -> Option<Lexeme> {
    let int = |value: i64, tag: i8| Some(Lexeme { value: Value::Int(value), tag: Some(tag), float: false });
    if let Some((day, clock)) = body.split_once('D') {
        let ns = if clock.is_empty() { 0 } else { clock_ns(clock)?.0 };
        return if day.contains('.') {
            int(i64::from(date(day)?).checked_mul(DAY_NS)?.checked_add(ns)?, tag::KP)
        } else {
            int(number_of(day)?.checked_mul(DAY_NS)?.checked_add(ns)?, tag::KN)
        };
    }
    if let Some((day, clock)) = body.split_once('T') {
        let ns = if clock.is_empty() { 0 } else { clock_ns(clock)?.0 };
        let days = f64::from(date(day)?) + (ns / 1_000_000) as f64 / 86_400_000.0;
        return Some(Lexeme { value: Value::Float(days), tag: Some(tag::KZ), float: true });
    }
    if body.contains(':') {
        let (ns, form) = clock_ns(body)?;
        return match form {
            tag::KU => int(ns / 60_000_000_000, form),
            tag::KV => int(ns / 1_000_000_000, form),
            tag::KT => int(ns / 1_000_000, form),
            _ => int(ns, form),
        };
    }
    if let Some(month) = body.strip_suffix('m') {
        let (y, m) = month.split_once('.')?;
        let (y, m) = (number_of(y)?, number_of(m).filter(|m| (1..=12).contains(m))?);
        return (month.len() == 7).then(|| int((y - 2000) * 12 + m - 1, tag::KM))?;
    }
    int(date(body.strip_suffix('d').unwrap_or(body))?.into(), tag::KD)
}

fn number_of(digits: &str) -> Option<i64> {
    let all = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    all.then(|| digits.parse().ok())?
}

/// Days from 2000.01.01 to `yyyy.mm.dd`, if there is such a day.
pub fn date(text: &str) -> Option<i32> {
    let mut parts = text.split('.');
    let (y, m, d) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || (y.len(), m.len(), d.len()) != (4, 2, 2) {
        return None;
    }
    let (y, m, d) = (number_of(y)?, number_of(m)?, number_of(d)?);
    is_date(y, m, d).then(|| days(y, m, d) as i32)
}

/// Nanoseconds of `hh:mm`, `hh:mm:ss`, `hh:mm:ss.fraction`, and the type that form has: minute, second, time,
/// or timespan with more than three digits of fraction.
fn clock_ns(text: &str) -> Option<(i64, i8)> {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(w, f)| (w, Some(f)));
    let parts: Vec<i64> = whole.split(':').map(number_of).collect::<Option<_>>()?;
    let (h, m, s) = match parts[..] {
        [h] => (h, 0, 0),
        [h, m] => (h, m, 0),
        [h, m, s] => (h, m, s),
        _ => return None,
    };
    if m > 59 || s > 59 || h > 99_999 || (fraction.is_some() && parts.len() != 3) {
        return None;
    }
    let seconds = (h * 3600 + m * 60 + s) * 1_000_000_000;
    let Some(fraction) = fraction else {
        return Some((seconds, if parts.len() == 3 { tag::KV } else { tag::KU }));
    };
    if fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let ns: i64 = format!("{fraction:0<9}").parse().ok()?;
    Some((seconds + ns, if fraction.len() > 3 { tag::KN } else { tag::KT }))
}
