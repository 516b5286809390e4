//! What a function of C has given: its result, and what it has filled.

use smallvec::SmallVec;

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
    let first = signature.ret.iter().map(|ty| (ty, 0));
    let all = first.chain(signature.outs().map(|out| (&out.ty, out.offset))).enumerate();
    // All are read, whatever becomes of one: what is given away has to end.
    // SAFETY: the result comes first, and members lie within the results.
    let read = all.map(|(i, (ty, at))| unsafe { result(ty, signature.destroyer(i), from.add(at)) });
    let read: SmallVec<[Result<Owned>; 4]> = read.collect();
    let mut read: SmallVec<[Owned; 4]> = read.into_iter().collect::<Result<_>>()?;
    match read.len() {
        0 => Owned::null(),
        1 => Ok(read.remove(0)),
        _ => structs::collapse(read.into_iter().map(Ok)),
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
        // What leads nowhere is nothing that could be destroyed.
        if !matches!(read, Err(Error::Pointer { .. })) {
            foreign::destroy_now(address, destructor)?;
        }
        read
    }
}
