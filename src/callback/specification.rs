//! The inline form `(f;args;ret)`: what may be passed where C wants a function pointer.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use super::Callback;
use crate::error::Result;
use crate::k::{self, Owned, Ref, tag};
use crate::marshal::Mismatch;
use crate::memory::handle;
use crate::prototype::Prototype;

/// Callbacks of the inline form, which live as long as the process since C may keep the pointer. One that holds the
/// same q function with the same types is used again, whether it is the same object or one that matches it.
#[derive(Default)]
struct Inline {
    by_object: HashMap<(usize, usize, usize), &'static Callback>,
    by_content: HashMap<(Vec<u8>, usize, usize), &'static Callback>,
}

fn inline() -> &'static Mutex<Inline> {
    static INLINE: OnceLock<Mutex<Inline>> = OnceLock::new();
    INLINE.get_or_init(Mutex::default)
}

/// The function pointer for an argument of type `k`.
///
/// # Errors
/// A [`Mismatch`] when the argument is no function and no pointer to one.
pub fn pointer(x: Ref) -> std::result::Result<u64, Mismatch> {
    match x.tag() {
        _ if x.is_null() => Ok(0),
        // SAFETY: the payload of a long atom.
        t if t == -tag::LONG => Ok(unsafe { x.payload() }),
        tag::FOREIGN => handle::pointer('k', x).map(|p| p as u64),
        tag::LIST if is_specification(x) => inline_pointer(x),
        _ => Err(wanted(x)),
    }
}

/// Whether this is a q function with the types it is called with: `(f;args)` or `(f;args;ret)`.
pub fn is_specification(x: Ref) -> bool {
    (2..=3).contains(&x.items().len()) && x.item(0).is_some_and(is_function)
}

/// Whether this can be applied: a lambda, primitive, projection, composition, derived or native function.
pub fn is_function(x: Ref) -> bool {
    (100..=112).contains(&x.tag()) && !x.is_null()
}

/// The prototype for a callback's types, which are a string, a char, or `()` for none; void without a result type.
///
/// # Errors
/// Those of reading the signature; `None` when the types are no text.
pub fn prototype(args: Ref, ret: Option<Ref>) -> Option<Result<Arc<Prototype>>> {
    let args = if args.tag() == tag::LIST && args.is_empty() { b"" } else { args.chars()? };
    let ret = ret.map_or(Some(&b" "[..]), Ref::chars)?;
    Some(Prototype::get(args, ret))
}

fn wanted(x: Ref) -> Mismatch {
    Mismatch::of("k", "(function;args) or (function;args;ret)", x)
}

fn inline_pointer(x: Ref) -> std::result::Result<u64, Mismatch> {
    let function = x.item(0).ok_or_else(|| wanted(x))?;
    let args = x.item(1).ok_or_else(|| wanted(x))?;
    let prototype = prototype(args, x.item(2)).ok_or_else(|| wanted(x))?.map_err(Mismatch::Other)?;
    let types = Arc::as_ptr(&prototype) as usize;
    let here = crate::calls::enter().as_ptr() as usize;
    let object = (function.as_raw() as usize, types, here);
    let known = inline().lock().by_object.get(&object).copied();
    if let Some(known) = known {
        return Ok(known.entry() as u64);
    }
    let content = serialized(function).map(|bytes| (bytes, types, here));
    let known = content.as_ref().and_then(|content| inline().lock().by_content.get(content).copied());
    if let Some(known) = known {
        return Ok(known.entry() as u64);
    }
    let callback = Callback::new(function, prototype).map_err(Mismatch::Other)?;
    let mut inline = inline().lock();
    inline.by_object.insert(object, callback);
    inline.by_content.extend(content.map(|content| (content, callback)));
    Ok(callback.entry() as u64)
}

/// Number of callbacks of the inline form.
pub fn count() -> usize {
    inline().lock().by_object.len()
}

/// The bytes of a function as q would send it; `None` for what cannot be sent, such as a native function.
fn serialized(function: Ref) -> Option<Vec<u8>> {
    // SAFETY: `b9` borrows its argument and returns a new byte vector, or NULL with an error that `ee` takes back.
    let bytes = unsafe { Owned::from_raw(k::ee(k::native::b9(3, function.as_raw()))) };
    // SAFETY: the elements of a byte vector are bytes.
    (bytes.get().tag() == tag::BYTE).then(|| unsafe { bytes.get().slice::<u8>() }.to_vec())
}
