//! Native stubs, compiled by Cranelift.

mod callback;
pub mod code;
pub mod convert;
mod list;
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
    /// A C function that calls q.
    Callback,
}

impl Form {
    /// All of them, in the order of their numbers.
    pub const ALL: [Form; 3] = [Form::Fixed, Form::List, Form::Callback];

    /// The name that `.ffi.bindings[]` shows.
    pub fn name(self) -> &'static str {
        match self {
            Form::Fixed => "fn",
            Form::List => "bind",
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
        match (self, &plans.callback) {
            (Form::Fixed, _) => stub::emit(f, context, compiler.isa(), &plans.call),
            (Form::List, _) => list::emit(f, context, compiler.isa(), &plans.call),
            (Form::Callback, Some(plan)) => callback::emit(f, context, compiler.isa(), plan),
            (Form::Callback, None) => unreachable!("checked by the callers"),
        }
    }
}

/// Compiles the stub of a form.
///
/// # Errors
/// [`Error::Codegen`] when Cranelift fails, [`Error::Unsupported`] for a callback that takes libffi.
pub fn compile(plans: &Plans, form: Form) -> Result<Template> {
    let compiler = Compiler::host()?;
    if form == Form::Callback && plans.callback.is_none() {
        return Err(Error::Unsupported("callbacks with structs or variable arguments".into()));
    }
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
