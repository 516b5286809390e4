//! C structs and raw memory, seen from q.

use crate::ctype::{CType, Kind, Repr, element_size_of};
use crate::k::{K, Owned, Ref, tag};
use crate::marshal::{self, Frame, Mismatch};
use crate::signature::{Member, Struct, Type};

/// What a struct parameter takes, in q's words.
const FIELDS: &str = "a list of its fields";

/// Writes a struct at `to`, which is zeroed, from a list of its fields, a conforming vector, or a dictionary's values.
///
/// # Errors
/// A [`Mismatch`] that names the field.
pub fn write_struct<'a>(
    layout: &Struct,
    x: Ref<'a>,
    to: *mut u8,
    frame: &mut Frame<'a>,
) -> Result<(), Mismatch> {
    let x = values(x);
    if !(0..=19).contains(&x.tag()) {
        return Err(Mismatch::of(layout, FIELDS, x));
    }
    if x.len() != layout.members.len() {
        let wants = format!("{} fields", layout.members.len());
        return Err(Mismatch::Type { wants: format!("{layout} wants {wants}"), got: x.len().to_string() });
    }
    for (i, member) in layout.members.iter().enumerate() {
        write_member(member, Source::item(x, i), to.wrapping_add(member.offset), frame)
            .map_err(|m| in_field(m, layout, i))?;
    }
    Ok(())
}

/// The values of a dictionary; anything else as it is.
fn values(x: Ref) -> Ref {
    match x.tag() {
        // SAFETY: a dictionary is a pair of keys and values (k.h), which it keeps alive.
        tag::DICTIONARY => unsafe { Ref::new(x.data().cast::<K>().add(1).read()) }.unwrap_or(x),
        _ => x,
    }
}

fn in_field(mismatch: Mismatch, layout: &Struct, i: usize) -> Mismatch {
    match mismatch {
        Mismatch::Type { wants, got } if !wants.contains(" of field ") => {
            Mismatch::Type { wants: format!("{layout} of field {i} {wants}"), got }
        }
        other => other,
    }
}

/// Where a member's value comes from: an object, or an element of a simple vector.
#[derive(Clone, Copy)]
enum Source<'a> {
    Object(Ref<'a>),
    Element(Ref<'a>, usize),
    Missing,
}

impl<'a> Source<'a> {
    fn item(x: Ref<'a>, i: usize) -> Self {
        match x.tag() {
            tag::LIST => x.item(i).map_or(Source::Missing, Source::Object),
            _ => Source::Element(x, i),
        }
    }
}

fn write_member<'a>(
    member: &Member,
    source: Source<'a>,
    to: *mut u8,
    frame: &mut Frame<'a>,
) -> Result<(), Mismatch> {
    match (member.count, source) {
        (None, _) => write_value(&member.ty, source, to, frame),
        (Some(count), Source::Object(x)) => write_array(member, count, x, to, frame),
        (Some(_), Source::Element(x, i)) => {
            let atom = marshal::element(x, i);
            Err(Mismatch::of(&member.ty, "an array", atom.get()))
        }
        (Some(_), Source::Missing) => Err(missing(&member.ty)),
    }
}

fn missing(ty: &Type) -> Mismatch {
    Mismatch::Type { wants: format!("{ty} wants a value"), got: "nothing".into() }
}

fn write_array<'a>(
    member: &Member,
    count: usize,
    x: Ref<'a>,
    to: *mut u8,
    frame: &mut Frame<'a>,
) -> Result<(), Mismatch> {
    let is_text = matches!(&member.ty, Type::Value(row) if matches!(row.repr, Repr::Char | Repr::U8));
    let fits = (0..=19).contains(&x.tag()) && (x.len() == count || (is_text && x.len() < count));
    if !fits {
        return Err(Mismatch::of(&member.ty, &format!("{count} values"), x));
    }
    for i in 0..x.len() {
        write_value(&member.ty, Source::item(x, i), to.wrapping_add(i * member.ty.size()), frame)?;
    }
    Ok(())
}

fn write_value<'a>(
    ty: &Type,
    source: Source<'a>,
    to: *mut u8,
    frame: &mut Frame<'a>,
) -> Result<(), Mismatch> {
    match (ty, source) {
        (Type::Struct(layout), Source::Object(x)) => write_struct(layout, x, to, frame),
        (Type::Value(row), Source::Element(x, i)) => write_from_vector(row, x, i, to),
        (Type::Value(row), Source::Object(x)) if row.kind == Kind::Guid && x.tag() == -tag::GUID => {
            // SAFETY: a guid member is 16 bytes, and so is a guid atom's data.
            unsafe { to.copy_from_nonoverlapping(x.data(), 16) };
            Ok(())
        }
        // SAFETY: the struct that `to` lies in has room for its member, and structs have been dealt with above.
        (_, Source::Object(x)) => unsafe { frame.store(ty, x, to) },
        (_, Source::Element(x, i)) => Err(Mismatch::of(ty, "a pointer", marshal::element(x, i).get())),
        (_, Source::Missing) => Err(missing(ty)),
    }
}

fn write_from_vector(row: &CType, x: Ref, i: usize, to: *mut u8) -> Result<(), Mismatch> {
    let from = x.data().wrapping_add(i * element_size_of(x.tag()));
    // SAFETY: the element lies within the vector, and the struct has room for the member.
    unsafe { marshal::write_element(row, x.tag(), from, to) }
        .unwrap_or_else(|| Err(Mismatch::of(row.letter, &row.wants(), marshal::element(x, i).get())))
}

/// Reads a struct as the list of its fields, which collapses to a vector as q's own lists do.
///
/// # Safety
/// A struct of this layout can be read at `from`.
pub unsafe fn read_struct(layout: &Struct, from: *const u8) -> Owned {
    let fields = layout.members.iter().map(|member| {
        let from = from.wrapping_add(member.offset);
        // SAFETY: members lie within the struct.
        unsafe {
            match member.count {
                None => read_member(&member.ty, from),
                Some(count) => {
                    collapse((0..count).map(|i| read_member(&member.ty, from.add(i * member.ty.size()))))
                }
            }
        }
    });
    collapse(fields)
}

/// # Safety
/// A value of this type can be read at `from`.
unsafe fn read_member(ty: &Type, from: *const u8) -> Owned {
    match ty {
        // What a pointer within a struct points to is not known to be there: the address is what C gives.
        // SAFETY: passed on to the caller.
        Type::Pointer(_) | Type::Object => unsafe {
            Owned::atom(-tag::LONG, from.cast::<i64>().read_unaligned())
        },
        // SAFETY: passed on to the caller.
        _ => unsafe { marshal::read(ty, from) },
    }
}

/// A list of these objects: a simple vector when they are atoms of one type.
pub fn collapse(items: impl Iterator<Item = Owned>) -> Owned {
    let items: Vec<Owned> = items.collect();
    let first = items.first().map_or(0, |x| x.get().tag());
    if !(-19..0).contains(&first) || items.iter().any(|x| x.get().tag() != first) {
        return Owned::list(items);
    }
    let size = element_size_of(-first);
    // SAFETY: `ktn` makes a vector with room for the elements, whose bytes are copied from atoms of its type.
    unsafe {
        let vector = Owned::from_raw(crate::k::ktn((-first).into(), items.len() as i64));
        for (i, x) in items.iter().enumerate() {
            let payload = if size == 16 { crate::k::DATA } else { crate::k::PAYLOAD };
            let from = x.get().as_raw().cast::<u8>().add(payload as usize);
            vector.get().data().add(i * size).copy_from_nonoverlapping(from, size);
        }
        vector
    }
}

/// The rows of a table as dictionaries, which is what `enlist` makes of dictionaries with the same keys.
pub fn table_rows(table: Ref) -> Vec<Owned> {
    let Some((names, columns)) = columns(table) else {
        return Vec::new();
    };
    let count = columns.item(0).map_or(0, column_length);
    (0..count)
        .map(|i| {
            let row = columns.items().iter().enumerate().filter_map(|(c, _)| columns.item(c));
            Owned::dictionary(names.to_owned(), collapse(row.map(|column| column_item(column, i))))
        })
        .collect()
}

/// The column names and the columns of a table.
fn columns(table: Ref) -> Option<(Ref, Ref)> {
    // SAFETY: a table holds a dictionary of columns in its payload, a dictionary is a pair (k.h); both are kept alive.
    unsafe {
        let dictionary = Ref::new(table.payload::<K>())?;
        let pair = dictionary.data().cast::<K>();
        Some((Ref::new(pair.read())?, Ref::new(pair.add(1).read())?))
    }
}

fn column_length(column: Ref) -> usize {
    if (0..=19).contains(&column.tag()) { column.len() } else { 0 }
}

fn column_item(column: Ref, i: usize) -> Owned {
    match column.tag() {
        tag::LIST => column.item(i).map_or_else(Owned::null, Ref::to_owned),
        _ if i < column_length(column) => marshal::element(column, i),
        _ => Owned::null(),
    }
}
