//! The types of C, each of which exists once: two are the same if their numbers are.
//!
//! Types are kept in a table and refer to each other by number, so that comparing them costs nothing, no chain of
//! typedefs makes anything recurse, and size and alignment stand beside each.

use std::collections::HashMap;
use std::sync::Arc;

use super::error::Name;
use super::layout::{self, Member, Rules};
use super::model::Model;

/// More bytes than anything has; sums and products of sizes stay far from overflow.
pub const MAX_SIZE: u64 = 1 << 46;

/// A type, by its number in [`Types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(u32);

/// A struct or union, by its number in [`Types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecordId(u32);

/// An enum, by its number in [`Types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EnumId(u32);

/// A type, and whether it is const.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Qualified {
    /// The type.
    pub ty: TypeId,
    /// Whether C promises not to write there.
    pub constant: bool,
}

/// The arithmetic types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "named as in C")]
pub enum Scalar {
    Bool,
    Char,
    SignedChar,
    UnsignedChar,
    Short,
    UnsignedShort,
    Int,
    UnsignedInt,
    Long,
    UnsignedLong,
    LongLong,
    UnsignedLongLong,
    /// `wchar_t`, which C has as a name for another type, and Windows' texts are made of.
    Wide,
    Float,
    Double,
    LongDouble,
}

/// What a type is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `void`.
    Void,
    /// A number.
    Scalar(Scalar),
    /// A complex number of two such parts.
    Complex(Scalar),
    /// A pointer.
    Pointer(Qualified),
    /// An array; without a length it is incomplete, or ends a struct.
    Array(Qualified, Option<u64>),
    /// A function.
    Function(Arc<FunctionType>),
    /// A struct or union.
    Record(RecordId),
    /// An enum.
    Enum(EnumId),
    /// `va_list`.
    VaList,
    /// A type that has a size but no letter, by its name in C.
    Unsupported(Name, Extent),
    /// Another type with an alignment of its own.
    Aligned(TypeId, u32),
}

/// The types of a function, parameters as C adjusts them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FunctionType {
    /// The result.
    pub result: Qualified,
    /// The parameters.
    pub parameters: Vec<TypeId>,
    /// Whether `...` follows.
    pub variadic: bool,
    /// Whether anything is said of parameters: `()` says nothing.
    pub prototyped: bool,
}

/// Size and alignment in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Extent {
    /// Bytes.
    pub size: u64,
    /// What the address is a multiple of.
    pub align: u32,
}

/// A struct or union.
#[derive(Debug, Clone)]
pub struct Record {
    /// Whether it is a union.
    pub union: bool,
    /// The tag, if it has one.
    pub tag: Option<Name>,
    /// The first typedef of it, a name for one without tag.
    pub alias: Option<Name>,
    /// The fields, once they are known.
    pub fields: Option<Arc<[Field]>>,
    /// Whether packing or alignment was asked for and made a difference.
    pub packed: bool,
    /// Whether it is passed as its first member is (gcc's `transparent_union`).
    pub transparent: bool,
}

/// A field of a struct or union.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name; what an anonymous struct or union holds is named as if it stood outside.
    pub name: Option<Name>,
    /// Its type.
    pub ty: TypeId,
    /// Where it begins, in bits.
    pub offset: u64,
    /// How many bits it has, if it is a bit-field.
    pub bits: Option<u32>,
}

/// An enum.
#[derive(Debug, Clone)]
pub struct Enumeration {
    /// The tag, if it has one.
    pub tag: Option<Name>,
    /// The first typedef of it.
    pub alias: Option<Name>,
    /// Names and values, once they are known.
    pub names: Option<Arc<[(Name, i128)]>>,
    /// Bytes it has.
    pub bytes: u8,
    /// Whether it has negative values.
    pub signed: bool,
}

impl Scalar {
    /// Bytes and whether it has a sign.
    pub const fn shape(self, model: &Model) -> (u8, bool) {
        use Scalar::*;
        match self {
            Bool | UnsignedChar => (1, false),
            Char => (1, model.char_signed),
            SignedChar => (1, true),
            Short => (2, true),
            UnsignedShort => (2, false),
            Int => (4, true),
            UnsignedInt => (4, false),
            Long => (model.long, true),
            UnsignedLong => (model.long, false),
            LongLong => (8, true),
            UnsignedLongLong => (8, false),
            Wide => model.wide,
            Float => (4, true),
            Double => (8, true),
            LongDouble => (model.long_double, true),
        }
    }

    /// Whether it is a floating type.
    pub const fn floats(self) -> bool {
        matches!(self, Scalar::Float | Scalar::Double | Scalar::LongDouble)
    }
}

/// All types of a scope.
#[derive(Debug, Clone)]
pub struct Types {
    /// The platform.
    pub model: Model,
    kinds: Vec<Kind>,
    extents: Vec<Option<Extent>>,
    numbers: HashMap<Kind, TypeId>,
    records: Vec<Record>,
    enums: Vec<Enumeration>,
}

impl Types {
    /// No types yet.
    pub fn new(model: Model) -> Self {
        let (kinds, extents, records, enums) = Default::default();
        Self { model, kinds, extents, numbers: HashMap::new(), records, enums }
    }

    /// The number of a type.
    pub fn intern(&mut self, kind: Kind) -> TypeId {
        if let Some(&ty) = self.numbers.get(&kind) {
            return ty;
        }
        let ty = TypeId(u32::try_from(self.kinds.len()).expect("a text has fewer types than bytes"));
        self.extents.push(self.measure(&kind));
        self.kinds.push(kind.clone());
        self.numbers.insert(kind, ty);
        ty
    }

    fn measure(&self, kind: &Kind) -> Option<Extent> {
        let square = |bytes: u8| Extent { size: bytes.into(), align: bytes.into() };
        match kind {
            Kind::Void | Kind::Function(_) | Kind::Record(_) => None,
            Kind::Scalar(scalar) => Some(square(scalar.shape(&self.model).0)),
            Kind::Complex(part) => {
                let part = square(part.shape(&self.model).0);
                Some(Extent { size: 2 * part.size, ..part })
            }
            Kind::Pointer(_) => Some(square(8)),
            Kind::Array(of, length) => {
                let of = self.extent(of.ty)?;
                length.map(|n| Extent { size: of.size * n, ..of })
            }
            Kind::Enum(id) => Some(square(self.enumeration(*id).bytes)),
            Kind::VaList => Some(Extent { size: self.model.va_list.into(), align: 8 }),
            Kind::Unsupported(_, extent) => Some(*extent),
            Kind::Aligned(of, align) => Some(Extent { align: *align, ..self.extent(*of)? }),
        }
    }

    /// What a type is, an alignment of its own included.
    pub fn whole(&self, ty: TypeId) -> &Kind {
        &self.kinds[ty.0 as usize]
    }

    /// What a type is, whatever its alignment.
    pub fn kind(&self, ty: TypeId) -> &Kind {
        self.whole(self.bare(ty))
    }

    /// The type itself where it has an alignment of its own.
    pub fn bare(&self, ty: TypeId) -> TypeId {
        match self.whole(ty) {
            // `aligned` puts one on what has none.
            Kind::Aligned(of, _) => *of,
            _ => ty,
        }
    }

    /// Size and alignment, where the type is complete.
    pub fn extent(&self, ty: TypeId) -> Option<Extent> {
        self.extents[ty.0 as usize]
    }

    /// The type of a number.
    pub fn scalar(&mut self, scalar: Scalar) -> TypeId {
        self.intern(Kind::Scalar(scalar))
    }

    /// A pointer to a type.
    pub fn pointer(&mut self, to: Qualified) -> TypeId {
        self.intern(Kind::Pointer(to))
    }

    /// An array, or why there is none.
    pub fn array(&mut self, of: Qualified, length: Option<u64>) -> Result<TypeId, String> {
        let Some(extent) = self.extent(of.ty) else {
            let what = if matches!(self.kind(of.ty), Kind::Function(_)) {
                "functions"
            } else {
                "an incomplete type"
            };
            return Err(format!("an array of {what}"));
        };
        match extent.size.checked_mul(length.unwrap_or(0)) {
            Some(size) if size <= MAX_SIZE => Ok(self.intern(Kind::Array(of, length))),
            _ => Err("an array that fits no memory".into()),
        }
    }

    /// A type with an alignment of its own.
    pub fn aligned(&mut self, ty: TypeId, align: u32) -> TypeId {
        let of = self.bare(ty);
        self.intern(Kind::Aligned(of, align))
    }

    /// A new struct or union whose fields are not known.
    pub fn new_record(&mut self, union: bool, tag: Option<Name>) -> (RecordId, TypeId) {
        let id = RecordId(self.records.len() as u32);
        self.records.push(Record {
            union,
            tag,
            alias: None,
            fields: None,
            packed: false,
            transparent: false,
        });
        (id, self.intern(Kind::Record(id)))
    }

    /// A new enum whose names are not known.
    pub fn new_enum(&mut self, tag: Option<Name>) -> (EnumId, TypeId) {
        let id = EnumId(self.enums.len() as u32);
        self.enums.push(Enumeration { tag, alias: None, names: None, bytes: 4, signed: false });
        (id, self.intern(Kind::Enum(id)))
    }

    /// A struct or union.
    pub fn record(&self, id: RecordId) -> &Record {
        &self.records[id.0 as usize]
    }

    /// An enum.
    pub fn enumeration(&self, id: EnumId) -> &Enumeration {
        &self.enums[id.0 as usize]
    }

    /// All structs and unions.
    pub fn every_record(&self) -> impl Iterator<Item = (TypeId, &Record)> {
        self.kinds.iter().enumerate().filter_map(|(i, kind)| match kind {
            Kind::Record(id) => Some((TypeId(i as u32), self.record(*id))),
            _ => None,
        })
    }

    /// All enums.
    pub fn every_enum(&self) -> impl Iterator<Item = (TypeId, &Enumeration)> {
        self.kinds.iter().enumerate().filter_map(|(i, kind)| match kind {
            Kind::Enum(id) => Some((TypeId(i as u32), self.enumeration(*id))),
            _ => None,
        })
    }

    /// Gives tags to structs, unions and enums that have neither tag nor typedef, so that they can be named.
    pub fn name_all(&mut self) {
        let tag = |word: &str, i: usize| Some(format!("_unnamed_{word}_{i}").into());
        for (i, record) in self.records.iter_mut().enumerate() {
            if record.tag.is_none() && record.alias.is_none() {
                record.tag = tag("record", i);
            }
        }
        for (i, known) in self.enums.iter_mut().enumerate() {
            if known.tag.is_none() && known.alias.is_none() {
                known.tag = tag("enum", i);
            }
        }
    }

    /// Lays out the members of a struct or union, without making it known.
    pub fn lay_out(&self, union: bool, members: &[Member], rules: &Rules) -> Result<Body, String> {
        let laid = layout::lay_out(&self.model, union, members, rules)?;
        let natural = layout::lay_out(&self.model, union, &layout::unpacked(members), &Rules::default())?;
        let field = |(member, offset): (&Member, &u64)| Field {
            name: member.name.clone(),
            ty: member.ty,
            offset: *offset,
            bits: member.bits,
        };
        Ok(Body {
            fields: members.iter().zip(&laid.offsets).map(field).collect(),
            extent: laid.extent,
            packed: natural != laid,
        })
    }

    /// Gives a struct or union its fields.
    pub fn complete_record(&mut self, (id, ty): (RecordId, TypeId), body: Body, transparent: bool) {
        let record = &mut self.records[id.0 as usize];
        record.fields = Some(body.fields);
        record.packed = body.packed;
        record.transparent = transparent;
        self.extents[ty.0 as usize] = Some(body.extent);
    }

    /// Gives an enum its names, and a type that holds their values.
    pub fn complete_enum(
        &mut self,
        (id, ty): (EnumId, TypeId),
        names: Vec<(Name, i128)>,
        (bytes, signed): (u8, bool),
    ) {
        let known = &mut self.enums[id.0 as usize];
        known.names = Some(names.into());
        (known.bytes, known.signed) = (bytes, signed);
        self.extents[ty.0 as usize] = Some(Extent { size: bytes.into(), align: bytes.into() });
    }

    /// Says that a union is passed as its first member is.
    pub fn make_transparent(&mut self, ty: TypeId) {
        if let Kind::Record(id) = *self.whole(ty) {
            self.records[id.0 as usize].transparent = true;
        }
    }

    /// Notes the typedef that names a struct, union or enum.
    pub fn name_alias(&mut self, ty: TypeId, name: &Name) {
        let alias = match *self.whole(ty) {
            Kind::Record(id) => &mut self.records[id.0 as usize].alias,
            Kind::Enum(id) => &mut self.enums[id.0 as usize].alias,
            _ => return,
        };
        alias.get_or_insert_with(|| name.clone());
    }
}

/// What the braces of a struct or union say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The fields with their places.
    pub fields: Arc<[Field]>,
    /// Size and alignment.
    pub extent: Extent,
    /// Whether packing or alignment was asked for and made a difference.
    pub packed: bool,
}
