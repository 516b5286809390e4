//! Calls through libffi: what the stubs do not take, and the cold path of what they do.

use std::ffi::c_void;

use libffi::middle::{Cif, Type as FfiType};
use libffi::raw::ffi_call;

use crate::abi::{Abi, Extension};
use crate::callback::state::{InCall, take_error};
use crate::ctype::{CType, Kind, Repr};
use crate::error::{Error, Result};
use crate::k::Owned;
use crate::marshal::{self, Arguments, Frame};
use crate::signature::{Member, Signature, Struct, Type, Variadic};

/// Bytes that the structs passed by value in one call may have: they lie on the stack of the thread.
const MAX_BY_VALUE: usize = 1 << 20;

/// A signature prepared for libffi.
pub struct Interface {
    cif: Cif,
    /// Number of parameters that are not variadic.
    fixed: usize,
    /// Bytes of the result.
    result: usize,
}

// SAFETY: a prepared call interface is only read, by libffi and by us.
unsafe impl Send for Interface {}
// SAFETY: as above.
unsafe impl Sync for Interface {}

impl Interface {
    /// Prepares a signature.
    ///
    /// # Errors
    /// [`Error::Limit`] for structs too large to be passed, [`Error::Unsupported`] when libffi refuses it.
    pub fn new(signature: &Signature) -> Result<Self> {
        let structs = signature.params.iter().filter(|ty| matches!(ty, Type::Struct(_)));
        if structs.map(Type::size).sum::<usize>() > MAX_BY_VALUE {
            return Err(Error::Limit(format!("structs of over {MAX_BY_VALUE} bytes by value")));
        }
        let fixed = signature.fixed();
        let args = signature.params.iter().enumerate();
        let args = args.map(|(i, ty)| if i < fixed { ffi_type(ty) } else { ffi_variadic(ty) });
        let ret = signature.ret.as_ref().map_or_else(FfiType::void, ffi_type);
        let cif = match signature.variadic {
            Variadic::No => Cif::try_new(args, ret),
            Variadic::Typed(_) | Variadic::FromData(_) => Cif::try_new_variadic(args, fixed, ret),
        };
        let cif = cif.map_err(|e| Error::Unsupported(format!("libffi: {e:?}")))?;
        Ok(Self { cif, fixed, result: signature.ret.as_ref().map_or(0, Type::size) })
    }

    /// The call interface itself.
    pub fn cif(&self) -> &Cif {
        &self.cif
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
        let mut frame = Frame::with_capacity(signature.params.len());
        self.fill(&mut frame, signature, name, arguments)?;
        let mut result = Room::new(self.result);
        // SAFETY: passed on to the caller; the frame holds a value for each parameter.
        let errno = unsafe { self.invoke(target, &mut frame, &signature.params, result.address()) };
        let result = result.address().cast_const();
        // The result may point into what the frame holds, so it is read first.
        // SAFETY: the function has returned a value of its result type.
        let result = signature.ret.as_ref().map(|ty| unsafe { marshal::result(ty, result.cast()) });
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
    /// each, and `result` has room for its result, a register's at least.
    unsafe fn invoke(
        &self,
        target: *const u8,
        frame: &mut Frame,
        params: &[Type],
        result: *mut c_void,
    ) -> errno::Errno {
        let mut addresses = frame.addresses(params);
        let _calling = InCall::begin();
        // SAFETY: the caller vouches for the function and for the values, whose addresses these are.
        unsafe {
            let function = std::mem::transmute::<*const u8, unsafe extern "C" fn()>(target);
            ffi_call(self.cif.as_raw_ptr(), Some(function), result, addresses.as_mut_ptr().cast());
        }
        errno::errno()
    }
}

/// Room for a result, aligned for every C type, and of a register's width at least, to which libffi widens.
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

    fn address(&mut self) -> *mut c_void {
        match self {
            Room::Small(room) => room.as_mut_ptr().cast(),
            Room::Large(room) => room.as_mut_ptr().cast(),
        }
    }
}

fn ffi_type(ty: &Type) -> FfiType {
    match ty {
        Type::Value(row) => ffi_repr(row.repr),
        Type::Struct(layout) => ffi_struct(layout),
        Type::Pointer(_) | Type::Object | Type::Callback => FfiType::pointer(),
    }
}

fn ffi_variadic(ty: &Type) -> FfiType {
    match ty {
        Type::Value(row) => ffi_repr(row.repr.promoted()),
        _ => ffi_type(ty),
    }
}

fn ffi_repr(repr: Repr) -> FfiType {
    match repr {
        Repr::Char if Abi::HOST.extension(Repr::Char) == Some(Extension::Sign) => FfiType::i8(),
        Repr::Bool | Repr::U8 | Repr::Char => FfiType::u8(),
        Repr::I16 => FfiType::i16(),
        Repr::I32 => FfiType::i32(),
        Repr::I64 => FfiType::i64(),
        Repr::F32 => FfiType::f32(),
        Repr::F64 => FfiType::f64(),
        Repr::Pointer => FfiType::pointer(),
    }
}

/// libffi has no arrays: their elements are members of their own.
fn ffi_struct(layout: &Struct) -> FfiType {
    let member = |m: &Member| {
        let element = match &m.ty {
            Type::Value(row) => ffi_stored(row),
            ty => ffi_type(ty),
        };
        vec![element; m.count.unwrap_or(1)]
    };
    FfiType::structure(layout.members.iter().flat_map(member).collect::<Vec<_>>())
}

fn ffi_stored(row: &CType) -> FfiType {
    match row.kind {
        // A guid in a struct is its bytes, not a pointer to them.
        Kind::Guid => FfiType::structure(vec![FfiType::u8(); row.element_size()]),
        _ => ffi_repr(row.repr),
    }
}
