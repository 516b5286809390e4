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

/// Compiles the stub of a form for the machine this runs on.
///
/// # Errors
/// As [`compile_for`].
pub fn compile(plans: &Plans, form: Form) -> Result<Template> {
    compile_for(Compiler::host()?, plans, form)
}

/// Compiles the stub of a form for a compiler's target, by whose convention the plans are.
///
/// # Errors
/// [`Error::Codegen`] when Cranelift fails, [`Error::Unsupported`] for what stubs of this form cannot do.
pub fn compile_for(compiler: &Compiler, plans: &Plans, form: Form) -> Result<Template> {
    form.check(plans)?;
    compiler.compile(|f, c| form.emit(compiler, plans, f, c))
}

/// CLIF and machine code of the stub of a form, as text.
///
/// # Errors
/// As [`compile_for`].
pub fn disassemble(plans: &Plans, form: Form) -> Result<String> {
    disassemble_for(Compiler::host()?, plans, form)
}

/// The same for a compiler's target, by whose convention the plans are.
///
/// # Errors
/// As [`compile_for`].
pub fn disassemble_for(compiler: &Compiler, plans: &Plans, form: Form) -> Result<String> {
    form.check(plans)?;
    compiler.disassemble(|f, c| form.emit(compiler, plans, f, c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::Target;
    use crate::signature::Signature;

    fn plans(args: &str, ret: &str, target: Target) -> Plans {
        Plans::new(&Signature::parse(args.as_bytes(), ret.as_bytes()).expect(args), target.abi)
    }

    #[test]
    fn every_form_is_emitted_for_every_target_on_any_host() {
        for target in Target::ALL {
            let compiler = Compiler::for_target(target).expect(target.name);
            for (args, ret) in [("f", "f"), ("ifjehfxj", "f"), ("cccccccccccc", "c"), ("sG", "i")] {
                let plans = plans(args, ret, target);
                for form in Form::ALL {
                    if form.check(&plans).is_ok() {
                        let template = compile_for(&compiler, &plans, form).expect(target.name);
                        let ends = template.relocations().map(|r| r.offset + 8);
                        assert!(ends.max().is_some_and(|end| end <= template.code().len()));
                        assert!(template.entry() < template.code().len());
                    }
                }
            }
        }
    }

    #[test]
    fn a_call_with_arguments_on_the_stack_stays_a_call() {
        // Five objects and the binding: two of them lie in the frame under the Microsoft convention.
        let cold = "is the tail call of the cold path";
        let jumps = |target: Target| {
            let compiler = Compiler::for_target(target).expect(target.name);
            let text = disassemble_for(&compiler, &plans("i", "i", target), Form::Fixed).expect(cold);
            text.lines().last().map(str::to_string)
        };
        assert_ne!(jumps(Target::SYSTEM_V), jumps(Target::WINDOWS));
    }
}
