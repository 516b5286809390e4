//! Searching and indexing: `? in within bin binr`, list and dictionary lookup.

use super::atomic::inside;
use super::compare;
use super::convert::{is_number, is_simple, whole, wholes};
use super::enumeration;
use super::hash::Bits;
use super::items::{as_list, by_simple, gather, to_items};
use super::order::{Comparable, position_in, scan, total};
use crate::state::stack;
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::cmp::Ordering;

/// `x?y` for lists, dictionaries and tables on the left.
///
/// # Errors
/// `type`.
pub fn find(x: &Obj, y: &Obj) -> R {
    let (x, y) = (&*enumeration::plain(x)?, &*enumeration::plain(y)?);
    match x.tag() {
        tag::XD => {
            let (keys, values) = x.dict_parts();
            at_positions(keys, &find(values, y)?)
        }
        tag::XT => find_rows(x, y),
        0 => find_in_general(x, y),
        t if is_simple(t) && t > 0 => find_in_vector(x, y),
        _ => Err(QError::type_()),
    }
}

/// The items of `x` at what [`find`] has found, whatever shape that has.
fn at_positions(x: &Obj, found: &Obj) -> R {
    by_position(x, found, &|part| at_positions(x, part))
}

/// The item or items of `x` at a number or numbers; of a list or dictionary of anything else, what `part` gives for each.
///
/// # Errors
/// `type` when `i` is none of these; `stack`; those of `part`.
pub fn by_position(x: &Obj, i: &Obj, part: &dyn Fn(&Obj) -> R) -> R {
    if let Some(n) = whole(i) {
        return Ok(x.index(n));
    }
    match wholes(i) {
        Some(all) => Ok(gather(x, &all)),
        None => inside(i, part),
    }
}

fn found(x: &Obj, position: Option<usize>) -> Obj {
    Obj::long(position.unwrap_or(x.len()) as i64)
}

fn find_in_vector(x: &Obj, y: &Obj) -> R {
    if y.tag() == -x.tag() {
        return Ok(found(x, position_in(x, y)));
    }
    if y.tag() == x.tag() {
        return Ok(find_many(x, y));
    }
    match y.tag() {
        tag::LIST | tag::XD => inside(y, &|item| find(x, item)),
        _ => Err(QError::type_()),
    }
}

/// Positions of the elements of one vector in another of its type.
fn find_many(x: &Obj, y: &Obj) -> Obj {
    by_simple!(x.tag(), T => {
        let (x, y) = (x.slice::<T>(), y.slice::<T>());
        let positions = if x.len() <= FEW || y.len() <= FEW { find_each(x, y) } else { find_hashed(x, y) };
        Obj::from_slice(tag::KJ, &positions)
    })
}

/// Up to this many elements are compared one by one; more are worth a hash table.
const FEW: usize = 8;

fn find_each<T: Comparable>(x: &[T], y: &[T]) -> Vec<i64> {
    y.iter().map(|wanted| scan(x, *wanted).unwrap_or(x.len()) as i64).collect()
}

/// Numbers the distinct elements of y, then walks x until all of them are found.
fn find_hashed<T: Bits>(x: &[T], y: &[T]) -> Vec<i64> {
    let mut numbers: FxHashMap<u128, usize> = FxHashMap::default();
    let of_y: Vec<usize> = y
        .iter()
        .map(|e| {
            let next = numbers.len();
            *numbers.entry(e.bits()).or_insert(next)
        })
        .collect();
    let mut found = vec![x.len() as i64; numbers.len()];
    let mut missing = numbers.len();
    for (i, e) in x.iter().enumerate() {
        if missing == 0 {
            break;
        }
        if let Some(&number) = numbers.get(&e.bits())
            && found[number] == x.len() as i64
        {
            found[number] = i as i64;
            missing -= 1;
        }
    }
    of_y.into_iter().map(|number| found[number]).collect()
}

/// How deep the first items of a value nest: 0 for atoms, 1 for vectors.
fn depth(x: &Obj) -> usize {
    let mut x = x.clone();
    let mut depth = 0;
    while x.is_list() {
        depth += 1;
        if x.tag() != tag::LIST || x.is_empty() {
            break;
        }
        x = x.index(0);
    }
    depth
}

/// A general list is searched for items as deep as its first one: y itself, or its items.
fn find_in_general(x: &Obj, y: &Obj) -> R {
    match depth(y).cmp(&depth(&x.index(0))) {
        Ordering::Less => Ok(found(x, None)),
        Ordering::Equal => Ok(found(x, position_in(x, y))),
        Ordering::Greater if y.is_empty() => Ok(Obj::zeroed(tag::KJ, 0)),
        Ordering::Greater => {
            stack::check()?;
            let each: R<Vec<Obj>> = to_items(y).iter().map(|item| find_in_general(x, item)).collect();
            Ok(Obj::from_items(each?))
        }
    }
}

/// A table whose enumerations are symbols; anything else as it is.
fn with_symbols(t: &Obj) -> R {
    if t.tag() != tag::XT {
        return enumeration::plain(t).map(Cow::into_owned);
    }
    let (names, columns) = t.table_dict().dict_parts();
    let columns = columns.items().iter().map(with_symbols).collect::<R<Vec<_>>>()?;
    Ok(Obj::table(Obj::dict(names.clone(), Obj::list(columns))))
}

fn find_rows(x: &Obj, y: &Obj) -> R {
    let (x, y) = (&with_symbols(x)?, &with_symbols(y)?);
    let names = x.table_dict().dict_parts().0;
    match y.tag() {
        tag::XT => {
            let each = (0..y.len()).map(|i| position_in(x, &y.index(i)).unwrap_or(x.len()) as i64);
            Ok(Obj::vector(tag::KJ, each))
        }
        tag::XD => Ok(found(x, position_in(x, y))),
        // The value of the only key of a keyed table, or a list of all.
        _ if y.tag() < 0 && names.len() == 1 => find_rows(x, &as_list(y)),
        _ if y.is_list() && y.len() == names.len() => {
            Ok(found(x, position_in(x, &Obj::dict(names.clone(), y.clone()))))
        }
        _ => Err(QError::type_()),
    }
}

/// `x in y`
///
/// # Errors
/// `type`.
pub fn is_in(x: &Obj, y: &Obj) -> R {
    let (x, y) = (&*enumeration::plain(x)?, &*enumeration::plain(y)?);
    let list = as_list(y);
    if list.tag() == tag::LIST && (x.tag() >= 0 || is_simple(x.tag())) {
        return in_general(x, &list);
    }
    if list.len() == 1 && is_number(list.tag()) && is_number(x.tag()) {
        return compare::equal(x, &list.index(0));
    }
    flags(&find(&list, x)?, list.len() as i64)
}

fn in_general(x: &Obj, list: &Obj) -> R {
    flags(&find_in_general(list, x)?, list.len() as i64)
}

/// Which of the positions are inside a list of `n` items.
fn flags(positions: &Obj, n: i64) -> R {
    compare::less(positions, &Obj::long(n))
}

/// `x within y`: inside the inclusive bounds.
///
/// # Errors
/// `type`, `length`.
pub fn within(x: &Obj, y: &Obj) -> R {
    if y.tag() < 0 || y.len() != 2 {
        return Err(QError::length());
    }
    let (low, high) = (y.index(0), y.index(1));
    super::arith::lesser(&compare::at_least(x, &low)?, &compare::up_to(x, &high)?)
}

/// `x bin y`: the last position of x whose item is not above y, -1 when there is none.
///
/// # Errors
/// `type`.
pub fn bin(x: &Obj, y: &Obj) -> R {
    search_sorted(x, y, |x, y| partition(x, |item| total(item, y).is_le()) - 1)
}

/// `x binr y`: the first position of x whose item is not below y.
///
/// # Errors
/// `type`.
pub fn binr(x: &Obj, y: &Obj) -> R {
    search_sorted(x, y, |x, y| partition(x, |item| total(item, y).is_lt()))
}

fn search_sorted(x: &Obj, y: &Obj, search: fn(&Obj, &Obj) -> i64) -> R {
    if !x.is_list() {
        return Err(QError::type_());
    }
    if is_simple(x.tag()) && y.tag().unsigned_abs() != x.tag().unsigned_abs() {
        return Err(QError::type_());
    }
    if y.tag() < 0 {
        return Ok(Obj::long(search(x, y)));
    }
    Ok(Obj::vector(tag::KJ, (0..y.len()).map(|i| search(x, &y.index(i)))))
}

/// How many items from the front on satisfy a condition that holds up to some point.
fn partition(x: &Obj, holds: impl Fn(&Obj) -> bool) -> i64 {
    let (mut low, mut high) = (0, x.len());
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(&x.index(middle)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low as i64
}
