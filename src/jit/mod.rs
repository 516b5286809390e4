//! Native stubs, compiled by Cranelift.

mod atomic;
mod callback;
pub mod code;
pub mod convert;
mod list;
mod recycle;
mod runtime;
mod stub;
mod tail;

use cranelift_codegen::ir::Function;
use cranelift_frontend::FunctionBuilderContext;

pub use self::runtime::address;
pub use self::stub::COLD_REGISTERS;

use self::code::{Compiler, Template};
use crate::error::{Error, Result};
use crate::plan::Plans;

/// How q calls a stub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Form {
    /// A function of C's own rank.
    Fixed,
    /// A function of one parameter, the list of the arguments.
    List,
    /// A function of C's own rank that extends to vectors.
    Atomic,
    /// The same, split over threads where vectors are large.
    Parallel,
    /// The loop alone that each of these threads runs.
    Kernel,
    /// A C function that calls q.
    Callback,
}

impl Form {
    /// All of them, in the order of their numbers.
    pub const ALL: [Form; 6] =
        [Form::Fixed, Form::List, Form::Atomic, Form::Parallel, Form::Kernel, Form::Callback];

    /// The name that `.ffi.bindings[]` shows.
    pub fn name(self) -> &'static str {
        match self {
            Form::Fixed => "fn",
            Form::List => "bind",
            Form::Atomic => "atomic",
            Form::Parallel => "atomicPar",
            Form::Kernel => "kernel",
            Form::Callback => "callback",
        }
    }

    fn emit(
        self,
        compiler: &Compiler,
        plans: &Plans,
        f: &mut Function,
        context: &mut FunctionBuilderContext,
    ) {
        let isa = compiler.isa();
        match (self, &plans.callback, &plans.atomic) {
            (Form::Fixed | Form::Parallel, ..) => stub::emit(f, context, isa, &plans.call),
            (Form::List, ..) => list::emit(f, context, isa, &plans.call),
            (Form::Callback, Some(plan), _) => callback::emit(f, context, isa, plan),
            (Form::Atomic, _, Some(plan)) => atomic::emit(f, context, isa, &plans.call, plan),
            (Form::Kernel, _, Some(plan)) => atomic::emit_kernel(f, context, isa, &plans.call, plan),
            (Form::Callback | Form::Atomic | Form::Kernel, ..) => unreachable!("checked by the callers"),
        }
    }

    /// Says what such a stub cannot do, if the signature is of that kind.
    fn check(self, plans: &Plans) -> Result<()> {
        let problem = match self {
            Form::Callback if plans.callback.is_none() => "callbacks with structs or variable arguments",
            Form::Atomic | Form::Parallel | Form::Kernel if plans.atomic.is_none() => {
                "atomic functions but of 1 to 8 values to a value"
            }
            _ => return Ok(()),
        };
        Err(Error::Unsupported(problem.into()))
    }
}

/// Compiles the stub of a form.
///
/// # Errors
/// [`Error::Codegen`] when Cranelift fails, [`Error::Unsupported`] for a callback that takes libffi.
pub fn compile(plans: &Plans, form: Form) -> Result<Template> {
    let compiler = Compiler::host()?;
    form.check(plans)?;
    compiler.compile(|f, c| form.emit(compiler, plans, f, c))
}

/// CLIF and machine code of the stub of a form, as text.
///
/// # Errors
/// [`Error::Codegen`] when Cranelift fails.
pub fn disassemble(plans: &Plans, form: Form) -> Result<String> {
    let compiler = Compiler::host()?;
    compiler.disassemble(|f, c| form.emit(compiler, plans, f, c))
}
