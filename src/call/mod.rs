//! Calls of C functions with arguments that are laid out in memory: the cold path of stubs, and all calls that have no
//! hot one.

pub mod libffi;
mod prepared;
pub mod vector;

use std::sync::Arc;

use self::libffi::Interface;
pub use self::prepared::{Made, Prepared};
use crate::calls::{self, Named};
use crate::ctype::Kind;
use crate::error::{Error, Result, zeros};
use crate::foreign;
use crate::jit::Invoker;
use crate::jit::{Code, Owner, Template};
use crate::k::Owned;
use crate::marshal::{self, Addresses, Arguments, FunctionPointers, Values};
use crate::os;
use crate::signature::{Signature, Type};

/// Units of 16 bytes on the stack for copies that arguments point to: a struct or two, a short text.
const ROOM: usize = 8;

/// A C function, as errors name it and as it is called.
#[derive(Clone, Copy)]
pub struct Callee<'a> {
    /// Its types.
    pub signature: &'a Signature,
    /// Its name.
    pub name: &'a str,
    /// What is called for it.
    pub target: *const u8,
    /// Makes the function pointers among its arguments.
    pub functions: FunctionPointers,
}

/// What calls C functions of one signature.
pub struct Caller {
    means: Means,
    /// Number of parameters that are not variadic.
    fixed: usize,
    /// Bytes of the result.
    result: usize,
    /// Argument types and result type, for reports.
    types: [String; 2],
}

enum Means {
    /// The code of an invoker.
    Native(Code),
    Libffi(Interface),
}

impl Caller {
    /// A caller by the invoker for this signature.
    ///
    /// # Errors
    /// [`Error::Codegen`] when there is no memory for it.
    pub fn native(signature: &Signature, invoker: Arc<Template>) -> Result<Self> {
        let code = Code::install(invoker, Owner::Caller, |_| unreachable!("an invoker refers to nothing"))?;
        Ok(Self::new(signature, Means::Native(code)))
    }

    /// A caller by libffi.
    ///
    /// # Errors
    /// As [`Interface::new`].
    pub fn libffi(signature: &Signature) -> Result<Self> {
        Ok(Self::new(signature, Means::Libffi(Interface::new(signature)?)))
    }

    fn new(signature: &Signature, means: Means) -> Self {
        let types = [signature.args_text(), signature.ret_text()];
        let result = signature.ret.as_ref().map_or(0, Type::size);
        Self { means, fixed: signature.fixed(), result, types }
    }

    /// Converts the arguments, calls the function, and makes a K object of its result. `errno` is the function's.
    ///
    /// # Errors
    /// [`Error::Argument`], [`Error::Range`], [`Error::Domain`] or [`Error::Length`], and nothing has been called then;
    /// [`Error::MemoryFull`]; an error that a callback has left.
    ///
    /// # Safety
    /// The callee is of this signature, and `arguments` are as many as it has parameters.
    pub unsafe fn call(&self, callee: Callee, arguments: &Arguments) -> Result<Owned> {
        // In place from the start: the values are large, and moving them costs as much as filling them.
        let mut room = [0; ROOM];
        let mut values = Values::in_room(callee.signature.params.len(), &mut room, callee.functions);
        if calls::is_cold() {
            values.fence();
        }
        let mut results = Room::new(callee.signature.results.as_ref().map_or(0, |layout| layout.size))?;
        self.fill(&mut values, callee, arguments, results.address())?;
        let mut result = Room::new(self.result)?;
        // SAFETY: passed on to the caller; there is a value for each parameter.
        let (errno, called) = unsafe { self.invoke(callee, &mut values, result.address()) };
        if let Err(error @ Error::Fault(_)) = called {
            os::set_errno(errno);
            // What C was at work on is nothing to be read.
            return Err(error);
        }
        values.settle_rooms();
        arguments.iter().for_each(|x| foreign::ended_by(x, callee.target));
        // The result may point into what the values hold, so it is read first.
        // SAFETY: the function has returned a value of its result type, and filled the others.
        let result = unsafe {
            if !values.fences().is_empty() {
                bring_home(callee.signature, result.address(), results.address(), &values);
            }
            self.read(callee.signature, result.address(), results.address(), &values)
        };
        let finished = values.finish();
        os::set_errno(errno);
        called?;
        finished.and(result).map_err(|error| error.by(callee.name))
    }

    /// Makes a K object of a result, or of the result and what C has filled.
    ///
    /// # Safety
    /// A value of the result's type lies at `result`; there is room for it at the beginning of `results`, where the others
    /// lie.
    unsafe fn read(
        &self,
        signature: &Signature,
        result: *const u8,
        results: *mut u8,
        values: &Values,
    ) -> Result<Owned> {
        let is_own = |address| values.has(address);
        // SAFETY: passed on to the caller.
        unsafe {
            if signature.results.is_none() {
                return marshal::results(signature, result, is_own);
            }
            results.copy_from_nonoverlapping(result, self.result);
            marshal::results(signature, results, is_own)
        }
    }

    /// Converts the arguments, and has those that C fills point into `results`.
    fn fill<'a>(
        &self,
        values: &mut Values<'a>,
        callee: Callee,
        arguments: &'a Arguments,
        results: *mut u8,
    ) -> Result<()> {
        let name = callee.name;
        let mut outs = callee.signature.outs();
        let mut at = 0;
        for (i, ty) in callee.signature.params.iter().enumerate() {
            let filled = ty.filled().and_then(|_| outs.next());
            let (offset, size) = filled.map_or((0, 0), |out| (out.offset, out.ty.size()));
            let room = results.wrapping_add(offset);
            if ty.is_out() {
                values.push_room(room, size)?;
                continue;
            }
            let x = arguments
                .get(at)
                .ok_or_else(|| Error::Usage(format!("{name}[{at}]: no object in the list")))?;
            let pushed = match ty {
                // SAFETY: the results have room for what the parameter points to, and are zeroed.
                Type::InOut(inner) => unsafe { values.push_filled(inner, callee.signature.note(i), x, room) },
                _ if i < self.fixed => values.push(ty, callee.signature.note(i), x),
                _ => values.push_variadic(ty, x),
            };
            pushed.map_err(|m| m.at(name, at))?;
            at += 1;
        }
        values.lay_out(&callee.signature.params)
    }

    /// Calls the function. Gives the `errno` that it leaves, and the error of a callback.
    ///
    /// # Safety
    /// The callee is of this signature; there is a value for each parameter, and `result` has room for its result, in
    /// whole words.
    unsafe fn invoke(&self, callee: Callee, values: &mut Values, result: *mut u8) -> (i32, Result<()>) {
        // Filled in place: moving what has just been written stalls the processor.
        let mut addresses = Addresses::new();
        values.addresses(&callee.signature.params, &mut addresses);
        let [args, ret] = &self.types;
        let named = Named::new(callee.name, [args, ret], callee.target).with_fences(values.fences());
        let call = calls::enter().call(&named);
        // SAFETY: the caller vouches for the function and for the values, whose addresses these are; those of structs
        // are of blocks of their own, which are of whole words and of no use to anybody after this call.
        let errno = unsafe { self.call_c(callee.target, &mut addresses, result) };
        (errno, call.end())
    }

    /// Calls C alone, on any thread. Gives the `errno` that it leaves.
    ///
    /// # Safety
    /// `target` is a C function of this signature; there is the address of a value for each parameter, and `result` has
    /// room for its result, in whole words.
    unsafe fn call_c(&self, target: *const u8, addresses: &mut [*mut u8], result: *mut u8) -> i32 {
        // SAFETY: passed on to the caller.
        unsafe {
            match &self.means {
                Means::Libffi(interface) => interface.invoke(target, addresses, result),
                Means::Native(code) => {
                    let invoker = std::mem::transmute::<*const u8, Invoker>(code.entry());
                    invoker(target, addresses.as_ptr(), result);
                }
            }
        }
        os::errno()
    }
}

/// Makes addresses that C gives, and has got from q as those of copies, addresses of q's own data.
///
/// # Safety
/// The result lies at `result`, what C has filled at `results`.
unsafe fn bring_home(signature: &Signature, result: *mut u8, results: *mut u8, values: &Values) {
    let outs = signature.outs().map(|out| (&out.ty, results.wrapping_add(out.offset)));
    for (ty, at) in signature.ret.iter().map(|ty| (ty, result)).chain(outs) {
        if matches!(ty, Type::Value(row) if matches!(row.kind, Kind::Address | Kind::Size)) {
            let at = at.cast::<usize>();
            // SAFETY: an address lies there.
            unsafe { at.write_unaligned(values.at_home(at.read_unaligned())) };
        }
    }
}

/// Room for a result, aligned for every C type, and of whole words, as invokers store; libffi widens to a register.
enum Room {
    Small([u128; 4]),
    Large(Vec<u128>),
}

impl Room {
    fn new(bytes: usize) -> Result<Self> {
        Ok(match bytes {
            0..=64 => Room::Small([0; 4]),
            _ => Room::Large(zeros(bytes.div_ceil(16))?),
        })
    }

    fn address(&mut self) -> *mut u8 {
        match self {
            Room::Small(room) => room.as_mut_ptr().cast(),
            Room::Large(room) => room.as_mut_ptr().cast(),
        }
    }
}
