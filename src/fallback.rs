//! Calls through libffi: what the stubs do not take, and the cold path of what they do.

use std::ffi::c_void;

use libffi::middle::{Cif, Type as FfiType};
use libffi::raw::ffi_call;

use crate::abi::{Abi, Extension};
use crate::callback::state;
use crate::ctype::{CType, Kind, Repr};
use crate::error::{Error, Result};
use crate::k::Owned;
use crate::marshal::{self, Arguments, Frame};
use crate::signature::{Signature, Struct, Type, Variadic};

/// A signature prepared for libffi.
pub struct Interface {
    cif: Cif,
    /// Bytes of the result, at least a register's.
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
    /// [`Error::Unsupported`] when libffi refuses it.
    pub fn new(signature: &Signature) -> Result<Self> {
        let args = signature.params.iter().map(ffi_type);
        let ret = signature.ret.as_ref().map_or_else(FfiType::void, ffi_type);
        let cif = match signature.variadic {
            Variadic::No => Cif::try_new(args, ret),
            Variadic::Typed(fixed) | Variadic::FromData(fixed) => Cif::try_new_variadic(args, fixed, ret),
        };
        let cif = cif.map_err(|e| Error::Unsupported(format!("libffi: {e:?}")))?;
        Ok(Self { cif, result: signature.ret.as_ref().map_or(0, Type::size) })
    }

    /// Converts the arguments, calls the function, and makes a K object of its result. `errno` is the function's.
    ///
    /// # Errors
    /// [`Error::Argument`] or [`Error::Range`]; nothing has been called then.
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
        let mut frame = Frame::with_capacity(signature.params.len());
        for (i, ty) in signature.params.iter().enumerate() {
            let x = arguments
                .get(i)
                .ok_or_else(|| Error::Usage(format!("{name}[{i}]: no object in the list")))?;
            frame.push(ty, x).map_err(|m| m.at(name, i))?;
        }
        let mut addresses = frame.addresses(&signature.params);
        let mut result = vec![0_u128; self.result.div_ceil(16).max(1)];
        let calling = state::InCall::begin();
        // SAFETY: the caller vouches for the function; there is an address of a value of the right type for each
        // parameter, and room for the result, which libffi widens to a register.
        unsafe {
            let function = std::mem::transmute::<*const u8, unsafe extern "C" fn()>(target);
            ffi_call(
                self.cif.as_raw_ptr(),
                Some(function),
                result.as_mut_ptr().cast::<c_void>(),
                addresses.as_mut_ptr().cast(),
            );
        }
        let errno = errno::errno();
        drop(calling);
        // The result may point into what the frame holds, so it is read first.
        // SAFETY: the function has returned a value of its result type.
        let result = signature.ret.as_ref().map(|ty| unsafe { marshal::result(ty, result.as_ptr().cast()) });
        frame.finish();
        errno::set_errno(errno);
        state::take_error()?;
        result.unwrap_or_else(|| Ok(Owned::null()))
    }
}

fn ffi_type(ty: &Type) -> FfiType {
    match ty {
        Type::Value(row) => ffi_value(row),
        Type::Struct(layout) => ffi_struct(layout),
        Type::Pointer(_) | Type::Object | Type::Callback => FfiType::pointer(),
    }
}

fn ffi_value(row: &CType) -> FfiType {
    match row.repr {
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
    let member = |m: &crate::signature::Member| {
        let element = match &m.ty {
            // A guid in a struct is its bytes, not a pointer to them.
            Type::Value(row) if row.kind == Kind::Guid => FfiType::structure(vec![FfiType::u8(); 16]),
            ty => ffi_type(ty),
        };
        vec![element; m.count.unwrap_or(1)]
    };
    FfiType::structure(layout.members.iter().flat_map(member).collect::<Vec<_>>())
}
