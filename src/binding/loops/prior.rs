//! Each item with the one before it.

use super::{Column, Step};
use crate::binding::parallel::{Cursor, Kernel, cursor};
use crate::calls;
use crate::ctype::TYPES;
use crate::error::{Error, Result, room};
use crate::k::{Owned, Ref, tag};
use crate::marshal::{self, structs};
use crate::plan::{AtomicPlan, ElementValue};

impl Step<'_> {
    /// `f[v]`, `f[before;v]`
    pub(super) fn prior(&self, before: Option<Ref>, x: Ref) -> Result<Owned> {
        let column = Column::of(x)?;
        let before = before.map_or_else(|| before_first(column.x.get()), |x| Ok(x.to_owned()))?;
        if !column.is_list() {
            return self.call(&[column.x.get(), before.get()]);
        }
        let n = column.x.get().len();
        let result = match self.binding.prototype.atomic() {
            Some(plan) if n > 0 && column.is_simple() && before.get().tag() < 0 && gives_values(plan) => {
                self.prior_by_kernel(plan, before.get(), column.x.get(), n)?
            }
            _ => self.prior_by_calls(before, &column, n)?,
        };
        self.keyed_as(x, result)
    }

    /// All arguments are checked before the first call.
    fn prior_by_calls(&self, before: Owned, column: &Column, n: usize) -> Result<Owned> {
        let mut items = room(n.saturating_add(1))?;
        items.push(before);
        for i in 0..n {
            items.push(column.item(i)?);
        }
        for pair in items.windows(2) {
            self.check(0, pair[1].get())?;
            self.check(1, pair[0].get())?;
        }
        structs::collapse(items.windows(2).map(|pair| self.call(&[pair[1].get(), pair[0].get()])))
    }

    fn prior_by_kernel(&self, plan: &AtomicPlan, before: Ref, x: Ref, n: usize) -> Result<Owned> {
        let (current, _) = self.converted(0, x, 0, n)?;
        let (previous, _) = self.converted(1, x, 0, n - 1)?;
        let (before, _) = self.converted(1, before, 0, 1)?;
        let [first, before, previous] = [&current, &before, &previous].map(|x| cursor(x.get()));
        let second = Cursor { first: first.first.wrapping_add(first.stride), ..first };
        let result = Owned::unwritten(plan.result.tag, n)?;
        let to = result.get().data();
        let rest = to.wrapping_add(tag::element_size(plan.result.tag));
        // SAFETY: the code is the kernel of the binding's signature.
        let kernel = unsafe { std::mem::transmute::<*const u8, Kernel>(self.binding.kernel()?) };
        let named = self.named();
        let call = calls::enter().call(&named);
        // SAFETY: the kernel was made for these cursors' types: the first item and what is before it, then as many items
        // as have one before them. The result has room for all.
        let is_complete = unsafe {
            !kernel([first, before].as_ptr(), to, 1).is_null()
                && !kernel([second, previous].as_ptr(), rest, n - 1).is_null()
        };
        call.end()?;
        if is_complete { Ok(result) } else { Err(Error::MemoryFull) }
    }
}

/// Whether a loop gives a vector of values.
fn gives_values(plan: &AtomicPlan) -> bool {
    !matches!(plan.result.value, ElementValue::Nothing | ElementValue::Address)
}

/// What stands before the first item: the null of a vector's type, of a list's first item, an empty list; of an atom itself.
fn before_first(x: Ref) -> Result<Owned> {
    match (x.tag(), x.item(0).map(|first| (first, first.tag()))) {
        (1..=19, _) => null(x.tag()),
        (tag::LIST, Some((_, t @ -19..=-1))) => null(-t),
        (tag::LIST, Some((_, t @ 1..=19))) => Owned::unwritten(t, 0),
        (tag::LIST, Some((first, _))) if first.tag() != tag::LIST => Owned::null(),
        (tag::LIST, _) => Owned::list(Vec::new()),
        _ => Ok(x.to_owned()),
    }
}

/// The null of a type of q's.
fn null(t: i8) -> Result<Owned> {
    match TYPES.iter().find(|row| row.tag() == t) {
        _ if t == tag::CHAR => Owned::atom(-tag::CHAR, b' '),
        Some(row) => marshal::null_of(row),
        None => Owned::null(),
    }
}
