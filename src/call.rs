//! Calls of C functions with arguments that are laid out in memory: the cold path of stubs, and all calls that have no
//! hot one.

use std::sync::Arc;

use crate::callback::state::{InCall, take_error};
use crate::error::{Error, Result};
use crate::fallback::Interface;
use crate::jit::Invoker;
use crate::jit::{Code, Template};
use crate::k::Owned;
use crate::marshal::{self, Addresses, Arguments, Frame};
use crate::signature::{Signature, Type};

/// Units of 16 bytes on the stack for copies that arguments point to: a struct or two, a short text.
const ROOM: usize = 8;

/// What calls C functions of one signature.
pub struct Caller {
    means: Means,
    /// Number of parameters that are not variadic.
    fixed: usize,
    /// Bytes of the result.
    result: usize,
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
        let code = Code::install(invoker, |_| unreachable!("an invoker refers to nothing"))?;
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
        Self { means, fixed: signature.fixed(), result: signature.ret.as_ref().map_or(0, Type::size) }
    }

    /// Converts the arguments, calls the function, and makes a K object of its result. `errno` is the function's.
    ///
    /// # Errors
    /// [`Error::Argument`], [`Error::Range`] or [`Error::Length`], and nothing has been called then; an error that a
    /// callback has left.
    ///
    /// # Safety
    /// `target` is a C function of this signature, and `arguments` are as many as it has parameters.
    pub unsafe fn call(
        &self,
        signature: &Signature,
        name: &str,
        target: *const u8,
        arguments: &Arguments,
    ) -> Result<Owned> {
        // In place from the start: a frame is large, and moving it costs as much as filling it.
        let mut room = [0; ROOM];
        let mut frame = Frame::in_room(signature.params.len(), &mut room);
        self.fill(&mut frame, signature, name, arguments)?;
        let mut result = Room::new(self.result);
        // SAFETY: passed on to the caller; the frame holds a value for each parameter.
        let errno = unsafe { self.invoke(target, &mut frame, &signature.params, result.address()) };
        let result = result.address().cast_const();
        // The result may point into what the frame holds, so it is read first.
        // SAFETY: the function has returned a value of its result type.
        let result = signature.ret.as_ref().map(|ty| unsafe { marshal::result(ty, result) });
        frame.finish();
        errno::set_errno(errno);
        take_error()?;
        result.unwrap_or_else(|| Ok(Owned::null()))
    }

    /// Converts the arguments.
    fn fill<'a>(
        &self,
        frame: &mut Frame<'a>,
        signature: &Signature,
        name: &str,
        arguments: &'a Arguments,
    ) -> Result<()> {
        for (i, ty) in signature.params.iter().enumerate() {
            let x = arguments
                .get(i)
                .ok_or_else(|| Error::Usage(format!("{name}[{i}]: no object in the list")))?;
            let pushed = if i < self.fixed { frame.push(ty, x) } else { frame.push_variadic(ty, x) };
            pushed.map_err(|m| m.at(name, i))?;
        }
        Ok(())
    }

    /// Calls the function, and returns the `errno` that it leaves.
    ///
    /// # Safety
    /// `target` is a C function of this signature, whose parameters have these types; the frame holds a value for
    /// each, and `result` has room for its result, in whole words.
    unsafe fn invoke(
        &self,
        target: *const u8,
        frame: &mut Frame,
        params: &[Type],
        result: *mut u8,
    ) -> errno::Errno {
        // Filled in place: moving what has just been written stalls the processor.
        let mut addresses = Addresses::new();
        frame.addresses(params, &mut addresses);
        let _calling = InCall::begin();
        // SAFETY: the caller vouches for the function and for the values, whose addresses these are; those of structs
        // are of blocks of the frame, which are of whole words and of no use to anybody after this call.
        unsafe {
            match &self.means {
                Means::Libffi(interface) => interface.invoke(target, &mut addresses, result),
                Means::Native(code) => {
                    let invoker = std::mem::transmute::<*const u8, Invoker>(code.entry());
                    invoker(target, addresses.as_ptr(), result);
                }
            }
        }
        errno::errno()
    }
}

/// Room for a result, aligned for every C type, and of whole words, as invokers store; libffi widens to a register.
enum Room {
    Small([u128; 4]),
    Large(Vec<u128>),
}

impl Room {
    fn new(bytes: usize) -> Self {
        match bytes {
            0..=64 => Room::Small([0; 4]),
            _ => Room::Large(vec![0; bytes.div_ceil(16)]),
        }
    }

    fn address(&mut self) -> *mut u8 {
        match self {
            Room::Small(room) => room.as_mut_ptr().cast(),
            Room::Large(room) => room.as_mut_ptr().cast(),
        }
    }
}
