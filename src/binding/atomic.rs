//! Atomic functions beyond what their stubs do: other types, nested lists, dictionaries, tables.
//!
//! A C function becomes atomic as q's own are (<https://code.kx.com/q/basics/atomic/>): atoms extend, vectors conform
//! by their length, lists by their items, dictionaries by their values.

use super::{Binding, parallel, simd};
use crate::callback;
use crate::calls;
use crate::ctype::{CType, Kind};
use crate::error::{Error, Result};
use crate::jit::Form;
use crate::k::{self, K, Owned, Ref, collect, tag};
use crate::marshal::{self, Arguments, Mismatch, Values, number_as_address, structs};
use crate::plan::{AtomicPlan, ElementValue, Outs};
use crate::signature::Type;

/// How deeply lists may nest: as far as a recursion on q's own stack is safe.
const MAX_NESTING: usize = 1000;

/// Applies an atomic binding to arguments that its stub has not taken as they are.
///
/// # Errors
/// [`Error::Length`] for arguments that do not conform, those of conversion, and what callbacks signal.
pub fn apply(binding: &Binding, args: &[Ref]) -> Result<Owned> {
    let resolved: Vec<Option<Owned>> =
        args.iter().map(|&x| k::without_enumerations(x)).collect::<Result<_>>()?;
    let args: Vec<Ref> = args.iter().zip(&resolved).map(|(x, r)| r.as_ref().map_or(*x, Owned::get)).collect();
    let args = &args[..];
    let mut application = Application {
        binding,
        name: &binding.name.symbol,
        types: binding.prototype.signature.given().collect(),
        results: binding.prototype.signature.results.as_ref().map_or(1, |layout| layout.members.len()),
        dry: args.iter().any(|x| matches!(x.tag(), tag::LIST | tag::DICTIONARY | tag::TABLE)),
    };
    if application.dry {
        application.apply(args, 0)?;
        application.dry = false;
    }
    application.apply(args, 0)
}

struct Application<'a> {
    binding: &'a Binding,
    name: &'a str,
    types: Vec<&'a Type>,
    /// What the function gives for an element: with several, those of all elements are apart.
    results: usize,
    /// Whether arguments are only checked: all of them are, before C is called for the first items of a list.
    dry: bool,
}

impl Application<'_> {
    fn apply(&self, args: &[Ref], nesting: usize) -> Result<Owned> {
        if nesting > MAX_NESTING {
            return Err(Error::Limit(format!("{}: lists nested deeper than {MAX_NESTING}", self.name)));
        }
        calls::enter().check_stack(self.name)?;
        if let Some(dictionary) = args.iter().find(|x| matches!(x.tag(), tag::DICTIONARY | tag::TABLE)) {
            return self.by_value(*dictionary, args, nesting);
        }
        let length = self.length(args)?;
        match length {
            None if self.dry => self.check(args),
            None if self.binding.form == Form::Simd => simd::atoms(self.binding, args),
            None => self.binding.call(&Arguments::Lent(args)),
            Some(n) if self.takes_vectors(args) => self.over_vectors(args, n, nesting),
            Some(n) => self.over_items(args, n, nesting),
        }
    }

    /// The common length of the arguments that are lists; `None` when all are atoms.
    fn length(&self, args: &[Ref]) -> Result<Option<usize>> {
        let mut length = None;
        for (_, x) in self.types.iter().zip(args).filter(|&(ty, x)| is_list(ty, *x)) {
            match length {
                Some(n) if n != x.len() => {
                    return Err(Error::Length(format!("{}: {n} and {} items", self.name, x.len())));
                }
                _ => length = Some(x.len()),
            }
        }
        Ok(length)
    }

    /// Whether all lists are simple vectors and all other arguments atoms that elements can be converted from.
    fn takes_vectors(&self, args: &[Ref]) -> bool {
        args.iter().all(|x| (-19..=19).contains(&x.tag()) && x.tag() != tag::LIST)
            && self.types.iter().zip(args).all(|(ty, x)| is_list(ty, *x) || x.tag() < 0)
    }

    /// Converts atoms, and nothing more.
    fn check(&self, args: &[Ref]) -> Result<Owned> {
        let mut values = Values::with_capacity(args.len(), callback::pointer);
        let notes = self.binding.prototype.signature.given_notes();
        for (i, ((ty, x), note)) in self.types.iter().zip(args).zip(notes).enumerate() {
            values.push(ty, note, *x).map_err(|m| m.at(self.name, i))?;
        }
        Owned::null()
    }

    /// Converts vectors and atoms whole, so that the stub takes them.
    fn over_vectors(&self, args: &[Ref], n: usize, nesting: usize) -> Result<Owned> {
        let mut converted = Vec::with_capacity(args.len());
        for (i, (ty, x)) in self.types.iter().zip(args).enumerate() {
            converted.push(convert(ty, *x, n).map_err(|m| m.at(self.name, i))?);
        }
        if self.dry {
            return Owned::null();
        }
        if self.binding.form == Form::Simd {
            let converted: Vec<Ref> = converted.iter().map(Owned::get).collect();
            return simd::run(self.binding, &converted, n);
        }
        // A stub leaves what is looked at first to this path, so it would come back here; so does every stub that is told to.
        let plan = self.binding.prototype.atomic();
        if plan.is_some_and(|p| p.outs == Outs::Single || calls::is_cold() && n > 0 && gives_addresses(p)) {
            let converted: Vec<Ref> = converted.iter().map(Owned::get).collect();
            return self.over_items(&converted, n, nesting);
        }
        if let Some(plan) =
            plan.filter(|p| p.looks_first || self.binding.form == Form::Parallel || calls::is_cold())
        {
            return parallel::run(self.binding, plan, &converted, n);
        }
        let raw: Vec<K> = converted.iter().map(|x| x.get().as_raw()).collect();
        // SAFETY: the stub takes as many K as there are parameters, lent for the call.
        unsafe { self.binding.call_stub(&raw) }
    }

    fn over_items(&self, args: &[Ref], n: usize, nesting: usize) -> Result<Owned> {
        let mut results = crate::error::room(n)?;
        for i in 0..n {
            let arguments = self.types.iter().zip(args);
            let items =
                arguments.map(|(ty, x)| if is_list(ty, *x) { item(*x, i) } else { Ok(Ref::to_owned(*x)) });
            let items = collect(items)?;
            let items: Vec<Ref> = items.iter().map(Owned::get).collect();
            results.push(self.apply(&items, nesting + 1)?);
        }
        self.apart(|k| structs::collapse(results.iter().map(|x| self.result(x.get(), k))))
    }

    /// What a function gives that has several results, each made apart; otherwise the only one.
    fn apart(&self, of: impl Fn(usize) -> Result<Owned>) -> Result<Owned> {
        match self.results {
            1 => of(0),
            n => Owned::list(collect((0..n).map(of))?),
        }
    }

    /// Result `k` of a function that has several, from all of them; otherwise the only one. A dry run has none.
    fn result(&self, all: Ref, k: usize) -> Result<Owned> {
        if self.results == 1 || self.dry { Ok(all.to_owned()) } else { item(all, k) }
    }

    /// Applies to the values of dictionaries and the columns of tables, which all have the keys of the first.
    fn by_value(&self, first: Ref, args: &[Ref], nesting: usize) -> Result<Owned> {
        let is_table = first.tag() == tag::TABLE;
        let (keys, _) = first.parts().ok_or_else(|| damaged(self.name))?;
        let mut values = Vec::with_capacity(args.len());
        for (ty, x) in self.types.iter().zip(args) {
            values.push(match x.parts() {
                None => Ref::to_owned(*x),
                Some((other, values)) if k::matches(keys, other) && (x.tag() == tag::TABLE) == is_table => {
                    with_chars_apart(ty, values, is_table)?
                }
                Some(_) => return Err(Error::Length(format!("{}: dictionaries of other keys", self.name))),
            });
        }
        let values: Vec<Ref> = values.iter().map(Owned::get).collect();
        let values = self.apply(&values, nesting + 1)?;
        if self.dry {
            return Ok(values);
        }
        self.apart(|k| {
            let dictionary = Owned::dictionary(keys.to_owned(), self.result(values.get(), k)?)?;
            if is_table { Owned::flip(dictionary) } else { Ok(dictionary) }
        })
    }
}

/// Whether C is given addresses of elements, which it may go beyond.
fn gives_addresses(plan: &AtomicPlan) -> bool {
    plan.params.iter().any(|p| p.value == ElementValue::Address)
}

/// Where C wants a text, a char vector is one. As the values of a dictionary, or a table's column, it is a list of as many
/// texts of a char each.
fn with_chars_apart(ty: &Type, values: Ref, is_table: bool) -> Result<Owned> {
    if !is_text(ty) {
        return Ok(values.to_owned());
    }
    if values.tag() == tag::CHAR {
        return Owned::list(collect((0..values.len()).map(|i| marshal::element(values, i)))?);
    }
    if !is_table || !(0..values.items().len()).any(|i| values.item(i).is_some_and(|x| x.tag() == tag::CHAR)) {
        return Ok(values.to_owned());
    }
    let column = |i| values.item(i).map_or_else(Owned::null, |column| with_chars_apart(ty, column, false));
    Owned::list(collect((0..values.items().len()).map(column))?)
}

fn is_text(ty: &Type) -> bool {
    matches!(ty, Type::Value(row) if row.kind == Kind::Text)
}

fn damaged(name: &str) -> Error {
    Error::Usage(format!("{name}: damaged dictionary"))
}

/// Whether an argument has items to apply to one by one. A string is one text where C wants a text.
fn is_list(ty: &Type, x: Ref) -> bool {
    (0..=19).contains(&x.tag()) && !(is_text(ty) && x.tag() == tag::CHAR)
}

/// Item `i` of a list or vector.
pub(super) fn item(x: Ref, i: usize) -> Result<Owned> {
    match x.tag() {
        tag::LIST => x.item(i).map_or_else(Owned::null, |x| Ok(x.to_owned())),
        _ => marshal::element(x, i),
    }
}

/// An argument as the atom or vector of the type's own tag.
pub(super) fn convert(ty: &Type, x: Ref, n: usize) -> std::result::Result<Owned, Mismatch> {
    match ty {
        Type::Value(row) if row.kind == Kind::Address => addresses(row, x),
        Type::Value(_) if ty.is_own_form(x.tag()) => Ok(Ref::to_owned(x)),
        Type::Value(row) if x.tag() > 0 => convert_vector(row, x, n),
        Type::Value(row) => convert_atom(row, x),
        _ => Err(Mismatch::of(ty, "a value", x)),
    }
}

/// The addresses that longs or ints are.
fn addresses(row: &CType, x: Ref) -> std::result::Result<Owned, Mismatch> {
    if x.tag() < 0 {
        return Ok(Owned::atom(-tag::LONG, number_as_address(row.letter, x)?)?);
    }
    let vector = Owned::unwritten(tag::LONG, x.len())?;
    for i in 0..x.len() {
        let element = marshal::element(x, i)?;
        let address = number_as_address(row.letter, element.get()).map_err(|m| m.within(i))?;
        // SAFETY: element i of a vector of longs.
        unsafe { vector.get().data().cast::<u64>().add(i).write(address) };
    }
    Ok(vector)
}

fn convert_atom(row: &CType, x: Ref) -> std::result::Result<Owned, Mismatch> {
    if matches!(row.kind, Kind::Guid | Kind::Text) {
        return Err(Mismatch::of(row.letter, &row.wants(), x));
    }
    let mut word = 0_u64;
    // SAFETY: a number is at most eight bytes.
    unsafe { marshal::write_number(row, x, std::ptr::from_mut(&mut word).cast())? };
    Ok(Owned::atom(-row.tag(), row.repr.widen(word))?)
}

fn convert_vector(row: &CType, x: Ref, n: usize) -> std::result::Result<Owned, Mismatch> {
    let wrong = || Mismatch::of(row.letter, &row.wants(), x);
    if matches!(row.kind, Kind::Guid | Kind::Text)
        || !(row.exact.contains(&x.tag()) || row.converts.contains(&x.tag()))
    {
        return Err(wrong());
    }
    let (from, step) = (x.data(), tag::element_size(x.tag()));
    let vector = Owned::unwritten(row.tag(), n)?;
    let size = tag::element_size(row.tag());
    for i in 0..n {
        let mut word = 0_u64;
        let to = std::ptr::from_mut(&mut word).cast();
        // SAFETY: element i lies within the vector, and a number is at most eight bytes.
        unsafe { marshal::write_element(row, x.tag(), from.add(i * step), to) }.ok_or_else(wrong)??;
        let word = row.repr.widen(word);
        let to = vector.get().data().wrapping_add(i * size);
        // SAFETY: element i lies within the vector, and its bytes are the first of the word.
        unsafe { to.copy_from_nonoverlapping(std::ptr::from_ref(&word).cast(), size) };
    }
    Ok(vector)
}
