//! Everything that can go wrong, as q is told of it.
//!
//! The text of an error begins with q's own word for it (<https://code.kx.com/q/basics/errors/>), so that
//! scripts can trap on the word, and goes on with the function, the argument, what was wanted and what came.

use std::fmt;
use std::sync::Arc;

use thiserror::Error;

/// The result of every fallible operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// A failure, whose [`Display`](fmt::Display) is the text that q signals.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum Error {
    /// An argument of a C function has a type that its parameter does not take.
    #[error("type: {at}: {wants}, got {got}")]
    Argument {
        /// Function and position.
        at: Site,
        /// What the parameter takes, as `f wants float`.
        wants: String,
        /// The q type that came.
        got: String,
    },
    /// A value has the right type but does not fit the C type.
    #[error("range: {at}: {value} does not fit {ty}")]
    Range {
        /// Function and position.
        at: Site,
        /// The value as q shows it.
        value: String,
        /// The type character.
        ty: char,
    },
    /// The number of arguments is not the number of parameters.
    #[error("rank: {name}: {wanted} parameter{}, {given} given", if *.wanted == 1 { "" } else { "s" })]
    Rank {
        /// Name of the C function.
        name: String,
        /// Parameters of the signature.
        wanted: usize,
        /// Arguments that came.
        given: usize,
    },
    /// An argument of a function of `.ffi` itself is not of the form it takes.
    #[error("type: {0}")]
    Usage(String),
    /// Vectors that should have one length do not, or an index lies outside.
    #[error("length: {0}")]
    Length(String),
    /// A value lies outside what an operation accepts.
    #[error("domain: {0}")]
    Domain(String),
    /// A library cannot be opened.
    #[error("lib: {name}: {reason}")]
    Library {
        /// The library as the user named it.
        name: String,
        /// The dynamic linker's words.
        reason: String,
    },
    /// A symbol is not in a library, or nowhere in the process.
    #[error("sym: {symbol} not found in {library}")]
    Symbol {
        /// The symbol looked for.
        symbol: String,
        /// Where it was looked for.
        library: String,
    },
    /// A symbol that is bound as a function and is none.
    #[error("sym: {symbol} is data in {library}, no function")]
    NoFunction {
        /// The symbol.
        symbol: String,
        /// Where it was found.
        library: String,
    },
    /// A signature that cannot be read.
    #[error("sig: \"{text}\": {problem} at {position}")]
    Signature {
        /// The signature as given, shortened when long.
        text: String,
        /// What is wrong there.
        problem: String,
        /// Offset in bytes from the start of the signature.
        position: usize,
    },
    /// There is no memory for what was asked for.
    #[error("wsfull")]
    MemoryFull,
    /// The stack is nearly used up.
    #[error("stack: {0}")]
    Stack(String),
    /// A C declaration that cannot be read: where, what, and what is wrong with it.
    #[error("cdef: {0}")]
    Declaration(String),
    /// A header that cannot be read.
    #[error("header: {0}")]
    Header(String),
    /// A limit of q or of this library is exceeded.
    #[error("limit: {0}")]
    Limit(String),
    /// A wait has lasted as long as the caller wanted it to.
    #[error("timeout: {0}")]
    Timeout(String),
    /// Something that is not done yet or cannot be done here.
    #[error("nyi: {0}")]
    Unsupported(String),
    /// Machine code could not be made; the user cannot do anything about it.
    #[error("jit: {0}")]
    Codegen(String),
    /// An operation that the process has closed off.
    #[error("access: {0}")]
    Access(String),
    /// C has faulted: the word of the kind of fault, the function, and what has happened.
    #[error("{0}")]
    Fault(String),
    /// What a pointer of C's leads to cannot be read or written.
    #[error("segv: {}{access} of {address:#x} through {} pointer", prefix(by), if .by.is_empty() { "a" } else { "its" })]
    Pointer {
        /// Who has given the pointer, if that is known.
        by: String,
        /// What cannot be done.
        access: &'static str,
        /// Where.
        address: usize,
    },
    /// What C has given for an object is none.
    #[error("type: {}no object at {address:#x}: {why}", prefix(by))]
    Object {
        /// Who has given it, if that is known.
        by: String,
        /// Where it should be.
        address: usize,
        /// By what that is seen.
        why: String,
    },
    /// C has written before the start of what it was given, which is seen when it has returned.
    #[error("segv: {}write before {what}, at byte -{at} of {size}", prefix(by))]
    Before {
        /// The function, if that is known.
        by: String,
        /// Which argument's.
        what: String,
        /// How far before.
        at: usize,
        /// Its bytes.
        size: usize,
    },
    /// An error that a C function returning K has signalled to q itself.
    #[error("signalled by the C function")]
    Pending,
    /// An error that q code has signalled, passed on as it was.
    #[error("{0}")]
    Signal(String),
}

/// A name as errors begin with it, if it is known.
fn prefix(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!("{name}: ") }
}

impl Error {
    /// The same, by this function unless another is named.
    pub fn by(self, name: &str) -> Self {
        match self {
            Error::Pointer { by, access, address } if by.is_empty() => {
                Error::Pointer { by: name.into(), access, address }
            }
            Error::Object { by, address, why } if by.is_empty() => {
                Error::Object { by: name.into(), address, why }
            }
            Error::Before { by, what, at, size } if by.is_empty() => {
                Error::Before { by: name.into(), what, at, size }
            }
            other => other,
        }
    }
}

/// A value, named as q indexes it: `pow[1]` is the second argument of `pow`, `f[0;2]` the third field of its first, which
/// is ``f[0;`x]`` where fields have names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Name of the C function.
    pub name: String,
    /// Position of the argument, from 0, of the item in it, and so on; empty for all of it.
    pub path: Vec<Step>,
}

/// A step into a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// To the item of this number, from 0.
    Item(usize),
    /// To the field of this name.
    Field(Arc<str>),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Item(i) => write!(f, "{i}"),
            Step::Field(name) => write!(f, "`{name}"),
        }
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for (depth, step) in self.path.iter().enumerate() {
            write!(f, "{}{step}", if depth == 0 { "[" } else { ";" })?;
        }
        if self.path.is_empty() { Ok(()) } else { f.write_str("]") }
    }
}

/// An empty vector with room for this many, of a number that the caller of the process chooses.
///
/// # Errors
/// [`Error::MemoryFull`].
pub fn room<T>(count: usize) -> Result<Vec<T>> {
    let mut room = Vec::new();
    room.try_reserve_exact(count).map_err(|_| Error::MemoryFull)?;
    Ok(room)
}

/// As many zeros.
///
/// # Errors
/// [`Error::MemoryFull`].
pub fn zeros<T: Default + Copy>(count: usize) -> Result<Vec<T>> {
    let mut zeros = room(count)?;
    zeros.resize(count, T::default());
    Ok(zeros)
}

/// A copy of these bytes.
///
/// # Errors
/// [`Error::MemoryFull`].
pub fn copied<T: Copy>(values: &[T]) -> Result<Vec<T>> {
    let mut copy = room(values.len())?;
    copy.extend_from_slice(values);
    Ok(copy)
}
