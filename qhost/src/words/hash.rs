//! Hashing values by what they are, for `?`, `distinct` and `group`: equal means matching exactly, without
//! comparison tolerance.

use super::convert::is_simple;
use super::items::by_simple;
use super::order::exact;
use kapi::Symbol;
use kapi::object::{Obj, tag};
use rustc_hash::FxHashMap;
use std::hash::{Hash, Hasher};

/// Elements of vectors as keys.
pub trait Bits: Copy {
    /// A number that is equal for equal elements only.
    fn bits(self) -> u128;
}

macro_rules! integer_bits {
    ($($t:ty)*) => {$(
        impl Bits for $t {
            #[inline]
            fn bits(self) -> u128 {
                self as u128
            }
        }
    )*};
}

integer_bits!(u8 i16 i32 i64);

impl Bits for f64 {
    /// The same for all nulls and for both zeros.
    #[inline]
    fn bits(self) -> u128 {
        u128::from(if self.is_nan() { u64::MAX } else { (self + 0.0).to_bits() })
    }
}

impl Bits for f32 {
    #[inline]
    fn bits(self) -> u128 {
        f64::from(self).bits()
    }
}

impl Bits for Symbol {
    #[inline]
    fn bits(self) -> u128 {
        self.as_ptr().addr() as u128
    }
}

impl Bits for [u8; 16] {
    #[inline]
    fn bits(self) -> u128 {
        u128::from_ne_bytes(self)
    }
}

/// A value of any type as a key.
pub struct Key(Obj);

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        exact(&self.0, &other.0)
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
        ..0 if is_simple(t) => by_simple!(t, T => x.get::<T>().bits().hash(state)),
        1.. if is_simple(t) => by_simple!(t, T => x.slice::<T>().iter().for_each(|e| e.bits().hash(state))),
        tag::LIST => {
            x.len().hash(state);
            // A few items are enough to tell lists apart.
            x.items().iter().take(4).filter(|item| is_simple(item.tag())).for_each(|item| hash(item, state));
        }
        _ => {}
    }
}

/// Numbers the items of a list: equal items get the number of the first of them.
fn number(list: &Obj, mut each: impl FnMut(usize, bool, usize)) {
    if is_simple(list.tag()) {
        return by_simple!(list.tag(), T => {
            let mut seen: FxHashMap<u128, usize> = FxHashMap::default();
            for (i, e) in list.slice::<T>().iter().enumerate() {
                let next = seen.len();
                let group = *seen.entry(e.bits()).or_insert(next);
                each(i, group == next, group);
            }
        });
    }
    let mut seen: FxHashMap<Key, usize> = FxHashMap::default();
    for i in 0..list.len() {
        let next = seen.len();
        let group = *seen.entry(Key(list.index(i))).or_insert(next);
        each(i, group == next, group);
    }
}

/// The positions of the first of each of the distinct items of a list.
pub fn firsts(list: &Obj) -> Vec<usize> {
    let mut firsts = Vec::new();
    number(list, |i, fresh, _| {
        if fresh {
            firsts.push(i);
        }
    });
    firsts
}

/// The positions of each of the distinct items of a list, in order of first appearance.
pub fn groups(list: &Obj) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    number(list, |i, fresh, group| {
        if fresh {
            groups.push(vec![]);
        }
        groups[group].push(i);
    });
    groups
}

/// Where each distinct item of a list first is.
pub enum Positions {
    /// Of a vector with this tag.
    Vector(i8, FxHashMap<u128, usize>),
    /// Of a general list or of the rows of a table.
    General(FxHashMap<Key, usize>),
}

impl Positions {
    /// Of the items of a list, or the rows of a table.
    pub fn of(list: &Obj) -> Positions {
        let t = list.tag();
        if !is_simple(t) {
            let mut positions = FxHashMap::default();
            for i in 0..list.len() {
                positions.entry(Key(list.index(i))).or_insert(i);
            }
            return Positions::General(positions);
        }
        let mut positions = FxHashMap::default();
        by_simple!(t, T => {
            for (i, e) in list.slice::<T>().iter().enumerate() {
                positions.entry(e.bits()).or_insert(i);
            }
        });
        Positions::Vector(t, positions)
    }

    /// The first position of an item.
    pub fn find(&self, item: &Obj) -> Option<usize> {
        match self {
            Positions::General(positions) => positions.get(&Key(item.clone())).copied(),
            Positions::Vector(t, positions) if item.tag() == -t => {
                by_simple!(*t, T => positions.get(&item.get::<T>().bits()).copied())
            }
            Positions::Vector(..) => None,
        }
    }
}
