//! The layouts of K objects as the crate kdbplus has them, a second opinion on ours, and objects read by them. That crate
//! does not compile where C's `char` is unsigned.
#![cfg(target_arch = "x86_64")]

use std::mem::{align_of, offset_of, size_of};

use ffijit::ctype::Repr;
use ffijit::k::native::U;
use ffijit::k::{self, K0, Owned, tag};
use kapi as _;
use kdbplus::api;

#[test]
fn layouts_are_the_same() {
    // What follows the header is a union there, whose members all begin where it does.
    let value = offset_of!(api::k0, value);
    let pairs = [
        // That union has room for a first element, which we have behind.
        (size_of::<api::k0>() - size_of::<api::k0_list>(), size_of::<K0>() - size_of::<i64>()),
        (align_of::<api::k0>(), align_of::<K0>()),
        (offset_of!(api::k0, qtype), offset_of!(K0, t)),
        (offset_of!(api::k0, attribute), offset_of!(K0, u)),
        (offset_of!(api::k0, refcount), offset_of!(K0, r)),
        (value, offset_of!(K0, n)),
        (value + offset_of!(api::k0_list, n), k::LENGTH as usize),
        (value + offset_of!(api::k0_list, G0), k::DATA as usize),
        (size_of::<api::U>(), size_of::<U>()),
        (align_of::<api::U>(), align_of::<U>()),
    ];
    for (i, (theirs, ours)) in pairs.into_iter().enumerate() {
        assert_eq!(theirs, ours, "pair {i}");
    }
}

#[test]
fn objects_of_this_library_are_read_by_theirs() {
    qhost::install();
    let read = |x: &Owned| {
        // SAFETY: an object that lives on, by the layout under test.
        unsafe { *x.get().as_raw().cast::<api::k0>() }
    };
    // SAFETY: `kj` and `kf` give objects or NULL.
    let (long, float) = unsafe { (Owned::new(k::native::kj(-7)), Owned::new(k::native::kf(2.5))) };
    let (long, float) = (read(&long.expect("memory")), read(&float.expect("memory")));
    // SAFETY: an atom's payload is the member of its type.
    unsafe {
        assert_eq!((long.qtype, long.refcount, long.value.long), (-tag::LONG, 0, -7));
        assert_eq!((float.qtype, float.refcount, float.value.float), (-tag::FLOAT, 0, 2.5));
    }
    // SAFETY: `ktn` gives a vector or NULL.
    let vector = unsafe { Owned::new(k::ktn(tag::SHORT.into(), 3)) }.expect("memory");
    let second = vector.get().to_owned();
    let header = read(&vector);
    // SAFETY: a vector has a length.
    assert_eq!((header.qtype, header.refcount, unsafe { header.value.list.n }), (tag::SHORT, 1, 3));
    drop(second);
}

#[test]
fn numbers_are_as_wide() {
    let widths = [
        (size_of::<api::G>(), Repr::U8),
        (size_of::<api::H>(), Repr::I16),
        (size_of::<api::I>(), Repr::I32),
        (size_of::<api::J>(), Repr::I64),
        (size_of::<api::E>(), Repr::F32),
        (size_of::<api::F>(), Repr::F64),
        (size_of::<api::S>(), Repr::Pointer),
    ];
    for (theirs, ours) in widths {
        assert_eq!(theirs, ours.size(), "{ours:?}");
    }
}
