//! What can be said of functions without applying them.

use kapi::object::{Obj, tag};
use kapi::symbol::Symbol;

/// Is this a function: a lambda, a primitive, something derived from them, or a C function?
pub fn is_function(f: &Obj) -> bool {
    (tag::LAMBDA..=tag::FOREIGN).contains(&f.tag())
}

/// The text of a lambda, from brace to brace: the item of its object behind the compiled form.
pub fn lambda_text(f: &Obj) -> Option<&[u8]> {
    if f.tag() == tag::LAMBDA { f.items().get(1).map(Obj::slice::<u8>) } else { None }
}

/// The function with its first arguments given; trailing ones are still missing.
pub fn project(f: &Obj, args: &[Obj]) -> Obj {
    Obj::list_as(tag::PROJECTION, std::iter::once(f).chain(args).cloned().collect())
}

/// What stands in a projection for an argument that was left out.
pub fn elided() -> Obj {
    Obj::atom(tag::UNARY, -1i64)
}

/// Is this the mark of a left out argument?
pub fn is_elided(x: &Obj) -> bool {
    x.tag() == tag::UNARY && x.get::<i64>() == -1
}

/// The symbol in an atom, if it is one.
pub fn symbol(x: &Obj) -> Option<Symbol> {
    (x.tag() == -tag::KS).then(|| x.get::<Symbol>())
}
