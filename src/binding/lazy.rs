//! Functions that are bound at their first call: those that C declarations name, of which there may be thousands.

use std::collections::HashMap;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use super::Binding;
use crate::abi::Abi;
use crate::calls;
use crate::cdef::letters::Letters;
use crate::error::{Error, Result};
use crate::guard::caught;
use crate::jit::deferred::{self, Words};
use crate::jit::{Code, Form};
use crate::k::{self, K, K0, Owned, Ref};
use crate::library::{self, Name};
use crate::plan::MAX_RANK;
use crate::prototype::Prototype;
use crate::signature::{Destroyer, More};

/// What a function is to be bound as.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Declared {
    /// The function.
    pub name: Name,
    /// As C declares it.
    pub text: Arc<str>,
    /// Its types as letters, or why it cannot be called.
    pub types: std::result::Result<Letters, String>,
    /// Arguments that q gives.
    pub parameters: usize,
    /// Whether there are variable arguments.
    pub variadic: bool,
}

impl Declared {
    /// How q calls it: at C's own rank where it has one that q has too.
    pub fn form(&self) -> Form {
        if self.variadic || self.parameters > MAX_RANK { Form::List } else { Form::Fixed }
    }

    /// Its prototype.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for what cannot be called; [`Error::Symbol`] where there is nothing that ends what it gives away.
    pub fn prototype(&self) -> Result<Arc<Prototype>> {
        let types = self.types.as_ref().map_err(|why| Error::Unsupported(why.clone()))?;
        let destroyers =
            types.destroyers.iter().map(|by| by.as_deref().map(|by| self.destroyer(by)).transpose());
        let destroyers = destroyers.collect::<Result<_>>()?;
        let more = More { destroyers, params: types.params.clone(), ret: types.result.clone() };
        Prototype::with(types.args.as_bytes(), types.ret.as_bytes(), more)
    }

    /// A function of the same library, or of the process.
    fn destroyer(&self, name: &str) -> Result<Destroyer> {
        let within = |library| library::function(&Name { library, symbol: name.into() });
        let function = within(self.name.library.clone()).or_else(|_| within(None))?;
        Ok(Destroyer(function as usize))
    }

    fn rank(&self) -> usize {
        if self.form() == Form::List { 1 } else { self.parameters.max(1) }
    }
}

/// A function that is bound or will be. Code refers to it by the address of its first field.
#[repr(C)]
struct Lazy {
    words: Words,
    declared: Declared,
    entry: OnceLock<Code>,
    /// The object of q's main thread, once there is one.
    object: AtomicPtr<K0>,
}

/// All of them, which live as long as the process, since q may hold their functions.
#[derive(Default)]
struct Functions {
    /// The entries, by what they are.
    entries: HashMap<Declared, &'static Lazy>,
    /// By the objects of q's main thread, which are kept so that nothing else has their addresses.
    objects: HashMap<usize, &'static Lazy>,
}

fn functions() -> &'static Mutex<Functions> {
    static FUNCTIONS: OnceLock<Mutex<Functions>> = OnceLock::new();
    FUNCTIONS.get_or_init(Mutex::default)
}

/// What a q function of [`function`] is declared as; `None` for other objects, those of other threads among them.
pub fn declared(x: Ref) -> Option<&'static Declared> {
    let address = x.as_raw() as usize;
    functions().lock().objects.get(&address).map(|lazy| &lazy.declared)
}

/// The q function.
///
/// # Errors
/// [`Error::Codegen`] when there is no memory for its code, [`Error::MemoryFull`].
pub fn function(declared: Declared) -> Result<Owned> {
    let lazy = lazy(declared)?;
    // SAFETY: the code takes as many K as the stub that it will jump to, and is never freed.
    let new = || unsafe {
        Owned::function(lazy.entry.get().map_or(std::ptr::null(), Code::entry), lazy.declared.rank())
    };
    // Objects are their threads', and those of others may end.
    if !calls::enter().is_main() {
        return new();
    }
    let kept = match lazy.object.load(Ordering::Relaxed) {
        known if !known.is_null() => known,
        _ => {
            let object = new()?.into_raw();
            lazy.object.store(object, Ordering::Relaxed);
            functions().lock().objects.insert(object as usize, lazy);
            object
        }
    };
    // SAFETY: the object is kept for ever, and this is its thread.
    unsafe { Ref::new(kept) }.map_or(Err(Error::MemoryFull), |kept| Ok(kept.to_owned()))
}

fn lazy(declared: Declared) -> Result<&'static Lazy> {
    let mut functions = functions().lock();
    if let Some(&known) = functions.entries.get(&declared) {
        return Ok(known);
    }
    let first = if Abi::HOST.counts_floats_apart() { in_place as *const () } else { in_slot as *const () };
    let (entry, object) = Default::default();
    let lazy: &'static Lazy =
        Box::leak(Box::new(Lazy { words: Words::new(first), declared: declared.clone(), entry, object }));
    let code = deferred::defer(&lazy.words)?;
    lazy.entry.get_or_init(|| code);
    functions.entries.insert(declared, lazy);
    Ok(lazy)
}

impl Lazy {
    fn bind(&self) -> Result<&'static Binding> {
        let binding =
            Binding::get(self.declared.name.clone(), self.declared.prototype()?, self.declared.form())?;
        binding.declare(&self.declared.text);
        self.words.set(binding.entry());
        Ok(binding)
    }
}

/// The first call where the arguments are left where they came; those beyond the function's rank are whatever was there.
/// The address comes as the bits of a float.
#[allow(clippy::too_many_arguments, reason = "as many as q passes")]
extern "C" fn in_place(a: K, b: K, c: K, d: K, e: K, f: K, g: K, h: K, lazy: f64) -> K {
    let args: [K; MAX_RANK] = [a, b, c, d, e, f, g, h];
    in_slot(lazy.to_bits() as usize as *const Lazy, args.as_ptr())
}

/// The first call where the arguments are laid out in memory.
extern "C" fn in_slot(lazy: *const Lazy, args: *const K) -> K {
    // SAFETY: code passes the address of the words that it was made for, which begin a `Lazy` that is never freed.
    let lazy = unsafe { &*lazy };
    match caught(|| lazy.bind()) {
        // SAFETY: q has passed as many objects as the function has parameters, and so has the code.
        Ok(binding) => unsafe {
            k::call(binding.entry(), std::slice::from_raw_parts(args, lazy.declared.rank()))
        },
        Err(error) => k::signal(&error),
    }
}
