//! What a primitive or word is. The table of all of them is the top's, which hands it down here: what reads and
//! evaluates programs asks for rows and imports none of the functions in them.
//!
//! A row says what a word is called, how it is written (prefix, infix, symbol) and which function serves each number of
//! arguments. Objects of types 101, 102 and 103 carry the index of their row. Row 0 is `::`.

use std::collections::HashMap;
use std::sync::OnceLock;

use kapi::error::R;
use kapi::object::Obj;

static WORDS: OnceLock<&'static [Word]> = OnceLock::new();

/// Makes the table known. The first one stays.
pub fn install(words: &'static [Word]) {
    WORDS.get_or_init(|| words);
}

/// All words; none before [`install`].
pub fn words() -> &'static [Word] {
    WORDS.get().copied().unwrap_or_default()
}

/// A function of one argument.
pub type Fn1 = fn(&Obj) -> R;
/// A function of two arguments.
pub type Fn2 = fn(&Obj, &Obj) -> R;
/// A function that takes its arguments as a slice and checks their number itself.
pub type FnN = fn(&[Obj]) -> R;

/// How a word is written in a program; decides the type number of its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `+`, `#`, `,`: infix symbols; type 102.
    Operator,
    /// `in`, `mod`, `each`: infix names; type 102.
    Infix,
    /// `til`, `count`, and namespaced ones like `.Q.s`: prefix names; type 101.
    Prefix,
    /// `'`, `/`, `\:`: what makes a derived function of a function; type 103.
    Iterator,
}

/// One row: a word and what it does.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// The name in programs. Names that start with a dot are ordinary globals of their namespace; all others
    /// are reserved.
    pub name: &'static str,
    /// What the console shows for it, when that is not the name: `#:` for `count`. Also accepted in programs.
    pub glyph: Option<&'static str>,
    /// How it is written.
    pub kind: Kind,
    /// Applied to one argument.
    pub monad: Option<Fn1>,
    /// Applied to two arguments.
    pub dyad: Option<Fn2>,
    /// Applied to any number of arguments that has no function of its own.
    pub many: Option<FnN>,
    /// Whether it takes enumerations as they are; to all others they are symbols.
    pub knows_enumerations: bool,
    /// How many arguments `many` waits for: fewer make a projection.
    pub least: usize,
}

impl Word {
    /// A word without functions.
    pub const fn new(name: &'static str, kind: Kind) -> Word {
        Word {
            name,
            glyph: None,
            kind,
            monad: None,
            dyad: None,
            many: None,
            knows_enumerations: false,
            least: 0,
        }
    }

    /// Adds the symbol the console shows for this word.
    pub const fn glyph(mut self, glyph: &'static str) -> Word {
        self.glyph = Some(glyph);
        self
    }

    /// Says that it takes enumerations as they are.
    pub const fn enumerated(mut self) -> Word {
        self.knows_enumerations = true;
        self
    }

    /// Adds the function of three or more arguments.
    pub const fn many(mut self, f: FnN) -> Word {
        self.many = Some(f);
        self
    }

    /// The type number of this word's object.
    pub const fn tag(&self) -> i8 {
        match self.kind {
            Kind::Prefix => 101,
            Kind::Operator | Kind::Infix => 102,
            Kind::Iterator => 103,
        }
    }

    /// What the console shows for it.
    pub fn shown(&self) -> &'static str {
        self.glyph.unwrap_or(self.name)
    }
}

/// The index of the word a program calls `name` (its name or its glyph; names win).
pub fn find(name: &str) -> Option<usize> {
    static INDEX: OnceLock<HashMap<&'static str, usize>> = OnceLock::new();
    // Not before there is a table to index.
    let words = WORDS.get()?;
    let index = INDEX.get_or_init(|| {
        let glyphs = words.iter().enumerate().filter_map(|(i, w)| Some((w.glyph?, i)));
        let names = words.iter().enumerate().map(|(i, w)| (w.name, i));
        glyphs.chain(names).collect()
    });
    index.get(name).copied()
}

/// The row at `index`, as carried by an object of type 101, 102 or 103.
pub fn row(index: usize) -> Option<&'static Word> {
    words().get(index)
}

/// The row of a function object, if it is a primitive.
pub fn row_of(f: &Obj) -> Option<&'static Word> {
    matches!(f.tag(), 101..=103).then(|| row(f.get::<i64>() as usize)).flatten()
}

/// The object for the word at `index`.
pub fn object(index: usize) -> Obj {
    Obj::atom::<i64>(words()[index].tag(), index as i64)
}

/// The name of the word at `index`; empty when there is none.
pub fn name(index: usize) -> &'static str {
    row(index).map_or("", |word| word.name)
}
