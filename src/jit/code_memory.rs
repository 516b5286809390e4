//! The memory that holds the copies of templates.
//!
//! Code is packed densely, since stubs on pages of their own cost a TLB entry each, and written through a second mapping,
//! so that no page is ever writable and executable at one address and a thread may run a stub while another is installed.

use std::collections::HashMap;
use std::ffi::c_void;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};

use jit_allocator::{JitAllocator, JitAllocatorOptions};
use parking_lot::Mutex;

use super::symbol::Symbol;
use super::template::Template;
use crate::error::{Error, Result};
use crate::os;

/// What the allocator hands out multiples of, which keeps stubs on cache lines of their own.
pub const GRANULARITY: usize = 64;

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

// SAFETY: code is immutable once it is installed, and what else it holds is Sync; the address to write at is used under
// the lock of `CodeMemory` only.
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
