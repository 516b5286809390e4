//! Hashing values of any type by what they are, for `?`, `distinct` and `group`.

use super::convert::is_simple;
use crate::object::{Obj, tag};
use std::collections::HashMap;
use std::hash::{Hash, Hasher};

/// A value as a key: equal when it matches exactly, without comparison tolerance.
struct Key(Obj);

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        self.0 == other.0
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(&self.0, state);
    }
}

fn hash<H: Hasher>(x: &Obj, state: &mut H) {
    let t = x.tag();
    t.hash(state);
    match t {
        tag::KE | tag::KF | tag::KZ => x.len().hash(state),
        -8 => normal(f64::from(x.get::<f32>())).hash(state),
        -15 | -9 => normal(x.get::<f64>()).hash(state),
        _ if is_simple(t) => x.plain_bytes().hash(state),
        tag::LIST => {
            x.len().hash(state);
            // A few items are enough to tell lists apart.
            x.items().iter().take(4).filter(|item| is_simple(item.tag())).for_each(|item| hash(item, state));
        }
        _ => {}
    }
}

/// The bits of a float, the same for all nulls and for both zeros.
fn normal(f: f64) -> u64 {
    if f.is_nan() { u64::MAX } else { (f + 0.0).to_bits() }
}

/// Where each distinct item of a list first is.
pub struct Positions(HashMap<Key, usize>);

impl Positions {
    /// Of the items of a list, or the rows of a table.
    pub fn of(list: &Obj) -> Positions {
        let mut positions = HashMap::with_capacity(list.len());
        for i in 0..list.len() {
            positions.entry(Key(list.index(i))).or_insert(i);
        }
        Positions(positions)
    }

    /// The first position of an item.
    pub fn find(&self, item: &Obj) -> Option<usize> {
        self.0.get(&Key(item.clone())).copied()
    }
}

/// The distinct items of a list in order of first appearance, as the positions each is at.
pub fn groups(list: &Obj) -> Vec<Vec<usize>> {
    let mut order: Vec<Vec<usize>> = Vec::new();
    let mut seen: HashMap<Key, usize> = HashMap::new();
    for i in 0..list.len() {
        let next = order.len();
        let group = *seen.entry(Key(list.index(i))).or_insert(next);
        if group == next {
            order.push(Vec::new());
        }
        order[group].push(i);
    }
    order
}
