//! Aggregates: `sum prd min max avg var dev med wsum wavg cov cor all any` and theirs.

use super::arith;
use super::convert::{Lanes, Number, Wide, by_number, is_number, is_simple, map};
use super::items::{as_list, to_items};
use super::number::{Arithmetic, in_result_type};
use super::order::Comparable;
use super::promote::{GREATER, SUM};
use super::{sort, unary};
use crate::state::stack;
use kapi::error::{QError, R};
use kapi::object::{Null, Obj, tag};

/// Aggregates vectors with `vector` and general lists with `nested`; dictionaries by their values, tables by
/// column.
fn aggregate(x: &Obj, vector: &dyn Fn(&Obj) -> R, nested: &dyn Fn(&[Obj]) -> R) -> R {
    match x.tag() {
        tag::LIST => nested(x.items()),
        tag::XD => aggregate(x.dict_parts().1, vector, nested),
        tag::XT => {
            let (names, columns) = x.table_dict().dict_parts();
            let each: R<Vec<Obj>> = columns.items().iter().map(|c| aggregate(c, vector, nested)).collect();
            Ok(Obj::dict(names.clone(), Obj::from_items(each?)))
        }
        t if is_simple(t) => vector(&as_list(x)),
        _ => Err(QError::type_()),
    }
}

/// Combines items from the left; `empty` when there are none.
fn fold(items: &[Obj], empty: Obj, f: fn(&Obj, &Obj) -> R) -> R {
    let Some((head, rest)) = items.split_first() else { return Ok(empty) };
    rest.iter().try_fold(head.clone(), |sum, item| f(&sum, item))
}

/// What a vector comes to by an operation that begins with this constant; nulls add nothing.
macro_rules! total {
    ($x:ident, $start:ident, $operation:ident) => {{
        let result = SUM.of($x.tag())?;
        Ok(in_result_type!(result, T => {
            let all = Lanes::<T>::of($x);
            let values = all.as_slice().iter().filter(|a| !a.is_null());
            Obj::atom(-result, values.fold(T::$start, |total, a| total.$operation(*a)))
        }))
    }};
}

/// `sum x`
///
/// # Errors
/// `type`, `length`.
pub fn sum(x: &Obj) -> R {
    aggregate(x, &|x| total!(x, ZERO, add), &|items| fold(items, Obj::long(0), arith::add))
}

/// `prd x`
///
/// # Errors
/// `type`, `length`.
pub fn prd(x: &Obj) -> R {
    aggregate(x, &|x| total!(x, ONE, mul), &|items| fold(items, Obj::long(1), arith::multiply))
}

/// Types that have a least and a largest value.
pub trait Bounded: Number + Comparable {
    /// What `max` of nothing is.
    const LEAST: Self;
    /// What `min` of nothing is.
    const MOST: Self;
}

macro_rules! bounded {
    ($($t:ty)*) => {$(
        impl Bounded for $t {
            const LEAST: Self = -<$t>::INF;
            const MOST: Self = <$t>::INF;
        }
    )*};
}

bounded!(i16 i32 i64 f32 f64);

impl Bounded for u8 {
    const LEAST: Self = 0;
    const MOST: Self = u8::MAX;
}

/// Is it the null of its type? Bytes have none.
pub fn is_null<T: Number>(a: T) -> bool {
    match a.wide() {
        Wide::Int(n) => n == i64::NULL,
        Wide::Float(f) => f.is_nan(),
    }
}

/// `max x`
///
/// # Errors
/// `type`, `length`.
pub fn max(x: &Obj) -> R {
    let vector = |x: &Obj| {
        let result = GREATER.of(x.tag(), x.tag())?;
        Ok(by_number!(result, T => {
            let values = x.slice::<T>().iter().filter(|a| !is_null(**a));
            Obj::atom(-result, values.fold(T::LEAST, |most, a| if most.order(*a).is_lt() { *a } else { most }))
        }))
    };
    aggregate(x, &vector, &|items| fold(items, Obj::long(-i64::INF), arith::greater))
}

/// `min x`
///
/// # Errors
/// `type`, `length`.
pub fn min(x: &Obj) -> R {
    let vector = |x: &Obj| {
        let result = GREATER.of(x.tag(), x.tag())?;
        let most = if result == tag::KB { Obj::bool(true) } else { x.clone() };
        if result == tag::KB && x.is_empty() {
            return Ok(most);
        }
        Ok(by_number!(result, T => {
            let values = x.slice::<T>().iter().filter(|a| !is_null(**a));
            Obj::atom(-result, values.fold(T::MOST, |least, a| if least.order(*a).is_gt() { *a } else { least }))
        }))
    };
    aggregate(x, &vector, &|items| fold(items, Obj::long(i64::INF), arith::lesser))
}

/// The numbers of a vector that are not null, as floats.
fn numbers(x: &Obj) -> R<Vec<f64>> {
    if !is_number(x.tag()) {
        return Err(QError::type_());
    }
    let all = Lanes::<f64>::of(x);
    Ok(all.as_slice().iter().copied().filter(|f| !f.is_nan()).collect())
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / values.len() as f64
}

/// `avg x`
///
/// # Errors
/// `type`, `length`.
pub fn avg(x: &Obj) -> R {
    aggregate(x, &|x| Ok(Obj::float(mean(&numbers(x)?))), &|items| {
        let total = fold(items, Obj::float(f64::NULL), arith::add)?;
        arith::divide(&total, &Obj::long(items.len() as i64))
    })
}

/// Aggregates a general list as its transpose would be, one column after the other.
fn by_column(items: &[Obj], f: fn(&Obj) -> R) -> R {
    stack::check()?;
    let flipped = super::list::flip(&Obj::list(items.to_vec()))?;
    let each: R<Vec<Obj>> = to_items(&flipped).iter().map(f).collect();
    Ok(Obj::from_items(each?))
}

/// `var x`
///
/// # Errors
/// `type`, `length`.
pub fn var(x: &Obj) -> R {
    aggregate(x, &|x| Ok(Obj::float(variance(&numbers(x)?))), &|items| by_column(items, var))
}

/// `dev x`
///
/// # Errors
/// `type`, `length`.
pub fn dev(x: &Obj) -> R {
    unary::sqrt(&var(x)?)
}

/// `svar x`
///
/// # Errors
/// `type`, `length`.
pub fn svar(x: &Obj) -> R {
    let vector = |x: &Obj| {
        let values = numbers(x)?;
        let n = values.len() as f64;
        Ok(Obj::float(variance(&values) * n / (n - 1.0)))
    };
    aggregate(x, &vector, &|items| by_column(items, svar))
}

/// `sdev x`
///
/// # Errors
/// `type`, `length`.
pub fn sdev(x: &Obj) -> R {
    unary::sqrt(&svar(x)?)
}

/// `med x`
///
/// # Errors
/// `type`, `length`.
pub fn med(x: &Obj) -> R {
    let vector = |x: &Obj| {
        if !is_number(x.tag()) {
            return Err(QError::type_());
        }
        let order = sort::iasc(x)?;
        let (order, n) = (order.slice::<i64>(), x.len());
        if n == 0 {
            return Ok(Obj::float(f64::NULL));
        }
        let all = Lanes::<f64>::of(x);
        let at = |i: usize| all.as_slice()[order[i] as usize];
        Ok(Obj::float(mean(&[at((n - 1) / 2), at(n / 2)])))
    };
    aggregate(x, &vector, &|items| by_column(items, med))
}

/// `x wsum y`: the sum of the products.
///
/// # Errors
/// `type`, `length`.
pub fn wsum(x: &Obj, y: &Obj) -> R {
    let integers = |x: &Obj| matches!(x.tag(), tag::KH | tag::KI | tag::KJ);
    let weights = if integers(x) && integers(y) { as_floats(x) } else { x.clone() };
    sum(&arith::multiply(&weights, y)?)
}

fn as_floats(x: &Obj) -> Obj {
    map(tag::KF, &Lanes::<f64>::of(x), |a| a)
}

/// `x wavg y`: the average of y weighted by x; pairs with a null are left out.
///
/// # Errors
/// `type`, `length`.
pub fn wavg(x: &Obj, y: &Obj) -> R {
    let total = wsum(x, y)?;
    let weights = if is_simple(x.tag()) && is_simple(y.tag()) && y.tag() > 0 {
        // Weights of null items do not count.
        sum(&arith::multiply(x, &unary::not(&unary::null(y)?)?)?)?
    } else {
        sum(x)?
    };
    arith::divide(&total, &weights)
}

/// Pairs of which neither side is null.
fn pairs(x: &Obj, y: &Obj) -> R<(Vec<f64>, Vec<f64>)> {
    if !is_number(x.tag()) || !is_number(y.tag()) || x.tag() < 0 || y.tag() < 0 {
        return Err(QError::type_());
    }
    if x.len() != y.len() {
        return Err(QError::length());
    }
    let (x, y) = (Lanes::<f64>::of(x), Lanes::<f64>::of(y));
    let both = x.as_slice().iter().zip(y.as_slice()).filter(|(a, b)| !a.is_nan() && !b.is_nan());
    Ok(both.map(|(a, b)| (*a, *b)).unzip())
}

fn covariance(x: &[f64], y: &[f64]) -> f64 {
    let (a, b) = (mean(x), mean(y));
    x.iter().zip(y).map(|(x, y)| (x - a) * (y - b)).sum::<f64>() / x.len() as f64
}

/// `x cov y`
///
/// # Errors
/// `type`, `length`.
pub fn cov(x: &Obj, y: &Obj) -> R {
    let (x, y) = pairs(x, y)?;
    Ok(Obj::float(covariance(&x, &y)))
}

/// `x scov y`
///
/// # Errors
/// `type`, `length`.
pub fn scov(x: &Obj, y: &Obj) -> R {
    let (x, y) = pairs(x, y)?;
    let n = x.len() as f64;
    Ok(Obj::float(covariance(&x, &y) * n / (n - 1.0)))
}

/// `x cor y`
///
/// # Errors
/// `type`, `length`.
pub fn cor(x: &Obj, y: &Obj) -> R {
    let (x, y) = pairs(x, y)?;
    Ok(Obj::float(covariance(&x, &y) / (variance(&x) * variance(&y)).sqrt()))
}

/// `all x`: is no item zero?
///
/// # Errors
/// `type`, `length`.
pub fn all(x: &Obj) -> R {
    every(x, Obj::bool(true), min, arith::lesser)
}

/// `any x`: is an item not zero?
///
/// # Errors
/// `type`, `length`.
pub fn any(x: &Obj) -> R {
    every(x, Obj::bool(false), max, arith::greater)
}

fn every(x: &Obj, empty: Obj, of_flags: fn(&Obj) -> R, pair: fn(&Obj, &Obj) -> R) -> R {
    let nonzero = |x: &Obj| unary::not(&unary::not(x)?);
    aggregate(x, &|x| of_flags(&nonzero(x)?), &|items| {
        let flags: R<Vec<Obj>> = items.iter().map(nonzero).collect();
        fold(&flags?, empty.clone(), pair)
    })
}
