//! Systems on which faults of C are left alone.

use super::{Access, Caller, Handlers, Kind, Registers};

/// The stack pointer.
pub const SP: usize = 0;
/// The frame pointer.
pub const FP: usize = 1;
/// Where a thread is.
pub const PC: usize = 2;
/// The register that a callee finds its return address in.
pub const LINK: Option<usize> = None;
/// Registers that calls save besides these.
pub const KEPT: [usize; 0] = [];
/// The first float that calls save, and how many there are.
pub const KEPT_FLOATS: (u16, usize) = (0, 0);
/// Words of floats.
pub const FLOATS: usize = 0;
/// Numbers there are.
pub const REGISTERS: usize = 3;

/// A fault: none is told.
pub struct Fault<'a> {
    /// Which.
    pub kind: Kind,
    never: Never,
    _life: std::marker::PhantomData<&'a ()>,
}

enum Never {}

/// Does nothing here.
pub fn catch_faults(_: Handlers) {}

impl Fault<'_> {
    /// The address that was accessed.
    pub fn address(&self) -> Option<usize> {
        match self.never {}
    }

    /// How it was accessed.
    pub fn access(&self) -> Access {
        match self.never {}
    }

    /// Whether an arithmetic fault is a division of integers.
    pub fn is_division(&self) -> bool {
        match self.never {}
    }

    /// The thread's registers at the fault.
    pub fn registers(&self) -> Registers {
        match self.never {}
    }

    /// Has the thread go on.
    pub fn resume(&mut self, _: &Registers, _: &Environment) {
        match self.never {}
    }
}

/// Calls a C function with up to four words.
///
/// # Safety
/// The target is such a function, of no result that anybody wants.
pub unsafe fn through(target: *const u8, a: usize, b: usize, c: usize, d: usize) {
    // SAFETY: passed on to the caller.
    unsafe {
        std::mem::transmute::<*const u8, unsafe extern "C" fn(usize, usize, usize, usize)>(target)(a, b, c, d)
    }
}

/// Whether a byte can be read: nobody asks.
pub fn can_read(_: usize) -> bool {
    true
}

/// Whether a byte can be written: nobody asks.
pub fn can_write(_: usize) -> bool {
    true
}

/// Writes to standard error: nobody has anything to tell.
pub fn tell(_: &[u8]) {}

/// Has [`allocator_answers`] ask: nobody does.
pub fn ask_allocator() {}

/// Whether the allocator's lock can be had: nobody asks.
pub fn allocator_answers() -> bool {
    true
}

/// Where its callee returns to: nobody looks.
pub fn through_return() -> usize {
    0
}

/// What is to be done when a thread has gone on behind a fault: none does.
pub fn after_fault() {}

/// Bytes from the stack pointer to the frame pointer there: nobody looks.
pub const THROUGH_FRAME: usize = 0;

/// The registers of a frame's caller: nobody looks.
pub fn caller(_: &Registers, _: bool) -> Option<Option<Caller>> {
    None
}

/// What calls leave as it is besides registers: nobody asks.
#[derive(Clone, Copy)]
pub struct Environment;

impl Environment {
    /// This thread's.
    pub fn current() -> Self {
        Self
    }
}

/// The stack that handlers run on: there are none.
pub struct AlternateStack(Never);

impl AlternateStack {
    /// None.
    pub fn new() -> Option<Self> {
        None
    }
}

/// A program or library: not looked at.
#[derive(Clone)]
pub struct Module {
    /// Where it lies.
    pub range: std::ops::Range<usize>,
}

/// The module that has this address: not known.
pub fn module_at(_: usize) -> Option<Module> {
    None
}

impl Module {
    /// The name of its file.
    pub fn name(&self) -> &[u8] {
        &[]
    }

    /// How far from its start an address lies.
    pub fn offset(&self, address: usize) -> usize {
        address - self.range.start
    }

    /// The function of an exported symbol that an address lies in.
    pub fn symbol_at(&self, _: usize) -> Option<(&[u8], usize)> {
        None
    }
}
