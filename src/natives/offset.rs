//! Where a field lies in its struct.

use super::memory::layout;
use super::types::items;
use crate::args::{integer, usage};
use crate::error::{Error, Result};
use crate::k::{Owned, Ref, tag};
use crate::signature::named::listed;
use crate::signature::{Member, Struct, Type};

/// `.ffi.offsetof[types;field]`: bytes from the start of a struct to a field, to one of the fields of that, or to an element
/// of an array: a name or a number for each, from the outermost on.
///
/// # Errors
/// [`Error::Signature`]; [`Error::Usage`]; [`Error::Domain`] for what is not there, and for a bit-field, which C gives no
/// offset.
pub fn offset_of(types: Ref, field: Ref) -> Result<Owned> {
    let layout = layout("offsetof", types)?;
    let steps = match field.tag() {
        ..0 => vec![field.to_owned()],
        tag::LIST..=tag::TIME => items(field)?,
        _ => return Err(wrong(field)),
    };
    let (mut offset, mut at) = (0, Part::Struct(&layout));
    for step in &steps {
        let (further, part) = at.step(step.get())?;
        offset += further;
        at = part;
    }
    Owned::atom(-tag::LONG, offset as i64)
}

fn wrong(x: Ref) -> Error {
    usage("offsetof", "field", "names and numbers", x)
}

/// What lies at an offset.
#[derive(Clone, Copy)]
enum Part<'a> {
    /// A struct or union, which has fields.
    Struct(&'a Struct),
    /// An array, which has elements.
    Array(&'a Member, usize),
    /// What has neither.
    Value(&'a Type),
}

impl<'a> Part<'a> {
    /// The field or element that `x` is the name or number of, and how far from here it lies.
    fn step(self, x: Ref) -> Result<(usize, Part<'a>)> {
        if let Some(name) = x.symbol() {
            let name = name.to_string_lossy();
            let found = if let Part::Struct(layout) = self { named(layout, &name) } else { None };
            return Part::member(found.ok_or_else(|| self.lacks(&name))?);
        }
        if ![-tag::INT, -tag::LONG].contains(&x.tag()) {
            return Err(wrong(x));
        }
        let number = integer("offsetof", "field", x)?;
        let at = |count: usize| usize::try_from(number).ok().filter(|&i| i < count);
        let found = match self {
            Part::Struct(layout) => at(layout.members.len()).map(|i| Part::member((0, &layout.members[i]))),
            Part::Array(member, count) => at(count).map(|i| Ok((i * member.ty.size(), Part::of(&member.ty)))),
            Part::Value(_) => None,
        };
        found.unwrap_or_else(|| Err(self.lacks(&number.to_string())))
    }

    fn of(ty: &'a Type) -> Self {
        match ty {
            Type::Struct(layout) => Part::Struct(layout),
            _ => Part::Value(ty),
        }
    }

    fn member((outside, member): (usize, &'a Member)) -> Result<(usize, Part<'a>)> {
        if member.bits.is_some() {
            let name = member.name.as_deref().unwrap_or_default();
            return Err(Error::Domain(format!("offsetof: {name} is a bit-field")));
        }
        let part = member.count.map_or_else(|| Part::of(&member.ty), |count| Part::Array(member, count));
        Ok((outside + member.offset, part))
    }

    fn lacks(self, step: &str) -> Error {
        let names = if let Part::Struct(layout) = self { layout.names() } else { Vec::new() };
        let text = match self {
            Part::Struct(_) if !names.is_empty() => format!("no field {step}; there are {}", listed(&names)),
            Part::Struct(layout) => {
                format!("{layout} has fields 0 to {}, got {step}", layout.members.len() - 1)
            }
            Part::Array(member, count) => format!("{member} has values 0 to {}, got {step}", count - 1),
            Part::Value(ty) => format!("{ty} has no fields, got {step}"),
        };
        Error::Domain(format!("offsetof: {text}"))
    }
}

/// The field of a name, which may lie in an anonymous struct or union, and where that lies.
fn named<'a>(layout: &'a Struct, name: &str) -> Option<(usize, &'a Member)> {
    layout.members.iter().find_map(|member| match member.anonymous() {
        Some(inner) => named(inner, name).map(|(outside, found)| (member.offset + outside, found)),
        None => (member.name.as_deref() == Some(name)).then_some((0, member)),
    })
}
