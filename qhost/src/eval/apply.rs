//! Applying any applicable value (function, list, dictionary, symbol) to arguments.

use crate::eval::adverb;
use crate::eval::amend;
use crate::eval::depth;
use crate::eval::evaluate as eval;
use crate::eval::lambda;
use crate::eval::outside;
use crate::state::primitives::{self, Fn1, Fn2, Word};
use crate::state::stack;
use crate::words::enumeration;
use crate::words::functions::{elided, is_elided, is_function, project, symbol};
use crate::words::index;
use kapi::dynload::{self, Kind};
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};
use std::borrow::Cow;

/// Applies `f` to `args` as `f . args` does.
///
/// # Errors
/// Whatever the function signals; `rank` when it takes fewer arguments than given.
pub fn apply(f: &Obj, args: &[Obj]) -> R {
    match f.tag() {
        tag::LAMBDA => match lambda::of(f) {
            Some(body) => lambda::call(f, body, args),
            None => Err(QError::type_()),
        },
        tag::FOREIGN => c_function(f, args),
        tag::UNARY..=tag::ITERATOR => primitive(f, args),
        tag::PROJECTION => apply_projection(f, args),
        tag::COMPOSITION => apply_composition(f, args),
        tag::EACH..=tag::EACH_LEFT => adverb::apply(f, args),
        -11 => apply(&named(f)?, args),
        -7 | -6 => (outside::get().handle)(f, args),
        _ => match args {
            [i] => index::at(f, i),
            _ => depth::deep(f, &args.iter().cloned().map(Some).collect::<Vec<_>>()),
        },
    }
}

/// What a symbol that is applied stands for: the value of that variable, which is no symbol again.
fn named(f: &Obj) -> R {
    let value = eval::value(f)?;
    if symbol(&value).is_some() { Err(QError::type_()) } else { Ok(value) }
}

fn c_function(f: &Obj, args: &[Obj]) -> R {
    match c_rank(f) {
        Some(rank) if args.len() < rank => Ok(project(f, args)),
        _ => signalled(dynload::apply(f, args)?),
    }
}

/// An error object that C returns is signalled.
#[inline]
fn signalled(result: Obj) -> R {
    match result.tag() {
        tag::ERROR => Err(QError::from_bytes(result.error_text())),
        _ => Ok(result),
    }
}

/// The number of parameters of a C function; `None` for foreign objects.
fn c_rank(f: &Obj) -> Option<usize> {
    match dynload::kind(f) {
        Some(Kind::Function(rank)) => Some(rank),
        _ => None,
    }
}

/// A primitive that does not know enumerations, on one.
#[cold]
#[inline(never)]
pub fn plain1(f: Fn1, x: &Obj) -> R {
    f(&*enumeration::plain(x)?)
}

/// The same with two arguments, either of which may be one.
#[cold]
#[inline(never)]
pub fn plain2(f: Fn2, x: &Obj, y: &Obj) -> R {
    f(&*enumeration::plain(x)?, &*enumeration::plain(y)?)
}

fn primitive(f: &Obj, args: &[Obj]) -> R {
    let word = primitives::row_of(f).ok_or_else(QError::type_)?;
    if word.kind == primitives::Kind::Iterator {
        return iterator(f, args);
    }
    if !word.knows_enumerations && args.iter().any(enumeration::is_one) {
        let plain = args.iter().map(|x| enumeration::plain(x).map(Cow::into_owned)).collect::<R<Vec<_>>>()?;
        return primitive(f, &plain);
    }
    match (args, word) {
        ([x], Word { monad: Some(run), .. }) => run(x),
        ([x, y], Word { dyad: Some(run), .. }) => run(x, y),
        ([_], Word { dyad: Some(_), .. }) => Ok(project(f, args)),
        (_, Word { many: Some(_), least, .. }) if args.len() < *least => Ok(project(f, args)),
        (_, Word { many: Some(run), .. }) => run(args),
        _ => Err(QError::rank()),
    }
}

/// An iterator as a function: of one function its derived function, `'[f;g;...]` the composition.
fn iterator(iterator: &Obj, args: &[Obj]) -> R {
    let row = iterator.get::<i64>() as usize;
    match args {
        [f] => Ok(adverb::derive(row, f.clone())),
        fs if primitives::name(row) == "'" && fs.iter().all(is_applicable) => {
            Ok(Obj::list_as(tag::COMPOSITION, fs.to_vec()))
        }
        _ => Err(QError::rank()),
    }
}

fn is_applicable(f: &Obj) -> bool {
    f.tag() >= 0 || f.tag() == -tag::KS
}

/// `f[a;;c]`: a projection of a function, an index with everything at the left out depth otherwise.
///
/// # Errors
/// `rank` when there are more positions than parameters, and what indexing signals.
pub fn with_elided(f: &Obj, args: &[Option<Obj>]) -> R {
    stack::check()?;
    if f.tag() == -tag::KS {
        return with_elided(&named(f)?, args);
    }
    if !is_function(f) {
        return depth::deep(f, args);
    }
    let fixed = match f.tag() {
        tag::LAMBDA => lambda::of(f).map(lambda::Lambda::rank),
        tag::FOREIGN => c_rank(f),
        tag::PROJECTION => return refill(f, args),
        _ => None,
    };
    if fixed.is_some_and(|rank| args.len() > rank) {
        return Err(QError::rank());
    }
    Ok(projection(f, args))
}

/// Applies `f` to what is given: a call when nothing is left out.
pub fn with_elided_or_not(f: &Obj, args: &[Option<Obj>]) -> R {
    match args.iter().cloned().collect::<Option<Vec<Obj>>>() {
        Some(args) => apply(f, &args),
        None => with_elided(f, args),
    }
}

fn projection(f: &Obj, args: &[Option<Obj>]) -> Obj {
    let args = args.iter().map(|arg| arg.clone().unwrap_or_else(elided));
    Obj::list_as(tag::PROJECTION, std::iter::once(f.clone()).chain(args).collect())
}

/// A projection's arguments with the left out ones taken from `more`, what remains of which follows.
fn filled<'a>(held: &'a [Obj], more: &'a [Option<Obj>]) -> impl Iterator<Item = Option<Obj>> + 'a {
    let mut more = more.iter().cloned();
    let gaps = held.iter().filter(|x| is_elided(x)).count();
    let rest: Vec<_> = more.clone().skip(gaps).collect();
    let held = held.iter().map(move |x| if is_elided(x) { more.next().flatten() } else { Some(x.clone()) });
    held.chain(rest)
}

fn refill(f: &Obj, args: &[Option<Obj>]) -> R {
    let items = f.items();
    let all: Vec<Option<Obj>> = filled(&items[1..], args).collect();
    with_elided(&items[0], &all)
}

fn apply_projection(f: &Obj, args: &[Obj]) -> R {
    stack::check()?;
    let items = f.items();
    let more: Vec<Option<Obj>> = args.iter().cloned().map(Some).collect();
    let all: Vec<Option<Obj>> = filled(&items[1..], &more).collect();
    match all.iter().cloned().collect::<Option<Vec<Obj>>>() {
        Some(args) => apply(&items[0], &args),
        None => Ok(projection(&items[0], &all)),
    }
}

fn apply_composition(f: &Obj, args: &[Obj]) -> R {
    stack::check()?;
    let Some((last, others)) = f.items().split_last() else { return Err(QError::type_()) };
    if rank(last).is_some_and(|rank| args.len() < rank) {
        return Ok(project(f, args));
    }
    let inner = apply(last, args)?;
    others.iter().rev().try_fold(inner, |x, g| apply(g, &[x]))
}

/// How many arguments a function takes; `None` when it takes various numbers of them.
pub fn rank(f: &Obj) -> Option<usize> {
    stack::check().ok()?;
    match f.tag() {
        tag::LAMBDA => lambda::of(f).map(lambda::Lambda::rank),
        tag::FOREIGN => c_rank(f),
        tag::UNARY => primitives::row_of(f).and_then(|w| match (w.monad, w.dyad, w.many) {
            (_, None, None) => Some(1),
            (None, Some(_), None) => Some(2),
            (None, None, Some(_)) => Some(w.least).filter(|n| *n > 0),
            _ => None,
        }),
        tag::OPERATOR => primitives::row_of(f).filter(|w| w.many.is_none()).map(|_| 2),
        tag::PROJECTION => {
            let (head, held) = f.items().split_first()?;
            let gaps = held.iter().filter(|x| is_elided(x)).count();
            match rank(head) {
                Some(rank) => Some(rank.saturating_sub(held.len()) + gaps),
                None if gaps > 0 => Some(gaps),
                None => Some(2usize.saturating_sub(held.len()).max(1)),
            }
        }
        tag::COMPOSITION => f.items().last().and_then(rank),
        _ => None,
    }
}

/// `f @ x`
///
/// # Errors
/// As [`apply`].
pub fn at_dyad(f: &Obj, x: &Obj) -> R {
    apply(f, std::slice::from_ref(x))
}

/// `f . args`
///
/// # Errors
/// `type` when `args` is no list, and as [`apply`].
pub fn dot_dyad(f: &Obj, args: &Obj) -> R {
    if !args.is_list() {
        return Err(QError::type_());
    }
    let args = arguments(args);
    match (args.len(), f.tag()) {
        (0, -11) => named(f),
        (0, _) if is_function(f) => apply(f, &[Obj::null()]),
        (0, _) => Ok(f.clone()),
        _ if is_callable(f) => apply(f, &args),
        // An item `::` of an index is everything at its depth.
        (_, -11) => apply(&named(f)?, &args),
        _ => depth::deep(f, &args.into_iter().map(index::position).collect::<Vec<_>>()),
    }
}

fn arguments(list: &Obj) -> Vec<Obj> {
    (0..list.len()).map(|i| list.index(i)).collect()
}

/// `@[f;x;handler]` (trap), `@[d;i;f]`, `@[d;i;f;v]` (amend)
///
/// # Errors
/// What the parts signal.
pub fn at_many(args: &[Obj]) -> R {
    match args {
        [f, x, handler] if is_callable(f) => trap(|| apply(f, std::slice::from_ref(x)), handler),
        [d, i, f] => amend::functional(d, &[index::position(i.clone())], f, None),
        [d, i, f, v] => amend::functional(d, &[index::position(i.clone())], f, Some(v)),
        _ => Err(QError::rank()),
    }
}

/// `.[f;args;handler]` (trap), `.[d;i;f]`, `.[d;i;f;v]` (amend at depth)
///
/// # Errors
/// What the parts signal.
pub fn dot_many(args: &[Obj]) -> R {
    let path = |i: &Obj| match i.is_list() {
        true => arguments(i).into_iter().map(index::position).collect(),
        false => vec![index::position(i.clone())],
    };
    match args {
        [f, x, handler] if is_callable(f) => trap(|| dot_dyad(f, x), handler),
        [d, i, f] => amend::functional(d, &path(i), f, None),
        [d, i, f, v] => amend::functional(d, &path(i), f, Some(v)),
        _ => Err(QError::rank()),
    }
}

/// Is this called when it is applied by `@` and `.`? They index anything else. Integers are handles.
fn is_callable(f: &Obj) -> bool {
    is_function(f) || matches!(f.tag(), -7 | -6)
}

/// The result of `body`; when it signals, `handler` applied to the text, or `handler` itself if it is no
/// function.
fn trap(body: impl FnOnce() -> R, handler: &Obj) -> R {
    match kapi::error::catch(body) {
        Ok(value) => Ok(value),
        Err(error) if is_function(handler) => apply(handler, &[Obj::string(error.text.as_bytes())]),
        Err(_) => Ok(handler.clone()),
    }
}

/// `.Q.trp[f;x;g]`: `f x`; when it signals, `g` applied to the text and the trace.
///
/// # Errors
/// `rank`, and what `g` signals.
pub fn trp(args: &[Obj]) -> R {
    let [f, x, handler] = args else { return Err(QError::rank()) };
    kapi::error::catch(|| apply(f, std::slice::from_ref(x))).or_else(|error| {
        let trace = error.trace.iter().map(|frame| Obj::string(frame.as_bytes())).collect();
        apply(handler, &[Obj::string(error.text.as_bytes()), Obj::list(trace)])
    })
}
