//! The iterators: `'`, `/`, `\`, `':`, `/:`, `\:`, and the words that use them.

use crate::eval::apply as application;
use crate::eval::peach;
use crate::state::interrupt;
use crate::state::primitives;
use crate::state::stack;
use crate::words::functions;
use crate::words::index;
use kapi::error::{QError, R};
use kapi::object::{Obj, null, tag};

/// The function that the iterator of `row` derives from `f`.
pub fn derive(row: usize, f: Obj) -> Obj {
    let tag = match primitives::name(row) {
        "'" => tag::EACH,
        "/" => tag::OVER,
        "\\" => tag::SCAN,
        "':" => tag::PRIOR,
        "/:" => tag::EACH_RIGHT,
        _ => tag::EACH_LEFT,
    };
    Obj::derived(tag, f)
}

/// Applies a derived function (types 106 to 111).
///
/// # Errors
/// What the function it is derived from signals; `rank`, `length`.
pub fn apply(derived: &Obj, args: &[Obj]) -> R {
    stack::check()?;
    let f = derived.derived_from();
    match (derived.tag(), args) {
        (tag::EACH, [x]) => map(x, |item| call(f, &[item])),
        (tag::EACH, _) if index::wholes(f).is_some() => case(f, args),
        (tag::EACH, _) => each_many(f, args),
        (tag::EACH_RIGHT, [x, y]) => map(y, |item| call(f, &[x.clone(), item])),
        (tag::EACH_LEFT, [x, y]) => map(x, |item| call(f, &[item, y.clone()])),
        (tag::EACH_RIGHT | tag::EACH_LEFT, [_]) => Ok(functions::project(derived, args)),
        (tag::PRIOR, [x]) if application::rank(f) == Some(1) => peach::peach(f, x),
        (tag::PRIOR, [x]) => prior_list(f, &before_first(f, x), x),
        (tag::PRIOR, [seed, x]) => prior_list(f, seed, x),
        (tag::OVER, [x]) => match application::rank(f) {
            Some(1) => converge(f, x, None),
            _ => fold(f, x),
        },
        (tag::SCAN, [x]) => match application::rank(f) {
            Some(1) => keeping(|steps| converge(f, x, Some(steps))),
            _ => scan_list(f, x),
        },
        (tag::OVER, [n, x]) if application::rank(f) == Some(1) => iterate(f, n, x, None),
        (tag::SCAN, [n, x]) if application::rank(f) == Some(1) => {
            keeping(|steps| iterate(f, n, x, Some(steps)))
        }
        (tag::OVER, [seed, rest @ ..]) => fold_many(f, seed, rest, None),
        (tag::SCAN, [seed, rest @ ..]) => scan_many(f, seed, rest),
        _ => Err(QError::rank()),
    }
}

#[inline]
fn call(f: &Obj, args: &[Obj]) -> R {
    interrupt::check()?;
    application::apply(f, args)
}

/// The results of `f` on the items of `x`: in a dictionary on its values, of an atom on itself.
fn map(x: &Obj, mut f: impl FnMut(Obj) -> R) -> R {
    match x.tag() {
        tag::XD => {
            let (keys, values) = x.dict_parts();
            Ok(Obj::dict(keys.clone(), map(values, f)?))
        }
        0..=tag::XT => (0..x.len()).map(|i| f(x.index(i))).collect::<R<_>>().map(Obj::from_items),
        _ => f(x.clone()),
    }
}

/// The common length of lists among `args`; `None` when all are atoms.
fn common_length(args: &[Obj]) -> R<Option<usize>> {
    let mut lengths = args.iter().filter(|x| is_sequence(x)).map(Obj::len);
    let Some(first) = lengths.next() else { return Ok(None) };
    if lengths.all(|n| n == first) { Ok(Some(first)) } else { Err(QError::length()) }
}

fn is_sequence(x: &Obj) -> bool {
    x.is_list() || x.tag() == tag::XT
}

/// Item `i` of each of `args`, atoms as they are.
fn row(args: &[Obj], i: usize) -> Vec<Obj> {
    args.iter().map(|x| if is_sequence(x) { x.index(i) } else { x.clone() }).collect()
}

/// `f'[x;y;...]`
fn each_many(f: &Obj, args: &[Obj]) -> R {
    if let Some(dict) = args.iter().find(|x| x.tag() == tag::XD) {
        let keys = dict.dict_parts().0.clone();
        let values =
            args.iter().map(|x| if x.tag() == tag::XD { index::at(x, &keys) } else { Ok(x.clone()) });
        let values = values.collect::<R<Vec<_>>>()?;
        return Ok(Obj::dict(keys, each_many(f, &values)?));
    }
    match common_length(args)? {
        Some(n) => (0..n).map(|i| call(f, &row(args, i))).collect::<R<_>>().map(Obj::from_items),
        None => call(f, args),
    }
}

/// `n'[x;y;...]`: item `i` of the argument that `n i` names.
fn case(n: &Obj, args: &[Obj]) -> R {
    let chosen = index::wholes(n).ok_or_else(QError::type_)?;
    if common_length(args)?.is_some_and(|length| length != chosen.len()) {
        return Err(QError::length());
    }
    let item =
        |(i, &which): (usize, &usize)| args.get(which).map(|x| row(std::slice::from_ref(x), i).remove(0));
    let items = chosen.iter().enumerate().map(|pair| item(pair).ok_or_else(QError::index));
    items.collect::<R<_>>().map(Obj::from_items)
}

fn prior_list(f: &Obj, seed: &Obj, x: &Obj) -> R {
    let mut before = seed.clone();
    map(x, |item| call(f, &[item.clone(), std::mem::replace(&mut before, item)]))
}

/// What stands before the first item: the identity of a primitive that has one, otherwise a null.
fn before_first(f: &Obj, x: &Obj) -> Obj {
    let items = if x.tag() == tag::XD { x.dict_parts().1 } else { x };
    let identity = primitives::row_of(f).and_then(|word| match word.name {
        "+" | "-" => Some(0i64),
        "*" | "%" => Some(1),
        _ => None,
    });
    match identity {
        Some(0) if items.tag() > 0 && items.tag() < tag::XT => Obj::zeroed(items.tag(), 1).index(0),
        Some(n) => Obj::long(n),
        None if items.tag() > 0 && items.tag() < tag::XT => null(items.tag()),
        None => items.index(usize::MAX),
    }
}

/// The word that folds simple vectors with `f` at once, and the one that scans.
fn shortcut(f: &Obj, x: &Obj, scanning: bool) -> Option<primitives::Fn1> {
    let numeric = (tag::KB..tag::XT).contains(&x.tag()) && !matches!(x.tag(), tag::UU | tag::KC | tag::KS);
    if f.tag() != tag::OPERATOR || !numeric || x.is_empty() {
        return None;
    }
    let name = match (primitives::row_of(f)?.name, scanning) {
        ("+", false) => "sum",
        ("+", true) => "sums",
        ("*", false) => "prd",
        ("*", true) => "prds",
        ("&", false) => "min",
        ("&", true) => "mins",
        ("|", false) => "max",
        ("|", true) => "maxs",
        _ => return None,
    };
    primitives::find(name).and_then(primitives::row)?.monad
}

/// `f/x` with a function of two arguments.
fn fold(f: &Obj, x: &Obj) -> R {
    let items = if x.tag() == tag::XD { x.dict_parts().1 } else { x };
    if !is_sequence(items) {
        return Ok(items.clone());
    }
    if let Some(at_once) = shortcut(f, items, false) {
        return at_once(items);
    }
    if items.is_empty() {
        return Ok(identity_of(f, items));
    }
    (1..items.len()).try_fold(items.index(0), |sofar, i| call(f, &[sofar, items.index(i)]))
}

/// What folding nothing gives: the identity of a primitive, otherwise the empty list itself.
fn identity_of(f: &Obj, empty: &Obj) -> Obj {
    match primitives::row_of(f).map(|word| word.name) {
        Some("+" | "-") => Obj::long(0),
        Some("*" | "%") => Obj::long(1),
        Some("&" | "and") => Obj::long(i64::MAX),
        Some("|" | "or") => Obj::long(-i64::MAX),
        _ => empty.clone(),
    }
}

/// `f\x` with a function of two arguments.
fn scan_list(f: &Obj, x: &Obj) -> R {
    if x.tag() == tag::XD {
        let (keys, values) = x.dict_parts();
        return Ok(Obj::dict(keys.clone(), scan_list(f, values)?));
    }
    if !is_sequence(x) || x.is_empty() {
        return Ok(x.clone());
    }
    if let Some(at_once) = shortcut(f, x, true) {
        return at_once(x);
    }
    let mut sofar = x.index(0);
    let mut all = vec![sofar.clone()];
    for i in 1..x.len() {
        sofar = call(f, &[sofar, x.index(i)])?;
        all.push(sofar.clone());
    }
    Ok(Obj::from_items(all))
}

/// `f/[seed;y;z...]`; the values after each step go to `steps`.
fn fold_many(f: &Obj, seed: &Obj, rest: &[Obj], mut steps: Option<&mut Vec<Obj>>) -> R {
    let values: Vec<Obj> =
        rest.iter().map(|x| if x.tag() == tag::XD { x.dict_parts().1.clone() } else { x.clone() }).collect();
    let mut sofar = seed.clone();
    // Atoms only are a single step.
    for i in 0..common_length(&values)?.unwrap_or(1) {
        let mut args = row(&values, i);
        args.insert(0, sofar);
        sofar = call(f, &args)?;
        if let Some(steps) = steps.as_deref_mut() {
            steps.push(sofar.clone());
        }
    }
    Ok(sofar)
}

fn scan_many(f: &Obj, seed: &Obj, rest: &[Obj]) -> R {
    let mut steps = Vec::new();
    let last = fold_many(f, seed, rest, Some(&mut steps))?;
    match rest {
        [x] if x.tag() == tag::XD => Ok(Obj::dict(x.dict_parts().0.clone(), Obj::from_items(steps))),
        _ if rest.iter().all(|x| !is_sequence(x)) => Ok(last),
        _ => Ok(Obj::from_items(steps)),
    }
}

/// Runs `body` with a list to put intermediate values in, and gives that.
fn keeping(body: impl FnOnce(&mut Vec<Obj>) -> R) -> R {
    let mut steps = Vec::new();
    body(&mut steps)?;
    Ok(Obj::from_items(steps))
}

/// Applies `f` until the value repeats or is the first one again.
fn converge(f: &Obj, x: &Obj, mut steps: Option<&mut Vec<Obj>>) -> R {
    let same = primitives::find("~")
        .and_then(primitives::row)
        .and_then(|word| word.dyad)
        .ok_or_else(|| QError::nyi("~"))?;
    let is_same = |a: &Obj, b: &Obj| same(a, b).map(|bit| bit.get::<u8>() != 0);
    let mut sofar = x.clone();
    loop {
        if let Some(steps) = steps.as_deref_mut() {
            steps.push(sofar.clone());
        }
        let next = call(f, &[sofar.clone()])?;
        if is_same(&next, &sofar)? || is_same(&next, x)? {
            return Ok(sofar);
        }
        sofar = next;
    }
}

/// `n f/x`: applies `f` that many times, or while `n` of the value is true.
fn iterate(f: &Obj, n: &Obj, x: &Obj, mut steps: Option<&mut Vec<Obj>>) -> R {
    let times = count_of(n);
    if times.is_none() && !functions::is_function(n) {
        return Err(QError::type_());
    }
    let mut sofar = x.clone();
    let mut done = 0;
    loop {
        if let Some(steps) = steps.as_deref_mut() {
            steps.push(sofar.clone());
        }
        let more = match times {
            Some(times) => done < times,
            None => crate::eval::evaluate::truth(&call(n, &[sofar.clone()])?)?,
        };
        if !more {
            return Ok(sofar);
        }
        sofar = call(f, &[sofar])?;
        done += 1;
    }
}

/// How many times a whole number says; none for negative ones, `None` for what is no whole number.
pub fn count_of(n: &Obj) -> Option<u64> {
    let n = match -n.tag() {
        tag::KB | tag::KG => i64::from(n.get::<u8>()),
        tag::KH => i64::from(n.get::<i16>()),
        tag::KI => i64::from(n.get::<i32>()),
        tag::KJ => n.get::<i64>(),
        _ => return None,
    };
    Some(n.max(0) as u64)
}

/// `f each x`
///
/// # Errors
/// What `f` signals.
pub fn each(f: &Obj, x: &Obj) -> R {
    map(x, |item| call(f, &[item]))
}

/// `f over x`
///
/// # Errors
/// What `f` signals.
pub fn over(f: &Obj, x: &Obj) -> R {
    apply(&Obj::derived(tag::OVER, f.clone()), std::slice::from_ref(x))
}

/// `f scan x`
///
/// # Errors
/// What `f` signals.
pub fn scan(f: &Obj, x: &Obj) -> R {
    apply(&Obj::derived(tag::SCAN, f.clone()), std::slice::from_ref(x))
}

/// `f prior x`
///
/// # Errors
/// What `f` signals.
pub fn prior(f: &Obj, x: &Obj) -> R {
    prior_list(f, &before_first(f, x), x)
}
