//! `= <> < > <= >=`, `~`, and the order that sorting uses.

use super::atomic::binary;
use super::convert::{Lanes, has_fraction, is_number, is_simple, zip};
use super::items::by_simple;
use super::temporal;
use crate::state::stack;
use crate::words::functions::lambda_text;
use kapi::Symbol;
use kapi::error::{QError, R};
use kapi::object::{Elem, Obj, tag};
use std::cmp::Ordering;

/// Floats closer than this, relative to the larger, are equal.
const TOLERANCE: f64 = 1.0 / (1u64 << 43) as f64;

/// Elements that compare: the null is less than everything and equal to itself.
pub trait Comparable: Elem + Copy {
    /// The order, with floats told apart exactly.
    fn order(self, y: Self) -> Ordering;

    /// The order that the comparison operators see.
    #[inline]
    fn tolerant(self, y: Self) -> Ordering {
        self.order(y)
    }
}

macro_rules! ordered {
    ($($t:ty)*) => {$(
        impl Comparable for $t {
            #[inline]
            fn order(self, y: Self) -> Ordering {
                self.cmp(&y)
            }
        }
    )*};
}

ordered!(u8 i16 i32 i64 Symbol [u8; 16]);

macro_rules! ordered_floats {
    ($($t:ty)*) => {$(
        impl Comparable for $t {
            #[inline]
            fn order(self, y: Self) -> Ordering {
                self.partial_cmp(&y).unwrap_or_else(|| y.is_nan().cmp(&self.is_nan()))
            }

            #[inline]
            fn tolerant(self, y: Self) -> Ordering {
                if tolerantly_equal(self.into(), y.into()) { Ordering::Equal } else { self.order(y) }
            }
        }
    )*};
}

ordered_floats!(f32 f64);

/// Equal up to the comparison tolerance, which applies to finite numbers only.
fn tolerantly_equal(x: f64, y: f64) -> bool {
    x == y || (x - y).abs() <= TOLERANCE * x.abs().max(y.abs()) && x.is_finite() && y.is_finite()
}

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

/// Do two values match?
///
/// # Errors
/// `stack` when nested too deep.
pub fn same(x: &Obj, y: &Obj) -> R<bool> {
    if x.tag() != y.tag() {
        return Ok(false);
    }
    match x.tag() {
        t if is_simple(t) => Ok(x.len() == y.len() && by_simple!(t, T => same_elements::<T>(x, y))),
        tag::LIST | tag::XD => {
            stack::check()?;
            same_items(x.items(), y.items())
        }
        tag::XT => same(x.table_dict(), y.table_dict()),
        tag::LAMBDA => Ok(lambda_text(x) == lambda_text(y)),
        tag::PROJECTION..=tag::EACH_LEFT => same_items(x.children(), y.children()),
        _ => Ok(x == y),
    }
}

/// Do two values match exactly, without comparison tolerance? No for values nested too deep to tell.
pub fn exact(x: &Obj, y: &Obj) -> bool {
    if x.is_same(y) {
        return true;
    }
    if x.tag() != y.tag() || stack::check().is_err() {
        return false;
    }
    let all = |x: &[Obj], y: &[Obj]| x.len() == y.len() && x.iter().zip(y).all(|(a, b)| exact(a, b));
    match x.tag() {
        t if is_simple(t) => x == y,
        tag::LIST | tag::XD | tag::PROJECTION..=tag::EACH_LEFT => all(x.children(), y.children()),
        tag::XT => exact(x.table_dict(), y.table_dict()),
        tag::LAMBDA => lambda_text(x) == lambda_text(y),
        _ => x == y,
    }
}

fn same_items(x: &[Obj], y: &[Obj]) -> R<bool> {
    if x.len() != y.len() {
        return Ok(false);
    }
    for (a, b) in x.iter().zip(y) {
        if !same(a, b)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn same_elements<T: Comparable>(x: &Obj, y: &Obj) -> bool {
    if x.is_atom() {
        return x.get::<T>().tolerant(y.get::<T>()).is_eq();
    }
    x.slice::<T>().iter().zip(y.slice::<T>()).all(|(a, b)| a.tolerant(*b).is_eq())
}

/// The order `asc` gives values of any types: by type first, then by value; lists item by item.
pub fn total(x: &Obj, y: &Obj) -> Ordering {
    let types = x.tag().cmp(&y.tag());
    match x.tag() {
        _ if types.is_ne() => types,
        t if t < 0 && is_simple(t) => by_simple!(t, T => x.get::<T>().order(y.get::<T>())),
        0..=97 => {
            if stack::check().is_err() {
                return Ordering::Equal;
            }
            let items = (0..x.len().min(y.len())).map(|i| total(&x.index(i), &y.index(i)));
            items.into_iter().find(|o| o.is_ne()).unwrap_or_else(|| x.len().cmp(&y.len()))
        }
        tag::XD => total(x.dict_parts().1, y.dict_parts().1),
        _ => Ordering::Equal,
    }
}
