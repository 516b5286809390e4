//! `kapi`: the k.h C API on kdb+'s object layout, and a compact q interpreter over it.
//!
//! Two layers. The first is the K runtime: [`object`] and [`heap`] hold kdb+'s data structures, [`api`] the
//! `extern "C"` functions of k.h that a library loaded with `2:` links against. The second, [`q`], is the
//! interpreter; the runtime reaches it only through [`hook`].
//!
//! A binary that wants the C functions in its symbol table says `use kapi as _;`.

pub mod api;
mod blocks;
pub mod dynload;
pub mod error;
pub mod event;
#[cfg_attr(feature = "libe", path = "libe/heap.rs")]
pub mod heap;
pub mod hook;
pub mod object;
pub mod q;
pub mod serialize;
pub mod symbol;

/// Whether KX's own library takes the place of the runtime here.
pub const IS_LIBE: bool = cfg!(feature = "libe");

pub use error::{QError, R};
pub use object::{K, K0, Obj, tag};
pub use symbol::Symbol;
