//! `x$y`: cast, tok and pad; parts of dates and times.

use super::calendar::civil;
use super::convert::{Lanes, Wide, by_number, integer, is_number, is_simple, map};
use super::items::{filled, to_items};
use super::{atomic, enumeration, matrix, temporal, tok};
use crate::state::stack;
use kapi::Symbol;
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};

/// What the left side of `$` asks for.
#[derive(Clone, Copy)]
enum Target {
    /// The value as it is.
    Same,
    /// A conversion to the type.
    Cast(i8),
    /// A string read as the type.
    Tok(i8),
    /// A part of a date or time, by name.
    Part(Part),
    /// A string cut or padded.
    Pad(i64),
}

/// Parts of dates and times.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
}

const PARTS: [(&[u8], Part); 7] = [
    (b"year", Part::Year),
    (b"mm", Part::Month),
    (b"week", Part::Week),
    (b"dd", Part::Day),
    (b"hh", Part::Hour),
    (b"uu", Part::Minute),
    (b"ss", Part::Second),
];

/// `x$y`
///
/// # Errors
/// `type`, `length`, and what [`matrix::mmu`] signals.
pub fn dollar(x: &Obj, y: &Obj) -> R {
    match x.tag() {
        -11 if is_domain(x.get()) => enumeration::cast(x.get(), y),
        t if t < 0 => apply(target(x)?, y),
        tag::LIST if matrix::is_matrix(x) => matrix::mmu(x, y),
        tag::KS | tag::KC | tag::KH | tag::KJ | tag::KI | tag::LIST => each(x, y),
        tag::KF => matrix::mmu(x, y),
        _ => Err(QError::type_()),
    }
}

/// Targets paired with the items of y, or all applied to the same atom or string.
fn each(x: &Obj, y: &Obj) -> R {
    stack::check()?;
    let alone = y.tag() < 0 || y.tag() == tag::KC && x.len() != y.len();
    if !alone && x.len() != y.len() {
        return Err(QError::length());
    }
    let item = |i| if alone { y.clone() } else { y.index(i) };
    let each: R<Vec<Obj>> = (0..x.len()).map(|i| dollar(&x.index(i), &item(i))).collect();
    Ok(Obj::from_items(each?))
}

/// Does the name stand for a list to enumerate in, and for no type?
fn is_domain(name: Symbol) -> bool {
    named_target(name).is_err() && enumeration::is_domain(name)
}

fn target(x: &Obj) -> R<Target> {
    match -x.tag() {
        tag::KS => named_target(x.get()),
        tag::KC => lettered_target(x.get()),
        tag::KH => match x.get::<i16>() {
            0 => Ok(Target::Same),
            t if i8::try_from(t).is_ok_and(|t| is_simple(t) && tag::info(t).is_some()) => {
                Ok(if t > 0 { Target::Cast(t as i8) } else { Target::Tok(-t as i8) })
            }
            _ => Err(QError::type_()),
        },
        tag::KI | tag::KJ => integer(x).map(Target::Pad).ok_or_else(QError::type_),
        _ => Err(QError::type_()),
    }
}

fn named_target(name: Symbol) -> R<Target> {
    let name = name.bytes();
    if name.is_empty() {
        return Ok(Target::Tok(tag::KS));
    }
    if let Some((_, part)) = PARTS.iter().find(|(known, _)| *known == name) {
        return Ok(Target::Part(*part));
    }
    let row = tag::TYPES.iter().find(|row| row.name.as_bytes() == name);
    // Any other name would be an enumeration's.
    row.map(|row| Target::Cast(row.tag)).ok_or_else(QError::type_)
}

fn lettered_target(letter: u8) -> R<Target> {
    if letter == b'*' {
        return Ok(Target::Same);
    }
    let row = tag::TYPES.iter().find(|row| row.letter == letter.to_ascii_lowercase());
    let tag = row.map(|row| row.tag).ok_or_else(QError::type_)?;
    Ok(if letter.is_ascii_uppercase() { Target::Tok(tag) } else { Target::Cast(tag) })
}

fn apply(target: Target, y: &Obj) -> R {
    match target {
        Target::Same => Ok(y.clone()),
        Target::Cast(tag::KS) | Target::Tok(tag::KS) => to_symbol(y),
        Target::Cast(to) if y.tag() == tag::LIST && y.is_empty() => Ok(Obj::zeroed(to, 0)),
        Target::Cast(to) => atomic::unary(y, &|y| cast(to, y)),
        Target::Part(part) => atomic::unary(y, &|y| part_of(part, y)),
        Target::Tok(to) => by_string(y, &|text| tok::tok(to, text)),
        Target::Pad(width) => by_string(y, &|text| pad(width, text)),
    }
}

/// Applies `f` to the strings in `y`; a char is a string of one.
fn by_string(y: &Obj, f: &dyn Fn(&[u8]) -> R) -> R {
    match y.tag() {
        tag::KC => f(y.slice::<u8>()),
        -10 => f(&[y.get::<u8>()]),
        tag::LIST | tag::XD => atomic::inside(y, &|item| by_string(item, f)),
        tag::XT => {
            let (names, columns) = y.table_dict().dict_parts();
            let each: R<Vec<Obj>> = to_items(columns).iter().map(|item| by_string(item, f)).collect();
            Ok(Obj::table(Obj::dict(names.clone(), Obj::list(each?))))
        }
        _ => Err(QError::type_()),
    }
}

fn to_symbol(y: &Obj) -> R {
    match y.tag() {
        -11 | tag::KS => Ok(y.clone()),
        t if tag::is_enum(t) => enumeration::values(y),
        tag::LIST if y.is_empty() => Ok(Obj::zeroed(tag::KS, 0)),
        tag::LIST => {
            stack::check()?;
            let each: R<Vec<Obj>> = y.items().iter().map(to_symbol).collect();
            Ok(Obj::from_items(each?))
        }
        _ => by_string(y, &|text| Ok(Obj::sym(Symbol::new(text.trim_ascii())))),
    }
}

fn pad(width: i64, text: &[u8]) -> R {
    let size = super::items::checked_count(width.checked_abs().ok_or_else(QError::limit)?)?;
    let blanks = filled(b' ', size.saturating_sub(text.len()))?;
    Ok(Obj::string(&match width {
        ..0 => [&blanks, &text[text.len().saturating_sub(size)..]].concat(),
        _ => [&text[..size.min(text.len())], &blanks].concat(),
    }))
}

/// Converts an atom or simple vector to another simple type.
///
/// # Errors
/// `type` between text and numbers.
pub fn cast(to: i8, y: &Obj) -> R {
    let from = y.tag().unsigned_abs() as i8;
    if from == to {
        return Ok(y.clone());
    }
    if !is_number(from) || !is_number(to) {
        return Err(QError::type_());
    }
    if to == tag::KB {
        let nonzero = |wide| match wide {
            Wide::Int(n) => Wide::Int((n != 0).into()),
            Wide::Float(f) => Wide::Int((f != 0.0).into()),
        };
        return Ok(map(to, &Lanes::<u8>::mapped(y, nonzero), |a| a));
    }
    if temporal::is_temporal(from) && temporal::is_temporal(to) {
        return Ok(by_number!(to, T => {
            map(to, &Lanes::<T>::mapped(y, |wide| temporal::convert(from, to, wide)), |a| a)
        }));
    }
    Ok(by_number!(to, T => map(to, &Lanes::<T>::mapped(y, |wide| wide), |a| a)))
}

fn part_of(part: Part, y: &Obj) -> R {
    let from = y.tag().unsigned_abs() as i8;
    let clock = matches!(part, Part::Hour | Part::Minute | Part::Second);
    let fits = if clock {
        temporal::is_time(from) || matches!(from, tag::KP | tag::KZ)
    } else {
        temporal::is_date(from) && !(from == tag::KM && matches!(part, Part::Day | Part::Week))
    };
    if !fits {
        return Err(QError::type_());
    }
    let unit = if clock { tag::KV } else { tag::KD };
    let result = if part == Part::Week { tag::KD } else { tag::KI };
    let value = |wide| match temporal::convert(from, unit, wide) {
        Wide::Int(i64::MIN) => Wide::Int(i64::MIN),
        Wide::Int(n) => Wide::Int(part_value(part, n)),
        null_or_infinite => null_or_infinite,
    };
    Ok(map(result, &Lanes::<i32>::mapped(y, value), |a| a))
}

/// A part of a day counted from 2000.01.01, or of a count of seconds.
fn part_value(part: Part, n: i64) -> i64 {
    match part {
        Part::Year => civil(n).0,
        Part::Month => civil(n).1,
        Part::Day => civil(n).2,
        // 2000.01.03 was a Monday.
        Part::Week => n - (n + 5).rem_euclid(7),
        Part::Hour => n / 3600,
        Part::Minute => n / 60 % 60,
        Part::Second => n % 60,
    }
}
