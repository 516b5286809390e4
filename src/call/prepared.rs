//! Calls that are made on another thread than q's: arguments are converted before and the result made afterwards, on q's
//! thread; in between the other one has C values and no K object.

use super::{Callee, Caller, Room};
use crate::calls::{Named, Worker};
use crate::error::{Error, Result};
use crate::foreign;
use crate::k::{Owned, Ref};
use crate::marshal::{Addresses, Arguments, Values};

/// A call whose arguments are converted. It stays where it is: C's values point into it.
pub struct Prepared {
    // Dropped in this order: values point into arguments, and arguments into the list.
    values: Values<'static>,
    arguments: Arguments<'static>,
    list: Owned,
    result: Room,
    results: Room,
    addresses: Addresses,
    callee: Callee<'static>,
    caller: &'static Caller,
    /// The fault by which the call has ended.
    fault: Option<Error>,
    /// Addresses of memory and handles of ours that C has.
    held: Vec<usize>,
}

/// The part of a call that another thread makes. Nothing is allocated there, or freed, unless C faults.
pub struct Made {
    addresses: *mut [*mut u8],
    result: *mut u8,
    fault: *mut Option<Error>,
    name: &'static str,
    target: *const u8,
    caller: &'static Caller,
}

// SAFETY: what it points to belongs to a `Prepared`, which nobody looks into until this call has been made.
unsafe impl Send for Made {}

impl Prepared {
    /// Converts the arguments in a list as q's `.` takes it, which is kept until the call is over.
    ///
    /// # Errors
    /// Those of conversion, and [`Error::Rank`].
    pub fn new(caller: &'static Caller, callee: Callee<'static>, list: Ref) -> Result<Box<Self>> {
        let (list, signature) = (list.to_owned(), callee.signature);
        // SAFETY: the list is dropped after what borrows from it.
        let arguments = Arguments::of_apply(unsafe { list.lend() }, signature.arity(), callee.name)?;
        let mut prepared = Box::new(Self {
            values: Values::with_capacity(signature.params.len(), callee.functions),
            arguments,
            list,
            result: Room::new(caller.result)?,
            results: Room::new(signature.results.as_ref().map_or(0, |layout| layout.size))?,
            addresses: Addresses::new(),
            callee,
            caller,
            fault: None,
            held: Vec::new(),
        });
        let Self { values, arguments, results, .. } = &mut *prepared;
        // SAFETY: the arguments stay in their box, unchanged, and are dropped after the values.
        let arguments: &'static Arguments = unsafe { &*std::ptr::from_ref(arguments) };
        caller.fill(values, callee, arguments, results.address())?;
        // What is nested too deep has been refused.
        note_held(prepared.list.get(), &mut prepared.held);
        Ok(prepared)
    }

    /// What another thread is given. This stays in its box until the call has been made.
    pub fn call(&mut self) -> Made {
        self.values.addresses(&self.callee.signature.params, &mut self.addresses);
        let Callee { name, target, .. } = self.callee;
        let (addresses, fault) = (&raw mut *self.addresses, &raw mut self.fault);
        Made { addresses, result: self.result.address(), fault, name, target, caller: self.caller }
    }

    /// Whether C has the memory or handle of ours at this address.
    pub fn holds(&self, address: usize) -> bool {
        self.held.contains(&address)
    }

    /// The list of the arguments.
    pub fn arguments(&self) -> Owned {
        self.list.get().to_owned()
    }

    /// Makes a K object of the result, when C has returned.
    ///
    /// # Errors
    /// [`Error::Fault`], and what C was at work on is nothing to be read then; those of making the result.
    ///
    /// # Safety
    /// The call has been made, and this is q's thread.
    pub unsafe fn result(mut self: Box<Self>) -> Result<Owned> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        let (result, results) = (self.result.address(), self.results.address());
        // SAFETY: the function has returned a value of its result type, and filled the others.
        let result = unsafe { self.caller.read(self.callee.signature, result, results, &self.values) };
        let Self { values, arguments, list, callee, .. } = *self;
        arguments.iter().for_each(|x| foreign::ended_by(x, callee.target));
        let finished = values.finish();
        drop((arguments, list));
        finished.and(result)
    }
}

impl Made {
    /// Calls C, and gives the `errno` that it leaves.
    ///
    /// # Safety
    /// The function is of the signature that it was declared to be of, and the [`Prepared`] lives.
    pub unsafe fn make(self, worker: &Worker) -> i32 {
        let [args, ret] = &self.caller.types;
        let named = Named::new(self.name, [args, ret], self.target);
        let call = worker.call(&named);
        // SAFETY: the values were made for these types, and live with their addresses and the place for a fault, which nobody
        // else looks at; the result has room of whole words.
        unsafe {
            let errno = self.caller.call_c(self.target, &mut *self.addresses, self.result);
            *self.fault = call.end().err();
            errno
        }
    }
}

/// Notes the memory and handles of ours among the arguments, however deep they lie.
fn note_held(x: Ref, held: &mut Vec<usize>) {
    if foreign::is_ours(x) {
        held.extend(foreign::pointer(x).map(|pointer| pointer as usize));
    }
    if let Some((keys, values)) = x.parts() {
        note_held(keys, held);
        note_held(values, held);
    }
    (0..x.items().len()).filter_map(|i| x.item(i)).for_each(|item| note_held(item, held));
}
