//! Foreign objects that own something of C's: memory, or a handle with a destructor.
//!
//! Such an object holds the plain pointer, so that C gets it as it is; what it owns is kept in a table here, by the
//! pointer. After `.ffi.free` the pointer is NULL and the table's entry gone.

use std::collections::BTreeMap;
use std::ffi::c_void;

use parking_lot::Mutex;

use super::region::address;
use crate::bind::usage;
use crate::callback;
use crate::error::{Error, Result};
use crate::k::{K, Owned, Ref};
use crate::marshal::Mismatch;

/// A C function that destroys what a pointer stands for; its result, if any, is ignored.
pub type Destructor = unsafe extern "C" fn(*mut c_void);

/// What a foreign object of ours owns.
#[derive(Clone, Copy)]
enum Resource {
    /// Memory from `malloc`.
    Memory {
        /// Bytes.
        size: usize,
    },
    /// Something that this function destroys.
    Handle(Destructor),
}

/// What is owned now, by address.
static OWNED: Mutex<BTreeMap<usize, Resource>> = Mutex::new(BTreeMap::new());

/// Numbers for `.ffi.stats[]`: what foreign objects own, and the bytes of memory among it.
pub fn statistics() -> [(&'static str, i64); 2] {
    let owned = OWNED.lock();
    let size = |resource: &Resource| match resource {
        Resource::Memory { size } => *size as i64,
        Resource::Handle(_) => 0,
    };
    [("ownedHandles", owned.len() as i64), ("ownedBytes", owned.values().map(size).sum())]
}

/// Zeroed memory, which the foreign object frees.
///
/// # Errors
/// [`Error::Limit`] when there is not as much.
pub fn allocate(size: usize) -> Result<Owned> {
    // SAFETY: C's own allocator; an address of its own even for no bytes.
    let memory = unsafe { libc::calloc(size.max(1), 1) };
    if memory.is_null() {
        return Err(Error::Limit(format!("malloc: {size} bytes")));
    }
    OWNED.lock().insert(memory as usize, Resource::Memory { size });
    Ok(Owned::foreign(release, memory.cast()))
}

/// A foreign object that destroys what the address stands for.
///
/// # Errors
/// [`Error::Domain`] when another one does already.
///
/// # Safety
/// The destructor may be called with this address when the object's last reference goes.
pub unsafe fn own(address: usize, destructor: Destructor) -> Result<Owned> {
    let mut owned = OWNED.lock();
    if owned.contains_key(&address) {
        return Err(Error::Domain(format!("own: {address} has an owner")));
    }
    owned.insert(address, Resource::Handle(destructor));
    Ok(Owned::foreign(release, address as *const u8))
}

/// Releases what a foreign object owns, or frees memory that C has allocated with `malloc`.
///
/// # Errors
/// [`Error::Domain`] for NULL, for what is freed already, and for an address that an object owns.
///
/// # Safety
/// A raw address is one that C's `free` takes.
pub unsafe fn free(x: Ref) -> Result<()> {
    if let Some(slot) = pointer_slot(x) {
        extent("free", x)?;
        // SAFETY: the slot is that of an object that lives.
        unsafe { destroy(slot) };
        return Ok(());
    }
    let address = address("free", "ptr", x)?;
    if OWNED.lock().contains_key(&address) {
        return Err(Error::Domain(format!("free: {address} has an owner: free that")));
    }
    // SAFETY: passed on to the caller.
    unsafe { libc::free(address as *mut c_void) };
    Ok(())
}

/// The address and, for memory, the size of a foreign object of ours.
///
/// # Errors
/// [`Error::Domain`] when it has been freed, [`Error::Usage`] for what others have made, native functions among it.
pub fn extent(what: &str, x: Ref) -> Result<(usize, Option<usize>)> {
    let slot = pointer_slot(x).ok_or_else(|| usage(what, "ptr", "an address or memory", x))?;
    // SAFETY: the slot is that of an object that lives.
    let address = unsafe { slot.read() };
    if address == 0 {
        return Err(Error::Domain(format!("{what}: ptr has been freed")));
    }
    let size = match OWNED.lock().get(&address) {
        Some(&Resource::Memory { size }) => Some(size),
        _ => None,
    };
    Ok((address, size))
}

/// The pointer that a foreign object holds, whoever made it, for a parameter of type `letter`.
///
/// # Errors
/// A [`Mismatch`] when it has been freed, or holds none.
pub fn pointer(letter: char, x: Ref) -> std::result::Result<*mut u8, Mismatch> {
    match callback::foreign_pointer(x) {
        Some(pointer) if pointer.is_null() && pointer_slot(x).is_some() => {
            Err(Mismatch::Type { wants: format!("{letter} wants an address"), got: "freed memory".into() })
        }
        Some(pointer) => Ok(pointer),
        None => Err(Mismatch::of(letter, "an address", x)),
    }
}

/// Where a foreign object of ours holds its pointer.
fn pointer_slot(x: Ref) -> Option<*mut usize> {
    callback::foreign_pointer(x)?;
    let pair = x.data().cast::<usize>();
    // SAFETY: a foreign object is a pair, whose first is the destructor.
    let is_ours = unsafe { pair.read() } == release as *const () as usize;
    is_ours.then(|| pair.wrapping_add(1))
}

/// The destructor that q calls. What it does may leave `errno` as it likes: q code asks for that of its own calls.
extern "C" fn release(x: K) {
    let errno = errno::errno();
    // SAFETY: q passes the object whose last reference goes.
    if let Some(slot) = unsafe { Ref::new(x) }.and_then(pointer_slot) {
        // SAFETY: as above.
        unsafe { destroy(slot) };
    }
    errno::set_errno(errno);
}

/// # Safety
/// The slot is the pointer of a foreign object of ours.
unsafe fn destroy(slot: *mut usize) {
    // SAFETY: the slot is the caller's; NULL says that nothing is owned any more.
    let address = unsafe { slot.replace(0) };
    // A destructor may call q, which may come here again.
    let resource = OWNED.lock().remove(&address);
    // SAFETY: the object owned it, so nobody else has freed it.
    unsafe {
        match resource {
            Some(Resource::Memory { .. }) => libc::free(address as *mut c_void),
            Some(Resource::Handle(destructor)) => destructor(address as *mut c_void),
            None => (),
        }
    }
}
