//! Structs and unions as C lays them out.

use std::fmt;
use std::sync::Arc;

use super::named::{Memo, Note};
use super::{MAX_STRUCT, Type};
use crate::ctype::{self, Kind};

/// A struct or union with C's layout.
#[derive(Debug, PartialEq, Eq)]
pub struct Struct {
    /// What it is.
    pub shape: Shape,
    /// Members in order.
    pub members: Vec<Member>,
    /// Size in bytes, with the padding at its end.
    pub size: usize,
    /// Alignment in bytes.
    pub align: usize,
    /// Whether members lie elsewhere than their types and the shape say, as bit-fields do.
    pub placed: bool,
    /// The members of a union as they are read.
    views: Vec<Member>,
    /// What q knows the names by, once it has been asked.
    pub symbols: Memo<Box<[usize]>>,
}

/// What makes a struct more than the list of its members.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Shape {
    /// Whether nothing in it is aligned (gcc's `__attribute__((packed))`, `#pragma pack(1)`).
    pub packed: bool,
    /// Whether all members lie at its beginning.
    pub union: bool,
}

/// A member of a struct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Type of the member, or of an element when it is an array.
    pub ty: Type,
    /// Number of elements when it is an array.
    pub count: Option<usize>,
    /// Offset in bytes from the start of the struct.
    pub offset: usize,
    /// Its name, in a struct by name; an anonymous struct or union within one has none.
    pub name: Option<Arc<str>>,
    /// What else is said of it.
    pub note: Option<Note>,
    /// Which bits it has, if it is a bit-field.
    pub bits: Option<Bits>,
}

/// The bits of a bit-field, counted from the lowest at its offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bits {
    /// The first.
    pub shift: u8,
    /// Their number.
    pub width: u8,
    /// Whether the highest is a sign.
    pub signed: bool,
}

impl Member {
    /// A member of which nothing is known but its type.
    fn new(ty: Type, count: Option<usize>) -> Self {
        Self { ty, count, offset: 0, name: None, note: None, bits: None }
    }

    /// The struct or union in which this anonymous one lies as if its members stood outside.
    pub fn anonymous(&self) -> Option<&Struct> {
        match (&self.ty, &self.name) {
            (Type::Struct(layout), None) => Some(layout),
            _ => None,
        }
    }
}

impl Struct {
    /// `None` for one of over [`MAX_STRUCT`] bytes.
    pub(super) fn new(shape: Shape, types: Vec<(Type, Option<usize>)>) -> Option<Self> {
        let members = types.into_iter().map(|(ty, count)| Member::new(ty, count)).collect();
        Self::of_members(shape, members)
    }

    /// The same of members whose offsets are still to be found.
    pub(super) fn of_members(shape: Shape, members: Vec<Member>) -> Option<Self> {
        Some(Self::laid_out(shape, members)).filter(|layout| layout.size <= MAX_STRUCT)
    }

    /// A struct whose members say where they lie.
    pub(super) fn of_placed(shape: Shape, members: Vec<Member>, extent: (usize, usize)) -> Self {
        Self::of(shape, members, extent, true)
    }

    /// Whether its fields have names.
    pub fn is_named(&self) -> bool {
        let is_named =
            |member: &Member| member.name.is_some() || member.anonymous().is_some_and(Self::is_named);
        self.members.iter().any(is_named)
    }

    /// The names of its fields, with those of anonymous structs and unions in it.
    pub fn names(&self) -> Vec<&str> {
        let mut names = Vec::with_capacity(self.members.len());
        for member in &self.members {
            match member.anonymous() {
                Some(inner) => names.extend(inner.names()),
                None => names.extend(member.name.as_deref()),
            }
        }
        names
    }

    /// The results of a function with out-parameters.
    pub(super) fn of_results(params: &[Type], ret: Option<&Type>) -> Option<Self> {
        let outs = params.iter().filter_map(Type::filled).map(|inner| &**inner);
        let members = ret.into_iter().chain(outs).map(|ty| Member::new(ty.clone(), None)).collect();
        let fills = params.iter().any(|ty| ty.filled().is_some());
        fills.then(|| Self::laid_out(Shape::default(), members))
    }

    /// Offsets, size and alignment as in C: each member at a multiple of its alignment, the size a multiple of the
    /// largest (System V ABI 3.1.2, AAPCS64 5.9).
    fn laid_out(shape: Shape, mut members: Vec<Member>) -> Self {
        let (mut end, mut size, mut align) = (0_usize, 0, 1);
        for member in &mut members {
            let own = if shape.packed { 1 } else { member.ty.align() };
            member.offset = if shape.union { 0 } else { end.next_multiple_of(own) };
            end = member.offset + member.ty.size() * member.count.unwrap_or(1);
            (size, align) = (end.max(size), own.max(align));
        }
        Self::of(shape, members, (size.next_multiple_of(align), align), false)
    }

    fn of(shape: Shape, members: Vec<Member>, (size, align): (usize, usize), placed: bool) -> Self {
        let views = if shape.union { members.iter().map(Member::viewed).collect() } else { Vec::new() };
        Self { shape, members, size, align, placed, views, symbols: Memo::default() }
    }

    /// The members as they are read. Nobody knows which member of a union C has written, so that none of its pointers is
    /// followed: they are read as addresses.
    pub fn read(&self) -> &[Member] {
        if self.shape.union { &self.views } else { &self.members }
    }

    /// Whether it and all structs in it are laid out as a C struct without attributes.
    pub fn is_plain(&self) -> bool {
        self.shape == Shape::default() && !self.placed && self.structs().all(Struct::is_plain)
    }

    /// Whether a function pointer is among its members.
    pub fn holds_functions(&self) -> bool {
        self.members.iter().any(|m| m.ty == Type::Callback) || self.structs().any(Struct::holds_functions)
    }

    /// Whether reading it reads what a pointer in it points to; `r` gives the address alone.
    pub fn follows_pointers(&self) -> bool {
        self.read().iter().any(|member| match &member.ty {
            Type::Value(row) => row.kind == Kind::Text,
            Type::Struct(layout) => layout.follows_pointers(),
            Type::Pointer(_) | Type::Object | Type::Callback | Type::Out(_) | Type::InOut(_) => true,
        })
    }

    fn structs(&self) -> impl Iterator<Item = &Struct> {
        self.members.iter().filter_map(|member| match &member.ty {
            Type::Struct(layout) => Some(&**layout),
            _ => None,
        })
    }

    /// The same with addresses in place of pointers that are followed.
    fn viewed(&self) -> Self {
        let views = self.views.clone();
        let members = self.members.iter().map(Member::viewed).collect();
        Self { members, views, symbols: Memo::default(), ..*self }
    }
}

impl Member {
    fn viewed(&self) -> Self {
        let address = || ctype::lookup(b'r').map_or(self.ty.clone(), Type::Value);
        let ty = match &self.ty {
            Type::Value(row) if row.kind == Kind::Text => address(),
            Type::Value(_) | Type::Callback => self.ty.clone(),
            Type::Pointer(_) | Type::Object | Type::Out(_) | Type::InOut(_) => address(),
            Type::Struct(layout) => Type::Struct(Arc::new(layout.viewed())),
        };
        Self { ty, ..self.clone() }
    }
}

impl fmt::Display for Struct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        self.shape.fmt(f)?;
        self.members.iter().try_for_each(|member| member.fmt(f))?;
        f.write_str("}")
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.packed { "!" } else { "" })?;
        f.write_str(if self.union { "|" } else { "" })
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(count) = self.count {
            write!(f, "{count}")?;
        }
        self.ty.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use crate::signature::parse_members;

    /// Offsets, size and alignment.
    fn layout(text: &str) -> (Vec<usize>, usize, usize) {
        let layout = parse_members(text.as_bytes()).expect(text);
        (layout.members.iter().map(|m| m.offset).collect(), layout.size, layout.align)
    }

    #[test]
    fn structs_are_laid_out_as_c_does() {
        assert_eq!(layout("cj3h{fc}"), (vec![0, 8, 16, 24], 40, 8));
        assert_eq!(layout("!cj3h{fc}"), (vec![0, 1, 9, 15], 31, 1));
        assert_eq!(layout("|cj3h{ic}g"), (vec![0, 0, 0, 0, 0], 16, 8));
        assert_eq!(layout("|5hi"), (vec![0, 0], 12, 4));
        assert_eq!(layout("!|5hi"), (vec![0, 0], 10, 1));
        assert_eq!(layout("c{!cj}i{|ej}"), (vec![0, 1, 12, 16], 24, 8));
    }

    #[test]
    fn unions_follow_no_pointers() {
        let follows = |text: &str| parse_members(text.as_bytes()).expect(text).follows_pointers();
        assert!(follows("!iC") && follows("{|ij}s") && follows("K"));
        assert!(!follows("|sCFK{s{iC}}") && !follows("i{|sCFK{s{|C}}}") && !follows("|2C"));
    }
}
