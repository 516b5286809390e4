//! Steps of a function whose result is its next first argument.

use smallvec::SmallVec;

use super::{Column, Step};
use crate::binding::parallel::{Cursor, cursor};
use crate::callback;
use crate::calls::{self, Record};
use crate::error::{Error, Result, room, zeros};
use crate::k::{Owned, Ref, tag};
use crate::marshal::{Values, structs};
use crate::plan::{State, StepPlan};
use crate::signature::{Struct, Type};

/// Words that a state takes at most, eight numbers, and one more.
const STATE: usize = 9;

/// The loop of one signature: `fn(cursors, state, results, steps, attention) -> steps`. It stops after the step by which
/// something wants attention, and gives the number of steps that are left.
type Kernel = unsafe extern "C" fn(*const Cursor, *mut u8, *mut u8, usize, *const u8) -> usize;

/// So many steps with the items of columns, if there are any.
pub struct Fold<'a> {
    pub step: &'a Step<'a>,
    pub columns: &'a [Column],
    pub steps: usize,
    /// Whether the first state is among the results that are kept.
    pub lead: bool,
}

impl Fold<'_> {
    /// The last state, or all of them, as the form is.
    pub fn run(&self, state: Owned) -> Result<Owned> {
        self.go(state, self.step.keeps())
    }

    /// The state after a single step.
    pub fn last(&self, state: Owned) -> Result<Owned> {
        debug_assert_eq!(self.steps, 1);
        self.go(state, false)
    }

    fn go(&self, state: Owned, keeps: bool) -> Result<Owned> {
        match self.step.binding.prototype.steps() {
            Some(plan) if self.columns.iter().all(Column::is_simple) => self.by_kernel(plan, &state, keeps),
            _ => self.by_calls(state, keeps),
        }
    }

    /// All arguments are checked before the first call.
    fn by_calls(&self, mut state: Owned, keeps: bool) -> Result<Owned> {
        for i in 0..if self.columns.is_empty() { 0 } else { self.steps } {
            for (at, column) in self.columns.iter().enumerate() {
                self.step.check(at + 1, column.item(i)?.get())?;
            }
        }
        let count = if keeps { self.kept()? } else { 0 };
        let mut all = room(count)?;
        if keeps && self.lead {
            all.push(state.get().to_owned());
        }
        for i in 0..self.steps {
            let items: SmallVec<[Owned; 8]> =
                self.columns.iter().map(|column| column.item(i)).collect::<Result<_>>()?;
            let next = {
                let args = std::iter::once(state.get()).chain(items.iter().map(Owned::get));
                let args: SmallVec<[Ref; 8]> = args.collect();
                self.step.call(&args)?
            };
            state = next;
            if keeps {
                all.push(state.get().to_owned());
            }
        }
        if keeps { structs::collapse(all.into_iter().map(Ok)) } else { Ok(state) }
    }

    /// Number of results that are kept.
    fn kept(&self) -> Result<usize> {
        self.steps.checked_add(usize::from(self.lead)).ok_or(Error::MemoryFull)
    }

    fn by_kernel(&self, plan: &StepPlan, state: &Owned, keeps: bool) -> Result<Owned> {
        let mut arguments: SmallVec<[Owned; 7]> = SmallVec::new();
        let mut cursors: SmallVec<[Cursor; 7]> = SmallVec::new();
        for (i, column) in self.columns.iter().enumerate() {
            let (x, from) = self.step.converted(i + 1, column.x.get(), column.from, self.steps)?;
            let all = cursor(x.get());
            cursors.push(Cursor { first: all.first.wrapping_add(from * all.stride), ..all });
            arguments.push(x);
        }
        let mut words = [0; STATE];
        self.write(plan, state.get(), &mut words)?;
        let count = if keeps { self.kept()? } else { 0 };
        if count == 0 && keeps {
            return Owned::list(Vec::new());
        }
        let mut results = if keeps { Some(Results::new(plan.state, count)?) } else { None };
        // A loop that keeps its results keeps a single one too that nobody wants.
        let mut scratch = [0_u64; STATE];
        let to = results.as_mut().map_or(scratch.as_mut_ptr().cast(), Results::address);
        let size = plan.state.size();
        let lead = keeps && self.lead;
        if lead {
            // SAFETY: there is room for all results, and the state is the first of them.
            unsafe { to.copy_from_nonoverlapping(words.as_ptr().cast(), size) };
        }
        self.loop_over(&mut cursors, &mut words, to.wrapping_add(if lead { size } else { 0 }), size)?;
        results.map_or_else(|| self.read(plan, &words), |results| results.finish(self.layout(), count))
    }

    /// The last state, or all of them, of a loop over numbers whose cursors are known: of so many steps, or atoms'.
    pub fn of_numbers(&self, tag: i8, seed: Ref, cursors: &mut [Cursor]) -> Result<Owned> {
        let size = tag::element_size(tag);
        let mut words = [0; STATE];
        // SAFETY: the payload of an atom of that tag; a word has room for it.
        unsafe { words.as_mut_ptr().cast::<u8>().copy_from_nonoverlapping(seed.value(), size) };
        if !self.step.keeps() {
            let mut scratch = [0_u64; STATE];
            self.loop_over(cursors, &mut words, scratch.as_mut_ptr().cast(), size)?;
            return Owned::atom(-tag, words[0]);
        }
        let results = Owned::unwritten(tag, self.steps)?;
        self.loop_over(cursors, &mut words, results.get().data(), size)?;
        Ok(results)
    }

    /// Runs the loop to its end, or to an error.
    fn loop_over(
        &self,
        cursors: &mut [Cursor],
        state: &mut [u64; STATE],
        mut to: *mut u8,
        size: usize,
    ) -> Result<()> {
        // SAFETY: the code is the kernel of the binding's signature and form.
        let kernel = unsafe { std::mem::transmute::<*const u8, Kernel>(self.step.binding.kernel()?) };
        let here = calls::enter();
        let attention = here.as_ptr().cast::<u8>().wrapping_add(Record::ATTENTION as usize);
        let named = self.step.named();
        let mut left = self.steps;
        while left > 0 {
            let call = here.call(&named);
            // SAFETY: the kernel was made for these cursors' types, each of which has `left` elements or a stride of zero;
            // the state has room for what it is, in whole words, and `to` for as many results if they are kept, or for one.
            let rest = unsafe { kernel(cursors.as_ptr(), state.as_mut_ptr().cast(), to, left, attention) };
            call.end()?;
            let done = left - rest;
            cursors.iter_mut().for_each(|c| c.first = c.first.wrapping_add(done * c.stride));
            to = to.wrapping_add(done * size);
            left = rest;
            calls::attend(here);
        }
        Ok(())
    }

    fn layout(&self) -> Option<&Struct> {
        match &self.step.types[0] {
            Type::Struct(layout) => Some(layout),
            _ => None,
        }
    }

    /// Writes the state as the loop takes it.
    fn write(&self, plan: &StepPlan, state: Ref, to: &mut [u64; STATE]) -> Result<()> {
        let to = to.as_mut_ptr().cast::<u8>();
        match plan.state {
            State::Number { tag, .. } => {
                // SAFETY: the payload of an atom of that tag; the words have room for it.
                unsafe { to.copy_from_nonoverlapping(state.value(), tag::element_size(tag)) };
            }
            State::Struct(size) => {
                let mut room = [0; 8];
                let mut values = Values::in_room(1, &mut room, callback::pointer);
                values
                    .push(&self.step.types[0], self.step.note(0), state)
                    .map_err(|m| m.at(self.step.name, 0))?;
                // SAFETY: the word of a struct is the address of its bytes, of eight numbers at most.
                unsafe { to.copy_from_nonoverlapping(values.word(0) as usize as *const u8, size) };
            }
        }
        Ok(())
    }

    fn read(&self, plan: &StepPlan, state: &[u64; STATE]) -> Result<Owned> {
        match (plan.state, self.layout()) {
            // SAFETY: the loop has left a struct of this layout.
            (State::Struct(_), Some(layout)) => unsafe {
                structs::read_struct(layout, state.as_ptr().cast())
            },
            (State::Struct(_), None) => unreachable!("planned for it"),
            (State::Number { tag, .. }, _) => Owned::atom(-tag, state[0]),
        }
    }
}

/// Results that are kept.
enum Results {
    Numbers(Owned),
    Structs(Vec<u64>, usize),
}

impl Results {
    fn new(state: State, count: usize) -> Result<Self> {
        Ok(match state {
            State::Number { tag, .. } => Self::Numbers(Owned::unwritten(tag, count)?),
            State::Struct(size) => {
                let bytes = count.checked_mul(size).ok_or(Error::MemoryFull)?;
                // The loop writes whole words.
                Self::Structs(zeros(bytes.div_ceil(8) + 1)?, size)
            }
        })
    }

    fn address(&mut self) -> *mut u8 {
        match self {
            Self::Numbers(vector) => vector.get().data(),
            Self::Structs(words, _) => words.as_mut_ptr().cast(),
        }
    }

    fn finish(self, layout: Option<&Struct>, count: usize) -> Result<Owned> {
        match (self, layout) {
            (Self::Numbers(vector), _) => Ok(vector),
            (Self::Structs(words, size), Some(layout)) => {
                let from = words.as_ptr().cast::<u8>();
                // SAFETY: the loop has written as many structs of this layout, side by side.
                structs::collapse(
                    (0..count).map(|i| unsafe { structs::read_struct(layout, from.add(i * size)) }),
                )
            }
            (Self::Structs(..), None) => unreachable!("planned for it"),
        }
    }
}
