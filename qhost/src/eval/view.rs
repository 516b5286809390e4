//! Views: `a::b+c` at the top is computed when it is used, again whenever `b` or `c` have changed.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use crate::eval::evaluate::Program;
use crate::state::context::{self, Global};
use crate::state::secondary;
use kapi::error::{QError, R};
use kapi::object::Obj;

/// A definition, and what it gave the last time.
pub struct View {
    program: Program,
    depends_on: Vec<Arc<Global>>,
    /// The values it depended on then, and the result. They are held, so the same object is the same value.
    last: RefCell<Option<(Vec<Option<Obj>>, Obj)>>,
    running: Cell<bool>,
}

impl View {
    /// The view that `program` defines in terms of some globals.
    pub fn new(program: Program, depends_on: Vec<Arc<Global>>) -> View {
        View { program, depends_on, last: RefCell::new(None), running: Cell::new(false) }
    }
}

// SAFETY: on `peach`'s threads, which run while the owner waits, `value` looks at the program and what it depends on, and
// leaves the rest alone.
unsafe impl Send for View {}
// SAFETY: as above.
unsafe impl Sync for View {}

impl context::View for View {
    // For the present values of what it depends on; `loop` when it depends on itself.
    fn value(&self) -> R {
        if secondary::is_secondary() {
            return self.program.run().map(|outcome| outcome.value);
        }
        if self.running.get() {
            return Err(QError::named("loop"));
        }
        let now: Vec<Option<Obj>> = {
            let _running = Running::mark(&self.running);
            self.depends_on.iter().map(|global| global.get().ok()).collect()
        };
        if let Some((then, value)) = &*self.last.borrow()
            && then.iter().zip(&now).all(same)
        {
            return Ok(value.clone());
        }
        let _running = Running::mark(&self.running);
        let value = self.program.run()?.value;
        let old = self.last.replace(Some((now, value.clone())));
        drop(old);
        Ok(value)
    }
}

fn same((a, b): (&Option<Obj>, &Option<Obj>)) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.is_same(b),
        (None, None) => true,
        _ => false,
    }
}

/// Raises a flag until it is dropped.
struct Running<'a>(&'a Cell<bool>);

impl Running<'_> {
    fn mark(flag: &Cell<bool>) -> Running<'_> {
        flag.set(true);
        Running(flag)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}
