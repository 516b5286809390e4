//! `!`: dictionaries, keyed tables, and `-n!x`, the numbered internal functions.

use super::convert::{integer, integers};
use super::string::text_of;
use super::{attribute, dict, enumeration, io, json};
use crate::words::format;
use kapi::error::{QError, R};
use kapi::object::{Null, Obj, tag};
use kapi::serialize;

/// `x!y`: a dictionary, a keyed table, or (with a negative integer) an internal function.
///
/// # Errors
/// `length`, `type`.
pub fn bang(x: &Obj, y: &Obj) -> R {
    if let Some(n) = integer(x) {
        return match y.tag() {
            _ if n == i64::NULL => io::print_and_return(y),
            tag::XT if n > 0 => dict::key_table(n as usize, y),
            tag::XT if n == 0 => Ok(y.clone()),
            tag::XD if n == 0 && dict::is_keyed(y) => dict::unkey(y),
            tag::XD if n > 0 && dict::is_keyed(y) => dict::key_table(n as usize, &dict::unkey(y)?),
            _ => call(n, y),
        };
    }
    if x.tag() == -tag::KS && integers(y).is_some() {
        return enumeration::from_positions(x.get(), y);
    }
    dict::make(x, y)
}

/// b9's mode of messages with every type.
const ALL_TYPES: i32 = 3;

/// What `n!x` does for an integer n.
///
/// # Errors
/// `nyi` with the function, and what the function signals.
fn call(n: i64, x: &Obj) -> R {
    match n {
        -1 => io::hsym(x),
        -2 => attribute::attr(x),
        -3 => Ok(Obj::string(&format::q_s1(x))),
        -7 => io::hcount(x),
        -8 => Ok(Obj::from_slice(tag::KG, &serialize::message(ALL_TYPES, x)?)),
        -9 => deserialize(x),
        -14 => quote(x),
        -15 => io::md5(x),
        -16 => Ok(Obj::int(x.refcount())),
        -22 => Ok(Obj::long(serialize::message(ALL_TYPES, x)?.len() as i64)),
        -29 => json::deserialize(x),
        _ if n >= 0 => Err(QError::type_()),
        _ => Err(QError::nyi(&format!("{n}!"))),
    }
}

fn deserialize(x: &Obj) -> R {
    if x.tag() != tag::KG {
        return Err(QError::type_());
    }
    serialize::parse(x.slice::<u8>())
}

/// A field of a CSV file, with quotes where it needs them.
fn quote(x: &Obj) -> R {
    let text = text_of(x)?;
    let plain = !text.iter().any(|b| matches!(b, b'"' | b',' | b'\n'));
    Ok(Obj::string(&if plain { text } else { io::embraced(&text) }))
}
