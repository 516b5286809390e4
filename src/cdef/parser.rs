//! The stream of tokens that the rules of the grammar read, what they say when another token comes, and where reading
//! goes on after an error.

use std::collections::HashSet;

use super::MAX_DEPTH;
use super::error::{Error, Place, Result, shown};
use super::lexer::{Lexer, Token};
use super::scope::{MAX_LEFT, Meaning, Scope, Strength};

/// Suggestions in one reading: each looks at every name.
const MAX_SUGGESTIONS: u32 = 32;

/// Reads one text into a scope.
pub struct Parser<'a, 's> {
    lexer: Lexer<'a>,
    /// The token to be read.
    pub(super) token: Token<'a>,
    /// Where it stands.
    pub(super) place: Place,
    /// What it is read into.
    pub(super) scope: &'s mut Scope,
    /// Who says so.
    pub(super) strength: Strength,
    /// Whether errors leave a declaration out instead of ending it all.
    pub(super) lenient: bool,
    /// What is being declared, for errors.
    pub(super) subject: Option<&'a str>,
    /// Operands that are read but whose values do not matter.
    pub(super) unevaluated: u32,
    /// Whether the value of a parameter was asked for, which is not known.
    pub(super) variable: bool,
    /// The names of the parameters before, in each list around.
    pub(super) parameter_names: Vec<HashSet<&'a str>>,
    /// `#pragma pack`, and what it was before each push.
    pub(super) pack: Option<u32>,
    pub(super) packs: Vec<(Option<&'a str>, Option<u32>)>,
    /// Braces of `extern "C" {` around.
    pub(super) linkage: u32,
    depth: u32,
    braces: u32,
    suggestions: u32,
}

/// A place to go back to.
pub(super) struct Mark<'a> {
    lexer: Lexer<'a>,
    token: Token<'a>,
    place: Place,
    braces: u32,
    depth: u32,
}

impl<'a, 's> Parser<'a, 's> {
    pub(super) fn new(lexer: Lexer<'a>, scope: &'s mut Scope, strength: Strength, lenient: bool) -> Self {
        Self {
            token: Token::End,
            place: lexer.place(),
            lexer,
            scope,
            strength,
            lenient,
            subject: None,
            unevaluated: 0,
            variable: false,
            parameter_names: Vec::new(),
            pack: None,
            packs: Vec::new(),
            linkage: 0,
            depth: 0,
            braces: 0,
            suggestions: MAX_SUGGESTIONS,
        }
    }

    /// Goes to the next token, minding the directives before it.
    pub(super) fn advance(&mut self) -> Result<()> {
        match self.token {
            Token::Mark("{") => self.braces += 1,
            Token::Mark("}") => self.braces = self.braces.saturating_sub(1),
            _ => (),
        }
        loop {
            let (token, place) = self.lexer.next();
            if token != Token::Directive {
                (self.token, self.place) = (token, place);
                return Ok(());
            }
            let line = self.lexer.directive();
            match self.directive(line, place) {
                Err(error) if self.lenient => self.leave_out(error),
                outcome => outcome?,
            }
        }
    }

    /// Says which line comes next.
    pub(super) fn renumber(&mut self, line: u32, file: Option<u32>) {
        self.lexer.renumber(line, file);
    }

    /// The token after the next one.
    pub(super) fn ahead(&self) -> Token<'a> {
        let mut lexer = self.lexer;
        loop {
            match lexer.next().0 {
                Token::Directive => _ = lexer.directive(),
                token => return token,
            }
        }
    }

    pub(super) fn mark(&self) -> Mark<'a> {
        let Self { lexer, token, place, braces, depth, .. } = *self;
        Mark { lexer, token, place, braces, depth }
    }

    pub(super) fn go_back(&mut self, mark: Mark<'a>) {
        let Mark { lexer, token, place, braces, depth } = mark;
        (self.lexer, self.token, self.place) = (lexer, token, place);
        (self.braces, self.depth) = (braces, depth);
    }

    /// One level deeper, unless that is too deep.
    pub(super) fn enter(&mut self) -> Result<()> {
        if self.depth == MAX_DEPTH {
            return Err(self.error_here(&format!("nested deeper than {MAX_DEPTH}")));
        }
        self.depth += 1;
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Goes past a punctuation mark, which must come.
    pub(super) fn expect(&mut self, mark: &'static str) -> Result<()> {
        if self.token != Token::Mark(mark) {
            return Err(self.unexpected(mark));
        }
        self.advance()
    }

    /// Goes past a punctuation mark if it comes.
    pub(super) fn accept(&mut self, mark: &'static str) -> Result<bool> {
        let found = self.token == Token::Mark(mark);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    /// The word to be read, which must be one that can be a name.
    pub(super) fn word(&self, wanted: &str) -> Result<&'a str> {
        match self.token {
            Token::Word(word) if !super::words::is_keyword(word) => Ok(word),
            _ => Err(self.unexpected(wanted)),
        }
    }

    /// Goes from an opening bracket past the one that closes it.
    pub(super) fn skip_balanced(&mut self) -> Result<()> {
        let open = self.place;
        let mut depth = 0_u32;
        loop {
            match self.token {
                Token::Mark("(" | "[" | "{") => depth += 1,
                Token::Mark(")" | "]" | "}") => depth -= 1,
                Token::End => return Err(self.error_at(open, "a bracket that is not closed")),
                _ => (),
            }
            self.advance()?;
            if depth == 0 {
                return Ok(());
            }
        }
    }

    pub(super) fn error_at(&self, place: Place, what: &str) -> Error {
        self.scope.error(place, self.subject.unwrap_or_else(|| self.token_text()), what)
    }

    pub(super) fn error_here(&self, what: &str) -> Error {
        self.error_at(self.place, what)
    }

    /// Another token than this came.
    pub(super) fn unexpected(&self, wanted: &str) -> Error {
        match self.token {
            Token::Broken(why) => self.error_here(why),
            Token::End => self.error_here(&format!("the text ends where {wanted} is missing")),
            _ => self.error_here(&format!("{wanted} is missing before {}", shown(self.token_text()))),
        }
    }

    /// A name that should be a type's or a constant's and is not, and one that may have been meant.
    pub(super) fn unknown(&mut self, name: &str, ty: bool) -> Error {
        let tried = self.suggestions > 0;
        self.suggestions = self.suggestions.saturating_sub(1);
        let near = if tried { self.scope.suggestion(name, ty) } else { None };
        let near = near.map_or_else(String::new, |near| format!("; is {near} meant?"));
        let what = format!("unknown {}{near}", if ty { "type" } else { "constant" });
        self.scope.error(self.place, name, what)
    }

    fn token_text(&self) -> &'a str {
        match self.token {
            Token::Word(text) | Token::Number(text) | Token::Character(text) | Token::Text(text) => text,
            Token::Mark(mark) => mark,
            Token::End => "end",
            Token::Directive => "#",
            Token::Broken(_) => "?",
        }
    }

    /// Notes that a declaration is left out.
    pub(super) fn leave_out(&mut self, error: Error) {
        if self.scope.left.len() < MAX_LEFT {
            self.scope.left.push(error);
        }
    }

    /// Whether a word begins a type.
    pub(super) fn begins_type(&self, token: Token) -> bool {
        let Token::Word(word) = token else { return false };
        super::words::begins_type(word) || matches!(self.scope.find(word), Some(Meaning::Type(_)))
    }

    /// Whether a type stands in the parenthesis to be read.
    pub(super) fn type_follows(&self) -> bool {
        self.token == Token::Mark("(") && self.begins_type(self.ahead())
    }

    /// Reads all declarations.
    pub(super) fn read(&mut self) -> Result<()> {
        self.first()?;
        while self.token != Token::End {
            let (start, before) = (self.mark(), self.braces);
            (self.subject, self.depth, self.unevaluated, self.variable) = (None, 0, 0, false);
            self.parameter_names.clear();
            let Err(error) = self.declaration() else { continue };
            if !self.lenient || self.scope.left.len() >= MAX_LEFT {
                return Err(error);
            }
            self.leave_out(error);
            if start.place == self.place && start.token == self.token {
                self.advance()?;
            }
            self.recover(before)?;
        }
        if self.linkage > 0 {
            return Err(self.error_here("a brace that is not closed"));
        }
        Ok(())
    }

    /// Goes to the first token.
    pub(super) fn first(&mut self) -> Result<()> {
        self.advance()
    }

    // Goes to where the next declaration begins: after a semicolon outside of braces, or after a body.
    fn recover(&mut self, braces: u32) -> Result<()> {
        loop {
            let token = self.token;
            if token == Token::End {
                return Ok(());
            }
            self.advance()?;
            match token {
                Token::Mark(";") if self.braces <= braces => return Ok(()),
                Token::Mark("}") if self.braces <= braces && self.body_ended() => return Ok(()),
                _ => (),
            }
        }
    }

    // Whether what follows a brace begins a declaration, rather than going on with the names of a struct's.
    fn body_ended(&self) -> bool {
        match self.token {
            Token::Word("__attribute__" | "__attribute" | "const" | "volatile" | "__asm__" | "asm") => false,
            Token::Word(_) => self.begins_type(self.token),
            _ => false,
        }
    }
}
