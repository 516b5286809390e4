//! Binds C functions: puts lookup, signature and stub together into a q function, and makes one-off calls.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use crate::atomic;
use crate::callback::{self, state};
use crate::entry::{argument, guard};
use crate::error::{Error, Result};
use crate::jit::{self, Form};
use crate::jit::{Code, Symbol};
use crate::k::{self, K, Owned, Ref};
use crate::library::{self, Name};
use crate::marshal::{self, Arguments};
use crate::parallel;
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
    target: *const u8,
    /// What is called for it: itself, or what the convention wants before a variadic one.
    callee: *const u8,
    code: OnceLock<Code>,
    kernel: OnceLock<Code>,
}

// SAFETY: a binding is read-only once it is registered; the function it points to is C's.
unsafe impl Send for Binding {}
// SAFETY: as above.
unsafe impl Sync for Binding {}

/// All bindings, in order and by what they bind.
#[derive(Default)]
struct Bindings {
    all: Vec<&'static Binding>,
    by_name: HashMap<(Name, *const Prototype, Form), &'static Binding>,
}

// SAFETY: the pointer is a key only.
unsafe impl Send for Bindings {}

fn bindings() -> &'static Mutex<Bindings> {
    static BINDINGS: OnceLock<Mutex<Bindings>> = OnceLock::new();
    BINDINGS.get_or_init(Mutex::default)
}

impl Binding {
    /// The binding of a function with a signature and form; one that exists is used again.
    ///
    /// # Errors
    /// [`Error::Limit`] when the form does not take as many parameters; those of lookup and compilation.
    pub fn get(name: Name, prototype: Arc<Prototype>, form: Form) -> Result<&'static Self> {
        let key = (name, Arc::as_ptr(&prototype), form);
        let known = bindings().lock().by_name.get(&key).copied();
        if let Some(known) = known {
            return Ok(known);
        }
        let target = library::address(&key.0)?;
        let binding = Self::new(key.0.clone(), prototype, form, target)?;
        let mut bindings = bindings().lock();
        bindings.all.push(binding);
        bindings.by_name.insert(key, binding);
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
        let arity = prototype.signature.params.len();
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
        let template = prototype.template(form)?;
        let callee = match prototype.signature.variadic {
            Variadic::No => target,
            _ => jit::variadic(target)?,
        };
        let (code, kernel) = Default::default();
        let binding = Box::new(Self { name, prototype, form, target, callee, code, kernel });
        let code = Code::install(template, |symbol| binding.resolve(symbol))?;
        let binding = Box::leak(binding);
        binding.code.get_or_init(|| code);
        Ok(binding)
    }

    fn resolve(&self, symbol: Symbol) -> usize {
        match symbol {
            Symbol::Target => self.callee as usize,
            Symbol::Context => std::ptr::from_ref(self) as usize,
            Symbol::ReleaseCallback => callback::object::release as *const () as usize,
            Symbol::MakeSymbol => marshal::make_symbol as *const () as usize,
            Symbol::ColdInPlace => cold_in_place as *const () as usize,
            Symbol::ColdInSlot => cold_in_slot as *const () as usize,
            Symbol::ColdList => cold_list as *const () as usize,
            Symbol::Rebox => rebox as *const () as usize,
            Symbol::Collect => collect as *const () as usize,
            Symbol::CollectVector => atomic::collect as *const () as usize,
            Symbol::Intern => marshal::intern as *const () as usize,
            other => unreachable!("stubs do not name {}", other.name()),
        }
    }

    /// The stub.
    pub fn entry(&self) -> *const u8 {
        self.code.get().map_or(std::ptr::null(), Code::entry)
    }

    /// The loop over elements, of an atomic binding; installed on first use.
    ///
    /// # Errors
    /// [`Error::Codegen`].
    pub fn kernel(&self) -> Result<*const u8> {
        if self.kernel.get().is_none() {
            let code = Code::install(self.prototype.template(Form::Kernel)?, |symbol| self.resolve(symbol))?;
            self.kernel.get_or_init(|| code);
        }
        Ok(self.kernel.get().map_or(std::ptr::null(), Code::entry))
    }

    /// Number of parameters of the q function: C's own, or one for the list form and for functions of none.
    pub fn rank(&self) -> usize {
        match self.form {
            Form::Fixed | Form::Atomic | Form::Parallel => self.prototype.signature.params.len().max(1),
            Form::List | Form::Kernel | Form::Callback | Form::Invoker => 1,
        }
    }

    /// The q function.
    pub fn function(&self) -> Owned {
        // SAFETY: the stub takes this many K and returns one, and is never freed.
        unsafe { Owned::function(self.entry(), self.rank()) }
    }

    /// The K object for a result that the function has returned in a word, or for a struct at that address.
    fn result(&self, word: u64) -> Result<Owned> {
        let ret = self.prototype.signature.ret.as_ref();
        if let Some(ty @ Type::Struct(_)) = ret {
            // SAFETY: a stub passes the address of its frame where C has returned it.
            return unsafe { marshal::result(ty, word as usize as *const u8) };
        }
        // SAFETY: C has returned a value of this type, with which the word begins.
        ret.map_or_else(
            || Ok(Owned::null()),
            |ty| unsafe { marshal::result(ty, std::ptr::from_ref(&word).cast()) },
        )
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
        if result.is_null() { Err(callback::q_error()) } else { Ok(unsafe { Owned::from_raw(result) }) }
    }

    /// Calls the function with whatever conversions the arguments need.
    ///
    /// # Errors
    /// Those of conversion, and what a callback signals.
    pub fn call(&self, arguments: &Arguments) -> Result<Owned> {
        let signature = &self.prototype.signature;
        // SAFETY: the user has declared the function to be of this signature; the callers count the arguments.
        unsafe { self.prototype.caller()?.call(signature, &self.name.symbol, self.callee, arguments) }
    }

    fn call_list(&self, list: Ref) -> Result<Owned> {
        let signature = &self.prototype.signature;
        let name = &self.name.symbol;
        match signature.variadic {
            Variadic::FromData(fixed) => {
                self.call_variadic(&Arguments::of_variadic(list, fixed, name)?, fixed)
            }
            _ => self.call(&Arguments::of_list(list, signature.params.len(), name)?),
        }
    }

    /// Takes the types of the variable arguments from the data.
    fn call_variadic(&self, arguments: &Arguments, fixed: usize) -> Result<Owned> {
        let types = inferred_types(&self.name.symbol, arguments, fixed)?;
        let prototype = self.prototype.completed(&types)?;
        // SAFETY: the user has declared the function to be of this signature; a type was found for each argument.
        unsafe {
            prototype.caller_by_use()?.call(&prototype.signature, &self.name.symbol, self.callee, arguments)
        }
    }
}

/// The cold path of fixed-rank stubs that leave their arguments where they came. Those beyond the function's rank are
/// whatever was there. The binding's address comes as the bits of a float.
#[allow(clippy::too_many_arguments)]
pub(crate) extern "C" fn cold_in_place(a: K, b: K, c: K, d: K, e: K, f: K, g: K, h: K, binding: f64) -> K {
    let args: [K; MAX_RANK] = [a, b, c, d, e, f, g, h];
    cold_in_slot(binding.to_bits() as usize as *const Binding, args.as_ptr())
}

/// The cold path of fixed-rank stubs that lay their arguments out in the frame.
pub(crate) extern "C" fn cold_in_slot(binding: *const Binding, args: *const K) -> K {
    guard(|| {
        // SAFETY: a stub passes its own binding, which is never freed, and as many objects as it has parameters.
        let (binding, args) = unsafe {
            let binding = &*binding;
            (binding, std::slice::from_raw_parts(args, binding.prototype.signature.params.len()))
        };
        match binding.form {
            Form::Atomic | Form::Parallel => {
                // SAFETY: q keeps the arguments of a call alive until it returns.
                let args: Result<Vec<Ref>> = args.iter().map(|&x| unsafe { argument(x) }).collect();
                atomic::apply(binding, &args?)
            }
            _ => binding.call(&Arguments::Borrowed(args)),
        }
    })
}

/// The cold path of list-form stubs.
pub(crate) extern "C" fn cold_list(list: K, binding: *const Binding) -> K {
    // SAFETY: a stub passes its own binding, which is never freed, and the argument that q lends it.
    guard(|| unsafe { (*binding).call_list(argument(list)?) })
}

/// Makes a K object of a result that no stub can: a pointer.
pub(crate) extern "C" fn rebox(word: u64, binding: *const Binding) -> K {
    // SAFETY: a stub passes its own binding, which is never freed.
    guard(|| unsafe { &*binding }.result(word))
}

/// Ends a call during which some callback has left an error: signals it if it was on this thread.
pub(crate) extern "C" fn collect(word: u64, binding: *const Binding) -> K {
    guard(|| {
        // SAFETY: a stub passes its own binding, which is never freed.
        let result = unsafe { &*binding }.result(word);
        state::take_error().and(result)
    })
}

/// `.ffi.i.bind[func;args;ret]`: the list-form function.
///
/// # Errors
/// Those of reading the arguments, of lookup and of compilation.
pub fn bind(func: Ref, args: Ref, ret: Ref) -> Result<Owned> {
    bound("bind", func, args, ret, Form::List)
}

/// `.ffi.fn[func;args;ret]`: the fixed-rank function.
///
/// # Errors
/// Those of reading the arguments, of lookup and of compilation.
pub fn fixed(func: Ref, args: Ref, ret: Ref) -> Result<Owned> {
    bound("fn", func, args, ret, Form::Fixed)
}

/// `.ffi.atomic[func;args;ret]`: the atomic function.
///
/// # Errors
/// Those of reading the arguments, of lookup and of compilation.
pub fn atomic(func: Ref, args: Ref, ret: Ref) -> Result<Owned> {
    bound("atomic", func, args, ret, Form::Atomic)
}

/// `.ffi.i.atomicPar[func;args;ret;n]`: the atomic function that splits large vectors over n threads and q's own.
///
/// # Errors
/// Those of reading the arguments, of lookup and of compilation.
pub fn atomic_parallel(func: Ref, args: Ref, ret: Ref, n: Ref) -> Result<Owned> {
    parallel::set_secondaries(usize::try_from(integer("atomicPar", "n", n)?).unwrap_or(0));
    bound("atomicPar", func, args, ret, Form::Parallel)
}

fn bound(what: &str, func: Ref, args: Ref, ret: Ref, form: Form) -> Result<Owned> {
    let name = function_name(what, func)?;
    let prototype = Prototype::get(types(what, "args", args)?, types(what, "ret", ret)?)?;
    Ok(Binding::get(name, prototype, form)?.function())
}

/// `.ffi.callFunction[spec;args]`: a call with types taken from the data.
///
/// # Errors
/// Those of reading the arguments, of lookup, and of arguments that have no C type.
pub fn call_function(spec: Ref, args: Ref) -> Result<Owned> {
    let (ret, name) = typed_name("callFunction", spec)?;
    let target = library::address(&name)?;
    let arguments = Arguments::of_call(args);
    let types = inferred_types(&name.symbol, &arguments, 0)?;
    let prototype = Prototype::get(types.as_bytes(), ret)?;
    // SAFETY: the user asks for this call; a type was found for each argument.
    unsafe { prototype.caller_by_libffi()?.call(&prototype.signature, &name.symbol, target, &arguments) }
}

/// `.ffi.cvar[spec]`: the value of a global variable.
///
/// # Errors
/// Those of reading the argument and of lookup.
pub fn cvar(spec: Ref) -> Result<Owned> {
    let (ret, name) = typed_name("cvar", spec)?;
    let prototype = Prototype::get(b"", ret)?;
    let address = library::address(&name)?;
    let Some(ty) = &prototype.signature.ret else {
        return Err(Error::Usage(format!("cvar: {}: a variable has a type", name.symbol)));
    };
    // SAFETY: the user has declared the variable to be of this type.
    let value = unsafe { marshal::read(ty, address) };
    Ok(match ty {
        // The variable goes on holding its reference.
        Type::Object => std::mem::ManuallyDrop::new(value).get().to_owned(),
        _ => value,
    })
}

/// `.ffi.asQFunc[func;n]`: a C function that takes and returns K, as a q function of rank n.
///
/// # Errors
/// Those of reading the arguments and of lookup; [`Error::Limit`] for a rank that q does not have.
pub fn as_q_function(func: Ref, rank: Ref) -> Result<Owned> {
    let name = function_name("asQFunc", func)?;
    let rank = integer("asQFunc", "n", rank)?;
    let rank = usize::try_from(rank).ok().filter(|r| (1..=MAX_RANK).contains(r));
    let rank = rank.ok_or_else(|| Error::Limit(format!("asQFunc: n is 1 to {MAX_RANK}")))?;
    let code = library::address(&name)?;
    // SAFETY: the user has declared the function to be of this form; libraries are never closed.
    Ok(unsafe { Owned::function(code, rank) })
}

/// `.ffi.loadlib lib`: opens a library so that its functions are found by their name alone.
///
/// # Errors
/// Those of reading the argument and of opening.
pub fn load_library(library: Ref) -> Result<Owned> {
    let name = library.text().ok_or_else(|| usage("loadlib", "lib", "symbol or string", library))?;
    library::load_globally(&name)?;
    Ok(Owned::null())
}

/// `.ffi.bindings[]`: a table of all bindings.
///
/// # Errors
/// None.
pub fn list_bindings(_: Ref) -> Result<Owned> {
    let all = bindings().lock().all.clone();
    let symbols = |f: &dyn Fn(&Binding) -> String| {
        let texts: Vec<String> = all.iter().map(|b| f(b)).collect();
        Owned::symbols(texts.iter().map(String::as_str))
    };
    let strings = |f: &dyn Fn(&Binding) -> String| {
        Owned::list(all.iter().map(|b| Owned::chars(f(b).as_bytes())).collect())
    };
    let addresses: Vec<i64> = all.iter().map(|b| b.target as i64).collect();
    Ok(Owned::table(vec![
        ("name", symbols(&|b| b.name.symbol.to_string())),
        ("library", symbols(&|b| b.name.library.as_deref().unwrap_or_default().into())),
        ("args", strings(&|b| b.prototype.signature.args_text())),
        ("ret", strings(&|b| b.prototype.signature.ret_text())),
        ("form", symbols(&|b| b.form.name().into())),
        ("route", symbols(&|b| b.prototype.plans.call.route.name().into())),
        // SAFETY: the elements of a long vector are 64-bit integers.
        ("address", unsafe { Owned::vector(k::tag::LONG, &addresses) }),
    ]))
}

/// The name of a function or variable: `` `f ``, `` `lib`f ``, or a pair of symbols or strings.
pub(crate) fn function_name(what: &str, func: Ref) -> Result<Name> {
    let wrong = || usage(what, "func", "`f, `lib`f or (lib;f)", func);
    if let Some(symbol) = func.text() {
        return Ok(Name { library: None, symbol: symbol.into() });
    }
    let pair = match func.tag() {
        k::tag::LIST | k::tag::SYMBOL if func.len() == 2 => Arguments::of_call(func),
        _ => return Err(wrong()),
    };
    let text = |i| pair.get(i).and_then(Ref::text).ok_or_else(wrong);
    Ok(Name { library: Some(text(0)?.into()), symbol: text(1)?.into() })
}

/// A name with a result type before it, as `("f";`pow)`; the type is `"i"` where none is given.
fn typed_name<'a>(what: &str, spec: Ref<'a>) -> Result<(&'a [u8], Name)> {
    if let (2, Some(ret), Some(func)) = (spec.items().len(), spec.item(0).and_then(Ref::chars), spec.item(1))
    {
        // A library may be named by a string too, which no type of one character or in braces looks like.
        if ret.len() == 1 || ret.starts_with(b"{") {
            return Ok((ret, function_name(what, func)?));
        }
    }
    Ok((b"i", function_name(what, spec)?))
}

pub(crate) fn types<'a>(what: &str, which: &str, x: Ref<'a>) -> Result<&'a [u8]> {
    match x.tag() {
        k::tag::LIST if x.is_empty() => Ok(b""),
        _ => x.chars().ok_or_else(|| usage(what, which, "string or char", x)),
    }
}

/// An int or long argument of a native function.
///
/// # Errors
/// [`Error::Usage`].
pub fn integer(what: &str, which: &str, x: Ref) -> Result<i64> {
    // SAFETY: the tags tell the payloads' types.
    unsafe {
        match -x.tag() {
            k::tag::INT => Ok(x.payload::<i32>().into()),
            k::tag::LONG => Ok(x.payload()),
            _ => Err(usage(what, which, "int or long", x)),
        }
    }
}

/// The error for an argument of a native function that is not of its form.
pub fn usage(what: &str, which: &str, wants: &str, got: Ref) -> Error {
    let got = if got.is_null() { "::".into() } else { k::type_name(got.tag()) };
    Error::Usage(format!("{what}: {which} wants {wants}, got {got}"))
}

/// Type characters for arguments from `first` on, by what they are.
fn inferred_types(name: &str, arguments: &Arguments, first: usize) -> Result<String> {
    (first..arguments.len())
        .map(|i| {
            let x = arguments
                .get(i)
                .ok_or_else(|| Error::Usage(format!("{name}[{i}]: no object in the list")))?;
            marshal::inferred_type(x).ok_or_else(|| {
                marshal::Mismatch::Type {
                    wants: "C wants an atom or a vector".into(),
                    got: k::type_name(x.tag()),
                }
                .at(name, i)
            })
        })
        .collect()
}
