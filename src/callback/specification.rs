//! The inline form `(f;args;ret)`: what may be passed where C wants a function pointer.

use std::cell::RefCell;
use std::collections::HashMap;
use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Callback, object, queue};
use crate::args::{function_name, is_specification, types_text};
use crate::error::{Error, Result, copied};
use crate::foreign;
use crate::k::{self, K, Owned, Ref, tag};
use crate::library;
use crate::marshal::{Mismatch, number_as_address};
use crate::policy;
use crate::prototype::Prototype;
use crate::signature::named::Function;

/// Callbacks of the inline form that this thread has made, which live as long as it does since C may keep the pointer. One
/// that holds the same q function with the same types is used again, whether it is the same object or one that matches it.
#[derive(Default)]
struct Inline {
    by_object: HashMap<(usize, usize), &'static Callback>,
    /// By the function as q would send it, types and maker.
    by_content: HashMap<(Vec<u8>, usize, bool), &'static Callback>,
    /// Those that q does not send, by types and maker.
    unsendable: HashMap<(usize, bool), Vec<&'static Callback>>,
}

thread_local! {
    // Never dropped by itself, so that it is there for whatever runs at the end of a thread or of the process.
    static INLINE: RefCell<ManuallyDrop<Inline>> = RefCell::default();
}

/// Their number, of all threads.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// The function pointer for an argument of type `k`. Where C declares what the function takes, a q function alone will do.
///
/// # Errors
/// A [`Mismatch`] when the argument is no function and no pointer to one.
pub fn pointer(x: Ref, declared: Option<&Function>) -> std::result::Result<u64, Mismatch> {
    match (x.tag(), declared) {
        (_, Some(types)) if is_bare(x) => {
            let prototype = Prototype::with(types.args.as_bytes(), types.ret.as_bytes(), types.more.clone())?;
            Ok(inline(x, prototype)?.entry() as u64)
        }
        _ => undeclared(x),
    }
}

/// Whether this is a function of q's, and no pointer to one of C's.
fn is_bare(x: Ref) -> bool {
    x.is_function()
        && (x.tag() != tag::FOREIGN || (foreign::pointer(x).is_none() && object::entry(x).is_none()))
}

fn undeclared(x: Ref) -> std::result::Result<u64, Mismatch> {
    match x.tag() {
        _ if x.is_null() => Ok(0),
        t if t == -tag::LONG || t == -tag::INT => number_as_address('k', x),
        tag::FOREIGN => match object::entry(x) {
            Some(entry) => Ok(entry as u64),
            // Another library's may stand for a function; what we own does not.
            None if !foreign::is_ours(x) => foreign::pointer(x).map(|p| p as u64).ok_or_else(|| wanted(x)),
            None => Err(Mismatch::Type {
                wants: "k wants a callback".into(),
                got: "memory or a handle that q owns".into(),
            }),
        },
        tag::LIST if is_specification(x) => inline_pointer(x),
        _ => named_function(x),
    }
}

/// The address of the C function that a symbol, `` `lib`f `` or a pair of texts names: a new way into C for whoever calls.
fn named_function(x: Ref) -> std::result::Result<u64, Mismatch> {
    // A text alone would be taken for what C reads.
    let name = function_name("k", x).ok().filter(|_| x.chars().is_none()).ok_or_else(|| wanted(x))?;
    policy::permit(policy::Access::Guarded, "a C function's name as an argument")?;
    Ok(library::function(&name)? as u64)
}

/// The prototype for a callback's types, which are a string, a char, or `()` for none; void without a result type.
///
/// # Errors
/// Those of reading the signature; [`Error::Unsupported`] for out-parameters. `None` when the types are no text.
pub fn prototype(args: Ref, ret: Option<Ref>) -> Option<Result<Arc<Prototype>>> {
    let ret = ret.map_or(Some(&b" "[..]), Ref::chars)?;
    Some(Prototype::get(types_text(args)?, ret).and_then(without_outs))
}

/// What C passes a callback to be filled is an address to it.
fn without_outs(prototype: Arc<Prototype>) -> Result<Arc<Prototype>> {
    match prototype.signature.results {
        Some(_) => {
            Err(Error::Unsupported("& among the types of a callback: take the address, r, and poke".into()))
        }
        None => Ok(prototype),
    }
}

fn wanted(x: Ref) -> Mismatch {
    Mismatch::of("k", "(function;args) or (function;args;ret)", x)
}

fn inline_pointer(x: Ref) -> std::result::Result<u64, Mismatch> {
    let function = x.item(0).ok_or_else(|| wanted(x))?;
    let args = x.item(1).ok_or_else(|| wanted(x))?;
    let prototype = prototype(args, x.item(2)).ok_or_else(|| wanted(x))??;
    Ok(inline(function, prototype)?.entry() as u64)
}

/// The callback of the inline form of a q function.
pub(super) fn inline(function: Ref, prototype: Arc<Prototype>) -> Result<&'static Callback> {
    queue::listen();
    let by_object = (function.as_raw() as usize, Arc::as_ptr(&prototype) as usize);
    let known = INLINE.with_borrow(|inline| inline.by_object.get(&by_object).copied());
    known.map_or_else(|| by_content(function, prototype), Ok)
}

/// The callback of a function that matches, or a new one.
fn by_content(function: Ref, prototype: Arc<Prototype>) -> Result<&'static Callback> {
    let types = Arc::as_ptr(&prototype) as usize;
    let is_remote = policy::is_remote()?;
    let content = serialized(function)?.map(|bytes| (bytes, types, is_remote));
    let known = match &content {
        Some(content) => INLINE.with_borrow(|inline| inline.by_content.get(content).copied()),
        None => matching(function, (types, is_remote))?,
    };
    if let Some(known) = known {
        return Ok(known);
    }
    let callback = Callback::new(function, prototype, is_remote)?;
    COUNT.fetch_add(1, Ordering::Relaxed);
    INLINE.with_borrow_mut(|inline| {
        inline.by_object.insert((function.as_raw() as usize, types), callback);
        match content {
            Some(content) => drop(inline.by_content.insert(content, callback)),
            None => inline.unsendable.entry((types, is_remote)).or_default().push(callback),
        }
    });
    Ok(callback)
}

/// One of those that q does not send whose function is the same as q's `~` tells.
fn matching(function: Ref, key: (usize, bool)) -> Result<Option<&'static Callback>> {
    let candidates = INLINE.with_borrow(|inline| inline.unsendable.get(&key).cloned());
    // q is asked with the table free: it might come here.
    for callback in candidates.unwrap_or_default() {
        // SAFETY: this is the callback's home, where alone its function is taken away.
        let own = unsafe { &*callback.function.get() };
        if let Some(own) = own
            && is_same(own.get(), function)?
        {
            return Ok(Some(callback));
        }
    }
    Ok(None)
}

/// Whether q's `~` says that two functions are the same.
fn is_same(x: Ref, y: Ref) -> Result<bool> {
    const NO_MORE: K = std::ptr::null_mut();
    if x.tag() != y.tag() {
        return Ok(false);
    }
    let (x, y) = (x.to_owned().into_raw(), y.to_owned().into_raw());
    // SAFETY: `k` applies the function to both, of which it consumes a reference; NULL ends them. `ee` takes back an error.
    let same = unsafe { Owned::new(k::ee(k::k(0, c"~".as_ptr(), x, y, NO_MORE))) }?;
    refuse_full(same.get())?;
    // SAFETY: the payload of a boolean is a byte.
    Ok(same.get().tag() == -tag::BOOLEAN && unsafe { same.get().payload::<u8>() } != 0)
}

/// An answer of q's that is the error of full memory says nothing about functions.
fn refuse_full(answer: Ref) -> Result<()> {
    if answer.error_text() == Some(c"wsfull") { Err(Error::MemoryFull) } else { Ok(()) }
}

/// Number of callbacks of the inline form.
pub fn count() -> usize {
    COUNT.load(Ordering::Relaxed)
}

/// Takes this thread's callbacks of the inline form from the table, since the thread ends.
pub fn forget() -> Vec<&'static Callback> {
    let inline = ManuallyDrop::into_inner(INLINE.take());
    COUNT.fetch_sub(inline.by_object.len(), Ordering::Relaxed);
    inline.by_object.into_values().collect()
}

/// The bytes of a function as q would send it; `None` for what cannot be sent, such as a native function.
fn serialized(function: Ref) -> Result<Option<Vec<u8>>> {
    // SAFETY: `b9` borrows its argument and returns a new byte vector, or NULL with an error that `ee` takes back.
    let bytes = unsafe { Owned::new(k::ee(k::native::b9(3, function.as_raw()))) }?;
    refuse_full(bytes.get())?;
    if bytes.get().tag() != tag::BYTE {
        return Ok(None);
    }
    // SAFETY: the elements of a byte vector are bytes.
    copied(unsafe { bytes.get().slice::<u8>() }).map(Some)
}
