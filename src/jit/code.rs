//! From CLIF to executable memory: templates, relocations, and the memory that holds the copies.
//!
//! A template is compiled once; each copy differs only in the addresses that its relocations name, and in calls of what
//! is near by a displacement instead. Code is packed densely, since stubs on pages of their own cost a TLB entry each,
//! and written through a second mapping, so that no page is ever writable and executable at one address and a thread
//! may run a stub while another is installed.

use std::collections::HashMap;
use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::ir::{ExternalName, Function};
use cranelift_codegen::isa::{self, OwnedTargetIsa, TargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_codegen::{CompiledCode, Context, FinalizedMachReloc, FinalizedRelocTarget};
use cranelift_frontend::FunctionBuilderContext;
use jit_allocator::{JitAllocator, JitAllocatorOptions};
use parking_lot::Mutex;
use std::sync::OnceLock;
use target_lexicon::Architecture;

use super::mark::Mark;
use super::relax::Transfer;
use super::rewrite::{self, Rewritten};
use super::{RecordAccess, record, runtime};
use crate::abi::Target;
use crate::error::{Error, Result};
use crate::os::{self, ThreadWord};

macro_rules! symbols {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// What stubs and thunks refer to by address. The first three differ from copy to copy.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u32)]
        pub enum Symbol {
            $($(#[$doc])* $name),+
        }

        impl Symbol {
            /// All of them, in the order of their numbers.
            pub const ALL: &[Symbol] = &[$(Symbol::$name),+];

            /// Its name.
            pub fn name(self) -> &'static str {
                match self {
                    $(Symbol::$name => stringify!($name)),+
                }
            }
        }
    };
}

symbols! {
    /// The C function that a stub calls.
    Target,
    /// What code hands to the runtime to say whose it is: a binding or a callback.
    Context,
    /// The q function that a thunk applies.
    Function,
    /// The record of the thread that runs the code: what its own word holds ([`super::RecordAccess::Word`]).
    Record,
    /// Gives it, and makes one where there is none: `fn() -> *const Record` ([`super::RecordAccess::Call`]).
    CurrentRecord,
    /// The destructor by which a callback's foreign object is known.
    ReleaseCallback,
    /// `ka` of the K API.
    AllocateAtom,
    /// `kb` of the K API.
    MakeBoolean,
    /// `kg` of the K API.
    MakeByte,
    /// `kc` of the K API.
    MakeChar,
    /// `kh` of the K API.
    MakeShort,
    /// `ki` of the K API.
    MakeInt,
    /// `kj` of the K API.
    MakeLong,
    /// `kf` of the K API.
    MakeFloat,
    /// `ktn` of the K API.
    AllocateVector,
    /// `r0` of the K API.
    Release,
    /// `dot` of the K API.
    Apply,
    /// Makes the generic null: `fn() -> K`.
    Null,
    /// Makes a list of objects, which it consumes; NULL if one of them is: `fn(*const K, count) -> K`.
    MakeList,
    /// Makes a symbol atom of a text that C gave, NULL as the empty symbol: `fn(*const c_char) -> K`. NULL, like all
    /// that allocates, when memory is full.
    MakeSymbol,
    /// The cold path of a fixed-rank stub that leaves its arguments where they came, before the binding's address as a
    /// float: `fn(K, K, K, K, K, K, K, K, f64) -> K`.
    ColdInPlace,
    /// The cold path of one that lays them out in its frame: `fn(context, *const K) -> K`.
    ColdInSlot,
    /// The cold path of a list-form stub: `fn(K, context) -> K`.
    ColdList,
    /// Makes a K object of a pointer that C returned: `fn(word, context) -> K`.
    Rebox,
    /// Attends to what waits, and signals the error that a callback has left or boxes the result:
    /// `fn(word, context) -> K`.
    Collect,
    /// The same at the end of an atomic loop, whose result is NULL if there was no memory: `fn(K) -> K`.
    CollectVector,
    /// Interns a text that C returned, NULL as the empty symbol: `fn(*const c_char) -> *const c_char`.
    Intern,
    /// Asks to enter q from C, on the thread that made the callback; 0 if it may not: `fn(context, *mut Suspended) ->
    /// word`.
    Enter,
    /// Makes a K object of an argument that is no number: `fn(context, index, word) -> K`.
    BoxArgument,
    /// Turns what q returned into C's result, NULL as an error, and leaves q: `fn(context, *const Suspended, K, *mut
    /// word)`.
    Settle,
    /// Leaves q, where the thunk does not by itself: `fn(context, *const Suspended)`.
    Leave,
    /// Finds a result where q cannot be entered: `fn(context, *mut words, *mut word)`.
    Elsewhere,
}

/// Position-independent code but for the addresses in `relocations`.
#[derive(Debug)]
pub struct Template {
    /// Padding up to `entry`, then the function.
    code: Box<[u8]>,
    entry: usize,
    relocations: Box<[Relocation]>,
    /// Time that compiling took.
    pub compile_time: Duration,
    /// Number of copies in memory.
    pub uses: AtomicU64,
}

/// What a relocation fills in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// An absolute address, eight bytes.
    Address,
    /// The offset of the thread's word from the thread pointer, four bytes.
    ThreadOffset,
    /// The same in the immediates of two instructions of AArch64's ([`super::record`]).
    ThreadOffsetPair,
}

/// What differs from copy to copy.
#[derive(Debug, Clone, Copy)]
pub struct Relocation {
    /// Where, in bytes from the start of the template's code.
    pub offset: usize,
    /// What is filled in there.
    pub field: Field,
    /// Whose address.
    pub symbol: Symbol,
    /// What is added to it.
    pub addend: i64,
    /// The call or jump that alone makes use of it.
    pub(super) transfer: Option<Transfer>,
}

impl Template {
    /// Code that has been written by hand, with the address of a symbol at an offset.
    pub fn by_hand(code: &[u8], offset: usize, symbol: Symbol) -> Self {
        Self {
            code: code.into(),
            entry: 0,
            relocations: [Relocation {
                transfer: Transfer::behind(code, offset),
                ..Relocation::of_address(offset, symbol)
            }]
            .into(),
            compile_time: Duration::ZERO,
            uses: AtomicU64::new(0),
        }
    }

    /// The code: padding, then the function. It may be placed at any multiple of 64 bytes.
    pub fn code(&self) -> &[u8] {
        &self.code
    }

    /// Where the function begins, in bytes from the start of the code.
    pub fn entry(&self) -> usize {
        self.entry
    }

    /// What is to fill in.
    pub fn relocations(&self) -> impl Iterator<Item = Relocation> {
        self.relocations.iter().copied()
    }

    /// Bytes that a copy takes, in the allocator's units.
    pub fn allocated(&self) -> usize {
        self.code.len().next_multiple_of(GRANULARITY)
    }

    /// Bytes of code.
    pub fn size(&self) -> usize {
        self.code.len()
    }
}

/// The compiler for one target.
pub struct Compiler {
    isa: OwnedTargetIsa,
    record: RecordAccess,
}

/// Cranelift's settings, the same for all targets.
const SETTINGS: [(&str, &str); 9] = [
    ("opt_level", "speed"),
    // Calls reach kdb+'s own functions, more than 2 GiB away, by absolute address.
    ("is_pic", "false"),
    ("use_colocated_libcalls", "false"),
    ("unwind_info", "false"),
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

    /// The same with another way to find the record; [`RecordAccess::Word`] is for Linux only.
    ///
    /// # Errors
    /// As [`Self::for_target`].
    pub fn with_access(target: Target, record: RecordAccess) -> Result<Compiler> {
        Self::new(isa::lookup_by_name(target.triple).map_err(|e| codegen(&e))?, record)
    }

    fn new(isa: isa::Builder, record: RecordAccess) -> Result<Self> {
        let mut flags = settings::builder();
        for (name, value) in SETTINGS {
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
        let (code, entry, relocations, _) = self.finished(&context, offset)?;
        Ok(Template {
            code: code.into(),
            entry,
            relocations: relocations.into(),
            compile_time: start.elapsed(),
            uses: AtomicU64::new(0),
        })
    }

    /// CLIF and machine code of what `emit` writes, as text.
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
        shown.srclocs.clear();
        self.compile_context(&mut context)?;
        let (.., rewritten) = self.finished(&context, 0)?;
        let code = context.compiled_code().and_then(|c| c.vcode.as_deref()).unwrap_or_default();
        Ok(format!(
            "{}\n{code}; {} of the calls become jumps behind the epilogue that follows them; the frame pointer {}\n",
            shown.display(),
            rewritten.jumps,
            if rewritten.frameless { "is left out" } else { "stays" }
        ))
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

    /// The code with its padding, the place of its entry in it, and its relocations.
    fn finished(
        &self,
        context: &Context,
        offset: usize,
    ) -> Result<(Vec<u8>, usize, Vec<Relocation>, Rewritten)> {
        let compiled = context.compiled_code().ok_or_else(|| codegen(&"nothing has been compiled"))?;
        let architecture = self.isa.triple().architecture;
        let entry = padding(compiled).unwrap_or(offset);
        let mut code: Vec<u8> = trap(architecture).iter().copied().cycle().take(entry).collect();
        code.extend(compiled.code_buffer());
        let relocations = compiled.buffer.relocs().iter().map(|r| Relocation::new(&context.func, entry, r));
        let mut relocations = relocations.collect::<Result<Vec<_>>>()?;
        let rewritten = match architecture {
            Architecture::X86_64 => {
                rewrite::x86_64(&context.func, compiled, entry, &mut code, &mut relocations)?
            }
            _ => {
                record::load_aarch64(&mut code, &mut relocations)?;
                Rewritten::default()
            }
        };
        Ok((code, entry, relocations, rewritten))
    }
}

fn codegen(error: &dyn std::fmt::Display) -> Error {
    Error::Codegen(error.to_string())
}

/// An instruction that stops whoever gets there by mistake: INT3, or BRK #0.
fn trap(architecture: Architecture) -> &'static [u8] {
    match architecture {
        Architecture::X86_64 => &[rewrite::INT3],
        _ => &[0x00, 0x00, 0x20, 0xd4],
    }
}

/// Bytes to put before a function so that its loop, if one is marked, begins a line: a short loop that lies across two
/// costs a cycle more each time round.
fn padding(compiled: &CompiledCode) -> Option<usize> {
    let start = Mark::Loop.ranges(compiled).next()?.start;
    Some(start.next_multiple_of(GRANULARITY) - start)
}

impl Relocation {
    fn new(function: &Function, entry: usize, relocation: &FinalizedMachReloc) -> Result<Self> {
        let FinalizedMachReloc { offset, kind, target, addend } = relocation;
        let (Reloc::Abs8, FinalizedRelocTarget::ExternalName(ExternalName::User(name))) = (kind, target)
        else {
            return Err(Error::Codegen(format!("relocation {kind:?} of {target:?}")));
        };
        let number = function.params.user_named_funcs()[*name].index;
        let (offset, symbol) = (entry + *offset as usize, Symbol::ALL[number as usize]);
        Ok(Self { addend: *addend, ..Self::of_address(offset, symbol) })
    }

    /// The relocation for an address.
    pub(super) fn of_address(offset: usize, symbol: Symbol) -> Self {
        Self { offset, field: Field::Address, symbol, addend: 0, transfer: None }
    }

    /// Fills in what belongs there, for code that runs at `base`. `resolve` knows the addresses that k.h does not.
    fn apply(&self, code: &mut [u8], base: usize, resolve: &impl Fn(Symbol) -> usize) -> Result<()> {
        if self.field != Field::Address {
            return self.apply_thread_offset(code);
        }
        let symbol = runtime::address(self.symbol).unwrap_or_else(|| resolve(self.symbol));
        let address = symbol.wrapping_add_signed(self.addend as isize);
        match self.transfer.and_then(|t| Some((t.range(), t.direct(base, address)?))) {
            Some((range, direct)) => code[range].copy_from_slice(direct.as_ref()),
            None => code[self.offset..][..8].copy_from_slice(&(address as u64).to_le_bytes()),
        }
        Ok(())
    }

    fn apply_thread_offset(&self, code: &mut [u8]) -> Result<()> {
        let word = ThreadWord::get().ok_or_else(|| codegen(&"there is no thread's word"))?;
        match self.field {
            Field::ThreadOffsetPair => record::fill_pair(&mut code[self.offset..], word.offset())?,
            _ => code[self.offset..][..4].copy_from_slice(&word.offset().to_le_bytes()),
        }
        Ok(())
    }
}

/// What the allocator hands out multiples of, which keeps stubs on cache lines of their own.
const GRANULARITY: usize = 64;

/// The executable memory of this process.
///
/// Memory that is given back is kept here by its size, of which templates have few, and not returned to the allocator:
/// jit-allocator 0.2.8 may hand out memory in use once some has been released, where a free range crosses a word of
/// its bit vector.
struct CodeMemory {
    allocator: Box<JitAllocator>,
    free: HashMap<usize, Vec<Memory>>,
    /// The process that the allocator allocates for.
    owner: u32,
}

/// Memory for code: where it runs, and where it is written.
#[derive(Debug, Clone, Copy)]
struct Memory {
    entry: *const u8,
    writable: *mut u8,
    /// The process that may write there: the pages are shared with a forked child, which inherits code in them.
    owner: u32,
}

// SAFETY: these are addresses; what lies there is written under the lock of `CodeMemory`.
unsafe impl Send for Memory {}

impl CodeMemory {
    fn new() -> Self {
        let options = JitAllocatorOptions {
            use_dual_mapping: os::CODE_IS_MAPPED_TWICE,
            granularity: GRANULARITY as u32,
            ..JitAllocatorOptions::default()
        };
        Self { allocator: JitAllocator::new(options), free: HashMap::new(), owner: std::process::id() }
    }

    fn get() -> &'static Mutex<CodeMemory> {
        static MEMORY: OnceLock<Mutex<CodeMemory>> = OnceLock::new();
        MEMORY.get_or_init(|| Mutex::new(CodeMemory::new()))
    }

    fn allocate(&mut self, size: usize) -> Result<Memory> {
        if self.owner != std::process::id() {
            // The parent goes on using these pages; what is in them stays mapped and callable here.
            std::mem::forget(std::mem::replace(self, CodeMemory::new()));
        }
        let size = size.next_multiple_of(GRANULARITY);
        if let Some(memory) = self.free.get_mut(&size).and_then(Vec::pop) {
            return Ok(memory);
        }
        let allocated = self.allocator.alloc(size);
        let (entry, writable) =
            allocated.map_err(|e| Error::Codegen(format!("no executable memory: {e:?}")))?;
        Ok(Memory { entry, writable, owner: self.owner })
    }

    fn free(&mut self, memory: Memory, size: usize) {
        if memory.owner == std::process::id() {
            self.free.entry(size.next_multiple_of(GRANULARITY)).or_default().push(memory);
        }
    }
}

/// A copy of a template in executable memory.
#[derive(Debug)]
pub struct Code {
    memory: Memory,
    /// The template it was copied from.
    pub template: Arc<Template>,
}

// SAFETY: as above.
unsafe impl Sync for Code {}

impl Code {
    /// Copies a template, with `resolve` giving the address behind each symbol but those of k.h.
    ///
    /// # Errors
    /// [`Error::Codegen`] when there is no memory for it.
    pub fn install(template: Arc<Template>, resolve: impl Fn(Symbol) -> usize) -> Result<Code> {
        let size = template.code.len();
        let mut memory = CodeMemory::get().lock();
        let own = memory.allocate(size)?;
        let written = os::while_writing_code(|| {
            // SAFETY: the allocator gave us `size` bytes there, of which nobody else knows until we return.
            let code = unsafe { std::slice::from_raw_parts_mut(own.writable, size) };
            code.copy_from_slice(&template.code);
            template.relocations.iter().try_for_each(|r| r.apply(code, own.entry as usize, &resolve))
        });
        if written.is_err() {
            memory.free(own, size);
        }
        drop(memory);
        written?;
        publish(own.entry, size);
        template.uses.fetch_add(1, Ordering::Relaxed);
        Ok(Code { memory: own, template })
    }

    /// Gives the memory back. Nobody may call the code any more.
    pub fn free(self) {
        CodeMemory::get().lock().free(self.memory, self.template.size());
        self.template.uses.fetch_sub(1, Ordering::Relaxed);
    }

    /// Address of the first instruction.
    pub fn entry(&self) -> *const u8 {
        self.memory.entry.wrapping_add(self.template.entry)
    }
}

/// Makes freshly written code visible to instruction fetch on every processor.
fn publish(entry: *const u8, size: usize) {
    // SAFETY: the range is mapped executable memory.
    let flushed =
        unsafe { wasmtime_internal_jit_icache_coherence::clear_cache(entry.cast::<c_void>(), size) };
    let flushed = flushed.and_then(|()| wasmtime_internal_jit_icache_coherence::pipeline_flush_mt());
    // Only a kernel without membarrier fails here, and x86-64, where nothing needs flushing, never asks it.
    debug_assert!(flushed.is_ok(), "{flushed:?}");
}
