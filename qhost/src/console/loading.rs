//! Which modules are being loaded, and what paths are relative to.

use kapi::error::{QError, R};
use std::cell::RefCell;
use std::path::PathBuf;

/// A module that is being loaded.
pub struct Loading {
    /// Its name from the search path on.
    pub name: Vec<String>,
    /// Where its name was found.
    pub base: PathBuf,
    /// The folder of its file.
    pub folder: PathBuf,
}

thread_local! {
    /// Innermost last.
    static LOADING: RefCell<Vec<Loading>> = const { RefCell::new(Vec::new()) };
}

/// Notes that a module is being loaded.
pub fn begin(module: Loading) {
    LOADING.with_borrow_mut(|loading| loading.push(module));
}

/// The module noted last has been loaded.
pub fn end() {
    drop(LOADING.with_borrow_mut(Vec::pop));
}

/// Looks at the module that is being loaded, if one is.
pub fn innermost<T>(look: impl FnOnce(Option<&Loading>) -> T) -> T {
    LOADING.with_borrow(|loading| look(loading.last()))
}

/// The file that a path with two colons before it means: one beside the module that is being loaded.
///
/// # Errors
/// The path, outside of a module.
pub fn relative(path: &str) -> R<Option<PathBuf>> {
    let Some(name) = path.strip_prefix("::") else { return Ok(None) };
    let folder = innermost(|this| this.map(|this| this.folder.clone()));
    folder.map(|folder| Some(folder.join(name))).ok_or_else(|| QError::named(path))
}
