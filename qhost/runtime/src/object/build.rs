//! Making K objects.

use super::{Body, DATA, Elem, K, K0, Obj, block, tag};
use crate::Symbol;
use std::ffi::c_void;
use std::mem::ManuallyDrop;
use std::ptr;

/// Atoms.
impl Obj {
    /// An atom of a negative tag, or a primitive (101 to 103) with its number as an `i64`.
    ///
    /// # Panics
    /// If the tag's payload is not a `T`.
    #[inline]
    pub fn atom<T: Elem + Copy>(tag: i8, value: T) -> Obj {
        assert!(T::fits(tag) && !(0..tag::XT).contains(&tag), "tag {tag} holds no {}", type_name::<T>());
        let guid = size_of::<T>() > size_of::<Body>();
        let atom = block(if guid { DATA + size_of::<T>() } else { DATA }, tag);
        // SAFETY: fresh, with room for the payload where the layout has it; the length only matters for a
        // guid and is overwritten by any other payload.
        unsafe {
            (*atom.as_raw()).body.n = i64::from(guid);
            atom.payload().cast::<T>().write(value);
        }
        atom
    }

    /// Where an atom keeps its payload.
    #[inline]
    pub(super) fn payload(&self) -> *mut u8 {
        let offset = if self.tag() == -tag::UU { DATA } else { std::mem::offset_of!(K0, body) };
        // SAFETY: inside the object.
        unsafe { self.as_raw().cast::<u8>().add(offset) }
    }

    /// `::`, the generic null.
    #[inline]
    pub fn null() -> Obj {
        Obj::atom(tag::UNARY, 0i64)
    }

    /// A boolean.
    #[inline]
    pub fn bool(value: bool) -> Obj {
        Obj::atom(-tag::KB, u8::from(value))
    }

    /// An error object (-128), as C code gets them.
    pub fn error(text: Symbol) -> Obj {
        let object = block(DATA, tag::ERROR);
        // SAFETY: fresh.
        unsafe { (*object.as_raw()).body.s = text.as_ptr() };
        object
    }

    /// A symbol from its text.
    pub fn symbol(text: &str) -> Obj {
        Obj::sym(Symbol::from(text))
    }
}

/// A function for each of these types that makes its atoms.
macro_rules! atoms {
    ($($(#[$doc:meta])* $name:ident($value:ty) $tag:ident;)*) => {
        impl Obj {$(
            $(#[$doc])*
            #[inline]
            pub fn $name(value: $value) -> Obj {
                Obj::atom(-tag::$tag, value)
            }
        )*}
    };
}

atoms! {
    /// A byte.
    byte(u8) KG;
    /// A short.
    short(i16) KH;
    /// An int.
    int(i32) KI;
    /// A long.
    long(i64) KJ;
    /// A real.
    real(f32) KE;
    /// A float.
    float(f64) KF;
    /// A char.
    char(u8) KC;
    /// A guid.
    guid([u8; 16]) UU;
    /// A symbol.
    sym(Symbol) KS;
}

/// Lists.
impl Obj {
    /// A vector of tag `tag` of the items in order.
    ///
    /// # Panics
    /// If the tag's elements are not `T`s.
    #[inline]
    pub fn vector<T: Elem>(tag: i8, items: impl IntoIterator<Item = T>) -> Obj {
        let items = items.into_iter();
        let mut vector = Obj::with_capacity::<T>(tag, items.size_hint().0);
        items.for_each(|item| vector.push_elem(item));
        vector
    }

    /// A vector of tag `tag` copied from a slice.
    ///
    /// # Panics
    /// If the tag's elements are not `T`s.
    #[inline]
    pub fn from_slice<T: Elem + Copy>(tag: i8, items: &[T]) -> Obj {
        let vector = Obj::with_capacity::<T>(tag, items.len());
        // SAFETY: there is room for the elements, which are plain data.
        unsafe {
            ptr::copy_nonoverlapping(items.as_ptr(), vector.data_ptr().cast(), items.len());
            vector.set_len(items.len());
        }
        vector
    }

    /// A vector of the elements whose memory this is, in the machine's byte order.
    ///
    /// # Panics
    /// If the tag is not that of a vector of plain data, or the bytes are no whole number of elements.
    pub(crate) fn from_plain_bytes(tag: i8, bytes: &[u8]) -> Obj {
        let width = tag::width(tag);
        assert!(
            tag > 0 && tag != tag::KS && width > 0 && bytes.len().is_multiple_of(width),
            "bytes for tag {tag}"
        );
        // SAFETY: every element is written next; any bits are a number.
        unsafe {
            let vector = Obj::uninit(tag, bytes.len() / width);
            ptr::copy_nonoverlapping(bytes.as_ptr(), vector.data_ptr(), bytes.len());
            vector
        }
    }

    /// An empty vector of tag `tag` with room for `n` elements.
    ///
    /// # Panics
    /// If the tag's elements are not `T`s.
    pub fn with_capacity<T: Elem>(tag: i8, n: usize) -> Obj {
        assert!(T::fits(tag) && tag >= 0, "tag {tag} holds no {}s", type_name::<T>());
        let vector = block(list_bytes(size_of::<T>(), n), tag);
        // SAFETY: fresh.
        unsafe { vector.set_len(0) };
        vector
    }

    /// A list of `n` elements whose memory is not initialised.
    ///
    /// # Safety
    /// The caller writes the elements before anyone reads or drops them.
    ///
    /// # Panics
    /// If the tag is not that of a list.
    pub unsafe fn uninit(tag: i8, n: usize) -> Obj {
        assert!(tag >= 0 && tag::width(tag) > 0, "no list has tag {tag}");
        let list = block(list_bytes(tag::width(tag), n), tag);
        // SAFETY: fresh, with that much room.
        unsafe { list.set_len(n) };
        list
    }

    /// A vector of `n` zeros; empty symbols and `::` where a pointer is wanted.
    ///
    /// # Panics
    /// If the tag is not that of a list.
    pub fn zeroed(tag: i8, n: usize) -> Obj {
        match tag {
            tag::LIST => Obj::vector(tag, std::iter::repeat_n(Obj::null(), n)),
            tag::KS => Obj::vector(tag, std::iter::repeat_n(Symbol::empty(), n)),
            _ => {
                // SAFETY: all elements are written next.
                let vector = unsafe { Obj::uninit(tag, n) };
                // SAFETY: exactly the elements; zero bytes are a value of each remaining type.
                unsafe { ptr::write_bytes(vector.data_ptr(), 0, n * tag::width(tag)) };
                vector
            }
        }
    }

    /// A char vector.
    pub fn string(text: &[u8]) -> Obj {
        Obj::from_slice(tag::KC, text)
    }

    /// A symbol vector.
    pub fn symbols<S: Into<Symbol>>(items: impl IntoIterator<Item = S>) -> Obj {
        Obj::vector(tag::KS, items.into_iter().map(Into::into))
    }

    /// A general list, even if the items are atoms of one type.
    #[inline]
    pub fn list(items: Vec<Obj>) -> Obj {
        Obj::list_as(tag::LIST, items)
    }

    /// An object in list layout: a general list, or a function made of others (100, 104, 105).
    ///
    /// # Panics
    /// If the tag's objects do not hold references.
    #[inline]
    pub fn list_as(tag: i8, items: Vec<Obj>) -> Obj {
        let list = Obj::with_capacity::<Obj>(tag, items.len());
        let items = ManuallyDrop::new(items);
        // SAFETY: the references move into the list; the vector's buffer is freed below without them.
        unsafe {
            ptr::copy_nonoverlapping(items.as_ptr(), list.data_ptr().cast(), items.len());
            list.set_len(items.len());
            drop(Vec::from_raw_parts(items.as_ptr().cast_mut(), 0, items.capacity()));
        }
        list
    }

    /// A list of bare pointers under a tag of its own, which says what they are.
    pub(crate) fn pointers(tag: i8, pointers: &[*mut c_void]) -> Obj {
        let object = block(list_bytes(size_of::<K>(), pointers.len()), tag);
        // SAFETY: fresh, with room for them.
        unsafe {
            ptr::copy_nonoverlapping(pointers.as_ptr(), object.data_ptr().cast(), pointers.len());
            object.set_len(pointers.len());
        }
        object
    }

    /// A list as q builds it from computed items: atoms of one type make a vector, dictionaries with the same
    /// symbol keys a table, anything else a general list.
    #[inline]
    pub fn from_items(items: Vec<Obj>) -> Obj {
        let Some(first) = items.first() else {
            return Obj::list(items);
        };
        let t = first.tag();
        if !items.iter().all(|item| item.tag() == t) {
            return Obj::list(items);
        }
        match t {
            tag::XD => table_of_rows(&items).unwrap_or_else(|| Obj::list(items)),
            _ if t < 0 && tag::width(t) > 0 => vector_of_atoms(-t, &items),
            _ => Obj::list(items),
        }
    }

    /// A dictionary. Lengths are the caller's business.
    pub fn dict(keys: Obj, values: Obj) -> Obj {
        Obj::list_as(tag::XD, vec![keys, values])
    }

    /// A table of a dictionary from column names to columns.
    ///
    /// # Panics
    /// If it is not a dictionary.
    pub fn table(columns: Obj) -> Obj {
        assert_eq!(columns.tag(), tag::XD, "a table is made of a dictionary");
        Obj::holder(tag::XT, columns)
    }

    /// The function that the iterator of this tag (106 to 111) derives from another.
    ///
    /// # Panics
    /// If it is not an iterator's tag.
    pub fn derived(tag: i8, f: Obj) -> Obj {
        assert!((tag::EACH..=tag::EACH_LEFT).contains(&tag), "tag {tag} is not derived");
        Obj::holder(tag, f)
    }

    fn holder(tag: i8, item: Obj) -> Obj {
        let holder = block(DATA, tag);
        // SAFETY: fresh; the reference moves in.
        unsafe { (*holder.as_raw()).body.k = item.into_raw() };
        holder
    }
}

fn vector_of_atoms(tag: i8, items: &[Obj]) -> Obj {
    let width = tag::width(tag);
    // SAFETY: every element is written next.
    let vector = unsafe { Obj::uninit(tag, items.len()) };
    for (i, item) in items.iter().enumerate() {
        // SAFETY: element i is inside; an atom's payload has its vector's width.
        unsafe { ptr::copy_nonoverlapping(item.payload(), vector.data_ptr().add(i * width), width) };
    }
    vector
}

fn table_of_rows(rows: &[Obj]) -> Option<Obj> {
    let (names, _) = rows[0].dict_parts();
    let alike = |row: &Obj| row.dict_parts().0 == names && row.dict_parts().1.len() == names.len();
    if names.tag() != tag::KS || names.is_empty() || !rows.iter().all(alike) {
        return None;
    }
    let column = |i| Obj::from_items(rows.iter().map(|row| row.dict_parts().1.index(i)).collect());
    Some(Obj::table(Obj::dict(names.clone(), Obj::list((0..names.len()).map(column).collect()))))
}

/// Bytes of a list of `n` elements; absurd lengths saturate, for which there is no block.
#[inline]
pub(super) fn list_bytes(width: usize, n: usize) -> usize {
    width.saturating_mul(n).saturating_add(DATA)
}

pub(super) fn type_name<T>() -> &'static str {
    std::any::type_name::<T>()
}
