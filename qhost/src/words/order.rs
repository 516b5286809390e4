//! When values are equal, and which comes first: what comparing, searching, hashing and sorting agree on.

use super::convert::is_simple;
use super::enumeration;
use super::functions::lambda_text;
use super::items::by_simple;
use crate::state::stack;
use kapi::Symbol;
use kapi::error::R;
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
    if enumeration::is_one(x) && x.tag() == y.tag() {
        let (Ok(x), Ok(y)) = (enumeration::values(x), enumeration::values(y)) else { return Ordering::Equal };
        return total(&x, &y);
    }
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

/// Where `y` first is in list `x`, compared exactly.
pub fn position_in(x: &Obj, y: &Obj) -> Option<usize> {
    if is_simple(x.tag()) && x.tag() == -y.tag() {
        return by_simple!(x.tag(), T => scan::<T>(x.slice(), y.get()));
    }
    (0..x.len()).find(|&i| exact(&x.index(i), y))
}

/// Where an element first is.
pub fn scan<T: Comparable>(list: &[T], wanted: T) -> Option<usize> {
    list.iter().position(|e| e.order(wanted).is_eq())
}
