//! Decides, for a signature, how each argument reaches C and the result comes back. A plan is a value: emission and
//! the fallback follow it and decide nothing.

#![forbid(unsafe_code)]

mod atomic;
mod fields;
mod steps;

use std::sync::Arc;

pub use self::atomic::{AtomicPlan, Element, ElementValue, Outs};
pub use self::fields::{Field, Fields};
pub use self::steps::{State, StepPlan};
use crate::abi::{Abi, Argument, Extension, Passing, Slot};
use crate::ctype::{CType, Kind, Repr};
use crate::k::tag;
use crate::signature::named::Note;
use crate::signature::{Signature, Type, Variadic};

/// q calls no function with more arguments than this (code.kx.com "limit").
pub const MAX_RANK: usize = 8;

/// Which machinery makes the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// A stub compiled for the signature, which takes the arguments out of their K objects itself.
    Native,
    /// An invoker compiled for the signature, after marshalling has laid the arguments out in memory.
    Invoker,
    /// libffi, after the same marshalling.
    Libffi,
}

impl Route {
    /// The name that `.ffi.bindings[]` shows.
    pub fn name(self) -> &'static str {
        match self {
            Route::Native | Route::Invoker => "jit",
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
    /// Whether a `float` becomes a `double` on the way, as in a variable argument.
    pub widen: bool,
}

impl Load {
    /// How to load a number that is passed in a place, as C's prototype says or as a variable argument.
    pub fn new(repr: Repr, abi: Abi, to: Slot, variadic: bool) -> Self {
        let extend = abi.extension(repr).filter(|_| variadic || abi.extends_narrow(to));
        Self { repr, extend, widen: variadic && repr == Repr::F32 }
    }

    /// How to load a number as it is.
    pub fn plain(repr: Repr) -> Self {
        Self { repr, extend: None, widen: false }
    }
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
    /// A char vector that ends in NUL, passed by address.
    Text {
        /// Whether it may be a symbol too, whose own text is lent: C does not write to it.
        symbols: bool,
    },
    /// A long that is an address: any but the null and the infinities.
    Address,
    /// Any object: the pointer itself.
    Object,
    /// A foreign object made by `.ffi.callback`: the function pointer it holds.
    Callback,
    /// A struct's fields: those of this number in [`Plan::fields`].
    Fields(usize),
    /// No argument of q's: the address of room in the frame, at this offset from that of the results.
    Room(usize),
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
    /// A pointer to one: an atom of this tag holding what it points to.
    Pointee {
        /// The atom's tag, negative.
        tag: i8,
        /// How it lies in memory.
        repr: Repr,
        /// The word that stands for NULL: the type's null.
        null: u64,
    },
    /// A text, which becomes a symbol.
    Text,
    /// A K object, passed on.
    Object,
    /// A pointer that marshalling reads.
    Pointer,
    /// A struct: of [`Plan::result_fields`], or one that marshalling reads at its address.
    Struct,
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
    /// The fields of parameters that are structs, where stubs take them.
    pub fields: Vec<Fields>,
    /// The fields of a result that is a struct, where stubs make it.
    pub result_fields: Option<Fields>,
    /// Where the results lie, if there are out-parameters.
    pub results: Option<Results>,
    /// Where they are passed; `None` where libffi decides it.
    pub passing: Option<Arc<Passing>>,
}

/// What a function with out-parameters gives: its result, and then what it has filled, side by side in the frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results {
    /// Bytes, of whole words.
    pub size: usize,
    /// Their number: one alone is no list.
    pub count: usize,
    /// What they are, if all are numbers; marshalling reads others.
    pub numbers: Option<Fields>,
}

impl Results {
    fn of(signature: &Signature) -> Option<Self> {
        let layout = signature.results.as_ref()?;
        let makes_handles = signature.result_notes().flatten().any(Note::makes_handles);
        let is_plain = signature.more().destroyers.is_empty() && !makes_handles;
        Some(Self {
            size: layout.size.next_multiple_of(8),
            count: layout.members.len(),
            numbers: Fields::of_numbers(layout).filter(|_| is_plain),
        })
    }
}

impl Plan {
    /// Plans calls of C functions of this signature under this convention.
    pub fn new(signature: &Signature, abi: Abi) -> Self {
        let passing = Passing::new(abi, signature).map(Arc::new);
        let fixed = signature.fixed();
        let mut fields = Vec::new();
        let mut outs = signature.outs();
        let mut param = |(i, ty): (usize, &Type)| {
            if let Some(out) = ty.filled().and_then(|_| outs.next()) {
                // What C reads first is laid out by marshalling.
                return if ty.is_out() { Unbox::Room(out.offset) } else { Unbox::Never };
            }
            let passed = passing.as_ref().map(|p| &p.args[i]);
            if let Some(Argument::Scalar { to, .. }) = passed {
                return Unbox::of(ty, abi, *to, i >= fixed);
            }
            let own = Fields::of_argument(ty, passed);
            own.map_or(Unbox::Never, |own| {
                fields.push(own);
                Unbox::Fields(fields.len() - 1)
            })
        };
        let params: Vec<Unbox> = signature.params.iter().enumerate().map(&mut param).collect();
        let is_given_away = signature.ret.is_some() && signature.destroyer(0).is_some();
        let result = match is_given_away || signature.more().ret.as_ref().is_some_and(Note::makes_handles) {
            true => Rebox::Pointer,
            false => Rebox::of(signature.ret.as_ref()),
        };
        let returned = passing.as_ref().map(|p| &p.result);
        let result_fields = returned.and_then(|r| Fields::of_result(signature.ret.as_ref(), r));
        let results = Results::of(signature);
        // Stubs have room that is aligned as words are.
        let is_aligned = signature.results.as_ref().is_none_or(|layout| layout.align <= 8);
        let is_result_hot = match &results {
            _ if !is_aligned => false,
            None => result != Rebox::Struct || result_fields.is_some(),
            // An object that is an error tells it by being NULL.
            Some(_) => !matches!(result, Rebox::Struct | Rebox::Object),
        };
        let is_hot = !params.contains(&Unbox::Never) && is_result_hot;
        let route = match &passing {
            None => Route::Libffi,
            Some(_) if is_hot => Route::Native,
            Some(_) => Route::Invoker,
        };
        Self { abi, route, params, result, fields, result_fields, results, passing }
    }

    /// The parameters that q gives arguments for, by their number.
    pub fn given(&self) -> impl Iterator<Item = (usize, Unbox)> {
        let params = self.params.iter().copied().enumerate();
        params.filter(|(_, unbox)| !matches!(unbox, Unbox::Room(_)))
    }
}

impl Unbox {
    fn of(ty: &Type, abi: Abi, to: Slot, variadic: bool) -> Self {
        match ty {
            Type::Value(row) => Self::of_value(row, Load::new(row.repr, abi, to, variadic)),
            Type::Pointer(row) if row.repr == Repr::Char => Unbox::Text { symbols: false },
            // C may write to the array and to the texts: it gets copies.
            Type::Pointer(row) if row.kind == Kind::Text || row.repr == Repr::LongDouble => Unbox::Never,
            Type::Pointer(row) => Unbox::Data { tag: row.array_tag() },
            Type::Object => Unbox::Object,
            Type::Callback => Unbox::Callback,
            Type::Struct(_) | Type::Out(_) | Type::InOut(_) => Unbox::Never,
        }
    }

    fn of_value(row: &CType, load: Load) -> Self {
        match row.kind {
            Kind::Number | Kind::Size => Unbox::Payload { tag: -row.tag(), load },
            Kind::Address => Unbox::Address,
            Kind::Guid => Unbox::Data { tag: -row.tag() },
            Kind::Text => Unbox::Text { symbols: true },
        }
    }

    /// Whether C takes it in an integer register.
    pub fn is_integer(self) -> bool {
        match self {
            Unbox::Payload { load, .. } => !matches!(load.repr, Repr::F32 | Repr::F64),
            Unbox::Data { .. } | Unbox::Text { .. } | Unbox::Address | Unbox::Object | Unbox::Callback => {
                true
            }
            Unbox::Fields(_) | Unbox::Room(_) | Unbox::Never => false,
        }
    }
}

impl Rebox {
    fn of(ret: Option<&Type>) -> Self {
        match ret {
            None => Rebox::Nothing,
            Some(Type::Value(row)) if row.kind == Kind::Text => Rebox::Text,
            Some(Type::Value(row)) if row.kind == Kind::Guid => Rebox::Pointer,
            Some(Type::Value(row)) => Rebox::Atom { tag: -row.tag(), repr: row.repr },
            Some(Type::Object) => Rebox::Object,
            Some(Type::Pointer(row)) if row.repr == Repr::LongDouble => Rebox::Pointer,
            Some(Type::Pointer(row)) if row.kind == Kind::Number && row.repr != Repr::Char => {
                Rebox::Pointee { tag: -row.tag(), repr: row.repr, null: row.repr.in_q().null() }
            }
            Some(Type::Pointer(_)) => Rebox::Pointer,
            Some(Type::Callback | Type::Out(_) | Type::InOut(_)) => {
                Rebox::Atom { tag: -tag::LONG, repr: Repr::Pointer }
            }
            Some(Type::Struct(_)) => Rebox::Struct,
        }
    }
}

/// Both directions for one signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plans {
    /// q calls C.
    pub call: Plan,
    /// C calls q; `None` where that takes libffi.
    pub callback: Option<CallbackPlan>,
    /// q calls C for each element of vectors; `None` where elements are not all there is.
    pub atomic: Option<AtomicPlan>,
    /// q calls C with its own result in turn; `None` where that is not as its first argument is.
    pub steps: Option<StepPlan>,
}

impl Plans {
    /// Plans for this signature under this convention.
    pub fn new(signature: &Signature, abi: Abi) -> Self {
        let call = Plan::new(signature, abi);
        Self {
            callback: CallbackPlan::new(signature, &call),
            atomic: AtomicPlan::new(signature, &call),
            steps: StepPlan::new(signature, &call),
            call,
        }
    }
}

/// What to do for a callback: the roles of a call are swapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackPlan {
    /// The calling convention.
    pub abi: Abi,
    /// How each of C's arguments becomes a K object.
    pub params: Vec<Rebox>,
    /// How C's result is taken out of what q returns; `None` for void.
    pub result: Option<Unbox>,
    /// Where they are passed.
    pub passing: Arc<Passing>,
}

impl CallbackPlan {
    /// Plans callbacks of this signature; `None` where C has variable arguments, and where libffi is needed.
    fn new(signature: &Signature, call: &Plan) -> Option<Self> {
        let is_plain = signature.variadic == Variadic::No && signature.results.is_none();
        let passing = call.passing.clone().filter(|_| is_plain)?;
        let result = |ty| Unbox::of(ty, call.abi, Slot::Integer(0), false);
        Some(Self {
            abi: call.abi,
            params: signature.params.iter().map(|ty| Rebox::of(Some(ty))).collect(),
            result: signature.ret.as_ref().map(result),
            passing,
        })
    }
}
