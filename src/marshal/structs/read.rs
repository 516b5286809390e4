//! C structs and arrays as q lists and vectors.

use std::ffi::c_char;

use crate::ctype::{CType, Kind, Repr};
use crate::error::{Error, Result};
use crate::k::{self, K, Owned, collect};
use crate::marshal;
use crate::pointed;
use crate::signature::{Member, Struct, Type};

/// Reads a struct as the list of its fields, which collapses to a vector as q's own lists do, or as a dictionary where
/// they have names. Of a union that is the list of all its members.
///
/// # Errors
/// [`Error::MemoryFull`].
///
/// # Safety
/// A struct of this layout can be read at `from`, and so can what its pointers of declared types point to.
pub unsafe fn read_struct(layout: &Struct, from: *const u8) -> Result<Owned> {
    if layout.is_named() {
        let mut fields = Vec::with_capacity(layout.members.len());
        // SAFETY: passed on to the caller.
        unsafe { read_fields(layout, from, &mut fields)? };
        return Owned::dictionary(names(layout)?, collapse(fields.into_iter().map(Ok))?);
    }
    if let Some(row) = uniform(layout) {
        // SAFETY: members of one type lie side by side.
        return unsafe { read_array(row, from, layout.members.len()) };
    }
    // SAFETY: members lie within the struct.
    collapse(layout.read().iter().map(|m| unsafe { read_member(m, from.add(m.offset)) }))
}

/// The names of a struct's fields, as symbols. These live as long as the process, so they are made once.
fn names(layout: &Struct) -> Result<Owned> {
    if let Some(symbols) = layout.symbols.0.get() {
        // SAFETY: the elements of a symbol vector are addresses of interned texts, which these are.
        return unsafe { Owned::vector(k::tag::SYMBOL, symbols) };
    }
    let made = Owned::symbols(layout.names())?;
    // SAFETY: the elements of a symbol vector are addresses.
    let symbols: &[usize] = unsafe { made.get().slice() };
    layout.symbols.0.get_or_init(|| symbols.into());
    Ok(made)
}

/// Reads the fields of a struct by name, with those of anonymous structs and unions in it.
///
/// # Safety
/// As for [`read_struct`].
unsafe fn read_fields(layout: &Struct, from: *const u8, fields: &mut Vec<Owned>) -> Result<()> {
    for member in layout.read() {
        let at = from.wrapping_add(member.offset);
        // SAFETY: members lie within the struct.
        unsafe {
            match member.anonymous() {
                Some(inner) => read_fields(inner, at, fields)?,
                None => fields.push(read_member(member, at)?),
            }
        }
    }
    Ok(())
}

/// The type of all members, if they have one.
fn uniform(layout: &Struct) -> Option<&'static CType> {
    let value = |m: &Member| match (&m.ty, m.count) {
        (&Type::Value(row), None) => Some(row),
        _ => None,
    };
    let first = value(layout.members.first()?)?;
    let alike = !layout.shape.union && layout.members.iter().all(|m| value(m) == Some(first));
    alike.then_some(first)
}

/// Structs that are read at once when they become columns, few enough to stay in the first cache.
const BLOCK: usize = 256;

/// Reads structs that lie side by side as a list of columns, one for each member, or as a table where these have names.
///
/// # Errors
/// [`Error::MemoryFull`].
///
/// # Safety
/// As for [`read_struct`], for each of them.
pub unsafe fn read_columns(layout: &Struct, from: *const u8, count: usize) -> Result<Owned> {
    let mut columns = Vec::with_capacity(layout.members.len());
    // SAFETY: passed on to the caller.
    unsafe { add_columns(layout, from, layout.size, count, &mut columns) }?;
    let columns = Owned::list(columns)?;
    if layout.is_named() { Owned::flip(Owned::dictionary(names(layout)?, columns)?) } else { Ok(columns) }
}

/// Adds a column for each member, and for those of anonymous structs and unions.
///
/// # Safety
/// As for [`read_struct`], for each of the structs, which lie `stride` bytes apart.
unsafe fn add_columns(
    layout: &Struct,
    from: *const u8,
    stride: usize,
    count: usize,
    into: &mut Vec<Owned>,
) -> Result<()> {
    let is_hot = |member: &Member| {
        matches!(member.ty, Type::Value(_)) && member.count.is_none() && member.bits.is_none()
    };
    let mut hot = Vec::new();
    for member in layout.read() {
        let at = from.wrapping_add(member.offset);
        match (&member.ty, member.anonymous()) {
            (Type::Value(row), _) if is_hot(member) => {
                into.push(Owned::unwritten(row.tag(), count)?);
                hot.push((row, at, into.len() - 1));
            }
            // SAFETY: members lie within the struct.
            (_, Some(inner)) if layout.is_named() => unsafe { add_columns(inner, at, stride, count, into)? },
            // SAFETY: the member lies within each of the structs, which are the caller's.
            _ => into.push(unsafe { read_column(member, at, stride, count) }?),
        }
    }
    for start in (0..count).step_by(BLOCK) {
        for &(row, at, column) in &hot {
            let to = into[column].get().data().wrapping_add(start * k::tag::element_size(row.tag()));
            // SAFETY: the member lies within each of the structs; the column has as many elements as there are structs.
            unsafe { fill(row, at.add(start * stride), stride, to, BLOCK.min(count - start)) }?;
        }
    }
    Ok(())
}

/// Reads one member of structs that lie side by side.
///
/// # Errors
/// [`Error::MemoryFull`].
///
/// # Safety
/// The member can be read at `from` and at each further multiple of `stride`.
pub unsafe fn read_column(member: &Member, from: *const u8, stride: usize, count: usize) -> Result<Owned> {
    // SAFETY: passed on to the caller.
    unsafe {
        match (&member.ty, member.count, member.bits) {
            (Type::Value(row), None, None) => read_strided(row, from, stride, count),
            _ => collapse((0..count).map(|i| read_member(member, from.add(i * stride)))),
        }
    }
}

/// # Safety
/// A value of the row's type can be read at `from` and at each further multiple of `stride`.
unsafe fn read_strided(row: &CType, from: *const u8, stride: usize, count: usize) -> Result<Owned> {
    let vector = Owned::unwritten(row.tag(), count)?;
    // SAFETY: the vector has room for as many elements of the row's type; the rest is the caller's.
    unsafe { fill(row, from, stride, vector.get().data(), count) }?;
    Ok(vector)
}

/// # Safety
/// The member can be read at `from`.
unsafe fn read_member(member: &Member, from: *const u8) -> Result<Owned> {
    // SAFETY: passed on to the caller; elements of an array lie side by side.
    unsafe {
        match (&member.ty, member.count) {
            (ty, None) => match member.bits {
                Some(bits) => read_value(ty, bits.read(from).to_le_bytes().as_ptr()),
                None => read_value(ty, from),
            },
            (Type::Value(row), Some(count)) => read_array(row, from, count),
            (Type::Struct(layout), Some(count)) if layout.is_named() => read_columns(layout, from, count),
            (ty, Some(count)) => collapse((0..count).map(|i| read_value(ty, from.add(i * ty.size())))),
        }
    }
}

/// # Safety
/// A value of this type can be read at `from`.
unsafe fn read_value(ty: &Type, from: *const u8) -> Result<Owned> {
    // SAFETY: passed on to the caller.
    unsafe {
        match ty {
            // The struct keeps its reference.
            Type::Object => marshal::lent_by_c(from.cast::<K>().read_unaligned()),
            _ => marshal::read(ty, from),
        }
    }
}

/// Reads values that lie side by side as a vector.
///
/// # Errors
/// [`Error::MemoryFull`].
///
/// # Safety
/// As many values of the row's type can be read at `from`; for texts, what they point to.
pub unsafe fn read_array(row: &CType, from: *const u8, count: usize) -> Result<Owned> {
    // SAFETY: passed on to the caller.
    unsafe { read_strided(row, from, row.element_size(), count) }
}

/// Writes values that lie `stride` bytes apart as elements of a vector.
///
/// # Errors
/// [`Error::MemoryFull`] for texts that q has no memory for, [`Error::Pointer`].
///
/// # Safety
/// A value of the row's type can be read at each place, for a text what it points to; `to` has room for as many
/// elements.
unsafe fn fill(row: &CType, from: *const u8, stride: usize, to: *mut u8, count: usize) -> Result<()> {
    // SAFETY: passed on to the caller.
    unsafe {
        match (row.kind, row.repr) {
            (Kind::Text, _) => return intern_all(from, stride, to.cast(), count),
            (Kind::Guid, _) => gather(from, stride, to, count, |x: [u8; 16]| x),
            (_, Repr::Bool) => gather(from, stride, to, count, |x: u8| u8::from(x != 0)),
            (_, Repr::U8 | Repr::Char) => gather(from, stride, to, count, |x: u8| x),
            (_, repr @ Repr::I8) => gather(from, stride, to, count, |x: u8| repr.widen(x.into()) as u16),
            (_, Repr::U16) => gather(from, stride, to, count, |x: u16| u32::from(x)),
            (_, Repr::U32) => gather(from, stride, to, count, |x: u32| u64::from(x)),
            (_, Repr::I16) => gather(from, stride, to, count, |x: u16| x),
            (_, Repr::I32 | Repr::F32) => gather(from, stride, to, count, |x: u32| x),
            (_, Repr::LongDouble) => {
                gather(from, stride, to, count, |x: [u8; 16]| marshal::load_long_double(x.as_ptr()));
            }
            (_, Repr::I64 | Repr::F64 | Repr::Pointer) => gather(from, stride, to, count, |x: u64| x),
        }
    }
    Ok(())
}

/// # Safety
/// A `T` can be read at `from` and at each further multiple of `stride`; `to` has room for as many `U`, side by side.
unsafe fn gather<T: Copy, U>(from: *const u8, stride: usize, to: *mut u8, count: usize, f: impl Fn(T) -> U) {
    let to = to.cast::<U>();
    for i in 0..count {
        // SAFETY: passed on to the caller; nothing is assumed of the alignment in C's memory.
        unsafe { to.add(i).write_unaligned(f(from.add(i * stride).cast::<T>().read_unaligned())) };
    }
}

/// # Safety
/// A text can be read at `from` and at each further multiple of `stride`; `to` has room for as many symbols.
unsafe fn intern_all(from: *const u8, stride: usize, to: *mut *const c_char, count: usize) -> Result<()> {
    for i in 0..count {
        // SAFETY: passed on to the caller.
        let text = unsafe { from.add(i * stride).cast::<*const c_char>().read_unaligned() };
        pointed::readable_text(text)?;
        let symbol = k::intern(text);
        if symbol.is_null() {
            return Err(Error::MemoryFull);
        }
        // SAFETY: passed on to the caller.
        unsafe { to.add(i).write(symbol) };
    }
    Ok(())
}

/// A list of these objects: a simple vector when they are atoms of one type.
///
/// # Errors
/// The first of the items', [`Error::MemoryFull`].
pub fn collapse(items: impl ExactSizeIterator<Item = Result<Owned>>) -> Result<Owned> {
    let items = collect(items)?;
    let first = items.first().map_or(0, |x| x.get().tag());
    if !(-19..0).contains(&first) || items.iter().any(|x| x.get().tag() != first) {
        return Owned::list(items);
    }
    let size = k::tag::element_size(-first);
    let vector = Owned::unwritten(-first, items.len())?;
    for (i, x) in items.iter().enumerate() {
        // SAFETY: the vector has room for as many elements of the atoms' type.
        unsafe { vector.get().data().add(i * size).copy_from_nonoverlapping(x.get().value(), size) };
    }
    Ok(vector)
}
