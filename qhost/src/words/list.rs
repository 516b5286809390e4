//! Words that build and cut lists: `til enlist , # _ cut sublist rotate reverse raze flip` and their kin.

use super::convert::{self, fill, integer, integers};
use super::items::{
    as_list, checked_count, collapse, concat, filled, gather, is_sequence, range, repeat, room_for, to_items,
};
use super::{dict, enumeration};
use crate::state::stack;
use crate::words::index;
use kapi::error::{QError, R};
use kapi::object::{Null, Obj, tag};

/// `til n`
///
/// # Errors
/// `type`, `domain` for a negative count, `limit`.
pub fn til(x: &Obj) -> R {
    let n = checked_count(integer(x).ok_or_else(QError::type_)?)?;
    Ok(fill(tag::KJ, n, |out: &mut [i64]| {
        out.iter_mut().zip(0..).for_each(|(out, i)| *out = i);
    }))
}

/// `count x`
///
/// # Errors
/// None.
pub fn count(x: &Obj) -> R {
    Ok(Obj::long(x.len() as i64))
}

/// `first x`: of an empty list its null.
///
/// # Errors
/// None.
pub fn first(x: &Obj) -> R {
    Ok(x.index(0))
}

/// `last x`: of an empty list its null.
///
/// # Errors
/// None.
pub fn last(x: &Obj) -> R {
    Ok(x.index(x.len().saturating_sub(1)))
}

/// `reverse x`
///
/// # Errors
/// None.
pub fn reverse(x: &Obj) -> R {
    let backwards: Vec<usize> = (0..x.len()).rev().collect();
    Ok(if is_sequence(x) { gather(x, &backwards) } else { x.clone() })
}

/// `enlist[x;y;...]`: a list of the arguments.
///
/// # Errors
/// None.
pub fn enlist(args: &[Obj]) -> R {
    Ok(Obj::from_items(args.to_vec()))
}

/// `x,y`
///
/// # Errors
/// `type` for a dictionary with something else, `mismatch` for tables of other columns.
pub fn join(x: &Obj, y: &Obj) -> R {
    match (x.tag(), y.tag()) {
        (tag::XD, tag::XD) => dict::upsert(x, y),
        (tag::XT, tag::XT) => dict::join_tables(x, y),
        (tag::XT, tag::XD) => dict::join_tables(x, &as_row(y)?),
        (tag::XT, 0) if y.is_empty() => Ok(x.clone()),
        (0, tag::XT) if x.is_empty() => Ok(y.clone()),
        (tag::XD | tag::XT, 0) if y.is_empty() => Ok(x.clone()),
        (0, tag::XD) => Ok(concat(x, &Obj::list(vec![y.clone()]))),
        (tag::XD | tag::XT, _) | (_, tag::XD | tag::XT) => Err(QError::type_()),
        // Symbols take an enumeration in as symbols; so do enumerations those of another domain.
        (a, b)
            if tag::is_enum(a) != tag::is_enum(b)
                || tag::is_enum(a) && a.unsigned_abs() != b.unsigned_abs() =>
        {
            let are_symbols = |z: &Obj| z.tag().unsigned_abs() == tag::KS as u8 || enumeration::is_one(z);
            match are_symbols(x) && are_symbols(y) {
                true => Ok(concat(&*enumeration::plain(x)?, &*enumeration::plain(y)?)),
                false => Ok(concat(x, y)),
            }
        }
        _ => Ok(concat(x, y)),
    }
}

fn as_row(dictionary: &Obj) -> R {
    match Obj::from_items(vec![dictionary.clone()]) {
        row if row.tag() == tag::XT => Ok(row),
        _ => Err(QError::type_()),
    }
}

/// `raze x`: the items joined.
///
/// # Errors
/// As [`join`].
pub fn raze(x: &Obj) -> R {
    match x.tag() {
        tag::LIST => raze_items(x.items()),
        tag::XD => raze(x.dict_parts().1),
        _ => Ok(as_list(x)),
    }
}

fn raze_items(items: &[Obj]) -> R {
    let Some((head, rest)) = items.split_first() else { return Ok(Obj::list(vec![])) };
    // Vectors of one type are the common case, and joining them pair by pair would copy each many times.
    let t = head.tag().unsigned_abs() as i8;
    let simple = convert::is_simple(t) && t != 0;
    if simple && rest.iter().all(|item| item.tag().unsigned_abs() as i8 == t) {
        return Ok(super::items::by_simple!(t, T => {
            let parts = items.iter().map(convert::Lanes::<T>::same);
            Obj::vector(t, parts.flat_map(|part| part.as_slice().to_vec()))
        }));
    }
    let mut all = as_list(head);
    for item in rest {
        all = join(&all, item)?;
    }
    Ok(all)
}

/// `x#y`: take, reshape, select keys or columns, or set an attribute.
///
/// # Errors
/// `type`, `domain`, `limit`, `length`.
pub fn take(x: &Obj, y: &Obj) -> R {
    match x.tag() {
        _ if integer(x).is_some() => take_count(integer(x).unwrap_or(0), y),
        -11 if !matches!(y.tag(), tag::XD | tag::XT) => super::attribute::set(x, y),
        -11 if super::attribute::is_name(x.get()) => Err(QError::nyi("attribute of a dictionary or table")),
        -11 | tag::KS if matches!(y.tag(), tag::XD | tag::XT) => dict::take_keys(&as_list(x), y),
        _ if y.tag() == tag::XD && (x.is_list() || x.tag() == tag::XT) => dict::take_keys(x, y),
        1..=7 if x.tag() != tag::UU => reshape(x, y),
        _ => Err(QError::type_()),
    }
}

fn take_count(n: i64, y: &Obj) -> R {
    if n == i64::NULL {
        return Err(QError::domain());
    }
    let size = checked_count(n.checked_abs().ok_or_else(QError::limit)?)?;
    let have = y.len();
    if !is_sequence(y) {
        return repeat(y, size);
    }
    if size <= have {
        return Ok(range(y, if n < 0 { have - size } else { 0 }, size));
    }
    if have == 0 {
        return Ok(gather(y, &filled(usize::MAX, size)?));
    }
    let start = if n < 0 { have - size % have } else { 0 };
    let mut positions = room_for(size)?;
    positions.extend((0..size).map(|i| (start + i) % have));
    Ok(gather(y, &positions))
}

/// `2 3#y`; a null in a pair makes that dimension as long as it can be.
fn reshape(x: &Obj, y: &Obj) -> R {
    let shape = integers(x).ok_or_else(QError::type_)?.as_slice().to_vec();
    match shape[..] {
        [] => Err(QError::length()),
        [rows, i64::NULL] if rows > 0 => deal_rows(rows as usize, &as_list(y)),
        [i64::NULL, width] if width > 0 => cut_every(width as usize, &as_list(y)),
        _ if shape.iter().any(|n| *n < 0) => Err(QError::domain()),
        _ => {
            let total = shape.iter().try_fold(1i64, |product, n| product.checked_mul(*n));
            checked_count(total.ok_or_else(QError::limit)?)?;
            let counts: Vec<usize> = shape.iter().map(|n| *n as usize).collect();
            let size: usize = counts.iter().product();
            let flat = take_count(size as i64, &as_list(y))?;
            nest(&counts, &flat)
        }
    }
}

fn nest(shape: &[usize], flat: &Obj) -> R {
    stack::check()?;
    let [rows, inner @ ..] = shape else { return Ok(flat.clone()) };
    if inner.is_empty() {
        return Ok(flat.clone());
    }
    let size: usize = inner.iter().product();
    let mut items = room_for(*rows)?;
    for i in 0..*rows {
        items.push(nest(inner, &range(flat, i * size, size))?);
    }
    Ok(Obj::list(items))
}

/// `rows` lists whose lengths differ by one at most.
fn deal_rows(rows: usize, y: &Obj) -> R {
    let n = y.len();
    let at = |i: usize| (i as u128 * n as u128 / rows as u128) as usize;
    let mut items = room_for(rows)?;
    items.extend((0..rows).map(|i| range(y, at(i), at(i + 1) - at(i))));
    Ok(Obj::list(items))
}

fn cut_every(width: usize, y: &Obj) -> R {
    Ok(Obj::list((0..y.len()).step_by(width).map(|i| range(y, i, width)).collect()))
}

/// `x _ y`: drop, cut, or remove a key.
///
/// # Errors
/// `type`, `domain`, `length`.
pub fn drop(x: &Obj, y: &Obj) -> R {
    match (x.tag(), y.tag()) {
        (tag::XD, _) => dict::drop_keys(&as_list(y), x),
        (-11 | tag::KS, tag::XD) => dict::drop_keys(&as_list(x), y),
        (tag::KS, tag::XT) => dict::drop_columns(x, y),
        (1.., tag::XD) => dict::drop_keys(x, y),
        _ if integer(x).is_some() => Ok(drop_count(integer(x).unwrap_or(0), y)),
        _ if integer(y).is_some() && x.is_list() => Ok(drop_at(x, integer(y).unwrap_or(-1))),
        (t, _) if t >= 0 && integers(x).is_some() => cut_at(x, y),
        _ => Err(QError::type_()),
    }
}

fn drop_count(n: i64, y: &Obj) -> Obj {
    let have = y.len();
    if !is_sequence(y) {
        return y.clone();
    }
    let size = usize::try_from(n.unsigned_abs()).unwrap_or(usize::MAX).min(have);
    range(y, if n < 0 { 0 } else { size }, have - size)
}

fn drop_at(x: &Obj, position: i64) -> Obj {
    if position < 0 || position as usize >= x.len() {
        return x.clone();
    }
    super::items::gather_where(x, |i| i != position as usize)
}

fn cut_at(x: &Obj, y: &Obj) -> R {
    if !is_sequence(y) {
        return Err(QError::type_());
    }
    let starts = integers(x).ok_or_else(QError::type_)?.as_slice().to_vec();
    let ends = starts.iter().skip(1).copied().chain([y.len() as i64]);
    let mut pieces = Vec::with_capacity(starts.len());
    for (&start, end) in starts.iter().zip(ends) {
        if start < 0 || start > end {
            return Err(QError::domain());
        }
        if start as usize > y.len() {
            return Err(QError::length());
        }
        pieces.push(range(y, start as usize, (end - start) as usize));
    }
    Ok(Obj::list(pieces))
}

/// `x cut y`: pieces of x items; a list of positions cuts as `_` does.
///
/// # Errors
/// As [`drop`].
pub fn cut(x: &Obj, y: &Obj) -> R {
    match integer(x) {
        Some(n) if n > 0 && is_sequence(y) => cut_every(n as usize, y),
        Some(n) if n <= 0 => Err(QError::domain()),
        _ => cut_at(x, y),
    }
}

/// `x sublist y`: as take, but never more than there is.
///
/// # Errors
/// `type`, `length`.
pub fn sublist(x: &Obj, y: &Obj) -> R {
    let have = y.len() as i64;
    let (from, n) = match (integer(x), integers(x)) {
        (Some(n), _) if n < 0 => ((have.saturating_add(n)).max(0), n.saturating_neg()),
        (Some(n), _) => (0, n),
        (None, Some(pair)) => match pair.as_slice() {
            [from, n] => (*from, *n),
            _ => return Err(QError::length()),
        },
        _ => return Err(QError::type_()),
    };
    // A start before the list shortens the piece.
    let n = (n + from.min(0)).max(0) as usize;
    Ok(range(y, from.max(0) as usize, n))
}

/// `x rotate y`
///
/// # Errors
/// `type`.
pub fn rotate(x: &Obj, y: &Obj) -> R {
    let n = integer(x).ok_or_else(QError::type_)?;
    if !(y.is_list() || y.tag() == tag::XT) {
        return Err(QError::type_());
    }
    let have = y.len();
    if have == 0 {
        return Ok(y.clone());
    }
    let start = n.rem_euclid(have as i64) as usize;
    Ok(gather(y, &(0..have).map(|i| (start + i) % have).collect::<Vec<_>>()))
}

/// `flip x`: a list of lists transposed, a column dictionary as a table, a table as a dictionary.
///
/// # Errors
/// `rank` without a list in the list, `length`, `type`.
pub fn flip(x: &Obj) -> R {
    match x.tag() {
        tag::XT => Ok(x.table_dict().clone()),
        tag::XD => dict::to_table(x),
        tag::LIST => transpose(x.items()),
        _ => Err(QError::rank()),
    }
}

fn transpose(rows: &[Obj]) -> R {
    let mut lengths = rows.iter().filter(|row| row.is_list()).map(Obj::len);
    let n = lengths.next().ok_or_else(QError::rank)?;
    if lengths.any(|other| other != n) {
        return Err(QError::length());
    }
    let item = |row: &Obj, i| if row.is_list() { row.index(i) } else { row.clone() };
    let column = |i| Obj::from_items(rows.iter().map(|row| item(row, i)).collect());
    Ok(Obj::list((0..n).map(column).collect()))
}

/// `where x`: positions, each as often as its item says; keys of a dictionary.
///
/// # Errors
/// `type`, `domain`, `limit`.
pub fn positions_where(x: &Obj) -> R {
    if x.tag() == tag::XD {
        let (keys, values) = x.dict_parts();
        return index::at(keys, &positions_where(values)?);
    }
    if x.tag() == tag::KB {
        let ones = x.slice::<u8>().iter().zip(0i64..).filter(|(b, _)| **b != 0);
        return Ok(Obj::vector(tag::KJ, ones.map(|(_, i)| i)));
    }
    if x.tag() == tag::LIST && x.is_empty() {
        return Ok(Obj::zeroed(tag::KJ, 0));
    }
    let counts = integers(x).filter(|_| x.is_list()).ok_or_else(QError::type_)?;
    let counts = counts.as_slice();
    if counts.iter().any(|n| *n < 0) {
        return Err(QError::domain());
    }
    let total = counts.iter().fold(0i64, |sum, n| sum.saturating_add(*n));
    let mut positions = room_for(checked_count(total)?)?;
    for (n, i) in counts.iter().zip(0i64..) {
        positions.extend(std::iter::repeat_n(i, *n as usize));
    }
    Ok(Obj::from_slice(tag::KJ, &positions))
}

/// `x cross y`: every item of x joined to every item of y.
///
/// # Errors
/// As [`join`].
pub fn cross(x: &Obj, y: &Obj) -> R {
    let mut pairs = room_for(x.len().saturating_mul(y.len()))?;
    for a in to_items(&as_list(x)) {
        for b in to_items(&as_list(y)) {
            pairs.push(join(&a, &b)?);
        }
    }
    Ok(Obj::from_items(pairs))
}

/// `x prev` and `next`: the list moved by n places, nulls where nothing moves in.
fn shift(x: &Obj, n: i64) -> R {
    if !(x.is_list() || matches!(x.tag(), tag::XT | tag::XD)) {
        return Err(QError::rank());
    }
    let have = x.len() as i64;
    let from = |i: i64| usize::try_from(i.saturating_sub(n)).unwrap_or(usize::MAX);
    let positions: Vec<usize> = (0..have).map(from).collect();
    if x.tag() == tag::XD {
        let (keys, values) = x.dict_parts();
        return Ok(Obj::dict(keys.clone(), gather(values, &positions)));
    }
    Ok(collapse(gather(x, &positions)))
}

/// `prev x`
///
/// # Errors
/// `rank` for atoms.
pub fn prev(x: &Obj) -> R {
    shift(x, 1)
}

/// `next x`
///
/// # Errors
/// `rank` for atoms.
pub fn next(x: &Obj) -> R {
    shift(x, -1)
}

/// `n xprev x`
///
/// # Errors
/// `type`, `rank`.
pub fn xprev(n: &Obj, x: &Obj) -> R {
    shift(x, integer(n).ok_or_else(QError::type_)?)
}
