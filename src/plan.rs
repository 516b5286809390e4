//! Decides, for a signature, how each argument reaches C and the result comes back. A plan is a value: emission and
//! the fallback follow it and decide nothing.

use crate::abi::{Abi, Extension};
use crate::ctype::{CType, Kind, Repr};
use crate::signature::{Signature, Type, Variadic};

/// Which machinery makes the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// A stub compiled for the signature.
    Native,
    /// libffi.
    Libffi,
}

impl Route {
    /// The name that `.ffi.bindings[]` shows.
    pub fn name(self) -> &'static str {
        match self {
            Route::Native => "jit",
            Route::Libffi => "libffi",
        }
    }
}

/// How to load a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Its representation in memory.
    pub repr: Repr,
    /// How it is extended to 32 bits on the way, if it is.
    pub extend: Option<Extension>,
}

/// How an argument is taken out of its K object on the hot path. Whatever is not of this form takes the cold one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unbox {
    /// An atom of this tag: load its payload.
    Payload {
        /// The atom's tag, negative.
        tag: i8,
        /// How to load it.
        load: Load,
    },
    /// An object of this tag, whose data's address is passed: a vector, or a guid atom.
    Data {
        /// The tag.
        tag: i8,
    },
    /// A char vector that ends in NUL, passed by address, or a symbol, passed by its text.
    Text {
        /// Whether the symbol is the case to test first.
        symbol_first: bool,
    },
    /// Any object: the pointer itself.
    Object,
    /// Nothing: every call of such a signature takes the cold path.
    Never,
}

/// How a C result becomes a K object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rebox {
    /// Void: `::`.
    Nothing,
    /// An atom of this tag holding the value.
    Atom {
        /// The atom's tag, negative.
        tag: i8,
        /// How C returns it.
        repr: Repr,
    },
    /// A K object, passed on.
    Object,
    /// A pointer that marshalling reads: a text, or what an uppercase letter points to.
    Pointer,
}

/// What to do for a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The calling convention.
    pub abi: Abi,
    /// Which machinery makes the call.
    pub route: Route,
    /// The parameters in order.
    pub params: Vec<Unbox>,
    /// The result.
    pub result: Rebox,
}

impl Plan {
    /// Plans calls of C functions of this signature under this convention.
    pub fn new(signature: &Signature, abi: Abi) -> Self {
        let mut integers = 0;
        let params = signature
            .params
            .iter()
            .map(|ty| {
                let unbox = Unbox::of(ty, abi, integers);
                integers += usize::from(unbox.is_integer());
                unbox
            })
            .collect();
        Self {
            abi,
            route: Route::of(signature),
            params,
            result: Rebox::of(signature.ret.as_ref()),
        }
    }
}

impl Route {
    fn of(signature: &Signature) -> Self {
        let is_struct = |ty: &Type| matches!(ty, Type::Struct(_));
        let structs = signature.params.iter().chain(&signature.ret).any(is_struct);
        match signature.variadic {
            Variadic::No if !structs => Route::Native,
            _ => Route::Libffi,
        }
    }
}

impl Unbox {
    fn of(ty: &Type, abi: Abi, integers_before: usize) -> Self {
        match ty {
            Type::Value(row) => Self::of_value(row, abi, integers_before),
            Type::Pointer(row) if row.repr == Repr::Char => Unbox::Text {
                symbol_first: false,
            },
            Type::Pointer(row) => Unbox::Data { tag: row.tag() },
            Type::Object => Unbox::Object,
            Type::Callback | Type::Struct(_) => Unbox::Never,
        }
    }

    fn of_value(row: &CType, abi: Abi, integers_before: usize) -> Self {
        match row.kind {
            Kind::Number | Kind::Size | Kind::Address => {
                let extend = abi
                    .extension(row.repr)
                    .filter(|_| abi.extends_narrow(integers_before));
                Unbox::Payload {
                    tag: -row.tag(),
                    load: Load {
                        repr: row.repr,
                        extend,
                    },
                }
            }
            Kind::Guid => Unbox::Data { tag: -row.tag() },
            Kind::Text => Unbox::Text { symbol_first: true },
        }
    }

    fn is_integer(self) -> bool {
        match self {
            Unbox::Payload { load, .. } => !matches!(load.repr, Repr::F32 | Repr::F64),
            Unbox::Data { .. } | Unbox::Text { .. } | Unbox::Object => true,
            Unbox::Never => false,
        }
    }
}

impl Rebox {
    fn of(ret: Option<&Type>) -> Self {
        match ret {
            None => Rebox::Nothing,
            Some(Type::Value(row)) if row.kind == Kind::Text => Rebox::Pointer,
            Some(Type::Value(row)) => Rebox::Atom {
                tag: -row.tag(),
                repr: row.repr,
            },
            Some(Type::Object) => Rebox::Object,
            Some(Type::Pointer(_)) => Rebox::Pointer,
            // Never reached by emission: Route::of sends structs elsewhere, and no signature returns a callback.
            Some(Type::Struct(_) | Type::Callback) => Rebox::Nothing,
        }
    }
}
