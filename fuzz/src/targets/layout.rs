//! The layout of a struct is the one that libffi gives it unless it is packed or a union, and its bytes pack and unpack.

use std::ffi::CString;

use ffijit::ctype::{CType, Kind, Repr};
use ffijit::signature::{Member, Struct, Type, parse_members};
use kapi::Obj;
use libffi::middle::Type as FfiType;
use libffi::raw::{ffi_abi_FFI_DEFAULT_ABI, ffi_get_struct_offsets, ffi_status_FFI_OK, ffi_type};

use crate::host::{call, leaves_nothing, native};
use crate::input::Input;
use crate::objects;
use crate::signatures::structure_text;

/// Members that libffi is asked about at most: it has no arrays, so an array is that many members.
const MAX_MEMBERS: usize = 4096;

/// Reads any text, or a struct by number, and packs an object in that form.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let text = match input.below(2) {
        0 => input.bytes(24).to_vec(),
        _ => structure_text(input.below(1 << 14)).into_bytes(),
    };
    let Ok(layout) = parse_members(&text) else { return };
    if layout.is_plain() && elements(&layout) <= MAX_MEMBERS {
        judge(&layout);
    }
    if layout.size > 1 << 16 || CString::new(text.clone()).is_err() {
        return;
    }
    // What a pointer points to may be an empty vector, from which nothing can be read, or a text, which becomes a symbol.
    let points = text.iter().any(|c| c.is_ascii_uppercase() || b"sk".contains(c));
    let value = objects::fitting(&mut input, &Type::Struct(layout.into()));
    leaves_nothing(|| round_trip(&text, &value, !points));
}

/// Packed bytes unpack to what packs to the same bytes.
fn round_trip(types: &[u8], value: &Obj, unpacks: bool) {
    let (pack, unpack) = (native("pack"), native("unpack"));
    let types = Obj::string(types);
    let Ok(bytes) = call(&pack, &[types.clone(), value.clone()]) else { return };
    if !unpacks {
        return;
    }
    let fields = call(&unpack, &[types.clone(), bytes.clone()]).expect("as many bytes as the struct has");
    // All members of a union are no pair of a number and a value.
    if types.slice::<u8>().contains(&b'|') {
        return;
    }
    if let Ok(again) = call(&pack, &[types, fields]) {
        assert_eq!(again.slice::<u8>(), bytes.slice::<u8>());
    }
}

/// Members, with arrays and structs taken apart.
fn elements(layout: &Struct) -> usize {
    let one = |ty: &Type| if let Type::Struct(inner) = ty { elements(inner) } else { 1 };
    layout.members.iter().map(|m| m.count.unwrap_or(1).saturating_mul(one(&m.ty))).sum()
}

/// Asks libffi for size, alignment and offsets.
fn judge(layout: &Struct) {
    let ty = structure(layout);
    let count: usize = layout.members.iter().map(|m| m.count.unwrap_or(1)).sum();
    let mut offsets = vec![0_usize; count];
    let raw: *mut ffi_type = ty.as_raw_ptr();
    // SAFETY: the type is a struct of as many elements as there are offsets.
    let status = unsafe { ffi_get_struct_offsets(ffi_abi_FFI_DEFAULT_ABI, raw, offsets.as_mut_ptr()) };
    assert_eq!(status, ffi_status_FFI_OK, "{layout}");
    // SAFETY: libffi has just filled the type in.
    let (size, align) = unsafe { ((*raw).size, usize::from((*raw).alignment)) };
    assert_eq!((layout.size, layout.align), (size, align), "{layout}");
    let ours = |m: &Member| (0..m.count.unwrap_or(1)).map(|i| m.offset + i * m.ty.size()).collect::<Vec<_>>();
    assert_eq!(layout.members.iter().flat_map(ours).collect::<Vec<_>>(), offsets, "{layout}");
}

fn structure(layout: &Struct) -> FfiType {
    let member = |m: &Member| vec![element(&m.ty); m.count.unwrap_or(1)];
    FfiType::structure(layout.members.iter().flat_map(member).collect::<Vec<_>>())
}

fn element(ty: &Type) -> FfiType {
    match ty {
        Type::Struct(layout) => structure(layout),
        Type::Value(row) => value(row),
        Type::Pointer(_) | Type::Object | Type::Callback | Type::Out(_) | Type::InOut(_) => {
            FfiType::pointer()
        }
    }
}

/// Not by ffijit's own table for libffi, which this judges.
fn value(row: &CType) -> FfiType {
    match (row.kind, row.repr) {
        (Kind::Guid, _) => FfiType::structure(vec![FfiType::u8(); 16]),
        (_, Repr::Bool | Repr::U8 | Repr::Char) => FfiType::u8(),
        (_, Repr::I8) => FfiType::i8(),
        (_, Repr::I16) => FfiType::i16(),
        (_, Repr::U16) => FfiType::u16(),
        (_, Repr::I32) => FfiType::i32(),
        (_, Repr::U32) => FfiType::u32(),
        (_, Repr::I64) => FfiType::i64(),
        (_, Repr::F32) => FfiType::f32(),
        (_, Repr::F64) => FfiType::f64(),
        (_, Repr::LongDouble) => FfiType::longdouble(),
        (_, Repr::Pointer) => FfiType::pointer(),
    }
}
