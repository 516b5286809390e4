//! The functions of `.ffi` that bind C functions, call them once, and read variables.

use super::meant::{Meant, meant};
use super::place::place;
use super::types::{self, Types};
use crate::args::{self, function_name, integer, typed, usage};
use crate::binding::{self, Binding};
use crate::call::Callee;
use crate::callback;
use crate::error::{Error, Result, room};
use crate::jit::Form;
use crate::k::{K, Owned, Ref, same_text, tag};
use crate::library;
use crate::marshal::{self, Arguments};
use crate::plan::MAX_RANK;
use crate::prototype::Prototype;
use crate::signature::{Destroyer, More, Signature, Type};

/// Functions that bind a C function in a form of its own: what errors call them, and that form.
macro_rules! binders {
    ($($(#[$doc:meta])* $name:ident, $what:literal, $form:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// Those of reading the arguments, of lookup and of compilation.
        pub fn $name(func: Ref, args: Ref, ret: Ref) -> Result<Owned> {
            bound($what, func, args, ret, Form::$form)
        }
    )*};
}

binders! {
    /// `.ffi.i.bind[func;args;ret]`: the list-form function.
    bind, "bind", List;
    /// `.ffi.fn[func;args;ret]`: the fixed-rank function.
    fixed, "fn", Fixed;
    /// `.ffi.atomic[func;args;ret]`: the atomic function.
    atomic, "atomic", Atomic;
    /// `.ffi.simd[func;args;ret]`: the atomic function by the C function's vector variant; [`Error::Unsupported`] where
    /// there is none.
    simd, "simd", Simd;
    /// `.ffi.i.over[func;args;ret]`: the list-form function that folds.
    over, "over", Over;
    /// `.ffi.i.scan[func;args;ret]`: the same with all results on the way.
    scan, "scan", Scan;
    /// `.ffi.i.prior[func;args;ret]`: the list-form function of each item and the one before.
    prior, "prior", Prior;
}

/// `.ffi.i.atomicPar[func;args;ret;n]`: the atomic function that splits large vectors over n threads and q's own.
///
/// # Errors
/// Those of reading the arguments, of lookup and of compilation.
pub fn atomic_parallel(func: Ref, args: Ref, ret: Ref, n: Ref) -> Result<Owned> {
    binding::set_secondaries(usize::try_from(integer("atomicPar", "n", n)?).unwrap_or(0));
    bound("atomicPar", func, args, ret, Form::Parallel)
}

fn bound(what: &str, func: Ref, args: Ref, ret: Ref, form: Form) -> Result<Owned> {
    binding(what, func, args, ret, form)?.function()
}

/// The binding of a function, of its own types where C declares it and none are given.
///
/// # Errors
/// Those of reading the arguments, of lookup and of compilation.
pub fn binding(what: &str, func: Ref, args: Ref, ret: Ref, form: Form) -> Result<&'static Binding> {
    let Meant { place, prototype, declaration } = meant(what, func, args, ret)?;
    let binding = Binding::get(place, prototype, form)?;
    if let Some(text) = &declaration {
        binding.declare(text);
    }
    Ok(binding)
}

/// The type of a result, and what destroys the result in a pair such as ``("C";`free)``.
pub fn result_type(what: &str, ret: Ref) -> Result<(Vec<u8>, More)> {
    let pair = match (ret.items(), ret.item(0), ret.item(1)) {
        ([_, _], Some(ty), Some(destroyer)) if ty.chars().is_none_or(|text| text != b"k") => {
            Some((ty, destroyer))
        }
        _ => None,
    };
    let Some((ty, destroyer)) = pair else {
        let Types { text, notes } = types::parameter(what, "ret", ret)?;
        return Ok((text, More { ret: notes.into_iter().next().flatten(), ..More::default() }));
    };
    let destroyer = place(what, "ret", destroyer)?.function()? as usize;
    let more = More { destroyers: vec![Some(Destroyer(destroyer))], ..More::default() };
    let ty = args::types(what, "ret", ty)?;
    // It is the function's own result that is meant, whatever it fills besides.
    Signature::parse_with(b"", ty, more.clone())?;
    Ok((ty.into(), more))
}

/// `.ffi.callFunction[spec;args]`: a call with types taken from the data.
///
/// # Errors
/// Those of reading the arguments, of lookup, and of arguments that have no C type.
pub fn call_function(spec: Ref, args: Ref) -> Result<Owned> {
    let (ret, func) = typed(spec);
    let place = place("callFunction", "func", func)?;
    let (name, target) = (place.name(), place.function()?);
    let arguments = Arguments::of_call(args)?;
    let types = binding::inferred_types(&name.symbol, &arguments, 0)?;
    let (ret, more) =
        ret.map_or_else(|| Ok((b"i".into(), More::default())), |ret| result_type("callFunction", ret))?;
    let prototype = Prototype::with(types.as_bytes(), &ret, more)?;
    let callee =
        Callee { signature: &prototype.signature, name: &name.symbol, target, functions: callback::pointer };
    // SAFETY: the user asks for this call; a type was found for each argument.
    unsafe { prototype.caller_by_libffi().or_else(|_| prototype.caller())?.call(callee, &arguments) }
}

/// `.ffi.cvar[spec]`: the value of a global variable.
///
/// # Errors
/// Those of reading the argument and of lookup.
pub fn cvar(spec: Ref) -> Result<Owned> {
    let (ret, variable) = typed(spec);
    let name = function_name("cvar", variable)?;
    let ret = ret.map_or_else(
        || Ok(Types { text: b"i".into(), notes: vec![None] }),
        |ret| types::parameter("cvar", "ret", ret),
    )?;
    let more = More { ret: ret.notes.into_iter().next().flatten(), ..More::default() };
    let prototype = Prototype::with(b"", &ret.text, more)?;
    let address = library::address(&name)?;
    let Some(ty) = &prototype.signature.ret else {
        return Err(Error::Usage(format!("cvar: {}: a variable has a type", name.symbol)));
    };
    // SAFETY: the user has declared the variable to be of this type.
    let value = unsafe {
        match ty {
            // The variable goes on holding its reference.
            Type::Object => marshal::lent_by_c(address.cast::<K>().read_unaligned()),
            _ => marshal::read(ty, address),
        }
    };
    value.map_err(|error| error.by(&name.symbol))
}

/// `.ffi.asQFunc[func;n]`: a C function that takes and returns K, as a q function of rank n.
///
/// # Errors
/// Those of reading the arguments and of lookup; [`Error::Limit`] for a rank that q does not have.
pub fn as_q_function(func: Ref, rank: Ref) -> Result<Owned> {
    let place = place("asQFunc", "func", func)?;
    let rank = integer("asQFunc", "n", rank)?;
    let rank = usize::try_from(rank).ok().filter(|r| (1..=MAX_RANK).contains(r));
    let rank = rank.ok_or_else(|| Error::Limit(format!("asQFunc: n is 1 to {MAX_RANK}")))?;
    // Through a stub, so that what a callback signals in it reaches its caller.
    Binding::get(place, Prototype::get(&b"K".repeat(rank), b"K")?, Form::Fixed)?.function()
}

/// `.ffi.address func`: the address of a function or variable.
///
/// # Errors
/// Those of reading the argument and of lookup.
pub fn address_of(func: Ref) -> Result<Owned> {
    Owned::atom(-tag::LONG, place("address", "func", func)?.address()? as i64)
}

/// `.ffi.loadlib lib`: opens a library so that its functions are found by their name alone.
///
/// # Errors
/// Those of reading the argument and of opening.
pub fn load_library(library: Ref) -> Result<Owned> {
    let name = library.text().ok_or_else(|| usage("loadlib", "lib", "symbol or string", library))?;
    library::load_globally(&name)?;
    Owned::null()
}

/// `.ffi.bindings[]`: a table of all bindings.
///
/// # Errors
/// None.
pub fn list_bindings(_: Ref) -> Result<Owned> {
    let all = binding::all();
    let declarations = binding::declarations(&all);
    // Bindings lie all over the memory: each is looked at once.
    let (mut names, mut addresses, mut rows) = (room(all.len())?, room(all.len())?, room(all.len())?);
    for b in all {
        let [args, ret] = &b.prototype.types;
        let library = b.name.library.as_deref().unwrap_or_default();
        names.push(b.symbol()?);
        addresses.push(b.target as i64);
        rows.push([library, b.form.name(), b.prototype.route.name(), &**args, &**ret]);
    }
    let symbols = |i: usize| Owned::symbols(rows.iter().map(|row| row[i]));
    let strings = |i: usize| texts(rows.iter().map(|row| row[i]));
    Owned::table([
        // SAFETY: the elements of a symbol vector are pointers to interned texts.
        ("name", unsafe { Owned::vector(tag::SYMBOL, &names) }?),
        ("library", symbols(0)?),
        ("args", strings(3)?),
        ("ret", strings(4)?),
        ("form", symbols(1)?),
        ("route", symbols(2)?),
        // SAFETY: the elements of a long vector are 64-bit integers.
        ("address", unsafe { Owned::vector(tag::LONG, &addresses) }?),
        ("prototype", texts(declarations.iter().map(|text| text.as_deref().unwrap_or_default()))?),
    ])
}

/// A list of these texts; the same one again is the same object.
fn texts<'a>(texts: impl ExactSizeIterator<Item = &'a str>) -> Result<Owned> {
    let mut all: Vec<Owned> = room(texts.len())?;
    let mut last = None;
    for text in texts {
        let is_same = last.is_some_and(|last| same_text(last, text));
        let again = all.last().filter(|_| is_same).map(|x| x.get().to_owned());
        all.push(again.map_or_else(|| Owned::chars(text.as_bytes()), Ok)?);
        last = Some(text);
    }
    Owned::list(all)
}
