//! The targets.

pub mod calls;
pub mod cdef;
pub mod layout;
pub mod marshal;
pub mod memory;
pub mod q;
pub mod signature;
pub mod thunks;

/// A target, by its name.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const ALL: [Target; 8] = [
    ("q", q::run),
    ("signature", signature::run),
    ("cdef", cdef::run),
    ("layout", layout::run),
    ("marshal", marshal::run),
    ("calls", calls::run),
    ("thunks", thunks::run),
    ("memory", memory::run),
];
