//! K objects of any form, and ones that a type takes.

use ffijit::ctype::{CType, Kind, Repr};
use ffijit::signature::{Member, Struct, Type};
use kapi::{Obj, dynload, tag};

use crate::input::Input;

/// How deeply lists nest.
const DEPTH: usize = 3;

/// Texts for symbols: few, since q never forgets one.
const SYMBOLS: [&str; 6] = ["", "a", "getpid", "x y", "\u{e9}\u{4e2d}", "a symbol longer than a word"];

/// Any object.
pub fn any(input: &mut Input) -> Obj {
    nested(input, DEPTH)
}

fn nested(input: &mut Input, depth: usize) -> Obj {
    match input.below(if depth == 0 { 6 } else { 11 }) {
        0 => {
            let t = any_tag(input);
            atom(input, t)
        }
        1 => {
            let t = any_tag(input);
            vector(input, t)
        }
        2 => text(input),
        3 => Obj::null(),
        4 => input.pick(&[Obj::null as fn() -> Obj, primitive, native, foreign])(),
        5 => Obj::symbol(input.pick(&SYMBOLS)),
        6 => Obj::dict(items(input, depth, 2), items(input, depth, 2)),
        7 => table(input, depth),
        8 => {
            let one = nested(input, depth - 1);
            Obj::list(vec![one.clone(), one])
        }
        _ => {
            let n = input.below(6);
            items(input, depth, n)
        }
    }
}

/// A list of `n` objects, not collapsed.
fn items(input: &mut Input, depth: usize, n: usize) -> Obj {
    Obj::list((0..n).map(|_| nested(input, depth - 1)).collect())
}

fn table(input: &mut Input, depth: usize) -> Obj {
    let rows = input.below(4);
    let columns = 1 + input.below(3);
    let column = |input: &mut Input| match input.below(2) {
        0 => {
            let t = any_tag(input);
            sized(input, t, rows)
        }
        _ => items(input, depth, rows),
    };
    let columns: Vec<Obj> = (0..columns).map(|_| column(input)).collect();
    let names = Obj::symbols(SYMBOLS[1..].iter().take(columns.len()).copied());
    Obj::table(Obj::dict(names, Obj::list(columns)))
}

fn primitive() -> Obj {
    Obj::atom(tag::OPERATOR, 1_i64)
}

extern "C" fn nothing(_: kapi::K) -> kapi::K {
    std::ptr::null_mut()
}

fn native() -> Obj {
    // SAFETY: the function is of this rank and lives as long as the process.
    unsafe { dynload::function(nothing as *mut _, 1) }.expect("a rank")
}

fn foreign() -> Obj {
    // SAFETY: there is no destructor.
    unsafe { dynload::foreign(None, std::ptr::null_mut()) }
}

fn any_tag(input: &mut Input) -> i8 {
    tag::TYPES[input.below(tag::TYPES.len())].tag
}

/// An atom of a vector's type.
pub fn atom(input: &mut Input, t: i8) -> Obj {
    if t == tag::KS {
        return Obj::symbol(input.pick(&SYMBOLS));
    }
    let bits = input.bits();
    match tag::info(t).expect("a type").width {
        1 if t == tag::KB => Obj::bool(bits & 1 == 1),
        1 => Obj::atom(-t, bits as u8),
        2 => Obj::atom(-t, bits as i16),
        4 if t == tag::KE => Obj::real(f32::from_bits(bits as u32)),
        4 => Obj::atom(-t, bits as i32),
        8 if [tag::KF, tag::KZ].contains(&t) => Obj::atom(-t, f64::from_bits(bits)),
        8 => Obj::atom(-t, bits as i64),
        _ => Obj::guid(std::array::from_fn(|i| bits.rotate_left(5 * i as u32) as u8)),
    }
}

/// A vector of a type.
pub fn vector(input: &mut Input, t: i8) -> Obj {
    let n = if input.once_in(64) { 5000 } else { input.below(9) };
    sized(input, t, n)
}

fn sized(input: &mut Input, t: i8, n: usize) -> Obj {
    match n {
        0 => Obj::zeroed(t, 0),
        _ => Obj::from_items((0..n).map(|_| atom(input, t)).collect()),
    }
}

/// A char vector, with or without the NUL that C wants.
pub fn text(input: &mut Input) -> Obj {
    let n = input.below(20);
    let mut bytes = input.bytes(n).to_vec();
    if input.below(2) == 1 {
        bytes.push(0);
    }
    Obj::string(&bytes)
}

/// An object that a parameter of this type takes, if not always without an error.
pub fn fitting(input: &mut Input, ty: &Type) -> Obj {
    match ty {
        Type::Value(row) => value(input, row),
        Type::Pointer(row) => pointer(input, row),
        Type::Object => any(input),
        Type::Callback | Type::Out(_) | Type::InOut(_) => Obj::null(),
        Type::Struct(layout) => structure(input, layout),
    }
}

fn value(input: &mut Input, row: &'static CType) -> Obj {
    let tags: Vec<i8> = row.exact.iter().chain(row.converts).copied().collect();
    match row.kind {
        Kind::Text if input.below(2) == 0 => text(input),
        // The addresses that C is given are not read, but for those of q's own objects.
        Kind::Address => Obj::long(input.bits() as i64),
        // Any tag that converts, the type's own more often than not.
        _ => {
            let t = if input.below(2) == 0 { row.tag() } else { input.pick(&tags) };
            atom(input, t)
        }
    }
}

fn pointer(input: &mut Input, row: &'static CType) -> Obj {
    match (row.kind, row.repr) {
        _ if input.once_in(8) => Obj::null(),
        (Kind::Text, _) => Obj::symbols(["a", "bc"]),
        (_, Repr::Char) => text(input),
        _ if input.once_in(4) => atom(input, row.tag()),
        _ => vector(input, row.array_tag()),
    }
}

fn structure(input: &mut Input, layout: &Struct) -> Obj {
    let member = |input: &mut Input, m: &Member| match m.count {
        None => fitting(input, &m.ty),
        // A long array from the bytes of one element would be all alike.
        Some(n) => {
            let one = fitting(input, &m.ty);
            Obj::from_items(vec![one; n.min(1 << 12)])
        }
    };
    if layout.shape.union {
        // Most often one that there is.
        let more = usize::from(input.once_in(8));
        let n = input.below(layout.members.len() + more);
        let value = layout.members.get(n).map_or(Obj::null(), |m| member(input, m));
        return Obj::from_items(vec![Obj::long(n as i64), value]);
    }
    Obj::from_items(layout.members.iter().map(|m| member(input, m)).collect())
}
