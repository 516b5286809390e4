//! Emitted code as assembly, so that the very bytes that the library would install are linked with C.

use std::fmt::Write;
use std::path::Path;

use ffijit::jit::{self, Form};
use ffijit::jit::{Compiler, Fill, Relocation, Symbol, Template};
use ffijit::plan::{MAX_RANK, Plans, Route};

use crate::signatures::Case;

/// The forms, in the order of `enum form` in driver.h.
pub const FORMS: [Form; 6] =
    [Form::Fixed, Form::List, Form::Atomic, Form::Kernel, Form::Callback, Form::Invoker];

/// Whether there is emitted code of this form that the driver can run.
fn applies(form: Form, case: &Case, plans: &Plans) -> bool {
    let is_native = plans.call.route == Route::Native;
    // Those that take every call the cold way are run for arrays of texts, which the driver knows of.
    let is_known = is_native || case.args.contains('S') && !case.args.contains('{');
    match form {
        Form::Fixed => is_known && case.signature.arity() <= MAX_RANK,
        Form::List => is_known,
        Form::Atomic | Form::Kernel | Form::Mixture(_) => is_native && plans.atomic.is_some(),
        Form::Callback => plans.callback.is_some(),
        Form::Invoker => plans.call.passing.is_some(),
        // Loops around what the others call, which tests/loops compares with q, and what calls vector variants.
        Form::Parallel
        | Form::Over
        | Form::Scan
        | Form::Prior
        | Form::Steps
        | Form::KeptSteps
        | Form::Simd => false,
    }
}

/// Stubs for some signatures, under labels `t{signature}_{form}`.
pub struct Stubs {
    code: Vec<u8>,
    assembly: String,
    /// For each signature, which of [`FORMS`] there are.
    pub forms: Vec<Vec<bool>>,
    /// For each, what stubs call: `f{signature}`, or code under `v{signature}` that jumps there.
    pub targets: Vec<String>,
}

impl Stubs {
    /// Emits all forms of these signatures for a compiler's target.
    pub fn new(compiler: &Compiler, cases: &[Case], plan: impl Fn(&Case) -> Plans) -> Self {
        let mut stubs = Self { code: vec![], assembly: ".text\n".into(), forms: vec![], targets: vec![] };
        for (n, case) in cases.iter().enumerate() {
            let plans = plan(case);
            let target = stubs.target(n, &plans);
            let forms: Vec<bool> = FORMS.iter().map(|&form| applies(form, case, &plans)).collect();
            for (number, &form) in FORMS.iter().enumerate().filter(|&(number, _)| forms[number]) {
                let template = jit::compile_for(compiler, &plans, form);
                let template = template.unwrap_or_else(|e| panic!("{};{}: {e}", case.args, case.ret));
                stubs.add(&template, &format!("t{n}_{number}"), &target);
            }
            stubs.forms.push(forms);
            stubs.targets.push(target);
        }
        stubs
    }

    fn target(&mut self, n: usize, plans: &Plans) -> String {
        let function = format!("f{n}");
        if !plans.call.passing.as_ref().is_some_and(|p| p.counts_vectors) {
            return function;
        }
        let thunk = format!("v{n}");
        self.add(&jit::counting_thunk(), &thunk, &function);
        thunk
    }

    /// Adds a copy, in which every other callee is taken to be far.
    fn add(&mut self, template: &Template, label: &str, target: &str) {
        let far: Vec<Symbol> = Symbol::ALL.iter().copied().skip(label.len() % 2).step_by(2).collect();
        let (code, mut relocations) = template.with_veneers(&far);
        let (base, end) = (self.code.len(), code.len());
        let (text, entry) = (&mut self.assembly, template.entry());
        // Where the code is placed decides how its loops lie.
        let _ = writeln!(text, ".balign 64\n.globl {label}\n.set {label}, . + {entry}");
        relocations.sort_by_key(|r| r.offset);
        let mut at = 0;
        for r in relocations {
            include(text, base + at, r.offset - at);
            let _ = writeln!(text, "{}", filled_in(&r, target, &code[r.offset..]));
            at = r.offset + r.length();
        }
        include(text, base + at, end - at);
        self.code.extend(code);
    }

    /// Replaces each occurrence of these bytes of code by others.
    pub fn patch(&mut self, from: &[u8], to: &[u8]) {
        let starts: Vec<usize> = (0..self.code.len()).filter(|&i| self.code[i..].starts_with(from)).collect();
        for start in starts {
            self.code[start..start + to.len()].copy_from_slice(to);
        }
    }

    /// Writes the code and its assembly into a directory, the latter as `stubs.s`.
    pub fn write(&self, directory: &Path) {
        let code = directory.join("stubs.bin");
        let assembly = self.assembly.replace("stubs.bin", code.to_str().expect("UTF-8 path"));
        std::fs::write(&code, &self.code).expect("the target directory is writable");
        std::fs::write(directory.join("stubs.s"), assembly).expect("the target directory is writable");
    }
}

fn include(assembly: &mut String, offset: usize, length: usize) {
    if length > 0 {
        let _ = writeln!(assembly, ".incbin \"stubs.bin\", {offset}, {length}");
    }
}

/// What is filled in for a relocation, as assembly. Stubs find the record by a thread-local variable of the driver's.
fn filled_in(r: &Relocation, target: &str, code: &[u8]) -> String {
    let symbol = if r.symbol == Symbol::Target { target } else { r.symbol.name() };
    match r.fill {
        Fill::Address => format!(".quad {symbol}"),
        Fill::ThreadOffset => format!(".long {symbol}@tpoff"),
        Fill::ThreadOffsetPair => {
            let x = code[0] & 31;
            let add = format!("add x{x}, x{x}, #:tprel_hi12:{symbol}, lsl #12");
            format!("{add}\nldr x{x}, [x{x}, #:tprel_lo12:{symbol}]")
        }
        Fill::Call => format!("call {symbol}"),
        Fill::Branch => format!("bl {symbol}"),
        Fill::Jump => format!("jmp {symbol}"),
        Fill::BranchAway => format!("b {symbol}"),
        Fill::LoadedCall { .. } if target.len().is_multiple_of(2) => {
            let bytes = |code: &[u8]| code.iter().map(|b| format!(".byte {b}\n")).collect::<String>();
            format!("{}.quad {symbol}\n{}", bytes(&code[..2]), bytes(&code[10..r.length()]))
        }
        Fill::LoadedCall { .. } => format!(".skip {}, 0x90\ncall {symbol}", r.length() - 5),
    }
}
