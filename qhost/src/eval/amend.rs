//! Changing parts of lists, dictionaries and tables.

use crate::eval::apply;
use crate::eval::evaluate as eval;
use crate::state::context;
use crate::state::context::Global;
use crate::state::primitives;
use crate::state::secondary;
use crate::state::stack;
use crate::words::functions;
use crate::words::index;
use kapi::error::{QError, R};
use kapi::object::{Elem, Obj, tag};
use kapi::symbol::Symbol;

/// How the new value of a part comes about.
#[derive(Clone, Copy)]
enum How<'a> {
    /// It is this.
    Replace(&'a Obj),
    /// `f old`
    Monad(&'a Obj),
    /// `old f this`
    Dyad(&'a Obj, &'a Obj),
}

impl How<'_> {
    /// The new value of a part whose old one is `old`.
    fn apply(self, old: &Obj) -> R {
        match self {
            How::Replace(v) => Ok(v.clone()),
            How::Monad(f) => apply::apply(f, std::slice::from_ref(old)),
            How::Dyad(f, v) => apply::apply(f, &[old.clone(), v.clone()]),
        }
    }

    /// Calls `body` with what belongs to part `k` of `n`: item `k` of a list of that length, an atom as it is.
    fn for_part<T>(self, k: usize, n: usize, body: impl FnOnce(How<'_>) -> R<T>) -> R<T> {
        let share = |v: &Obj| -> R {
            match v.is_list() || v.tag() == tag::XT {
                false => Ok(v.clone()),
                true if v.len() == n => Ok(v.index(k)),
                true => Err(QError::length()),
            }
        };
        match self {
            How::Replace(v) => body(How::Replace(&share(v)?)),
            How::Dyad(f, v) => body(How::Dyad(f, &share(v)?)),
            How::Monad(f) => body(How::Monad(f)),
        }
    }
}

fn how<'a>(op: Option<&'a Obj>, value: &'a Obj) -> How<'a> {
    match op {
        Some(f) => How::Dyad(f, value),
        None => How::Replace(value),
    }
}

/// `target[path]:value`, or with `op` combined with the old value. On an error `target` is as it was.
///
/// # Errors
/// `type`, `length`, `index`, and what `op` signals.
pub fn in_place(target: &mut Obj, path: &[Option<Obj>], op: Option<&Obj>, value: &Obj) -> R<()> {
    change(target, path, how(op, value))
}

/// The same for a global.
///
/// # Errors
/// As [`in_place`]; the name, when nothing is assigned to it.
pub fn global(global: &Global, path: &[Option<Obj>], op: Option<&Obj>, value: &Obj) -> R<()> {
    secondary::check_update()?;
    let mut lent = Lent { global, value: global.take() };
    if let Some(target) = &mut lent.value {
        return in_place(target, path, op, value);
    }
    let mut target = match (global.get(), path, op) {
        (Ok(target), ..) => target,
        // What was to be combined with a missing value is the value; `,` makes a list of it.
        (Err(_), [], Some(op)) if !global.is_view() => match word_is(op, ",") {
            true => Obj::list(vec![]),
            false => return context::assign(global.name, value.clone()),
        },
        (Err(error), ..) => return Err(error),
    };
    in_place(&mut target, path, op, value)?;
    context::assign(global.name, target)
}

/// A global's value, taken out so that it is not shared and can be changed in place. It goes back even when
/// memory runs out.
struct Lent<'a> {
    global: &'a Global,
    value: Option<Obj>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(value) = self.value.take() {
            self.global.set(value);
        }
    }
}

/// `.[d;path;f]` and `.[d;path;f;v]`: a changed copy, or of a symbol the name after changing the global.
///
/// # Errors
/// As [`in_place`].
pub fn functional(d: &Obj, path: &[Option<Obj>], f: &Obj, v: Option<&Obj>) -> R {
    let replaces = word_is(f, ":");
    let how = match v {
        Some(v) if replaces => How::Replace(v),
        Some(v) => How::Dyad(f, v),
        None => How::Monad(f),
    };
    let Some(name) = functions::symbol(d) else {
        let mut target = d.clone();
        change(&mut target, path, how)?;
        return Ok(target);
    };
    let cell = context::global(context::full_name(name, context::current()));
    let mut target = if path.is_empty() && replaces { Obj::null() } else { cell.get()? };
    change(&mut target, path, how)?;
    eval::set(d, &target)
}

fn change(target: &mut Obj, path: &[Option<Obj>], how: How<'_>) -> R<()> {
    stack::check()?;
    match path {
        [] => combine(target, how),
        [None, rest @ ..] => every(target, rest, how),
        [Some(i), rest @ ..] => at(target, i, rest, how),
    }
}

fn combine(target: &mut Obj, how: How<'_>) -> R<()> {
    if let How::Dyad(f, v) = how
        && word_is(f, ",")
        && append(target, v)?
    {
        return Ok(());
    }
    *target = how.apply(target)?;
    Ok(())
}

fn word_is(f: &Obj, name: &str) -> bool {
    f.tag() == tag::OPERATOR && primitives::row_of(f).is_some_and(|word| word.name == name)
}

/// Appends in place if that is what `target,v` gives; otherwise does nothing and says no. A vector keeps its type.
fn append(target: &mut Obj, v: &Obj) -> R<bool> {
    let t = target.tag();
    if !target.is_list() || (t == tag::LIST && (target.is_empty() || v.tag() >= tag::XT)) {
        return Ok(false);
    }
    let fits = t == tag::LIST || t.unsigned_abs() == v.tag().unsigned_abs();
    match (fits, v.is_list()) {
        (true, false) => target.push(v.clone()),
        (true, true) => (0..v.len()).for_each(|i| target.push(v.index(i))),
        // Nothing is nothing of any type.
        (false, true) if v.is_empty() => {}
        (false, _) => return Err(QError::type_()),
    }
    Ok(true)
}

/// Changes every part of `target`.
fn every(target: &mut Obj, rest: &[Option<Obj>], how: How<'_>) -> R<()> {
    match (target.tag(), rest) {
        (tag::XD, _) => in_values(target, |values| every(values, rest, how)),
        (tag::XT, [Some(column), below @ ..]) if column.tag().unsigned_abs() as i8 == tag::KS => {
            let rows: Vec<Option<Obj>> = std::iter::once(None).chain(below.iter().cloned()).collect();
            at(target, column, &rows, how)
        }
        _ => {
            let all: Vec<usize> = (0..target.len()).collect();
            elements(target, &all, rest, how)
        }
    }
}

/// Changes the values of a dictionary.
fn in_values(dict: &mut Obj, body: impl FnOnce(&mut Obj) -> R<()>) -> R<()> {
    let (keys, values) = dict.dict_parts();
    let (keys, mut values) = (keys.clone(), values.clone());
    body(&mut values)?;
    *dict = Obj::dict(keys, values);
    Ok(())
}

fn at(target: &mut Obj, i: &Obj, rest: &[Option<Obj>], how: How<'_>) -> R<()> {
    match target.tag() {
        tag::XD => in_dict(target, i, rest, how),
        tag::XT => in_table(target, i, rest, how),
        0..tag::XT => match (index::whole(i), index::wholes(i)) {
            (Some(n), _) => element(target, n, rest, how),
            (None, Some(all)) => elements(target, &all, rest, how),
            (None, None) if i.tag() == tag::LIST => each_of(target, i, rest, how),
            _ => Err(QError::type_()),
        },
        _ => Err(QError::type_()),
    }
}

/// An index that is a general list: each item in turn.
fn each_of(target: &mut Obj, i: &Obj, rest: &[Option<Obj>], how: How<'_>) -> R<()> {
    stack::check()?;
    let mut changed = target.clone();
    for k in 0..i.len() {
        how.for_part(k, i.len(), |how| at(&mut changed, &i.index(k), rest, how))?;
    }
    *target = changed;
    Ok(())
}

fn elements(target: &mut Obj, positions: &[usize], rest: &[Option<Obj>], how: How<'_>) -> R<()> {
    let mut changed = target.clone();
    for (k, &n) in positions.iter().enumerate() {
        how.for_part(k, positions.len(), |how| element(&mut changed, n, rest, how))?;
    }
    *target = changed;
    Ok(())
}

fn element(target: &mut Obj, n: usize, rest: &[Option<Obj>], how: How<'_>) -> R<()> {
    if n >= target.len() {
        return Err(QError::index());
    }
    let mut part = match target.tag() {
        // Taken out, so that the part is not shared and can itself be changed in place.
        tag::LIST => std::mem::replace(&mut target.slice_mut::<Obj>()[n], Obj::null()),
        _ => target.index(n),
    };
    let result = change(&mut part, rest, how);
    if target.tag() == tag::LIST {
        target.slice_mut::<Obj>()[n] = part;
        result?;
        simplify(target, n);
        return Ok(());
    }
    result?;
    put(target, n, &part)
}

/// A general list that has become one of atoms of one type is a vector.
fn simplify(target: &mut Obj, n: usize) {
    let items = target.items();
    let t = items[n].tag();
    if t < 0 && items.iter().all(|item| item.tag() == t) {
        *target = Obj::from_items(items.to_vec());
    }
}

/// Writes an atom into a vector of its type.
fn put(target: &mut Obj, n: usize, atom: &Obj) -> R<()> {
    fn write<T: Elem + Copy>(target: &mut Obj, n: usize, atom: &Obj) {
        target.slice_mut::<T>()[n] = atom.get();
    }
    if atom.tag() != -target.tag() {
        return Err(QError::type_());
    }
    match target.tag() {
        tag::KB | tag::KG | tag::KC => write::<u8>(target, n, atom),
        tag::KH => write::<i16>(target, n, atom),
        tag::KI | tag::KM | tag::KD | tag::KU | tag::KV | tag::KT => write::<i32>(target, n, atom),
        tag::KJ | tag::KP | tag::KN => write::<i64>(target, n, atom),
        tag::KE => write::<f32>(target, n, atom),
        tag::KF | tag::KZ => write::<f64>(target, n, atom),
        tag::KS => write::<Symbol>(target, n, atom),
        tag::UU => write::<[u8; 16]>(target, n, atom),
        t if tag::is_enum(t) => write::<i64>(target, n, atom),
        _ => return Err(QError::type_()),
    }
    Ok(())
}

fn in_dict(target: &mut Obj, i: &Obj, rest: &[Option<Obj>], how: How<'_>) -> R<()> {
    let keys = target.dict_parts().0.clone();
    if keys.tag() == tag::XT && keys.is_empty() {
        return Err(QError::nyi("amend of an empty keyed table"));
    }
    let found = index::find(&keys, i)?;
    if let Some(all) = index::wholes(&found) {
        let mut changed = target.clone();
        for k in 0..all.len() {
            how.for_part(k, all.len(), |how| in_dict(&mut changed, &i.index(k), rest, how))?;
        }
        *target = changed;
        return Ok(());
    }
    let n = index::whole(&found).ok_or_else(QError::type_)?;
    if n < keys.len() {
        return in_values(target, |values| match values.tag() {
            tag::XT => in_table(values, &found, rest, how),
            _ => element(values, n, rest, how),
        });
    }
    drop(keys);
    add_entry(target, i, rest, how)
}

/// Adds a key to a dictionary. What was to be combined with the missing old value is the value.
fn add_entry(dict: &mut Obj, key: &Obj, rest: &[Option<Obj>], how: How<'_>) -> R<()> {
    let (keys, values) = dict.dict_parts();
    let (mut keys, mut values) = (keys.clone(), values.clone());
    if keys.tag() == tag::XT {
        return Err(QError::nyi("new key of a keyed table"));
    }
    let value = match (rest, how) {
        ([], How::Replace(v) | How::Dyad(_, v)) => v.clone(),
        ([], How::Monad(f)) => apply::apply(f, &[values.index(usize::MAX)])?,
        _ => return Err(QError::index()),
    };
    extend(&mut keys, key)?;
    extend(&mut values, &value)?;
    *dict = Obj::dict(keys, values);
    Ok(())
}

/// Appends one item; vectors take only their own type.
fn extend(list: &mut Obj, item: &Obj) -> R<()> {
    if list.tag() == tag::LIST && list.is_empty() {
        *list = Obj::from_items(vec![item.clone()]);
        return Ok(());
    }
    if !list.is_list() || (list.tag() > 0 && item.tag() != -list.tag()) {
        return Err(QError::type_());
    }
    list.push(item.clone());
    Ok(())
}

fn in_table(target: &mut Obj, i: &Obj, rest: &[Option<Obj>], how: How<'_>) -> R<()> {
    let mut columns = target.table_dict().clone();
    let rows = target.len();
    if i.tag().unsigned_abs() as i8 == tag::KS {
        change(&mut columns, &[&[Some(i.clone())], rest].concat(), how)?;
    } else {
        match rest {
            [Some(column), below @ ..] => {
                let path = [&[Some(column.clone()), Some(i.clone())], below].concat();
                change(&mut columns, &path, how)?;
            }
            _ => set_row(&mut columns, i, how)?,
        }
    }
    // An atom as a column is that value in every row.
    let values = columns.dict_parts().1;
    let full = (0..values.len()).map(|c| filled(&values.index(c), rows)).collect::<R<Vec<_>>>()?;
    *target = Obj::table(Obj::dict(columns.dict_parts().0.clone(), Obj::list(full)));
    Ok(())
}

fn filled(column: &Obj, rows: usize) -> R {
    match column.is_list() {
        true if column.len() == rows => Ok(column.clone()),
        true => Err(QError::length()),
        false => Ok(index::gather(&Obj::from_items(vec![column.clone()]), &vec![0; rows])),
    }
}

/// Replaces a row by a dictionary of its columns.
fn set_row(columns: &mut Obj, i: &Obj, how: How<'_>) -> R<()> {
    let How::Replace(row) = how else { return Err(QError::nyi("combining rows")) };
    if row.tag() != tag::XD {
        return Err(QError::type_());
    }
    let (names, values) = row.dict_parts();
    for k in 0..names.len() {
        change(columns, &[Some(names.index(k)), Some(i.clone())], How::Replace(&values.index(k)))?;
    }
    Ok(())
}
