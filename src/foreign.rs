//! Foreign objects: a pair of destructor and pointer. Ours own something of C's: memory, or a handle with a destructor.
//!
//! Such an object holds the plain pointer, so that C gets it as it is; what it owns is kept in a table here, by the
//! pointer. After `.ffi.free` the pointer is NULL and the table's entry gone.

use std::collections::{BTreeMap, HashMap};
use std::ffi::c_void;
use std::sync::{Arc, LazyLock, OnceLock};

use parking_lot::Mutex;

use crate::args::{address, usage};
use crate::calls::{self, Named};
use crate::error::{Error, Result};
use crate::guard::caught;
use crate::k::{K, Owned, Ref, tag};
use crate::os::{self, through};

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
    /// Something that q destroys.
    Function(Function),
}

/// A q function that destroys what a pointer stands for.
#[derive(Clone, Copy)]
pub struct Function {
    /// The C function that calls it.
    pub now: Destructor,
    /// Has it called with an address when q has time: objects end wherever q is, within its own functions too.
    pub later: fn(usize, usize),
    /// What `later` is told before the address.
    pub context: usize,
}

/// What is owned now, by address.
static OWNED: Mutex<BTreeMap<usize, Resource>> = Mutex::new(BTreeMap::new());

/// The C types of what handles point to, by the addresses of the handles' own objects, which live as long as they stand here.
static TYPES: LazyLock<Mutex<HashMap<usize, Arc<str>>>> = LazyLock::new(Mutex::default);

/// Tells whether a call that is under way on another thread has the address of something owned.
static IN_USE: OnceLock<fn(usize) -> bool> = OnceLock::new();

/// Has [`free`] refuse what this says is in use: this module stands below those who know.
pub fn ask_before_free(is_in_use: fn(usize) -> bool) {
    IN_USE.get_or_init(|| is_in_use);
}

/// Numbers for `.ffi.stats[]`: what foreign objects own, and the bytes of memory among it.
pub fn statistics() -> [(&'static str, i64); 2] {
    let owned = OWNED.lock();
    let size = |resource: &Resource| match resource {
        Resource::Memory { size } => *size as i64,
        Resource::Handle(_) | Resource::Function(_) => 0,
    };
    [("ownedHandles", owned.len() as i64), ("ownedBytes", owned.values().map(size).sum())]
}

/// Zeroed memory, which the foreign object frees.
///
/// # Errors
/// [`Error::Limit`] when there is not as much, [`Error::MemoryFull`].
pub fn allocate(size: usize) -> Result<Owned> {
    // SAFETY: C's own allocator; an address of its own even for no bytes.
    let memory = unsafe { libc::calloc(size.max(1), 1) };
    if memory.is_null() {
        return Err(Error::Limit(format!("malloc: {size} bytes")));
    }
    let object = Owned::foreign(release, memory.cast());
    if object.is_err() {
        // SAFETY: allocated above, and nobody has it.
        unsafe { libc::free(memory) };
    } else {
        OWNED.lock().insert(memory as usize, Resource::Memory { size });
    }
    object
}

/// A foreign object that destroys what the address stands for.
///
/// # Errors
/// [`Error::Domain`] when another one does already, [`Error::MemoryFull`]; it is not destroyed then.
///
/// # Safety
/// The destructor may be called with this address when the object's last reference goes.
pub unsafe fn own(address: usize, destructor: Destructor) -> Result<Owned> {
    own_as(address, Resource::Handle(destructor))
}

/// The same of a handle that knows the C type of what it points to.
///
/// # Errors
/// As [`own`].
///
/// # Safety
/// As for [`own`].
pub unsafe fn own_typed(address: usize, destructor: Destructor, ty: Option<&Arc<str>>) -> Result<Owned> {
    // SAFETY: passed on to the caller.
    let object = unsafe { own(address, destructor) }?;
    know(object.get(), ty);
    Ok(object)
}

/// A handle of what C keeps: it owns nothing, and knows the C type of what it points to.
///
/// # Errors
/// [`Error::MemoryFull`].
pub fn lent(address: usize, ty: &Arc<str>) -> Result<Owned> {
    let object = Owned::foreign(forget, address as *const u8)?;
    know(object.get(), Some(ty));
    Ok(object)
}

/// Notes the C type of what a handle of ours points to, if that is known.
pub fn know(x: Ref, ty: Option<&Arc<str>>) {
    if let Some(ty) = ty {
        TYPES.lock().insert(x.as_raw() as usize, ty.clone());
    }
}

/// The C type of what a handle points to, if that is known.
pub fn type_of(x: Ref) -> Option<Arc<str>> {
    slot(x)?;
    TYPES.lock().get(&(x.as_raw() as usize)).cloned()
}

/// A foreign object whose address a q function is told at its end: by `.ffi.free` at once, with its last reference from q's
/// event loop, and at the end of the process not at all.
///
/// # Errors
/// As [`own`].
pub fn own_by_function(address: usize, function: Function) -> Result<Owned> {
    own_as(address, Resource::Function(function))
}

fn own_as(address: usize, resource: Resource) -> Result<Owned> {
    let mut owned = OWNED.lock();
    if owned.contains_key(&address) {
        return Err(Error::Domain(format!("own: {address} has an owner")));
    }
    let object = Owned::foreign(release, address as *const u8)?;
    owned.insert(address, resource);
    Ok(object)
}

/// Destroys what C has given away at this address, now; `errno` stays as it is.
///
/// # Errors
/// What a callback signals that the destructor calls.
///
/// # Safety
/// The destructor takes this address, which nobody needs any more.
pub unsafe fn destroy_now(address: usize, destructor: Destructor) -> Result<()> {
    let errno = os::errno();
    // SAFETY: passed on to the caller.
    let ended = unsafe { run(address, destructor) };
    os::set_errno(errno);
    ended
}

/// Calls a destructor.
///
/// # Errors
/// What a callback signals that it calls.
///
/// # Safety
/// It takes this address.
unsafe fn run(address: usize, destructor: Destructor) -> Result<()> {
    let target = destructor as *const u8;
    let named = Named::new("", ["r", " "], target);
    let call = calls::enter().call(&named);
    // SAFETY: passed on to the caller.
    unsafe { through(target, address, 0, 0, 0) };
    call.end()
}

/// Releases what a foreign object owns, or frees memory that C has allocated with `malloc`.
///
/// # Errors
/// [`Error::Domain`] for NULL, for what is freed already or in use, and for an address that an object owns; what a callback
/// signals that the destructor calls.
///
/// # Safety
/// A raw address is one that C's `free` takes.
pub unsafe fn free(x: Ref) -> Result<()> {
    let address = held_address("free", "ptr", x)?;
    if IN_USE.get().is_some_and(|is_in_use| is_in_use(address)) {
        return Err(Error::Domain("free: ptr is in use by a call of .ffi.async".into()));
    }
    if let Some(slot) = pointer_slot(x) {
        // SAFETY: the slot is that of an object that lives.
        return unsafe { destroy(slot, true) };
    }
    if OWNED.lock().contains_key(&address) {
        return Err(Error::Domain(format!("free: {address} has an owner: free that")));
    }
    if let Some(slot) = slot(x) {
        // SAFETY: the slot is that of an object that lives.
        unsafe { slot.write(0) };
    }
    // SAFETY: passed on to the caller.
    unsafe { libc::free(address as *mut c_void) };
    Ok(())
}

/// Takes note of a call of this function with this argument: if it is what would end the handle or memory that the
/// argument is, that has ended, as by [`free`], whatever the function has said.
pub fn ended_by(x: Ref, function: *const u8) {
    let Some(slot) = pointer_slot(x) else { return };
    // SAFETY: the slot is that of an object that lives.
    let address = unsafe { slot.read() };
    let mut owned = OWNED.lock();
    let ended = match owned.get(&address) {
        Some(Resource::Memory { .. }) => function == libc::free as *const u8,
        Some(Resource::Handle(destructor)) => function == *destructor as *const u8,
        _ => false,
    };
    if ended {
        owned.remove(&address);
        // SAFETY: the object lives still.
        unsafe { slot.write(0) };
    }
}

/// The address that a handle or memory holds, or that an int or long is.
///
/// # Errors
/// [`Error::Domain`] for NULL and what is freed, [`Error::Usage`] for other objects.
pub fn held_address(what: &str, which: &str, x: Ref) -> Result<usize> {
    match slot(x) {
        Some(_) => extent(what, x).map(|(address, _)| address),
        None => address(what, which, x),
    }
}

/// The address and, for memory, the size of a foreign object of ours.
///
/// # Errors
/// [`Error::Domain`] when it has been freed, [`Error::Usage`] for what others have made, native functions among it.
pub fn extent(what: &str, x: Ref) -> Result<(usize, Option<usize>)> {
    let slot = slot(x).ok_or_else(|| usage(what, "ptr", "an address or memory", x))?;
    // SAFETY: the slot is that of an object that lives.
    let address = unsafe { slot.read() };
    if address == 0 {
        return Err(Error::Domain(format!("{what}: ptr has been freed")));
    }
    Ok((address, size(x)))
}

/// Bytes of the memory that a foreign object of ours owns; `None` for others.
pub fn size(x: Ref) -> Option<usize> {
    // SAFETY: the slot is that of an object that lives.
    let address = unsafe { pointer_slot(x)?.read() };
    match OWNED.lock().get(&address) {
        Some(&Resource::Memory { size }) => Some(size),
        _ => None,
    }
}

/// Whether this is a foreign object of ours whose pointer is gone.
pub fn is_freed(x: Ref) -> bool {
    // SAFETY: the slot is that of an object that lives.
    slot(x).is_some_and(|slot| unsafe { slot.read() } == 0)
}

/// Whether this is a foreign object of ours, memory or a handle.
pub fn is_ours(x: Ref) -> bool {
    slot(x).is_some()
}

/// Destructor and pointer of a foreign object, of ours or of another library. A function made by `dl` has the same tag,
/// but a rank too.
fn pair(x: Ref) -> Option<*mut [usize; 2]> {
    if x.tag() != tag::FOREIGN || x.attribute() != 0 {
        return None;
    }
    // SAFETY: every object has eight bytes of payload, in which a foreign one has the length of its pair.
    let length: i64 = unsafe { x.payload() };
    (length == 2).then(|| x.data().cast())
}

/// The pointer that a foreign object holds, whoever made it.
pub fn pointer(x: Ref) -> Option<*mut u8> {
    // SAFETY: a foreign object is a pair, the destructor and the pointer.
    pair(x).map(|pair| unsafe { (*pair)[1] } as *mut u8)
}

/// The pointer that a foreign object holds, if its destructor is this one.
pub fn pointer_of(x: Ref, destructor: extern "C" fn(K)) -> Option<*mut u8> {
    // SAFETY: a foreign object is a pair, the destructor and the pointer.
    let [found, pointer] = unsafe { *pair(x)? };
    (found == destructor as *const () as usize).then_some(pointer as *mut u8)
}

/// Where a foreign object of ours that owns something holds its pointer.
fn pointer_slot(x: Ref) -> Option<*mut usize> {
    pointer_of(x, release)?;
    pair(x).map(|pair| pair.cast::<usize>().wrapping_add(1))
}

/// Where a foreign object of ours holds its pointer, whether it owns something or is lent.
fn slot(x: Ref) -> Option<*mut usize> {
    pointer_of(x, release).or_else(|| pointer_of(x, forget))?;
    pair(x).map(|pair| pair.cast::<usize>().wrapping_add(1))
}

/// The destructor of what is lent: its type is forgotten.
extern "C" fn forget(x: K) {
    TYPES.lock().remove(&(x as usize));
}

/// The destructor that q calls. What it does may leave `errno` as it likes: q code asks for that of its own calls. There
/// is nobody to signal an error to.
extern "C" fn release(x: K) {
    forget(x);
    let errno = os::errno();
    let released = caught(|| {
        // SAFETY: q passes the object whose last reference goes.
        let slot = unsafe { Ref::new(x) }.and_then(pointer_slot);
        // SAFETY: q has the object until this returns, and only objects of ours have such a slot.
        slot.map_or(Ok(()), |slot| unsafe { destroy(slot, false) })
    });
    if let Err(error) = released {
        calls::print(&error);
    }
    os::set_errno(errno);
}

/// Destroys what an object owns, which is a call of C like any other; a q function is called `now` or later.
///
/// # Errors
/// What a callback signals that the destructor calls.
///
/// # Safety
/// The slot is the pointer of a foreign object of ours.
unsafe fn destroy(slot: *mut usize, now: bool) -> Result<()> {
    // SAFETY: the slot is the caller's; NULL says that nothing is owned any more.
    let address = unsafe { slot.replace(0) };
    // A destructor may call q, which may come here again.
    let resource = OWNED.lock().remove(&address);
    match resource {
        // SAFETY: the object owned it, so nobody else has freed it.
        Some(Resource::Memory { .. }) => unsafe { libc::free(address as *mut c_void) },
        Some(Resource::Function(function)) if !now => (function.later)(function.context, address),
        Some(Resource::Handle(destructor) | Resource::Function(Function { now: destructor, .. })) => {
            // SAFETY: the object owned what is at the address, which nobody else has ended; whoever made the object vouched for
            // the destructor.
            unsafe { run(address, destructor)? };
        }
        None => (),
    }
    Ok(())
}
