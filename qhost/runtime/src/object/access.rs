//! Looking into K objects.

use super::{Elem, K, K0, Obj, elem, tag};
use crate::{Symbol, counts};
use std::fmt::{self, Debug};
use std::slice;

impl Obj {
    /// Is this an atom (a negative tag)? Functions are not.
    #[inline]
    pub fn is_atom(&self) -> bool {
        self.tag() < 0
    }

    /// Is this a vector or a general list?
    #[inline]
    pub fn is_list(&self) -> bool {
        (0..tag::XT).contains(&self.tag())
    }

    /// q's count: elements of a list, keys of a dictionary, rows of a table, 1 for anything else.
    #[inline]
    pub fn len(&self) -> usize {
        match self.tag() {
            0..tag::XT => self.raw_len(),
            tag::XD => self.dict_parts().0.len(),
            tag::XT => self.table_dict().dict_parts().1.items().first().map_or(0, Obj::len),
            _ => 1,
        }
    }

    /// Is the count zero?
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An atom's payload, or a primitive's number.
    ///
    /// # Panics
    /// If this is a list, or the payload is not a `T`.
    #[inline]
    pub fn get<T: Elem + Copy>(&self) -> T {
        let t = self.tag();
        assert!(T::fits(t) && !(0..tag::XT).contains(&t), "get from tag {t}");
        // SAFETY: an atom of that type, with its payload there.
        unsafe { self.payload().cast::<T>().read() }
    }

    /// The elements of a list, a dictionary or a function made of others.
    ///
    /// # Panics
    /// If its elements are not `T`s.
    #[inline]
    pub fn slice<T: Elem>(&self) -> &[T] {
        let t = self.tag();
        assert!(T::fits(t) && t >= 0, "slice of tag {t}");
        // SAFETY: list layout with that many elements of that type.
        unsafe { slice::from_raw_parts(self.data_ptr().cast(), self.raw_len()) }
    }

    /// The elements, for writing. A shared list is copied first; the attribute goes.
    ///
    /// # Panics
    /// If its elements are not `T`s.
    #[inline]
    pub fn slice_mut<T: Elem>(&mut self) -> &mut [T] {
        let t = self.tag();
        assert!(T::fits(t) && t >= 0, "slice of tag {t}");
        self.make_unique();
        // SAFETY: as in `slice`, and nobody else refers to the list.
        unsafe {
            (*self.as_raw()).u = 0;
            slice::from_raw_parts_mut(self.data_ptr().cast(), self.raw_len())
        }
    }

    /// The items of a general list, a dictionary or a function made of others.
    ///
    /// # Panics
    /// If it does not hold references.
    #[inline]
    pub fn items(&self) -> &[Obj] {
        self.slice()
    }

    /// Keys and values of a dictionary.
    ///
    /// # Panics
    /// If it is not one.
    #[inline]
    pub fn dict_parts(&self) -> (&Obj, &Obj) {
        assert_eq!(self.tag(), tag::XD, "not a dictionary");
        let [keys, values] = self.items() else { unreachable!("dictionaries have two parts") };
        (keys, values)
    }

    /// A table's dictionary from names to columns.
    ///
    /// # Panics
    /// If it is not a table.
    pub fn table_dict(&self) -> &Obj {
        assert_eq!(self.tag(), tag::XT, "not a table");
        self.held()
    }

    /// The function that an iterator's is derived from (106 to 111).
    ///
    /// # Panics
    /// If it is not such a function.
    #[inline]
    pub fn derived_from(&self) -> &Obj {
        assert!((tag::EACH..=tag::EACH_LEFT).contains(&self.tag()), "not derived");
        self.held()
    }

    /// What an object that holds one reference holds.
    fn held(&self) -> &Obj {
        debug_assert!(tag::holds_one(self.tag()));
        // SAFETY: the payload of such an object is one it holds a reference to.
        unsafe { Obj::borrowed(&(*self.as_raw()).body.k) }
    }

    /// The text of an error object (-128), empty if it has none.
    pub fn error_text(&self) -> &[u8] {
        assert_eq!(self.tag(), tag::ERROR, "not an error");
        // SAFETY: an error's payload is null or a text that lives as long as the object is looked at.
        unsafe { Symbol::from_raw((*self.as_raw()).body.s) }.bytes()
    }

    /// Element `i` as an object: an atom of a vector, a value of a dictionary (by position), a row of a
    /// table. Outside the list it is q's null for it. Anything else is its own only element.
    #[inline]
    pub fn index(&self, i: usize) -> Obj {
        match self.tag() {
            tag::LIST => self.items().get(i).cloned().unwrap_or_else(|| self.missing()),
            tag::XD => self.dict_parts().1.index(i),
            tag::XT => {
                let (names, columns) = self.table_dict().dict_parts();
                let row = columns.items().iter().map(|column| column.index(i)).collect();
                Obj::dict(names.clone(), Obj::from_items(row))
            }
            1..tag::XT if i < self.raw_len() => self.atom_at(i),
            1..tag::XT => elem::null(self.tag()),
            _ => self.clone(),
        }
    }

    /// Element `i` of a vector as an atom.
    fn atom_at(&self, i: usize) -> Obj {
        fn read<T: Elem + Copy>(list: &Obj, i: usize) -> Obj {
            Obj::atom(-list.tag(), list.slice::<T>()[i])
        }
        match self.tag() {
            tag::UU => read::<[u8; 16]>(self, i),
            tag::KS => read::<Symbol>(self, i),
            tag::KE => read::<f32>(self, i),
            tag::KF | tag::KZ => read::<f64>(self, i),
            t => match tag::width(t) {
                1 => read::<u8>(self, i),
                2 => read::<i16>(self, i),
                4 => read::<i32>(self, i),
                _ => read::<i64>(self, i),
            },
        }
    }

    /// What a general list gives for a position outside: the null of its first item's type.
    fn missing(&self) -> Obj {
        match self.items().first() {
            Some(first) if first.is_atom() => elem::null(first.tag()),
            Some(first) if first.tag() > 0 && first.is_list() => Obj::zeroed(first.tag(), 0),
            Some(first) if first.tag() == tag::LIST => Obj::list(vec![]),
            Some(_) => Obj::null(),
            None => Obj::list(vec![]),
        }
    }

    /// The bytes of an atom's payload or of a vector's elements.
    pub fn plain_bytes(&self) -> &[u8] {
        let t = self.tag();
        assert!(t != tag::LIST && tag::width(t) > 0 && t < tag::XT, "tag {t} is not plain data");
        let (start, n) = if t < 0 { (self.payload(), 1) } else { (self.data_ptr(), self.raw_len()) };
        // SAFETY: that many elements are there.
        unsafe { slice::from_raw_parts(start, n * tag::width(t)) }
    }

    /// Puts `::` where C left null items, in this list and the lists in it that nobody else refers to. For
    /// objects that come from C: everything else relies on items not being null.
    pub(crate) fn fill_holes(&self) {
        if tag::is_leaf(self.tag()) {
            return;
        }
        let mut pending = vec![self.as_raw()];
        while let Some(object) = pending.pop() {
            // SAFETY: objects reached from `self`, whose slots hold objects or null.
            unsafe {
                let slots = match (*object).t {
                    t if tag::holds_one(t) => slice::from_mut(&mut (*object).body.k),
                    t if tag::holds_items(t) => {
                        let n = (*object).body.n as usize;
                        slice::from_raw_parts_mut(K0::data(object).cast::<K>(), n)
                    }
                    _ => continue,
                };
                for slot in slots {
                    if slot.is_null() {
                        *slot = Obj::null().into_raw();
                    } else if counts::others(*slot) == 0 && !tag::is_leaf((**slot).t) {
                        pending.push(*slot);
                    }
                }
            }
        }
    }

    /// References this object holds: items, or the one in the payload.
    pub fn children(&self) -> &[Obj] {
        match self.tag() {
            t if tag::holds_one(t) => slice::from_ref(self.held()),
            t if tag::holds_items(t) => self.items(),
            _ => &[],
        }
    }
}

pub(super) fn same(a: &Obj, b: &Obj) -> bool {
    if a.is_same(b) {
        return true;
    }
    let t = a.tag();
    if t != b.tag() {
        return false;
    }
    match t {
        tag::ERROR => a.error_text() == b.error_text(),
        tag::FOREIGN => false,
        tag::UNARY..=tag::ITERATOR => a.get::<i64>() == b.get::<i64>(),
        tag::KE | tag::KF | tag::KZ => same_floats(a, b),
        -15 | -9 | -8 => same_floats(a, b),
        _ if tag::width(t) > 0 && t != tag::LIST => a.plain_bytes() == b.plain_bytes(),
        _ => a.children() == b.children(),
    }
}

/// Floats compare by value, except that nulls are equal.
fn same_floats(a: &Obj, b: &Obj) -> bool {
    fn widened(x: &Obj) -> Vec<f64> {
        let bytes = x.plain_bytes();
        if tag::width(x.tag()) == 4 {
            bytes.chunks_exact(4).map(|e| f32::from_ne_bytes(e.try_into().expect("4")).into()).collect()
        } else {
            bytes.chunks_exact(8).map(|e| f64::from_ne_bytes(e.try_into().expect("8"))).collect()
        }
    }
    let (a, b) = (widened(a), widened(b));
    a.len() == b.len() && a.iter().zip(&b).all(|(x, y)| x == y || x.is_nan() && y.is_nan())
}

/// Tag, then elements: for failed assertions, not q's display.
pub(super) fn debug(object: &Obj, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let t = object.tag();
    write!(out, "{t}:")?;
    match t {
        tag::ERROR => write!(out, "'{}", String::from_utf8_lossy(object.error_text())),
        tag::KC => write!(out, "{:?}", String::from_utf8_lossy(object.slice())),
        tag::KS => object.slice::<Symbol>().fmt(out),
        _ if t == -tag::KS => object.get::<Symbol>().fmt(out),
        _ if i64::fits(t) && object.is_list() => object.slice::<i64>().fmt(out),
        _ if i64::fits(t) => object.get::<i64>().fmt(out),
        _ if i32::fits(t) && object.is_list() => object.slice::<i32>().fmt(out),
        _ if i32::fits(t) => object.get::<i32>().fmt(out),
        tag::KF | tag::KZ => object.slice::<f64>().fmt(out),
        _ if f64::fits(t) => object.get::<f64>().fmt(out),
        _ if tag::width(t) > 0 && t != tag::LIST => write!(out, "{:02x?}", object.plain_bytes()),
        _ => object.children().fmt(out),
    }
}
