//! The arguments of a call as q hands them over.

use super::element;
use super::structs::table_rows;
use crate::args::usage;
use crate::error::{Error, Result};
use crate::k::{K, Owned, Ref, collect, tag};
use crate::signature::{Signature, Type};

/// The arguments of a call, from a list in one of the shapes that a list-form function takes.
pub enum Arguments<'a> {
    /// Objects that the list holds.
    Borrowed(&'a [K]),
    /// Objects that the caller has borrowed.
    Lent(&'a [Ref<'a>]),
    /// Objects made for the call.
    Made(Vec<Owned>),
    /// The object itself.
    Itself(Ref<'a>),
}

impl<'a> Arguments<'a> {
    /// Number of arguments.
    pub fn len(&self) -> usize {
        match self {
            Self::Borrowed(items) => items.len(),
            Self::Lent(items) => items.len(),
            Self::Made(items) => items.len(),
            Self::Itself(_) => 1,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Argument `i`; `None` for an item that is missing from a damaged list.
    pub fn get(&self, i: usize) -> Option<Ref<'_>> {
        match self {
            // SAFETY: the list lives for 'a and keeps its items alive.
            Self::Borrowed(items) => items.get(i).and_then(|&x| unsafe { Ref::new(x) }),
            Self::Lent(items) => items.get(i).copied(),
            Self::Made(items) => items.get(i).map(Owned::get),
            Self::Itself(x) => (i == 0).then_some(*x),
        }
    }

    /// All of them, but for those missing from a damaged list.
    pub fn iter(&self) -> impl Iterator<Item = Ref<'_>> {
        (0..self.len()).filter_map(|i| self.get(i))
    }

    /// The arguments in what q passes to a list-form function of that signature: a list of them, `enlist` of one
    /// list that ends in `::`, or that list itself. The stubs know the first two shapes ([`crate::jit`]).
    ///
    /// # Errors
    /// [`Error::Rank`] when there are more or fewer than it has parameters.
    pub fn of_list(list: Ref<'a>, signature: &Signature, name: &str) -> Result<Self> {
        let arity = signature.arity();
        let arguments = Self::shaped(list, signature, arity)?.without_nothing(arity);
        match arguments.len() == arity {
            true => Ok(arguments),
            false => Err(Error::Rank { name: name.into(), wanted: arity, given: arguments.len() }),
        }
    }

    fn shaped(list: Ref<'a>, signature: &Signature, arity: usize) -> Result<Self> {
        // A single list that ends in `::` may also be the only argument itself.
        let itself =
            |inner: &Self| arity == 1 && inner.len() != 1 && signature.given().all(Type::takes_lists);
        let wrapped = match list.items() {
            items if items.len() == arity && arity > 1 => None,
            [_] => list.item(0).and_then(Self::all_but_null).filter(|inner| !itself(inner)),
            _ => Self::all_but_null(list),
        };
        wrapped.map_or_else(|| Self::of_items(list), Ok)
    }

    /// The arguments of a variadic function: a list of them, or `enlist` of one list that ends in `::`; at least the
    /// `fixed` ones. A `::` at the end of several is an argument, since `execl` and its like end their lists in NULL.
    ///
    /// # Errors
    /// [`Error::Rank`] when there are fewer.
    pub fn of_variadic(list: Ref<'a>, fixed: usize, name: &str) -> Result<Self> {
        let wrapped = match list.items() {
            [_] => list.item(0).and_then(Self::all_but_null),
            _ => None,
        };
        let arguments = wrapped.map_or_else(|| Self::of_items(list), Ok)?;
        match arguments.len() >= fixed {
            true => Ok(arguments),
            false => Err(Error::Rank { name: name.into(), wanted: fixed, given: arguments.len() }),
        }
    }

    /// The arguments in the list that `.ffi.callFunction` takes: all but a `::` at the end.
    ///
    /// # Errors
    /// [`Error::Usage`] for a string, which is one argument in a list; [`Error::MemoryFull`].
    pub fn of_call(list: Ref<'a>) -> Result<Self> {
        match list.tag() {
            _ if list.is_null() => Ok(Self::Borrowed(&[])),
            tag::CHAR => Err(Error::Usage("callFunction: args wants a list, got a string: enlist it".into())),
            _ => Self::all_but_null(list).map_or_else(|| Self::of_items(list), Ok),
        }
    }

    /// The arguments in a list as q's `.` takes it: all of its items.
    ///
    /// # Errors
    /// [`Error::Usage`] for what is no list, [`Error::Rank`] when there are more or fewer than `arity`;
    /// [`Error::MemoryFull`].
    pub fn of_apply(list: Ref<'a>, arity: usize, name: &str) -> Result<Self> {
        if !(0..=19).contains(&list.tag()) {
            return Err(usage(name, "args", "a list, as . takes it", list));
        }
        let arguments = Self::of_items(list)?;
        match arguments.without_nothing(arity) {
            arguments if arguments.len() == arity => Ok(arguments),
            arguments => Err(Error::Rank { name: name.into(), wanted: arity, given: arguments.len() }),
        }
    }

    fn all_but_null(list: Ref<'a>) -> Option<Self> {
        let (_, rest) = list.items().split_last()?;
        list.item(rest.len())?.is_null().then_some(Self::Borrowed(rest))
    }

    /// The items of a list.
    ///
    /// # Errors
    /// [`Error::MemoryFull`].
    pub fn of_items(list: Ref<'a>) -> Result<Self> {
        Ok(match list.tag() {
            tag::LIST => Self::Borrowed(list.items()),
            1..=19 => Self::Made(collect((0..list.len()).map(|i| element(list, i)))?),
            tag::TABLE => Self::Made(table_rows(list)?),
            _ => Self::Itself(list),
        })
    }

    /// `f[]` passes `::`, which a function without parameters takes as nothing.
    fn without_nothing(self, arity: usize) -> Self {
        let only_nulls = |a: &Self| (0..a.len()).all(|i| a.get(i).is_some_and(Ref::is_null));
        match &self {
            a if arity == 0 && a.len() <= 1 && only_nulls(a) => Self::Borrowed(&[]),
            a if arity > 1 && a.len() == 1 && only_nulls(a) => Self::Borrowed(&[]),
            _ => self,
        }
    }
}
