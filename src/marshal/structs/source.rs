//! Where the values of structs and arrays come from.

use super::table::row_count;
use crate::k::{Ref, tag};
use crate::marshal::{self, Mismatch};

/// Where a value comes from.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    /// An object.
    Object(Ref<'a>),
    /// An element of a simple vector.
    Element(Ref<'a>, usize),
    /// A row of a table.
    Row(Ref<'a>, usize),
    /// An item that is not there.
    Missing,
}

impl<'a> Source<'a> {
    pub(super) fn item(list: Ref<'a>, i: usize) -> Self {
        match list.tag() {
            tag::LIST => list.item(i).map_or(Source::Missing, Source::Object),
            1..=19 if i < list.len() => Source::Element(list, i),
            tag::TABLE => Source::Row(list, i),
            _ => Source::Missing,
        }
    }

    /// The fields of a struct and their number; `None` for what has no fields.
    pub(super) fn fields(self) -> Option<(Items<'a>, usize)> {
        match self {
            Source::Object(x) if x.tag() == tag::DICTIONARY => Items::of(x.parts()?.1),
            Source::Object(x) => Items::of(x),
            Source::Row(table, i) => {
                let (_, columns) = table.parts()?;
                Some((Items::Row(columns, i), columns.len()))
            }
            _ => None,
        }
    }

    /// The names of a dictionary's values, or of a row's.
    pub(super) fn names(self) -> Option<Ref<'a>> {
        match self {
            Source::Object(x) if x.tag() == tag::DICTIONARY => Some(x.parts()?.0),
            Source::Row(table, _) => Some(table.parts()?.0),
            _ => None,
        }
    }

    /// The error for something else than this.
    pub(super) fn mismatch(self, ty: impl std::fmt::Display, wants: &str) -> Mismatch {
        match self {
            Source::Object(x) => Mismatch::of(ty, wants, x),
            Source::Element(x, i) => mismatch_of_element(ty, wants, x, i),
            Source::Row(..) | Source::Missing => {
                Mismatch::Type { wants: format!("{ty} wants {wants}"), got: "nothing".into() }
            }
        }
    }
}

/// The error for element `i` of a vector.
pub(super) fn mismatch_of_element(ty: impl std::fmt::Display, wants: &str, x: Ref, i: usize) -> Mismatch {
    marshal::element(x, i).map_or_else(Mismatch::from, |element| Mismatch::of(ty, wants, element.get()))
}

/// What the fields of a struct are taken from.
pub(super) enum Items<'a> {
    List(Ref<'a>),
    Row(Ref<'a>, usize),
    Rows(Ref<'a>),
}

impl<'a> Items<'a> {
    fn of(x: Ref<'a>) -> Option<(Self, usize)> {
        match x.tag() {
            0..=19 => Some((Items::List(x), x.len())),
            // q makes a table of structs that are dictionaries with the same keys.
            tag::TABLE => Some((Items::Rows(x), row_count(x))),
            _ => None,
        }
    }

    pub(super) fn get(&self, i: usize) -> Source<'a> {
        match *self {
            Items::List(x) => Source::item(x, i),
            Items::Rows(table) => Source::Row(table, i),
            Items::Row(columns, row) => columns.item(i).map_or(Source::Missing, |c| Source::item(c, row)),
        }
    }
}
