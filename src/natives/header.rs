//! Headers in place of C declarations: what `.ffi.header` gives, and the C text that `.ffi.module` writes.

use std::path::Path;
use std::sync::Arc;

use super::cdef::{ByName, Declarations, Origin};
use crate::args::usage;
use crate::cdef::letters::Writer;
use crate::cdef::{self, Meaning, Scope, macros};
use crate::error::{Error, Result};
use crate::k::{Owned, Ref, tag};
use crate::library;
use crate::preprocessor::{Options, Preprocessor};

/// `.ffi.i.native.header[lib;file]`: what the header declares, in the form of `.ffi.i.native.cdef`'s result. `file` is a
/// name or path, or such and a dictionary of options: `include` and `define`, lists of texts as for `-I` and `-D`.
///
/// # Errors
/// [`Error::Header`] as for [`Preprocessor::declarations`], and for a text that cannot be read at all; [`Error::Library`]; those of
/// reading the arguments.
pub fn read(lib: Ref, file: Ref) -> Result<Owned> {
    let (name, options) = arguments(file)?;
    let origin = Origin::of("header", lib)?;
    if let Some(library) = &origin.library {
        library::load(library)?;
    }
    let (scope, letters) = declared(&origin.scope, &name, &options)?;
    Declarations::new(origin.library, Arc::new(scope)).with_letters(letters).into_q()
}

/// `.ffi.i.native.module[d;(names;not);strip;header]`: what these names of a dictionary of declarations mean as C text, complete in
/// itself: (the data model; lines; a table of what could not be written). `names` is a symbol vector, or `::` for what this header
/// declares itself or through headers of its own folder, and what text declares; `not` has those that are not wanted. A prefix is
/// taken off names.
///
/// # Errors
/// Those of reading the arguments.
pub fn text(declarations: Ref, names: Ref, strip: Ref, header: Ref) -> Result<Owned> {
    let origin = Origin::of("module", declarations)?;
    let strip = strip.text().ok_or_else(|| usage("module", "strip", "symbol or string", strip))?;
    let wrong = || usage("module", "names", "pair of symbol vectors", names);
    let (names, not) = (names.item(0).ok_or_else(wrong)?, names.item(1).and_then(texts).ok_or_else(wrong)?);
    let (mut names, left) = match texts(names) {
        Some(names) => (names.iter().map(|name| name.as_str().into()).collect(), origin.scope.left.clone()),
        None if names.is_null() => own(&origin.scope, header)?,
        None => return Err(wrong()),
    };
    names.retain(|name: &cdef::Name| !not.iter().any(|not| **not == **name));
    let text = cdef::text::text_of(&origin.scope, &names, &strip);
    let lines = text.lines.iter().map(|line| Owned::chars(line.as_bytes()));
    let model = if origin.scope.types.model.long == 8 { "LP64" } else { "LLP64" };
    Owned::list(vec![
        Owned::symbol_from(model)?,
        Owned::list(crate::k::collect(lines)?)?,
        super::cdef::table_of(&[left, text.left].concat())?,
    ])
}

// The names that a header declares itself, or in headers of its own folder unless that is one where all headers lie, and
// those that a text of one's own declares otherwise or besides; and what was left out of them.
fn own(scope: &Scope, header: Ref) -> Result<(Vec<cdef::Name>, Vec<cdef::Error>)> {
    let (name, options) = arguments(header)?;
    let header = Preprocessor::new(&name, &options);
    let is_own = |file: &str| file == cdef::TEXT || header.is_own(Path::new(file));
    let declared = scope.declared().filter(|entry| !entry.name.starts_with('_'));
    let declared = declared.filter(|entry| is_own(scope.file_of(entry.place)));
    let left = scope.left.iter().filter(|error| is_own(&error.file));
    Ok((declared.map(|entry| entry.name.clone()).collect(), left.cloned().collect()))
}

// The name of a header as it is written, without the colon of a file symbol, and what it is read with.
fn arguments(file: Ref) -> Result<(String, Options)> {
    let (name, options) = match (file.item(0), file.item(1), file.item(2)) {
        (Some(name), Some(options), None) => (name, self::options(options)?),
        _ => (file, Options::default()),
    };
    let wrong = || usage("header", "file", "symbol, string or a pair of such and a dictionary", file);
    let name = name.text().ok_or_else(wrong)?;
    let name = name.strip_prefix(':').unwrap_or(&name);
    if name.is_empty() { Err(Error::Header("no name".into())) } else { Ok((name.into(), options)) }
}

fn options(x: Ref) -> Result<Options> {
    let wrong = |x| usage("header", "options", "dictionary of include and define, lists of strings", x);
    let mut options = Options::default();
    if x.tag() != tag::DICTIONARY {
        return Err(wrong(x));
    }
    let (keys, values) = x.parts().ok_or_else(|| wrong(x))?;
    for (i, key) in texts(keys).ok_or_else(|| wrong(x))?.iter().enumerate() {
        let all = match key.as_str() {
            "include" => &mut options.include,
            "define" => &mut options.define,
            _ => return Err(Error::Usage(format!("header: options: include or define wanted, got {key}"))),
        };
        let value = values.item(i).ok_or_else(|| wrong(values))?;
        *all = texts(value).ok_or_else(|| wrong(value))?;
    }
    Ok(options)
}

// One text, or a list of them.
fn texts(x: Ref) -> Option<Vec<String>> {
    if let Some(text) = x.text() {
        return Some(vec![text]);
    }
    if let Some(symbols) = x.symbols() {
        return Some(symbols.map(|text| text.to_string_lossy().into_owned()).collect());
    }
    (x.tag() == tag::LIST).then(|| (0..x.len()).map(|i| x.item(i)?.text()).collect())?
}

// What the header declares, and the macros that are constants or other names; and the letters of its functions.
fn declared(scope: &Scope, header: &str, options: &Options) -> Result<(Scope, ByName)> {
    let preprocessor = Preprocessor::new(header, options);
    let wrong = |error: cdef::Error| Error::Header(error.to_string());
    let text = preprocessor.declarations()?;
    let mut scope = cdef::read_header(scope, &text, header).map_err(wrong)?;
    let names = String::from_utf8_lossy(&text);
    let mut names = macros::defined(&names);
    names.retain(|known| !known.name.starts_with('_') && !known.is_the_compilers());
    let text = preprocessor.expanded(&macros::marks(names.iter().map(|known| known.name)))?;
    scope = macros::read_marks(&scope, &text, &names).map_err(wrong)?;
    let letters = leave_out(&mut scope);
    Ok((scope, letters))
}

// Leaves out what was read but cannot be bound, and gives the letters of the functions that can.
fn leave_out(scope: &mut Scope) -> ByName {
    let writer = Writer::new(scope);
    let (mut letters, mut left) = (ByName::new(), Vec::new());
    for entry in scope.declared() {
        let why = match &entry.meaning {
            Meaning::Function(function) => match writer.signature_of(function) {
                Ok(own) => {
                    letters.insert(entry.name.clone(), own);
                    continue;
                }
                Err(not_yet) => not_yet.to_string(),
            },
            Meaning::Variable(variable) => match writer.variable(variable.ty.ty) {
                Ok(_) => continue,
                Err(why) => why,
            },
            _ => continue,
        };
        left.push((entry.name.clone(), why));
    }
    for (name, why) in left {
        scope.leave_out(&name, why);
    }
    scope.left.retain(|error| !error.name.starts_with('_'));
    letters
}
