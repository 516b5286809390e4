//! `+ - * % div mod xbar`, minimum, maximum and fill.

use super::atomic::{Leaf, binary, binary_with};
use super::convert::{
    Lanes, Number, Wide, by_number, element, has_fraction, is_null_at, is_number, map, zip,
};
use super::number::{Arithmetic, in_result_type};
use super::order::Comparable;
use super::promote::{ADD, DIV, GREATER, MOD, MULTIPLY, SUBTRACT, XBAR};
use super::temporal;
use kapi::Symbol;
use kapi::error::{QError, R};
use kapi::object::{Elem, Null, Obj, tag};

/// A pair of operands brought to the unit of the result.
fn operands<'a, T: Number>(x: &'a Obj, y: &'a Obj, result: i8) -> (Lanes<'a, T>, Lanes<'a, T>) {
    (operand(x, result), operand(y, result))
}

fn operand<T: Number>(x: &Obj, result: i8) -> Lanes<'_, T> {
    let from = x.tag().unsigned_abs() as i8;
    match unit(from, result) {
        Some(to) => Lanes::mapped(x, |wide| temporal::convert(from, to, wide)),
        None => Lanes::of(x),
    }
}

/// The temporal type an operand is converted to before it is computed with; `None` to take it as it is.
fn unit(from: i8, result: i8) -> Option<i8> {
    let to = match result {
        tag::KP if temporal::is_time(from) => tag::KN,
        tag::KP | tag::KZ if temporal::is_temporal(from) => result,
        tag::KN | tag::KU | tag::KV | tag::KT if temporal::is_time(from) => result,
        _ => return None,
    };
    (from != to).then_some(to)
}

macro_rules! arithmetic {
    ($(#[$doc:meta])* $name:ident, $results:ident, $method:ident, $right:expr) => {
        $(#[$doc])*
        ///
        /// # Errors
        /// `type`, `length`, `stack`.
        pub fn $name(x: &Obj, y: &Obj) -> R {
            if x.tag() == -tag::KJ && y.tag() == -tag::KJ {
                return Ok(Obj::long(x.get::<i64>().$method(y.get::<i64>())));
            }
            let pair = |x: &Obj, y: &Obj| {
                let result = $results.of(x.tag(), y.tag())?;
                in_result_type!(result, T => {
                    let (a, b) = operands::<T>(x, y, result);
                    Ok(zip(result, &a, &b, |a: T, b: T| a.$method(b)))
                })
            };
            binary_with(x, y, &Leaf { pair: &pair, right: &$right })
        }
    };
}

fn same(y: &Obj) -> R {
    Ok(y.clone())
}

arithmetic!(
    /// `x+y`
    add, ADD, add, same
);
arithmetic!(
    /// `x-y`
    subtract, SUBTRACT, sub, super::unary::neg
);
arithmetic!(
    /// `x*y`
    multiply, MULTIPLY, mul, same
);
arithmetic!(
    /// `x mod y`
    modulo, MOD, remainder, same
);

/// `x%y`, always a float.
///
/// # Errors
/// `type`, `length`, `stack`.
pub fn divide(x: &Obj, y: &Obj) -> R {
    floats(x, y, |a, b| a / b)
}

/// `x xexp y`
///
/// # Errors
/// `type`, `length`, `stack`.
pub fn xexp(x: &Obj, y: &Obj) -> R {
    floats(x, y, |a, b| if a.is_nan() || b.is_nan() { f64::NAN } else { a.powf(b) })
}

/// `x xlog y`: the logarithm of y to base x.
///
/// # Errors
/// `type`, `length`, `stack`.
pub fn xlog(x: &Obj, y: &Obj) -> R {
    floats(x, y, |a, b| b.ln() / a.ln())
}

fn floats(x: &Obj, y: &Obj, f: fn(f64, f64) -> f64) -> R {
    binary(x, y, &|x, y| {
        if !is_number(x.tag()) || !is_number(y.tag()) {
            return Err(QError::type_());
        }
        Ok(zip(tag::KF, &Lanes::of(x), &Lanes::of(y), f))
    })
}

/// `x div y`
///
/// # Errors
/// `type`, `length`, `stack`.
pub fn div(x: &Obj, y: &Obj) -> R {
    binary(x, y, &|x, y| {
        if !is_number(y.tag()) {
            return Err(QError::type_());
        }
        let result = DIV.of(x.tag())?;
        if has_fraction(x.tag()) || has_fraction(y.tag()) {
            let quotients = zip(tag::KF, &Lanes::of(x), &Lanes::of(y), f64::quotient);
            return Ok(in_result_type!(result, T => as_type::<T>(result, &quotients)));
        }
        let quotients = zip(tag::KJ, &Lanes::of(x), &Lanes::of(y), i64::quotient);
        Ok(in_result_type!(result, T => as_type::<T>(result, &quotients)))
    })
}

/// Elements of the same values as another type, without regard to units.
fn as_type<T: Number>(tag: i8, x: &Obj) -> Obj {
    map(tag, &Lanes::<T>::of(x), |a| a)
}

/// `x xbar y`: y rounded down to a multiple of x.
///
/// # Errors
/// `type`, `length`, `stack`.
pub fn xbar(x: &Obj, y: &Obj) -> R {
    binary(x, y, &|x, y| {
        let result = XBAR.of(x.tag(), y.tag())?;
        in_result_type!(result, T => {
            let (a, b) = (Lanes::of(x), Lanes::of(y));
            Ok(zip(result, &a, &b, |a: T, b: T| a.mul(b.quotient(a))))
        })
    })
}

/// Of each two numbers `a` and `b` the second where the condition holds, else the first.
macro_rules! second_where {
    ($x:ident, $y:ident, |$a:ident, $b:ident| $condition:expr) => {
        binary($x, $y, &|x, y| {
            let result = GREATER.of(x.tag(), y.tag())?;
            Ok(by_number!(result, T => {
                let (a, b) = common::<T>(x, y, result);
                zip(result, &a, &b, |$a: T, $b: T| if $condition { $b } else { $a })
            }))
        })
    };
}

/// `x&y`
///
/// # Errors
/// `type`, `length`, `stack`.
pub fn lesser(x: &Obj, y: &Obj) -> R {
    second_where!(x, y, |a, b| b.order(a).is_lt())
}

/// `x|y`
///
/// # Errors
/// `type`, `length`, `stack`.
pub fn greater(x: &Obj, y: &Obj) -> R {
    second_where!(x, y, |a, b| a.order(b).is_lt())
}

fn common<'a, T: Number>(x: &'a Obj, y: &'a Obj, result: i8) -> (Lanes<'a, T>, Lanes<'a, T>) {
    (as_unit(x, result), as_unit(y, result))
}

fn as_unit<T: Number>(x: &Obj, result: i8) -> Lanes<'_, T> {
    let from = x.tag().unsigned_abs() as i8;
    if from != result && temporal::is_temporal(from) && temporal::is_temporal(result) {
        Lanes::mapped(x, |wide| temporal::convert(from, result, wide))
    } else {
        Lanes::of(x)
    }
}

/// `x^y`: y with its nulls replaced by x.
///
/// # Errors
/// `type`, `length`, `stack`.
pub fn fill(x: &Obj, y: &Obj) -> R {
    binary(x, y, &|x, y| {
        let (a, b) = (x.tag().unsigned_abs() as i8, y.tag().unsigned_abs() as i8);
        match (a, b) {
            (tag::KS, tag::KS) => Ok(fill_same::<Symbol>(x, y)),
            (tag::UU, tag::UU) => Ok(fill_same::<[u8; 16]>(x, y)),
            _ => {
                let result = GREATER.of(a, b)?;
                Ok(by_number!(result, T => fill_numbers::<T>(x, y, result)))
            }
        }
    })
}

fn fill_same<T: Elem + Copy>(x: &Obj, y: &Obj) -> Obj {
    let pick = |i| if is_null_at(y, i) { element::<T>(x, i) } else { element::<T>(y, i) };
    if x.is_atom() && y.is_atom() {
        return Obj::atom(y.tag(), pick(0));
    }
    let (n, t) = if x.is_atom() { (y.len(), y.tag()) } else { (x.len(), x.tag()) };
    Obj::vector(t, (0..n).map(pick))
}

fn fill_numbers<T: Number>(x: &Obj, y: &Obj, result: i8) -> Obj {
    let (a, b) = common::<T>(x, y, result);
    let null = |b: T| match b.wide() {
        Wide::Int(n) => n == i64::NULL || (result == tag::KC && n == i64::from(b' ')),
        Wide::Float(f) => f.is_nan(),
    };
    zip(result, &a, &b, |a: T, b: T| if null(b) { a } else { b })
}
