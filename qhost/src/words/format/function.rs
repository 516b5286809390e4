//! Functions: source text, primitives, projections, compositions, derived functions, C functions.

use super::inline::{inline, separated};
use crate::state::primitives;
use crate::words::functions::{is_elided, lambda_text};
use kapi::dynload;
use kapi::object::{Obj, tag};

/// Appends a function as q shows it.
pub fn function(out: &mut Vec<u8>, x: &Obj, precision: usize) {
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
