//! Any value on one line, as `.Q.s1` and `0N!` show it.

use super::simple;
use crate::state::{primitives, stack};
use crate::words::enumeration;
use crate::words::functions::{is_elided, lambda_text};
use kapi::Symbol;
use kapi::dynload;
use kapi::object::{Obj, tag};

/// Appends `x` on one line.
pub fn inline(out: &mut Vec<u8>, x: &Obj, precision: usize) {
    match x.tag() {
        // Nested too deep to follow.
        _ if stack::check().is_err() => out.extend_from_slice(b".."),
        0 => list(out, x.items(), precision),
        tag::XT => {
            out.push(b'+');
            inline(out, x.table_dict(), precision);
        }
        tag::XD => {
            let (keys, values) = x.dict_parts();
            left_of_bang(out, keys, precision);
            out.push(b'!');
            inline(out, values, precision);
        }
        t if tag::is_enum(t) => enumerated(out, x, precision),
        t if t < 0 => simple::atom(out, x, precision),
        1..=19 => simple::vector(out, x, precision),
        _ => function(out, x, precision),
    }
}

/// The domain and the symbols: `` `d$`a`b ``.
fn enumerated(out: &mut Vec<u8>, x: &Obj, precision: usize) {
    out.push(b'`');
    out.extend_from_slice(enumeration::domain_of(x).map_or(b"", Symbol::bytes));
    out.push(b'$');
    match enumeration::values(x) {
        Ok(symbols) => inline(out, &symbols, precision),
        // The domain is gone.
        Err(_) => inline(out, &positions(x), precision),
    }
}

fn positions(x: &Obj) -> Obj {
    match x.is_list() {
        true => Obj::from_slice::<i64>(tag::KJ, x.slice()),
        false => Obj::long(x.get()),
    }
}

fn list(out: &mut Vec<u8>, items: &[Obj], precision: usize) {
    if let [only] = items {
        out.push(b',');
        return inline(out, only, precision);
    }
    out.push(b'(');
    separated(out, items, precision);
    out.push(b')');
}

/// Appends the items with semicolons between.
fn separated(out: &mut Vec<u8>, items: &[Obj], precision: usize) {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push(b';');
        }
        inline(out, item, precision);
    }
}

/// The keys of a dictionary: in parentheses unless they read as one noun.
fn left_of_bang(out: &mut Vec<u8>, keys: &Obj, precision: usize) {
    let noun = match keys.tag() {
        0 => keys.len() != 1,
        tag::KC => keys.len() != 1,
        1..=19 => keys.len() > 1 && keys.attribute() == 0,
        _ => false,
    };
    if noun {
        return inline(out, keys, precision);
    }
    out.push(b'(');
    inline(out, keys, precision);
    out.push(b')');
}

/// Appends a function as q shows it.
fn function(out: &mut Vec<u8>, x: &Obj, precision: usize) {
    match x.tag() {
        tag::LAMBDA => out.extend_from_slice(lambda_text(x).unwrap_or_default()),
        _ if is_elided(x) => {}
        tag::UNARY..=tag::ITERATOR => {
            out.extend_from_slice(primitives::row_of(x).map_or("?", |w| w.shown()).as_bytes())
        }
        tag::PROJECTION => projection(out, x.items(), precision),
        tag::COMPOSITION => x.items().iter().for_each(|f| inline(out, f, precision)),
        tag::EACH..=tag::EACH_LEFT => derived(out, x, precision),
        tag::FOREIGN => out.extend_from_slice(foreign(x)),
        _ => out.extend_from_slice(b"?"),
    }
}

fn projection(out: &mut Vec<u8>, items: &[Obj], precision: usize) {
    let Some((f, args)) = items.split_first() else {
        return;
    };
    inline(out, f, precision);
    out.push(b'[');
    separated(out, args, precision);
    out.push(b']');
}

/// The function and then its iterator, in the order of their tags.
fn derived(out: &mut Vec<u8>, x: &Obj, precision: usize) {
    const ITERATORS: [&[u8]; 6] = [b"'", b"/", b"\\", b"':", b"/:", b"\\:"];
    inline(out, x.derived_from(), precision);
    out.extend_from_slice(ITERATORS[(x.tag() - 106) as usize]);
}

fn foreign(x: &Obj) -> &'static [u8] {
    match dynload::kind(x) {
        Some(dynload::Kind::Function(_)) => b"code",
        _ => b"foreign",
    }
}
