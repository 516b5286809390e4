//! The C types of list elements, and their nulls and infinities.

use super::{Obj, tag};
use crate::Symbol;

/// A C type that list elements have. One serves several tags: `i32` those of int, month, date and so on.
///
/// # Safety
/// Every element of a list whose tag is in `TAGS` is a valid value of the type.
pub unsafe trait Elem: Clone + 'static {
    /// One bit for each tag.
    const TAGS: u128;

    /// May elements of a list, or the payload of an atom, of this tag be read as this type?
    #[inline]
    fn fits(tag: i8) -> bool {
        tag != tag::ERROR && Self::TAGS >> tag.unsigned_abs() & 1 == 1
    }
}

const fn bits(tags: &[i8]) -> u128 {
    let mut mask = 0;
    let mut i = 0;
    while i < tags.len() {
        mask |= 1 << tags[i];
        i += 1;
    }
    mask
}

const fn item_bits() -> u128 {
    let mut mask = 0;
    let mut t = 0;
    while t <= tag::FOREIGN {
        if tag::holds_items(t) {
            mask |= 1 << t;
        }
        t += 1;
    }
    mask
}

macro_rules! elem {
    ($type:ty, $tags:expr) => {
        // SAFETY: of the tags' width, and every bit pattern that K objects hold is a value.
        unsafe impl Elem for $type {
            const TAGS: u128 = $tags;
        }
    };
}

elem!(u8, bits(&[tag::KB, tag::KG, tag::KC]));
elem!(i16, bits(&[tag::KH]));
elem!(i32, bits(&[tag::KI, tag::KM, tag::KD, tag::KU, tag::KV, tag::KT]));
const fn enum_bits() -> u128 {
    let mut mask = 0;
    let mut t = tag::ENUM;
    while t <= tag::LAST_ENUM {
        mask |= 1 << t;
        t += 1;
    }
    mask
}

// Primitives carry their number as a long, enumerations their positions.
elem!(i64, bits(&[tag::KJ, tag::KP, tag::KN, tag::UNARY, tag::OPERATOR, tag::ITERATOR]) | enum_bits());
elem!(f32, bits(&[tag::KE]));
elem!(f64, bits(&[tag::KF, tag::KZ]));
elem!(Symbol, bits(&[tag::KS]));
elem!([u8; 16], bits(&[tag::UU]));
elem!(Obj, item_bits());

/// Number types that have a null and an infinity.
pub trait Null: Copy {
    /// q's null.
    const NULL: Self;
    /// q's positive infinity.
    const INF: Self;
    /// Is this the null?
    fn is_null(self) -> bool;
}

macro_rules! nulls {
    ($($type:ty)*, $null:ident, $infinity:ident, $x:ident => $is_null:expr) => {$(
        impl Null for $type {
            const NULL: Self = <$type>::$null;
            const INF: Self = <$type>::$infinity;
            #[inline]
            fn is_null(self) -> bool {
                let $x = self;
                $is_null
            }
        }
    )*};
}

nulls!(i16 i32 i64, MIN, MAX, x => x == Self::NULL);
nulls!(f32 f64, NAN, INFINITY, x => x.is_nan());

/// The null atom of a type, named by its atom's or vector's tag. Booleans and bytes have zero for it; tags
/// without atoms give `::`.
pub fn null(tag: i8) -> Obj {
    let atom = -(tag.unsigned_abs() as i8);
    match -atom {
        tag::KB | tag::KG => Obj::atom(atom, 0u8),
        tag::KC => Obj::atom(atom, b' '),
        tag::UU => Obj::guid([0; 16]),
        tag::KS => Obj::sym(Symbol::empty()),
        tag::KE => Obj::atom(atom, f32::NULL),
        tag::KF | tag::KZ => Obj::atom(atom, f64::NULL),
        t if i16::fits(t) => Obj::atom(atom, i16::NULL),
        t if i32::fits(t) => Obj::atom(atom, i32::NULL),
        tag::KJ | tag::KP | tag::KN | tag::ENUM..=tag::LAST_ENUM => Obj::atom(atom, i64::NULL),
        _ => Obj::null(),
    }
}
