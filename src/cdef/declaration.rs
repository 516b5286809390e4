//! Declarations at the outermost level: typedefs, functions, variables.

use std::sync::Arc;

use super::arithmetic::Constant;
use super::attributes::Attributes;
use super::declarator::{Declarator, Naming, Part};
use super::error::{Name, Place, Result};
use super::lexer::Token;
use super::parser::Parser;
use super::scope::{Function, Meaning, Parameter, Variable};
use super::specifiers::Specifiers;
use super::types::{Kind, Qualified, Scalar, TypeId};

/// What a declarator turned out to be.
enum Declared {
    /// Something that `,` or `;` ends.
    Name,
    /// A function with its body, which nothing ends.
    Body,
}

impl<'a> Parser<'a, '_> {
    /// Reads one declaration.
    pub(super) fn declaration(&mut self) -> Result<()> {
        match self.token {
            Token::Mark(";") => return self.advance(),
            Token::Mark("}") if self.linkage > 0 => {
                self.linkage -= 1;
                return self.advance();
            }
            Token::Word("_Static_assert" | "static_assert") => return self.static_assert(),
            Token::Word("extern") if matches!(self.ahead(), Token::Text(_)) => return self.linkage_block(),
            Token::Word(word) if super::attributes::is_label(word) => return self.assembly(),
            _ => (),
        }
        let specifiers = self.specifiers()?;
        if self.accept(";")? {
            return Ok(());
        }
        loop {
            if let Declared::Body = self.declared(&specifiers)? {
                return Ok(());
            }
            if !self.accept(",")? {
                return self.expect(";");
            }
        }
    }

    // `extern "C"`, before a declaration or a block of them.
    fn linkage_block(&mut self) -> Result<()> {
        self.advance()?;
        self.advance()?;
        self.linkage += u32::from(self.accept("{")?);
        Ok(())
    }

    // Assembly outside of functions declares nothing.
    fn assembly(&mut self) -> Result<()> {
        self.advance()?;
        while let Token::Word(_) = self.token {
            self.advance()?;
        }
        if self.token != Token::Mark("(") {
            return Err(self.unexpected("("));
        }
        self.skip_balanced()?;
        self.expect(";")
    }

    /// Reads `_Static_assert(condition, "text");`.
    pub(super) fn static_assert(&mut self) -> Result<()> {
        let place = self.place;
        self.advance()?;
        if self.lenient {
            // The compiler that wrote the text has checked it, and knows more operators.
            if self.token == Token::Mark("(") {
                self.skip_balanced()?;
            }
            return self.expect(";");
        }
        self.expect("(")?;
        let holds = self.integer()?.value != 0;
        if self.accept(",")? {
            self.constant()?;
        }
        self.expect(")")?;
        self.expect(";")?;
        if holds { Ok(()) } else { Err(self.scope.error(place, "_Static_assert", "does not hold")) }
    }

    fn declared(&mut self, specifiers: &Specifiers) -> Result<Declared> {
        let mut attributes = specifiers.attributes.clone();
        let declarator = self.declarator(Naming::Required, &mut attributes)?;
        self.labels(&mut attributes)?;
        let Some((name, place)) = declarator.name else { return Err(self.unexpected("a name")) };
        let mut ty = self.build(specifiers.base, &declarator.parts, place)?;
        if let Some(bytes) = attributes.vector {
            ty.ty = self.vector(bytes);
        }
        if let Some(bytes) = attributes.mode {
            ty.ty = self.with_mode(ty.ty, bytes);
        }
        if specifiers.typedef {
            self.declare_type(name, ty, &attributes, place)?;
            return Ok(Declared::Name);
        }
        if matches!(self.scope.types.kind(ty.ty), Kind::Function(_)) {
            return self.declare_function(specifiers, declarator, ty.ty, &attributes);
        }
        self.declare_variable(specifiers, (name, place), ty, &attributes)?;
        Ok(Declared::Name)
    }

    fn declare_type(
        &mut self,
        name: &str,
        mut ty: Qualified,
        attributes: &Attributes,
        place: Place,
    ) -> Result<()> {
        if attributes.transparent {
            self.scope.types.make_transparent(ty.ty);
        }
        if let Some(align) = attributes.aligned {
            ty.ty = self.scope.types.aligned(ty.ty, align);
        }
        if name == "wchar_t"
            && self
                .scope
                .types
                .extent(ty.ty)
                .is_some_and(|e| e.size == u64::from(self.scope.types.model.wide.0))
        {
            ty.ty = self.scope.types.scalar(Scalar::Wide);
        }
        self.scope.declare(name, Meaning::Type(ty), place, self.strength)?;
        self.scope.types.name_alias(ty.ty, &Name::from(name));
        Ok(())
    }

    fn declare_function(
        &mut self,
        specifiers: &Specifiers,
        declarator: Declarator<'a>,
        ty: TypeId,
        attributes: &Attributes,
    ) -> Result<Declared> {
        let Some((name, place)) = declarator.name else { return Err(self.unexpected("a name")) };
        let body = self.token == Token::Mark("{");
        if body {
            self.skip_balanced()?;
        }
        let declared = if body { Declared::Body } else { Declared::Name };
        if specifiers.local {
            let what = "a static function, which no library exports";
            let error = self.scope.error(place, name, what);
            self.leave_out(error);
            return Ok(declared);
        }
        let (mut parameters, result) = self.listed_parameters(declarator.parts, ty);
        self.check_notes(&specifiers.notes, result, place)?;
        if specifiers.notes.out || specifiers.notes.inout {
            return Err(self.error_at(place, "_Out_ and _Inout_ are of parameters"));
        }
        self.mark_nonnull(&mut parameters, attributes);
        let symbol = attributes.label.clone().unwrap_or_else(|| name.into());
        let (notes, refused) = (specifiers.notes.clone(), attributes.refused);
        let function = Function { name: name.into(), symbol, ty, parameters, notes, refused };
        self.scope.declare(name, Meaning::Function(Arc::new(function)), place, self.strength)?;
        Ok(declared)
    }

    // The parameters as they were written, none where a typedef says them; and the result.
    fn listed_parameters(&self, parts: Vec<Part>, ty: TypeId) -> (Vec<Parameter>, TypeId) {
        let list = match parts.into_iter().next() {
            Some(Part::Function(parameters)) => parameters.list,
            _ => Vec::new(),
        };
        match self.scope.types.kind(ty) {
            Kind::Function(function) => (list, function.result.ty),
            _ => (list, ty),
        }
    }

    fn mark_nonnull(&self, parameters: &mut [Parameter], attributes: &Attributes) {
        let Some(which) = &attributes.nonnull else { return };
        for (i, parameter) in parameters.iter_mut().enumerate() {
            let points = matches!(self.scope.types.kind(parameter.ty), Kind::Pointer(_));
            parameter.nonnull |= points && (which.is_empty() || which.contains(&(i + 1)));
        }
    }

    fn declare_variable(
        &mut self,
        specifiers: &Specifiers,
        (name, place): (&'a str, Place),
        ty: Qualified,
        attributes: &Attributes,
    ) -> Result<()> {
        if *self.scope.types.kind(ty.ty) == Kind::Void {
            return Err(self.error_at(place, "a variable of type void"));
        }
        let value = if self.accept("=")? { self.initialiser(specifiers.local && ty.constant)? } else { None };
        let symbol = attributes.label.clone().unwrap_or_else(|| name.into());
        let meaning = match (specifiers.local, value) {
            (true, Some(value)) => Meaning::Constant(value),
            (true, None) => {
                let error = self.scope.error(place, name, "a static variable, which no library exports");
                self.leave_out(error);
                return Ok(());
            }
            (false, _) => Meaning::Variable(Arc::new(Variable { name: name.into(), symbol, ty })),
        };
        self.scope.declare(name, meaning, place, self.strength)
    }

    // Goes past an initialiser, whose value is that of a constant where it is wanted and is one.
    fn initialiser(&mut self, wanted: bool) -> Result<Option<Constant>> {
        let start = self.mark();
        if wanted
            && let Ok(value) = self.constant()
            && matches!(self.token, Token::Mark("," | ";"))
        {
            return Ok(Some(value));
        }
        self.go_back(start);
        while !matches!(self.token, Token::Mark("," | ";") | Token::End) {
            match self.token {
                Token::Mark("(" | "[" | "{") => self.skip_balanced()?,
                _ => self.advance()?,
            }
        }
        Ok(None)
    }
}
