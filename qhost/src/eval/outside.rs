//! What the evaluator needs of what stands above it: connections and system commands.

use kapi::error::R;
use kapi::object::Obj;
use std::sync::OnceLock;

/// The services of the folders above.
#[derive(Clone, Copy)]
pub struct Outside {
    /// An integer applied as a function.
    pub handle: fn(&Obj, &[Obj]) -> R,
    /// A system command, without its backslash.
    pub command: fn(&[u8]) -> R,
}

static OUTSIDE: OnceLock<Outside> = OnceLock::new();

/// Makes them known. The first ones stay.
pub fn install(outside: Outside) {
    OUTSIDE.get_or_init(|| outside);
}

/// The services; nothing is applied or evaluated before [`crate::install`].
pub fn get() -> &'static Outside {
    OUTSIDE.get().expect("qhost::install runs first")
}
