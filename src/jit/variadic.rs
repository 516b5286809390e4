//! What is called for a variadic C function where the convention wants more than its arguments.

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use parking_lot::Mutex;

use super::assembler::{RAX, assemble, inst};
use super::code_memory::{Code, Owner};
use super::symbol::Symbol;
use super::template::{Fill, Relocation, Template};
use super::veneer::JUMP;
use crate::abi::Abi;
use crate::error::Result;

/// As many vector registers as arguments may take: System V (3.2.3) wants an upper bound of those in use in `%al`; Cranelift
/// has no means to say it.
const VECTORS: u32 = 8;

/// What to call for a variadic function on this machine: the function itself, or code that jumps to it. There is one
/// for each function, which lives as long as the process, as libraries do.
///
/// # Errors
/// [`crate::error::Error::Codegen`] when there is no memory for it.
pub fn variadic(target: *const u8) -> Result<*const u8> {
    static THUNKS: OnceLock<Mutex<HashMap<usize, Code>>> = OnceLock::new();
    if Abi::HOST != Abi::SystemV {
        return Ok(target);
    }
    let mut thunks = THUNKS.get_or_init(Mutex::default).lock();
    if let Some(known) = thunks.get(&(target as usize)) {
        return Ok(known.entry());
    }
    let thunk = Code::install(counting_thunk(), Owner::Nobody, |_| target as usize)?;
    let entry = thunk.entry();
    thunks.insert(target as usize, thunk);
    Ok(entry)
}

/// That code, for any function: [`crate::abi::Passing::counts_vectors`] says who needs it.
pub fn counting_thunk() -> Arc<Template> {
    static TEMPLATE: OnceLock<Arc<Template>> = OnceLock::new();
    let new = || {
        let mut code = Vec::new();
        assemble(&mut code, &[inst::movl_oi::new(RAX, VECTORS).into()]);
        let jump = Relocation { offset: code.len(), fill: Fill::Jump, symbol: Symbol::Target };
        code.extend(JUMP);
        let function = 0..code.len();
        Arc::new(Template::new(code, function, vec![jump], Vec::new(), Duration::ZERO))
    };
    TEMPLATE.get_or_init(new).clone()
}
