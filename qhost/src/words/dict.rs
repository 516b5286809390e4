//! Dictionaries and tables: keys and values, joining, columns.

use super::hash::Positions;
use super::items::{as_list, concat, gather, range, repeat, to_items};
use super::order::position_in;
use super::search::find;
use crate::words::index;
use kapi::Symbol;
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};

/// A dictionary from keys to values; atoms on either side make it one pair.
///
/// # Errors
/// `length`, `type`.
pub fn make(x: &Obj, y: &Obj) -> R {
    match (x.tag() < 0, y.tag() < 0) {
        // Two atoms would have to be an enumeration.
        (true, true) => Err(QError::type_()),
        (true, false) if x.tag() == -tag::KS && y.tag() == tag::XT => Err(QError::nyi("enumeration")),
        _ if !is_list_or_table(x) || !(is_list_or_table(y) || y.tag() < 0) => Err(QError::type_()),
        (false, true) => Ok(Obj::dict(x.clone(), repeat(y, x.len())?)),
        _ if x.len() == y.len() => Ok(Obj::dict(x.clone(), y.clone())),
        _ => Err(QError::length()),
    }
}

fn is_list_or_table(x: &Obj) -> bool {
    x.is_list() || x.tag() == tag::XT
}

/// Is it a keyed table?
pub fn is_keyed(x: &Obj) -> bool {
    x.tag() == tag::XD && x.dict_parts().0.tag() == tag::XT && x.dict_parts().1.tag() == tag::XT
}

/// The first `n` columns of a table made its key.
pub fn key_table(n: usize, x: &Obj) -> R {
    let columns = x.table_dict();
    if n >= columns.len() {
        return Err(QError::length());
    }
    let part = |from, n| Obj::table(range(columns, from, n));
    Ok(Obj::dict(part(0, n), part(n, columns.len() - n)))
}

/// A keyed table without its key.
pub fn unkey(x: &Obj) -> R {
    if x.tag() == tag::XT {
        return Ok(x.clone());
    }
    if !is_keyed(x) {
        return Err(QError::type_());
    }
    let (keys, values) = x.dict_parts();
    let ((a, b), (c, d)) = (keys.table_dict().dict_parts(), values.table_dict().dict_parts());
    Ok(Obj::table(Obj::dict(concat(a, c), concat(b, d))))
}

/// A table from a dictionary of columns; atoms are repeated.
///
/// # Errors
/// `type` for keys that are no symbols, `rank` when all values are atoms, `length`.
pub fn to_table(x: &Obj) -> R {
    let (names, columns) = x.dict_parts();
    if is_keyed(x) {
        return Err(QError::nyi("flip of a keyed table"));
    }
    if names.tag() != tag::KS {
        return Err(QError::type_());
    }
    let columns = to_items(columns);
    let rows = columns.iter().find(|c| c.is_list()).map(Obj::len).ok_or_else(QError::rank)?;
    let full = |c: &Obj| match c {
        c if c.is_list() && c.len() != rows => Err(QError::length()),
        c if c.is_list() => Ok(c.clone()),
        c => repeat(c, rows),
    };
    let columns: R<Vec<Obj>> = columns.iter().map(full).collect();
    Ok(Obj::table(Obj::dict(names.clone(), Obj::list(columns?))))
}

/// `x,y` of dictionaries: y's values for y's keys, new keys at the end.
///
/// # Errors
/// As `,`.
pub fn upsert(x: &Obj, y: &Obj) -> R {
    let ((keys, values), (others, news)) = (x.dict_parts(), y.dict_parts());
    if values.tag() == tag::XT && news.tag() == tag::XT {
        return upsert_rows(x, y);
    }
    let known = Positions::of(keys);
    let mut result = to_items(values);
    let mut extra = Vec::new();
    for j in 0..others.len() {
        match known.find(&others.index(j)) {
            Some(i) => result[i] = news.index(j),
            None => extra.push(j),
        }
    }
    result.extend(extra.iter().map(|&j| news.index(j)));
    let keys = concat(keys, &gather(others, &extra));
    let values = if result.is_empty() { values.clone() } else { Obj::from_items(result) };
    Ok(Obj::dict(keys, values))
}

fn upsert_rows(x: &Obj, y: &Obj) -> R {
    let ((keys, values), (others, news)) = (x.dict_parts(), y.dict_parts());
    let known = Positions::of(keys);
    let mut from: Vec<usize> = (0..values.len()).collect();
    let mut extra = Vec::new();
    for j in 0..others.len() {
        match known.find(&others.index(j)) {
            Some(i) => from[i] = values.len() + j,
            None => extra.push(j),
        }
    }
    from.extend(extra.iter().map(|j| values.len() + j));
    let all = join_tables(values, news)?;
    Ok(Obj::dict(join_tables(keys, &gather(others, &extra))?, gather(&all, &from)))
}

/// Rows of two tables with the same columns.
///
/// # Errors
/// `mismatch`.
pub fn join_tables(x: &Obj, y: &Obj) -> R {
    let ((names, columns), (others, news)) = (x.table_dict().dict_parts(), y.table_dict().dict_parts());
    let mismatch = || QError::named("mismatch");
    if names.len() != others.len() {
        return Err(mismatch());
    }
    let mut joined = Vec::with_capacity(names.len());
    for (i, name) in names.slice::<Symbol>().iter().enumerate() {
        let at = others.slice::<Symbol>().iter().position(|n| n == name).ok_or_else(mismatch)?;
        joined.push(concat(&columns.index(i), &news.index(at)));
    }
    Ok(Obj::table(Obj::dict(names.clone(), Obj::list(joined))))
}

/// `x#y`: the entries of a dictionary for given keys, or the named columns of a table.
///
/// # Errors
/// `type`, the name of a missing column.
pub fn take_keys(x: &Obj, y: &Obj) -> R {
    if y.tag() == tag::XT {
        let columns = named_columns(y, x.slice::<Symbol>())?;
        return Ok(Obj::table(Obj::dict(x.clone(), Obj::list(columns))));
    }
    if y.dict_parts().0.tag() == tag::XT && x.tag() == tag::XT {
        let (keys, values) = y.dict_parts();
        return Ok(Obj::dict(x.clone(), index::at(values, &find(keys, x)?)?));
    }
    Ok(Obj::dict(x.clone(), index::at(y, x)?))
}

/// `x _ y`: a dictionary without the given keys.
///
/// # Errors
/// None.
pub fn drop_keys(x: &Obj, y: &Obj) -> R {
    let (keys, values) = y.dict_parts();
    let kept: Vec<usize> = (0..keys.len()).filter(|&i| position_in(x, &keys.index(i)).is_none()).collect();
    Ok(Obj::dict(gather(keys, &kept), gather(values, &kept)))
}

/// `x _ y`: a table without the named columns.
///
/// # Errors
/// None.
pub fn drop_columns(x: &Obj, y: &Obj) -> R {
    Ok(Obj::table(drop_keys(x, y.table_dict())?))
}

/// The columns of a table, keyed or not, by name.
///
/// # Errors
/// `type` when it is no table, the name of a missing column.
pub fn named_columns(x: &Obj, names: &[Symbol]) -> R<Vec<Obj>> {
    let table = unkey(x)?;
    let (have, columns) = table.table_dict().dict_parts();
    let column = |name: &Symbol| match have.slice::<Symbol>().iter().position(|n| n == name) {
        Some(i) => Ok(columns.index(i)),
        None => Err(QError::named(name.as_str().into_owned())),
    };
    names.iter().map(column).collect()
}

/// `value x` of a dictionary, `key x`, `cols x`, `keys x` share this: names of all columns.
///
/// # Errors
/// `type` when it is no table or dictionary with names.
pub fn cols(x: &Obj) -> R {
    match x.tag() {
        tag::XT => Ok(x.table_dict().dict_parts().0.clone()),
        _ if is_keyed(x) => cols(&unkey(x)?),
        tag::XD => Ok(x.dict_parts().0.clone()),
        _ => Err(QError::type_()),
    }
}

/// `keys x`: the names of the key columns.
///
/// # Errors
/// `type` when it is no table.
pub fn keys(x: &Obj) -> R {
    match x.tag() {
        tag::XT => Ok(Obj::zeroed(tag::KS, 0)),
        tag::XD if x.dict_parts().0.tag() == tag::XT => cols(x.dict_parts().0),
        _ => Err(QError::type_()),
    }
}

/// `x xkey y`: the named columns made the key.
///
/// # Errors
/// `type`, the name of a missing column.
pub fn xkey(x: &Obj, y: &Obj) -> R {
    let names = as_list(x);
    let table = xcols(&names, &unkey(y)?)?;
    if names.is_empty() { Ok(table) } else { key_table(names.len(), &table) }
}

/// `x xcols y`: the named columns first.
///
/// # Errors
/// `type`, the name of a missing column.
pub fn xcols(x: &Obj, y: &Obj) -> R {
    let names = as_list(x);
    if names.tag() != tag::KS && !names.is_empty() || y.tag() != tag::XT {
        return Err(QError::type_());
    }
    let first = if names.is_empty() { Obj::zeroed(tag::KS, 0) } else { names };
    let all = cols(y)?;
    let others = all.slice::<Symbol>().iter().copied().filter(|name| !first.slice::<Symbol>().contains(name));
    let order = concat(&first, &Obj::vector(tag::KS, others));
    take_keys(&order, y)
}

/// `x xcol y`: columns renamed, the first ones by a list or those a dictionary names.
///
/// # Errors
/// `type`, `length`.
pub fn xcol(x: &Obj, y: &Obj) -> R {
    if is_keyed(y) {
        let n = keys(y)?.len();
        return key_table(n, &xcol(x, &unkey(y)?)?);
    }
    if y.tag() != tag::XT {
        return Err(QError::type_());
    }
    let (names, columns) = y.table_dict().dict_parts();
    let mut renamed = names.slice::<Symbol>().to_vec();
    match x.tag() {
        tag::XD if x.dict_parts().0.tag() == tag::KS && x.dict_parts().1.tag() == tag::KS => {
            let (from, to) = x.dict_parts();
            for (from, to) in from.slice::<Symbol>().iter().zip(to.slice::<Symbol>()) {
                renamed.iter_mut().filter(|name| *name == from).for_each(|name| *name = *to);
            }
        }
        -11 | tag::KS => {
            let new = as_list(x);
            if new.len() > renamed.len() {
                return Err(QError::length());
            }
            renamed[..new.len()].copy_from_slice(new.slice::<Symbol>());
        }
        _ => return Err(QError::type_()),
    }
    Ok(Obj::table(Obj::dict(Obj::from_slice(tag::KS, &renamed), columns.clone())))
}
