//! A C function of any signature, which libffi's closures make: it notes what it is given and returns what it is told.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::{CStr, c_char, c_void};
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, Mutex};

use ffijit::call::libffi::Interface;
use ffijit::ctype::{CType, Kind, Repr};
use ffijit::marshal::long_double::Format;
use ffijit::prototype::Prototype;
use ffijit::signature::{Member, Type};
use kapi::{Obj, serialize};
use libffi::low::ffi_cif;
use libffi::middle::Closure;

use crate::host::for_good;
use crate::input::Input;

/// The name by which ffijit finds the function.
pub const NAME: &str = "fuzz_callee";

/// What precedes the object in a message of q's.
const HEADER: usize = 8;

/// Where [`fuzz_callee`] jumps to.
static CALLEE: AtomicPtr<c_void> = AtomicPtr::new(std::ptr::null_mut());

/// The function that ffijit binds, whatever the signature: it leaves all registers and the stack to the real one.
#[cfg(target_arch = "x86_64")]
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub extern "C" fn fuzz_callee() {
    std::arch::naked_asm!("jmp qword ptr [rip + {callee}]", callee = sym CALLEE);
}

/// A text that results point to.
static TEXT: &CStr = c"a text of C's";
/// Bytes that results of pointer types point to: a number of any type, or a text.
static BYTES: [u64; 2] = [0x0042_4100_4241_4101, 0];
/// What an array of texts begins with.
static TEXTS: Texts = Texts([TEXT.as_ptr(), std::ptr::null()]);

struct Texts([*const c_char; 2]);

// SAFETY: the text is a static, and nobody writes.
unsafe impl Sync for Texts {}

/// The callees there are, by the address of their prototype.
static CALLEES: Mutex<BTreeMap<usize, Callee>> = Mutex::new(BTreeMap::new());

/// A closure, which is never let go.
#[derive(Clone, Copy)]
struct Callee(&'static Closure<'static>);

// SAFETY: a closure that is made is only called.
unsafe impl Send for Callee {}

thread_local! {
    static SEEN: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static RESULT: Cell<[u64; 64]> = const { Cell::new([0; 64]) };
    /// What the function fills, in order.
    static FILLS: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// Makes [`NAME`] a function of this signature that returns what the input says. `None` where libffi does not take it.
pub fn become_callee(prototype: &Arc<Prototype>, input: &mut Input) -> Option<()> {
    let key = Arc::as_ptr(prototype) as usize;
    let known = CALLEES.lock().expect("no panic while it is held").get(&key).copied();
    let Callee(closure) = match known {
        Some(callee) => callee,
        None => {
            let cif = Interface::new(&prototype.signature).ok()?.into_cif();
            let shared: &'static Arc<Prototype> = Box::leak(Box::new(prototype.clone()));
            let closure = for_good(|| Closure::try_new(cif, callee, &**shared)).ok()?;
            let callee = Callee(Box::leak(Box::new(closure)));
            CALLEES.lock().expect("no panic while it is held").insert(key, callee);
            callee
        }
    };
    CALLEE.store(*closure.code_ptr() as *mut c_void, Ordering::Relaxed);
    let mut result = [0_u64; 64];
    if let Some(ty) = prototype.signature.ret.as_ref().filter(|ty| ty.size() <= size_of_val(&result)) {
        // SAFETY: the bytes are as many as the type takes.
        unsafe { fill(ty, result.as_mut_ptr().cast(), input) };
    }
    RESULT.set(result);
    let fills = prototype.signature.outs().map(|out| {
        let mut bytes = vec![0; out.ty.size()];
        // SAFETY: the bytes are as many as the type takes.
        unsafe { fill(&out.ty, bytes.as_mut_ptr(), input) };
        bytes
    });
    FILLS.set(fills.collect());
    Some(())
}

/// What the function has seen since the last time; `None` if it has not been called.
pub fn seen() -> Option<Vec<u8>> {
    Some(SEEN.take()).filter(|seen| !seen.is_empty())
}

/// An object as q sends it. Nothing may be compared that cannot be seen: what q does not send ends the run, and the mode is
/// the one of which guids and timestamps are part.
pub fn bytes(x: &Obj) -> Vec<u8> {
    let bytes = serialize::message(-1, x).unwrap_or_else(|e| panic!("{x:?} cannot be compared: {e:?}"));
    assert!(bytes.len() > HEADER, "{x:?} has no bytes");
    bytes
}

unsafe extern "C" fn callee(
    _: &ffi_cif,
    result: &mut c_void,
    args: *const *const c_void,
    prototype: &Prototype,
) {
    let signature = &prototype.signature;
    let mut seen = vec![b'!'];
    let fills = FILLS.take();
    let mut next = fills.iter();
    for (i, ty) in signature.params.iter().enumerate() {
        // SAFETY: libffi gives the address of each argument, of the type it was told, promoted where it is variadic.
        unsafe { note(ty, (*args.add(i)).cast(), i >= signature.fixed(), &mut seen) };
    }
    for (i, _) in signature.params.iter().enumerate().filter(|(_, ty)| ty.is_out()) {
        let Some(bytes) = next.next() else { continue };
        // SAFETY: an out-parameter is the address of room for a value of its type.
        unsafe { (*(*args.add(i)).cast::<*mut u8>()).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
    }
    FILLS.set(fills);
    SEEN.set(seen);
    let to = std::ptr::from_mut(result).cast::<u8>();
    // SAFETY: libffi has room for the result there, of a word at least; ours is as long.
    unsafe {
        match &signature.ret {
            None => (),
            Some(Type::Object) => to.cast::<kapi::K>().write(Obj::long(RESULT.get()[0] as i64).into_raw()),
            Some(ty) => {
                let bytes = RESULT.get();
                let is_word = !matches!(ty, Type::Struct(_)) && !ty.holds_long_double();
                let size = if is_word { 8 } else { ty.size() };
                to.copy_from_nonoverlapping(bytes.as_ptr().cast(), size.min(size_of_val(&bytes)));
            }
        }
    }
}

/// Writes a value that C might return.
///
/// # Safety
/// There is room for a value of this type.
pub unsafe fn fill(ty: &Type, to: *mut u8, input: &mut Input) {
    // SAFETY: passed on to the caller; members lie within their struct.
    unsafe {
        match ty {
            Type::Value(row) => fill_value(row, to, input),
            Type::Pointer(row) => to.cast::<usize>().write_unaligned(pointee(row, input)),
            Type::Object | Type::Callback | Type::Out(_) | Type::InOut(_) => {
                to.cast::<u64>().write_unaligned(input.bits())
            }
            Type::Struct(layout) => {
                for Member { ty, count, offset, .. } in &layout.members {
                    (0..count.unwrap_or(1)).for_each(|i| fill(ty, to.add(offset + i * ty.size()), input));
                }
            }
        }
    }
}

/// # Safety
/// As for [`fill`].
unsafe fn fill_value(row: &CType, to: *mut u8, input: &mut Input) {
    let bits = match (row.kind, row.repr) {
        (Kind::Text, _) => input.pick(&[0, TEXT.as_ptr() as u64]),
        (_, Repr::Bool) => input.bits() & 1,
        _ => input.bits(),
    };
    if row.repr == Repr::LongDouble {
        // SAFETY: passed on to the caller.
        unsafe { to.copy_from_nonoverlapping(Format::HOST.from_f64(f64::from_bits(bits)).as_ptr(), 16) };
        return;
    }
    // SAFETY: passed on to the caller; the element of a guid is two words.
    unsafe { to.copy_from_nonoverlapping([bits, bits].as_ptr().cast(), row.element_size()) };
}

/// What a pointer that C returns points to.
pub fn pointee(row: &CType, input: &mut Input) -> usize {
    let address = match row.kind {
        Kind::Text => TEXTS.0.as_ptr() as usize,
        _ => BYTES.as_ptr() as usize,
    };
    input.pick(&[0, address])
}

/// Notes a value: its bytes, or what it points to where marshalling makes a copy.
///
/// # Safety
/// A value of this type can be read, and so can what it points to.
pub unsafe fn note(ty: &Type, from: *const u8, is_variadic: bool, seen: &mut Vec<u8>) {
    // SAFETY: passed on to the caller.
    unsafe {
        match ty {
            Type::Value(row) if row.kind == Kind::Text => note_text(from, seen),
            Type::Value(row) if row.kind == Kind::Guid => note_pointed(from, 16, seen),
            // What lies beside the number may be anything.
            Type::Value(row) if row.repr == Repr::LongDouble => {
                let number = Format::HOST.to_f64(from.cast::<[u8; 16]>().read());
                seen.extend(number.to_le_bytes());
            }
            Type::Value(row) => {
                let repr = if is_variadic { row.repr.promoted() } else { row.repr };
                seen.extend(std::slice::from_raw_parts(from, repr.size()));
            }
            Type::Pointer(row) if row.repr == Repr::Char => note_text(from, seen),
            // Vectors may be empty, so nothing can be read behind the pointer; where room is, is not the same by every route.
            Type::Pointer(_) | Type::Out(_) | Type::InOut(_) => {
                seen.push(u8::from(from.cast::<usize>().read_unaligned() != 0))
            }
            Type::Object | Type::Callback => seen.extend(std::slice::from_raw_parts(from, 8)),
            Type::Struct(layout) if layout.shape.union => {
                seen.extend(std::slice::from_raw_parts(from, layout.size));
            }
            Type::Struct(layout) => {
                for member in &layout.members {
                    note_member(member, from.add(member.offset), seen);
                }
            }
        }
    }
}

/// # Safety
/// As for [`note`].
unsafe fn note_member(member: &Member, from: *const u8, seen: &mut Vec<u8>) {
    for i in 0..member.count.unwrap_or(1) {
        // SAFETY: passed on to the caller; a guid in a struct is its bytes.
        unsafe {
            match &member.ty {
                Type::Value(row) if row.kind == Kind::Guid => {
                    seen.extend(std::slice::from_raw_parts(from.add(16 * i), 16));
                }
                ty => note(ty, from.add(i * ty.size()), false, seen),
            }
        }
    }
}

/// # Safety
/// The address of a text, or NULL, can be read.
unsafe fn note_text(from: *const u8, seen: &mut Vec<u8>) {
    // SAFETY: passed on to the caller.
    unsafe {
        let text = from.cast::<*const c_char>().read_unaligned();
        seen.extend(if text.is_null() { &b"-"[..] } else { CStr::from_ptr(text).to_bytes_with_nul() });
    }
}

/// # Safety
/// The address of as many bytes, or NULL, can be read.
unsafe fn note_pointed(from: *const u8, size: usize, seen: &mut Vec<u8>) {
    // SAFETY: passed on to the caller.
    unsafe {
        let address = from.cast::<*const u8>().read_unaligned();
        if !address.is_null() {
            seen.extend(std::slice::from_raw_parts(address, size));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compared_is_seen() {
        let guids = [1, 2].map(|i| Obj::guid([i; 16]));
        let times = [1_i64, 2].map(|i| Obj::atom(-kapi::tag::KP, i));
        let spans = [1_i64, 2].map(|i| Obj::atom(-kapi::tag::KN, i));
        for [one, other] in [guids, times, spans] {
            assert_ne!(bytes(&one), bytes(&other));
            let lists = [one, other].map(|x| bytes(&Obj::list(vec![Obj::long(0), x])));
            assert_ne!(lists[0], lists[1]);
        }
    }

    #[test]
    #[should_panic(expected = "cannot be compared")]
    fn what_cannot_be_seen_ends_the_run() {
        // SAFETY: neither a destructor nor a pointer to be used.
        bytes(&unsafe { kapi::dynload::foreign(None, std::ptr::null_mut()) });
    }
}
