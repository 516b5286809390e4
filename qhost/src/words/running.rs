//! Words whose result follows the list item by item: running totals, neighbours, moving windows.

use super::aggregate::{Bounded, is_null};
use super::arith;
use super::convert::{Lanes, by_number, fill, integer, is_null_at, is_number, is_simple};
use super::items::{by_simple, to_items};
use super::number::{Arithmetic, in_result_type};
use super::order::Comparable;
use super::promote::{GREATER, SUBTRACT, SUM};
use super::unary;
use kapi::error::{QError, R};
use kapi::object::{Elem, Null, Obj, tag};

/// Applies `vector` to simple vectors and `pair` along general lists; dictionaries by value, tables by column.
/// Atoms are returned as they are.
fn along(x: &Obj, vector: &dyn Fn(&Obj) -> R, pair: fn(&Obj, &Obj) -> R) -> R {
    match x.tag() {
        tag::LIST => {
            let mut results: Vec<Obj> = Vec::with_capacity(x.len());
            for item in x.items() {
                results.push(match results.last() {
                    Some(last) => pair(last, item)?,
                    None => item.clone(),
                });
            }
            Ok(Obj::from_items(results))
        }
        t if t < 0 => Ok(x.clone()),
        t if is_simple(t) => vector(x),
        _ => by_parts(x, &|part| along(part, vector, pair)),
    }
}

/// Applies `f` to the values of a dictionary or to the columns of a table.
fn by_parts(x: &Obj, f: &dyn Fn(&Obj) -> R) -> R {
    match x.tag() {
        tag::XD => {
            let (keys, values) = x.dict_parts();
            Ok(Obj::dict(keys.clone(), f(values)?))
        }
        tag::XT => {
            let (names, columns) = x.table_dict().dict_parts();
            let each: R<Vec<Obj>> = columns.items().iter().map(f).collect();
            Ok(Obj::table(Obj::dict(names.clone(), Obj::list(each?))))
        }
        _ => Err(QError::type_()),
    }
}

/// A vector of running values.
fn scan<T: Elem + Copy>(tag: i8, x: &[T], start: T, f: impl Fn(T, T) -> T) -> Obj {
    fill(tag, x.len(), |out: &mut [T]| {
        let mut last = start;
        out.iter_mut().zip(x).for_each(|(out, a)| {
            last = f(last, *a);
            *out = last;
        });
    })
}

/// The running totals of a vector by an operation that begins with this constant; nulls add nothing.
macro_rules! totals {
    ($x:ident, $start:ident, $operation:ident) => {{
        let result = SUM.of($x.tag())?;
        Ok(in_result_type!(result, T => {
            let next = |total: T, a: T| if a.is_null() { total } else { total.$operation(a) };
            scan(result, Lanes::<T>::of($x).as_slice(), T::$start, next)
        }))
    }};
}

/// `sums x`
///
/// # Errors
/// `type`, `length`.
pub fn sums(x: &Obj) -> R {
    along(x, &|x| totals!(x, ZERO, add), arith::add)
}

/// `prds x`
///
/// # Errors
/// `type`, `length`.
pub fn prds(x: &Obj) -> R {
    along(x, &|x| totals!(x, ONE, mul), arith::multiply)
}

/// The running extremes of a vector: from this constant on, what the one so far is in such an order to.
macro_rules! extremes {
    ($x:ident, $start:ident, $gives_way:ident) => {{
        let result = GREATER.of($x.tag(), $x.tag())?;
        Ok(by_number!(result, T => {
            let next = |last: T, a: T| if !is_null(a) && last.order(a).$gives_way() { a } else { last };
            scan(result, $x.slice::<T>(), T::$start, next)
        }))
    }};
}

/// `maxs x`
///
/// # Errors
/// `type`, `length`.
pub fn maxs(x: &Obj) -> R {
    along(x, &|x| extremes!(x, LEAST, is_lt), arith::greater)
}

/// `mins x`
///
/// # Errors
/// `type`, `length`.
pub fn mins(x: &Obj) -> R {
    along(x, &|x| extremes!(x, MOST, is_gt), arith::lesser)
}

/// `avgs x`
///
/// # Errors
/// `type`, `length`.
pub fn avgs(x: &Obj) -> R {
    if matches!(x.tag(), tag::XD | tag::XT) {
        return by_parts(x, &avgs);
    }
    if x.tag() < 0 {
        return super::aggregate::avg(x);
    }
    let counted = sums(&unary::not(&unary::null(x)?)?)?;
    arith::divide(&sums(x)?, &counted)
}

/// `fills x`: nulls replaced by the item before.
///
/// # Errors
/// `type`, `length`.
pub fn fills(x: &Obj) -> R {
    let vector = |x: &Obj| Ok(by_simple!(x.tag(), T => fill_forward::<T>(x)));
    along(x, &vector, arith::fill)
}

fn fill_forward<T: Elem + Copy>(x: &Obj) -> Obj {
    let items = x.slice::<T>();
    let mut last = None;
    let filled = (0..items.len()).map(|i| {
        if !is_null_at(x, i) {
            last = Some(items[i]);
        }
        last.unwrap_or(items[i])
    });
    Obj::vector(x.tag(), filled)
}

/// Applies `f` to each item and the one before it, `before` standing before the first.
fn with_previous(x: &Obj, before: &Obj, f: fn(&Obj, &Obj) -> R) -> R {
    let items = to_items(x);
    let mut results = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        results.push(f(item, if i == 0 { before } else { &items[i - 1] })?);
    }
    Ok(Obj::from_items(results))
}

/// `deltas x`
///
/// # Errors
/// `type`, `length`.
pub fn deltas(x: &Obj) -> R {
    match x.tag() {
        tag::XD | tag::XT => by_parts(x, &deltas),
        tag::LIST => with_previous(x, &Obj::long(0), arith::subtract),
        t if t > 0 && is_simple(t) => {
            let result = SUBTRACT.of(t, t)?;
            Ok(in_result_type!(result, T => {
                let all = Lanes::<T>::of(x);
                let all = all.as_slice();
                differences(result, all, |a: T, b: T| a.sub(b))
            }))
        }
        t if t < 0 => Ok(x.clone()),
        _ => Err(QError::type_()),
    }
}

fn differences<T: Elem + Copy>(tag: i8, x: &[T], f: impl Fn(T, T) -> T) -> Obj {
    fill(tag, x.len(), |out: &mut [T]| {
        out.iter_mut().enumerate().for_each(|(i, out)| *out = if i == 0 { x[0] } else { f(x[i], x[i - 1]) });
    })
}

/// `ratios x`
///
/// # Errors
/// `type`, `length`.
pub fn ratios(x: &Obj) -> R {
    match x.tag() {
        tag::XD | tag::XT => by_parts(x, &ratios),
        tag::LIST => with_previous(x, &Obj::long(1), arith::divide),
        t if t > 0 && is_number(t) => Ok(differences(tag::KF, Lanes::<f64>::of(x).as_slice(), |a, b| a / b)),
        t if t < 0 => Ok(x.clone()),
        _ => Err(QError::type_()),
    }
}

/// Applies an aggregate to the windows of `n` items that end at each item.
fn moving(n: &Obj, x: &Obj, f: &dyn Fn(&Obj) -> R) -> R {
    let n = integer(n).and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0).ok_or_else(QError::type_)?;
    match x.tag() {
        tag::XD | tag::XT => by_parts(x, &|part| moving(&Obj::long(n as i64), part, f)),
        t if t > 0 && is_number(t) => {
            let window = |i: usize| {
                let from = (i + 1).saturating_sub(n);
                f(&super::items::range(x, from, i + 1 - from))
            };
            let each: R<Vec<Obj>> = (0..x.len()).map(window).collect();
            Ok(Obj::from_items(each?))
        }
        _ => Err(QError::type_()),
    }
}

/// `n msum x`
///
/// # Errors
/// `type`.
pub fn msum(n: &Obj, x: &Obj) -> R {
    moving(n, x, &super::aggregate::sum)
}

/// `n mavg x`
///
/// # Errors
/// `type`.
pub fn mavg(n: &Obj, x: &Obj) -> R {
    moving(n, x, &super::aggregate::avg)
}

/// `n mmax x`
///
/// # Errors
/// `type`.
pub fn mmax(n: &Obj, x: &Obj) -> R {
    moving(n, x, &super::aggregate::max)
}

/// `n mcount x`: how many are not null.
///
/// # Errors
/// `type`.
pub fn mcount(n: &Obj, x: &Obj) -> R {
    msum(n, &unary::not(&unary::null(x)?)?)
}

/// `n mdev x`
///
/// # Errors
/// `type`.
pub fn mdev(n: &Obj, x: &Obj) -> R {
    moving(n, x, &super::aggregate::dev)
}
