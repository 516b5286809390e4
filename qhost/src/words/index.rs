//! Indexing lists, dictionaries and tables.

use crate::state::context;
use crate::state::stack;
pub use crate::words::convert::{whole, wholes};
use crate::words::functions;
pub use crate::words::items::gather;
use crate::words::search;
use kapi::error::{QError, R};
use kapi::hook;
use kapi::object::{Obj, tag};

/// The position an index item names: `::` is everything.
pub fn position(i: Obj) -> Option<Obj> {
    let everything = i.tag() == tag::UNARY && i.get::<i64>() == 0;
    (!everything).then_some(i)
}

/// `x i`: the element, or the elements for a list of positions or keys.
///
/// # Errors
/// `type` when `x` cannot be indexed by `i`.
pub fn at(x: &Obj, i: &Obj) -> R {
    if i.tag() == tag::UNARY {
        return Ok(x.clone());
    }
    match x.tag() {
        0..tag::XT => in_list(x, i),
        tag::XT => in_table(x, i),
        tag::XD => in_dict(x, i),
        _ if functions::is_function(x) => hook::apply(x, std::slice::from_ref(i)),
        _ => Err(QError::type_()),
    }
}

fn in_list(x: &Obj, i: &Obj) -> R {
    if let Some(n) = whole(i) {
        return Ok(x.index(n));
    }
    if let Some(all) = wholes(i) {
        return Ok(gather(x, &all));
    }
    each(x, i, at)
}

/// Applies `get` to `x` and each item of the list or dictionary `i`.
fn each(x: &Obj, i: &Obj, get: fn(&Obj, &Obj) -> R) -> R {
    stack::check()?;
    match i.tag() {
        tag::LIST => i.items().iter().map(|item| get(x, item)).collect::<R<_>>().map(Obj::from_items),
        tag::XD => {
            let (keys, values) = i.dict_parts();
            Ok(Obj::dict(keys.clone(), get(x, values)?))
        }
        _ => Err(QError::type_()),
    }
}

fn in_dict(x: &Obj, i: &Obj) -> R {
    let (keys, values) = x.dict_parts();
    if let (Some(key), tag::KS) = (functions::symbol(i), keys.tag()) {
        return Ok(values.index(context::position(x, key).unwrap_or(usize::MAX)));
    }
    if keys.tag() > 0 && keys.tag() < tag::XT && i.tag() == tag::LIST {
        return each(x, i, in_dict);
    }
    at(values, &find(keys, i)?)
}

/// `keys ? i`
pub fn find(keys: &Obj, i: &Obj) -> R {
    search::find(keys, i)
}

/// Columns by name, rows by number.
pub fn in_table(x: &Obj, i: &Obj) -> R {
    if matches!(i.tag().unsigned_abs() as i8, tag::KS) {
        return in_dict(x.table_dict(), i);
    }
    if let Some(n) = whole(i) {
        return Ok(x.index(n));
    }
    let Some(rows) = wholes(i) else { return each(x, i, in_table) };
    Ok(gather(x, &rows))
}
