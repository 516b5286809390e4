//! The cold paths of stubs: arguments that are not of the types' own form, results that are pointers, errors that wait.

use std::ffi::c_char;

use smallvec::SmallVec;

use super::{Binding, atomic, loops, mixture, simd};
use crate::calls;
use crate::error::{Error, Result};
use crate::guard::{argument, guard};
use crate::jit::Form;
use crate::k::{self, K, Owned, Ref};
use crate::marshal::Arguments;
use crate::plan::MAX_RANK;
use crate::pointed;

/// The cold path of fixed-rank stubs that leave their arguments where they came. Those beyond the function's rank are
/// whatever was there. The binding's address comes as the bits of a float.
#[allow(clippy::too_many_arguments)]
pub extern "C" fn in_place(a: K, b: K, c: K, d: K, e: K, f: K, g: K, h: K, binding: f64) -> K {
    let args: [K; MAX_RANK] = [a, b, c, d, e, f, g, h];
    in_slot(binding.to_bits() as usize as *const Binding, args.as_ptr())
}

/// The cold path of fixed-rank stubs that lay their arguments out in the frame.
pub extern "C" fn in_slot(binding: *const Binding, args: *const K) -> K {
    guard(|| {
        // SAFETY: a stub passes its own binding, which is never freed, and as many objects as q gives.
        let (binding, args) = unsafe {
            let binding = &*binding;
            (binding, std::slice::from_raw_parts(args, binding.prototype.signature.arity()))
        };
        match binding.form {
            Form::Atomic | Form::Parallel | Form::Simd => {
                // SAFETY: q keeps the arguments of a call alive until it returns.
                let args: Result<SmallVec<[Ref; MAX_RANK]>> =
                    args.iter().map(|&x| unsafe { argument(x) }).collect();
                let args = args?;
                let exactly = match binding.form {
                    Form::Simd => simd::exactly(binding, &args),
                    Form::Atomic => mixture::exactly(binding, &args),
                    _ => None,
                };
                exactly.unwrap_or_else(|| atomic::apply(binding, &args))
            }
            _ => binding.call(&Arguments::Borrowed(args)),
        }
    })
}

/// The cold path of list-form stubs.
pub extern "C" fn list(list: K, binding: *const Binding) -> K {
    guard(|| {
        // SAFETY: a stub passes its own binding, which is never freed, and the argument that q lends it.
        let (binding, list) = unsafe { (&*binding, argument(list)?) };
        match binding.form {
            Form::Over | Form::Scan | Form::Prior => loops::apply(binding, list),
            _ => binding.call_list(list),
        }
    })
}

/// Makes a K object of a result that no stub can: a pointer.
pub extern "C" fn rebox(word: u64, binding: *const Binding) -> K {
    // SAFETY: a stub passes its own binding, which is never freed.
    guard(|| unsafe { &*binding }.result(word))
}

/// Ends a call during which some callback has left an error: signals it if it was on this thread.
pub extern "C" fn collect(word: u64, binding: *const Binding) -> K {
    guard(|| {
        let here = calls::enter();
        // There is no result then.
        here.take_fault()?;
        // SAFETY: a stub passes its own binding, which is never freed.
        let result = unsafe { &*binding }.result(word);
        here.take_error().and(result)
    })
}

/// Interns a text that C returned in an atomic loop; NULL ends that, by an error that is left for its end or by q's.
pub extern "C" fn intern(text: *const c_char) -> *const c_char {
    match pointed::readable_text(text) {
        Ok(()) => k::intern(text),
        Err(error) => {
            calls::enter().leave(error);
            std::ptr::null()
        }
    }
}

/// Ends an atomic loop during which some callback has left an error: signals it if it was on this thread. NULL is the
/// result where q had no memory, which it has signalled.
pub extern "C" fn collect_vector(result: K) -> K {
    guard(|| {
        // SAFETY: the stub gives its result away.
        let result = (!result.is_null()).then(|| unsafe { Owned::new(result) });
        calls::enter().take_error()?;
        result.unwrap_or(Err(Error::MemoryFull))
    })
}
