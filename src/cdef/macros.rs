//! The macros of a header: which there are, and what the compiler makes of them.
//!
//! A header is preprocessed with `-dD`, which leaves its `#define` lines. Then it is preprocessed once more, with a
//! line `__mark "NAME" NAME` after it for each macro without parameters: there the compiler has expanded all of them,
//! and constant expressions are left.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::directive::line_marker;
use super::error::Result;
use super::lexer::Lexer;
use super::scope::{Scope, Strength};
use super::{Parser, Place, checked};

/// A macro without parameters, and where it is defined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defined<'a> {
    /// Its name.
    pub name: &'a str,
    /// The file, as the line marker before it says.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u32,
}

impl Defined<'_> {
    /// Whether the compiler has defined it, or an option, and no header.
    pub fn is_the_compilers(&self) -> bool {
        matches!(&*self.file, "<built-in>" | "<command-line>" | "<command line>")
    }
}

/// The macros without parameters, in their order, that a preprocessed text leaves defined.
pub fn defined(text: &str) -> Vec<Defined<'_>> {
    let (mut names, mut known) = (Vec::new(), HashSet::new());
    let (mut file, mut number): (Arc<str>, u32) = ("".into(), 1);
    for line in text.lines() {
        if let Some((next, name)) = line.strip_prefix("# ").and_then(|rest| line_marker(Lexer::new(rest, 0)))
        {
            (number, file) = (next, name.map_or(file, Arc::from));
            continue;
        }
        if let Some(rest) = line.strip_prefix("#define ") {
            let end =
                rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$'))).unwrap_or(rest.len());
            let (name, body) = rest.split_at(end);
            if !body.starts_with('(') && !body.trim().is_empty() && known.insert(name) {
                names.push(Defined { name, file: file.clone(), line: number });
            }
        } else if let Some(name) = line.strip_prefix("#undef ") {
            known.remove(name.trim());
        }
        number = number.saturating_add(1);
    }
    names.retain(|defined| known.remove(defined.name));
    names
}

/// The lines to add to a header's text so that the compiler expands these macros.
pub fn marks<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("__mark \"{name}\" {name}\n")).collect()
}

/// Reads what the compiler made of those lines for these macros. A macro that is neither a constant nor the name of something else
/// declares nothing.
///
/// # Errors
/// When the text is too long.
pub fn read_marks(scope: &Scope, text: &[u8], names: &[Defined]) -> Result<Scope> {
    let mut scope = scope.clone();
    let file = scope.file("macros");
    let text = String::from_utf8_lossy(text);
    let text = checked(&scope, text.as_bytes(), file)?;
    scope.start_reading();
    let places: HashMap<&str, &Defined> = names.iter().map(|defined| (defined.name, defined)).collect();
    for (i, line) in text.lines().enumerate() {
        let Some((name, body)) = line.strip_prefix("__mark \"").and_then(|rest| rest.split_once('"')) else {
            continue;
        };
        let place = match places.get(name) {
            Some(defined) => Place { file: scope.file(&defined.file), line: defined.line, column: 1 },
            None => Place { file, line: i as u32 + 1, column: 1 },
        };
        let mut parser = Parser::new(Lexer::new("", file), &mut scope, Strength::Header, true);
        // What is no constant is a macro for the compiler alone.
        _ = parser.macro_value(name, Lexer::new(body, file), place);
    }
    Ok(scope)
}

impl Scope {
    /// Whether each macro that is another name is one of something that is declared.
    pub(super) fn check_aliases(&self) -> Result<()> {
        for entry in self.declared() {
            if entry.strength == Strength::Text
                && let super::Meaning::Alias(of) = &entry.meaning
                && self.resolved(of).is_none()
            {
                return Err(self.error(
                    entry.place,
                    &entry.name,
                    format!("{} is not declared", super::error::shown(of)),
                ));
            }
        }
        Ok(())
    }

    /// What a name means, through macros that are other names.
    pub fn resolved(&self, name: &str) -> Option<&super::Meaning> {
        let mut meaning = self.find(name)?;
        for _ in 0..super::MAX_DEPTH {
            let super::Meaning::Alias(of) = meaning else { return Some(meaning) };
            meaning = self.find(of)?;
        }
        None
    }
}
