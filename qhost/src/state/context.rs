//! The state of an interpreter: globals by namespace and the settings that commands change.
//!
//! One context per thread. A global is a cell that compiled code refers to directly; names are looked up only
//! while compiling. `.a.b` is a cell of its own, and `.a` as a value is the dictionary of the cells below it.

mod listing;
mod sharing;

pub use listing::{key_of_namespace, names, views};
pub use sharing::{Shared, enter, leave, share};

use std::cell::{Cell, UnsafeCell};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::OnceLock;

use super::primitives;
use super::secondary;
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};
use kapi::symbol::Symbol;
use parking_lot::RwLock;

/// Settings of the console and of arithmetic, changed by system commands.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// `\c`: rows and columns of the console display.
    pub console: (usize, usize),
    /// `\P`: significant digits shown of a float; 0 for all 17.
    pub precision: usize,
}

thread_local! {
    static SETTINGS: Cell<Settings> = const { Cell::new(Settings { console: (25, 80), precision: 7 }) };
    static OWN: Globals = Globals::new();
    /// The globals of another thread, while this one is a thread of its `peach`; otherwise null.
    static BORROWED: Cell<*const Globals> = const { Cell::new(std::ptr::null()) };
    /// `\\d`: empty for the root.
    static CURRENT: Cell<Symbol> = Cell::new(Symbol::empty());
}

/// The settings in force on this thread.
pub fn settings() -> Settings {
    SETTINGS.get()
}

/// Changes the settings of this thread.
pub fn set_settings(s: Settings) {
    SETTINGS.set(s);
}

/// A definition whose value is computed when it is used.
pub trait View {
    /// The value at present.
    ///
    /// # Errors
    /// What the definition signals.
    fn value(&self) -> R;
}

/// Changes a part of a global: `path`, the function that combines old and new if there is one, and the new value.
pub type Amend = fn(&Global, &[Option<Obj>], Option<&Obj>, &Obj) -> R<()>;

static AMEND: OnceLock<Amend> = OnceLock::new();

/// Makes known how parts of globals are changed, which is the evaluator's. The first one stays.
pub fn install(amend: Amend) {
    AMEND.get_or_init(|| amend);
}

/// A global variable.
///
/// The thread whose global it is reads and assigns it; `peach`'s threads read it while that one waits.
pub struct Global {
    /// Its full name: `x`, `.a.b`.
    pub name: Symbol,
    plain: bool,
    value: UnsafeCell<Option<Obj>>,
    /// Its definition as a view; only without a value.
    view: UnsafeCell<Option<Arc<dyn View>>>,
}

// SAFETY: threads other than the owner's only read, which `change` sees to, and only between `enter` and `leave`, when
// the owner waits and counts are atomic. Views run on them without remembering anything.
unsafe impl Send for Global {}
// SAFETY: as above.
unsafe impl Sync for Global {}

impl Global {
    fn new(name: Symbol) -> Global {
        Global { name, plain: is_plain(name), value: UnsafeCell::default(), view: UnsafeCell::default() }
    }

    /// The value as it stands, held for no longer than it takes to look at it.
    #[inline]
    fn assigned(&self) -> Option<&Obj> {
        // SAFETY: nothing is assigned meanwhile: callers clone it or test it, which runs nothing else.
        unsafe { (*self.value.get()).as_ref() }
    }

    fn definition(&self) -> Option<Arc<dyn View>> {
        // SAFETY: as above.
        unsafe { (*self.view.get()).clone() }
    }

    /// Puts value and view in place; those that were there before are the caller's to drop, since a destructor may run q
    /// code.
    fn change(
        &self,
        value: Option<Obj>,
        view: Option<Arc<dyn View>>,
    ) -> (Option<Obj>, Option<Arc<dyn View>>) {
        assert!(!secondary::is_secondary(), "only the main thread assigns globals");
        // SAFETY: on the owner's thread, and nobody holds a reference to either.
        unsafe {
            (std::mem::replace(&mut *self.value.get(), value), std::mem::replace(&mut *self.view.get(), view))
        }
    }

    /// The value; of a namespace its dictionary.
    ///
    /// # Errors
    /// The name, when nothing is assigned to it.
    #[inline]
    pub fn get(&self) -> R {
        match self.assigned() {
            Some(value) => Ok(value.clone()),
            None => self.absent(),
        }
    }

    #[cold]
    fn absent(&self) -> R {
        if let Some(view) = self.definition() {
            return view.value();
        }
        let found = with(|g| g.namespace(self.name)).or_else(|| inside_dict(self.name));
        found.ok_or_else(|| QError::from_bytes(self.name.bytes()))
    }

    /// Does assigning to it touch nothing but its own cell? Not so for namespaces as a whole and for names
    /// that may lie inside a dictionary.
    #[inline]
    pub fn is_plain(&self) -> bool {
        self.plain
    }

    /// Is a value or a view assigned to exactly this name?
    pub fn is_set(&self) -> bool {
        self.assigned().is_some() || self.is_view()
    }

    /// Is it a view?
    pub fn is_view(&self) -> bool {
        self.definition().is_some()
    }

    /// Assigns a value.
    pub fn set(&self, value: Obj) {
        drop(self.change(Some(value), None));
    }

    /// Defines it as a view.
    pub fn define(&self, view: Arc<dyn View>) {
        drop(self.change(None, Some(view)));
    }

    /// Removes value and view.
    pub fn clear(&self) {
        drop(self.change(None, None));
    }

    /// Takes the value out, if it is no view, for changing it in place.
    pub fn take(&self) -> Option<Obj> {
        let view = self.definition();
        let (value, _) = self.change(None, view);
        value
    }
}

fn is_plain(name: Symbol) -> bool {
    let text = name.bytes();
    let dots = text.iter().filter(|&&b| b == b'.').count();
    if text.first() == Some(&b'.') { dots == 2 } else { dots == 0 }
}

/// Value of `.a.b.c` when `.a.b` (or `.a`) is a variable that holds a dictionary.
fn inside_dict(name: Symbol) -> Option<Obj> {
    let (parent, last) = split(name)?;
    let cell = with(|g| g.find(parent))?;
    let holder = cell.assigned().cloned().or_else(|| inside_dict(parent))?;
    let position = position(&holder, last)?;
    Some(holder.dict_parts().1.index(position))
}

/// Where a dictionary with symbol keys has `key`.
pub fn position(dict: &Obj, key: Symbol) -> Option<usize> {
    if dict.tag() != tag::XD || dict.dict_parts().0.tag() != tag::KS {
        return None;
    }
    dict.dict_parts().0.slice::<Symbol>().iter().position(|&k| k == key)
}

/// `.a.b.c` -> `.a.b` and `c`; nothing for names of a single part.
fn split(name: Symbol) -> Option<(Symbol, Symbol)> {
    let text = name.bytes();
    let dot = text.iter().rposition(|&b| b == b'.').filter(|&dot| dot > 0)?;
    Some((Symbol::new(&text[..dot]), Symbol::new(&text[dot + 1..])))
}

/// The globals of a thread, and of `peach`'s threads when it has started them.
pub struct Globals {
    cells: RwLock<Cells>,
}

#[derive(Default)]
struct Cells {
    by_name: HashMap<Symbol, Arc<Global>>,
    /// Names in order of their first mention.
    order: Vec<Symbol>,
}

impl Globals {
    fn new() -> Globals {
        let globals = Globals { cells: RwLock::default() };
        globals.add_words();
        globals
    }

    /// Assigns the words that belong to a namespace, such as `.Q.s`.
    fn add_words(&self) {
        let in_namespace = |name: &str| name.starts_with('.') && name.len() > 1;
        for (row, word) in primitives::words().iter().enumerate().filter(|(_, word)| in_namespace(word.name))
        {
            self.cell(Symbol::from(word.name)).set(primitives::object(row));
        }
    }

    fn find(&self, name: Symbol) -> Option<Arc<Global>> {
        self.cells.read().by_name.get(&name).cloned()
    }

    fn cell(&self, name: Symbol) -> Arc<Global> {
        if let Some(found) = self.find(name) {
            return found;
        }
        let mut cells = self.cells.write();
        let Cells { by_name, order } = &mut *cells;
        let new = by_name.entry(name).or_insert_with(|| {
            order.push(name);
            Arc::new(Global::new(name))
        });
        Arc::clone(new)
    }

    /// The cells that have values and whose names satisfy `wanted`, in order of first mention.
    fn set_cells(&self, wanted: impl Fn(&[u8]) -> bool) -> Vec<Arc<Global>> {
        let cells = self.cells.read();
        let names = cells.order.iter().filter(|name| wanted(name.bytes()));
        let chosen = names.filter_map(|name| cells.by_name.get(name));
        chosen.filter(|cell| cell.is_set()).cloned().collect()
    }

    /// The names and values directly in namespace `name` (empty: the root); none when there is no such
    /// namespace. Namespaces inside come as dictionaries.
    fn members(&self, name: Symbol) -> Vec<(Symbol, Obj)> {
        let prefix: Vec<u8> = if name.is_empty() { Vec::new() } else { [name.bytes(), b"."].concat() };
        let mut members: Vec<(Symbol, Obj)> = Vec::new();
        for cell in self.set_cells(|n| n.starts_with(&prefix) && (!prefix.is_empty() || !n.starts_with(b".")))
        {
            let rest = &cell.name.bytes()[prefix.len()..];
            let first = rest.split(|&b| b == b'.').next().unwrap_or_default();
            let key = Symbol::new(first);
            if members.iter().any(|(k, _)| *k == key) {
                continue;
            }
            let inner = if first.len() == rest.len() {
                cell.get().ok()
            } else {
                self.namespace(Symbol::new(&[&prefix, first].concat()))
            };
            members.extend(inner.map(|value| (key, value)));
        }
        members
    }

    /// The dictionary of namespace `name`, if it has members.
    fn namespace(&self, name: Symbol) -> Option<Obj> {
        let root = name.bytes() == b".";
        if !root && name.bytes().first() != Some(&b'.') {
            return None;
        }
        let members = self.members(if root { Symbol::empty() } else { name });
        if members.is_empty() {
            return None;
        }
        let (mut keys, mut values) = (vec![], vec![]);
        if !root {
            // Namespaces carry an entry for the empty symbol, which tells them from plain dictionaries.
            keys.push(Symbol::empty());
            values.push(Obj::null());
        }
        for (key, value) in members {
            keys.push(key);
            values.push(value);
        }
        Some(Obj::dict(Obj::vector(tag::KS, keys), Obj::from_items(values)))
    }
}

/// Looks at the globals that the calling thread uses.
fn with<T>(look: impl FnOnce(&Globals) -> T) -> T {
    // SAFETY: null or what `enter`'s caller has promised.
    match unsafe { BORROWED.get().as_ref() } {
        Some(borrowed) => look(borrowed),
        None => OWN.with(look),
    }
}

/// The cell of a full name.
pub fn global(name: Symbol) -> Arc<Global> {
    with(|g| g.cell(name))
}

/// The full name of `name` written in namespace `space` (empty: the root).
pub fn full_name(name: Symbol, space: Symbol) -> Symbol {
    match name.bytes().first() {
        Some(b'.') | None => name,
        _ if space.is_empty() => name,
        _ => Symbol::new(&[space.bytes(), b".", name.bytes()].concat()),
    }
}

/// The current namespace, empty for the root.
pub fn current() -> Symbol {
    CURRENT.get()
}

/// Changes the current namespace; empty or `.` for the root.
pub fn set_current(space: Symbol) {
    let root = matches!(space.bytes(), b"" | b".");
    CURRENT.set(if root { Symbol::empty() } else { space });
}

/// The value of a name as `get` sees it, from the current namespace.
///
/// # Errors
/// The name, when it has no value.
pub fn value_of(name: Symbol) -> R {
    if name.bytes() == b"." {
        return Ok(with(|g| g.namespace(name))
            .unwrap_or_else(|| Obj::dict(Obj::zeroed(tag::KS, 0), Obj::list(vec![]))));
    }
    let name = full_name(name, current());
    match name.bytes().first() {
        Some(b'.') | None => global(name).get(),
        // `a.b` with a dictionary or a namespace-less name.
        _ => global(name).get().or_else(|e| inside_dict(name).ok_or(e)),
    }
}

/// Assigns to a full name. A dictionary with symbol keys assigned to a namespace replaces its members, and an
/// assignment below a variable that holds a dictionary changes the dictionary.
///
/// # Errors
/// `assign` when the name is reserved, `noupdate` on a thread of `peach`.
pub fn assign(name: Symbol, value: Obj) -> R<()> {
    secondary::check_update()?;
    if std::str::from_utf8(name.bytes()).is_ok_and(|n| !n.starts_with('.') && primitives::find(n).is_some()) {
        return Err(QError::named("assign"));
    }
    if name.bytes().first() == Some(&b'.') && value.tag() == tag::XD && split(name).is_none() {
        return assign_namespace(name, &value);
    }
    if let Some((parent, last)) = split(name)
        && let Some(holder) = with(|g| g.find(parent)).filter(|cell| cell.is_set())
    {
        let key = Obj::sym(last);
        let amend = AMEND.get().expect("qhost::install runs first");
        return amend(&holder, &[Some(key)], None, &value);
    }
    global(name).set(value);
    Ok(())
}

fn assign_namespace(name: Symbol, value: &Obj) -> R<()> {
    let (keys, values) = value.dict_parts();
    if keys.tag() != tag::KS {
        global(name).set(value.clone());
        return Ok(());
    }
    let prefix = [name.bytes(), b"."].concat();
    let old = with(|g| g.set_cells(|n| n.starts_with(&prefix)));
    old.iter().for_each(|cell| cell.clear());
    for (i, key) in keys.slice::<Symbol>().iter().enumerate().filter(|(_, key)| !key.is_empty()) {
        assign(Symbol::new(&[&prefix, key.bytes()].concat()), values.index(i))?;
    }
    Ok(())
}

/// Forgets a variable.
pub fn delete(name: Symbol) {
    global(full_name(name, current())).clear();
}

/// Brings the globals of this thread to what they were at the start, for tests that count objects and for
/// threads that end.
pub fn clear() {
    let cells = with(|g| g.set_cells(|_| true));
    cells.iter().for_each(|cell| cell.clear());
    with(Globals::add_words);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(x: R) -> i64 {
        x.unwrap().get()
    }

    #[test]
    fn a_namespace_is_the_dictionary_of_its_members() {
        crate::install();
        clear();
        let set = |name: &str, value: Obj| assign(Symbol::from(name), value).unwrap();
        set(".t.a", Obj::long(1));
        set(".t.b.c", Obj::long(2));
        let space = value_of(Symbol::from(".t")).unwrap();
        assert_eq!(space.dict_parts().0, &Obj::symbols(["", "a", "b"]));
        set(".u", space);
        assert_eq!(long(value_of(Symbol::from(".u.b.c"))), 2);
        set(".t.b.c", Obj::long(3));
        assert_eq!(long(value_of(Symbol::from(".u.b.c"))), 2);
        delete(Symbol::from(".t.a"));
        assert_eq!(value_of(Symbol::from(".t.a")).unwrap_err().text, ".t.a");
        clear();
        assert!(value_of(Symbol::from(".u")).is_err());
    }

    #[test]
    fn names_are_relative_to_the_namespace() {
        let (x, space) = (Symbol::from("x"), Symbol::from(".s"));
        assert_eq!(full_name(x, space), Symbol::from(".s.x"));
        assert_eq!(full_name(x, Symbol::empty()), x);
        assert_eq!(full_name(Symbol::from(".a.x"), space), Symbol::from(".a.x"));
    }

    #[test]
    fn reserved_words_are_not_assigned() {
        crate::install();
        assert_eq!(assign(Symbol::from("count"), Obj::long(1)).unwrap_err().text, "assign");
    }
}
