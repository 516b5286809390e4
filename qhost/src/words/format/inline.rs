//! Any value on one line, as `.Q.s1` and `0N!` show it.

use super::{function, simple};
use crate::state::stack;
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
        t if t < 0 => simple::atom(out, x, precision),
        1..=19 => simple::vector(out, x, precision),
        _ => function::function(out, x, precision),
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
pub fn separated(out: &mut Vec<u8>, items: &[Obj], precision: usize) {
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
