//! `= <> < > <= >=`, `~`.

use super::atomic::binary;
use super::convert::{Lanes, has_fraction, is_number, zip};
use super::items::by_simple;
use super::order::{Comparable, same};
use super::temporal;
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};
use std::cmp::Ordering;

macro_rules! comparison {
    ($(#[$doc:meta])* $name:ident, $method:ident) => {
        $(#[$doc])*
        ///
        /// # Errors
        /// `type`, `length`, `stack`.
        pub fn $name(x: &Obj, y: &Obj) -> R {
            if x.tag() == -tag::KJ && y.tag() == -tag::KJ {
                return Ok(Obj::bool(x.get::<i64>().cmp(&y.get::<i64>()).$method()));
            }
            binary(x, y, &|x, y| compare(x, y, Ordering::$method))
        }
    };
}

comparison!(
    /// `x=y`
    equal, is_eq
);
comparison!(
    /// `x<>y`
    not_equal, is_ne
);
comparison!(
    /// `x<y`
    less, is_lt
);
comparison!(
    /// `x>y`
    more, is_gt
);
comparison!(
    /// `x<=y`
    up_to, is_le
);
comparison!(
    /// `x>=y`
    at_least, is_ge
);

fn compare(x: &Obj, y: &Obj, test: impl Fn(Ordering) -> bool + Copy) -> R {
    let (a, b) = (x.tag().unsigned_abs() as i8, y.tag().unsigned_abs() as i8);
    match (a, b) {
        _ if a == b => Ok(by_simple!(a, T => {
            zip(tag::KB, &Lanes::same(x), &Lanes::same(y), |x: T, y: T| u8::from(test(x.tolerant(y))))
        })),
        _ if !is_number(a) || !is_number(b) => Err(QError::type_()),
        _ => {
            let to = common_unit(a, b);
            if has_fraction(a) || has_fraction(b) {
                let (x, y) = (in_unit::<f64>(x, to), in_unit::<f64>(y, to));
                Ok(zip(tag::KB, &x, &y, |x: f64, y: f64| u8::from(test(x.tolerant(y)))))
            } else {
                let (x, y) = (in_unit::<i64>(x, to), in_unit::<i64>(y, to));
                Ok(zip(tag::KB, &x, &y, |x: i64, y: i64| u8::from(test(x.cmp(&y)))))
            }
        }
    }
}

/// The temporal type in which values of two temporal types are compared: that of the time when one is a date
/// and the other a time, otherwise the finer one. `None` when either is no temporal type.
fn common_unit(a: i8, b: i8) -> Option<i8> {
    if !temporal::is_temporal(a) || !temporal::is_temporal(b) {
        return None;
    }
    let finer = |order: [i8; 4]| order.into_iter().find(|&t| t == a || t == b);
    match (temporal::is_date(a), temporal::is_date(b)) {
        (true, false) => Some(b),
        (false, true) => Some(a),
        (true, true) => finer([tag::KP, tag::KZ, tag::KD, tag::KM]),
        (false, false) => finer([tag::KN, tag::KT, tag::KV, tag::KU]),
    }
}

fn in_unit<T: super::convert::Number>(x: &Obj, unit: Option<i8>) -> Lanes<'_, T> {
    let from = x.tag().unsigned_abs() as i8;
    match unit {
        Some(to) if to != from => Lanes::mapped(x, |wide| temporal::convert(from, to, wide)),
        _ => Lanes::of(x),
    }
}

/// `x~y`: the same type and values, floats up to tolerance.
///
/// # Errors
/// `stack` when nested too deep.
pub fn matches(x: &Obj, y: &Obj) -> R {
    same(x, y).map(Obj::bool)
}
