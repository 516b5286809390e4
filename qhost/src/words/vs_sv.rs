//! `vs` and `sv`: text cut at separators and joined again, numbers to digits, bytes or bits and back.

use super::arith;
use super::convert::{integers, is_number};
use super::items::to_items;
use super::string::{strings, text_of};
use kapi::Symbol;
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};

/// `x vs y`
///
/// # Errors
/// `type`, `domain`.
pub fn vs(x: &Obj, y: &Obj) -> R {
    match x.tag() {
        -10 | tag::KC => cut_text(&text_of(x)?, y),
        -11 if x.get::<Symbol>().is_empty() => cut_lines_or_symbol(y),
        -1 => bits(y),
        -4 => bytes(y),
        _ => digits(x, y),
    }
}

fn list_of_strings<'a>(parts: impl Iterator<Item = &'a [u8]>) -> Obj {
    Obj::list(parts.map(Obj::string).collect())
}

fn cut_text(separator: &[u8], y: &Obj) -> R {
    if !matches!(y.tag(), tag::KC | -10) {
        return Err(QError::type_());
    }
    if separator.is_empty() {
        return Err(QError::length());
    }
    let text = text_of(y)?;
    let mut parts = Vec::new();
    let (mut from, mut i) = (0, 0);
    while i + separator.len() <= text.len() {
        if text[i..].starts_with(separator) {
            parts.push(&text[from..i]);
            i += separator.len();
            from = i;
        } else {
            i += 1;
        }
    }
    parts.push(&text[from..]);
    Ok(list_of_strings(parts.into_iter()))
}

fn cut_lines_or_symbol(y: &Obj) -> R {
    match y.tag() {
        -11 => Ok(cut_symbol(y.get::<Symbol>().bytes())),
        tag::KC | tag::KG => Ok(lines(y.slice::<u8>())),
        _ => Err(QError::type_()),
    }
}

/// The lines of a text, each without its line end.
pub fn lines(text: &[u8]) -> Obj {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    if text.is_empty() {
        return Obj::list(vec![]);
    }
    list_of_strings(text.split(|b| *b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)))
}

/// A file name into directory and file, any other symbol at its dots.
fn cut_symbol(name: &[u8]) -> Obj {
    match name.iter().rposition(|b| *b == b'/') {
        Some(at) if name.starts_with(b":") => {
            Obj::vector(tag::KS, [Symbol::new(&name[..at]), Symbol::new(&name[at + 1..])])
        }
        _ => Obj::vector(tag::KS, name.split(|b| *b == b'.').map(Symbol::new)),
    }
}

/// The bytes of a number, most significant first.
fn big_endian(y: &Obj) -> R<Vec<u8>> {
    if y.tag() >= 0 || matches!(y.tag(), -11 | tag::ERROR) {
        return Err(QError::type_());
    }
    let mut bytes = y.plain_bytes().to_vec();
    if y.tag() != -tag::UU {
        bytes.reverse();
    }
    Ok(bytes)
}

fn bytes(y: &Obj) -> R {
    Ok(Obj::from_slice(tag::KG, &big_endian(y)?))
}

fn bits(y: &Obj) -> R {
    let bytes = big_endian(y)?;
    let bits = bytes.iter().flat_map(|byte| (0..8).rev().map(move |i| byte >> i & 1));
    Ok(Obj::vector(tag::KB, bits))
}

/// Digits of y in base x, or in the mixed base that a list gives; a list y makes a matrix.
fn digits(x: &Obj, y: &Obj) -> R {
    if integers(x).is_none() {
        return Err(QError::type_());
    }
    let mixed = !x.is_atom();
    let bases = integers(x).map_or(vec![], |lanes| lanes.as_slice().to_vec());
    if bases.iter().any(|base| *base < 2 && !mixed) {
        return Err(QError::domain());
    }
    let numbers = integers(y).ok_or_else(QError::type_)?;
    let rows: Vec<Vec<i64>> = numbers.as_slice().iter().map(|n| number_digits(&bases, mixed, *n)).collect();
    if y.is_atom() {
        return Ok(Obj::from_slice(tag::KJ, &rows[0]));
    }
    // Shorter numbers get leading zeros.
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let digit = |row: &Vec<i64>, i: usize| (i + row.len()).checked_sub(width).map_or(0, |i| row[i]);
    Ok(Obj::list((0..width).map(|i| Obj::vector(tag::KJ, rows.iter().map(|row| digit(row, i)))).collect()))
}

fn number_digits(bases: &[i64], mixed: bool, mut n: i64) -> Vec<i64> {
    let mut digits = Vec::new();
    if mixed {
        for base in bases.iter().rev() {
            digits.push(if *base == 0 { n } else { n.wrapping_rem_euclid(*base) });
            n = if *base == 0 { 0 } else { n.wrapping_div_euclid(*base) };
        }
    } else {
        while n > 0 {
            digits.push(n % bases[0]);
            n /= bases[0];
        }
    }
    digits.reverse();
    digits
}

/// `x sv y`
///
/// # Errors
/// `type`, `length`.
pub fn sv(x: &Obj, y: &Obj) -> R {
    match x.tag() {
        -10 | tag::KC => Ok(Obj::string(&strings(y)?.join(&text_of(x)?[..]))),
        -11 if x.get::<Symbol>().is_empty() => join_lines_or_symbols(y),
        -1 if y.tag() == tag::KB => from_bits(y.slice::<u8>()),
        -4 if y.tag() == tag::KG => from_bytes(y.slice::<u8>()),
        _ => evaluate(x, y),
    }
}

fn join_lines_or_symbols(y: &Obj) -> R {
    if y.tag() == tag::LIST && y.items().iter().any(|line| line.tag() != tag::KC) {
        return Err(QError::type_());
    }
    if y.tag() != tag::KS {
        let mut text = Vec::new();
        for line in strings(y)? {
            text.extend_from_slice(&line);
            text.push(b'\n');
        }
        return Ok(Obj::string(&text));
    }
    let parts: Vec<&[u8]> = y.slice::<Symbol>().iter().map(|s| s.bytes()).collect();
    let separator = if parts.first().is_some_and(|part| part.starts_with(b":")) { b"/" } else { b"." };
    Ok(Obj::sym(Symbol::new(&parts.join(&separator[..]))))
}

fn from_bits(bits: &[u8]) -> R {
    let bytes: Vec<u8> = bits.chunks(8).map(|byte| byte.iter().fold(0, |n, bit| n << 1 | bit & 1)).collect();
    if bits.len() == 8 { Ok(Obj::byte(bytes[0])) } else { sized(bits.len().is_multiple_of(8), &bytes) }
}

fn from_bytes(bytes: &[u8]) -> R {
    sized(true, bytes)
}

fn sized(whole: bool, bytes: &[u8]) -> R {
    match bytes.len() {
        2 if whole => Ok(Obj::short(bytes.iter().fold(0, |n, b| n << 8 | i16::from(*b)))),
        4 if whole => Ok(Obj::int(bytes.iter().fold(0, |n, b| n << 8 | i32::from(*b)))),
        8 if whole => Ok(Obj::long(bytes.iter().fold(0, |n, b| n << 8 | i64::from(*b)))),
        16 if whole => Ok(Obj::guid(std::array::from_fn(|i| bytes[i]))),
        _ => Err(QError::length()),
    }
}

/// The number whose digits in base x are y; matrices by column.
fn evaluate(x: &Obj, y: &Obj) -> R {
    let items = to_items(y);
    if !(is_number(x.tag()) || x.tag() == tag::LIST) || y.tag() < 0 {
        return Err(QError::type_());
    }
    if x.tag() >= 0 && x.len() != items.len() {
        return Err(QError::length());
    }
    let mut value = Obj::long(0);
    for (i, item) in items.iter().enumerate() {
        let base = if x.tag() < 0 { x.clone() } else { x.index(i) };
        let base = if i == 0 { Obj::long(0) } else { base };
        value = arith::add(&arith::multiply(&value, &base)?, item)?;
    }
    Ok(value)
}
