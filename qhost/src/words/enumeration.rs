//! Enumerations: vectors of positions in a list of symbols that a global holds, their domain. Each domain has a type of
//! its own, from 20 on, in the order in which they are first used.
//!
//! Words that do not know them get the symbols instead; see [`plain`].

use std::borrow::Cow;

use super::convert::integers;
use crate::state::context;
use kapi::Symbol;
use kapi::error::{QError, R};
use kapi::object::{Null, Obj, tag};
use parking_lot::RwLock;

/// The names of the domains; the first one's type is [`tag::ENUM`].
static DOMAINS: RwLock<Vec<Symbol>> = RwLock::new(Vec::new());

/// Is this an enumeration or an atom of one?
#[inline]
pub fn is_one(x: &Obj) -> bool {
    tag::is_enum(x.tag())
}

/// The domain's name of an enumeration.
pub fn domain_of(x: &Obj) -> Option<Symbol> {
    let number = usize::from(x.tag().unsigned_abs().checked_sub(tag::ENUM as u8)?);
    DOMAINS.read().get(number).copied()
}

/// The type of a domain's enumerations.
fn type_of(domain: Symbol) -> R<i8> {
    let mut domains = DOMAINS.write();
    let number = domains.iter().position(|&known| known == domain).unwrap_or_else(|| {
        domains.push(domain);
        domains.len() - 1
    });
    i8::try_from(number)
        .ok()
        .map(|n| n + tag::ENUM)
        .filter(|&t| t <= tag::LAST_ENUM)
        .ok_or_else(QError::limit)
}

/// The list of symbols that a domain's name stands for, if it is one.
fn symbols_of(domain: Symbol) -> Option<Obj> {
    context::value_of(domain).ok().filter(|symbols| symbols.tag() == tag::KS)
}

/// The symbols of an enumeration, one of an atom; the empty one for what is outside its domain.
///
/// # Errors
/// The domain's name, when there is no such list.
pub fn values(x: &Obj) -> R {
    let domain = domain_of(x).ok_or_else(QError::type_)?;
    let symbols = symbols_of(domain).ok_or_else(|| QError::from_bytes(domain.bytes()))?;
    let symbols = symbols.slice::<Symbol>();
    let at = |i: &i64| {
        usize::try_from(*i).ok().and_then(|i| symbols.get(i).copied()).unwrap_or_else(Symbol::empty)
    };
    Ok(match x.is_list() {
        true => Obj::vector(tag::KS, x.slice::<i64>().iter().map(at)),
        false => Obj::sym(at(&x.get::<i64>())),
    })
}

/// The symbols of an enumeration, anything else as it is.
///
/// # Errors
/// As [`values`].
#[inline]
pub fn plain(x: &Obj) -> R<Cow<'_, Obj>> {
    if is_one(x) { values(x).map(Cow::Owned) } else { Ok(Cow::Borrowed(x)) }
}

/// An enumeration, or an atom of one, with these positions.
fn of_positions(domain: Symbol, is_list: bool, positions: &[i64]) -> R {
    let t = type_of(domain)?;
    Ok(if is_list { Obj::from_slice::<i64>(t, positions) } else { Obj::atom::<i64>(-t, positions[0]) })
}

fn symbols_in(y: &Obj) -> R<Vec<Symbol>> {
    let y = plain(y)?;
    match y.tag() {
        tag::KS => Ok(y.slice::<Symbol>().to_vec()),
        -11 => Ok(vec![y.get::<Symbol>()]),
        tag::LIST if y.is_empty() => Ok(vec![]),
        _ => Err(QError::type_()),
    }
}

/// Is this the name of a domain?
pub fn is_domain(name: Symbol) -> bool {
    symbols_of(name).is_some()
}

/// `` `domain$y ``: symbols by their positions in the domain, which has them all.
///
/// # Errors
/// `type`; `cast` when it has not.
pub fn cast(domain: Symbol, y: &Obj) -> R {
    let symbols = symbols_of(domain).ok_or_else(QError::type_)?;
    let position = |s: &Symbol| {
        let found = symbols.slice::<Symbol>().iter().position(|known| known == s).map(|i| i as i64);
        found.or(s.is_empty().then_some(i64::NULL)).ok_or_else(|| QError::named("cast"))
    };
    let positions = symbols_in(y)?.iter().map(position).collect::<R<Vec<i64>>>()?;
    of_positions(domain, y.is_list(), &positions)
}

/// `` `domain?y ``: the same; symbols that the domain does not have are added to it.
///
/// # Errors
/// `type`, `noupdate`.
pub fn extend(domain: Symbol, y: &Obj) -> R {
    let known = match context::value_of(domain) {
        Err(_) => Obj::zeroed(tag::KS, 0),
        Ok(symbols) if symbols.tag() == tag::KS => symbols,
        Ok(list) if list.tag() == tag::LIST && list.is_empty() => Obj::zeroed(tag::KS, 0),
        Ok(_) => return Err(QError::type_()),
    };
    let before = known.len();
    let mut all = known.slice::<Symbol>().to_vec();
    for symbol in symbols_in(y)? {
        if !all.contains(&symbol) {
            all.push(symbol);
        }
    }
    if all.len() > before || !is_domain(domain) {
        let name = context::full_name(domain, context::current());
        context::assign(name, Obj::from_slice::<Symbol>(tag::KS, &all))?;
    }
    cast(domain, y)
}

/// `` `domain!y ``: the enumeration with these positions.
///
/// # Errors
/// `type`; `index` for a position outside.
pub fn from_positions(domain: Symbol, y: &Obj) -> R {
    let symbols = symbols_of(domain).ok_or_else(QError::type_)?;
    let positions = integers(y).ok_or_else(QError::type_)?;
    let positions = positions.as_slice();
    let is_inside = |&i: &i64| i == i64::NULL || usize::try_from(i).is_ok_and(|i| i < symbols.len());
    if !positions.iter().all(is_inside) {
        return Err(QError::index());
    }
    of_positions(domain, y.is_list(), positions)
}
