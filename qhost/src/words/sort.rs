//! `asc desc iasc idesc rank xasc xdesc`.

use super::attribute::{SORTED, with_attribute};
use super::convert::is_simple;
use super::dict::named_columns;
use super::enumeration;
use super::items::{as_list, by_simple, gather, is_sequence, to_items};
use super::order::{Comparable, total};
use kapi::Symbol;
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};
use std::cmp::Ordering;

/// Positions of the items of a list in ascending order; equals keep their order.
fn grade(x: &Obj) -> Vec<usize> {
    if let (true, Ok(symbols)) = (enumeration::is_one(x), enumeration::values(x)) {
        return grade(&symbols);
    }
    let mut positions: Vec<usize> = (0..x.len()).collect();
    if is_simple(x.tag()) {
        by_simple!(x.tag(), T => {
            let items = x.slice::<T>();
            positions.sort_by(|&a, &b| items[a].order(items[b]));
        });
    } else if x.tag() == tag::XT {
        let columns = x.table_dict().dict_parts().1.items();
        positions.sort_by(|&a, &b| by_columns(columns, a, b));
    } else {
        let items = to_items(x);
        positions.sort_by(|&a, &b| by_type(&items[a], &items[b]));
    }
    positions
}

fn by_columns(columns: &[Obj], a: usize, b: usize) -> Ordering {
    let orders = columns.iter().map(|column| total(&column.index(a), &column.index(b)));
    orders.into_iter().find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
}

/// Mixed items sort by type, atoms and vectors of a type together, then by value.
fn by_type(x: &Obj, y: &Obj) -> Ordering {
    x.tag().unsigned_abs().cmp(&y.tag().unsigned_abs()).then_with(|| total(x, y))
}

/// The same in descending order; equals keep their order.
fn grade_down(x: &Obj) -> Vec<usize> {
    // A stable descending sort is the reversed ascending sort of the reversed list.
    let n = x.len();
    let backwards = gather(x, &(0..n).rev().collect::<Vec<_>>());
    grade(&backwards).into_iter().rev().map(|i| n - 1 - i).collect()
}

fn checked(x: &Obj) -> R<()> {
    if is_sequence(x) { Ok(()) } else { Err(QError::rank()) }
}

fn graded(x: &Obj, grade: fn(&Obj) -> Vec<usize>) -> R {
    checked(x)?;
    match x.tag() {
        tag::XD => {
            let (keys, values) = x.dict_parts();
            Ok(gather(keys, &grade(values)))
        }
        _ => Ok(Obj::vector(tag::KJ, grade(x).into_iter().map(|i| i as i64))),
    }
}

fn sorted(x: &Obj, grade: fn(&Obj) -> Vec<usize>) -> R {
    checked(x)?;
    match x.tag() {
        tag::XD => {
            let (keys, values) = x.dict_parts();
            let positions = grade(values);
            Ok(Obj::dict(gather(keys, &positions), gather(values, &positions)))
        }
        _ => Ok(gather(x, &grade(x))),
    }
}

/// A vector in ascending order, without the detour over positions.
fn sorted_vector(x: &Obj) -> Obj {
    by_simple!(x.tag(), T => {
        let mut items = x.slice::<T>().to_vec();
        items.sort_by(|a, b| a.order(*b));
        Obj::from_slice(x.tag(), &items)
    })
}

/// `iasc x`
///
/// # Errors
/// `rank` for atoms.
pub fn iasc(x: &Obj) -> R {
    graded(x, grade)
}

/// `idesc x`
///
/// # Errors
/// `rank` for atoms.
pub fn idesc(x: &Obj) -> R {
    graded(x, grade_down)
}

/// `asc x`: with the sorted attribute.
///
/// # Errors
/// `rank` for atoms.
pub fn asc(x: &Obj) -> R {
    let result = if is_simple(x.tag()) && x.tag() > 0 { sorted_vector(x) } else { sorted(x, grade)? };
    Ok(match result.tag() {
        tag::XD => {
            let (keys, values) = result.dict_parts();
            Obj::dict(keys.clone(), with_attribute(values.clone(), SORTED))
        }
        tag::XT => result,
        _ => with_attribute(result, SORTED),
    })
}

/// `desc x`
///
/// # Errors
/// `rank` for atoms.
pub fn desc(x: &Obj) -> R {
    sorted(x, grade_down)
}

/// `rank x`: the position of each item in the sorted list.
///
/// # Errors
/// `rank` for atoms.
pub fn rank(x: &Obj) -> R {
    iasc(&iasc(x)?)
}

/// `x xasc y`: the rows of table y by columns x.
///
/// # Errors
/// `type`, the name of a missing column.
pub fn xasc(x: &Obj, y: &Obj) -> R {
    by_named(x, y, grade)
}

/// `x xdesc y`
///
/// # Errors
/// `type`, the name of a missing column.
pub fn xdesc(x: &Obj, y: &Obj) -> R {
    by_named(x, y, grade_down)
}

fn by_named(x: &Obj, y: &Obj, grade: fn(&Obj) -> Vec<usize>) -> R {
    let names = as_list(x);
    if names.tag() != tag::KS {
        return Err(QError::type_());
    }
    let columns = named_columns(y, names.slice::<Symbol>())?;
    let key = Obj::table(Obj::dict(names, Obj::list(columns)));
    Ok(gather(y, &grade(&key)))
}
