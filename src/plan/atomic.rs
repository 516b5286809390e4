//! What to do for atomic functions: loops over vectors.

use super::{Load, MAX_RANK, Plan, Rebox, Route, Unbox};
use crate::abi::Abi;
use crate::ctype::{CType, Kind, Repr};
use crate::k::tag;
use crate::signature::{Member, Signature, Type, Variadic};

/// What to do for an atomic function: a loop over vectors of fixed-width elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtomicPlan {
    /// The calling convention.
    pub abi: Abi,
    /// How each argument is taken from a vector or an atom.
    pub params: Vec<Element>,
    /// How results are laid down.
    pub result: Element,
    /// What C fills for each element, in order.
    pub outs: Outs,
    /// Whether some elements are addresses, or numbers that q holds wider than C, which are looked at before the loop
    /// begins, or arrays are to be made for what C fills.
    pub looks_first: bool,
}

impl AtomicPlan {
    /// Plans the loop for this signature; `None` unless it takes and returns values that q has vectors of, up to as
    /// many as q functions have parameters.
    pub(super) fn new(signature: &Signature, call: &Plan) -> Option<Self> {
        let is_plain = call.route == Route::Native && signature.variadic == Variadic::No;
        if !is_plain || !(1..=MAX_RANK).contains(&signature.arity()) {
            return None;
        }
        let outs = Outs::of(signature);
        let params = call.params.iter().zip(&signature.params).map(|(&unbox, ty)| match (unbox, ty) {
            // Where the room for each element lies, the loop is told as it is told where elements lie.
            (Unbox::Room(_), Type::Out(inner)) => {
                Some(Element { tag: array_tag(inner), value: ElementValue::Address })
            }
            _ => Element::of(unbox, ty),
        });
        let result = match call.result {
            Rebox::Atom { tag, repr } => {
                Element { tag: -tag, value: ElementValue::Number(Load::plain(repr)) }
            }
            Rebox::Text => Element { tag: tag::SYMBOL, value: ElementValue::Text },
            Rebox::Nothing if !outs.is_empty() => Element { tag: tag::BYTE, value: ElementValue::Nothing },
            _ if outs == Outs::Single => Element { tag: tag::BYTE, value: ElementValue::Nothing },
            _ => return None,
        };
        let params = params.collect::<Option<_>>()?;
        let is_looked_at = |unbox: &Unbox| match unbox {
            Unbox::Payload { load, .. } => load.repr.is_narrowed(),
            unbox => matches!(unbox, Unbox::Address | Unbox::Room(_)),
        };
        let looks_first = call.params.iter().any(is_looked_at);
        Some(Self { abi: call.abi, params, result, outs, looks_first })
    }

    /// Whether long vectors with atoms among them have a loop for each mixture: with up to two parameters the stub has all.
    pub fn has_mixtures(&self) -> bool {
        let is_number = |p: &Element| matches!(p.value, ElementValue::Number(_));
        self.params.len() > 2 && !self.looks_first && self.params.iter().chain([&self.result]).all(is_number)
    }
}

/// What a function fills that is applied to elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outs {
    /// Values of fixed width: arrays of them, into which C writes.
    Arrays(Vec<&'static CType>),
    /// Others, so that the function is called for each element by itself.
    Single,
}

impl Outs {
    fn of(signature: &Signature) -> Self {
        let row = |out: &Member| match &out.ty {
            Type::Value(row) if row.kind != Kind::Text && row.repr != Repr::LongDouble => Some(*row),
            _ => None,
        };
        signature.outs().map(row).collect::<Option<_>>().map_or(Self::Single, Self::Arrays)
    }

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        *self == Self::Arrays(Vec::new())
    }
}

/// An element of a vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element {
    /// Tag of the vector; atoms have the negative.
    pub tag: i8,
    /// How C takes or gives it.
    pub value: ElementValue,
}

/// What C takes for an element, or gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ElementValue {
    /// The element, loaded.
    Number(Load),
    /// The element's address.
    Address,
    /// The text that the element, a symbol, is.
    Text,
    /// No value: the result of a function that only fills arrays.
    Nothing,
}

impl Element {
    /// What a parameter takes from a vector; `None` for what q has no vectors of.
    pub(super) fn of(unbox: Unbox, ty: &Type) -> Option<Self> {
        match (unbox, ty) {
            (Unbox::Payload { tag, load }, _) => {
                Some(Element { tag: -tag, value: ElementValue::Number(load) })
            }
            (Unbox::Address, _) => {
                Some(Element { tag: tag::LONG, value: ElementValue::Number(Load::plain(Repr::Pointer)) })
            }
            (Unbox::Data { tag }, Type::Value(_)) => {
                Some(Element { tag: -tag, value: ElementValue::Address })
            }
            (Unbox::Text { .. }, Type::Value(row)) => {
                Some(Element { tag: row.tag(), value: ElementValue::Text })
            }
            _ => None,
        }
    }
}

/// The tag of vectors whose data is an array of these.
fn array_tag(ty: &Type) -> i8 {
    match ty {
        Type::Value(row) => row.array_tag(),
        _ => tag::LONG,
    }
}
