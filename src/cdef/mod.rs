//! C declarations, as users copy them from headers and preprocessors leave them, and what they mean: a reader of its
//! own, which needs no compiler.
//!
//! [`read`] takes a text that a user wrote, in which the first error is an error. [`read_header`] takes what `cc -E`
//! makes of headers, and leaves out what it cannot read. Both give a [`Scope`]: functions, variables, constants and
//! types under their names. [`letters::signature_of`] gives a function's types as the letters of a signature.
//!
//! The reader is no validator, it accepts C that a compiler would not. But whatever the text, it comes to an end in
//! time linear in the text, and goes no deeper than [`MAX_DEPTH`].
#![forbid(unsafe_code)]

mod agreement;
mod arithmetic;
mod attributes;
mod declaration;
mod declarator;
mod directive;
mod display;
pub mod error;
mod expression;
pub mod layout;
pub mod letters;
mod lexer;
mod literal;
pub mod macros;
pub mod model;
mod notes;
mod parser;
mod prelude;
mod record;
mod scope;
mod specifiers;
mod suggest;
pub mod text;
pub mod types;
mod words;

pub use arithmetic::{Constant, Integer};
pub use error::{Error, Name, Place, Result};
pub use model::Model;
pub use notes::enumerators;
pub use scope::{Entry, Function, Meaning, Notes, Parameter, Scope, Strength, TagKind, Variable};

use lexer::Lexer;
use parser::Parser;

/// How deeply declarations, structs and expressions may nest.
pub const MAX_DEPTH: u32 = 128;
/// Bytes that a text may have. Windows' headers, all together, are half of it.
pub const MAX_TEXT: usize = 8 << 20;

/// The file that a user's text is said to be.
pub const TEXT: &str = "text";

/// Reads a user's text. The scope given goes on in the one that comes back; after an error it is what it was.
///
/// # Errors
/// The first thing that is wrong, and where.
pub fn read(scope: &Scope, text: &[u8]) -> Result<Scope> {
    let mut scope = scope.clone();
    let file = scope.file(TEXT);
    let text = checked(&scope, text, file)?;
    scope.start_reading();
    Parser::new(Lexer::new(text, file), &mut scope, Strength::Text, false).read()?;
    scope.check_aliases()?;
    Ok(scope)
}

/// Reads what a preprocessor made of headers. What cannot be read is left out, and noted in [`Scope::left`].
///
/// # Errors
/// When the text is too long, or wrong throughout.
pub fn read_header(scope: &Scope, text: &[u8], name: &str) -> Result<Scope> {
    let mut scope = scope.clone();
    let file = scope.file(name);
    // What is no UTF-8 stands in texts and comments; where it does not, the declaration cannot be read.
    let text = String::from_utf8_lossy(text);
    let text = checked(&scope, text.as_bytes(), file)?;
    scope.start_reading();
    Parser::new(Lexer::new(text, file), &mut scope, Strength::Header, true).read()?;
    Ok(scope)
}

// The text as UTF-8, of a length that can be read.
fn checked<'a>(scope: &Scope, text: &'a [u8], file: u32) -> Result<&'a str> {
    let start = Place { file, line: 1, column: 1 };
    if text.len() > MAX_TEXT {
        return Err(scope.error(start, TEXT, format!("{} bytes, {MAX_TEXT} at most", text.len())));
    }
    std::str::from_utf8(text).map_err(|error| {
        let before = &text[..error.valid_up_to()];
        let line = before.iter().filter(|&&b| b == b'\n').count() as u32 + 1;
        let column = before.iter().rev().take_while(|&&b| b != b'\n').count() as u32 + 1;
        scope.error(Place { file, line, column }, TEXT, "not UTF-8")
    })
}
