//! Attributes of lists: `` `s#x `` and `attr`.

use super::hash::{firsts, groups};
use super::items::to_items;
use super::order::total;
use kapi::Symbol;
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};

/// The attribute number of sorted lists.
pub const SORTED: u8 = 1;
const UNIQUE: u8 = 2;
const PARTED: u8 = 3;
const GROUPED: u8 = 5;

/// The list with an attribute in place of its own. The caller knows that it holds.
pub fn with_attribute(mut x: Obj, attribute: u8) -> Obj {
    if x.is_list() && x.attribute() != attribute {
        x.make_unique();
        // SAFETY: this handle is the only reference, so nobody else sees the header change.
        unsafe { (*x.as_raw()).u = attribute };
    }
    x
}

/// Does the symbol name an attribute? The empty one names none of them, and so removes them.
pub fn is_name(name: Symbol) -> bool {
    matches!(name.bytes(), b"" | b"s" | b"u" | b"p" | b"g")
}

/// `` `s#x ``: checks that the attribute holds and sets it; the empty symbol removes it.
///
/// # Errors
/// `type`, `s-fail` when not sorted, `u-fail` when not unique or not parted.
pub fn set(name: &Obj, x: &Obj) -> R {
    if !x.is_list() {
        return Err(QError::type_());
    }
    let name = name.get::<Symbol>();
    let attribute = match name.bytes() {
        b"" => 0,
        b"s" if !is_sorted(x) => return Err(QError::named("s-fail")),
        b"s" => SORTED,
        b"u" if firsts(x).len() != x.len() => return Err(QError::named("u-fail")),
        b"u" => UNIQUE,
        b"p" if !is_parted(x) => return Err(QError::named("u-fail")),
        b"p" => PARTED,
        b"g" => GROUPED,
        _ => return Err(QError::type_()),
    };
    Ok(with_attribute(x.clone(), attribute))
}

fn is_sorted(x: &Obj) -> bool {
    let items = to_items(x);
    items.is_sorted_by(|a, b| total(a, b).is_le())
}

fn is_parted(x: &Obj) -> bool {
    groups(x).iter().all(|group| group.last().is_some_and(|last| last - group[0] + 1 == group.len()))
}

/// `attr x`: the letter of the attribute as a symbol.
///
/// # Errors
/// None.
pub fn attr(x: &Obj) -> R {
    let letter = if x.tag() < tag::XT { attribute_letter(x.attribute()) } else { None };
    Ok(Obj::sym(Symbol::new(letter.as_slice())))
}

/// The letter of an attribute number, none for 0.
pub fn attribute_letter(attribute: u8) -> Option<u8> {
    b" sup g".get(usize::from(attribute)).copied().filter(|&letter| letter != b' ')
}
