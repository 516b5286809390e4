//! Finds libraries and the symbols in them, and remembers both.

mod script;

use std::collections::HashMap;
use std::env::consts::DLL_SUFFIX;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use self::script::Input;
use crate::error::{Error, Result};
use crate::os::{self, Library, Visibility};

/// A function or variable as the user names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    /// The library; `None` for whatever the process has loaded.
    pub library: Option<Arc<str>>,
    /// The symbol.
    pub symbol: Arc<str>,
}

/// Where a function or variable is: what a name stands for, or an address that C has given.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// By its name.
    Named(Name),
    /// At this address.
    At(usize),
}

impl From<Name> for Place {
    fn from(name: Name) -> Self {
        Place::Named(name)
    }
}

impl Place {
    /// The name by which errors and tables tell it: that of an address is its number.
    pub fn name(&self) -> Name {
        match self {
            Place::Named(name) => name.clone(),
            Place::At(address) => Name { library: None, symbol: format!("{address:#x}").into() },
        }
    }

    /// The address.
    ///
    /// # Errors
    /// As [`address`].
    pub fn address(&self) -> Result<*const u8> {
        match self {
            Place::Named(name) => address(name),
            Place::At(address) => Ok(*address as *const u8),
        }
    }

    /// The address of a function.
    ///
    /// # Errors
    /// As [`function`]; [`Error::Domain`] for an address at which there is no code.
    pub fn function(&self) -> Result<*const u8> {
        match self {
            Place::Named(name) => function(name),
            Place::At(address) => match os::target_of(*address as *const u8, None) {
                os::Target::Code => Ok(*address as *const u8),
                os::Target::Data => Err(Error::Domain(format!("{address:#x} is no address of a function"))),
            },
        }
    }
}

/// Where a symbol without a library is looked for.
const PROCESS: &str = "this process";
/// Bytes of a library's name at most: as many as a path has on Linux (PATH_MAX). The dynamic linker has room for a name on
/// its stack.
const MAX_NAME: usize = 4096;

/// Opened libraries, which stay open for the life of the process since q functions point into them.
#[derive(Default)]
struct Libraries {
    open: HashMap<Arc<str>, Opened>,
    symbols: HashMap<Name, Address>,
}

/// Address of a symbol.
#[derive(Clone, Copy)]
struct Address(*const u8);

// SAFETY: an address is a number; what lies there is never unloaded.
unsafe impl Send for Address {}

fn libraries() -> &'static Mutex<Libraries> {
    static LIBRARIES: OnceLock<Mutex<Libraries>> = OnceLock::new();
    LIBRARIES.get_or_init(Mutex::default)
}

/// The name of a library, which all that name it share once it is open.
pub fn shared(name: &str) -> Arc<str> {
    let libraries = libraries().lock();
    libraries.open.get_key_value(name).map_or_else(|| name.into(), |(known, _)| known.clone())
}

/// The address of a symbol, which is never NULL.
///
/// # Errors
/// [`Error::Library`] when the library cannot be opened, [`Error::Symbol`] when it does not have the symbol.
pub fn address(name: &Name) -> Result<*const u8> {
    let mut libraries = libraries().lock();
    if let Some(&Address(known)) = libraries.symbols.get(name) {
        return Ok(known);
    }
    let found = match &name.library {
        Some(library) => symbol(libraries.open(library, Visibility::Local)?, &name.symbol),
        None => os::process_symbol(&name.symbol),
    };
    let found = found.filter(|p| !p.is_null()).ok_or_else(|| Error::Symbol {
        symbol: name.symbol.to_string(),
        library: name.library.as_deref().unwrap_or(PROCESS).into(),
    })?;
    // What the process has loaded may change, so only a library's own symbols are remembered.
    if name.library.is_some() {
        libraries.symbols.insert(name.clone(), Address(found));
    }
    Ok(found)
}

/// The address of a function.
///
/// # Errors
/// As [`address`]; [`Error::NoFunction`] when the symbol is that of data.
pub fn function(name: &Name) -> Result<*const u8> {
    let found = address(name)?;
    match os::target_of(found, Some(&name.symbol)) {
        os::Target::Code => Ok(found),
        os::Target::Data => Err(Error::NoFunction {
            symbol: name.symbol.to_string(),
            library: name.library.as_deref().unwrap_or(PROCESS).into(),
        }),
    }
}

/// Opens a library so that its symbols are found without naming it. One that was opened by its name is promoted.
///
/// # Errors
/// [`Error::Library`] with the dynamic linker's words.
pub fn load_globally(name: &str) -> Result<()> {
    libraries().lock().open(&name.into(), Visibility::Global).map(drop)
}

/// Opens a library, unless it is open.
///
/// # Errors
/// [`Error::Library`] with the dynamic linker's words.
pub fn load(name: &str) -> Result<()> {
    libraries().lock().open(&name.into(), Visibility::Local).map(drop)
}

/// An opened library, or those that a linker script names for it, and whether with global visibility.
#[derive(Clone, Copy)]
struct Opened {
    libraries: &'static [Library],
    global: bool,
}

impl Libraries {
    fn open(&mut self, name: &Arc<str>, visibility: Visibility) -> Result<&'static [Library]> {
        let global = visibility == Visibility::Global;
        if let Some(opened) = self.open.get(name).filter(|opened| opened.global || !global) {
            return Ok(opened.libraries);
        }
        let libraries = open(name, visibility, &mut Vec::new())?;
        if libraries.is_empty() {
            return Err(library_error(name, "a linker script that names no shared library"));
        }
        let libraries: &[Library] = libraries.leak();
        self.open.insert(name.clone(), Opened { libraries, global });
        Ok(libraries)
    }
}

fn symbol(libraries: &[Library], name: &str) -> Option<*const u8> {
    libraries.iter().find_map(|library| library.symbol(name))
}

/// Opens a library by the first of its spellings that the dynamic linker knows, or that is a linker script; the error is
/// that of the plainest.
fn open(name: &str, visibility: Visibility, followed: &mut Vec<PathBuf>) -> Result<Vec<Library>> {
    if name.len() > MAX_NAME {
        let start: String = name.chars().take(40).collect();
        return Err(library_error(&format!("{start}…"), &format!("a name of over {MAX_NAME} bytes")));
    }
    // Each of them may have what the others lack.
    if os::C_RUNTIMES_ARE_MANY {
        let runtimes = os::c_runtime(name.strip_prefix(':').unwrap_or(name)).into_iter();
        // SAFETY: the C runtime does nothing to the process but what it is for.
        let open = runtimes.filter_map(|file| unsafe { os::open(Path::new(&file), visibility) }.ok());
        let open: Vec<_> = open.collect();
        if !open.is_empty() {
            return Ok(open);
        }
    }
    let mut first = None;
    for spelling in spellings(name) {
        // SAFETY: the user asks for this library to be loaded, with whatever its initialisers do.
        let error = match unsafe { os::open(&spelling, visibility) } {
            Ok(library) => return Ok(vec![library]),
            Err(error) => words(&error),
        };
        let file = path_of(&spelling, &error).unwrap_or_default();
        if let Some(inputs) = script::inputs_of(&file) {
            return follow(&file, inputs, visibility, followed);
        }
        first.get_or_insert((spelling, error));
    }
    let (spelling, error) = first.ok_or_else(|| library_error(name, "no name"))?;
    Err(library_error(&spelling.to_string_lossy(), &error))
}

/// Opens what a linker script names, unless it has been followed already: scripts may name each other. That may be nothing.
fn follow(
    script: &Path,
    inputs: Vec<Input>,
    visibility: Visibility,
    followed: &mut Vec<PathBuf>,
) -> Result<Vec<Library>> {
    let itself = script.canonicalize().unwrap_or_else(|_| script.into());
    if followed.contains(&itself) {
        return Ok(Vec::new());
    }
    followed.push(itself);
    let mut all = Vec::new();
    for input in inputs {
        let beside = script.with_file_name(&input.name);
        let name = if beside.is_file() { beside } else { input.name.into() };
        match open(&name.to_string_lossy(), visibility, followed) {
            Ok(libraries) => all.extend(libraries),
            Err(_) if input.as_needed => (),
            Err(error) => return Err(error),
        }
    }
    Ok(all)
}

/// The file that the dynamic linker has taken for a library of this name and could not use: as it says itself, or where it
/// looks by default.
fn path_of(spelling: &Path, words: &str) -> Option<PathBuf> {
    let told = |why| Some(PathBuf::from(words.split_once(why)?.0));
    let said = told(": invalid ELF header").or_else(|| told(": file too short"));
    let named = || Some(spelling.to_path_buf()).filter(|path| path.components().count() > 1);
    let looked_for = || os::library_directories().into_iter().map(|d| d.join(spelling)).find(|p| p.is_file());
    said.or_else(named).or_else(looked_for)
}

fn library_error(name: &str, reason: &str) -> Error {
    Error::Library { name: name.into(), reason: reason.into() }
}

/// The dynamic linker's own words.
fn words(error: &libloading::Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

/// What a name may stand for: the platform's C runtime, itself, with the platform's extension, and the versions of a library whose development
/// files are not installed (`libz` is `libz.so.1` then).
fn spellings(name: &str) -> Vec<PathBuf> {
    let name = name.strip_prefix(':').unwrap_or(name);
    if name.is_empty() || name.contains('\0') {
        return Vec::new();
    }
    let has_extension = name.contains(DLL_SUFFIX);
    let extended = PathBuf::from(format!("{name}{DLL_SUFFIX}"));
    let plain = PathBuf::from(name);
    let runtime = os::c_runtime(name).into_iter().map(PathBuf::from);
    let plain_ones =
        if has_extension { vec![plain, extended.clone()] } else { vec![extended.clone(), plain] };
    let mut spellings: Vec<PathBuf> = runtime.chain(plain_ones).collect();
    if !name.contains(std::path::is_separator) {
        let base = if has_extension { Path::new(name) } else { &extended };
        spellings.extend(versions(&base.to_string_lossy()));
    }
    spellings
}

/// Files `base.N` where the dynamic linker looks by default, the highest version first.
fn versions(base: &str) -> Vec<PathBuf> {
    let prefix = format!("{base}.");
    let mut found: Vec<(Vec<u32>, PathBuf)> = os::library_directories()
        .into_iter()
        .filter_map(|d| d.read_dir().ok())
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter_map(|path| Some((version(path.file_name()?.to_str()?.strip_prefix(&prefix)?)?, path)))
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found.into_iter().map(|(_, path)| path).collect()
}

fn version(text: &str) -> Option<Vec<u32>> {
    text.split('.').map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(library: Option<&str>, symbol: &str) -> Name {
        Name { library: library.map(Arc::from), symbol: symbol.into() }
    }

    #[test]
    fn a_library_is_found_by_any_of_its_spellings() {
        let found = ["libm.so.6", "libm", ":libm.so.6"].map(|l| address(&name(Some(l), "pow")).unwrap());
        assert!(found.iter().all(|&p| p == found[0]));
    }

    #[test]
    fn errors_say_what_was_looked_for_and_where() {
        let error = |n: &Name| address(n).unwrap_err().to_string();
        assert_eq!(error(&name(Some("libm.so.6"), "nope")), "sym: nope not found in libm.so.6");
        assert_eq!(error(&name(None, "nope")), "sym: nope not found in this process");
        let missing = error(&name(Some("libnope"), "f"));
        assert!(
            missing.starts_with("lib: libnope.so: libnope.so: cannot open shared object file"),
            "{missing}"
        );
        assert_eq!(error(&name(Some(""), "f")), "lib: : no name");
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(version("10").unwrap() > version("9.3").unwrap());
        assert_eq!(version("so"), None);
    }
}
