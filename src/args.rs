//! Reading the arguments of native functions: names, numbers, types, and what is said of those that are of another form.

use crate::error::{Error, Result};
use crate::k::{Ref, tag, type_name};
use crate::library::{self, Name};

/// The error for an argument of a native function that is not of its form.
pub fn usage(what: &str, which: &str, wants: &str, got: Ref) -> Error {
    Error::Usage(format!("{what}: {which} wants {wants}, got {}", named(got)))
}

/// What an object is, as errors say it.
pub fn named(x: Ref) -> String {
    if x.is_null() { "::".into() } else { type_name(x.tag()) }
}

/// The name of a function or variable: `` `f ``, `` `lib`f ``, or a pair of symbols or strings.
///
/// # Errors
/// [`Error::Usage`].
pub fn function_name(what: &str, func: Ref) -> Result<Name> {
    if let Some(symbol) = func.text() {
        return Ok(Name { library: None, symbol: symbol.into() });
    }
    let pair = pair_of_texts(func).ok_or_else(|| usage(what, "func", "`f, `lib`f or (lib;f)", func))?;
    Ok(Name { library: Some(library::shared(&pair.0)), symbol: pair.1.into() })
}

fn pair_of_texts(x: Ref) -> Option<(String, String)> {
    match x.tag() {
        tag::LIST if x.len() == 2 => Some((x.item(0)?.text()?, x.item(1)?.text()?)),
        tag::SYMBOL if x.len() == 2 => {
            let mut texts = x.symbols()?.map(|text| text.to_string_lossy().into_owned());
            Some((texts.next()?, texts.next()?))
        }
        _ => None,
    }
}

/// What names a function or variable, with a result type before it if there is one, as `("f";`pow)`.
pub fn typed(spec: Ref<'_>) -> (Option<Ref<'_>>, Ref<'_>) {
    if let (2, Some(ret), Some(func)) = (spec.items().len(), spec.item(0), spec.item(1)) {
        // A library may be named by a string too, which no type of one character or in braces looks like.
        let is_letters = |x: Ref| x.chars().is_some_and(|text| text.len() == 1 || text.starts_with(b"{"));
        let is_type = |x: Ref| x.tag() == tag::DICTIONARY || is_letters(x);
        if is_type(ret) || ret.item(0).is_some_and(is_type) {
            return (Some(ret), func);
        }
    }
    (None, spec)
}

/// The text of types: a string, a char, or `()` for none.
///
/// # Errors
/// [`Error::Usage`].
pub fn types<'a>(what: &str, which: &str, x: Ref<'a>) -> Result<&'a [u8]> {
    types_text(x).ok_or_else(|| usage(what, which, "string or char", x))
}

/// The same; `None` for what is no text.
pub fn types_text(x: Ref<'_>) -> Option<&[u8]> {
    match x.tag() {
        tag::LIST if x.is_empty() => Some(b""),
        _ => x.chars(),
    }
}

/// An int or long.
///
/// # Errors
/// [`Error::Usage`].
pub fn integer(what: &str, which: &str, x: Ref) -> Result<i64> {
    // SAFETY: the tags tell the payloads' types.
    unsafe {
        match -x.tag() {
            tag::INT => Ok(x.payload::<i32>().into()),
            tag::LONG => Ok(x.payload()),
            _ => Err(usage(what, which, "int or long", x)),
        }
    }
}

/// A number of values or bytes.
///
/// # Errors
/// [`Error::Usage`]; [`Error::Domain`] for a negative or null one.
pub fn count(what: &str, n: Ref) -> Result<usize> {
    let count = integer(what, "n", n)?;
    usize::try_from(count).map_err(|_| Error::Domain(format!("{what}: n is {count}")))
}

/// The same; `None` for the null of ints or longs.
///
/// # Errors
/// [`Error::Usage`]; [`Error::Domain`] for a negative one.
pub fn count_unless_null(what: &str, n: Ref) -> Result<Option<usize>> {
    let null = if n.tag() == -tag::INT { i32::MIN.into() } else { i64::MIN };
    match integer(what, "n", n)? {
        n if n == null => Ok(None),
        _ => count(what, n).map(Some),
    }
}

/// Addresses below this are never mapped: they are offsets from NULL.
pub const FIRST_PAGE: i64 = 4096;

/// Why an int or long is no address.
pub enum NoAddress {
    /// It is neither int nor long.
    Type,
    /// It is the null or an infinity of its type.
    NullOrInfinity,
}

/// The address that an int or long is; 0 is NULL.
///
/// # Errors
/// [`NoAddress`].
pub fn raw_address(x: Ref) -> std::result::Result<i64, NoAddress> {
    // SAFETY: the tags tell the payloads' types.
    let (value, limit): (i64, i64) = unsafe {
        match -x.tag() {
            tag::INT => (x.payload::<i32>().into(), i32::MAX.into()),
            tag::LONG => (x.payload(), i64::MAX),
            _ => return Err(NoAddress::Type),
        }
    };
    // The infinities are the extremes, the null is below both.
    if value >= limit || value <= -limit { Err(NoAddress::NullOrInfinity) } else { Ok(value) }
}

/// An address that is used here and now.
///
/// # Errors
/// [`Error::Domain`] for NULL, nulls, infinities and what is next to NULL, [`Error::Usage`] unless it is a long, int or
/// `::`.
pub fn address(what: &str, which: &str, x: Ref) -> Result<usize> {
    let refused = |why: String| Err(Error::Domain(format!("{what}: {which} is {why}")));
    if x.is_null() {
        return refused("NULL".into());
    }
    match raw_address(x) {
        Err(NoAddress::Type) => Err(usage(what, which, "an address or memory", x)),
        Err(NoAddress::NullOrInfinity) => refused(format!("a null or infinite {}", type_name(x.tag()))),
        Ok(0) => refused("NULL".into()),
        Ok(near @ 1..FIRST_PAGE) => refused(format!("{near}, next to NULL")),
        Ok(address) => Ok(address as usize),
    }
}

/// Whether this is a q function with the types it is called with: `(f;args)` or `(f;args;ret)`.
pub fn is_specification(x: Ref) -> bool {
    (2..=3).contains(&x.items().len()) && x.item(0).is_some_and(Ref::is_function)
}
