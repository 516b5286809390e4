//! What there is: the names in namespaces, as `\v`, `\f`, `\b` and `key` list them.

use super::{current, full_name, global, with};
use kapi::object::{Obj, tag};
use kapi::symbol::Symbol;

/// The names `\v` and `\f` list: members of a namespace (empty: the root) whose values satisfy `wanted`,
/// sorted.
pub fn names(space: Symbol, wanted: impl Fn(&Obj) -> bool) -> Vec<Symbol> {
    let mut names: Vec<Symbol> =
        with(|g| g.members(space)).into_iter().filter(|(_, v)| wanted(v)).map(|(k, _)| k).collect();
    names.sort();
    names
}

/// `key` of a symbol: the names in a namespace, all namespaces for the empty symbol, the name itself for a
/// variable, an empty list for nothing.
pub fn key_of_namespace(name: Symbol) -> Option<Obj> {
    if name.is_empty() {
        return Some(namespaces());
    }
    if let Some(space) = with(|g| g.namespace(name)) {
        return Some(space.dict_parts().0.clone());
    }
    let cell = with(|g| g.find(full_name(name, current())))?;
    cell.is_set().then(|| Obj::sym(name))
}

/// The names of the top-level namespaces, without their dots.
fn namespaces() -> Obj {
    let mut names: Vec<Symbol> = Vec::new();
    for cell in with(|g| g.set_cells(|n| n.first() == Some(&b'.'))) {
        let first = cell.name.bytes()[1..].split(|&b| b == b'.').next().unwrap_or_default();
        let name = Symbol::new(first);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Obj::vector(tag::KS, names)
}

/// The names `\b` lists: the views of a namespace, sorted.
pub fn views(space: Symbol) -> Vec<Symbol> {
    names(space, |_| true).into_iter().filter(|&name| global(full_name(name, space)).is_view()).collect()
}
