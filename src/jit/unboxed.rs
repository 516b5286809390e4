//! An argument on its way from its K object to the pieces that C takes.

use cranelift_codegen::ir::Value;

use super::convert::Emitter;
use super::fields::{self, Places};
use crate::abi::Argument;
use crate::plan::{Plan, Unbox};

/// An argument that a stub has checked, and perhaps loaded.
pub enum Unboxed {
    /// A number, or the address of data, still to be loaded.
    Object(Unbox, Value),
    /// A struct, the parameter of this number, still to be loaded.
    Fields(usize, Places),
    /// What C takes.
    Pieces(Vec<Value>),
}

impl Unboxed {
    /// Checks the argument for a parameter; to the cold path if it is of another form.
    pub fn check(e: &mut Emitter, plan: &Plan, index: usize, object: Value) -> Self {
        match plan.params[index] {
            Unbox::Fields(n) => Unboxed::Fields(index, fields::check(e, &plan.fields[n], object)),
            unbox => match e.check(unbox, object) {
                Some(value) => Unboxed::Pieces(vec![value]),
                None => Unboxed::Object(unbox, object),
            },
        }
    }

    /// Loads it, unless that has been done.
    pub fn load(&mut self, e: &mut Emitter, plan: &Plan) {
        let pieces = match self {
            Unboxed::Object(unbox, object) => vec![e.value(*unbox, *object)],
            Unboxed::Fields(index, places) => {
                let passed = plan.passing.as_ref().map(|p| &p.args[*index]);
                let (Some(Argument::Pieces(pieces)), Unbox::Fields(n)) = (passed, plan.params[*index]) else {
                    unreachable!("planned together")
                };
                pieces.iter().map(|p| fields::piece(e, &plan.fields[n], places, p)).collect()
            }
            Unboxed::Pieces(_) => return,
        };
        *self = Unboxed::Pieces(pieces);
    }

    /// The pieces, once it is loaded.
    pub fn into_pieces(self) -> Vec<Value> {
        match self {
            Unboxed::Pieces(pieces) => pieces,
            Unboxed::Object(..) | Unboxed::Fields(..) => unreachable!("loaded before"),
        }
    }
}
