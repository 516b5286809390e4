//! Calls through libffi: what neither stubs nor invokers take, and their judge in tests.

use libffi::middle::{Cif, Type as FfiType};
use libffi::raw::ffi_call;
use smallvec::SmallVec;

use crate::abi::{self, Abi, Extension};
use crate::ctype::{CType, Kind, Repr};
use crate::error::{Error, Result};
use crate::os::through;
use crate::signature::{Member, Signature, Struct, Type, Variadic};

/// Bytes that the structs passed by value in one call may have: they lie on the stack of the thread.
const MAX_BY_VALUE: usize = 1 << 20;

/// A signature prepared for libffi.
pub struct Interface {
    cif: Cif,
    /// The parameters that are given by address ([`is_by_address`]).
    by_address: Vec<usize>,
}

// SAFETY: a prepared call interface is only read, by libffi and by us.
unsafe impl Send for Interface {}
// SAFETY: it is not written once it is made.
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
        let mut all = signature.params.iter().chain(&signature.ret);
        if let Some(ty) = all.find(|ty| has_no_stand_in(ty)) {
            return Err(Error::Unsupported(format!("libffi: {ty} by value")));
        }
        let fixed = signature.fixed();
        let args = signature.params.iter().enumerate();
        let args = args.map(|(i, ty)| match ty {
            _ if is_by_address(ty) => FfiType::pointer(),
            _ if i < fixed => ffi_type(ty),
            _ => ffi_variadic(ty),
        });
        let ret = signature.ret.as_ref().map_or_else(FfiType::void, ffi_result);
        let cif = match signature.variadic {
            Variadic::No => Cif::try_new(args, ret),
            Variadic::Typed(_) | Variadic::FromData(_) => Cif::try_new_variadic(args, fixed, ret),
        };
        let params = signature.params.iter().enumerate();
        let by_address = params.filter(|(_, ty)| is_by_address(ty)).map(|(i, _)| i).collect();
        cif.map(|cif| Self { cif, by_address }).map_err(|e| Error::Unsupported(format!("libffi: {e:?}")))
    }

    /// The call interface itself.
    pub fn into_cif(self) -> Cif {
        self.cif
    }

    /// Calls a function.
    ///
    /// # Safety
    /// `target` is a C function of this signature; there is an address of a value for each parameter, and `result` has
    /// room for its result, a register's at least.
    pub unsafe fn invoke(&self, target: *const u8, arguments: &mut [*mut u8], result: *mut u8) {
        let mut addresses: SmallVec<[*mut u8; 4]> = self.by_address.iter().map(|&i| arguments[i]).collect();
        for (&i, address) in self.by_address.iter().zip(&mut addresses) {
            arguments[i] = std::ptr::from_mut(address).cast();
        }
        // SAFETY: passed on to the caller.
        unsafe {
            let (interface, arguments) = (self.cif.as_raw_ptr() as usize, arguments.as_mut_ptr() as usize);
            through(ffi_call as *const u8, interface, target as usize, result as usize, arguments);
        }
    }
}

/// Whether libffi is told of a struct's address in the struct's place, by which AAPCS64 passes it (6.8.2, B.4): it would align
/// such an address on the stack as what lies there, at 16 bytes.
pub fn is_by_address(ty: &Type) -> bool {
    let Type::Struct(layout) = ty else { return false };
    let is_homogeneous = layout.size <= 4 * Repr::LongDouble.size() && is_of_long_doubles(layout);
    cfg!(target_arch = "aarch64") && layout.align > 8 && layout.size > 16 && !is_homogeneous
}

fn is_of_long_doubles(layout: &Struct) -> bool {
    layout.members.iter().all(|member| match &member.ty {
        Type::Value(row) => row.repr == Repr::LongDouble,
        Type::Struct(inner) => is_of_long_doubles(inner),
        _ => false,
    })
}

fn ffi_type(ty: &Type) -> FfiType {
    match ty {
        Type::Value(row) => ffi_repr(row.repr),
        Type::Struct(layout) => ffi_struct(layout),
        Type::Pointer(_) | Type::Object | Type::Callback | Type::Out(_) | Type::InOut(_) => {
            FfiType::pointer()
        }
    }
}

/// On x86-64 libffi looks for a struct of one long double in the wrong registers; it is returned as its member is.
fn ffi_result(ty: &Type) -> FfiType {
    match ty {
        Type::Struct(layout) if ty.holds_long_double() && layout.size == Repr::LongDouble.size() => {
            ffi_repr(Repr::LongDouble)
        }
        _ => ffi_type(ty),
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
        Repr::I8 => FfiType::i8(),
        Repr::I16 => FfiType::i16(),
        Repr::U16 => FfiType::u16(),
        Repr::I32 => FfiType::i32(),
        Repr::U32 => FfiType::u32(),
        Repr::I64 => FfiType::i64(),
        Repr::F32 => FfiType::f32(),
        Repr::F64 => FfiType::f64(),
        Repr::LongDouble => FfiType::longdouble(),
        Repr::Pointer => FfiType::pointer(),
    }
}

/// Whether it is a struct that libffi can neither be told of nor given another one for.
fn has_no_stand_in(ty: &Type) -> bool {
    matches!(ty, Type::Struct(layout) if !layout.is_plain() && abi::stand_in(Abi::HOST, layout).is_none())
}

/// libffi has no arrays: their elements are members of their own. It knows no packed structs and no unions either.
fn ffi_struct(layout: &Struct) -> FfiType {
    if !layout.is_plain() {
        let members = abi::stand_in(Abi::HOST, layout).unwrap_or_default();
        return FfiType::structure(members.into_iter().map(ffi_repr).collect::<Vec<_>>());
    }
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
