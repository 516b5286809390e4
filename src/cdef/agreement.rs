//! When two declarations of one name agree, and what they say together.

use std::sync::Arc;

use super::MAX_DEPTH;
use super::error::{Error, Place, shown};
use super::scope::{Entry, Function, Meaning, Notes, Scope, Variable};
use super::types::{EnumId, Field, FunctionType, Kind, Qualified, RecordId, TypeId};

impl Scope {
    /// The error for a name that is declared as two things.
    pub(super) fn conflict(&self, name: &str, old: &Entry, new: &Meaning, place: Place) -> Error {
        let (was, is) = (self.describe(&old.meaning), self.describe(new));
        let there = self.place_text(old.place);
        match was == is {
            true => self.error(place, name, format!("declared as another {is} at {there}")),
            false => self.error(place, name, format!("declared as {is}, and as {was} at {there}")),
        }
    }

    fn describe(&self, meaning: &Meaning) -> String {
        match meaning {
            Meaning::Type(of) => format!("the type {}", self.text_of(*of, "")),
            Meaning::Function(f) => self.prototype(f),
            Meaning::Variable(v) => self.text_of(v.ty, &v.name),
            Meaning::Constant(value) => format!("{value}"),
            Meaning::Alias(of) => format!("the macro {}", shown(of)),
        }
    }

    /// What two declarations of one name say together, if they agree.
    pub(super) fn merge(&mut self, old: &Meaning, new: &Meaning) -> Option<Meaning> {
        match (old, new) {
            (Meaning::Type(a), Meaning::Type(b)) => self.same_qualified(*a, *b).then(|| old.clone()),
            (Meaning::Function(a), Meaning::Function(b)) => {
                let ty = self.composite(a.ty, b.ty)?;
                Some(Meaning::Function(Arc::new(merge_functions(a, b, ty, ty == a.ty))))
            }
            (Meaning::Variable(a), Meaning::Variable(b)) => {
                let ty = Qualified { ty: self.composite(a.ty.ty, b.ty.ty)?, ..a.ty };
                (a.ty.constant == b.ty.constant)
                    .then(|| Meaning::Variable(Arc::new(Variable { ty, ..(**b).clone() })))
            }
            _ => (old == new).then(|| old.clone()),
        }
    }

    // The better one of two types that agree: with a prototype, with a length.
    fn composite(&mut self, a: TypeId, b: TypeId) -> Option<TypeId> {
        if self.same(a, b) {
            return Some(a);
        }
        match (self.types.kind(a).clone(), self.types.kind(b).clone()) {
            (Kind::Array(x, n), Kind::Array(y, m)) if n.is_none() || m.is_none() => {
                self.same_qualified(x, y).then_some(if n.is_none() { b } else { a })
            }
            (Kind::Function(x), Kind::Function(y)) if !x.prototyped || !y.prototyped => {
                self.same_qualified(x.result, y.result).then_some(if x.prototyped { a } else { b })
            }
            _ => None,
        }
    }

    fn same_qualified(&mut self, a: Qualified, b: Qualified) -> bool {
        a.constant == b.constant && self.same(a.ty, b.ty)
    }

    /// Whether two types are the same, unnamed structs and enums by what they hold.
    fn same(&mut self, a: TypeId, b: TypeId) -> bool {
        if a == b {
            return true;
        }
        if self.comparisons == 0 || self.comparing == MAX_DEPTH {
            return false;
        }
        self.comparisons -= 1;
        self.comparing += 1;
        let same = self.same_parts(a, b);
        self.comparing -= 1;
        same
    }

    fn same_parts(&mut self, a: TypeId, b: TypeId) -> bool {
        match (self.types.whole(a).clone(), self.types.whole(b).clone()) {
            (Kind::Pointer(x), Kind::Pointer(y)) => self.same_qualified(x, y),
            (Kind::Array(x, n), Kind::Array(y, m)) => n == m && self.same_qualified(x, y),
            (Kind::Aligned(x, n), Kind::Aligned(y, m)) => n == m && self.same(x, y),
            (Kind::Function(x), Kind::Function(y)) => self.same_functions(&x, &y),
            (Kind::Record(x), Kind::Record(y)) => self.same_records(x, y),
            (Kind::Enum(x), Kind::Enum(y)) => self.same_enums(x, y),
            _ => false,
        }
    }

    fn same_functions(&mut self, a: &FunctionType, b: &FunctionType) -> bool {
        (a.variadic, a.prototyped, a.parameters.len()) == (b.variadic, b.prototyped, b.parameters.len())
            && self.same_qualified(a.result, b.result)
            && a.parameters.iter().zip(&b.parameters).all(|(&x, &y)| self.same(x, y))
    }

    fn same_records(&mut self, a: RecordId, b: RecordId) -> bool {
        let (x, y) = (self.types.record(a).clone(), self.types.record(b).clone());
        let unnamed = x.tag.is_none() && y.tag.is_none() && x.union == y.union;
        unnamed && matches!((x.fields, y.fields), (Some(x), Some(y)) if self.same_fields(&x, &y))
    }

    /// Whether two structs hold the same.
    pub(super) fn same_fields(&mut self, a: &[Field], b: &[Field]) -> bool {
        a.len() == b.len()
            && a.iter().zip(b).all(|(x, y)| {
                (&x.name, x.offset, x.bits) == (&y.name, y.offset, y.bits) && self.same(x.ty, y.ty)
            })
    }

    fn same_enums(&mut self, a: EnumId, b: EnumId) -> bool {
        let (x, y) = (self.types.enumeration(a), self.types.enumeration(b));
        let names = x.names.as_ref().map_or(0, |names| names.len());
        self.comparisons = self.comparisons.saturating_sub(names as u32);
        x.tag.is_none() && y.tag.is_none() && x.names == y.names
    }
}

// What two declarations of a function say together. Names of parameters are the first's that has them.
fn merge_functions(a: &Function, b: &Function, ty: TypeId, first: bool) -> Function {
    let better = if first { a } else { b };
    let other = if first { b } else { a };
    let parameters = better.parameters.iter().enumerate().map(|(i, parameter)| {
        let mut parameter = parameter.clone();
        let Some(also) = other.parameters.get(i) else { return parameter };
        parameter.nonnull |= also.nonnull;
        parameter.name = parameter.name.or_else(|| also.name.clone());
        parameter.length = parameter.length.or(also.length);
        if parameter.notes == Notes::default() {
            parameter.notes = also.notes.clone();
        }
        parameter
    });
    Function {
        name: a.name.clone(),
        symbol: if b.symbol == b.name { a.symbol.clone() } else { b.symbol.clone() },
        ty,
        parameters: parameters.collect(),
        notes: if b.notes == Notes::default() { a.notes.clone() } else { b.notes.clone() },
        refused: a.refused.or(b.refused),
    }
}
