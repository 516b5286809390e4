//! What is called when a call has ended.

use crate::args::usage;
use crate::error::{Error, Result};
use crate::k::{self, Owned, Ref, tag};

/// The callback of a call, or the functions for its result and for an error.
pub struct Then {
    result: Applied,
    error: Option<Applied>,
}

/// A q function, with the number of arguments that it is given.
struct Applied {
    function: Owned,
    rank: usize,
}

impl Then {
    /// What an argument stands for: a function, a pair of functions, or `::` for nothing.
    ///
    /// # Errors
    /// [`Error::Usage`] for anything else, [`Error::Rank`] for functions of more than two parameters.
    pub fn of(name: &str, callback: Ref) -> Result<Option<Self>> {
        let wrong = || usage(name, "callback", "a function, (on result; on error) or ::", callback);
        if callback.is_null() {
            return Ok(None);
        }
        if callback.is_function() {
            return Ok(Some(Self { result: Applied::new(name, callback)?, error: None }));
        }
        let ([_, _], Some(result), Some(error)) = (callback.items(), callback.item(0), callback.item(1))
        else {
            return Err(wrong());
        };
        if !(result.is_function() && error.is_function()) {
            return Err(wrong());
        }
        let (result, error) = (Applied::new(name, result)?, Applied::new(name, error)?);
        Ok(Some(Self { result, error: Some(error) }))
    }

    /// Applies it to what came of a call, and to the call's arguments.
    ///
    /// # Errors
    /// What q signals; the call's own where nobody has asked for that.
    ///
    /// # Safety
    /// This thread runs q.
    pub unsafe fn apply(&self, outcome: Result<Owned>, arguments: Owned) -> Result<()> {
        let (applied, first) = match (outcome, &self.error) {
            (Ok(result), _) => (&self.result, result),
            (Err(error), Some(applied)) => (applied, Owned::chars(error.to_string().as_bytes())?),
            (Err(error), None) => return Err(error),
        };
        let mut given = vec![first];
        if applied.rank > 1 {
            given.push(arguments);
        }
        let given = Owned::list(given)?;
        // SAFETY: passed on to the caller.
        unsafe { k::apply(applied.function.get(), given.get()) }.map(drop)
    }
}

impl Applied {
    fn new(name: &str, function: Ref) -> Result<Self> {
        match rank(function)? {
            rank @ 0..=2 => Ok(Self { function: function.to_owned(), rank }),
            rank => Err(Error::Rank { name: format!("{name}: callback"), wanted: rank, given: 2 }),
        }
    }
}

/// How many arguments a function takes: a lambda's parameters, a projection's holes, the rank of a C function; 1 for unary
/// primitives and compositions, else 2.
fn rank(function: Ref) -> Result<usize> {
    Ok(match function.tag() {
        tag::LAMBDA => {
            let parts = k::value(function)?;
            parts.get().item(1).filter(|names| names.tag() >= 0).map_or(1, Ref::len)
        }
        tag::PROJECTION => {
            let parts = k::value(function)?;
            let [_, given @ ..] = parts.get().items() else { return Ok(1) };
            let filled =
                (1..=given.len()).filter_map(|i| parts.get().item(i)).filter(|x| !is_hole(*x)).count();
            let whole = parts.get().item(0).map_or(Ok(1), rank)?;
            // Of what takes any number there are as many holes as can be seen.
            whole.max(given.len()).saturating_sub(filled)
        }
        tag::UNARY | tag::COMPOSITION => 1,
        tag::FOREIGN if function.attribute() > 0 => function.attribute().into(),
        _ => 2,
    })
}

/// Whether this stands in a projection for an argument that was left out: a unary primitive by no number of q's.
fn is_hole(x: Ref) -> bool {
    // SAFETY: a unary primitive holds its number in the payload.
    x.tag() == tag::UNARY && unsafe { x.payload::<u8>() } == u8::MAX
}
