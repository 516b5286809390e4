//! Which C function is meant, with which types: for everything that binds one.

use std::sync::Arc;

use super::bind::result_type;
use super::place::{declared, place};
use super::types::{self, Types};
use crate::error::Result;
use crate::k::Ref;
use crate::library::Place;
use crate::prototype::Prototype;
use crate::signature::More;

/// A C function and its types.
pub struct Meant {
    /// The function.
    pub place: Place,
    /// Its types.
    pub prototype: Arc<Prototype>,
    /// How C declares it, where its own types are taken.
    pub declaration: Option<Arc<str>>,
}

/// The function that `func` names, with the types given; `::` for both are those of its declaration, if it is a function of
/// a dictionary of `.ffi.cdef`.
///
/// # Errors
/// Those of reading the arguments, and of looking up what destroys what the function gives away.
pub fn meant(what: &str, func: Ref, args: Ref, ret: Ref) -> Result<Meant> {
    let own_types = if args.is_null() && ret.is_null() { declared(func)? } else { None };
    if let Some(declared) = own_types {
        return Ok(Meant {
            place: Place::Named(declared.name.clone()),
            prototype: declared.prototype()?,
            declaration: Some(declared.text.clone()),
        });
    }
    let place = place(what, "func", func)?;
    let (ret, more) = result_type(what, ret)?;
    let Types { text, notes } = types::parameters(what, "args", args)?;
    let prototype = Prototype::with(&text, &ret, More { params: notes, ..more })?;
    Ok(Meant { place, prototype, declaration: None })
}
