//! From what the forms emit to templates, by Cranelift.

#![forbid(unsafe_code)]

use std::fmt::Write;
use std::sync::OnceLock;
use std::time::Instant;

use cranelift_codegen::ir::Function;
use cranelift_codegen::isa::{self, OwnedTargetIsa, TargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_codegen::{CompiledCode, Context, FinalizedMachCallSite, FinalizedMachExceptionHandler};
use cranelift_frontend::FunctionBuilderContext;
use target_lexicon::{Architecture, OperatingSystem};

use super::code_memory::GRANULARITY;
use super::mark::Mark;
use super::symbol::Symbol;
use super::template::{Relocation, Return, Template};
use super::veneer::{BRK, INT3};
use super::{loaded_call, record, tail, unwind};
use crate::abi::{Abi, Target};
use crate::error::{Error, Result};
use crate::os::ThreadWord;

/// How code finds the record of its thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordAccess {
    /// In the thread's own word ([`crate::os::ThreadWord`]), which is NULL where there is no record yet.
    Word,
    /// By asking [`crate::calls::current`], which makes one.
    Call,
}

/// The compiler for one target.
pub struct Compiler {
    isa: OwnedTargetIsa,
    record: RecordAccess,
}

/// Cranelift's settings, the same for all targets.
const SETTINGS: [(&str, &str); 8] = [
    ("opt_level", "speed"),
    // Calls reach kdb+'s own functions, more than 2 GiB away, by absolute address.
    ("is_pic", "false"),
    ("use_colocated_libcalls", "false"),
    ("log2_min_function_alignment", "4"),
    // Where blocks begin, which what is rewritten must not hide.
    ("machine_code_cfg_info", "true"),
    // A frame of over a page, which thunks that take large structs may have, must not jump over the guard page.
    ("enable_probestack", "true"),
    ("probestack_strategy", "inline"),
    // It costs as much again as the compilation.
    ("enable_verifier", if cfg!(debug_assertions) { "true" } else { "false" }),
];

impl Compiler {
    /// The compiler for the processor this runs on, made on first use.
    ///
    /// # Errors
    /// [`Error::Codegen`] on a processor that Cranelift does not know.
    pub fn host() -> Result<&'static Compiler> {
        static HOST: OnceLock<Result<Compiler>> = OnceLock::new();
        let record = if ThreadWord::get().is_some() { RecordAccess::Word } else { RecordAccess::Call };
        let new = || Self::new(cranelift_native::builder().map_err(|e| codegen(&e))?, record);
        HOST.get_or_init(new).as_ref().map_err(Clone::clone)
    }

    /// The compiler for a target, whose code may use nothing that only some of its processors have.
    ///
    /// # Errors
    /// [`Error::Codegen`] where Cranelift has been built without the target's processor: builds for users know the
    /// host's only.
    pub fn for_target(target: Target) -> Result<Compiler> {
        let has_word = [Target::SYSTEM_V, Target::AARCH64].contains(&target);
        Self::with_access(target, if has_word { RecordAccess::Word } else { RecordAccess::Call })
    }

    /// The same with another way to find the record; [`RecordAccess::Word`] is for Linux and Windows only.
    ///
    /// # Errors
    /// As [`Self::for_target`].
    pub fn with_access(target: Target, record: RecordAccess) -> Result<Compiler> {
        Self::new(isa::lookup_by_name(target.triple).map_err(|e| codegen(&e))?, record)
    }

    fn new(isa: isa::Builder, record: RecordAccess) -> Result<Self> {
        let mut flags = settings::builder();
        let is_windows = isa.triple().operating_system == OperatingSystem::Windows;
        // What prologues do ([`unwind`]).
        let unwind_info = ("unwind_info", if is_windows { "true" } else { "false" });
        for (name, value) in SETTINGS.into_iter().chain([unwind_info]) {
            flags.set(name, value).map_err(|e| codegen(&e))?;
        }
        let isa = isa.finish(settings::Flags::new(flags)).map_err(|e| codegen(&e))?;
        Ok(Self { isa, record })
    }

    /// The target.
    pub fn isa(&self) -> &dyn TargetIsa {
        &*self.isa
    }

    /// How code finds the record of its thread.
    pub fn record_access(&self) -> RecordAccess {
        self.record
    }

    /// Whether stubs keep what Windows notes as a thread's last error: where they need no call to find their thread's own.
    pub fn notes_last_error(&self) -> bool {
        self.record == RecordAccess::Word && self.isa.triple().operating_system == OperatingSystem::Windows
    }

    /// Compiles what `emit` writes. The function begins `offset` bytes into a cache line, unless it has a loop that
    /// should begin one.
    ///
    /// # Errors
    /// [`Error::Codegen`] with Cranelift's words.
    pub fn compile(
        &self,
        offset: usize,
        emit: impl FnOnce(&mut Function, &mut FunctionBuilderContext),
    ) -> Result<Template> {
        let start = Instant::now();
        let mut context = self.emitted(emit);
        self.compile_context(&mut context)?;
        let (mut code, entry, relocations, returns) = self.finished(&context, offset)?;
        let function = entry..code.len();
        if let Some(prologue) = context.compiled_code().and_then(unwind::prologue) {
            unwind::append(&mut code, &prologue);
        }
        Ok(Template::new(code, function, relocations, returns, start.elapsed()))
    }

    /// CLIF of what `emit` writes, Cranelift's machine code for it, and the bytes of a template, as text.
    ///
    /// # Errors
    /// [`Error::Codegen`] with Cranelift's words.
    pub fn disassemble(
        &self,
        emit: impl FnOnce(&mut Function, &mut FunctionBuilderContext),
    ) -> Result<String> {
        let mut context = self.emitted(emit);
        context.set_disasm(true);
        let mut shown = context.func.clone();
        // Marks would stand before every line.
        shown.debug_tags.clear();
        self.compile_context(&mut context)?;
        let (bytes, _, relocations, _) = self.finished(&context, 0)?;
        let code = context.compiled_code().and_then(|c| c.vcode.as_deref()).unwrap_or_default();
        Ok(format!("{}\n{code}\n{}", shown.display(), as_installed(&bytes, relocations)))
    }

    fn emitted(&self, emit: impl FnOnce(&mut Function, &mut FunctionBuilderContext)) -> Context {
        let mut context = Context::new();
        emit(&mut context.func, &mut FunctionBuilderContext::new());
        context
    }

    fn compile_context(&self, context: &mut Context) -> Result<()> {
        let result = context.compile(&*self.isa, &mut Default::default());
        result.map(|_| ()).map_err(|e| Error::Codegen(e.inner.to_string()))
    }

    /// The code with its padding, the place of its entry in it, its relocations, and where calls return to.
    fn finished(&self, context: &Context, offset: usize) -> Result<Finished> {
        let compiled = context.compiled_code().ok_or_else(|| codegen(&"nothing has been compiled"))?;
        let architecture = self.isa.triple().architecture;
        let entry = padding(compiled).unwrap_or(offset);
        let mut code: Vec<u8> = trap(architecture).iter().copied().cycle().take(entry).collect();
        code.extend(compiled.code_buffer());
        let relocations = compiled.buffer.relocs().iter().map(|r| Relocation::new(&context.func, entry, r));
        let mut relocations = relocations.collect::<Result<Vec<_>>>()?;
        let returns = returns(compiled, entry, &relocations);
        match architecture {
            Architecture::X86_64 => {
                let is_windows = self.isa.triple().operating_system == OperatingSystem::Windows;
                let segment = if is_windows { record::GS } else { record::FS };
                record::by_word_x86_64(segment, &mut code, &mut relocations)?;
                tail::jump(compiled, entry, &mut code, &mut relocations)?;
                let abi = if is_windows { Abi::Windows } else { Abi::SystemV };
                loaded_call::find(abi, &code, &mut relocations);
            }
            _ => {
                record::by_word_aarch64(&mut code, &mut relocations)?;
                tail::jump(compiled, entry, &mut code, &mut relocations)?;
            }
        }
        Ok((code, entry, relocations, returns))
    }
}

/// Code with its padding, the place of its entry, its relocations, and where calls return to.
type Finished = (Vec<u8>, usize, Vec<Relocation>, Vec<Return>);

/// Where calls return to in a function that begins at `entry`: the C function's but where another symbol is called.
fn returns(compiled: &CompiledCode, entry: usize, relocations: &[Relocation]) -> Vec<Return> {
    let is_other = |at: usize| {
        let mut others = relocations.iter().filter(|r| r.fill.is_transfer() && r.symbol != Symbol::Target);
        others.any(|r| r.offset + r.length() == at)
    };
    let frame = compiled.buffer.frame_layout().map_or(0, |layout| layout.frame_to_fp_offset as usize);
    let place = |site: FinalizedMachCallSite| {
        debug_assert!(site.frame_offset.is_none_or(|offset| offset as usize == frame), "{site:?} {frame}");
        let at = entry + site.ret_addr as usize;
        let resume = site.exception_handlers.iter().find_map(|handler| match handler {
            FinalizedMachExceptionHandler::Default(to) => Some(entry + *to as usize),
            _ => None,
        });
        let resume = (!is_other(at)).then_some(resume.unwrap_or(at));
        Return { at, resume, frame }
    };
    compiled.buffer.call_sites().map(place).collect()
}

pub(super) fn codegen(error: &dyn std::fmt::Display) -> Error {
    Error::Codegen(error.to_string())
}

/// An instruction that stops whoever gets there by mistake.
fn trap(architecture: Architecture) -> &'static [u8] {
    match architecture {
        Architecture::X86_64 => &[INT3],
        _ => &const { BRK.to_le_bytes() },
    }
}

/// The bytes of a template, sixteen a line, and before each line what is filled in there: they differ from Cranelift's
/// where it loads a record, and where a last call has become a jump.
fn as_installed(code: &[u8], mut relocations: Vec<Relocation>) -> String {
    relocations.sort_by_key(|r| r.offset);
    let mut relocations = relocations.into_iter().peekable();
    let mut text = String::from("; as installed, with what each copy has filled in\n");
    for (line, bytes) in code.chunks(16).enumerate() {
        while let Some(r) = relocations.next_if(|r| r.offset < 16 * (line + 1)) {
            let _ = writeln!(text, "; {:04x} {:?} {}", r.offset, r.fill, r.symbol.name());
        }
        let hex: Vec<String> = bytes.iter().map(|b| format!("{b:02x}")).collect();
        let _ = writeln!(text, "{:04x}: {}", 16 * line, hex.join(" "));
    }
    text
}

/// Bytes to put before a function so that its loop, if one is marked, begins a line: a short loop that lies across two
/// costs a cycle more each time round.
fn padding(compiled: &CompiledCode) -> Option<usize> {
    let start = Mark::Loop.places(compiled).next()?;
    Some(start.next_multiple_of(GRANULARITY) - start)
}
