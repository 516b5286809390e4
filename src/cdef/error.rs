//! What is wrong with a text, and where.

use std::fmt;
use std::sync::Arc;

/// A name of C, or of a file.
pub type Name = Arc<str>;

/// Where something stands. The file is a number that [`super::Scope`] knows the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Number of the file.
    pub file: u32,
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
}

/// A declaration that cannot be read, or that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The file's name, or `text`.
    pub file: Name,
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
    /// What was being declared, or the word that is at fault.
    pub name: String,
    /// What is wrong with it.
    pub what: String,
}

/// The result of reading.
pub type Result<T> = std::result::Result<T, Error>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}: {}", self.file, self.line, self.column, self.name, self.what)
    }
}

impl std::error::Error for Error {}

/// A name as messages show it, which may be the whole text in a bad case.
pub fn shown(name: &str) -> String {
    const MOST: usize = 64;
    match name.char_indices().nth(MOST) {
        None => name.into(),
        Some((end, _)) => format!("{}..", &name[..end]),
    }
}
