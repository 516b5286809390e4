//! Indexing lists, dictionaries and tables.

use crate::state::context;
use crate::words::atomic::inside;
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
        0..tag::XT => search::by_position(x, i, &|part| at(x, part)),
        tag::XT => in_table(x, i),
        tag::XD => in_dict(x, i),
        _ if functions::is_function(x) => hook::apply(x, std::slice::from_ref(i)),
        _ => Err(QError::type_()),
    }
}

fn in_dict(x: &Obj, i: &Obj) -> R {
    let (keys, values) = x.dict_parts();
    if let (Some(key), tag::KS) = (functions::symbol(i), keys.tag()) {
        return Ok(values.index(context::position(x, key).unwrap_or(usize::MAX)));
    }
    if keys.tag() > 0 && keys.tag() < tag::XT && i.tag() == tag::LIST {
        return inside(i, &|part| in_dict(x, part));
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
    search::by_position(x, i, &|part| in_table(x, part))
}
