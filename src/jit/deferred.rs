//! Code for a q function whose stub is made at its first call: it jumps to where a word in memory says.
//!
//! The word is in memory and not in the code, since pages of code are shared with forked children, which may not have
//! the stub.

#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::assembler::{Instruction, R8, R9, RAX, RCX, RDX, RSP, XMM0, assemble, at, inst};
use super::code_memory::{Code, Owner};
use super::symbol::Symbol;
use super::template::{Fill, Relocation, Template};
use super::unwind::{self, Step};
use crate::abi::Abi;
use crate::error::Result;

/// What the code reads. It is [`Symbol::Context`], and whoever has more to keep puts it behind.
#[repr(C)]
#[derive(Debug)]
pub struct Words {
    /// Where it jumps to: the stub, or into itself as long as there is none.
    target: AtomicUsize,
    /// What is called as long as there is none: as [`Symbol::ColdInPlace`] where floats are counted apart, else as
    /// [`Symbol::ColdInSlot`], with these words' address in place of the binding's.
    first: usize,
}

impl Words {
    /// Words of a function that is not made yet.
    pub fn new(first: *const ()) -> Self {
        Self { target: AtomicUsize::new(0), first: first as usize }
    }

    /// Jumps to a stub from now on.
    pub fn set(&self, stub: *const u8) {
        self.target.store(stub as usize, Ordering::Release);
    }
}

/// Code written by hand: its bytes, where the address of the words is in it, and where it goes on without a stub.
struct Deferred {
    code: Vec<u8>,
    words: usize,
    first: usize,
    /// The end of the instruction that makes room on the stack, and how much, if one does.
    room: Option<(u8, u32)>,
}

/// `movabs rax,words; jmp [rax]`, and then what comes without a stub.
fn x86_64(without_stub: &[Instruction]) -> Deferred {
    let mut code = Vec::new();
    assemble(&mut code, &[inst::movabsq_oi::new(RAX, 0).into()]);
    let words = code.len() - size_of::<u64>();
    assemble(&mut code, &[inst::jmpq_m::new(at(RAX, 0)).into()]);
    let first = code.len();
    assemble(&mut code, without_stub);
    Deferred { code, words, first, room: None }
}

/// The words' address goes where `ColdInPlace` has the binding's.
fn system_v() -> Deferred {
    x86_64(&[inst::movq_a::new(XMM0, RAX).into(), inst::jmpq_m::new(at(RAX, FIRST)).into()])
}

/// The four registers go to where the caller has left room for them, before the other arguments, and `first` is called with
/// the words and their address, in a frame that is as the convention wants it.
fn windows() -> Deferred {
    const FRAME: i8 = 40;
    let frame = inst::subq_mi_sxb::new(RSP, FRAME).into();
    let before = [
        inst::movq_mr::new(at(RSP, 8), RCX).into(),
        inst::movq_mr::new(at(RSP, 16), RDX).into(),
        inst::movq_mr::new(at(RSP, 24), R8).into(),
        inst::movq_mr::new(at(RSP, 32), R9).into(),
        inst::movq_mr::new(RCX, RAX).into(),
        inst::leaq_rm::new(RDX, at(RSP, 8)).into(),
        frame,
    ];
    let mut deferred = x86_64(&before);
    deferred.room = Some((deferred.code.len() as u8, FRAME as u32));
    let after = [
        inst::callq_m::new(at(RAX, FIRST)).into(),
        inst::addq_mi_sxb::new(RSP, FRAME).into(),
        inst::retq_zo::new().into(),
    ];
    assemble(&mut deferred.code, &after);
    deferred
}

/// Where [`Words::first`] is.
const FIRST: i32 = std::mem::offset_of!(Words, first) as i32;

/// The same in words of AArch64's (Arm ARM, C6.2), and behind them room for the address.
fn aarch64() -> Deferred {
    const CODE: [u32; 6] = [
        0x5800_00c9, // ldr x9,words: LDR (literal), six words on
        0xf940_012a, // ldr x10,[x9]
        0xd61f_0140, // br x10
        0x9e67_0120, // fmov d0,x9
        0xf940_052a, // ldr x10,[x9,#8]
        0xd61f_0140, // br x10
    ];
    let mut code = CODE.map(u32::to_le_bytes).concat();
    let words = code.len();
    code.extend([0; size_of::<u64>()]);
    Deferred { code, words, first: 12, room: None }
}

fn deferred(abi: Abi) -> Deferred {
    match abi {
        Abi::SystemV => system_v(),
        Abi::Windows => windows(),
        Abi::Aapcs64 | Abi::Apple => aarch64(),
    }
}

/// Makes the code for such words, which must stay where they are for as long as it may be called.
///
/// # Errors
/// [`crate::error::Error::Codegen`] when there is no memory for it.
pub fn defer(words: &'static Words) -> Result<Code> {
    defer_by(Abi::HOST, words)
}

/// The same for a convention that this processor can run.
pub(super) fn defer_by(abi: Abi, words: &'static Words) -> Result<Code> {
    static TEMPLATES: [OnceLock<(Arc<Template>, usize)>; 3] = [const { OnceLock::new() }; 3];
    let known = &TEMPLATES[[Abi::SystemV, Abi::Windows].iter().position(|&a| a == abi).unwrap_or(2)];
    let new = || {
        let Deferred { mut code, words, first, room } = deferred(abi);
        let function = 0..code.len();
        if let Some((end, size)) = room {
            unwind::append(&mut code, &[(end, Step::Allocate(size))]);
        }
        let address = Relocation { offset: words, fill: Fill::Address, symbol: Symbol::Context };
        (Arc::new(Template::new(code, function, vec![address], Vec::new(), Duration::ZERO)), first)
    };
    let (template, first) = known.get_or_init(new);
    let code = Code::install(template.clone(), Owner::Nobody, |_| std::ptr::from_ref(words) as usize)?;
    words.set(code.entry().wrapping_add(*first));
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_what_processors_read() {
        // As GNU as has them.
        let jump = [0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0x20];
        let Deferred { code, words, first, .. } = system_v();
        assert_eq!((&code[..12], words, first), (&jump[..], 2, 12));
        assert_eq!(code[12..], [0x66, 0x48, 0x0f, 0x6e, 0xc0, 0xff, 0x60, 0x08]);
        let Deferred { code, words, first, room } = windows();
        assert_eq!(room, Some((44, 40)));
        assert_eq!((&code[..12], words, first), (&jump[..], 2, 12));
        let stores = [
            [0x48, 0x89, 0x4c, 0x24, 0x08],
            [0x48, 0x89, 0x54, 0x24, 0x10],
            [0x4c, 0x89, 0x44, 0x24, 0x18],
            [0x4c, 0x89, 0x4c, 0x24, 0x20],
        ];
        assert_eq!(code[12..32], stores.concat());
        let call = [0x48, 0x83, 0xec, 0x28, 0xff, 0x50, 0x08, 0x48, 0x83, 0xc4, 0x28, 0xc3];
        assert_eq!(code[32..40], [0x48, 0x89, 0xc1, 0x48, 0x8d, 0x54, 0x24, 0x08]);
        assert_eq!(code[40..], call);
    }
}
