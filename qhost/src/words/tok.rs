//! Reading strings as values: `"J"$"42"`. What cannot be read is null.

use super::calendar::{DAY_NS, UNIX_DAYS, days, is_date};
use kapi::Symbol;
use kapi::error::R;
use kapi::object::{Obj, null, tag};

/// The text as an atom of the type with vector tag `to`.
///
/// # Errors
/// None; null for text that is no such value.
pub fn tok(to: i8, text: &[u8]) -> R {
    let trimmed = text.trim_ascii();
    let read = match to {
        tag::KB => Some(Obj::bool(trimmed.first().is_some_and(|b| b"txyTXY1".contains(b)))),
        tag::UU => guid(trimmed).map(Obj::guid),
        tag::KG => hex_byte(trimmed).map(Obj::byte),
        tag::KC => Some(Obj::char(text.first().copied().unwrap_or(b' '))),
        tag::KS => Some(Obj::sym(Symbol::new(trimmed))),
        tag::KE => float(trimmed).map(|f| Obj::real(f as f32)),
        tag::KF => float(trimmed).map(Obj::float),
        tag::KH | tag::KI | tag::KJ => integer(to, trimmed),
        _ => moment(to, trimmed),
    };
    Ok(read.unwrap_or_else(|| null(to)))
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

fn guid(t: &[u8]) -> Option<[u8; 16]> {
    let digits: Vec<u8> = t.iter().copied().filter(|b| *b != b'-').collect();
    if t.len() != 36 && t.len() != 32 || digits.len() != 32 {
        return None;
    }
    let mut bytes = [0; 16];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = hex_byte(pair)?;
    }
    Some(bytes)
}

fn hex_byte(t: &[u8]) -> Option<u8> {
    let t = t.strip_prefix(b"0x").unwrap_or(t);
    let fits = (1..=2).contains(&t.len()) && t.iter().all(u8::is_ascii_hexdigit);
    u8::from_str_radix(text(t).filter(|_| fits)?, 16).ok()
}

fn integer(to: i8, t: &[u8]) -> Option<Obj> {
    let special = match t {
        b"0W" => Some(i64::MAX),
        b"-0W" => Some(-i64::MAX),
        _ => None,
    };
    let n = special.or_else(|| text(t)?.parse().ok());
    match to {
        tag::KH if special.is_some() => n.map(|n| Obj::short(n.signum() as i16 * i16::MAX)),
        tag::KI if special.is_some() => n.map(|n| Obj::int(n.signum() as i32 * i32::MAX)),
        tag::KH => n.and_then(|n| i16::try_from(n).ok()).map(Obj::short),
        tag::KI => n.and_then(|n| i32::try_from(n).ok()).or_else(|| address(t)).map(Obj::int),
        _ => n.map(Obj::long),
    }
}

/// Four numbers with dots between as the bytes of an int.
fn address(t: &[u8]) -> Option<i32> {
    let parts: Option<Vec<u8>> = text(t)?.split('.').map(|part| part.parse().ok()).collect();
    Some(i32::from_be_bytes(parts?.try_into().ok()?))
}

fn float(t: &[u8]) -> Option<f64> {
    match t {
        b"0w" => Some(f64::INFINITY),
        b"-0w" => Some(f64::NEG_INFINITY),
        // Rust also reads words such as nan and infinity.
        _ if t.iter().any(|b| b.is_ascii_alphabetic() && !matches!(b, b'e' | b'E')) => None,
        _ => text(t)?.parse().ok(),
    }
}

fn moment(to: i8, t: &[u8]) -> Option<Obj> {
    let small = |n: i64| i32::try_from(n).ok().map(|n| Obj::atom(-to, n));
    match to {
        tag::KD => date(t).and_then(small),
        tag::KM => month(t).and_then(small),
        tag::KP => timestamp(t).map(|n| Obj::atom(-to, n)),
        tag::KZ => timestamp(t).map(|n| Obj::atom(-to, n as f64 / DAY_NS as f64)),
        tag::KN => timespan(t).map(|n| Obj::atom(-to, n)),
        tag::KU => clock(t).and_then(|n| small(n.div_euclid(60_000_000_000))),
        tag::KV => clock(t).and_then(|n| small(n.div_euclid(1_000_000_000))),
        tag::KT => clock(t).and_then(|n| small(n.div_euclid(1_000_000))),
        _ => None,
    }
}

fn number(t: &[u8]) -> Option<i64> {
    (!t.is_empty() && t.iter().all(u8::is_ascii_digit)).then(|| text(t)?.parse().ok())?
}

const MONTHS: [&[u8; 3]; 12] =
    [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];

fn month_number(t: &[u8]) -> Option<i64> {
    let named = MONTHS.iter().position(|name| t.eq_ignore_ascii_case(*name));
    named.map(|i| i as i64 + 1).or_else(|| number(t))
}

/// A year; two digits are those from 1950 to 2049.
fn year(t: &[u8]) -> Option<i64> {
    let n = number(t)?;
    match t.len() {
        2 => Some(if n < 50 { 2000 + n } else { 1900 + n }),
        4 => Some(n),
        _ => None,
    }
}

/// `2000.01.31`, `2000-01-31`, `20000131`, `000131`, `31Jan2000`, `2000/Jan/31`, `1/31/2000`.
fn date(t: &[u8]) -> Option<i64> {
    let parts: Vec<&[u8]> = t.split(|b| matches!(b, b'.' | b'-' | b'/')).collect();
    let (y, m, d) = match parts[..] {
        [y, m, d] if y.len() == 4 => (year(y)?, month_number(m)?, number(d)?),
        [m, d, y] if t.contains(&b'/') => (year(y)?, month_number(m)?, number(d)?),
        [all] if all.iter().all(u8::is_ascii_digit) && matches!(all.len(), 6 | 8) => {
            let (y, rest) = all.split_at(all.len() - 4);
            (year(y)?, number(&rest[..2])?, number(&rest[2..])?)
        }
        [all] => {
            let at = all.iter().position(u8::is_ascii_alphabetic)?;
            let (d, rest) = all.split_at(at);
            (year(rest.get(3..)?)?, month_number(&rest[..3])?, number(d)?)
        }
        _ => return None,
    };
    is_date(y, m, d).then(|| days(y, m, d))
}

/// `2000.01`, `2000-01`, `200001`.
fn month(t: &[u8]) -> Option<i64> {
    let t = t.strip_suffix(b"m").unwrap_or(t);
    let parts: Vec<&[u8]> = t.split(|b| matches!(b, b'.' | b'-' | b'/')).collect();
    let (y, m) = match parts[..] {
        [y, m] | [y, m, _] => (year(y)?, month_number(m)?),
        [all] if matches!(all.len(), 6 | 8) => (year(&all[..4])?, number(&all[4..6])?),
        _ => return None,
    };
    (1..=12).contains(&m).then_some((y - 2000) * 12 + m - 1)
}

/// A date, or a date and a time of day after `D`, `T`, a blank or a dash; or seconds since 1970.
fn timestamp(t: &[u8]) -> Option<i64> {
    let whole = t.split(|b| *b == b'.').next().unwrap_or(t);
    if (9..=11).contains(&whole.len()) && whole.iter().all(u8::is_ascii_digit) {
        let fraction = t.get(whole.len() + 1..).map_or(Some(0), fraction_ns)?;
        let seconds = number(whole)? - UNIX_DAYS * 86_400;
        return seconds.checked_mul(1_000_000_000)?.checked_add(fraction);
    }
    let at = t
        .iter()
        .position(|b| matches!(b, b'D' | b'T' | b' '))
        .or_else(|| t.get(8).filter(|b| **b == b'-').map(|_| 8));
    let (day, time) = match at {
        Some(at) => (date(&t[..at])?, clock(&t[at + 1..])?),
        None => (date(t)?, 0),
    };
    day.checked_mul(DAY_NS)?.checked_add(time)
}

/// `1D02:03:04.5`, or a time of day.
fn timespan(t: &[u8]) -> Option<i64> {
    if let Some(rest) = t.strip_prefix(b"-") {
        return timespan(rest)?.checked_neg();
    }
    match t.iter().position(|b| *b == b'D') {
        Some(at) => {
            let time = if at + 1 == t.len() { 0 } else { clock(&t[at + 1..])? };
            number(&t[..at])?.checked_mul(DAY_NS)?.checked_add(time)
        }
        None => clock(t),
    }
}

/// Nanoseconds of `12`, `12:34`, `12:34:56`, `12:34:56.789` or the same digits without colons.
fn clock(t: &[u8]) -> Option<i64> {
    if let Some(rest) = t.strip_prefix(b"-") {
        return clock(rest)?.checked_neg();
    }
    if !t.contains(&b':') && t.iter().all(u8::is_ascii_digit) {
        return packed_clock(t);
    }
    let (whole, fraction) = match t.iter().position(|b| *b == b'.') {
        Some(at) => (&t[..at], fraction_ns(&t[at + 1..])?),
        None => (t, 0),
    };
    let parts: Option<Vec<i64>> = whole.split(|b| *b == b':').map(number).collect();
    let seconds = match parts?[..] {
        [h, m] => h.checked_mul(3600)?.checked_add(in_clock(m)? * 60)?,
        [h, m, s] => h.checked_mul(3600)?.checked_add(in_clock(m)? * 60 + in_clock(s)?)?,
        _ => return None,
    };
    seconds.checked_mul(1_000_000_000)?.checked_add(fraction)
}

fn in_clock(n: i64) -> Option<i64> {
    (n < 60).then_some(n)
}

/// `hhmm`, `hhmmss` and digits of a fraction of a second.
fn packed_clock(t: &[u8]) -> Option<i64> {
    if t.len() < 4 || t.len() == 5 {
        return None;
    }
    let pair = |i: usize| t.get(2 * i..2 * i + 2).map_or(Some(0), number);
    let seconds = pair(0)? * 3600 + in_clock(pair(1)?)? * 60 + in_clock(pair(2)?)?;
    let fraction = t.get(6..).map_or(Some(0), fraction_ns)?;
    Some(seconds * 1_000_000_000 + fraction)
}

/// Digits after the point as nanoseconds.
fn fraction_ns(digits: &[u8]) -> Option<i64> {
    if digits.len() > 9 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(digits.iter().chain([b'0'; 9].iter()).take(9).fold(0, |n, d| n * 10 + i64::from(d - b'0')))
}
