//! The CLIF types of what plans name.

#![forbid(unsafe_code)]

use cranelift_codegen::ir::{Type, types};

use super::emitter::POINTER;
use crate::ctype::Repr;
use crate::plan::{Load, Rebox, Unbox};

/// The CLIF type an argument has on its way to C.
pub fn param_type(unbox: Unbox) -> Type {
    match unbox {
        Unbox::Payload { load, .. } => load_type(load),
        _ => POINTER,
    }
}

/// The CLIF type of a number that has been loaded.
pub fn load_type(load: Load) -> Type {
    match load {
        Load { extend: Some(_), .. } => types::I32,
        Load { widen: true, .. } => types::F64,
        _ => clif_type(load.repr),
    }
}

/// The CLIF type of what C returns.
pub fn rebox_type(rebox: Rebox) -> Option<Type> {
    match rebox {
        Rebox::Nothing => None,
        Rebox::Atom { repr, .. } => Some(clif_type(repr)),
        Rebox::Pointee { .. } | Rebox::Text | Rebox::Object | Rebox::Pointer | Rebox::Struct => Some(POINTER),
    }
}

/// The CLIF type of a C value.
pub fn clif_type(repr: Repr) -> Type {
    match repr {
        Repr::Bool | Repr::U8 | Repr::Char | Repr::I8 => types::I8,
        Repr::I16 | Repr::U16 => types::I16,
        Repr::I32 | Repr::U32 => types::I32,
        Repr::I64 => types::I64,
        Repr::F32 => types::F32,
        Repr::F64 => types::F64,
        Repr::LongDouble => unreachable!("no plan passes one to machine code"),
        Repr::Pointer => POINTER,
    }
}
