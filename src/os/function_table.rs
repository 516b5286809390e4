//! Code memory's functions as Windows asks for them when it walks a stack: for an exception, a debugger, a stack trace.

use std::ffi::c_void;
use std::ops::Range;

use parking_lot::Mutex;

use super::imp::allocation;

#[link(name = "kernel32")]
unsafe extern "system" {
    fn RtlInstallFunctionTableCallback(
        identifier: usize,
        base: usize,
        length: u32,
        find: Find,
        context: *mut c_void,
        library: *const u16,
    ) -> u8;
}

type Find = unsafe extern "system" fn(at: usize, context: *mut c_void) -> *const u8;

/// Where memory for code lies, a range for each time that the allocator has asked for some.
static BLOCKS: Mutex<Vec<Range<usize>>> = Mutex::new(Vec::new());

/// Has the system ask for the functions of the memory that this address lies in; `find` gives the address of a
/// `RUNTIME_FUNCTION`, or zero. Gives what its offsets count from: where the memory begins.
pub fn note_code(address: usize, find: fn(usize) -> usize) -> Option<usize> {
    let mut blocks = BLOCKS.lock();
    if let Some(known) = blocks.iter().find(|block| block.contains(&address)) {
        return Some(known.start);
    }
    let block = allocation(address)?;
    let length = u32::try_from(block.len()).ok()?;
    // The low two bits say that this is no table (Microsoft, "RtlInstallFunctionTableCallback").
    let identifier = block.start | 3;
    // SAFETY: the memory stays, and so does `ask`, which is given the function that it takes.
    let noted = unsafe {
        let context = find as *mut c_void;
        RtlInstallFunctionTableCallback(identifier, block.start, length, ask, context, std::ptr::null())
    };
    if noted == 0 {
        return None;
    }
    blocks.push(block.clone());
    Some(block.start)
}

/// # Safety
/// The context is the `find` of [`note_code`].
unsafe extern "system" fn ask(at: usize, context: *mut c_void) -> *const u8 {
    // SAFETY: passed on to the caller.
    let find = unsafe { std::mem::transmute::<*mut c_void, fn(usize) -> usize>(context) };
    find(at) as *const u8
}
