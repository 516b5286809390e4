//! Structs of numbers alone, which stubs take from q's lists and vectors and make these of.

use crate::abi::{Argument, Returned};
use crate::ctype::{Kind, Repr};
use crate::signature::{Member, Struct, Type};

/// Fields that a stub takes at most; with more it grows faster than it gains.
const MAX_FIELDS: usize = 8;

/// A field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The tag of q's atoms of its type, negative.
    pub tag: i8,
    /// How it lies in the struct.
    pub repr: Repr,
    /// Where it lies in the struct.
    pub offset: usize,
}

/// The fields of a struct of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields(Vec<Field>);

impl Fields {
    /// The fields of a struct that is passed in pieces; `None` where something in it is no number.
    pub fn of_argument(ty: &Type, passed: Option<&Argument>) -> Option<Self> {
        match (ty, passed?) {
            (Type::Struct(layout), Argument::Pieces(_)) => Self::of_plain_numbers(layout),
            _ => None,
        }
    }

    /// The members of a struct; `None` where one of them is no number that C takes as it is. An address is looked at before.
    pub fn of_plain_numbers(layout: &Struct) -> Option<Self> {
        Self::of(layout, |kind| matches!(kind, Kind::Number | Kind::Size))
    }

    /// The fields of a struct that is returned; `None` where something in it is no number.
    pub fn of_result(ty: Option<&Type>, returned: &Returned) -> Option<Self> {
        match (ty?, returned) {
            (Type::Struct(layout), Returned::Pieces(_) | Returned::Memory) if !layout.is_named() => {
                Self::of_numbers(layout)
            }
            _ => None,
        }
    }

    /// The members of a struct in memory; `None` where one of them is no number.
    pub fn of_numbers(layout: &Struct) -> Option<Self> {
        Self::of(layout, |kind| !matches!(kind, Kind::Text | Kind::Guid))
    }

    fn of(layout: &Struct, takes: fn(Kind) -> bool) -> Option<Self> {
        if layout.members.len() > MAX_FIELDS || layout.shape.union {
            return None;
        }
        let field = |m: &Member| match (&m.ty, m.count) {
            (Type::Value(row), None) if row.repr == Repr::LongDouble => None,
            // What is not aligned may lie in two words.
            (Type::Value(row), None) if takes(row.kind) && m.offset.is_multiple_of(row.repr.size()) => {
                Some(Field { tag: -row.tag(), repr: row.repr, offset: m.offset })
            }
            _ => None,
        };
        layout.members.iter().map(field).collect::<Option<_>>().map(Self)
    }

    /// The fields in order.
    pub fn iter(&self) -> impl Iterator<Item = Field> {
        self.0.iter().copied()
    }

    /// Their number.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none, as in no struct.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tag of the vector that a list of the fields collapses to, whose data is the struct then unless q holds fields
    /// wider than C.
    pub fn vector(&self) -> Option<i8> {
        let first = self.0.first()?.tag;
        self.0.iter().all(|f| f.tag == first).then_some(-first)
    }

    /// Bytes up to the end of the last word that holds fields.
    pub fn size(&self) -> usize {
        let end = self.0.iter().map(|f| f.offset + f.repr.size()).max();
        end.unwrap_or_default().next_multiple_of(8)
    }
}
