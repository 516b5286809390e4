//! `kapi`: the k.h C API on kdb+'s object layout.
//!
//! [`object`] and [`heap`] hold kdb+'s data structures, [`api`] the `extern "C"` functions of k.h that a library loaded
//! with `2:` links against. There is no interpreter in here; crate qhost is one, and is reached through [`hook`] only.
//!
//! A binary that wants the C functions in its symbol table says `use kapi as _;`.

pub mod api;
mod blocks;
pub mod counts;
pub mod dynload;
pub mod error;
pub mod event;
pub mod faults;
#[cfg_attr(feature = "libe", path = "libe/heap.rs")]
pub mod heap;
pub mod hook;
pub mod object;
pub mod os;
pub mod serialize;
pub mod symbol;

/// Whether KX's own library takes the place of the runtime here.
pub const IS_LIBE: bool = cfg!(feature = "libe");

pub use error::{QError, R};
pub use object::{K, K0, Obj, tag};
pub use symbol::Symbol;
