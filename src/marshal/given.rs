//! What a function of C has given: its result, and what it has filled.

use std::sync::Arc;

use smallvec::SmallVec;

use super::{read, structs};
use crate::ctype::Kind;
use crate::error::{Error, Result};
use crate::foreign::{self, Destructor};
use crate::k::{K, Owned};
use crate::signature::named::Note;
use crate::signature::{Destroyer, Signature, Type};

/// Makes a K object of what a call has given: the result alone, or the list of the result and of what the function has
/// filled, of which one alone is itself. What C has given away is destroyed, or becomes a handle. One to the call's own
/// memory, which ends with the call, is NULL: `is_own` tells of addresses where that is, besides what lies at `from`.
///
/// # Errors
/// [`Error::Pending`] when there is no object where C returns one; [`Error::MemoryFull`]; those of [`foreign::own`], and
/// what a callback signals that the destroyer calls.
///
/// # Safety
/// A value of the result's type can be read at `from`; with out-parameters they lie there as in [`Signature::results`]. What
/// pointers point to can be read too. An object that is the result is C's to give away, and what has a destroyer as well.
pub unsafe fn results(
    signature: &Signature,
    from: *const u8,
    is_own: impl Fn(usize) -> bool,
) -> Result<Owned> {
    let size = signature.results.as_ref().map_or(0, |layout| layout.size);
    let is_own = |address| (from as usize..from as usize + size).contains(&address) || is_own(address);
    let first = signature.ret.iter().map(|ty| (ty, 0));
    let types = first.chain(signature.outs().map(|out| (&out.ty, out.offset)));
    let all = types.zip(signature.result_notes()).enumerate();
    // All are read, whatever becomes of one: what is given away has to end.
    // SAFETY: the result comes first, and members lie within the results.
    let read = all.map(|(i, ((ty, at), note))| unsafe {
        result(ty, handle_type(note), signature.destroyer(i), &is_own, from.add(at))
    });
    let read: SmallVec<[Result<Owned>; 4]> = read.collect();
    let mut read: SmallVec<[Owned; 4]> = read.into_iter().collect::<Result<_>>()?;
    match read.len() {
        0 => Owned::null(),
        1 => Ok(read.remove(0)),
        _ => structs::collapse(read.into_iter().map(Ok)),
    }
}

/// The C type of what a result that is a handle points to.
fn handle_type(note: Option<&Note>) -> Option<&Arc<str>> {
    match note {
        Some(Note::Pointer(pointer)) => pointer.to.as_ref(),
        _ => None,
    }
}

/// A handle of what C keeps; NULL is `::`.
fn lent(ty: Option<&Arc<str>>, address: usize) -> Result<Owned> {
    match ty {
        Some(ty) if address != 0 => foreign::lent(address, ty),
        _ => Owned::null(),
    }
}

/// # Safety
/// As for [`results`].
unsafe fn result(
    ty: &Type,
    handle: Option<&Arc<str>>,
    destroyer: Option<Destroyer>,
    is_own: &dyn Fn(usize) -> bool,
    from: *const u8,
) -> Result<Owned> {
    // SAFETY: passed on to the caller; an object and what has a destroyer are pointers.
    unsafe {
        match (ty, destroyer) {
            (Type::Object, _) if from.cast::<K>().read_unaligned().is_null() => Err(Error::Pending),
            (_, Some(Destroyer(function))) if from.cast::<usize>().read_unaligned() != 0 => {
                let destroy = std::mem::transmute::<usize, Destructor>(function);
                given_away(ty, handle, destroy, from)
            }
            _ if handle.is_some() => {
                let address = from.cast::<usize>().read_unaligned();
                lent(handle, if is_own(address) { 0 } else { address })
            }
            _ => read(ty, from),
        }
    }
}

/// Reads what C has given away and destroys it; an address becomes a handle, which destroys it with its last reference.
///
/// # Safety
/// A pointer that is not NULL can be read at `from`, and what it points to as this type; the destructor takes it.
unsafe fn given_away(
    ty: &Type,
    handle: Option<&Arc<str>>,
    destructor: Destructor,
    from: *const u8,
) -> Result<Owned> {
    // SAFETY: passed on to the caller.
    unsafe {
        let address = from.cast::<usize>().read_unaligned();
        let read = match ty {
            Type::Pointer(_) => read(ty, from),
            Type::Value(row) if row.kind == Kind::Text => read(ty, from),
            _ => {
                return match foreign::own_typed(address, destructor, handle) {
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
