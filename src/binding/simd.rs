//! Atomic functions by the vector variants of C functions.

use super::Binding;
use super::atomic::convert;
use crate::call::vector::{self, Operand, Variant};
use crate::calls::{self, Named};
use crate::ctype::CType;
use crate::error::{Error, Result};
use crate::k::{Owned, Ref, tag};
use crate::library::{self, Name, Place};
use crate::prototype::Prototype;
use crate::signature::{Type, Variadic};

/// Where glibc has the variants of what is in libm.
const LIBM: &str = "libm";
const LIBMVEC: &str = "libmvec.so.1";

/// The widest variant of a function that there is and this processor can run.
///
/// # Errors
/// [`Error::Unsupported`] where there is none, and for other types than one or two floats or reals.
pub fn find(place: &Place, prototype: &Prototype) -> Result<Variant> {
    let row = element(prototype)?;
    let Place::Named(name) = place else {
        return Err(Error::Unsupported("simd: variants are found by a name, not by an address".into()));
    };
    let variants = vector::variants(&name.symbol, prototype.signature.params.len(), row.repr.size());
    let libraries = libraries(name);
    for (symbol, variant) in &variants {
        for library in &libraries {
            let named = Name { library: library.clone(), symbol: symbol.as_str().into() };
            if let Ok(function) = library::function(&named) {
                return Ok(variant(function));
            }
        }
    }
    let such = variants.first().map_or("on this system".into(), |(symbol, _)| format!("such as {symbol}"));
    Err(Error::Unsupported(format!("simd: {} has no vector variants, {such}; use atomic", name.symbol)))
}

/// The library itself, and libmvec for what is libm's.
fn libraries(name: &Name) -> Vec<Option<std::sync::Arc<str>>> {
    let in_libm = Name { library: Some(LIBM.into()), symbol: name.symbol.clone() };
    let is_libm_s = library::address(name).is_ok_and(|own| library::address(&in_libm) == Ok(own));
    [Some(name.library.clone()), is_libm_s.then(|| Some(LIBMVEC.into()))].into_iter().flatten().collect()
}

/// The type of parameters and result, which is one.
fn element(prototype: &Prototype) -> Result<&'static CType> {
    let signature = &prototype.signature;
    let is_plain = signature.variadic == Variadic::No && (1..=2).contains(&signature.params.len());
    match signature.ret {
        Some(Type::Value(row))
            if is_plain
                && ['e', 'f'].contains(&row.letter)
                && signature.params.iter().all(|ty| *ty == Type::Value(row)) =>
        {
            Ok(row)
        }
        _ => Err(Error::Unsupported("simd functions but of one or two f to f, or e to e".into())),
    }
}

/// Applies to atoms and vectors of the type itself, of which one is a vector and all are as long; `None` for others.
pub fn exactly(binding: &Binding, args: &[Ref]) -> Option<Result<Owned>> {
    let Some(Type::Value(row)) = binding.prototype.signature.ret else { return None };
    let mut vectors = args.iter().filter(|x| x.tag() == row.tag());
    let n = vectors.next()?.len();
    let conforms = vectors.all(|x| x.len() == n) && args.iter().all(|x| x.tag().abs() == row.tag());
    conforms.then(|| run(binding, args, n))
}

/// Applies to atoms, through the same variant.
///
/// # Errors
/// Those of conversion, [`Error::MemoryFull`].
pub fn atoms(binding: &Binding, args: &[Ref]) -> Result<Owned> {
    let name = &binding.name.symbol;
    let types = binding.prototype.signature.params.iter();
    let converted = types.zip(args).enumerate();
    let converted: Vec<Owned> =
        converted.map(|(i, (ty, x))| convert(ty, *x, 1).map_err(|m| m.at(name, i))).collect::<Result<_>>()?;
    let args: Vec<Ref> = converted.iter().map(Owned::get).collect();
    crate::marshal::element(run(binding, &args, 1)?.get(), 0)
}

/// Applies to atoms and vectors of `n` elements of the type itself.
///
/// # Errors
/// [`Error::MemoryFull`].
pub fn run(binding: &Binding, args: &[Ref], n: usize) -> Result<Owned> {
    let (Some(variant), Some(Type::Value(row))) = (&binding.variant, &binding.prototype.signature.ret) else {
        unreachable!("bound with a variant, to a number")
    };
    let result = Owned::unwritten(row.tag(), n)?;
    let operand = |x: &Ref| match x.tag() {
        t if t < 0 => Operand { first: x.value(), is_atom: true },
        _ => Operand { first: x.data(), is_atom: false },
    };
    let none = Operand { first: std::ptr::null(), is_atom: true };
    let operands = [args.first().map_or(none, operand), args.get(1).map_or(none, operand)];
    let [args_text, ret] = &binding.prototype.types;
    let named = Named::new(&binding.name.symbol, [args_text, ret], binding.target);
    let call = calls::enter().call(&named);
    // SAFETY: the variant was found by its name for as many parameters of this type; vectors have `n` elements.
    unsafe {
        variant.apply(result.get().data(), n, tag::element_size(row.tag()), &operands[..args.len()]);
    }
    call.end()?;
    Ok(result)
}
