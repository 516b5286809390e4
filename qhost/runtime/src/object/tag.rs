//! Type tags, and the one table of what is known about each vector type.
//!
//! An atom's tag is the negative of its vector's.

/// boolean
pub const KB: i8 = 1;
/// guid
pub const UU: i8 = 2;
/// byte
pub const KG: i8 = 4;
/// short
pub const KH: i8 = 5;
/// int
pub const KI: i8 = 6;
/// long
pub const KJ: i8 = 7;
/// real
pub const KE: i8 = 8;
/// float
pub const KF: i8 = 9;
/// char
pub const KC: i8 = 10;
/// symbol
pub const KS: i8 = 11;
/// timestamp: nanoseconds since 2000.01.01
pub const KP: i8 = 12;
/// month: months since 2000.01
pub const KM: i8 = 13;
/// date: days since 2000.01.01
pub const KD: i8 = 14;
/// datetime: days since 2000.01.01, fractional
pub const KZ: i8 = 15;
/// timespan: nanoseconds
pub const KN: i8 = 16;
/// minute
pub const KU: i8 = 17;
/// second
pub const KV: i8 = 18;
/// time: milliseconds
pub const KT: i8 = 19;
/// enumeration of the first domain
pub const ENUM: i8 = 20;
/// enumeration of the last domain
pub const LAST_ENUM: i8 = 76;
/// general list
pub const LIST: i8 = 0;
/// table: the payload is its column dictionary
pub const XT: i8 = 98;
/// dictionary: a list of keys and values
pub const XD: i8 = 99;
/// lambda
pub const LAMBDA: i8 = 100;
/// unary primitive, and `::` with payload 0
pub const UNARY: i8 = 101;
/// binary primitive
pub const OPERATOR: i8 = 102;
/// iterator
pub const ITERATOR: i8 = 103;
/// projection
pub const PROJECTION: i8 = 104;
/// composition
pub const COMPOSITION: i8 = 105;
/// derived by `'`
pub const EACH: i8 = 106;
/// derived by `/`
pub const OVER: i8 = 107;
/// derived by `\`
pub const SCAN: i8 = 108;
/// derived by `':`
pub const PRIOR: i8 = 109;
/// derived by `/:`
pub const EACH_RIGHT: i8 = 110;
/// derived by `\:`
pub const EACH_LEFT: i8 = 111;
/// C function made by `dl` or `2:`, or a foreign object; which, its attribute says
pub const FOREIGN: i8 = 112;
/// error, as `ee` makes it; the payload is the text
pub const ERROR: i8 = -128;

/// One vector type.
#[derive(Clone, Copy, Debug)]
pub struct Type {
    /// Tag of the vector.
    pub tag: i8,
    /// q's letter for it.
    pub letter: u8,
    /// q's name for it.
    pub name: &'static str,
    /// Bytes an element takes.
    pub width: usize,
}

const fn row(tag: i8, letter: u8, name: &'static str, width: usize) -> Type {
    Type { tag, letter, name, width }
}

/// Every type that has vectors, in order of tag.
pub const TYPES: [Type; 18] = [
    row(KB, b'b', "boolean", 1),
    row(UU, b'g', "guid", 16),
    row(KG, b'x', "byte", 1),
    row(KH, b'h', "short", 2),
    row(KI, b'i', "int", 4),
    row(KJ, b'j', "long", 8),
    row(KE, b'e', "real", 4),
    row(KF, b'f', "float", 8),
    row(KC, b'c', "char", 1),
    row(KS, b's', "symbol", 8),
    row(KP, b'p', "timestamp", 8),
    row(KM, b'm', "month", 4),
    row(KD, b'd', "date", 4),
    row(KZ, b'z', "datetime", 8),
    row(KN, b'n', "timespan", 8),
    row(KU, b'u', "minute", 4),
    row(KV, b'v', "second", 4),
    row(KT, b't', "time", 4),
];

/// `TYPES` by tag, zero where there is no type. Slot 0 is the general list's.
const WIDTHS: [u8; 20] = {
    let mut widths = [0; 20];
    widths[0] = 8;
    let mut i = 0;
    while i < TYPES.len() {
        widths[TYPES[i].tag as usize] = TYPES[i].width as u8;
        i += 1;
    }
    widths
};

/// The type of an atom's or a vector's tag.
pub fn info(tag: i8) -> Option<&'static Type> {
    let tag = tag.unsigned_abs() as i8;
    TYPES.iter().find(|row| row.tag == tag)
}

/// Bytes of an element of a list of this tag, atoms' tags included; 0 when there is no such list.
#[inline]
pub const fn width(tag: i8) -> usize {
    let i = tag.unsigned_abs() as usize;
    if i < WIDTHS.len() {
        WIDTHS[i] as usize
    } else if is_enum(tag) {
        8
    } else {
        0
    }
}

/// Is this the tag of an enumeration or of an atom of one? They hold positions in a list of symbols.
#[inline]
pub const fn is_enum(tag: i8) -> bool {
    matches!(tag.unsigned_abs(), 20..=76)
}

/// Does an object of this tag hold references in list layout: general lists, dictionaries, and functions
/// made of others?
#[inline]
pub const fn holds_items(tag: i8) -> bool {
    matches!(tag, LIST | XD | LAMBDA | PROJECTION | COMPOSITION)
}

/// Does an object of this tag hold one reference, in its payload: tables and derived functions?
#[inline]
pub const fn holds_one(tag: i8) -> bool {
    matches!(tag, XT | EACH..=EACH_LEFT)
}

/// Atoms and vectors hold no references. Some other objects do not either; the slow path sorts them out.
#[inline]
pub(crate) const fn is_leaf(tag: i8) -> bool {
    tag < XT && tag != LIST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_complete() {
        assert!(TYPES.is_sorted_by_key(|row| row.tag));
        let letters: Vec<u8> = TYPES.iter().map(|row| row.letter).collect();
        assert_eq!(letters, b"bgxhijefcspmdznuvt");
        assert_eq!((width(-KS), width(UU), width(3), width(LIST), width(XT)), (8, 16, 0, 8, 0));
        assert_eq!(info(-KZ).unwrap().name, "datetime");
    }
}
