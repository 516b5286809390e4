//! What a function of C has given: its result, and what it has filled.

use super::{read, structs};
use crate::ctype::Kind;
use crate::error::{Error, Result};
use crate::foreign::{self, Destructor};
use crate::k::{K, Owned};
use crate::signature::{Destroyer, Signature, Type};

/// Makes a K object of what a call has given: the result alone, or the list of the result and of what the function has
/// filled, of which one alone is itself. What C has given away is destroyed, or becomes a handle.
///
/// # Errors
/// [`Error::Pending`] when there is no object where C returns one; [`Error::MemoryFull`]; those of [`foreign::own`], and
/// what a callback signals that the destroyer calls.
///
/// # Safety
/// A value of the result's type can be read at `from`; with out-parameters they lie there as in [`Signature::results`]. What
/// pointers point to can be read too. An object that is the result is C's to give away, and what has a destroyer as well.
pub unsafe fn results(signature: &Signature, from: *const u8) -> Result<Owned> {
    let first = match &signature.ret {
        // SAFETY: the result comes first.
        Some(ty) => Some(unsafe { result(ty, signature.destroyer, from) }?),
        None => None,
    };
    let others = signature.outs();
    // SAFETY: members lie within the results.
    let mut others = others.map(|out| unsafe { read(&out.ty, from.add(out.offset)) });
    match (first, signature.results.as_ref().map_or(0, |layout| layout.members.len())) {
        (Some(only), 0 | 1) => Ok(only),
        (None, 0) => Owned::null(),
        (None, 1) => others.next().unwrap_or_else(Owned::null),
        (first, _) => {
            let all: Vec<Owned> = first.into_iter().map(Ok).chain(others).collect::<Result<_>>()?;
            structs::collapse(all.into_iter().map(Ok))
        }
    }
}

/// # Safety
/// As for [`results`].
unsafe fn result(ty: &Type, destroyer: Option<Destroyer>, from: *const u8) -> Result<Owned> {
    // SAFETY: passed on to the caller; an object and what has a destroyer are pointers.
    unsafe {
        match (ty, destroyer) {
            (Type::Object, _) if from.cast::<K>().read_unaligned().is_null() => Err(Error::Pending),
            (_, Some(Destroyer(function))) if from.cast::<usize>().read_unaligned() != 0 => {
                let destroy = std::mem::transmute::<usize, Destructor>(function);
                given_away(ty, destroy, from)
            }
            _ => read(ty, from),
        }
    }
}

/// Reads what C has given away and destroys it; an address becomes a handle, which destroys it with its last reference.
///
/// # Safety
/// A pointer that is not NULL can be read at `from`, and what it points to as this type; the destructor takes it.
unsafe fn given_away(ty: &Type, destructor: Destructor, from: *const u8) -> Result<Owned> {
    // SAFETY: passed on to the caller.
    unsafe {
        let address = from.cast::<usize>().read_unaligned();
        let read = match ty {
            Type::Pointer(_) => read(ty, from),
            Type::Value(row) if row.kind == Kind::Text => read(ty, from),
            _ => {
                return match foreign::own(address, destructor) {
                    // Nobody else would.
                    Err(Error::MemoryFull) => {
                        foreign::destroy_now(address, destructor).and(Err(Error::MemoryFull))
                    }
                    owned => owned,
                };
            }
        };
        foreign::destroy_now(address, destructor)?;
        read
    }
}
