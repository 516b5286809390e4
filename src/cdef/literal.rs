//! Numbers, characters and texts as C writes them.

use super::arithmetic::{Constant, Integer};
use super::model::Model;

/// The value of a number, or what is wrong with it.
pub fn number(text: &str, model: &Model) -> Result<Constant, String> {
    let hexadecimal = text.len() > 2 && (text.starts_with("0x") || text.starts_with("0X"));
    let floats = match hexadecimal {
        true => text.contains(['.', 'p', 'P']),
        false => text.contains(['.', 'e', 'E']) && !text.starts_with("0b") && !text.starts_with("0B"),
    };
    match floats {
        true => float(text, hexadecimal),
        false => integer(text, model),
    }
}

fn integer(text: &str, model: &Model) -> Result<Constant, String> {
    let lower = text.to_ascii_lowercase();
    let (radix, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, &lower[..]),
    };
    let end = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    let (digits, suffix) = digits.split_at(end);
    // `0u` has no digits after its prefix of base 8.
    let digits = if digits.is_empty() && radix == 8 { "0" } else { digits };
    let value = u64::from_str_radix(digits, radix).map_err(|_| "no integer of 64 bits".to_string())?;
    let (unsigned, least) = match suffix {
        "" => (false, 4),
        "u" => (true, 4),
        "l" => (false, model.long),
        "ul" | "lu" => (true, model.long),
        "ll" | "i64" | "z" => (false, 8),
        "ull" | "llu" | "ui64" | "uz" | "zu" => (true, 8),
        _ => return Err("no number of C".into()),
    };
    Ok(Constant::Integer(typed(value, unsigned, least, radix != 10)))
}

// The first type that holds the value; unsigned ones are tried for numbers with `u` and not in base 10.
fn typed(value: u64, unsigned: bool, least: u8, based: bool) -> Integer {
    let holds =
        |bytes: u8, signed: bool| value <= u64::MAX >> (64 - 8 * u32::from(bytes) + u32::from(signed));
    let (bytes, signed) = [(4, true), (4, false), (8, true), (8, false)]
        .into_iter()
        .filter(|(bytes, _)| *bytes >= least)
        .filter(|(_, signed)| if unsigned { !signed } else { *signed || based })
        .find(|&(bytes, signed)| holds(bytes, signed))
        .unwrap_or((8, false));
    Integer { value: value.into(), bytes, signed }
}

fn float(text: &str, hexadecimal: bool) -> Result<Constant, String> {
    let wrong = || "no number of C".to_string();
    let suffixes: &[(&str, u8)] =
        &[("f32", 4), ("f64x", 16), ("f32x", 8), ("f64", 8), ("f128", 16), ("f", 4), ("l", 16), ("", 8)];
    let lower = text.to_ascii_lowercase();
    // In base 16 an f before the exponent is a digit.
    let tail = lower.rfind(if hexadecimal { 'p' } else { 'e' }).unwrap_or(0);
    let (suffix, bytes) =
        suffixes.iter().find(|(s, _)| lower[tail..].ends_with(s)).copied().ok_or_else(wrong)?;
    let digits = &lower[..lower.len() - suffix.len()];
    let value = match hexadecimal {
        true => hexadecimal_float(&digits[2..]).ok_or_else(wrong)?,
        false => digits.parse::<f64>().map_err(|_| wrong())?,
    };
    let value = if bytes == 4 { f64::from(value as f32) } else { value };
    Ok(Constant::Float { value, bytes })
}

// Digits beyond 60 bits are dropped; whoever writes so many of them writes more than a double holds.
fn hexadecimal_float(text: &str) -> Option<f64> {
    let (digits, exponent) = text.split_once('p')?;
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let (mut mantissa, mut exponent) = (0_u64, exponent.parse::<i32>().ok()?);
    for (c, after_point) in whole.chars().map(|c| (c, false)).chain(part.chars().map(|c| (c, true))) {
        let digit = u64::from(c.to_digit(16)?);
        if mantissa >> 56 == 0 {
            mantissa = mantissa << 4 | digit;
            exponent = exponent.saturating_sub(if after_point { 4 } else { 0 });
        } else if !after_point {
            exponent = exponent.saturating_add(4);
        }
    }
    // In two steps, since 2 to the exponent alone may be no double.
    let half = exponent.clamp(-2200, 2200) / 2;
    let rest = exponent.clamp(-2200, 2200) - half;
    Some(mantissa as f64 * 2_f64.powi(half) * 2_f64.powi(rest))
}

/// The value of a character constant.
pub fn character(text: &str, model: &Model) -> Result<Integer, String> {
    let (prefix, body) = text.split_once('\'').unwrap_or_default();
    let body = body.strip_suffix('\'').unwrap_or(body);
    let units = units(body)?;
    let value = match (prefix, &units[..]) {
        (_, []) => return Err("a character constant without a character".into()),
        ("", [Unit::Code(c)]) if c.is_ascii() => *c as i128,
        ("", [Unit::Byte(b)]) if model.char_signed => i128::from(*b as u8 as i8),
        ("", [Unit::Byte(b)]) => i128::from(*b & 0xff),
        ("", many) => {
            let bytes = bytes_of(many);
            if bytes.len() > 4 {
                return Err("a character constant of over 4 characters".into());
            }
            i128::from(bytes.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)) as i32)
        }
        (_, [Unit::Code(c)]) => i128::from(u32::from(*c)),
        (_, [Unit::Byte(b)]) => i128::from(*b),
        _ => return Err("a wide constant of several characters".into()),
    };
    Ok(Integer { value, bytes: 4, signed: true })
}

/// The bytes of a string literal.
pub fn string(text: &str) -> Result<Vec<u8>, String> {
    let (prefix, body) = text.split_once('"').unwrap_or_default();
    if !matches!(prefix, "" | "u8") {
        return Err("a wide text, which is not supported".into());
    }
    Ok(bytes_of(&units(body.strip_suffix('"').unwrap_or(body))?))
}

// One character of the source, or a number that an escape gives.
enum Unit {
    Code(char),
    Byte(u32),
}

fn bytes_of(units: &[Unit]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(units.len());
    for unit in units {
        match unit {
            Unit::Code(c) => bytes.extend(c.encode_utf8(&mut [0; 4]).bytes()),
            Unit::Byte(b) => bytes.push(*b as u8),
        }
    }
    bytes
}

fn units(body: &str) -> Result<Vec<Unit>, String> {
    let mut units = Vec::new();
    let mut rest = body;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\\' => units.extend(escape(&mut rest)?),
            c => units.push(Unit::Code(c)),
        }
    }
    Ok(units)
}

// What follows a backslash. A line end joins two lines and is nothing.
fn escape(rest: &mut &str) -> Result<Option<Unit>, String> {
    let wrong = || "an escape that C does not know".to_string();
    let c = rest.chars().next().ok_or_else(wrong)?;
    if ('0'..='7').contains(&c) {
        return digits(rest, 8, 3).map(|n| Some(Unit::Byte(n)));
    }
    *rest = &rest[c.len_utf8()..];
    let byte = match c {
        'n' => b'\n',
        't' => b'\t',
        'r' => b'\r',
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'v' => 11,
        'e' => 27,
        '\\' | '\'' | '"' | '?' => c as u8,
        'x' => return digits(rest, 16, 8).map(|n| Some(Unit::Byte(n))),
        'u' => return code(digits(rest, 16, 4)?),
        'U' => return code(digits(rest, 16, 8)?),
        '\n' => return Ok(None),
        '\r' if rest.starts_with('\n') => {
            *rest = &rest[1..];
            return Ok(None);
        }
        _ => return Err(wrong()),
    };
    Ok(Some(Unit::Code(byte.into())))
}

fn code(n: u32) -> Result<Option<Unit>, String> {
    char::from_u32(n).map(|c| Some(Unit::Code(c))).ok_or_else(|| "no character of Unicode".into())
}

fn digits(rest: &mut &str, radix: u32, most: usize) -> Result<u32, String> {
    let end = rest.find(|c: char| !c.is_digit(radix)).unwrap_or(rest.len()).min(most);
    let (digits, after) = rest.split_at(end);
    *rest = after;
    u32::from_str_radix(digits, radix).map_err(|_| "an escape without digits".into())
}
