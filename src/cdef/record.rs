//! Structs, unions and enums: what stands in their braces.

use super::arithmetic::{Constant, Integer};
use super::attributes::Attributes;
use super::declarator::{Declarator, Naming};
use super::error::{Name, Place, Result};
use super::layout::{Member, Rules};
use super::lexer::Token;
use super::parser::Parser;
use super::scope::{Meaning, TagKind};
use super::specifiers::Specifiers;
use super::types::{Kind, TypeId};

impl<'a> Parser<'a, '_> {
    /// Reads `struct tag`, `struct tag {…}`, `struct {…}`, and the same of unions and enums.
    pub(super) fn tagged(&mut self, kind: TagKind) -> Result<TypeId> {
        self.enter()?;
        self.advance()?;
        let mut attributes = Attributes::default();
        self.attributes(&mut attributes)?;
        let place = self.place;
        let tag = match self.token {
            Token::Word(_) => Some(self.word("a tag")?),
            _ => None,
        };
        if tag.is_some() {
            self.advance()?;
            self.attributes(&mut attributes)?;
        }
        let fixed = self.underlying(kind)?;
        let braces = self.token == Token::Mark("{");
        let ty = match tag {
            Some(tag) => self.scope.tag(kind, tag, place, self.strength)?,
            None if braces => self.scope.new_type(kind, None),
            None => return Err(self.unexpected("a tag or {")),
        };
        let ty = match (braces, kind) {
            (false, _) => ty,
            (true, TagKind::Enum) => self.enum_body(ty, fixed, attributes, place)?,
            (true, _) => self.record_body(ty, kind == TagKind::Union, attributes, place)?,
        };
        self.leave();
        Ok(ty)
    }

    // The type of an enum that says it: `enum e : type`.
    fn underlying(&mut self, kind: TagKind) -> Result<Option<(u8, bool)>> {
        if kind != TagKind::Enum || !self.accept(":")? {
            return Ok(None);
        }
        let place = self.place;
        let ty = self.specifiers()?.base.ty;
        match self.scope.types.kind(ty) {
            Kind::Scalar(scalar) if !scalar.floats() => Ok(Some(scalar.shape(&self.scope.types.model))),
            _ => Err(self.error_at(place, "not the type of an enum")),
        }
    }

    fn record_body(
        &mut self,
        ty: TypeId,
        union: bool,
        mut attributes: Attributes,
        place: Place,
    ) -> Result<TypeId> {
        let pack = self.pack;
        self.advance()?;
        let mut members = Vec::new();
        while self.token != Token::Mark("}") {
            self.members(&mut members)?;
        }
        self.advance()?;
        self.attributes(&mut attributes)?;
        self.check_members(&members, place)?;
        let rules = Rules { packed: attributes.packed, aligned: attributes.aligned, pack };
        let body =
            self.scope.types.lay_out(union, &members, &rules).map_err(|what| self.error_at(place, &what))?;
        self.scope.complete_record(ty, body, attributes.transparent, place, self.strength)
    }

    // Names must differ, and only the last array may be without a length.
    fn check_members(&mut self, members: &[Member], place: Place) -> Result<()> {
        let mut names = std::collections::HashSet::new();
        for (i, member) in members.iter().enumerate() {
            let open = matches!(self.scope.types.kind(member.ty), Kind::Array(_, None));
            let what = match &member.name {
                Some(name) if !names.insert(name.clone()) => {
                    format!("two fields {}", super::error::shown(name))
                }
                _ if open && i + 1 < members.len() => {
                    "an array without a length that is not the last field".into()
                }
                _ => continue,
            };
            return Err(self.error_at(place, &what));
        }
        Ok(())
    }

    // Reads one declaration of fields.
    fn members(&mut self, members: &mut Vec<Member>) -> Result<()> {
        match self.token {
            Token::Mark(";") => return self.advance(),
            Token::Word("_Static_assert" | "static_assert") => return self.static_assert(),
            Token::End => return Err(self.unexpected("}")),
            _ => (),
        }
        let specifiers = self.specifiers()?;
        if self.token == Token::Mark(";") {
            return self.nameless_member(&specifiers, members);
        }
        loop {
            members.push(self.member(&specifiers)?);
            if !self.accept(",")? {
                break;
            }
        }
        match self.token {
            // The last one may lack its semicolon, as gcc takes it.
            Token::Mark("}") => Ok(()),
            _ => self.expect(";"),
        }
    }

    // A struct or union without tag and name, whose fields are named as if they stood outside of it.
    fn nameless_member(&mut self, specifiers: &Specifiers, members: &mut Vec<Member>) -> Result<()> {
        let ty = specifiers.base.ty;
        if let Kind::Record(id) = self.scope.types.kind(ty)
            && self.scope.types.record(*id).tag.is_none()
        {
            let Attributes { packed, aligned, .. } = specifiers.attributes;
            let extent = self.complete_extent(ty, self.place)?;
            members.push(Member { name: None, ty, extent, bits: None, packed, aligned });
        }
        self.advance()
    }

    fn member(&mut self, specifiers: &Specifiers) -> Result<Member> {
        let mut attributes = specifiers.attributes.clone();
        let mut place = self.place;
        let declarator = match self.token {
            Token::Mark(":") => Declarator::default(),
            _ => self.declarator(Naming::Required, &mut attributes)?,
        };
        let mut ty = self.build(specifiers.base, &declarator.parts, place)?.ty;
        let bits = self.accept(":")?.then(|| self.bits(ty)).transpose()?;
        self.attributes(&mut attributes)?;
        if let Some(bytes) = attributes.vector {
            ty = self.vector(bytes);
        }
        let name: Option<Name> = declarator.name.map(|(name, at)| {
            place = at;
            name.into()
        });
        if bits == Some(0) && name.is_some() {
            return Err(self.error_at(place, "a bit-field of no bits with a name"));
        }
        let extent = self.complete_extent(ty, place)?;
        Ok(Member { name, ty, extent, bits, packed: attributes.packed, aligned: attributes.aligned })
    }

    fn complete_extent(&self, ty: TypeId, place: Place) -> Result<super::types::Extent> {
        let types = &self.scope.types;
        // An array without a length takes no place.
        let (ty, size) = match types.kind(ty) {
            Kind::Array(of, None) => (of.ty, Some(0)),
            _ => (ty, None),
        };
        match types.extent(ty) {
            Some(extent) => Ok(super::types::Extent { size: size.unwrap_or(extent.size), ..extent }),
            None => {
                Err(self.error_at(place, &format!("a field of the incomplete type {}", types.name_of(ty))))
            }
        }
    }

    fn bits(&mut self, ty: TypeId) -> Result<u32> {
        let place = self.place;
        let bits = self.integer()?.value;
        let types = &self.scope.types;
        let most = match types.kind(ty) {
            Kind::Scalar(super::types::Scalar::Bool) => 1,
            Kind::Scalar(scalar) if !scalar.floats() => 8 * i128::from(scalar.shape(&types.model).0),
            Kind::Enum(id) => 8 * i128::from(types.enumeration(*id).bytes),
            _ => return Err(self.error_at(place, "a bit-field of what is no integer")),
        };
        match u32::try_from(bits) {
            Ok(n) if bits <= most => Ok(n),
            _ => Err(self.error_at(place, "a bit-field with more bits than its type, or fewer than none")),
        }
    }

    fn enum_body(
        &mut self,
        ty: TypeId,
        fixed: Option<(u8, bool)>,
        mut attributes: Attributes,
        place: Place,
    ) -> Result<TypeId> {
        self.advance()?;
        let mut names: Vec<(Name, i128)> = Vec::new();
        while self.token != Token::Mark("}") {
            let next = names.last().map_or(0, |(_, value)| value + 1);
            names.push(self.enumerator(next)?);
            if !self.accept(",")? {
                break;
            }
        }
        self.expect("}")?;
        self.attributes(&mut attributes)?;
        let shape =
            fixed.unwrap_or_else(|| enum_shape(&names, attributes.packed, self.scope.types.model.microsoft));
        self.scope.complete_enum(ty, names, shape, place, self.strength)
    }

    fn enumerator(&mut self, next: i128) -> Result<(Name, i128)> {
        let (name, place) = (self.word("a name or }")?, self.place);
        self.subject = Some(name);
        self.advance()?;
        self.attributes(&mut Attributes::default())?;
        let value = match self.accept("=")? {
            true => self.integer()?.value,
            false => next,
        };
        if value > u64::MAX.into() {
            return Err(self.error_at(place, "a value that no enum holds"));
        }
        let (bytes, signed) = integer_shape(value, value);
        let constant =
            Constant::Integer(Integer { value, bytes, signed: signed || value <= i32::MAX.into() });
        self.scope.declare(name, Meaning::Constant(constant), place, self.strength)?;
        Ok((name.into(), value))
    }
}

// The smallest of int's size and more that holds both.
fn integer_shape(least: i128, most: i128) -> (u8, bool) {
    let signed = least < 0;
    let fits =
        if signed { least >= i32::MIN.into() && most <= i32::MAX.into() } else { most <= u32::MAX.into() };
    (if fits { 4 } else { 8 }, signed)
}

// As gcc: unsigned unless a value is negative, of int's size unless a value needs more.
fn enum_shape(names: &[(Name, i128)], packed: bool, microsoft: bool) -> (u8, bool) {
    let values = || names.iter().map(|(_, value)| *value);
    let (least, most) = (values().min().unwrap_or(0), values().max().unwrap_or(0));
    let (bytes, signed) = integer_shape(least, most);
    let holds = |bytes: u32| match signed {
        true => least >= -(1 << (8 * bytes - 1)) && most < 1 << (8 * bytes - 1),
        false => most < 1 << (8 * bytes),
    };
    match packed {
        true if holds(1) => (1, signed),
        true if holds(2) => (2, signed),
        _ if microsoft && bytes == 4 => (4, signed || most <= i32::MAX.into()),
        _ => (bytes, signed),
    }
}
