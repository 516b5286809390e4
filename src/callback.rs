//! q functions as C function pointers.

use crate::error::Error;
use crate::k::{Ref, tag};
use crate::marshal::Mismatch;

/// The function pointer for an argument of type `k`.
///
/// # Errors
/// A [`Mismatch`] when the argument is no function and no pointer to one.
pub fn pointer(x: Ref) -> Result<u64, Mismatch> {
    match x.tag() {
        _ if x.is_null() => Ok(0),
        // SAFETY: the payload of a long atom.
        t if t == -tag::LONG => Ok(unsafe { x.payload() }),
        _ => Err(Mismatch::Other(Error::Unsupported("callbacks".into()))),
    }
}

/// Whether this is a q function with the types it is called with: `(f;args)` or `(f;args;ret)`.
pub fn is_specification(x: Ref) -> bool {
    let is_function = x
        .item(0)
        .is_some_and(|f| (100..=112).contains(&f.tag()) && !f.is_null());
    is_function && (2..=3).contains(&x.items().len())
}

/// The pointer that a foreign object holds.
pub fn foreign_pointer(x: Ref) -> Option<*mut u8> {
    if x.tag() != tag::FOREIGN {
        return None;
    }
    // SAFETY: every object has 32 bytes at least; a foreign one is a pair, the destructor and the pointer.
    unsafe {
        let pair = x.data().cast::<*mut u8>();
        (x.payload::<i64>() == 2).then(|| pair.add(1).read())
    }
}
