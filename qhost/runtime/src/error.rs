//! The error both layers speak: what q signals.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Result of anything that can signal.
pub type R<T = crate::Obj> = Result<T, QError>;

/// What an error carries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// The text q shows after the quote, such as `type`.
    pub text: String,
    /// Where it happened, innermost frame first; filled in by the interpreter while it unwinds.
    pub trace: Vec<String>,
}

/// A signalled q error. One pointer wide, so that `R` stays small on the path without errors.
#[derive(Clone, PartialEq, Eq)]
pub struct QError(Box<Details>);

impl QError {
    /// An error with the given text.
    #[cold]
    pub fn named(text: impl Into<String>) -> QError {
        QError(Box::new(Details { text: text.into(), trace: Vec::new() }))
    }

    /// An error whose text is not known to be UTF-8; bad sequences are replaced.
    #[cold]
    pub fn from_bytes(text: &[u8]) -> QError {
        QError::named(String::from_utf8_lossy(text))
    }

    /// `'type`: an argument of the wrong type.
    #[cold]
    pub fn type_() -> QError {
        QError::named("type")
    }

    /// `'rank`: the wrong number of arguments, or of dimensions.
    #[cold]
    pub fn rank() -> QError {
        QError::named("rank")
    }

    /// `'length`: lists that do not conform.
    #[cold]
    pub fn length() -> QError {
        QError::named("length")
    }

    /// `'domain`: a value outside the function's domain.
    #[cold]
    pub fn domain() -> QError {
        QError::named("domain")
    }

    /// `'index`: a position outside the list.
    #[cold]
    pub fn index() -> QError {
        QError::named("index")
    }

    /// `'limit`: more of something than the host takes.
    #[cold]
    pub fn limit() -> QError {
        QError::named("limit")
    }

    /// `'stack`: recursion too deep.
    #[cold]
    pub fn stack() -> QError {
        QError::named("stack")
    }

    /// `'wsfull`: out of memory.
    #[cold]
    pub fn wsfull() -> QError {
        QError::named("wsfull")
    }

    /// `'nyi`, naming the word that is not implemented. An empty word leaves the bare `nyi`.
    #[cold]
    pub fn nyi(word: &str) -> QError {
        if word.is_empty() { QError::named("nyi") } else { QError::named(format!("nyi: {word}")) }
    }

    /// Unwinds to the nearest [`catch`], for the few places that cannot return a `Result` (running out of
    /// memory inside a constructor). The panic hook does not run.
    #[cold]
    pub fn unwind(self) -> ! {
        resume_unwind(Box::new(self))
    }
}

impl Deref for QError {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl DerefMut for QError {
    fn deref_mut(&mut self) -> &mut Details {
        &mut self.0
    }
}

impl fmt::Display for QError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl fmt::Debug for QError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "'{}", self.text)?;
        self.trace.iter().try_for_each(|frame| write!(out, " < {frame}"))
    }
}

impl std::error::Error for QError {}

/// Runs `body`; a panic in it becomes an error: the one [`QError::unwind`] carried, or the panic's message.
///
/// # Errors
/// What `body` returns or unwinds with.
pub fn catch<T>(body: impl FnOnce() -> R<T>) -> R<T> {
    // AssertUnwindSafe: K objects have no invariant that a half-finished primitive could break for its
    // caller; a half-built object is dropped by its owner while unwinding.
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| {
        Err(match payload.downcast::<QError>() {
            Ok(error) => *error,
            Err(payload) => QError::named(format!("internal: {}", panic_text(payload.as_ref()))),
        })
    })
}

fn panic_text(payload: &(dyn std::any::Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("panic")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stay_two_words() {
        assert!(size_of::<R>() <= 16);
    }

    #[test]
    fn catch_keeps_the_carried_error() {
        let caught: R<()> = catch(|| QError::wsfull().unwind());
        assert_eq!(caught.unwrap_err().text, "wsfull");
        assert_eq!(catch(|| Ok(1)).unwrap(), 1);
    }

    #[test]
    fn nyi_names_the_word() {
        assert_eq!(QError::nyi("aj").text, "nyi: aj");
        assert_eq!(QError::nyi("").text, "nyi");
    }
}
