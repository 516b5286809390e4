//! What stands around a name and makes another type of the one before it: `*`, `[n]`, `(parameters)`.

use std::sync::Arc;

use super::attributes::Attributes;
use super::error::{Place, Result};
use super::lexer::Token;
use super::parser::Parser;
use super::scope::{Notes, Parameter};
use super::specifiers::Specifiers;
use super::types::{FunctionType, Kind, Qualified, TypeId};
use super::words::{self, is_keyword};

/// As many as a signature takes.
const MAX_PARAMETERS: usize = 255;
/// More stars, brackets and parameter lists than anybody writes around a name; C asks for 12.
const MAX_PARTS: usize = 64;

/// One thing that stands around a name.
#[derive(Debug, Clone)]
pub enum Part {
    /// `*`, and whether `const` follows.
    Pointer(bool),
    /// `[n]`.
    Array(Option<u64>),
    /// `(parameters)`.
    Function(Parameters),
}

/// The parameters of a function.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    /// In order.
    pub list: Vec<Parameter>,
    /// Whether `...` ends them.
    pub variadic: bool,
    /// Whether anything is said of them.
    pub prototyped: bool,
}

/// A name and what stands around it, from the name outwards.
#[derive(Debug, Clone, Default)]
pub struct Declarator<'a> {
    /// The name, and where it stands.
    pub name: Option<(&'a str, Place)>,
    /// What is around it.
    pub parts: Vec<Part>,
}

/// Whether a declarator has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// It must.
    Required,
    /// It may: a parameter.
    Possible,
    /// It must not: a cast.
    Forbidden,
}

impl<'a> Parser<'a, '_> {
    /// Reads a declarator.
    pub(super) fn declarator(
        &mut self,
        naming: Naming,
        attributes: &mut Attributes,
    ) -> Result<Declarator<'a>> {
        let mut declarator = Declarator::default();
        self.declarator_into(&mut declarator, naming, attributes)?;
        Ok(declarator)
    }

    fn declarator_into(
        &mut self,
        declarator: &mut Declarator<'a>,
        naming: Naming,
        attributes: &mut Attributes,
    ) -> Result<()> {
        self.enter()?;
        let pointers = self.pointers(attributes)?;
        match self.token {
            Token::Word(word) if naming != Naming::Forbidden && !is_keyword(word) => {
                declarator.name = Some((word, self.place));
                if naming == Naming::Required {
                    self.subject = Some(word);
                }
                self.advance()?;
            }
            Token::Mark("(") if self.declarator_nests(naming) => {
                self.advance()?;
                self.declarator_into(declarator, naming, attributes)?;
                self.expect(")")?;
            }
            _ if naming == Naming::Required => return Err(self.unexpected("a name")),
            _ => (),
        }
        self.suffixes(declarator)?;
        declarator.parts.extend(pointers.into_iter().rev().map(Part::Pointer));
        if declarator.parts.len() > MAX_PARTS {
            return Err(self.error_here("a declaration of too many parts"));
        }
        self.leave();
        Ok(())
    }

    // The stars, and whether each pointer is const.
    fn pointers(&mut self, attributes: &mut Attributes) -> Result<Vec<bool>> {
        let mut pointers = Vec::new();
        loop {
            if self.attribute(attributes)? {
                continue;
            }
            match self.token {
                Token::Mark("*") => {
                    self.advance()?;
                    pointers.push(false);
                }
                Token::Mark("^") => return Err(self.error_here("blocks are not supported")),
                Token::Word(word) if words::is_const(word) => {
                    self.advance()?;
                    if let Some(last) = pointers.last_mut() {
                        *last = true;
                    }
                }
                Token::Word(word) if words::is_plain_qualifier(word) => self.advance()?,
                _ => return Ok(pointers),
            }
        }
    }

    // Whether a parenthesis holds a declarator and not parameters.
    fn declarator_nests(&self, naming: Naming) -> bool {
        match self.ahead() {
            _ if naming == Naming::Required => true,
            Token::Mark("*" | "^" | "(" | "[") => true,
            Token::Word(word) if super::attributes::is_attribute(word) => true,
            Token::Word(word) => {
                naming == Naming::Possible && !self.begins_type(Token::Word(word)) && !is_annotation(word)
            }
            _ => false,
        }
    }

    fn suffixes(&mut self, declarator: &mut Declarator<'a>) -> Result<()> {
        loop {
            match self.token {
                Token::Mark("[") if self.ahead() != Token::Mark("[") => {
                    let length = self.array_length()?;
                    declarator.parts.push(Part::Array(length));
                }
                Token::Mark("(") => {
                    let parameters = self.parameters()?;
                    declarator.parts.push(Part::Function(parameters));
                }
                _ => return Ok(()),
            }
        }
    }

    // `[n]`. A parameter's may be made of parameters before it, and then says nothing that is known here.
    fn array_length(&mut self) -> Result<Option<u64>> {
        self.advance()?;
        while let Token::Word(word) = self.token
            && (word == "static" || words::is_const(word) || words::is_plain_qualifier(word))
        {
            self.advance()?;
        }
        if self.token == Token::Mark("*") && self.ahead() == Token::Mark("]") {
            self.advance()?;
        }
        if self.accept("]")? {
            return Ok(None);
        }
        let around = std::mem::take(&mut self.variable);
        let place = self.place;
        let length = self.integer()?.value;
        let variable = std::mem::replace(&mut self.variable, around);
        self.expect("]")?;
        match u64::try_from(length) {
            _ if variable => Ok(None),
            Ok(length) => Ok(Some(length)),
            Err(_) => Err(self.error_at(place, "an array of negative length")),
        }
    }

    fn parameters(&mut self) -> Result<Parameters> {
        self.advance()?;
        if self.accept(")")? {
            return Ok(Parameters::default());
        }
        let mut parameters = Parameters { prototyped: true, ..Parameters::default() };
        if self.token == Token::Word("void") && self.ahead() == Token::Mark(")") {
            self.advance()?;
        }
        self.parameter_names.push(Default::default());
        while self.token != Token::Mark(")") {
            if self.accept("...")? {
                parameters.variadic = true;
                break;
            }
            if parameters.list.len() == MAX_PARAMETERS {
                return Err(self.error_here(&format!("more than {MAX_PARAMETERS} parameters")));
            }
            parameters.list.push(self.parameter()?);
            if !self.accept(",")? {
                break;
            }
        }
        self.parameter_names.pop();
        self.expect(")")?;
        Ok(parameters)
    }

    fn parameter(&mut self) -> Result<Parameter> {
        let Specifiers { base, notes, mut attributes, .. } = self.specifiers()?;
        let place = self.place;
        let mut declarator = self.declarator(Naming::Possible, &mut attributes)?;
        self.attributes(&mut attributes)?;
        let mut length = None;
        if let Some(Part::Array(n)) = declarator.parts.first() {
            length = *n;
            declarator.parts[0] = Part::Pointer(false);
        }
        let whole = self.build(base, &declarator.parts, place)?;
        let ty = self.adjusted(whole, &mut length);
        let name = declarator.name.map(|(name, _)| name);
        if *self.scope.types.kind(ty) == Kind::Void {
            return Err(self.error_at(place, "a parameter of type void"));
        }
        self.check_notes(&notes, ty, place)?;
        if let (Some(name), Some(names)) = (name, self.parameter_names.last_mut()) {
            names.insert(name);
        }
        let nonnull = attributes.nonnull.is_some();
        Ok(Parameter { name: name.map(Into::into), ty, length, notes, nonnull })
    }

    // A parameter that a typedef makes an array or a function is a pointer.
    fn adjusted(&mut self, whole: Qualified, length: &mut Option<u64>) -> TypeId {
        match *self.scope.types.kind(whole.ty) {
            Kind::Array(of, n) => {
                *length = n;
                let of = Qualified { constant: of.constant || whole.constant, ..of };
                self.scope.types.pointer(of)
            }
            Kind::Function(_) => self.scope.types.pointer(whole),
            _ => whole.ty,
        }
    }

    /// Whether annotations fit the type that they stand before.
    pub(super) fn check_notes(&mut self, notes: &Notes, ty: TypeId, place: Place) -> Result<()> {
        let types = &self.scope.types;
        let pointee = match types.kind(ty) {
            Kind::Pointer(to) => Some(*to),
            _ => None,
        };
        let moved = notes.out || notes.inout;
        let target = match pointee {
            Some(to) if moved => Some(types.kind(to.ty)),
            _ => Some(types.kind(ty)),
        };
        let points = |kind: Option<&Kind>| matches!(kind, Some(Kind::Pointer(_)));
        let what = match () {
            () if notes.out && notes.inout => "_Out_ and _Inout_ exclude each other",
            () if moved && pointee.is_none() => "_Out_ and _Inout_ stand before pointers",
            () if moved && pointee.is_some_and(|to| to.constant) => "C does not write to what is const",
            () if notes.free.is_some() && notes.own.is_some() => "_Free_ and _Own_ exclude each other",
            () if (notes.free.is_some() || notes.own.is_some()) && !points(target) => {
                "_Free_ and _Own_ stand before pointers"
            }
            () => return Ok(()),
        };
        Err(self.error_at(place, what))
    }

    /// Makes the type of a declarator.
    pub(super) fn build(&mut self, base: Qualified, parts: &[Part], place: Place) -> Result<Qualified> {
        let mut ty = base;
        for part in parts.iter().rev() {
            ty = match part {
                Part::Pointer(constant) => {
                    Qualified { ty: self.scope.types.pointer(ty), constant: *constant }
                }
                Part::Array(length) => {
                    let array = self.scope.types.array(ty, *length);
                    Qualified {
                        ty: array.map_err(|what| self.error_at(place, &what))?,
                        constant: ty.constant,
                    }
                }
                Part::Function(parameters) => self.function_type(ty, parameters, place)?,
            };
        }
        Ok(ty)
    }

    fn function_type(
        &mut self,
        result: Qualified,
        parameters: &Parameters,
        place: Place,
    ) -> Result<Qualified> {
        match self.scope.types.kind(result.ty) {
            Kind::Array(..) => return Err(self.error_at(place, "a function that returns an array")),
            Kind::Function(_) => return Err(self.error_at(place, "a function that returns a function")),
            _ => (),
        }
        let ty = self.scope.types.intern(Kind::Function(Arc::new(FunctionType {
            result: Qualified { constant: false, ..result },
            parameters: parameters.list.iter().map(|parameter| parameter.ty).collect(),
            variadic: parameters.variadic,
            prototyped: parameters.prototyped,
        })));
        Ok(Qualified { ty, constant: false })
    }

    /// Reads what makes another type of `base` where nothing is named.
    pub(super) fn abstract_declarator(&mut self, base: Qualified) -> Result<Qualified> {
        let place = self.place;
        let mut attributes = Attributes::default();
        let declarator = self.declarator(Naming::Forbidden, &mut attributes)?;
        self.build(base, &declarator.parts, place)
    }
}

fn is_annotation(word: &str) -> bool {
    matches!(
        word,
        "_In_"
            | "_In_opt_"
            | "_Out_"
            | "_Out_opt_"
            | "_Inout_"
            | "_Inout_opt_"
            | "_Handle_"
            | "_Free_"
            | "_Own_"
    )
}
