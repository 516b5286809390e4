//! Code for a q function whose stub is made at its first call: it jumps to where a word in memory says.
//!
//! The word is in memory and not in the code, since pages of code are shared with forked children, which may not have
//! the stub.

#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::code_memory::{Code, Owner};
use super::symbol::Symbol;
use super::template::{Fill, Relocation, Template};
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
    code: &'static [u8],
    words: usize,
    first: usize,
}

/// `movabs rax,words; jmp [rax]`, then `movq xmm0,rax; jmp [rax+8]`.
const SYSTEM_V: Deferred = Deferred {
    code: &[
        0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0x20, //
        0x66, 0x48, 0x0f, 0x6e, 0xc0, 0xff, 0x60, 0x08,
    ],
    words: 2,
    first: 12,
};

/// The same jump; then the four registers go to where the caller has left room for them, before the other arguments:
/// `mov [rsp+8],rcx; …; mov rcx,rax; lea rdx,[rsp+8]; sub rsp,40; call [rax+8]; add rsp,40; ret`.
const WINDOWS: Deferred = Deferred {
    code: &[
        0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0x20, //
        0x48, 0x89, 0x4c, 0x24, 0x08, 0x48, 0x89, 0x54, 0x24, 0x10, //
        0x4c, 0x89, 0x44, 0x24, 0x18, 0x4c, 0x89, 0x4c, 0x24, 0x20, //
        0x48, 0x89, 0xc1, 0x48, 0x8d, 0x54, 0x24, 0x08, //
        0x48, 0x83, 0xec, 0x28, 0xff, 0x50, 0x08, 0x48, 0x83, 0xc4, 0x28, 0xc3,
    ],
    words: 2,
    first: 12,
};

/// `ldr x9,words; ldr x10,[x9]; br x10`, then `fmov d0,x9; ldr x10,[x9,#8]; br x10`, then the address.
const AARCH64: Deferred = Deferred {
    code: &[
        0xc9, 0x00, 0x00, 0x58, 0x2a, 0x01, 0x40, 0xf9, 0x40, 0x01, 0x1f, 0xd6, //
        0x20, 0x01, 0x67, 0x9e, 0x2a, 0x05, 0x40, 0xf9, 0x40, 0x01, 0x1f, 0xd6, //
        0, 0, 0, 0, 0, 0, 0, 0,
    ],
    words: 24,
    first: 12,
};

const fn deferred(abi: Abi) -> &'static Deferred {
    match abi {
        Abi::SystemV => &SYSTEM_V,
        Abi::Windows => &WINDOWS,
        Abi::Aapcs64 | Abi::Apple => &AARCH64,
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
    static TEMPLATES: [OnceLock<Arc<Template>>; 3] = [const { OnceLock::new() }; 3];
    let Deferred { code, words: at, first } = deferred(abi);
    let template = &TEMPLATES[[Abi::SystemV, Abi::Windows].iter().position(|&a| a == abi).unwrap_or(2)];
    let new = || {
        let address = Relocation { offset: *at, fill: Fill::Address, symbol: Symbol::Context };
        Arc::new(Template::new(code.to_vec(), 0, vec![address], Vec::new(), Duration::ZERO))
    };
    let template = template.get_or_init(new);
    let code = Code::install(template.clone(), Owner::Nobody, |_| std::ptr::from_ref(words) as usize)?;
    words.set(code.entry().wrapping_add(*first));
    Ok(code)
}
