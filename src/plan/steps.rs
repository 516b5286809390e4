//! What a step carries to the next in the loops of `.ffi.over` and `.ffi.scan`, where machine code runs them.

use super::{Element, Fields, Load, MAX_RANK, Plan};
use crate::abi::{Abi, Argument};
use crate::ctype::Kind;
use crate::k::tag::element_size;
use crate::signature::{Signature, Type, Variadic};

/// What to do for a function whose result is its next first argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepPlan {
    /// The calling convention.
    pub abi: Abi,
    /// The first argument and the result.
    pub state: State,
    /// How each further argument is taken from a vector or an atom.
    pub params: Vec<Element>,
}

/// What is carried from step to step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// A number.
    Number {
        /// The tag of vectors of it.
        tag: i8,
        /// How C takes it.
        load: Load,
    },
    /// A struct of numbers, of this size, which lies in memory.
    Struct(usize),
}

impl StepPlan {
    /// Plans the loop for this signature; `None` where the result is not as the first parameter is, and where something is
    /// neither a value that q has vectors of nor, as the state, a struct of numbers.
    pub(super) fn new(signature: &Signature, call: &Plan) -> Option<Self> {
        let is_plain = signature.variadic == Variadic::No && signature.results.is_none();
        let passing = call.passing.as_ref().filter(|_| is_plain && signature.more().destroyers.is_empty())?;
        let first = signature.params.first()?;
        if signature.ret.as_ref() != Some(first) || signature.arity() > MAX_RANK {
            return None;
        }
        let state = match (first, &passing.args[0]) {
            (Type::Value(row), Argument::Scalar { to, .. })
                if matches!(row.kind, Kind::Number | Kind::Size) =>
            {
                State::Number { tag: row.tag(), load: Load::new(row.repr, call.abi, *to, false) }
            }
            (Type::Struct(layout), _) if Fields::of_plain_numbers(layout).is_some() => {
                State::Struct(layout.size)
            }
            _ => return None,
        };
        let rest = call.params.iter().zip(&signature.params).skip(1);
        let params = rest.map(|(&unbox, ty)| Element::of(unbox, ty)).collect::<Option<_>>()?;
        Some(Self { abi: call.abi, state, params })
    }
}

impl State {
    /// Bytes of each where many lie side by side.
    pub fn size(self) -> usize {
        match self {
            Self::Number { tag, .. } => element_size(tag),
            Self::Struct(size) => size,
        }
    }

    /// Bytes of as many whole words.
    pub fn room(self) -> usize {
        self.size().next_multiple_of(8)
    }
}
