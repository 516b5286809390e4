//! Callbacks that the thunks do not take, and the thunks' judge: libffi's closures.

use std::ffi::c_void;

use libffi::low::ffi_cif;
use libffi::middle::Closure as FfiClosure;
use smallvec::SmallVec;

use super::{Callback, argument_list, elsewhere, enter, leave};
use crate::call::libffi::{Interface, is_by_address};
use crate::calls::{self, Suspended};
use crate::ctype::{Kind, Repr};
use crate::error::{Error, Result};
use crate::guard::caught;
use crate::k::collect;
use crate::marshal::load_long_double;
use crate::signature::{Type, Variadic};

/// A C function that libffi has made of a callback.
pub struct Closure(FfiClosure<'static>);

impl Closure {
    /// Makes the function.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for variable arguments and for what libffi refuses, [`Error::Limit`].
    ///
    /// # Safety
    /// The callback stays where it is as long as the closure can be called.
    pub unsafe fn new(callback: *const Callback) -> Result<Self> {
        // SAFETY: the caller has a callback there, for as long as this needs it.
        let callback: &'static Callback = unsafe { &*callback };
        if callback.prototype.signature.variadic != Variadic::No {
            return Err(Error::Unsupported("callbacks with variable arguments".into()));
        }
        let cif = Interface::new(&callback.prototype.signature)?.into_cif();
        FfiClosure::try_new(cif, trampoline, callback)
            .map(Self)
            .map_err(|e| Error::Unsupported(format!("libffi: {e:?}")))
    }

    /// The function pointer for C.
    pub fn entry(&self) -> *const u8 {
        *self.0.code_ptr() as *const u8
    }
}

/// What libffi calls: does what a thunk does.
unsafe extern "C" fn trampoline(
    _: &ffi_cif,
    result: &mut c_void,
    args: *const *const c_void,
    callback: &Callback,
) {
    let mut nowhere = 0_u64;
    let ret = callback.prototype.signature.ret.as_ref();
    // Of a void function libffi does not say that there is room.
    let to = ret.map_or(std::ptr::from_mut(&mut nowhere).cast(), |_| std::ptr::from_mut(result).cast::<u8>());
    // SAFETY: libffi passes the address of each argument, of the type it was told.
    let words = caught(|| Ok(unsafe { words(&callback.prototype.signature.params, args) }));
    if let Ok(words) = words {
        let mut suspended = Suspended::default();
        if enter(callback, &raw mut suspended) == 0 {
            return elsewhere(callback, words.as_ptr(), to);
        }
        // SAFETY: this is the callback's home, and the words are what C has passed.
        let word = caught(|| unsafe { apply(callback, &words) }).unwrap_or_else(|error| {
            calls::enter().park(error, &suspended);
            0
        });
        // SAFETY: libffi has room there for the result.
        unsafe { callback.give(word, to) };
        return leave(callback, &raw const suspended);
    }
    // SAFETY: libffi has room there for the result.
    unsafe { callback.give(0, to) };
}

/// The arguments in words, as the thunks store them; for a struct its address.
///
/// # Safety
/// There is an address of a value for each of these parameters.
unsafe fn words(params: &[Type], args: *const *const c_void) -> SmallVec<[u64; 8]> {
    let word = |(i, ty): (usize, &Type)| {
        let mut word = 0_u64;
        // SAFETY: passed on to the caller; a value is at most as large as a word.
        unsafe {
            let from = *args.add(i);
            let size = match ty {
                Type::Struct(_) if is_by_address(ty) => return from.cast::<u64>().read(),
                Type::Struct(_) => return from as u64,
                Type::Value(row) if row.repr == Repr::LongDouble => {
                    return load_long_double(from.cast()).to_bits();
                }
                Type::Value(row) if row.kind != Kind::Guid => row.element_size(),
                _ => size_of::<usize>(),
            };
            std::ptr::from_mut(&mut word).cast::<u8>().copy_from_nonoverlapping(from.cast(), size);
        }
        word
    };
    params.iter().enumerate().map(word).collect()
}

/// # Safety
/// This is the callback's home, and the words are C's arguments.
unsafe fn apply(callback: &Callback, words: &[u64]) -> Result<u64> {
    // SAFETY: passed on to the caller; the callback runs.
    unsafe {
        let arguments = words.iter().enumerate().map(|(i, &word)| callback.argument(i, word));
        let (word, kept) = callback.apply(argument_list(collect(arguments)?)?)?;
        callback.keep(kept);
        Ok(word)
    }
}
