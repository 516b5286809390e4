//! The memory that holds the copies of templates.
//!
//! Code is packed densely, since stubs on pages of their own cost a TLB entry each, and written through a second mapping,
//! so that no page is ever writable and executable at one address and a thread may run a stub while another is installed.
//!
//! This is not cranelift-jit's `JITModule`, which frees no function by itself, whose `allocate` gives one address to write at
//! and to run at, and which panics where a call is out of reach. `cargo bench --bench table -- linking` measures what a copy
//! costs by either: in one run on an Intel Xeon (family 6, model 207, a virtual machine, other work running) 0.52 µs here, 0.50 by
//! one module with the bytes filled in beforehand, 3.1 with its relocations, and 27 by a module for each copy. On the machine for
//! which this was decided they were 0.17, 0.42, 0.8 to 1.2, and 1.0 to 4.7. Most of a copy's time is the system's, which makes
//! its page when it is first written: 1 to 3 µs a page there, and nine to twenty copies fill one.

use std::collections::{BTreeMap, HashMap};
use std::ffi::c_void;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use jit_allocator::{JitAllocator, JitAllocatorOptions};
use parking_lot::{Mutex, MutexGuard};
use smallvec::SmallVec;

use super::runtime;
use super::symbol::Symbol;
use super::template::{Relocation, Return, Template};
use super::unwind;
use super::veneer::{INT3, LENGTH, transfer};
use crate::error::{Error, Result};
use crate::os;

/// What the allocator hands out multiples of, which keeps stubs on cache lines of their own.
pub const GRANULARITY: usize = 64;

/// What is behind code: INT3 where that is an instruction, else UDF, for whoever gets there by mistake.
const REST: u8 = if cfg!(target_arch = "x86_64") { INT3 } else { 0 };

/// The executable memory of this process.
///
/// Memory that is given back is kept here by its size, of which templates have few, and not returned to the allocator:
/// jit-allocator 0.2.8 may hand out memory in use once some has been released, where a free range crosses a word of
/// its bit vector.
struct CodeMemory {
    allocator: Box<JitAllocator>,
    free: HashMap<usize, Vec<Memory>>,
    /// What calls C for q, and on Windows all that has a frame, by the address of its first byte.
    installed: BTreeMap<usize, Installed>,
    /// Where the last code lies, and the next probably will.
    last: usize,
    /// The process that the allocator allocates for.
    owner: u32,
}

/// Whose code it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The binding's at this address.
    Binding(usize),
    /// What calls of Rust go through, whatever the function.
    Caller,
    /// Code that calls no C function for q.
    Nobody,
}

/// Code that is installed.
struct Installed {
    template: Arc<Template>,
    owner: Owner,
}

/// A place in code to which a call returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReturnPlace {
    /// Whose the code is.
    pub owner: Owner,
    /// Of a call of the C function: where it goes on if that has faulted.
    pub resume: Option<usize>,
    /// Bytes from the stack pointer there to the frame pointer.
    pub frame: usize,
}

/// The lowest and the highest address of code, for those who look at many addresses.
static BOUNDS: [AtomicUsize; 2] = [AtomicUsize::new(usize::MAX), AtomicUsize::new(0)];
/// Attempts to look into the table of code while another thread installs some.
const ATTEMPTS: usize = 1 << 20;

/// Whether code is installed there, as far as can be told at a glance.
pub fn may_be_code(address: usize) -> bool {
    let [low, high] = BOUNDS.each_ref().map(|bound| bound.load(Ordering::Relaxed));
    low <= address && address < high
}

/// The call that returns to an address, if one does. Allocates nothing and waits for no lock, so that a signal handler may ask.
pub fn return_place(address: usize) -> Option<ReturnPlace> {
    if !may_be_code(address) {
        return None;
    }
    let memory = look()?;
    let (start, installed) = memory.code_at(address)?;
    let Return { resume, frame, .. } = installed.template.return_at(address - start)?;
    Some(ReturnPlace { owner: installed.owner, resume: resume.map(|r| start + r), frame })
}

/// The only call of a C function that has returned where code at this address runs; `None` where there are several. As
/// [`return_place`].
pub fn returned_place(address: usize) -> Option<ReturnPlace> {
    if !may_be_code(address) {
        return None;
    }
    let memory = look()?;
    let (start, installed) = memory.code_at(address)?;
    let mut calls = installed.template.returns.iter().filter(|r| r.resume.is_some());
    let (call, None) = (calls.next()?, calls.next()) else { return None };
    let has_returned = (call.at..installed.template.size()).contains(&(address - start));
    let resume = call.resume.map(|r| start + r);
    has_returned.then_some(ReturnPlace { owner: installed.owner, resume, frame: call.frame })
}

/// The code memory, for those who may not wait for its lock.
fn look() -> Option<MutexGuard<'static, CodeMemory>> {
    (0..ATTEMPTS).find_map(|_| CodeMemory::get().try_lock())
}

/// The `RUNTIME_FUNCTION` of the function at an address, for Windows; zero for one that leaves the stack as it finds it. As
/// [`return_place`].
fn function_table(address: usize) -> usize {
    let find = || {
        let memory = look()?;
        let (start, installed) = memory.code_at(address)?;
        let template = &installed.template;
        let has_one = template.has_table() && template.function.contains(&((address - start) as u32));
        has_one.then(|| start + unwind::table(template.function.end as usize))
    };
    find().unwrap_or(0)
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
            // Blocks double, and the pages of one are the system's to make when they are first used.
            fill_unused_memory: false,
            ..JitAllocatorOptions::default()
        };
        Self {
            allocator: JitAllocator::new(options),
            free: HashMap::new(),
            installed: BTreeMap::new(),
            last: 0,
            owner: os::process_id(),
        }
    }

    fn get() -> &'static Mutex<CodeMemory> {
        static MEMORY: OnceLock<Mutex<CodeMemory>> = OnceLock::new();
        MEMORY.get_or_init(|| Mutex::new(CodeMemory::new()))
    }

    fn allocate(&mut self, size: usize) -> Result<Memory> {
        if self.owner != os::process_id() {
            // The parent goes on using these pages; what is in them stays mapped and callable here.
            let installed = std::mem::take(&mut self.installed);
            std::mem::forget(std::mem::replace(self, CodeMemory { installed, ..CodeMemory::new() }));
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

    /// Notes what runs at `start`.
    fn note(&mut self, start: usize, size: usize, installed: Installed) {
        BOUNDS[0].fetch_min(start, Ordering::Relaxed);
        BOUNDS[1].fetch_max(start + size, Ordering::Relaxed);
        if installed.owner != Owner::Nobody || installed.template.has_table() {
            self.installed.insert(start, installed);
        }
    }

    /// The code that begins last up to an address, and where it begins.
    fn code_at(&self, address: usize) -> Option<(usize, &Installed)> {
        self.installed.range(..=address).next_back().map(|(start, installed)| (*start, installed))
    }

    fn free(&mut self, memory: Memory, size: usize) {
        if memory.owner == os::process_id() {
            self.free.entry(size.next_multiple_of(GRANULARITY)).or_default().push(memory);
        }
    }
}

impl Memory {
    /// Writes the code that belongs there.
    fn write(&self, code: &[u8]) {
        // SAFETY: the allocator gave us as many bytes there, of which nobody else knows until we return.
        os::while_writing_code(|| unsafe {
            self.writable.copy_from_nonoverlapping(code.as_ptr(), code.len())
        });
    }
}

/// Few symbols.
type Symbols = SmallVec<[Symbol; 8]>;

/// The addresses behind the symbols of a template.
struct Addresses(SmallVec<[(Symbol, usize); 16]>);

impl Addresses {
    fn new(template: &Template, resolve: impl Fn(Symbol) -> usize) -> Self {
        let mut all = SmallVec::<[(Symbol, usize); 16]>::new();
        for r in template.relocations().filter(|r| r.symbol.thread_place().is_none()) {
            if all.iter().all(|(symbol, _)| *symbol != r.symbol) {
                all.push((r.symbol, runtime::address(r.symbol).unwrap_or_else(|| resolve(r.symbol))));
            }
        }
        Self(all)
    }

    /// That of a record's word is its offset, which is known elsewhere.
    fn of(&self, symbol: Symbol) -> usize {
        self.0.iter().find(|(own, _)| *own == symbol).map_or(0, |(_, address)| *address)
    }

    /// What code that runs at `base` calls and cannot reach.
    fn out_of_reach(&self, template: &Template, base: usize) -> Symbols {
        let mut scratch = [0; LENGTH];
        let calls = template.relocations().filter(|r| r.fill.is_transfer());
        let far = calls.filter(|r| !transfer(&mut scratch, r.fill, base + r.offset, self.of(r.symbol)));
        let mut far: Symbols = far.map(|r| r.symbol).collect();
        far.sort_unstable();
        far.dedup();
        far
    }

    /// Fills in all relocations of code that runs at `base`. Gives what it calls and cannot reach.
    fn fill(&self, code: &mut [u8], relocations: &[Relocation], base: usize) -> Result<Symbols> {
        let mut far = Symbols::new();
        for r in relocations {
            if !r.apply(code, base, self.of(r.symbol))? {
                far.push(r.symbol);
            }
        }
        Ok(far)
    }
}

/// A copy of a template in executable memory.
#[derive(Debug)]
pub struct Code {
    memory: Memory,
    /// Bytes of it, the veneers for what is far among them.
    size: usize,
    /// The template it was copied from.
    pub template: Arc<Template>,
}

// SAFETY: code is immutable once it is installed, and what else it holds is Sync; the address to write at is used under
// the lock of `CodeMemory` only.
unsafe impl Sync for Code {}

impl Code {
    /// Copies a template for its owner, with `resolve` giving the address behind each symbol but those of k.h.
    ///
    /// # Errors
    /// [`Error::Codegen`] when there is no memory for it.
    pub fn install(template: Arc<Template>, owner: Owner, resolve: impl Fn(Symbol) -> usize) -> Result<Code> {
        let addresses = Addresses::new(&template, resolve);
        let mut memory = CodeMemory::get().lock();
        let mut far = addresses.out_of_reach(&template, memory.last);
        let (own, size) = loop {
            let (mut code, relocations) = template.with_veneers(&far);
            let own = memory.allocate(code.len())?;
            let farther = addresses.fill(&mut code, &relocations, own.entry as usize)?;
            if farther.is_empty() {
                let size = code.len();
                describe(&template, &mut code, own.entry as usize);
                code.resize(size.next_multiple_of(GRANULARITY), REST);
                own.write(&code);
                break (own, size);
            }
            memory.free(own, code.len());
            far.extend(farther);
        };
        memory.last = own.entry as usize;
        memory.note(own.entry as usize, size, Installed { template: template.clone(), owner });
        drop(memory);
        publish(own.entry, size);
        template.uses.fetch_add(1, Ordering::Relaxed);
        Ok(Code { memory: own, size, template })
    }

    /// Gives the memory back. Nobody may call the code any more.
    pub fn free(self) {
        let mut memory = CodeMemory::get().lock();
        memory.installed.remove(&(self.memory.entry as usize));
        memory.free(self.memory, self.size);
        drop(memory);
        self.template.uses.fetch_sub(1, Ordering::Relaxed);
    }

    /// Address of the first instruction.
    pub fn entry(&self) -> *const u8 {
        self.memory.entry.wrapping_add(self.template.entry())
    }
}

/// Says in code that runs at `start` where its function lies, and has the system ask for it, where it does that.
fn describe(template: &Template, code: &mut [u8], start: usize) {
    if template.has_table()
        && let Some(base) = os::note_code(start, function_table)
    {
        // No memory for code is as large as these offsets reach.
        unwind::fill(code, &template.function, (start - base) as u32);
    }
}

/// Makes freshly written code visible to instruction fetch on every processor.
fn publish(entry: *const u8, size: usize) {
    // SAFETY: the range is mapped executable memory.
    let flushed = unsafe {
        os::clean_data_cache(entry, size);
        wasmtime_internal_jit_icache_coherence::clear_cache(entry.cast::<c_void>(), size)
    };
    let flushed = flushed.and_then(|()| wasmtime_internal_jit_icache_coherence::pipeline_flush_mt());
    // Only a kernel without membarrier fails here, and x86-64, where nothing needs flushing, never asks it.
    debug_assert!(flushed.is_ok(), "{flushed:?}");
}
