//! C functions that are bound: lookup, signature and stub put together into a q function.

mod atomic;
mod cold;
pub mod lazy;
mod loops;
mod mixture;
mod parallel;
mod simd;

use std::collections::HashMap;
use std::ffi::c_char;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

pub use self::parallel::set_secondaries;
use crate::args::named;
use crate::call::Callee;
use crate::call::vector::Variant;
use crate::callback;
use crate::calls::Named;
use crate::error::{Error, Result, Site, Step};
use crate::faults;
use crate::jit::{self, Form};
use crate::jit::{Code, Owner, Symbol};
use crate::k::{self, K, Owned, Ref};
use crate::library::{Name, Place};
use crate::marshal::{self, Arguments, Mismatch};
use crate::plan::MAX_RANK;
use crate::prototype::Prototype;
use crate::signature::{Type, Variadic};

/// A C function bound with a signature. Bindings live as long as the process, since q may hold their functions.
pub struct Binding {
    /// The function.
    pub name: Name,
    /// Its types, and what is shared by all functions of these types.
    pub prototype: Arc<Prototype>,
    /// How q calls it.
    pub form: Form,
    /// The C function.
    pub target: *const u8,
    /// What is called for it: itself, or what the convention wants before a variadic one.
    callee: *const u8,
    /// What is called for vectors, of the simd form.
    variant: Option<Box<Variant>>,
    /// Its name as a symbol of q's, once a table has had that.
    symbol: AtomicPtr<c_char>,
    code: OnceLock<Code>,
    kernels: OnceLock<Box<Kernels>>,
}

/// The loops that stubs leave vectors to. Few bindings have any.
#[derive(Default)]
struct Kernels {
    any: OnceLock<Code>,
    /// Those for mixtures of vectors and atoms that have been met, from the first place on.
    mixtures: OnceLock<Box<Mixtures>>,
}

/// Mixtures that a binding has loops for.
const MIXTURES: usize = 8;

/// Loops for mixtures, each with what it is for.
type Mixtures = [OnceLock<(u8, Code)>; MIXTURES];

// SAFETY: a binding is read-only once it is registered; the function it points to is C's.
unsafe impl Send for Binding {}
// SAFETY: what changes in it is atomic or set once; the rest is never written once it is registered.
unsafe impl Sync for Binding {}

/// All bindings, in order and by what they bind.
#[derive(Default)]
struct Bindings {
    all: Vec<&'static Binding>,
    by_place: HashMap<(Place, *const Prototype, Form), &'static Binding>,
    /// C's declarations of those that have one, by their address. None goes, or becomes another.
    declared: HashMap<usize, Arc<str>>,
}

// SAFETY: the pointer is a key only.
unsafe impl Send for Bindings {}

static BINDINGS: OnceLock<Mutex<Bindings>> = OnceLock::new();

fn bindings() -> &'static Mutex<Bindings> {
    BINDINGS.get_or_init(Mutex::default)
}

impl Binding {
    /// The binding of a function with a signature and form; one that exists is used again.
    ///
    /// # Errors
    /// [`Error::Limit`] when the form does not take as many parameters; those of lookup and compilation.
    pub fn get(place: impl Into<Place>, prototype: Arc<Prototype>, form: Form) -> Result<&'static Self> {
        let key = (place.into(), Arc::as_ptr(&prototype), form);
        let known = bindings().lock().by_place.get(&key).copied();
        if let Some(known) = known {
            return Ok(known);
        }
        let target = key.0.function()?;
        let variant = (form == Form::Simd).then(|| simd::find(&key.0, &prototype)).transpose()?.map(Box::new);
        let binding = Self::with_variant(key.0.name(), prototype, form, target, variant)?;
        let mut bindings = bindings().lock();
        bindings.all.push(binding);
        bindings.by_place.insert(key, binding);
        Ok(binding)
    }

    /// Binds a C function at an address, without registering it.
    ///
    /// # Errors
    /// [`Error::Limit`] when the form does not take as many parameters; [`Error::Codegen`].
    pub fn new(
        name: Name,
        prototype: Arc<Prototype>,
        form: Form,
        target: *const u8,
    ) -> Result<&'static Self> {
        Self::with_variant(name, prototype, form, target, None)
    }

    fn with_variant(
        name: Name,
        prototype: Arc<Prototype>,
        form: Form,
        target: *const u8,
        variant: Option<Box<Variant>>,
    ) -> Result<&'static Self> {
        let arity = prototype.signature.arity();
        if form != Form::List && arity > MAX_RANK {
            let text = format!(
                "{}: {} takes {MAX_RANK} parameters at most, {arity} given; use bind",
                name.symbol,
                form.name()
            );
            return Err(Error::Limit(text));
        }
        if form == Form::Fixed && matches!(prototype.signature.variadic, Variadic::FromData(_)) {
            let text = format!("{}: fn needs the types of the variable arguments; use bind", name.symbol);
            return Err(Error::Unsupported(text));
        }
        if matches!(form, Form::Over | Form::Scan | Form::Prior) {
            loops::check(&name.symbol, &prototype, form)?;
        }
        faults::begin(NAMES);
        let template = prototype.template(form)?;
        let callee = match prototype.signature.variadic {
            Variadic::No => target,
            _ => jit::variadic(target)?,
        };
        let (symbol, code, kernels) = Default::default();
        let binding = Self { name, prototype, form, target, callee, variant, symbol, code, kernels };
        let binding = Box::new(binding);
        let code = Code::install(template, binding.owner(), |symbol| binding.resolve(symbol))?;
        let binding = Box::leak(binding);
        binding.code.get_or_init(|| code);
        Ok(binding)
    }

    /// Whether these are its types, or its own with those of the variable arguments.
    fn has_types(&self, [args, ret]: [&str; 2]) -> bool {
        let [own_args, own_ret] = &self.prototype.types;
        let variable = args.strip_prefix(&**own_args);
        ret == &**own_ret
            && variable
                .is_some_and(|types| types.is_empty() || self.prototype.signature.variadic != Variadic::No)
    }

    fn owner(&self) -> Owner {
        Owner::Binding(std::ptr::from_ref(self) as usize)
    }

    fn resolve(&self, symbol: Symbol) -> usize {
        match symbol {
            Symbol::Target => self.callee as usize,
            Symbol::Context => std::ptr::from_ref(self) as usize,
            Symbol::ReleaseCallback => callback::object::release as *const () as usize,
            Symbol::MakeSymbol => k::make_symbol_of as *const () as usize,
            Symbol::ColdInPlace => cold::in_place as *const () as usize,
            Symbol::ColdInSlot => cold::in_slot as *const () as usize,
            Symbol::ColdList => cold::list as *const () as usize,
            Symbol::Rebox => cold::rebox as *const () as usize,
            Symbol::Collect => cold::collect as *const () as usize,
            Symbol::CollectVector => cold::collect_vector as *const () as usize,
            Symbol::Intern => cold::intern as *const () as usize,
            other => unreachable!("stubs do not name {}", other.name()),
        }
    }

    /// Notes how C declares it, unless that is known.
    pub fn declare(&self, text: &Arc<str>) {
        let address = std::ptr::from_ref(self) as usize;
        bindings().lock().declared.entry(address).or_insert_with(|| text.clone());
    }

    /// Its name as a symbol of q's, which is never freed.
    ///
    /// # Errors
    /// [`Error::MemoryFull`].
    pub fn symbol(&self) -> Result<*const c_char> {
        let known = self.symbol.load(Ordering::Relaxed);
        if !known.is_null() {
            return Ok(known);
        }
        let text = self.name.symbol.split('\0').next().unwrap_or_default();
        let symbol = k::intern_bytes(text.as_bytes())?;
        self.symbol.store(symbol.cast_mut(), Ordering::Relaxed);
        Ok(symbol)
    }

    /// The stub.
    pub fn entry(&self) -> *const u8 {
        self.code.get().map_or(std::ptr::null(), Code::entry)
    }

    /// The loop alone, of an atomic binding or an iterator's; installed on first use.
    ///
    /// # Errors
    /// [`Error::Codegen`].
    pub fn kernel(&self) -> Result<*const u8> {
        let kernel = &self.kernels.get_or_init(Default::default).any;
        if kernel.get().is_none() {
            let form = match self.form {
                Form::Over => Form::Steps,
                Form::Scan => Form::KeptSteps,
                _ => Form::Kernel,
            };
            let template = self.prototype.template(form)?;
            let code = Code::install(template, self.owner(), |symbol| self.resolve(symbol))?;
            kernel.get_or_init(|| code);
        }
        Ok(kernel.get().map_or(std::ptr::null(), |code| code.entry()))
    }

    /// The loop for arguments of which these, a bit each, are atoms; the one for all mixtures where there are enough of others.
    ///
    /// # Errors
    /// [`Error::Codegen`].
    pub fn mixture(&self, atoms: u8) -> Result<*const u8> {
        let places = self.kernels.get_or_init(Default::default).mixtures.get_or_init(Default::default);
        for place in places.iter() {
            if place.get().is_none() {
                let Some(template) = self.prototype.mixture(atoms)? else { break };
                let code = Code::install(template, self.owner(), |symbol| self.resolve(symbol))?;
                // Another thread may have been faster.
                if let Err((_, code)) = place.set((atoms, code)) {
                    code.free();
                }
            }
            if let Some((_, code)) = place.get().filter(|(own, _)| *own == atoms) {
                return Ok(code.entry());
            }
        }
        self.kernel()
    }

    /// Number of parameters of the q function: C's own, or one for the list form and for functions of none.
    pub fn rank(&self) -> usize {
        match self.form {
            Form::Fixed | Form::Atomic | Form::Parallel | Form::Simd => {
                self.prototype.signature.arity().max(1)
            }
            _ => 1,
        }
    }

    /// The q function.
    ///
    /// # Errors
    /// [`Error::MemoryFull`].
    pub fn function(&self) -> Result<Owned> {
        // SAFETY: the stub takes this many K and returns one, and is never freed.
        unsafe { Owned::function(self.entry(), self.rank()) }
    }

    /// The K object for a result that the function has returned in a word, or for a struct at that address.
    fn result(&self, word: u64) -> Result<Owned> {
        let signature = &self.prototype.signature;
        let is_at_address = signature.results.is_some() || matches!(signature.ret, Some(Type::Struct(_)));
        let from = if is_at_address { word as usize as *const u8 } else { std::ptr::from_ref(&word).cast() };
        // SAFETY: a stub passes the address of its frame where C has returned a struct, or where result and out-parameters
        // lie; the word begins with any other value that C has returned.
        unsafe { marshal::results(signature, from, |_| false) }.map_err(|error| error.by(&self.name.symbol))
    }

    /// Calls the stub of a function of C's own rank.
    ///
    /// # Errors
    /// What the stub signals.
    ///
    /// # Safety
    /// There are as many live objects as the function has parameters.
    pub unsafe fn call_stub(&self, args: &[K]) -> Result<Owned> {
        // SAFETY: the caller counts the arguments; each is lent for the call.
        let result = unsafe { k::call(self.entry(), args) };
        // SAFETY: the stub gives its result away; it returns none with an error only, since it is not of a void function.
        if result.is_null() { Err(k::signalled()) } else { unsafe { Owned::new(result) } }
    }

    /// Calls the function with whatever conversions the arguments need.
    ///
    /// # Errors
    /// Those of conversion, and what a callback signals.
    pub fn call(&self, arguments: &Arguments) -> Result<Owned> {
        // SAFETY: the user has declared the function to be of this signature; the callers count the arguments.
        unsafe { self.prototype.caller()?.call(self.callee_of(&self.prototype), arguments) }
    }

    /// The function as it is called with its own types.
    pub fn callee(&self) -> Callee<'_> {
        self.callee_of(&self.prototype)
    }

    /// The function as it is called with the types of a prototype: its own, or its own completed.
    fn callee_of<'a>(&'a self, prototype: &'a Prototype) -> Callee<'a> {
        Callee {
            signature: &prototype.signature,
            name: &self.name.symbol,
            target: self.callee,
            functions: callback::pointer,
        }
    }

    fn call_list(&self, list: Ref) -> Result<Owned> {
        let signature = &self.prototype.signature;
        let name = &self.name.symbol;
        match signature.variadic {
            Variadic::FromData(_) => {
                let fixed = signature.fixed_arity();
                self.call_variadic(&Arguments::of_variadic(list, fixed, name)?, fixed)
            }
            _ => self.call(&Arguments::of_list(list, signature, name)?),
        }
    }

    /// Takes the types of the variable arguments from the data.
    fn call_variadic(&self, arguments: &Arguments, fixed: usize) -> Result<Owned> {
        let types = variadic_types(&self.name.symbol, arguments, fixed)?;
        let prototype = self.prototype.completed(&types)?;
        // SAFETY: the user has declared the function to be of this signature; a type was found for each argument.
        unsafe { prototype.caller_by_use()?.call(self.callee_of(&prototype), arguments) }
    }
}

/// Type characters for arguments from `first` on, by what they are. A char is none: it may be meant as a text of one, or
/// as a character.
///
/// # Errors
/// [`Error::Argument`] for what C has no type for.
fn variadic_types(name: &str, arguments: &Arguments, first: usize) -> Result<String> {
    for i in first..arguments.len() {
        if arguments.get(i).is_some_and(|x| x.tag() == -k::tag::CHAR) {
            let wants = "... wants enlist of a char that is a text, \"i\"$ of one that is a character";
            let at = Site { name: name.into(), path: vec![Step::Item(i)] };
            return Err(Error::Argument { at, wants: wants.into(), got: "char".into() });
        }
    }
    inferred_types(name, arguments, first)
}

/// Type characters for arguments from `first` on, by what they are.
///
/// # Errors
/// [`Error::Argument`] for what C has no type for.
pub fn inferred_types(name: &str, arguments: &Arguments, first: usize) -> Result<String> {
    (first..arguments.len())
        .map(|i| {
            let x = arguments
                .get(i)
                .ok_or_else(|| Error::Usage(format!("{name}[{i}]: no object in the list")))?;
            let none = || Mismatch::Type { wants: "C wants an atom or a vector".into(), got: named(x) };
            marshal::inferred_type(x).ok_or_else(|| none().at(name, i))
        })
        .collect()
}

/// What reports of faults say of bindings.
pub const NAMES: faults::Names = faults::Names { of: named_at, declaration };

fn named_at(binding: usize) -> Named<'static> {
    // SAFETY: the owner of code is a binding, which is never freed.
    let binding: &'static Binding = unsafe { &*(binding as *const Binding) };
    let [args, ret] = &binding.prototype.types;
    Named::new(&binding.name.symbol, [args, ret], binding.target)
}

/// How C declares a function that is called with its own types. For signal handlers: allocates nothing, and waits for nobody.
fn declaration(named: &Named) -> Option<&'static str> {
    let bindings = BINDINGS.get()?.try_lock()?;
    let is_meant = |address: usize| {
        // SAFETY: what is declared is a binding, which is never freed.
        let binding: &'static Binding = unsafe { &*(address as *const Binding) };
        [binding.target, binding.callee].contains(&(named.target as *const u8))
            && binding.has_types(named.types)
    };
    let text = bindings.declared.iter().find(|(address, _)| is_meant(**address))?.1;
    // SAFETY: the text of a declaration stays for as long as the process.
    Some(unsafe { &*std::ptr::from_ref::<str>(text) })
}

/// How C declares each of these, where that is known.
pub fn declarations(all: &[&'static Binding]) -> Vec<Option<Arc<str>>> {
    let bindings = bindings().lock();
    let declared = |b: &&'static Binding| bindings.declared.get(&(std::ptr::from_ref(*b) as usize)).cloned();
    all.iter().map(declared).collect()
}

/// Every binding there is, in the order of their making.
pub fn all() -> Vec<&'static Binding> {
    bindings().lock().all.clone()
}
