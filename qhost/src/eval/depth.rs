//! Indexing at depth, where functions may lie.

use crate::eval::apply;
use crate::state::stack;
use crate::words::functions;
use crate::words::index;
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};

/// `x[i;j;...]`; `None` is everything at its depth.
///
/// # Errors
/// `type` when a level cannot be indexed.
pub fn deep(x: &Obj, path: &[Option<Obj>]) -> R {
    stack::check()?;
    match path {
        [] => Ok(x.clone()),
        [None] => Ok(x.clone()),
        [Some(i)] => index::at(x, i),
        // A column needs no rows.
        [None, Some(i)] if x.tag() == tag::XT && functions::symbol(i).is_some() => index::in_table(x, i),
        [None, rest @ ..] => match x.tag() {
            tag::XD => Ok(Obj::dict(x.dict_parts().0.clone(), deep_each(x.dict_parts().1, rest)?)),
            _ => deep_each(x, rest),
        },
        [Some(i), rest @ ..] if functions::is_function(x) => {
            let result = apply::apply(x, std::slice::from_ref(i))?;
            deep(&result, rest)
        }
        [Some(i), rest @ ..] if i.is_list() => deep_each(&index::at(x, i)?, rest),
        [Some(i), rest @ ..] => {
            let inner = index::at(x, i)?;
            match functions::is_function(&inner) {
                true => apply::with_elided_or_not(&inner, rest),
                false => deep(&inner, rest),
            }
        }
    }
}

fn deep_each(x: &Obj, rest: &[Option<Obj>]) -> R {
    if !x.is_list() && x.tag() != tag::XT {
        return Err(QError::rank());
    }
    (0..x.len()).map(|i| deep(&x.index(i), rest)).collect::<R<_>>().map(Obj::from_items)
}
