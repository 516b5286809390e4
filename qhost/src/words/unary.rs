//! Atomic functions of one argument: signs, rounding, roots and logarithms, trigonometry, `not`, `null`.

use super::atomic::unary;
use super::convert::{Lanes, Wide, by_number, fill, is_null_at, is_number, is_simple, map};
use super::promote::{FLOOR, NEG};
use crate::state::stack;
use kapi::error::{QError, R};
use kapi::object::{Null, Obj, tag};

/// Applies a function of numbers in the type a table of results names.
fn in_type(x: &Obj, result: i8, int: impl Fn(i64) -> i64, float: impl Fn(f64) -> f64) -> Obj {
    let apply = |wide| match wide {
        Wide::Int(i64::NULL) => wide,
        Wide::Int(n) => Wide::Int(int(n)),
        Wide::Float(f) => Wide::Float(float(f)),
    };
    by_number!(result, T => map(result, &Lanes::<T>::mapped(x, apply), |a| a))
}

/// `neg x`
///
/// # Errors
/// `type`, `stack`.
pub fn neg(x: &Obj) -> R {
    if x.tag() == -tag::KJ {
        return Ok(Obj::long(x.get::<i64>().wrapping_neg()));
    }
    unary(x, &|x| Ok(in_type(x, NEG.of(x.tag())?, i64::wrapping_neg, |f| -f)))
}

/// `abs x`
///
/// # Errors
/// `type`, `stack`.
pub fn abs(x: &Obj) -> R {
    unary(x, &|x| Ok(in_type(x, NEG.of(x.tag())?, i64::wrapping_abs, f64::abs)))
}

/// `floor x`
///
/// # Errors
/// `type`, `stack`.
pub fn floor(x: &Obj) -> R {
    unary(x, &|x| match x.tag().unsigned_abs() as i8 {
        tag::KC | tag::KS => super::string::lower(x),
        _ => round_with(x, f64::floor),
    })
}

/// `ceiling x`
///
/// # Errors
/// `type`, `stack`.
pub fn ceiling(x: &Obj) -> R {
    unary(x, &|x| round_with(x, f64::ceil))
}

fn round_with(x: &Obj, round: fn(f64) -> f64) -> R {
    Ok(in_type(x, FLOOR.of(x.tag())?, |n| n, round))
}

/// `signum x`: an int; -1 for nulls.
///
/// # Errors
/// `type`, `stack`.
pub fn signum(x: &Obj) -> R {
    let sign = |wide| match wide {
        Wide::Int(n) => Wide::Int(n.signum()),
        Wide::Float(f) if f.is_nan() => Wide::Int(-1),
        Wide::Float(f) => Wide::Int(i64::from(f > 0.0) - i64::from(f < 0.0)),
    };
    unary(x, &|x| {
        if !is_number(x.tag()) {
            return Err(QError::type_());
        }
        Ok(map(tag::KI, &Lanes::<i32>::mapped(x, sign), |a| a))
    })
}

macro_rules! float_functions {
    ($($(#[$doc:meta])* $name:ident = $f:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// `type`, `stack`.
        pub fn $name(x: &Obj) -> R {
            unary(x, &|x| {
                if !is_number(x.tag()) {
                    return Err(QError::type_());
                }
                Ok(map(tag::KF, &Lanes::<f64>::of(x), $f))
            })
        }
    )*};
}

float_functions! {
    /// `sqrt x`
    sqrt = f64::sqrt;
    /// `exp x`
    exp = f64::exp;
    /// `log x`
    log = f64::ln;
    /// `sin x`
    sin = f64::sin;
    /// `cos x`
    cos = f64::cos;
    /// `tan x`
    tan = f64::tan;
    /// `asin x`
    asin = f64::asin;
    /// `acos x`
    acos = f64::acos;
    /// `atan x`
    atan = f64::atan;
    /// `reciprocal x`
    reciprocal = |f: f64| 1.0 / f;
}

/// `not x`
///
/// # Errors
/// `type`, `stack`.
pub fn not(x: &Obj) -> R {
    unary(x, &|x| {
        if !is_number(x.tag()) {
            return Err(QError::type_());
        }
        let zero = |wide| match wide {
            Wide::Int(n) => Wide::Int((n == 0).into()),
            Wide::Float(f) => Wide::Int((f == 0.0).into()),
        };
        Ok(map(tag::KB, &Lanes::<u8>::mapped(x, zero), |a| a))
    })
}

/// `null x`
///
/// # Errors
/// `stack`.
pub fn null(x: &Obj) -> R {
    if !is_simple(x.tag()) && x.tag() >= tag::LAMBDA {
        return Ok(Obj::bool(x.tag() == tag::UNARY && x.get::<i64>() == 0));
    }
    unary_or_function(x)
}

fn unary_or_function(x: &Obj) -> R {
    if x.tag() == tag::LIST {
        stack::check()?;
        let items: R<Vec<Obj>> = x.items().iter().map(null).collect();
        return Ok(Obj::from_items(items?));
    }
    unary(x, &|x| {
        if x.is_atom() {
            return Ok(Obj::bool(is_null_at(x, 0)));
        }
        Ok(fill(tag::KB, x.len(), |out: &mut [u8]| {
            out.iter_mut().enumerate().for_each(|(i, out)| *out = is_null_at(x, i).into());
        }))
    })
}
