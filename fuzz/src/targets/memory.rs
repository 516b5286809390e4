//! Any objects as the arguments of the functions on structs and raw memory: within the memory, or an error.

use kapi::{Obj, tag};

use crate::host::{call, leaves_nothing, native};
use crate::input::Input;
use crate::objects;
use crate::signatures::structure_text;

/// Bytes of the memory that C owns here.
const SIZE: usize = 64;

/// Functions and the kinds of their arguments: `p`ointer, `t`ypes, `n`umber, `v`alue.
const FUNCTIONS: [(&str, &str); 11] = [
    ("pack", "tv"),
    ("unpack", "tv"),
    ("sizeof", "t"),
    ("sizeof", "p"),
    ("deref", "ptn"),
    ("columns", "ptn"),
    ("peek", "ptn"),
    ("poke", "pv"),
    ("string", "p"),
    ("free", "p"),
    ("callback", "vtt"),
];

/// Calls a few functions on the same memory.
pub fn run(data: &[u8]) {
    leaves_nothing(|| {
        let mut input = Input::new(data);
        let memory = memory();
        for _ in 0..=input.below(4) {
            let (name, kinds) = input.pick(&FUNCTIONS);
            let args: Vec<Obj> = kinds.chars().map(|kind| argument(&mut input, kind, &memory)).collect();
            let _ = call(&native(name), &args);
        }
    });
}

/// Zeros but for the first words, so that the pointers in structs that are read there are NULL.
fn memory() -> Obj {
    call(&native("malloc"), &[Obj::long(SIZE as i64)]).expect("a few bytes")
}

fn argument(input: &mut Input, kind: char, memory: &Obj) -> Obj {
    match kind {
        'p' => pointer(input, memory),
        't' => types(input),
        'n' => number(input),
        _ => objects::any(input),
    }
}

/// Memory that knows its size. An address alone is the user's word, which is not tried here.
fn pointer(input: &mut Input, memory: &Obj) -> Obj {
    match input.below(4) {
        0 => Obj::zeroed(tag::KG, input.below(40)),
        1 => match objects::any(input) {
            // An address, or a number that may be taken for one.
            x if x.tag() < 0 || x.tag() == tag::FOREIGN => Obj::null(),
            x if (1..20).contains(&x.tag()) || x.tag() == tag::LIST => Obj::zeroed(tag::KG, x.len()),
            x => x,
        },
        _ => memory.clone(),
    }
}

/// Types of values: a pointer is the user's word too, in whatever bytes it lies.
fn types(input: &mut Input) -> Obj {
    const LETTERS: &[u8] = b"bxchijefmduvtpnzgl0123456789{}. ";
    let text = match input.below(3) {
        0 => match objects::any(input) {
            x if x.tag() == tag::KC => x.slice::<u8>().to_vec(),
            x if x.tag() == -tag::KC => vec![x.get::<u8>()],
            x => return x,
        },
        1 => structure_text(input.below(1 << 14)).into_bytes(),
        _ => (0..input.below(6)).map(|_| input.pick(LETTERS)).collect(),
    };
    let is_pointer = |c: u8| c.is_ascii_uppercase() || b"sr".contains(&c);
    Obj::string(&text.into_iter().map(|c| if is_pointer(c) { b'j' } else { c }).collect::<Vec<_>>())
}

fn number(input: &mut Input) -> Obj {
    match input.below(4) {
        0 => objects::any(input),
        1 => Obj::int(input.bits() as i32),
        2 => Obj::from_slice(tag::KJ, &[input.bits() as i64, 0]),
        _ => Obj::long(input.bits() as i64),
    }
}
