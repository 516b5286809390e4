//! C declarations in place of letters: what `.ffi.cdef` gives for what [`crate::cdef`] has read.

use std::collections::HashMap;
use std::ffi::CStr;
use std::sync::Arc;

use super::types;
use crate::args::usage;
use crate::binding::lazy::{self, Declared};
use crate::cdef::letters::{Letters, Writer};
use crate::cdef::types::{Enumeration, Kind, Qualified, TypeId};
use crate::cdef::{self, Constant, Function, Meaning, Model, Scope, TagKind, Variable, enumerators};
use crate::error::{Error, Result};
use crate::foreign;
use crate::jit::Form;
use crate::k::{K, Owned, Ref, tag};
use crate::library::{self, Name};

/// `.ffi.i.native.cdef[lib;text]`: a dictionary of what the text declares; the names in it of functions to be given
/// their arguments as a list; the names of variables, which stand there as `.ffi.cvar` takes them.
///
/// # Errors
/// [`Error::Declaration`] for what cannot be read, [`Error::Library`], those of reading the arguments.
pub fn declare(lib: Ref, text: Ref) -> Result<Owned> {
    let text = text.chars().ok_or_else(|| usage("cdef", "text", "string", text))?;
    let origin = Origin::of("cdef", lib)?;
    if let Some(library) = &origin.library {
        library::load(library)?;
    }
    let scope = cdef::read(&origin.scope, text).map_err(|error| Error::Declaration(error.to_string()))?;
    Declarations::new(origin.library, Arc::new(scope)).into_q()
}

/// Fields that the types of one dictionary have at most, those of structs within structs included.
const MAX_FIELDS: usize = 1 << 20;

/// What declarations go on from.
pub(super) struct Origin {
    pub(super) library: Option<Arc<str>>,
    pub(super) scope: Arc<Scope>,
}

impl Origin {
    pub(super) fn of(what: &str, lib: Ref) -> Result<Self> {
        if let Some(name) = lib.text() {
            let library = Some(name).filter(|name| !name.is_empty()).map(Arc::from);
            return Ok(Self { library, scope: known_beforehand() });
        }
        Self::of_earlier(lib).ok_or_else(|| usage(what, "lib", "symbol, string or an earlier result", lib))
    }

    // The item of the empty symbol in an earlier result: (library; scope; what was left out).
    fn of_earlier(dictionary: Ref) -> Option<Self> {
        let (keys, values) = dictionary.parts().filter(|_| dictionary.tag() == tag::DICTIONARY)?;
        let own = values.item(place_of_empty_symbol(keys)?)?;
        let scope = foreign::pointer_of(own.item(1)?, release)?.cast::<Arc<Scope>>();
        let library = own.item(0)?.text().filter(|name| !name.is_empty()).map(Arc::from);
        // SAFETY: an object with our destructor holds a box that lives as long as it does.
        Some(Self { library, scope: unsafe { &*scope }.clone() })
    }
}

// Where the empty symbol stands in a symbol vector.
fn place_of_empty_symbol(keys: Ref) -> Option<usize> {
    keys.symbols()?.position(CStr::is_empty)
}

// What everybody knows is read once.
fn known_beforehand() -> Arc<Scope> {
    static KNOWN: std::sync::OnceLock<Arc<Scope>> = std::sync::OnceLock::new();
    KNOWN.get_or_init(|| Arc::new(Scope::new(Model::host()))).clone()
}

/// Gives up a scope when q's last reference to its object goes.
extern "C" fn release(x: K) {
    // SAFETY: q passes the object whose last reference goes, which `Declarations::own` has made.
    let scope = unsafe { Ref::new(x) }.and_then(|x| foreign::pointer_of(x, release));
    if let Some(scope) = scope {
        // SAFETY: it is the box that went into the object, and nobody else drops it.
        drop(unsafe { Box::from_raw(scope.cast::<Arc<Scope>>()) });
    }
}

/// The letters of functions.
pub(super) type ByName = HashMap<cdef::Name, Letters>;

/// A dictionary in the making.
pub(super) struct Declarations {
    library: Option<Arc<str>>,
    scope: Arc<Scope>,
    /// Those that have been made.
    letters: ByName,
    names: Vec<String>,
    values: Vec<Owned>,
    lists: Vec<String>,
    variables: Vec<String>,
    /// Fields of all types so far.
    fields: usize,
}

impl Declarations {
    pub(super) fn new(library: Option<Arc<str>>, scope: Arc<Scope>) -> Self {
        let (letters, names, values, lists, variables, fields) = Default::default();
        Self { library, scope, letters, names, values, lists, variables, fields }
    }

    /// The same where the letters of functions have been made.
    pub(super) fn with_letters(self, letters: ByName) -> Self {
        Self { letters, ..self }
    }

    pub(super) fn into_q(mut self) -> Result<Owned> {
        let own = self.own()?;
        self.put("", own);
        let scope = self.scope.clone();
        let letters = Writer::new(&scope);
        for entry in scope.declared().filter(|entry| !entry.name.starts_with('_')) {
            if let Some(meaning) = scope.resolved(&entry.name) {
                self.entry(&entry.name, meaning, &letters)?;
            }
        }
        self.tags(&letters)?;
        let names = |names: &[String]| Owned::symbols(names.iter().map(String::as_str));
        let (lists, variables) = (names(&self.lists)?, names(&self.variables)?);
        let dictionary = Owned::dictionary(names(&self.names)?, Owned::list(self.values)?)?;
        Owned::list(vec![dictionary, lists, variables])
    }

    fn put(&mut self, name: &str, value: Owned) {
        self.names.push(name.into());
        self.values.push(value);
    }

    // Library, scope, and what was left out.
    fn own(&self) -> Result<Owned> {
        let library = Owned::symbol_from(self.library.as_deref().unwrap_or_default())?;
        let boxed = Box::into_raw(Box::new(self.scope.clone()));
        let scope = Owned::foreign(release, boxed.cast_const().cast());
        if scope.is_err() {
            // SAFETY: made above, and nobody has it.
            drop(unsafe { Box::from_raw(boxed) });
        }
        Owned::list(vec![library, scope?, self.left()?])
    }

    fn left(&self) -> Result<Owned> {
        table_of(&self.scope.left)
    }

    fn entry(&mut self, name: &str, meaning: &Meaning, letters: &Writer) -> Result<()> {
        let value = match meaning {
            Meaning::Function(function) => self.function(name, function, letters)?,
            Meaning::Variable(variable) => match self.variable(name, variable, letters)? {
                Some(value) => value,
                None => return Ok(()),
            },
            Meaning::Constant(value) => constant(value)?,
            Meaning::Type(ty) => match self.scope.types.kind(ty.ty) {
                Kind::Enum(id) => enumeration(self.scope.types.enumeration(*id))?,
                Kind::Record(_) => match self.record(ty.ty, letters)? {
                    Some(fields) => fields,
                    None => return Ok(()),
                },
                _ => return Ok(()),
            },
            Meaning::Alias(_) => return Ok(()),
        };
        self.put(name, value);
        Ok(())
    }

    fn function(&mut self, name: &str, function: &Function, letters: &Writer) -> Result<Owned> {
        let ty = match self.scope.types.kind(function.ty) {
            Kind::Function(ty) => ty.clone(),
            _ => return Err(Error::Declaration(format!("{name}: not a function"))),
        };
        let known = self.letters.remove(name);
        let types = known.map_or_else(|| letters.signature_of(function), Ok);
        let declared = Declared {
            name: Name { library: self.library.clone(), symbol: function.symbol.clone() },
            text: self.scope.text_of(Qualified { ty: function.ty, constant: false }, &function.name).into(),
            types: types.map_err(|not_yet| not_yet.to_string()),
            parameters: ty.parameters.len() - function.parameters.iter().filter(|p| p.notes.out).count(),
            variadic: ty.variadic,
        };
        if declared.form() == Form::List {
            self.lists.push(name.into());
        }
        lazy::function(declared)
    }

    // (type; (library; name)), or (type; name).
    fn variable(&mut self, name: &str, variable: &Variable, letters: &Writer) -> Result<Option<Owned>> {
        let Ok(text) = letters.variable(variable.ty.ty) else { return Ok(None) };
        let ty = match letters.named(variable.ty.ty) {
            Some(fields) => types::dictionary(&fields)?,
            None => Owned::chars(text.as_bytes())?,
        };
        let symbol = Owned::symbol_from(&variable.symbol)?;
        let place = match &self.library {
            None => symbol,
            Some(library) => Owned::list(vec![Owned::chars(library.as_bytes())?, symbol])?,
        };
        self.variables.push(name.into());
        Ok(Some(Owned::list(vec![ty, place])?))
    }

    // A struct or union by name. What text can say in little, as structs of structs of structs, may be too much.
    fn record(&mut self, ty: TypeId, letters: &Writer) -> Result<Option<Owned>> {
        let Some((fields, count)) = letters.counted(ty) else { return Ok(None) };
        self.fields += count;
        match self.fields > MAX_FIELDS {
            true => Err(Error::Limit(format!("cdef: types of over {MAX_FIELDS} fields"))),
            false => types::dictionary(&fields).map(Some),
        }
    }

    // Structs, unions and enums by their tags, which have a name of their own where an ordinary one is the same.
    fn tags(&mut self, letters: &Writer) -> Result<()> {
        let scope = self.scope.clone();
        for (ty, record) in scope.named_records() {
            let Some(tag) = record.tag.as_ref().filter(|tag| !tag.starts_with('_')) else { continue };
            let word = TagKind::of(record).word();
            let name = match scope.resolved(tag) {
                Some(Meaning::Type(own)) if own.ty == ty => continue,
                Some(_) => format!("{word} {tag}"),
                None => tag.to_string(),
            };
            if let Some(fields) = self.record(ty, letters)? {
                self.put(&name, fields);
            }
        }
        for (_, known) in scope.types.every_enum() {
            let Some(tag) = known.tag.as_ref().filter(|tag| !tag.starts_with('_') && known.names.is_some())
            else {
                continue;
            };
            let name = if scope.find(tag).is_some() { format!("enum {tag}") } else { tag.to_string() };
            self.put(&name, enumeration(known)?);
        }
        Ok(())
    }
}

// Numbers of 64 bits without a sign are longs bit by bit.
fn constant(value: &Constant) -> Result<Owned> {
    match value {
        Constant::Integer(integer) => Owned::atom(-tag::LONG, integer.value as i64),
        Constant::Float { value, .. } => Owned::atom(-tag::FLOAT, *value),
        Constant::Text(bytes) => Owned::chars(bytes),
    }
}

fn enumeration(known: &Enumeration) -> Result<Owned> {
    types::enumeration(&enumerators(known.names.as_deref().unwrap_or_default()))
}

/// A table of what was left out: name, file, line, reason.
pub(super) fn table_of(left: &[cdef::Error]) -> Result<Owned> {
    let lines: Vec<i64> = left.iter().map(|error| error.line.into()).collect();
    let reasons = left.iter().map(|error| Owned::chars(error.what.as_bytes()));
    Owned::table([
        ("name", Owned::symbols(left.iter().map(|error| error.name.as_str()))?),
        ("file", Owned::symbols(left.iter().map(|error| &*error.file))?),
        // SAFETY: the elements of a long vector are 64-bit integers.
        ("line", unsafe { Owned::vector(tag::LONG, &lines) }?),
        ("reason", Owned::list(crate::k::collect(reasons)?)?),
    ])
}
