//! Atomic functions of three and more parameters, applied to long vectors with atoms among them: each mixture of the two has
//! a loop, compiled when it is first met.

use smallvec::SmallVec;

use super::Binding;
use super::parallel::{Cursor, Kernel, cursor};
use crate::calls::{self, Named};
use crate::error::{Error, Result};
use crate::jit::LONG;
use crate::k::{Owned, Ref};
use crate::plan::{AtomicPlan, MAX_RANK};

/// Applies to what a stub leaves to the loops of mixtures: vectors of the types themselves, all as long, with atoms among
/// them. `None` for everything else.
pub fn exactly(binding: &Binding, args: &[Ref]) -> Option<Result<Owned>> {
    let plan = binding.prototype.atomic()?;
    let (mut atoms, mut length) = (0, None);
    for (i, (p, x)) in plan.params.iter().zip(args).enumerate() {
        match x.tag() {
            t if t == p.tag && *length.get_or_insert(x.len()) == x.len() => (),
            t if t == -p.tag => atoms |= 1 << i,
            _ => return None,
        }
    }
    let length = length.filter(|&n| has_loop(plan, atoms, n))?;
    Some(run(binding, plan, args, atoms, length))
}

/// Whether vectors of so many elements, with these atoms among them, a bit each, have a loop of their own.
pub fn has_loop(plan: &AtomicPlan, atoms: u8, length: usize) -> bool {
    atoms != 0 && length >= LONG && plan.has_mixtures()
}

fn run(binding: &Binding, plan: &AtomicPlan, args: &[Ref], atoms: u8, length: usize) -> Result<Owned> {
    // SAFETY: the code is a kernel of the binding's signature, for these atoms or for any.
    let kernel = unsafe { std::mem::transmute::<*const u8, Kernel>(binding.mixture(atoms)?) };
    let result = Owned::unwritten(plan.result.tag, length)?;
    let cursors: SmallVec<[Cursor; MAX_RANK]> = args.iter().map(|&x| cursor(x)).collect();
    let [types, ret] = &binding.prototype.types;
    let named = Named::new(&binding.name.symbol, [types, ret], binding.target);
    let call = calls::enter().call(&named);
    // SAFETY: the kernel was made for these cursors' types, and each has `length` elements or is an atom.
    let filled = unsafe { kernel(cursors.as_ptr(), result.get().data(), length) };
    call.end()?;
    if filled.is_null() { Err(Error::MemoryFull) } else { Ok(result) }
}
