//! `distinct group union inter except differ`.

use super::hash::{firsts, groups};
use super::items::{as_list, gather};
use super::list::join;
use super::order::same;
use super::search::is_in;
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};

/// `distinct x`
///
/// # Errors
/// `type` for atoms.
pub fn distinct(x: &Obj) -> R {
    if !(x.is_list() || x.tag() == tag::XT) {
        return Err(QError::type_());
    }
    Ok(gather(x, &firsts(x)))
}

/// `group x`: from distinct items to their positions.
///
/// # Errors
/// `type` for atoms.
pub fn group(x: &Obj) -> R {
    if x.tag() == tag::XD {
        let (keys, values) = x.dict_parts();
        return grouped(values, |positions| gather(keys, positions));
    }
    grouped(x, |positions| Obj::vector(tag::KJ, positions.iter().map(|&i| i as i64)))
}

fn grouped(x: &Obj, of_positions: impl Fn(&[usize]) -> Obj) -> R {
    if !(x.is_list() || x.tag() == tag::XT) {
        return Err(QError::type_());
    }
    let groups = groups(x);
    let keys = gather(x, &groups.iter().map(|group| group[0]).collect::<Vec<_>>());
    Ok(Obj::dict(keys, Obj::list(groups.iter().map(|group| of_positions(group)).collect())))
}

/// `x union y`
///
/// # Errors
/// As `,`.
pub fn union(x: &Obj, y: &Obj) -> R {
    distinct(&join(&as_list(x), &as_list(y))?)
}

/// `x inter y`: the items of x that are in y.
///
/// # Errors
/// `type`.
pub fn inter(x: &Obj, y: &Obj) -> R {
    keep(x, y, true)
}

/// `x except y`: the items of x that are not in y.
///
/// # Errors
/// `type`.
pub fn except(x: &Obj, y: &Obj) -> R {
    keep(x, y, false)
}

fn keep(x: &Obj, y: &Obj, wanted: bool) -> R {
    if !(x.is_list() || x.tag() == tag::XT) {
        return Err(QError::type_());
    }
    let list = as_list(y);
    let mut kept = Vec::new();
    if x.tag() == list.tag() && x.tag() > 0 {
        let flags = is_in(x, &list)?;
        let flags = flags.slice::<u8>();
        kept.extend((0..x.len()).filter(|&i| (flags[i] != 0) == wanted));
    } else {
        kept.extend((0..x.len()).filter(|&i| is_item(&list, &x.index(i)) == wanted));
    }
    Ok(gather(x, &kept))
}

fn is_item(list: &Obj, item: &Obj) -> bool {
    super::order::position_in(list, item).is_some()
}

/// `differ x`: which items differ from the one before.
///
/// # Errors
/// `type` for atoms.
pub fn differ(x: &Obj) -> R {
    if !(x.is_list() || x.tag() == tag::XT) {
        return Err(QError::type_());
    }
    let mut flags = Vec::with_capacity(x.len());
    for i in 0..x.len() {
        flags.push(u8::from(i == 0 || !same(&x.index(i), &x.index(i - 1))?));
    }
    Ok(Obj::from_slice(tag::KB, &flags))
}
