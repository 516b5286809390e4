//! q values that tests pass: the extremes of every type, random ones, and their bits.

use kapi::object::K0;
use kapi::{Obj, Symbol, tag};

use super::random::Random;

/// Tag and bytes of an object, for comparison bit by bit, since NaN equals NaN here and 0.0 is not -0.0.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Raw {
    /// An atom or a simple vector. A symbol's bytes are its address.
    Plain(i8, Vec<u8>),
    /// A list, dictionary or the like; others have no items.
    Items(i8, Vec<Raw>),
}

/// Tag and bytes of an object.
pub fn raw(x: &Obj) -> Raw {
    let t = x.tag();
    match tag::info(t).filter(|_| t.unsigned_abs() < 20) {
        Some(row) => Raw::Plain(t, bytes(x, row.width)),
        None if t == tag::LIST => Raw::Items(t, x.items().iter().map(raw).collect()),
        None if t == tag::XD => Raw::Items(t, vec![raw(x.dict_parts().0), raw(x.dict_parts().1)]),
        None if t == tag::UNARY => Raw::Plain(t, x.get::<i64>().to_le_bytes().to_vec()),
        None => Raw::Items(t, vec![]),
    }
}

fn bytes(x: &Obj, width: usize) -> Vec<u8> {
    let is_payload = x.tag() < 0 && x.tag() != -tag::UU;
    let offset = if is_payload { std::mem::offset_of!(K0, body) } else { kapi::object::DATA };
    let count = if x.tag() < 0 { 1 } else { x.len() };
    // SAFETY: atoms hold their payload and vectors as many elements of the type's width there.
    unsafe { std::slice::from_raw_parts(x.as_raw().cast::<u8>().add(offset), count * width) }.to_vec()
}

/// The vector tags that have atoms, in order.
pub fn tags() -> impl Iterator<Item = i8> {
    tag::TYPES.iter().map(|row| row.tag)
}

/// Bytes of an element of a type.
pub fn tag_width(t: i8) -> usize {
    tag::info(t).expect("a type").width
}

/// An atom of a number-like type whose payload begins with these bits.
pub fn atom(t: i8, bits: u64) -> Obj {
    match tag::info(t).expect("a type").width {
        1 => Obj::atom(t, bits as u8),
        2 => Obj::atom(t, bits as i16),
        4 if t == -tag::KE => Obj::real(f32::from_bits(bits as u32)),
        4 => Obj::atom(t, bits as i32),
        8 if -t == tag::KS => Obj::symbol(&format!("s{}", bits % 1000)),
        8 if [tag::KF, tag::KZ].contains(&-t) => Obj::atom(t, f64::from_bits(bits)),
        8 => Obj::atom(t, bits as i64),
        _ => Obj::guid(std::array::from_fn(|i| bits.rotate_left(5 * i as u32) as u8)),
    }
}

/// An atom of the number 0 or 1, which all types can hold.
pub fn small(t: i8, n: u8) -> Obj {
    match t {
        tag::KE => Obj::real(n.into()),
        tag::KF | tag::KZ => Obj::atom(-t, f64::from(n)),
        _ => atom(-t, n.into()),
    }
}

/// Payloads of a type that mistakes show in: all of a byte, the extremes, nulls and infinities of the others.
pub fn extremes(t: i8) -> Vec<Obj> {
    let width = tag::info(t).expect("a type").width;
    let patterns: Vec<u64> = match (t, width) {
        (tag::KB, _) => vec![0, 1],
        (_, 1) => (0..=255).collect(),
        (tag::KE, _) => F32.map(u64::from).into(),
        (tag::KF | tag::KZ, _) => F64.into(),
        (tag::UU, _) => return [0, 1, u64::MAX, 0x0123_4567_89ab_cdef].map(|bits| atom(-t, bits)).into(),
        (tag::KS, _) => {
            return ["", "a", "a b", "\u{e9}\u{4e2d}", &"long ".repeat(100)].map(Obj::symbol).into();
        }
        _ => integers(width),
    };
    patterns.into_iter().map(|bits| atom(-t, bits)).collect()
}

/// Zero, one, minus one, null, infinities, and single bits at the seams of narrower widths.
fn integers(width: usize) -> Vec<u64> {
    let top = 1_u64 << (8 * width.min(8) - 1);
    let seams = [7, 8, 15, 16, 31, 32, 63].into_iter().filter(|&bit| bit < 8 * width).map(|bit| 1_u64 << bit);
    let named = [0, 1, u64::MAX, top, top - 1, top + 1, 0x8180_8180_8180_8180, 0x7f7f_7f7f_7f7f_7f7f];
    seams.chain(named).collect()
}

/// Zeros, ones, subnormals, extremes, infinities, and NaN with every kind of payload: quiet, signalling, negative.
const F32: [u32; 13] = [
    0,
    0x8000_0000,
    0x3f80_0000,
    0xbf80_0001,
    1,
    0x807f_ffff,
    0x0080_0000,
    0x7f7f_ffff,
    0x7f80_0000,
    0xff80_0000,
    0x7fc0_0000,
    0x7f81_2345,
    0xffc5_4321,
];
const F64: [u64; 13] = [
    0,
    1 << 63,
    0x3ff0_0000_0000_0000,
    0xbff0_0000_0000_0001,
    1,
    0x800f_ffff_ffff_ffff,
    0x0010_0000_0000_0000,
    0x7fef_ffff_ffff_ffff,
    0x7ff0_0000_0000_0000,
    0xfff0_0000_0000_0000,
    0xfff8_0000_0000_0000,
    0x7ff0_1234_5678_9abc,
    0xfff8_dead_beef_0001,
];

/// A random atom of a type; often one of its extremes.
pub fn random_atom(random: &mut Random, t: i8) -> Obj {
    match (random.below(4), t) {
        (0, _) => random.pick(&extremes(t)).clone(),
        (_, tag::KB) => Obj::bool(random.below(2) == 1),
        _ => atom(-t, random.bits()),
    }
}

/// A random vector of a type, of 1 to 5 elements.
pub fn random_vector(random: &mut Random, t: i8) -> Obj {
    Obj::from_items((0..=random.below(5)).map(|_| random_atom(random, t)).collect())
}

/// What an error message calls the type of a value.
pub fn name(x: &Obj) -> String {
    match (x.tag(), tag::info(x.tag())) {
        (t, Some(row)) if t < 0 => row.name.into(),
        (1..20, Some(row)) => format!("{} vector", row.name),
        (tag::LIST, _) => "list".into(),
        (tag::XT, _) => "table".into(),
        (tag::XD, _) => "dictionary".into(),
        (tag::UNARY, _) if x.get::<i64>() == 0 => "::".into(),
        (tag::FOREIGN, _) => "foreign".into(),
        _ => "function".into(),
    }
}

/// A symbol's or char vector's text.
pub fn text(x: &Obj) -> String {
    match x.tag() {
        tag::KC => String::from_utf8_lossy(x.slice::<u8>()).into_owned(),
        _ => x.get::<Symbol>().as_str().to_string(),
    }
}
