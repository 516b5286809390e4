//! Enumerations, which are indices into a list that k.h does not tell: q itself says what they stand for.

use super::native::{self, K};
use super::{Owned, Ref, collect, signalled, tag};
use crate::error::{Error, Result};

/// How deeply lists may nest in which enumerations are looked for.
const MAX_NESTING: usize = 1000;

/// The object with the values of its enumerations in their place, however deep they lie; `None` where there are none.
///
/// # Errors
/// What q signals for an enumeration of a list that is not there, [`Error::MemoryFull`].
pub fn without_enumerations(x: Ref) -> Result<Option<Owned>> {
    if has_enumerations(x, 0)? { resolved(x).map(Some) } else { Ok(None) }
}

fn is_enumeration(x: Ref) -> bool {
    (tag::ENUM..=tag::LAST_ENUM).contains(&x.tag().saturating_abs())
}

fn has_enumerations(x: Ref, nesting: usize) -> Result<bool> {
    if nesting > MAX_NESTING {
        return Err(Error::Limit(format!("lists nested deeper than {MAX_NESTING}")));
    }
    if let Some((keys, values)) = x.parts() {
        return Ok(has_enumerations(keys, nesting + 1)? || has_enumerations(values, nesting + 1)?);
    }
    for i in 0..x.items().len() {
        if x.item(i).map_or(Ok(false), |item| has_enumerations(item, nesting + 1))? {
            return Ok(true);
        }
    }
    Ok(is_enumeration(x))
}

fn resolved(x: Ref) -> Result<Owned> {
    if let Some((keys, values)) = x.parts() {
        let dictionary = Owned::dictionary(resolved(keys)?, resolved(values)?)?;
        return if x.tag() == tag::TABLE { Owned::flip(dictionary) } else { Ok(dictionary) };
    }
    if is_enumeration(x) {
        return values_of(x);
    }
    if x.tag() != tag::LIST {
        return Ok(x.to_owned());
    }
    Owned::list(collect((0..x.len()).map(|i| x.item(i).map_or_else(Owned::null, resolved)))?)
}

fn values_of(x: Ref) -> Result<Owned> {
    let values = value(x)?;
    match is_enumeration(values.get()) {
        true => Err(Error::Usage("an enumeration of a list that is not there".into())),
        false => Ok(values),
    }
}

/// What q's `value` gives.
///
/// # Errors
/// What q signals, [`Error::MemoryFull`].
pub fn value(x: Ref) -> Result<Owned> {
    const NO_MORE: K = std::ptr::null_mut();
    // SAFETY: `k` evaluates the text as a function of the object, of which it consumes a reference; NULL ends them.
    let value = unsafe { native::k(0, c"value".as_ptr(), x.to_owned().into_raw(), NO_MORE) };
    if value.is_null() {
        return Err(signalled());
    }
    // SAFETY: not NULL, and the reference is given to us.
    let value = unsafe { Owned::new(value) }?;
    match value.get().error_text() {
        None => Ok(value),
        Some(text) => Err(Error::Signal(text.to_string_lossy().into_owned())),
    }
}
