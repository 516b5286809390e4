//! KDB-X's modules: `use`.
//!
//! A module is a script, or a library with a function `kexport`, on the search path `.Q.m.SP`. A script runs in a
//! namespace of its own and says in `export` what its users get. Each is loaded once. Not here: modules written in k,
//! `.z.m` and `.z.M`, and the aliases that KDB-X puts in the place of functions.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::console::loading::{self, Loading};
use crate::console::script;
use crate::state::context;
use kapi::dynload;
use kapi::error::{QError, R, catch};
use kapi::object::{Obj, tag};
use kapi::os;
use kapi::symbol::Symbol;

/// The variable that holds the search path.
const SEARCH_PATH: &str = ".Q.m.SP";

thread_local! {
    /// What the modules loaded so far export, by file.
    static LOADED: RefCell<HashMap<PathBuf, Obj>> = RefCell::default();
}

/// Sets the search path to what `QPATH` says, or to `$QHOME/mod`.
pub fn set_search_path() {
    let path = std::env::var("QPATH").ok().filter(|path| !path.is_empty());
    let path = path.or_else(|| Some(format!("{}/mod", script::home()?.display())));
    let folders =
        path.iter().flat_map(std::env::split_paths::<String>).filter(|folder| !folder.as_os_str().is_empty());
    let folders = Obj::list(folders.map(|folder| Obj::string(&os::bytes(folder.as_os_str()))).collect());
    context::global(Symbol::from(SEARCH_PATH)).set(folders);
}

/// `use x`: what the module of this name exports. A name that begins with a dot is below the module that is being
/// loaded, one with two dots beside it.
///
/// # Errors
/// `type`; the name when there is no such module; what loading it signals.
pub fn load(x: &Obj) -> R {
    if x.tag() != -tag::KS {
        return Err(QError::type_());
    }
    let symbol = x.get::<Symbol>();
    let (name, bases) = resolve(&symbol.as_str())?;
    let unknown = || QError::named(format!("{}: no such module", symbol.as_str()));
    let (base, file) = bases.iter().find_map(|base| Some((base, find(base, &name)?))).ok_or_else(unknown)?;
    let known = LOADED.with_borrow(|loaded| loaded.get(&file).cloned());
    if let Some(known) = known {
        return Ok(known);
    }
    let export = if file.extension().is_some_and(|e| e == "q") {
        load_script(name, base, &file)?
    } else {
        load_library(&file)?
    };
    if export.tag() != tag::XD {
        return Err(QError::named(format!("{}: export is no dictionary", symbol.as_str())));
    }
    LOADED.with_borrow_mut(|loaded| loaded.insert(file, export.clone()));
    Ok(export)
}

/// A module's name in parts, and the folders that it may be in.
fn resolve(name: &str) -> R<(Vec<String>, Vec<PathBuf>)> {
    let relative = name.trim_start_matches('.');
    let dots = name.len() - relative.len();
    let parts = relative.split('.').map(String::from);
    if relative.is_empty() || relative.contains('/') {
        return Err(QError::domain());
    }
    if dots == 0 {
        let path = context::global(Symbol::from(SEARCH_PATH)).get()?;
        let folders = (0..path.len()).map(|i| path.index(i));
        let folders = folders.map(|folder| crate::words::io::path(&folder)).collect::<R<_>>()?;
        return Ok((parts.collect(), folders));
    }
    loading::innermost(|this| {
        let this = this.ok_or_else(|| QError::named(format!("{name}: outside of a module")))?;
        let above = (this.name.len() + 1).checked_sub(dots).ok_or_else(QError::domain)?;
        Ok((this.name[..above].iter().cloned().chain(parts).collect(), vec![this.base.clone()]))
    })
}

/// The first file that a module of this name may be.
fn find(base: &Path, name: &[String]) -> Option<PathBuf> {
    let stem = base.join(name.join("/"));
    let init = stem.join("init");
    let with = |stem: &Path, extension: &str| PathBuf::from(format!("{}.{extension}", stem.display()));
    let library = format!("{}{}", os::MODULE_PLATFORM, std::env::consts::DLL_SUFFIX);
    let files = [&stem, &init].into_iter().flat_map(|stem| [with(stem, "q"), with(stem, &library)]);
    files.into_iter().find(|file| file.is_file()).map(|file| std::path::absolute(&file).unwrap_or(file))
}

/// Runs a script in its own namespace, and gives what it exports.
fn load_script(name: Vec<String>, base: &Path, file: &Path) -> R {
    let space = format!(".m.{}", name.join(".0"));
    let folder = file.parent().unwrap_or(base).to_owned();
    loading::begin(Loading { name, base: base.to_owned(), folder });
    let outer = context::current();
    context::set_current(Symbol::from(space.as_str()));
    let result = catch(|| script::load(file).map(|()| Obj::null()));
    context::set_current(outer);
    loading::end();
    result?;
    context::global(Symbol::from(format!("{space}.export").as_str())).get()
}

/// What the library's `kexport` returns.
fn load_library(file: &Path) -> R {
    let spec = Obj::list(vec![Obj::symbol("kexport"), Obj::long(1)]);
    let function = dynload::load(&Obj::string(file.display().to_string().as_bytes()), &spec)?;
    dynload::apply(&function, &[Obj::null()])
}
