//! C functions as q values: `2:`, `dl`, and foreign objects.

use crate::api::runtime::errors::take_pending;
use crate::object::{K0, Obj, tag};
use crate::{K, QError, R, Symbol, os};
use std::ffi::c_void;
use std::path::{Path, PathBuf};
use std::{env, mem};

/// The most parameters a C function of q has.
pub const MAX_RANK: usize = 8;

/// What an object of tag 112 is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A C function with its rank; q displays it as `code`.
    Function(usize),
    /// A pointer of an extension's own, with a destructor; q displays it as `foreign`.
    Foreign,
    /// A Rust value.
    Boxed,
}

/// Which kind of 112 this is; `None` for other tags.
#[inline]
pub fn kind(object: &Obj) -> Option<Kind> {
    if object.tag() != tag::FOREIGN {
        return None;
    }
    Some(match object.attribute() {
        0 if object.is_extern_box() => Kind::Boxed,
        0 => Kind::Foreign,
        rank => Kind::Function(rank.into()),
    })
}

/// A q function of a C function.
///
/// # Errors
/// `rank` unless 1 to 8, `type` for a null pointer.
///
/// # Safety
/// `function` takes `rank` `K`s and returns one, by the rules of k.h, for as long as the object lives.
pub unsafe fn function(function: *mut c_void, rank: i64) -> R {
    if !(1..=MAX_RANK as i64).contains(&rank) {
        return Err(QError::rank());
    }
    if function.is_null() {
        return Err(QError::type_());
    }
    let object = Obj::pointers(tag::FOREIGN, &[function]);
    // SAFETY: fresh; the rank is a small number.
    unsafe { (*object.as_raw()).u = rank as u8 };
    Ok(object)
}

/// A foreign object: `pointer`, and a destructor that gets the whole object when its last reference goes.
///
/// # Safety
/// The destructor can be called on any thread that may drop the object.
pub unsafe fn foreign(destructor: Option<extern "C" fn(K)>, pointer: *mut c_void) -> Obj {
    let destructor = destructor.map_or(std::ptr::null_mut(), |f| f as *mut c_void);
    Obj::pointers(tag::FOREIGN, &[destructor, pointer])
}

/// Calls a C function made by [`function`]. Null with an error pending is that error; null without is `::`.
///
/// # Errors
/// What the function signals; `rank` unless it gets as many arguments as it has parameters; `type` for
/// anything but a C function.
#[inline]
pub fn apply(f: &Obj, args: &[Obj]) -> R {
    match kind(f) {
        Some(Kind::Function(rank)) if rank == args.len() => {}
        Some(Kind::Function(_)) => return Err(QError::rank()),
        _ => return Err(QError::type_()),
    }
    // SAFETY: `function`'s caller vouched for the pointer and its rank; the arguments are borrowed by it.
    let result = unsafe { call(K0::data(f.as_raw()).cast::<*mut c_void>().read(), args) };
    if result.is_null() {
        return take_pending().map_or_else(|| Ok(Obj::null()), Err);
    }
    // SAFETY: the result is the caller's.
    let result = unsafe { Obj::from_raw(result) };
    result.fill_holes();
    Ok(result)
}

/// Matches on the number of arguments and calls a function of that many parameters.
macro_rules! call_by_rank {
    (@type_of $arg:ident) => { K };
    ($f:ident, $args:ident, $([$($arg:ident)+])+) => {
        match $args {
            $([$($arg),+] => {
                // SAFETY: our caller says that the function has this many parameters.
                let f: extern "C" fn($(call_by_rank!(@type_of $arg)),+) -> K = unsafe { mem::transmute($f) };
                f($($arg.as_raw()),+)
            })+
            _ => unreachable!("ranks are checked when functions are made"),
        }
    };
}

/// # Safety
/// `f` is a function of `args.len()` parameters by the rules of k.h.
#[inline]
unsafe fn call(f: *mut c_void, args: &[Obj]) -> K {
    call_by_rank!(f, args, [a] [a b] [a b c] [a b c d] [a b c d e] [a b c d e p] [a b c d e p q] [a b c d e p q r])
}

/// `library 2: (name; rank)`.
///
/// # Errors
/// `type` and `rank` for arguments of another form; the dynamic linker's words if it finds no such library or
/// function.
pub fn load(library: &Obj, spec: &Obj) -> R {
    let name = |object: &Obj| match object.tag() {
        t if t == -tag::KS => Ok(object.get::<Symbol>().bytes().to_vec()),
        tag::KC => Ok(object.slice::<u8>().to_vec()),
        _ => Err(QError::type_()),
    };
    let file = name(library)?;
    if spec.tag() != tag::LIST || spec.len() != 2 {
        return Err(QError::type_());
    }
    let [symbol, rank] = spec.items() else {
        return Err(QError::type_());
    };
    let rank = match rank.tag() {
        t if t == -tag::KJ => rank.get::<i64>(),
        t if t == -tag::KI => rank.get::<i32>().into(),
        t if t == -tag::KH => rank.get::<i16>().into(),
        _ => return Err(QError::type_()),
    };
    let address = find(&file, &name(symbol)?)?;
    // SAFETY: that the library's function follows k.h is what writing `2:` asserts.
    unsafe { function(address, rank) }
}

/// The address of `symbol` in the library. Libraries stay loaded for the life of the process.
fn find(file: &[u8], symbol: &[u8]) -> R<*mut c_void> {
    let path = resolve(file, &search_path());
    // SAFETY: running the library's initialisers is what loading it means.
    unsafe { os::open_and_find(&path, symbol) }.map_err(|error| linker_words(&error))
}

fn linker_words(error: &libloading::Error) -> QError {
    use std::error::Error;
    QError::named(error.source().map_or_else(|| error.to_string(), ToString::to_string))
}

/// Where libraries are looked for after the path given.
fn search_path() -> Vec<PathBuf> {
    let home = env::var_os("QHOME").map(|home| Path::new(&home).join(os::PLATFORM));
    let beside = env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_owned));
    home.into_iter().chain(beside).collect()
}

/// The file to load for a name as written in q: a leading colon is dropped and the platform's extension
/// appended unless there. A name that is no file anywhere is left to the dynamic linker.
fn resolve(file: &[u8], directories: &[PathBuf]) -> PathBuf {
    let mut name = os::name(file.strip_prefix(b":").unwrap_or(file));
    if !name.to_string_lossy().split('.').skip(1).any(|part| part == env::consts::DLL_EXTENSION) {
        name.push(env::consts::DLL_SUFFIX);
    }
    // A bare name would be looked for in the linker's directories only.
    let here = [Path::new(".").join(&name)];
    let elsewhere = directories.iter().map(|directory| directory.join(&name));
    here.into_iter().chain(elsewhere).find(|path| path.is_file()).unwrap_or_else(|| name.into())
}

#[cfg(test)]
mod tests;
