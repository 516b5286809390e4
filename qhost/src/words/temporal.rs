//! Units of the temporal types, and conversions between them.
//!
//! Dates (`p m d z`) count from 2000.01.01, times (`n u v t`) from midnight.

use super::calendar::{DAY_MS, DAY_NS, month_of, month_start};
use super::convert::Wide;
use kapi::object::{Null, tag};

/// Does the type say when: timestamp, month, date, datetime?
pub fn is_date(t: i8) -> bool {
    matches!(t.unsigned_abs() as i8, tag::KP | tag::KM | tag::KD | tag::KZ)
}

/// Does the type say how long: timespan, minute, second, time?
pub fn is_time(t: i8) -> bool {
    matches!(t.unsigned_abs() as i8, tag::KN | tag::KU | tag::KV | tag::KT)
}

/// Either.
pub fn is_temporal(t: i8) -> bool {
    is_date(t) || is_time(t)
}

/// Nanoseconds of one unit of a time type.
fn unit_ns(t: i8) -> i64 {
    match t {
        tag::KU => 60_000_000_000,
        tag::KV => 1_000_000_000,
        tag::KT => 1_000_000,
        _ => 1,
    }
}

/// Converts a value of one temporal type to another, both vector tags: dates to dates, times to times, a date
/// with time of day to a time. Nulls and infinities stay what they are; anything else is taken as it is.
pub fn convert(from: i8, to: i8, value: Wide) -> Wide {
    if from == to || !is_temporal(from) || !is_temporal(to) {
        return value;
    }
    let Some(value) = finite(from, value) else { return special(value) };
    match (is_date(from), is_date(to)) {
        (true, true) => date_to_date(from, to, value),
        (true, false) => Wide::Int(scale(of_day(from, value), 1, unit_ns(to))),
        (false, false) => Wide::Int(scale(int(value), unit_ns(from), unit_ns(to))),
        // A time of day is one on the first day.
        (false, true) => date_to_date(tag::KP, to, Wide::Int(scale(int(value), unit_ns(from), 1))),
    }
}

/// The value if it is neither null nor infinite.
fn finite(from: i8, value: Wide) -> Option<Wide> {
    let narrow = tag::width(from) == 4;
    let largest = if narrow { i64::from(i32::INF) } else { i64::INF };
    match value {
        Wide::Int(n) => (n != i64::NULL && n.unsigned_abs() < largest.unsigned_abs()).then_some(value),
        Wide::Float(f) => f.is_finite().then_some(value),
    }
}

/// A null or infinity in the form that every width narrows to its own.
fn special(value: Wide) -> Wide {
    match value {
        Wide::Int(i64::NULL) => Wide::Float(f64::NAN),
        Wide::Int(n) => Wide::Float(if n < 0 { f64::NEG_INFINITY } else { f64::INFINITY }),
        Wide::Float(_) => value,
    }
}

fn int(value: Wide) -> i64 {
    match value {
        Wide::Int(n) => n,
        Wide::Float(f) => f as i64,
    }
}

/// `n` units of `from` nanoseconds in units of `to`, rounded down; an infinity when it overflows.
fn scale(n: i64, from: i64, to: i64) -> i64 {
    let exact = i128::from(n) * i128::from(from);
    exact.div_euclid(i128::from(to)).clamp(-i128::from(i64::INF), i128::from(i64::INF)) as i64
}

fn date_to_date(from: i8, to: i8, value: Wide) -> Wide {
    match to {
        _ if from == to => value,
        tag::KP => match value {
            Wide::Float(days) => Wide::Int(datetime_ms(days).saturating_mul(1_000_000).max(-i64::INF)),
            Wide::Int(_) => Wide::Int(scale(day(from, value), DAY_NS, 1)),
        },
        tag::KZ => match from {
            tag::KP => Wide::Float(int(value) as f64 / DAY_NS as f64),
            _ => Wide::Float(day(from, value) as f64),
        },
        tag::KM => Wide::Int(month_of(day(from, value))),
        _ => Wide::Int(day(from, value)),
    }
}

/// The day a date value falls on.
fn day(from: i8, value: Wide) -> i64 {
    match (from, value) {
        (_, Wide::Float(days)) => days.floor() as i64,
        (tag::KP, Wide::Int(ns)) => ns.div_euclid(DAY_NS),
        (tag::KM, Wide::Int(month)) => month_start(month),
        (_, Wide::Int(day)) => day,
    }
}

/// The time of day of a date value, in nanoseconds.
fn of_day(from: i8, value: Wide) -> i64 {
    match (from, value) {
        (tag::KP, Wide::Int(ns)) => ns.rem_euclid(DAY_NS),
        (_, Wide::Float(days)) => datetime_ms(days).rem_euclid(DAY_MS) * 1_000_000,
        _ => 0,
    }
}

fn datetime_ms(days: f64) -> i64 {
    (days * DAY_MS as f64).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ints(from: i8, to: i8, value: i64) -> i64 {
        match convert(from, to, Wide::Int(value)) {
            Wide::Int(n) => n,
            Wide::Float(f) => panic!("{f}"),
        }
    }

    #[test]
    fn units() {
        assert_eq!(ints(tag::KU, tag::KV, 2), 120);
        assert_eq!(ints(tag::KV, tag::KU, 119), 1);
        assert_eq!(ints(tag::KT, tag::KN, 1), 1_000_000);
        assert_eq!(ints(tag::KD, tag::KP, 1), DAY_NS);
        assert_eq!(ints(tag::KM, tag::KD, 1), 31);
        assert_eq!(ints(tag::KP, tag::KM, DAY_NS * 31), 1);
        assert_eq!(ints(tag::KP, tag::KU, DAY_NS + 90_000_000_000), 1);
        assert_eq!(ints(tag::KD, tag::KP, 200_000), i64::INF);
    }

    #[test]
    fn nulls_and_infinities_stay() {
        assert!(matches!(convert(tag::KD, tag::KP, Wide::Int(i64::NULL)), Wide::Float(f) if f.is_nan()));
        assert!(matches!(convert(tag::KD, tag::KP, Wide::Int(i32::INF.into())), Wide::Float(f) if f > 0.0));
    }
}
