//! The functions of `.ffi` for structs and raw memory.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;

use super::place::{declared, place};
use super::region::Region;
use crate::args::{self, count, count_unless_null, integer, usage};
use crate::callback;
use crate::error::{Error, Result, Site, room};
use crate::foreign::{self, Destructor};
use crate::k::{self, Owned, Ref, collect, tag};
use crate::marshal::Values;
use crate::marshal::structs::{read_column, read_columns, read_struct, row_count};
use crate::pointed;
use crate::policy;
use crate::signature::{Struct, parse_members};

/// Layouts that are remembered before all are forgotten.
const REMEMBERED: usize = 4096;

/// Layouts by the text of their types.
type Layouts = HashMap<Box<[u8]>, Arc<Struct>>;

/// The layout of a struct of these types.
pub(super) fn layout(what: &str, types: Ref) -> Result<Arc<Struct>> {
    static LAYOUTS: LazyLock<Mutex<Layouts>> = LazyLock::new(Mutex::default);
    if types.tag() == tag::DICTIONARY {
        return super::types::fields(what, "types", types)?.layout();
    }
    let text = args::types(what, "types", types)?;
    if let Some(known) = LAYOUTS.lock().get(text) {
        return Ok(known.clone());
    }
    let layout = Arc::new(parse_members(text)?);
    let mut layouts = LAYOUTS.lock();
    if layouts.len() == REMEMBERED {
        layouts.clear();
    }
    layouts.insert(text.into(), layout.clone());
    Ok(layout)
}

/// `.ffi.sizeof types`: bytes of a struct of these fields, or of the memory of a foreign object.
///
/// # Errors
/// [`Error::Signature`]; [`Error::Domain`] for a foreign object that is freed or of unknown size.
pub fn size_of_types(x: Ref) -> Result<Owned> {
    let size = match x.tag() {
        tag::FOREIGN => {
            let unknown = || Error::Domain("sizeof: the object does not know its size".into());
            foreign::extent("sizeof", x)?.1.ok_or_else(unknown)?
        }
        _ => layout("sizeof", x)?.size,
    };
    Owned::atom(-tag::LONG, size as i64)
}

/// `.ffi.pack[types;v]`: the bytes of a struct of these fields, or of one for each row of a table.
///
/// # Errors
/// [`Error::Signature`], and those of values that do not fit their fields; a field that points to something takes
/// only what lives on after the call.
pub fn pack(types: Ref, v: Ref) -> Result<Owned> {
    let layout = layout("pack", types)?;
    let is_table = v.tag() == tag::TABLE;
    if layout.holds_functions() {
        policy::permit(policy::Access::Guarded, "pack: a function pointer")?;
    }
    let resolved = k::without_enumerations(v)?;
    let v = resolved.as_ref().map_or(v, Owned::get);
    let bytes = Owned::zeros(tag::BYTE, layout.size.saturating_mul(if is_table { row_count(v) } else { 1 }))?;
    let to = bytes.get().data();
    let mut values = Values::lasting(callback::pointer);
    // SAFETY: the bytes are as many as the structs take.
    let written = unsafe {
        match is_table {
            true => values.write_rows(&layout, v, to),
            false => values.write_struct(&layout, v, to),
        }
    };
    written.map_err(|m| m.located(Site { name: "pack: v".into(), path: Vec::new() }))?;
    Ok(bytes)
}

/// `.ffi.unpack[types;bytes]`: the list of the fields of a struct.
///
/// # Errors
/// [`Error::Signature`]; [`Error::Length`] unless there are as many bytes as the struct has; [`Error::Access`] where
/// its pointers may not be followed.
pub fn unpack(types: Ref, bytes: Ref) -> Result<Owned> {
    let layout = layout("unpack", types)?;
    if ![tag::BYTE, tag::CHAR].contains(&bytes.tag()) {
        return Err(usage("unpack", "bytes", "bytes", bytes));
    }
    if bytes.len() != layout.size {
        let text = format!("unpack: {layout} has {} bytes, got {}", layout.size, bytes.len());
        return Err(Error::Length(text));
    }
    if layout.follows_pointers() {
        policy::permit_pointers("unpack")?;
    }
    // SAFETY: the bytes are as many as the struct has; the user vouches for its pointers.
    unsafe { read_struct(&layout, bytes.data()) }
}

/// `.ffi.deref[ptr;types;idx]`: struct number idx of those at ptr; a list of structs for a vector of numbers.
///
/// # Errors
/// [`Error::Signature`], [`Error::Usage`], and those of [`Region`].
pub fn deref(ptr: Ref, types: Ref, idx: Ref) -> Result<Owned> {
    let layout = layout("deref", types)?;
    let region = Region::readable("deref", ptr)?;
    let read = |i: i64| {
        let from = region.values(i, 1, layout.size)?;
        // SAFETY: the struct lies within the memory, or the user vouches for the address.
        unsafe { read_struct(&layout, from) }
    };
    let rows = |numbers: Vec<i64>| match layout.is_named() {
        true => rows_of_table(&layout, &region, &numbers),
        false => Owned::list(collect(numbers.into_iter().map(read))?),
    };
    match idx.integers() {
        Some(numbers) => rows(numbers),
        None if idx.tag() == tag::LIST && idx.is_empty() => rows(Vec::new()),
        None => read(integer("deref", "idx", idx)?),
    }
}

/// Structs by name of these numbers, as a table.
fn rows_of_table(layout: &Struct, region: &Region, numbers: &[i64]) -> Result<Owned> {
    let mut bytes = room::<u8>(layout.size.saturating_mul(numbers.len()))?;
    for &i in numbers {
        let from = region.values(i, 1, layout.size)?;
        // SAFETY: the struct lies within the memory, or the user vouches for the address.
        bytes.extend_from_slice(unsafe { std::slice::from_raw_parts(from, layout.size) });
    }
    // SAFETY: the bytes are those of as many structs.
    unsafe { read_columns(layout, bytes.as_ptr(), numbers.len()) }
}

/// `.ffi.columns[ptr;types;n]`: the fields of n structs at ptr, a column each.
///
/// # Errors
/// [`Error::Signature`], [`Error::Usage`], and those of [`Region`].
pub fn columns(ptr: Ref, types: Ref, n: Ref) -> Result<Owned> {
    let layout = layout("columns", types)?;
    let count = count("columns", n)?;
    let from = Region::readable("columns", ptr)?.values(0, count, layout.size)?;
    // SAFETY: the structs lie within the memory, or the user vouches for the address.
    unsafe { read_columns(&layout, from, count) }
}

/// `.ffi.peek[ptr;type;n]`: n values of a type at ptr; for a null n those before one that is zero, NULL for pointers.
///
/// # Errors
/// [`Error::Signature`], [`Error::Usage`], and those of [`Region`].
pub fn peek(ptr: Ref, ty: Ref, n: Ref) -> Result<Owned> {
    let layout = layout("peek", ty)?;
    let member = match layout.read() {
        _ if layout.is_named() => None,
        [member] => Some(member),
        many => return Err(Error::Usage(format!("peek: type wants one type, got {}", many.len()))),
    };
    let region = Region::readable("peek", ptr)?;
    let count = count_unless_null("peek", n)?.map_or_else(|| until_zero(&region, layout.size), Ok)?;
    let from = region.values(0, count, layout.size)?;
    // SAFETY: the values lie within the memory, or the user vouches for the address.
    unsafe {
        match member {
            Some(member) => read_column(member, from, layout.size, count),
            None => read_columns(&layout, from, count),
        }
    }
}

/// The number of values of this size before one that is all zeros, NULL for pointers, or before the end of the memory.
///
/// # Errors
/// Those of [`Region`].
fn until_zero(region: &Region, size: usize) -> Result<usize> {
    let (from, bytes) = region.rest()?;
    let most = bytes.map_or(usize::MAX, |bytes| bytes / size);
    // SAFETY: the values lie within the memory, or the user vouches for the address and for a zero at the end.
    let is_zero =
        |i: usize| unsafe { std::slice::from_raw_parts(from.add(i * size), size) }.iter().all(|&b| b == 0);
    let mut count = 0;
    while count < most {
        if bytes.is_none() {
            region.values(count as i64, 1, size)?;
        }
        if is_zero(count) {
            break;
        }
        count += 1;
    }
    Ok(count)
}

/// `.ffi.poke[ptr;v]`: writes the bytes of an atom or vector at ptr, and gives their number.
///
/// # Errors
/// [`Error::Usage`] for what is no atom or vector, and those of [`Region`].
pub fn poke(ptr: Ref, v: Ref) -> Result<Owned> {
    let (from, count) = match v.tag() {
        1..=19 => (v.data().cast_const(), v.len()),
        -19..=-1 => (v.value(), 1),
        _ => return Err(usage("poke", "v", "an atom or a vector", v)),
    };
    let size = tag::element_size(v.tag().abs());
    let to = Region::writable("poke", ptr)?.values(0, count, size)?;
    // SAFETY: the bytes of q's value lie there, and they fit the memory or the user vouches for the address.
    unsafe { to.copy_from(from, count * size) };
    Owned::atom(-tag::LONG, (count * size) as i64)
}

/// `.ffi.string ptr`: the text at ptr, up to its NUL or the end of the memory.
///
/// # Errors
/// Those of [`Region`].
pub fn string(ptr: Ref) -> Result<Owned> {
    let (from, size) = Region::readable("string", ptr)?.rest()?;
    let Some(size) = size else {
        // SAFETY: the user vouches for the address.
        return Owned::chars(unsafe { pointed::text(from.cast()) }?);
    };
    // SAFETY: the memory has as many bytes.
    let bytes = unsafe { std::slice::from_raw_parts(from, size) };
    Owned::chars(bytes.split(|&b| b == 0).next().unwrap_or_default())
}

/// `.ffi.malloc n`: n zero bytes of C's memory.
///
/// # Errors
/// [`Error::Usage`], [`Error::Domain`] for a negative or null n, [`Error::Limit`] when there is not as much.
pub fn malloc(n: Ref) -> Result<Owned> {
    foreign::allocate(count("malloc", n)?)
}

/// `.ffi.free ptr`: frees memory, or destroys what a foreign object owns.
///
/// # Errors
/// Those of [`foreign::free`].
pub fn free(ptr: Ref) -> Result<Owned> {
    // SAFETY: the user vouches for a raw address.
    unsafe { foreign::free(ptr) }?;
    Owned::null()
}

/// `.ffi.own[ptr;destructor]`: a foreign object that calls a C function with ptr when its last reference goes, or has q's
/// event loop call a q function.
///
/// # Errors
/// Those of the address and of looking the function up; [`Error::Domain`] when ptr has an owner; those of making a callback.
pub fn own(ptr: Ref, destructor: Ref) -> Result<Owned> {
    let pointer = foreign::held_address("own", "ptr", ptr)?;
    // A foreign object may be a function of q's, a declared one of C's, and a pair that holds a pointer.
    let is_c = declared(destructor)?.is_some() || foreign::pointer(destructor).is_some();
    if destructor.is_function() && !is_c {
        let object = foreign::own_by_function(pointer, callback::destructor(destructor)?)?;
        foreign::know(object.get(), foreign::type_of(ptr).as_ref());
        return Ok(object);
    }
    let function = place("own", "destructor", destructor)?.function()?;
    // SAFETY: the user names a function that takes this pointer.
    unsafe {
        let destructor = std::mem::transmute::<*const u8, Destructor>(function);
        foreign::own_typed(pointer, destructor, foreign::type_of(ptr).as_ref())
    }
}
