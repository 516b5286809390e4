//! Native stubs, compiled by Cranelift.

mod assembler;
mod boxing;
mod call;
mod code_memory;
mod compiler;
mod emitter;
mod forms;
mod loaded_call;
mod mark;
mod parameters;
mod record;
mod runtime;
mod structs;
mod symbol;
mod tail;
mod template;
mod thunk_state;
mod types;
mod unboxing;
mod unwind;
pub mod deferred;
mod variadic;
mod veneer;

use cranelift_codegen::ir::Function;
use cranelift_frontend::FunctionBuilderContext;

pub use self::code_memory::{Code, Owner, ReturnPlace, may_be_code, return_place, returned_place};
pub use self::compiler::{Compiler, RecordAccess};
pub use self::symbol::Symbol;
pub use self::template::{Fill, Relocation, Return, Template};
pub use self::thunk_state::ThunkState;
pub use self::variadic::{counting_thunk, variadic};

use self::forms::{atomic, callback, fixed, invoker, list, steps};
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
    /// What calls C with arguments that marshalling has laid out in memory: [`Invoker`].
    Invoker,
    /// A function of one parameter, the list of its arguments, that folds with C's.
    Over,
    /// The same with all results on the way.
    Scan,
    /// A function of one parameter, the list of its arguments, that applies C's to each item and the one before.
    Prior,
    /// A function of C's own rank that extends to vectors by the function's vector variant.
    Simd,
    /// The loop of [`Form::Over`] alone.
    Steps,
    /// The loop of [`Form::Scan`] alone.
    KeptSteps,
    /// [`Form::Kernel`] for arguments of which these, a bit each from the first on, are atoms.
    Mixture(u8),
}

/// Elements from which on a stub leaves vectors with atoms among them to the loop of their mixture.
pub const LONG: usize = 256;

/// An invoker. There is an address for each argument, of a value as C has it after promotion. A struct can be read to
/// the end of its last word, and where it is passed by the address of a copy it is that copy, which the callee may
/// change. The result has room for whole words.
pub type Invoker = unsafe extern "C" fn(target: *const u8, arguments: *const *mut u8, result: *mut u8);

impl Form {
    /// All of them but the mixtures, in the order of their numbers.
    pub const ALL: [Form; 13] = [
        Form::Fixed,
        Form::List,
        Form::Atomic,
        Form::Parallel,
        Form::Kernel,
        Form::Callback,
        Form::Invoker,
        Form::Over,
        Form::Scan,
        Form::Prior,
        Form::Simd,
        Form::Steps,
        Form::KeptSteps,
    ];

    /// The name that `.ffi.bindings[]` shows.
    pub fn name(self) -> &'static str {
        match self {
            Form::Fixed => "fn",
            Form::List => "bind",
            Form::Atomic => "atomic",
            Form::Parallel => "atomicPar",
            Form::Kernel => "kernel",
            Form::Callback => "callback",
            Form::Invoker => "invoker",
            Form::Over => "over",
            Form::Scan => "scan",
            Form::Prior => "prior",
            Form::Simd => "simd",
            Form::Steps => "overKernel",
            Form::KeptSteps => "scanKernel",
            Form::Mixture(_) => "mixture",
        }
    }

    /// How far into a cache line a stub begins. Where its branches lie in the lines can cost a nanosecond of six; these
    /// are the best of the offsets that docs/performance.md tells of.
    fn offset(self) -> usize {
        match self {
            Form::Fixed | Form::List => 4,
            _ => 0,
        }
    }

    fn emit(
        self,
        compiler: &Compiler,
        plans: &Plans,
        f: &mut Function,
        context: &mut FunctionBuilderContext,
    ) {
        let Plans { call, callback, atomic, steps } = plans;
        match (self, callback, atomic, &call.passing) {
            (Form::Fixed | Form::Parallel, ..) => fixed::emit(f, context, compiler, call),
            (Form::List, ..) => list::emit(f, context, compiler, call),
            (Form::Callback, Some(plan), ..) => callback::emit(f, context, compiler, plan),
            // Addresses are looked at before the loop begins, on the cold path.
            (Form::Atomic, _, Some(plan), _) if plan.looks_first => fixed::emit(f, context, compiler, call),
            (Form::Atomic, _, Some(plan), _) => atomic::emit(f, context, compiler, call, plan),
            (Form::Kernel, _, Some(plan), _) => atomic::emit_kernel(f, context, compiler, call, plan),
            (Form::Mixture(atoms), _, Some(plan), _) => {
                atomic::emit_mixture(f, context, compiler, call, plan, atoms);
            }
            (Form::Invoker, .., Some(passing)) => invoker::emit(f, context, compiler, passing),
            (Form::Simd, ..) => fixed::emit_cold(f, context, compiler, call),
            (Form::Over | Form::Scan | Form::Prior, ..) => list::emit_cold(f, context, compiler, call),
            (Form::Steps | Form::KeptSteps, ..) if let Some(plan) = steps => {
                steps::emit(f, context, compiler, call, plan, self == Form::KeptSteps);
            }
            (
                Form::Callback
                | Form::Atomic
                | Form::Kernel
                | Form::Mixture(_)
                | Form::Invoker
                | Form::Steps
                | Form::KeptSteps,
                ..,
            ) => {
                unreachable!("checked by the callers")
            }
        }
    }

    /// Says what such a stub cannot do, if the signature is of that kind.
    fn check(self, plans: &Plans) -> Result<()> {
        let problem = match self {
            Form::Callback if plans.callback.is_none() => {
                "callbacks with variable arguments or large structs"
            }
            Form::Invoker if plans.call.passing.is_none() => "calls with large structs or unknown types",
            Form::Atomic | Form::Parallel | Form::Kernel | Form::Mixture(_) if plans.atomic.is_none() => {
                "atomic functions but of 1 to 8 values to a value"
            }
            Form::Steps | Form::KeptSteps if plans.steps.is_none() => {
                "loops but of numbers and structs of them"
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
    compiler.compile(form.offset(), |f, c| form.emit(compiler, plans, f, c))
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
        let large = "j".repeat(200) + "{400c}";
        for target in Target::ALL {
            let compiler = Compiler::for_target(target).expect(target.name);
            for (args, ret) in [
                ("f", "f"),
                ("ifjehfxj", "f"),
                ("cccccccccccc", "c"),
                ("sG", "i"),
                ("{jc}{5j}c{ee}...ef", "{fej}"),
                (large.as_str(), "{2048c}"),
            ] {
                let plans = plans(args, ret, target);
                for form in Form::ALL {
                    if form.check(&plans).is_ok() {
                        let template = compile_for(&compiler, &plans, form).expect(target.name);
                        let size = template.code().len();
                        assert!(template.relocations().all(|r| r.offset + r.length() <= size));
                        assert_eq!(template.relocations().count() == 0, form == Form::Invoker);
                        assert!(template.entry() < template.code().len());
                    }
                }
            }
        }
    }

    #[test]
    fn a_call_with_arguments_on_the_stack_stays_a_call() {
        // Five objects and the binding: they lie in the frame under the Microsoft convention.
        let jumps = |target: Target| {
            let compiler = Compiler::for_target(target).expect(target.name);
            let template =
                compile_for(&compiler, &plans("iiiii", "i", target), Form::Fixed).expect(target.name);
            let jumps = template.relocations().filter(|r| matches!(r.fill, Fill::Jump | Fill::BranchAway));
            jumps.map(|r| r.symbol).collect::<Vec<_>>()
        };
        for target in [Target::SYSTEM_V, Target::AARCH64, Target::APPLE] {
            assert_eq!(jumps(target), [Symbol::MakeInt, Symbol::ColdInPlace, Symbol::Collect]);
        }
        assert!(!jumps(Target::WINDOWS).contains(&Symbol::ColdInSlot));
    }

    /// What is called first, and then, in Microsoft's convention: where its arguments lie, and their sum.
    #[cfg(target_arch = "x86_64")]
    mod windows {
        use std::cell::Cell;

        thread_local! {
            pub static GOT: Cell<(usize, [usize; 8])> = const { Cell::new((0, [0; 8])) };
        }

        pub extern "win64" fn first(words: usize, args: *const [usize; 8]) -> usize {
            // SAFETY: the code lays out as many arguments as the test passes.
            GOT.set((words, unsafe { *args }));
            7
        }

        #[allow(clippy::too_many_arguments, reason = "as many as q passes")]
        pub extern "win64" fn stub(
            a: usize,
            b: usize,
            c: usize,
            d: usize,
            e: usize,
            f: usize,
            g: usize,
            h: usize,
        ) -> usize {
            [a, b, c, d, e, f, g, h].iter().zip(1..).map(|(x, i)| x * i).sum()
        }
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn deferred_code_passes_arguments_on_as_microsoft_s_convention_wants_it() {
        type Eight = extern "win64" fn(usize, usize, usize, usize, usize, usize, usize, usize) -> usize;
        let words: &'static deferred::Words =
            Box::leak(Box::new(deferred::Words::new(windows::first as *const ())));
        let code = deferred::defer_by(crate::abi::Abi::Windows, words).expect("there is memory");
        // SAFETY: the code takes what the functions take that it goes on to.
        let call = unsafe { std::mem::transmute::<*const u8, Eight>(code.entry()) };
        assert_eq!(call(1, 2, 3, 4, 5, 6, 7, 8), 7);
        assert_eq!(windows::GOT.get(), (std::ptr::from_ref(words) as usize, [1, 2, 3, 4, 5, 6, 7, 8]));
        words.set(windows::stub as *const u8);
        assert_eq!(call(1, 1, 1, 1, 1, 1, 1, 1), 36);
        assert_eq!(call(8, 7, 6, 5, 4, 3, 2, 1), 120);
    }
}
