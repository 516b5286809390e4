//! Native stubs, compiled by Cranelift.

pub mod code;
pub mod convert;
mod list;
mod stub;

use cranelift_codegen::ir::Function;
use cranelift_frontend::FunctionBuilderContext;

use self::code::{Compiler, Template};
use crate::error::Result;
use crate::plan::Plan;

/// How q calls a stub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Form {
    /// A function of C's own rank.
    Fixed,
    /// A function of one parameter, the list of the arguments.
    List,
}

impl Form {
    /// All of them, in the order of their numbers.
    pub const ALL: [Form; 2] = [Form::Fixed, Form::List];

    /// The name that `.ffi.bindings[]` shows.
    pub fn name(self) -> &'static str {
        match self {
            Form::Fixed => "fn",
            Form::List => "bind",
        }
    }

    fn emit(
        self,
        compiler: &Compiler,
        plan: &Plan,
        function: &mut Function,
        context: &mut FunctionBuilderContext,
    ) {
        match self {
            Form::Fixed => stub::emit(function, context, compiler.isa(), plan),
            Form::List => list::emit(function, context, compiler.isa(), plan),
        }
    }
}

/// Compiles the stub of a form.
///
/// # Errors
/// [`crate::error::Error::Codegen`] when Cranelift fails.
pub fn compile(plan: &Plan, form: Form) -> Result<Template> {
    let compiler = Compiler::host()?;
    compiler.compile(|f, c| form.emit(compiler, plan, f, c))
}

/// CLIF and machine code of the stub of a form, as text.
///
/// # Errors
/// [`crate::error::Error::Codegen`] when Cranelift fails.
pub fn disassemble(plan: &Plan, form: Form) -> Result<String> {
    let compiler = Compiler::host()?;
    compiler.disassemble(|f, c| form.emit(compiler, plan, f, c))
}
