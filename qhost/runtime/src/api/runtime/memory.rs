//! Reference counts and the heap.

use crate::api::{I, J, allocating};
use crate::object::release;
use crate::{K, Obj, counts, heap, symbol, tag};

/// Takes a reference: counts down, and frees the object when it was the last. Null is ignored.
///
/// # Safety
/// As in [`crate::api`], null allowed; the caller owns the reference.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn r0(x: K) {
    // SAFETY: the caller's reference.
    unsafe { release(x) }
}

/// Counts up; returns its argument.
///
/// # Safety
/// As in [`crate::api`], null allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn r1(x: K) -> K {
    if !x.is_null() {
        // SAFETY: valid, and the caller holds a reference.
        unsafe { counts::up(x) };
    }
    x
}

/// Gives the calling thread's free memory back; for threads that are about to end.
#[unsafe(no_mangle)]
pub extern "C" fn m9() {
    heap::trim();
}

/// Gives the calling thread's free memory back and returns the bytes. The argument is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn gc(_limit: J) -> J {
    heap::trim() as J
}

/// Statistics as longs: for 0 the bytes in use, held and held at most; for 1 the number of symbols and the
/// bytes of their texts.
#[unsafe(no_mangle)]
pub extern "C" fn m4(what: I) -> K {
    allocating(|| {
        let heap = heap::stats();
        let (symbols, text) = symbol::stats();
        let numbers = match what {
            0 => vec![heap.bytes, heap.heap as J, heap.peak as J],
            _ => vec![symbols as J, text as J],
        };
        Ok(Obj::from_slice(tag::KJ, &numbers))
    })
}
