//! Atomic functions: what makes them reach through lists, dictionaries and tables to the atoms.

use super::convert::is_simple;
use super::enumeration;
use super::items::to_items;
use super::order::position_in;
use crate::state::stack;
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};

/// Applies `f` to each item of a list, or to the values of a dictionary; `type` for what is neither, `stack` when nested
/// too deep.
pub fn inside(x: &Obj, f: &dyn Fn(&Obj) -> R) -> R {
    match x.tag() {
        tag::LIST => {
            stack::check()?;
            let items: R<Vec<Obj>> = x.items().iter().map(f).collect();
            Ok(Obj::from_items(items?))
        }
        tag::XD => {
            let (keys, values) = x.dict_parts();
            Ok(Obj::dict(keys.clone(), f(values)?))
        }
        _ => Err(QError::type_()),
    }
}

/// Applies `leaf` to the atoms and simple vectors of `x`.
///
/// # Errors
/// `type` for functions, `stack` when nested too deep, and what `leaf` signals.
pub fn unary(x: &Obj, leaf: &dyn Fn(&Obj) -> R) -> R {
    match x.tag() {
        t if is_simple(t) => leaf(x),
        t if tag::is_enum(t) => leaf(&enumeration::values(x)?),
        tag::LIST | tag::XD => inside(x, &|item| unary(item, leaf)),
        tag::XT => Ok(Obj::table(unary(x.table_dict(), leaf)?)),
        _ => Err(QError::type_()),
    }
}

/// Applies `leaf` to corresponding atoms and simple vectors of `x` and `y`; `leaf` sees vectors of one length
/// only. An atom goes with each item of a list; dictionaries pair by key, and keys of one side only keep
/// their value.
///
/// # Errors
/// `length` when lists do not conform, `type` for functions, `stack` when nested too deep, and what `leaf`
/// signals.
#[inline]
pub fn binary(x: &Obj, y: &Obj, leaf: &dyn Fn(&Obj, &Obj) -> R) -> R {
    binary_with(x, y, &Leaf { pair: leaf, right: &|y| Ok(y.clone()) })
}

/// What an atomic function of two arguments does with its atoms and vectors.
pub struct Leaf<'a> {
    /// With a pair of them.
    pub pair: &'a dyn Fn(&Obj, &Obj) -> R,
    /// With a value of a dictionary on the right whose key the left one lacks.
    pub right: &'a dyn Fn(&Obj) -> R,
}

/// As [`binary`], for functions that change values of which only the right dictionary has the key.
///
/// # Errors
/// As [`binary`].
#[inline]
pub fn binary_with(x: &Obj, y: &Obj, leaf: &Leaf<'_>) -> R {
    if is_simple(x.tag()) && is_simple(y.tag()) {
        conform(x, y)?;
        return (leaf.pair)(x, y);
    }
    if tag::is_enum(x.tag()) || tag::is_enum(y.tag()) {
        return binary_with(&*enumeration::plain(x)?, &*enumeration::plain(y)?, leaf);
    }
    nested(x, y, leaf)
}

fn conform(x: &Obj, y: &Obj) -> R<()> {
    if x.is_atom() || y.is_atom() || x.len() == y.len() { Ok(()) } else { Err(QError::length()) }
}

fn nested(x: &Obj, y: &Obj, leaf: &Leaf<'_>) -> R {
    stack::check()?;
    match (x.tag(), y.tag()) {
        (tag::LAMBDA.., _) | (_, tag::LAMBDA..) => Err(QError::type_()),
        (tag::XT, tag::XT) => Ok(Obj::table(columns(x.table_dict(), y.table_dict(), leaf)?)),
        (tag::XT, tag::XD) | (tag::XD, tag::XT) => Err(QError::nyi("table with dictionary")),
        (tag::XT, _) => Ok(Obj::table(binary_with(x.table_dict(), y, leaf)?)),
        (_, tag::XT) => Ok(Obj::table(binary_with(x, y.table_dict(), leaf)?)),
        (tag::XD, tag::XD) => dictionaries(x, y, leaf),
        (tag::XD, _) => {
            let (keys, values) = x.dict_parts();
            Ok(Obj::dict(keys.clone(), binary_with(values, y, leaf)?))
        }
        (_, tag::XD) => {
            let (keys, values) = y.dict_parts();
            Ok(Obj::dict(keys.clone(), binary_with(x, values, leaf)?))
        }
        _ => lists(x, y, leaf),
    }
}

fn lists(x: &Obj, y: &Obj, leaf: &Leaf<'_>) -> R {
    conform(x, y)?;
    let n = if x.is_atom() { y.len() } else { x.len() };
    let item = |list: &Obj, i| if list.is_atom() { list.clone() } else { list.index(i) };
    let items: R<Vec<Obj>> = (0..n).map(|i| binary_with(&item(x, i), &item(y, i), leaf)).collect();
    Ok(Obj::from_items(items?))
}

/// Two tables: the same columns in the same order.
fn columns(x: &Obj, y: &Obj, leaf: &Leaf<'_>) -> R {
    let ((names, a), (others, b)) = (x.dict_parts(), y.dict_parts());
    if names != others {
        return Err(QError::type_());
    }
    Ok(Obj::dict(names.clone(), binary_with(a, b, leaf)?))
}

/// Keys of both sides; values of common keys combined.
fn dictionaries(x: &Obj, y: &Obj, leaf: &Leaf<'_>) -> R {
    let ((keys, values), (others, news)) = (x.dict_parts(), y.dict_parts());
    if keys == others {
        return Ok(Obj::dict(keys.clone(), binary_with(values, news, leaf)?));
    }
    let mut result = to_items(values);
    let mut extra = Vec::new();
    for j in 0..others.len() {
        match position_in(keys, &others.index(j)) {
            Some(i) => result[i] = binary_with(&values.index(i), &news.index(j), leaf)?,
            None => extra.push(j),
        }
    }
    for &j in &extra {
        result.push((leaf.right)(&news.index(j))?);
    }
    let keys = super::items::concat(keys, &super::items::gather(others, &extra));
    Ok(Obj::dict(keys, Obj::from_items(result)))
}
