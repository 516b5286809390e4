//! q lists, vectors, dictionaries and tables as C structs and arrays.

use super::table::{column_length, columns};
use crate::ctype::{CType, Kind, Repr, element_size_of};
use crate::k::{K, Ref, tag};
use crate::marshal::{self, Frame, Mismatch};
use crate::signature::{Member, Struct, Type};

type Result<T> = std::result::Result<T, Mismatch>;

/// What a struct takes, in q's words.
const FIELDS: &str = "a list of its fields";

/// Writes a struct at `to`, which is zeroed, from a list of its fields, a conforming vector, or a dictionary's values.
///
/// # Errors
/// A [`Mismatch`] that names the field.
///
/// # Safety
/// `to` has room for a struct of this layout.
pub unsafe fn write_struct<'a>(
    layout: &Struct,
    x: Ref<'a>,
    to: *mut u8,
    frame: &mut Frame<'a>,
) -> Result<()> {
    // SAFETY: passed on to the caller.
    unsafe { write_fields(layout, Source::Object(x), to, frame) }
}

/// Writes the rows of a table as structs that lie side by side.
///
/// # Errors
/// A [`Mismatch`] that names the row and the field.
///
/// # Safety
/// `to` has room for as many structs as the table has rows, and is zeroed.
pub(super) unsafe fn write_rows<'a>(
    layout: &Struct,
    table: Ref<'a>,
    to: *mut u8,
    frame: &mut Frame<'a>,
) -> Result<()> {
    let Some((_, columns)) = columns(table) else { return Ok(()) };
    for i in 0..row_count(table) {
        // SAFETY: passed on to the caller.
        unsafe { write_fields(layout, Source::Row(columns, i), to.add(i * layout.size), frame) }
            .map_err(|m| m.within(i))?;
    }
    Ok(())
}

/// Number of rows of a table.
pub(super) fn row_count(table: Ref) -> usize {
    columns(table).and_then(|(_, columns)| columns.item(0)).map_or(0, column_length)
}

/// Where a value comes from.
#[derive(Clone, Copy)]
enum Source<'a> {
    /// An object.
    Object(Ref<'a>),
    /// An element of a simple vector.
    Element(Ref<'a>, usize),
    /// A row of a table with these columns.
    Row(Ref<'a>, usize),
    /// An item that is not there.
    Missing,
}

impl<'a> Source<'a> {
    fn item(list: Ref<'a>, i: usize) -> Self {
        match list.tag() {
            tag::LIST => list.item(i).map_or(Source::Missing, Source::Object),
            1..=19 if i < list.len() => Source::Element(list, i),
            _ => Source::Missing,
        }
    }

    /// The fields of a struct: what they are items of, and how many there are. `None` for what has no fields.
    fn fields(self) -> Option<(Fields<'a>, usize)> {
        match self {
            Source::Object(x) if (0..=19).contains(&x.tag()) => Some((Fields::Items(x), x.len())),
            Source::Object(x) if x.tag() == tag::DICTIONARY => {
                // SAFETY: a dictionary is a pair of keys and values (k.h), which it keeps alive.
                let values = unsafe { Ref::new(x.data().cast::<K>().add(1).read()) }?;
                (0..=19).contains(&values.tag()).then(|| (Fields::Items(values), values.len()))
            }
            Source::Row(columns, i) => Some((Fields::Row(columns, i), columns.len())),
            _ => None,
        }
    }

    /// The error for something else than this.
    fn mismatch(self, ty: impl std::fmt::Display, wants: &str) -> Mismatch {
        match self {
            Source::Object(x) => Mismatch::of(ty, wants, x),
            Source::Element(x, i) => Mismatch::of(ty, wants, marshal::element(x, i).get()),
            Source::Row(..) | Source::Missing => {
                Mismatch::Type { wants: format!("{ty} wants {wants}"), got: "nothing".into() }
            }
        }
    }
}

/// What the fields of a struct are taken from.
enum Fields<'a> {
    Items(Ref<'a>),
    Row(Ref<'a>, usize),
}

impl<'a> Fields<'a> {
    fn get(&self, i: usize) -> Source<'a> {
        match *self {
            Fields::Items(x) => Source::item(x, i),
            Fields::Row(columns, row) => columns.item(i).map_or(Source::Missing, |c| Source::item(c, row)),
        }
    }
}

/// # Safety
/// `to` has room for a struct of this layout.
unsafe fn write_fields<'a>(
    layout: &Struct,
    source: Source<'a>,
    to: *mut u8,
    frame: &mut Frame<'a>,
) -> Result<()> {
    let (fields, count) = source.fields().ok_or_else(|| source.mismatch(layout, FIELDS))?;
    let wanted = layout.members.len();
    if count != wanted {
        return Err(Mismatch::Length { wants: format!("{layout} wants {wanted} fields"), got: count });
    }
    for (i, member) in layout.members.iter().enumerate() {
        // SAFETY: members lie within the struct.
        unsafe { write_member(member, fields.get(i), to.add(member.offset), frame) }
            .map_err(|m| m.within(i))?;
    }
    Ok(())
}

/// # Safety
/// `to` has room for the member.
unsafe fn write_member<'a>(
    member: &Member,
    source: Source<'a>,
    to: *mut u8,
    frame: &mut Frame<'a>,
) -> Result<()> {
    // SAFETY: passed on to the caller.
    unsafe {
        match (member.count, source) {
            (None, _) => write_value(&member.ty, source, to, frame),
            (Some(_), Source::Object(x)) => write_array(member, x, to, frame),
            (Some(_), other) => Err(other.mismatch(member, &values_wanted(member))),
        }
    }
}

fn values_wanted(member: &Member) -> String {
    format!("{} values", member.count.unwrap_or(1))
}

/// # Safety
/// `to` has room for the member, which is an array.
unsafe fn write_array<'a>(member: &Member, x: Ref<'a>, to: *mut u8, frame: &mut Frame<'a>) -> Result<()> {
    let room = member.count.unwrap_or(1);
    let too_long = |got| Mismatch::Length { wants: format!("{member} wants {}", values_wanted(member)), got };
    if let (Type::Value(row), Some(text)) = (&member.ty, text(x))
        && row.repr == Repr::Char
    {
        // A text may be shorter: the rest is zeros.
        if text.len() > room {
            return Err(too_long(text.len()));
        }
        // SAFETY: the caller has room for as many chars.
        unsafe { to.copy_from_nonoverlapping(text.as_ptr(), text.len()) };
        return Ok(());
    }
    let count = match x.tag() {
        0..=19 => x.len(),
        tag::TABLE => row_count(x),
        _ => return Err(Mismatch::of(member, &values_wanted(member), x)),
    };
    if count != room {
        return Err(too_long(count));
    }
    // SAFETY: the caller has room for as many elements.
    unsafe { write_elements(&member.ty, x, to, frame) }
}

/// The bytes of a char vector, a char or a symbol.
fn text(x: Ref<'_>) -> Option<&[u8]> {
    x.chars().or_else(|| x.symbol().map(std::ffi::CStr::to_bytes))
}

/// # Safety
/// `to` has room for as many elements as `x`, a list, vector or table, has items.
unsafe fn write_elements<'a>(ty: &Type, x: Ref<'a>, to: *mut u8, frame: &mut Frame<'a>) -> Result<()> {
    // SAFETY: passed on to the caller.
    unsafe {
        match ty {
            Type::Struct(layout) if x.tag() == tag::TABLE => return write_rows(layout, x, to, frame),
            Type::Value(row) if x.tag() > tag::LIST && row.shares_layout(x.tag()) => {
                to.copy_from_nonoverlapping(x.data(), x.len() * row.element_size());
                return Ok(());
            }
            _ if x.tag() == tag::TABLE => return Err(Mismatch::of(ty, "a vector", x)),
            _ => (),
        }
        (0..x.len()).try_for_each(|i| {
            write_value(ty, Source::item(x, i), to.add(i * ty.size()), frame).map_err(|m| m.within(i))
        })
    }
}

/// # Safety
/// `to` has room for a value of this type.
unsafe fn write_value<'a>(ty: &Type, source: Source<'a>, to: *mut u8, frame: &mut Frame<'a>) -> Result<()> {
    // SAFETY: passed on to the caller.
    unsafe {
        match (ty, source) {
            (Type::Struct(layout), _) => write_fields(layout, source, to, frame),
            (Type::Value(row), Source::Element(x, i)) => write_from_vector(row, x, i, to),
            (Type::Value(row), Source::Object(x)) if row.kind == Kind::Guid => write_guid(row, x, to),
            (_, Source::Object(x)) => frame.store(ty, x, to),
            (_, Source::Element(x, i)) => frame.store_kept(ty, marshal::element(x, i), to),
            (_, Source::Row(..) | Source::Missing) => Err(source.mismatch(ty, "a value")),
        }
    }
}

/// # Safety
/// `to` has room for 16 bytes.
unsafe fn write_guid(row: &CType, x: Ref, to: *mut u8) -> Result<()> {
    if x.tag() != -tag::GUID {
        return Err(Mismatch::of(row.letter, &row.wants(), x));
    }
    // SAFETY: a guid atom has 16 bytes of data, and the caller room for them.
    unsafe { to.copy_from_nonoverlapping(x.data(), row.element_size()) };
    Ok(())
}

/// # Safety
/// `to` has room for a value of the row's type.
unsafe fn write_from_vector(row: &CType, x: Ref, i: usize, to: *mut u8) -> Result<()> {
    let from = x.data().wrapping_add(i * element_size_of(x.tag()));
    // SAFETY: the element lies within the vector, and the caller has room for the value.
    unsafe { marshal::write_element(row, x.tag(), from, to) }
        .unwrap_or_else(|| Err(Mismatch::of(row.letter, &row.wants(), marshal::element(x, i).get())))
}
