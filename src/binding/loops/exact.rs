//! Steps over numbers whose arguments are of the types' own form: nothing is converted, and nothing but the result allocated.

use smallvec::SmallVec;

use super::Step;
use super::fold::Fold;
use crate::binding::Binding;
use crate::binding::parallel::{Cursor, cursor};
use crate::error::Result;
use crate::jit::Form;
use crate::k::{Owned, Ref, tag};
use crate::plan::State;

/// Applies a binding to a state and what gives the steps their arguments, of which one is a vector that is not empty and all
/// are as long, or atoms; `None` for everything else.
pub fn apply(binding: &Binding, list: Ref) -> Option<Result<Owned>> {
    let types = &binding.prototype.signature.params;
    let plan = binding.prototype.steps().filter(|_| binding.form != Form::Prior)?;
    let State::Number { tag: state, .. } = plan.state else { return None };
    if list.tag() != tag::LIST || list.len() != types.len() {
        return None;
    }
    let seed = list.item(0).filter(|x| x.tag() == -state && types[0].is_own_form(x.tag()))?;
    let (mut cursors, mut steps): (SmallVec<[Cursor; 7]>, _) = (SmallVec::new(), None);
    for (i, ty) in types.iter().enumerate().skip(1) {
        let x = list.item(i).filter(|x| ty.is_own_form(x.tag()))?;
        if x.tag() > 0 && *steps.get_or_insert(x.len()) != x.len() {
            return None;
        }
        cursors.push(cursor(x));
    }
    let steps = steps.filter(|&n| n > 0)?;
    let step = Step { binding, name: &binding.name.symbol, types };
    let fold = Fold { step: &step, columns: &[], steps, lead: false };
    Some(fold.of_numbers(state, seed, &mut cursors))
}
