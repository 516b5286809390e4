//! What is done to Cranelift's machine code: on x86-64 it becomes what a C compiler would have made of these functions.

#![forbid(unsafe_code)]

mod frame_pointer;
mod mark;
mod record;
mod register;
mod relax;
mod tail;

use std::ops::Range;

use cranelift_codegen::CompiledCode;
use cranelift_codegen::ir::Function;

pub use self::mark::Mark;
pub use self::record::{fill_pair, load_aarch64 as aarch64};
pub use self::relax::Transfer;
use super::template::{Fill, Relocation};
use crate::error::{Error, Result};

/// The instruction that stops whoever gets there by mistake.
pub const INT3: u8 = 0xcc;

/// What has been done, for those who read the code.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rewritten {
    /// Calls that have become jumps.
    pub jumps: usize,
    /// Whether the frame pointer has gone.
    pub frameless: bool,
}

/// Rewrites the code of a function that begins at `entry`, in place.
///
/// # Errors
/// [`Error::Codegen`] if a call has to become a jump and cannot.
pub fn x86_64(
    function: &Function,
    compiled: &CompiledCode,
    entry: usize,
    code: &mut [u8],
    relocations: &mut [Relocation],
) -> Result<Rewritten> {
    record::load_x86_64(code, relocations)?;
    // Whether no jump leads into the midst of some bytes.
    let is_whole = |bytes: &Range<usize>| {
        let mut blocks = compiled.bb_starts.iter().map(|&start| entry + start as usize);
        !blocks.any(|start| bytes.start < start && start < bytes.end)
    };
    for relocation in addresses(relocations) {
        if let Some(bytes) = relax::early_load(code, relocation.offset).filter(is_whole) {
            relocation.offset = relax::load_last(code, bytes);
        }
    }
    let calls = |mark: Mark| mark.calls(compiled).map(|a| entry + a);
    let mut exits = Vec::new();
    let mut jumps = 0;
    let mut must: Vec<usize> = calls(Mark::Jump).collect();
    for bytes in Mark::Return.ranges(compiled).map(|r| entry + r.start..entry + r.end) {
        let ends_in_call = calls(Mark::Tail).chain(calls(Mark::Jump)).any(|a| a == bytes.start);
        let jump =
            ends_in_call.then(|| tail::jump_instead(code, bytes.start, relocations, is_whole)).flatten();
        if jump.is_some() {
            jumps += 1;
            must.retain(|&a| a != bytes.start);
        }
        exits.extend(jump.or_else(|| tail::plain(code, bytes)));
    }
    if !must.is_empty() {
        return Err(Error::Codegen("a call that has to be a jump is none".into()));
    }
    let frameless = frame_pointer::leave_out(function, compiled, entry, code, &exits);
    for relocation in addresses(relocations) {
        let transfer = Transfer::behind(code, relocation.offset);
        relocation.transfer = transfer.filter(|t| is_whole(&t.range()));
    }
    Ok(Rewritten { jumps, frameless })
}

fn addresses(relocations: &mut [Relocation]) -> impl Iterator<Item = &mut Relocation> {
    relocations.iter_mut().filter(|r| r.fill == Fill::Address)
}
