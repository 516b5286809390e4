//! Which function or variable of C is meant: by its name, or by an address that C has given.

use crate::args::{address, function_name, usage};
use crate::binding::lazy::{self, Declared};
use crate::callback;
use crate::error::{Error, Result};
use crate::foreign;
use crate::k::{self, Ref, tag};
use crate::library::Place;

/// A function or variable by its name or by an address that C has given: a long, or a foreign object's. A callback of ours
/// whose address is taken this way is kept for ever.
///
/// # Errors
/// [`Error::Usage`]; [`Error::Domain`] for what is no address, and for memory and handles that q owns.
pub fn place(what: &str, which: &str, func: Ref) -> Result<Place> {
    if let Some(declared) = declared(func)? {
        return Ok(Place::Named(declared.name.clone()));
    }
    match func.tag() {
        t if t == -tag::LONG || t == -tag::INT => address(what, which, func).map(Place::At),
        tag::FOREIGN => foreign_place(what, which, func),
        _ => function_name(what, func)
            .map(Place::Named)
            .map_err(|_| usage(what, which, "`f, `lib`f, (lib;f) or an address", func)),
    }
}

/// What C declarations say of a function of their dictionary; `None` for other objects. One that takes a list is the composition
/// of a function and `enlist`.
///
/// # Errors
/// What q signals when it is asked what a composition is made of.
pub fn declared(func: Ref) -> Result<Option<&'static Declared>> {
    match func.tag() {
        tag::FOREIGN => Ok(lazy::declared(func)),
        tag::COMPOSITION => {
            let parts = k::value(func)?;
            Ok(parts.get().item(0).and_then(lazy::declared))
        }
        _ => Ok(None),
    }
}

fn foreign_place(what: &str, which: &str, func: Ref) -> Result<Place> {
    if let Some(entry) = callback::object::entry(func) {
        // Who calls the binding later may have no reference to the callback.
        std::mem::forget(func.to_owned());
        return Ok(Place::At(entry as usize));
    }
    let refused = |why: &str| Err(Error::Domain(format!("{what}: {which} is {why}")));
    match foreign::pointer(func) {
        _ if foreign::is_ours(func) => refused("memory or a handle that q owns"),
        Some(pointer) if pointer.is_null() => refused("NULL"),
        Some(pointer) => Ok(Place::At(pointer as usize)),
        None => Err(usage(what, which, "a C function", func)),
    }
}
