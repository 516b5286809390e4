//! Files, environment and digests: `hsym read0 read1 0: hcount hdel getenv setenv md5`, and printing.

use super::convert::{integer, is_simple};
use super::string::{strings, text_of};
use super::{enumeration, vs_sv};
use crate::state::output;
use crate::words::format;
use kapi::Symbol;
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};
use kapi::os;
use md5::{Digest, Md5};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

/// `hsym x`: symbols as file symbols.
///
/// # Errors
/// `type`.
pub fn hsym(x: &Obj) -> R {
    let handle = |s: &Symbol| match s.bytes() {
        name if name.starts_with(b":") => *s,
        name => Symbol::new(&[b":", name].concat()),
    };
    match x.tag() {
        -11 => Ok(Obj::sym(handle(&x.get::<Symbol>()))),
        tag::KS => Ok(Obj::vector(tag::KS, x.slice::<Symbol>().iter().map(handle))),
        _ => Err(QError::type_()),
    }
}

/// The path a file symbol or a string names.
///
/// # Errors
/// `type`.
pub fn path(x: &Obj) -> R<PathBuf> {
    let text = text_of(x)?;
    let text = text.strip_prefix(b":").unwrap_or(&text);
    Ok(PathBuf::from(os::name(text)))
}

/// What q says when the system refuses: the file and the system's words.
fn refused(x: &Obj, error: &io::Error) -> QError {
    let name = path(x).map(|p| p.display().to_string()).unwrap_or_default();
    // The system's text ends in its number, which q leaves out.
    let words = error.to_string();
    QError::named(format!("{name}. OS reports: {}", words.split(" (os error").next().unwrap_or(&words)))
}

fn is_file_symbol(x: &Obj) -> bool {
    x.tag() == -tag::KS && x.get::<Symbol>().bytes().starts_with(b":")
}

/// The bytes of a file: all of it, or from `(file;offset)` or `(file;offset;length)` on.
fn contents(x: &Obj) -> R<Vec<u8>> {
    let (file, offset, length) = match x.tag() {
        -11 => (x.clone(), 0, u64::MAX),
        tag::LIST if matches!(x.len(), 2 | 3) => {
            let number =
                |i| integer(&x.index(i)).and_then(|n| u64::try_from(n).ok()).ok_or_else(QError::type_);
            (x.index(0), number(1)?, if x.len() == 3 { number(2)? } else { u64::MAX })
        }
        _ => return Err(QError::type_()),
    };
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path(&file)?).and_then(|mut open| {
        open.seek(SeekFrom::Start(offset))?;
        open.take(length).read_to_end(&mut bytes)
    });
    read.map_err(|error| refused(&file, &error))?;
    Ok(bytes)
}

/// `read0 x`: the lines of a file.
///
/// # Errors
/// `type`, or what the system reports.
pub fn read0(x: &Obj) -> R {
    if integer(x) == Some(0) {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map_err(|error| QError::named(error.to_string()))?;
        return Ok(Obj::string(line.trim_end_matches('\n').as_bytes()));
    }
    contents(x).map(|bytes| vs_sv::lines(&bytes))
}

/// `read1 x`: the bytes of a file.
///
/// # Errors
/// `type`, or what the system reports.
pub fn read1(x: &Obj) -> R {
    contents(x).map(|bytes| Obj::from_slice(tag::KG, &bytes))
}

/// `x 0: y`: saves lines to a file, or lays a table out as delimited lines.
///
/// # Errors
/// `type`, `nyi` for loading, or what the system reports.
pub fn text(x: &Obj, y: &Obj) -> R {
    match x.tag() {
        _ if is_file_symbol(x) => save_text(x, y),
        -10 if y.tag() == tag::XT => delimited(x.get(), y),
        _ => Err(QError::nyi("0: of this form")),
    }
}

fn save_text(x: &Obj, y: &Obj) -> R {
    let mut bytes = strings(y)?.join(&b'\n');
    bytes.push(b'\n');
    if y.is_empty() {
        bytes.clear();
    }
    write_file(x, &bytes)
}

/// `x 1: y`: saves bytes to a file.
///
/// # Errors
/// `type`, `nyi` for loading, or what the system reports.
pub fn binary(x: &Obj, y: &Obj) -> R {
    match y.tag() {
        tag::KG | tag::KC if is_file_symbol(x) => write_file(x, y.slice::<u8>()),
        _ => Err(QError::nyi("1: of this form")),
    }
}

fn write_file(x: &Obj, bytes: &[u8]) -> R {
    let to = path(x)?;
    let made = to.parent().map_or(Ok(()), std::fs::create_dir_all);
    made.and_then(|()| std::fs::write(&to, bytes)).map_err(|error| refused(x, &error))?;
    Ok(x.clone())
}

fn delimited(delimiter: u8, y: &Obj) -> R {
    let (names, columns) = y.table_dict().dict_parts();
    let names = names.slice::<Symbol>().iter().map(|name| name.bytes().to_vec());
    let mut lines = vec![names.collect::<Vec<_>>().join(&delimiter)];
    for row in 0..y.len() {
        let mut cells = Vec::with_capacity(columns.len());
        for column in columns.items() {
            cells.push(cell(delimiter, &column.index(row))?);
        }
        lines.push(cells.join(&delimiter));
    }
    Ok(Obj::list(lines.iter().map(|line| Obj::string(line)).collect()))
}

fn cell(delimiter: u8, x: &Obj) -> R<Vec<u8>> {
    let text = match x.tag() {
        tag::KC => x.slice::<u8>().to_vec(),
        t if t < 0 && is_simple(t) => format::string(x),
        _ => return Err(QError::type_()),
    };
    let text = if x.tag() == -tag::KD { iso_date(&text) } else { text };
    Ok(if text.contains(&delimiter) { embraced(&text) } else { text })
}

/// A date as ISO 8601 writes it.
pub fn iso_date(date: &[u8]) -> Vec<u8> {
    date.iter().map(|b| if *b == b'.' { b'-' } else { *b }).collect()
}

/// A field in quotes, those inside doubled.
pub fn embraced(text: &[u8]) -> Vec<u8> {
    let doubled = text.iter().flat_map(|b| std::iter::repeat_n(*b, if *b == b'"' { 2 } else { 1 }));
    std::iter::once(b'"').chain(doubled).chain([b'"']).collect()
}

/// `hcount x`: bytes of a file.
///
/// # Errors
/// `type`, or what the system reports.
pub fn hcount(x: &Obj) -> R {
    let size = std::fs::metadata(path(x)?).map_err(|error| refused(x, &error))?.len();
    Ok(Obj::long(size as i64))
}

/// `hdel x`: removes a file or an empty folder.
///
/// # Errors
/// `type`, or what the system reports.
pub fn hdel(x: &Obj) -> R {
    if !is_file_symbol(x) {
        return Err(QError::type_());
    }
    let file = path(x)?;
    let removed = if file.is_dir() { std::fs::remove_dir(&file) } else { std::fs::remove_file(&file) };
    removed.map_err(|error| refused(x, &error))?;
    Ok(x.clone())
}

/// What `key` says of a file symbol: the names in a folder, the symbol itself for a file, an empty list when
/// there is nothing.
///
/// # Errors
/// What the system reports.
pub fn key_of_file(x: &Obj) -> R {
    let file = path(x)?;
    if !file.exists() {
        return Ok(Obj::list(vec![]));
    }
    if !file.is_dir() {
        return Ok(x.clone());
    }
    let entries = std::fs::read_dir(&file).map_err(|error| refused(x, &error))?;
    let mut names: Vec<Symbol> =
        entries.flatten().map(|entry| Symbol::new(&os::bytes(&entry.file_name()))).collect();
    names.sort();
    Ok(Obj::from_slice(tag::KS, &names))
}

/// `getenv x`: an environment variable, empty when it is not set.
///
/// # Errors
/// `type`.
pub fn getenv(x: &Obj) -> R {
    if x.tag() != -tag::KS {
        return Err(QError::type_());
    }
    let name = x.get::<Symbol>();
    let value = std::env::var_os(os::name(name.bytes())).unwrap_or_default();
    Ok(Obj::string(&os::bytes(&value)))
}

/// `x setenv y`
///
/// # Errors
/// `type`, `domain` for names or values the system has no room for.
pub fn setenv(x: &Obj, y: &Obj) -> R {
    if x.tag() != -tag::KS || y.tag() != tag::KC {
        return Err(QError::type_());
    }
    let (name, value) = (x.get::<Symbol>().bytes(), y.slice::<u8>());
    if name.is_empty() || name.contains(&b'=') || value.contains(&0) {
        return Err(QError::domain());
    }
    // SAFETY: q changes its environment from the main thread, as setenv(3) in kdb+ does; nothing in this
    // process keeps pointers into it.
    unsafe { std::env::set_var(os::name(name), os::name(value)) };
    Ok(Obj::null())
}

/// `md5 x`
///
/// # Errors
/// `type` for anything but a string.
pub fn md5(x: &Obj) -> R {
    let digest = match x.tag() {
        tag::KC | tag::KG => Md5::digest(x.slice::<u8>()),
        -10 => Md5::digest([x.get::<u8>()]),
        _ => return Err(QError::type_()),
    };
    Ok(Obj::from_slice(tag::KG, &digest))
}

/// `show x`: prints x as the console does.
///
/// # Errors
/// What the system reports.
pub fn show(x: &Obj) -> R {
    output::stdout(&format::console(x))?;
    Ok(Obj::null())
}

/// `0N!x`: prints x on one line and returns it.
///
/// # Errors
/// What the system reports.
pub fn print_and_return(x: &Obj) -> R {
    output::stdout(&[format::q_s1(x), b"\n".to_vec()].concat())?;
    Ok(x.clone())
}

/// `key x`: keys, names, files, numbers, or the type of a vector.
///
/// # Errors
/// `type`, `domain`.
pub fn key(x: &Obj) -> R {
    match x.tag() {
        tag::XD => Ok(x.dict_parts().0.clone()),
        _ if is_file_symbol(x) => key_of_file(x),
        -11 => key_of_name(x.get()),
        t if tag::is_enum(t) => enumeration::domain_of(x).map(Obj::sym).ok_or_else(QError::type_),
        t if t < 0 => super::list::til(x),
        t if t > 0 && is_simple(t) => {
            let name = tag::info(t).map_or("", |info| info.name);
            Ok(Obj::symbol(name))
        }
        _ => Err(QError::type_()),
    }
}

fn key_of_name(name: Symbol) -> R {
    let known = crate::state::context::value_of(name);
    if let Ok(value) = &known
        && value.tag() == tag::XD
    {
        return Ok(value.dict_parts().0.clone());
    }
    Ok(crate::state::context::key_of_namespace(name).unwrap_or_else(|| Obj::list(vec![])))
}
