//! Attributes: gcc's, Microsoft's and C23's. Those that change a layout or a call are heard, the others passed over.

use super::error::{Name, Result};
use super::lexer::Token;
use super::literal;
use super::parser::Parser;

/// The alignment that `aligned` without a number asks for, the largest of any type.
const LARGEST_ALIGNMENT: u32 = 16;
/// The largest alignment that gcc takes.
const MAX_ALIGNMENT: i128 = 1 << 28;

/// What attributes say.
#[derive(Debug, Clone, Default)]
pub struct Attributes {
    /// `packed`.
    pub packed: bool,
    /// `aligned(n)`, `_Alignas(n)`.
    pub aligned: Option<u32>,
    /// `vector_size(bytes)`.
    pub vector: Option<u32>,
    /// `mode(..)`: bytes.
    pub mode: Option<u8>,
    /// `transparent_union`.
    pub transparent: bool,
    /// `nonnull`: which parameters, from 1; an empty list is all of them.
    pub nonnull: Option<Vec<usize>>,
    /// Another calling convention than the platform's.
    pub refused: Option<&'static str>,
    /// `__asm__("name")`: the name in the library.
    pub label: Option<Name>,
}

/// Whether a word begins an attribute, or is one.
pub fn is_attribute(word: &str) -> bool {
    matches!(word, "__attribute__" | "__attribute" | "__declspec" | "_Alignas") || is_convention(word)
}

// On 64 bits all of them are the platform's own convention, but for vectorcall.
fn is_convention(word: &str) -> bool {
    matches!(
        word,
        "__cdecl"
            | "__stdcall"
            | "__fastcall"
            | "__thiscall"
            | "_cdecl"
            | "_stdcall"
            | "__vectorcall"
            | "__regcall"
    )
}

/// Whether a word begins an asm label.
pub fn is_label(word: &str) -> bool {
    matches!(word, "asm" | "__asm__" | "__asm")
}

impl<'a> Parser<'a, '_> {
    /// Reads all attributes that come.
    pub(super) fn attributes(&mut self, into: &mut Attributes) -> Result<()> {
        while self.attribute(into)? {}
        Ok(())
    }

    /// Reads attributes and asm labels, as they stand after a name.
    pub(super) fn labels(&mut self, into: &mut Attributes) -> Result<()> {
        loop {
            if matches!(self.token, Token::Word(word) if is_label(word)) {
                into.label = self.label()?;
            } else if !self.attribute(into)? {
                return Ok(());
            }
        }
    }

    /// Reads one attribute, if one comes.
    pub(super) fn attribute(&mut self, into: &mut Attributes) -> Result<bool> {
        match self.token {
            Token::Mark("[") if self.ahead() == Token::Mark("[") => self.skip_balanced()?,
            Token::Word("__vectorcall" | "__regcall") => {
                into.refused = Some("a calling convention that is not the platform's");
                self.advance()?;
            }
            Token::Word(word) if is_convention(word) => self.advance()?,
            Token::Word("_Alignas") => {
                self.advance()?;
                into.aligned = self.alignment()?.or(into.aligned);
            }
            Token::Word("__attribute__" | "__attribute") => {
                self.advance()?;
                self.expect("(")?;
                self.attribute_list(into)?;
                self.expect(")")?;
            }
            Token::Word("__declspec") => {
                self.advance()?;
                self.attribute_list(into)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn attribute_list(&mut self, into: &mut Attributes) -> Result<()> {
        self.expect("(")?;
        loop {
            match self.token {
                Token::Mark(")") => return self.advance(),
                Token::Mark(",") => self.advance()?,
                Token::Word(word) => {
                    self.advance()?;
                    self.one_attribute(word, into)?;
                }
                _ => return Err(self.unexpected("an attribute")),
            }
        }
    }

    fn one_attribute(&mut self, word: &'a str, into: &mut Attributes) -> Result<()> {
        let name = word.strip_prefix("__").and_then(|name| name.strip_suffix("__")).unwrap_or(word);
        let arguments = self.token == Token::Mark("(");
        match name {
            "packed" => into.packed = true,
            "transparent_union" => into.transparent = true,
            "aligned" | "align" if arguments => {
                into.aligned = self.alignment()?.max(into.aligned);
                return Ok(());
            }
            "aligned" => into.aligned = Some(LARGEST_ALIGNMENT).max(into.aligned),
            "vector_size" if arguments => {
                into.vector = Some(self.vector_size()?);
                return Ok(());
            }
            "mode" if arguments => return self.mode(into),
            "nonnull" if arguments => return self.nonnull(into),
            "nonnull" => into.nonnull = Some(Vec::new()),
            "ms_abi" if !self.scope.types.model.microsoft => {
                into.refused = Some("Microsoft's calling convention")
            }
            "sysv_abi" if self.scope.types.model.microsoft => {
                into.refused = Some("System V's calling convention")
            }
            "vectorcall" | "regcall" | "preserve_all" | "preserve_most" | "aarch64_vector_pcs" => {
                into.refused = Some("a calling convention that is not the platform's");
            }
            _ => (),
        }
        if self.token == Token::Mark("(") {
            self.skip_balanced()?;
        }
        Ok(())
    }

    // `(n)` or `(type)`. An alignment of 0 asks for nothing.
    fn alignment(&mut self) -> Result<Option<u32>> {
        let place = self.place;
        if self.type_follows() {
            self.advance()?;
            let ty = self.type_name()?.ty;
            self.expect(")")?;
            return Ok(self.scope.types.extent(ty).map(|extent| extent.align));
        }
        self.expect("(")?;
        let value = self.integer()?.value;
        self.expect(")")?;
        match value {
            0 => Ok(None),
            1..=MAX_ALIGNMENT if value & (value - 1) == 0 => Ok(Some(value as u32)),
            _ => Err(self.error_at(place, "an alignment that is no power of two, or too large")),
        }
    }

    fn vector_size(&mut self) -> Result<u32> {
        self.expect("(")?;
        let place = self.place;
        let value = self.integer()?.value;
        self.expect(")")?;
        let fits = (1..=4096).contains(&value) && value & (value - 1) == 0;
        if fits { Ok(value as u32) } else { Err(self.error_at(place, "no size of a vector")) }
    }

    fn mode(&mut self, into: &mut Attributes) -> Result<()> {
        self.expect("(")?;
        if let Token::Word(word) = self.token {
            into.mode = match word.trim_matches('_') {
                "QI" | "byte" => Some(1),
                "HI" => Some(2),
                "SI" | "SF" => Some(4),
                "DI" | "DF" | "word" | "pointer" => Some(8),
                _ => return Err(self.error_here("a mode that is not known")),
            };
            self.advance()?;
        }
        self.expect(")")
    }

    fn nonnull(&mut self, into: &mut Attributes) -> Result<()> {
        self.expect("(")?;
        let mut which = Vec::new();
        while self.token != Token::Mark(")") {
            which.push(usize::try_from(self.integer()?.value).unwrap_or(0));
            if !self.accept(",")? {
                break;
            }
        }
        // `nonnull()` is what a macro leaves of it, and means all as well.
        match &mut into.nonnull {
            Some(all) if all.is_empty() => (),
            Some(known) if !which.is_empty() => known.extend(which),
            _ => into.nonnull = Some(which),
        }
        self.expect(")")
    }

    fn label(&mut self) -> Result<Option<Name>> {
        self.advance()?;
        self.expect("(")?;
        let mut bytes = Vec::new();
        while let Token::Text(text) = self.token {
            bytes.extend(literal::string(text).map_err(|what| self.error_here(&what))?);
            self.advance()?;
        }
        self.expect(")")?;
        match String::from_utf8(bytes) {
            Ok(name) if !name.is_empty() => Ok(Some(name.into())),
            _ => Err(self.error_here("an asm label that is no name")),
        }
    }
}
