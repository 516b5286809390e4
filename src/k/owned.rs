//! Handles that own a reference, and how objects are made.

use std::ffi::{CStr, c_char};
use std::marker::PhantomData;
use std::ptr::NonNull;

use super::native::{self, K, K0};
use super::{PAYLOAD, Ref, tag};
use crate::error::{Error, Result, room};

/// A reference to a K object that is given up on drop, on the thread that got it.
///
/// Whatever allocates is fallible: k.h gives NULL when memory is full.
pub struct Owned(pub(super) NonNull<K0>);

impl Owned {
    /// Takes over a reference, as functions of the K API return it.
    ///
    /// # Errors
    /// [`Error::MemoryFull`] for the null pointer.
    ///
    /// # Safety
    /// The caller owns a reference to `x` and gives it away, or `x` is null since q has no memory.
    pub unsafe fn new(x: K) -> Result<Self> {
        NonNull::new(x).map(Self).ok_or(Error::MemoryFull)
    }

    /// The generic null `::`.
    ///
    /// # Errors
    /// [`Error::MemoryFull`].
    pub fn null() -> Result<Self> {
        Self::atom(tag::UNARY, 0_i64)
    }

    /// An object with this tag and payload: an atom, or `::`.
    ///
    /// # Errors
    /// [`Error::MemoryFull`].
    pub fn atom<T: Copy>(t: i8, payload: T) -> Result<Self> {
        const { assert!(size_of::<T>() <= 8) };
        // SAFETY: `ka` returns a fresh object, whose 8 bytes of payload are ours to write.
        unsafe {
            let x = Self::new(native::ka(t.into()))?;
            x.0.as_ptr().cast::<u8>().add(PAYLOAD as usize).cast::<T>().write(payload);
            Ok(x)
        }
    }

    /// A symbol atom.
    ///
    /// # Errors
    /// [`Error::MemoryFull`].
    pub fn symbol(text: &CStr) -> Result<Self> {
        // SAFETY: `ks` interns a copy of the text.
        unsafe { Self::new(native::ks(text.as_ptr().cast_mut())) }
    }

    /// A symbol atom of this text up to its first NUL.
    ///
    /// # Errors
    /// [`Error::MemoryFull`].
    pub fn symbol_from(text: &str) -> Result<Self> {
        Self::atom(-tag::SYMBOL, interned(text)?)
    }

    /// A char vector.
    ///
    /// # Errors
    /// [`Error::MemoryFull`].
    pub fn chars(bytes: &[u8]) -> Result<Self> {
        // SAFETY: `kpn` copies `len` bytes.
        unsafe { Self::new(native::kpn(bytes.as_ptr() as *mut c_char, bytes.len() as i64)) }
    }

    /// A vector whose elements are still to be written.
    ///
    /// # Errors
    /// [`Error::MemoryFull`].
    pub fn unwritten(t: i8, count: usize) -> Result<Self> {
        let count = i64::try_from(count).map_err(|_| Error::MemoryFull)?;
        // SAFETY: `ktn` returns a new vector, or NULL.
        unsafe { Self::new(native::ktn(t.into(), count)) }
    }

    /// A vector of zeros.
    ///
    /// # Errors
    /// [`Error::MemoryFull`].
    pub fn zeros(t: i8, count: usize) -> Result<Self> {
        let x = Self::unwritten(t, count)?;
        // SAFETY: the vector is new, and has room for as many elements of its type.
        unsafe { x.get().data().write_bytes(0, count * tag::element_size(t)) };
        Ok(x)
    }

    /// A vector of these elements.
    ///
    /// # Errors
    /// [`Error::MemoryFull`].
    ///
    /// # Safety
    /// `T` is the element type of vectors with tag `t`.
    pub unsafe fn vector<T: Copy>(t: i8, elements: &[T]) -> Result<Self> {
        let x = Self::unwritten(t, elements.len())?;
        // SAFETY: the vector has room for as many elements of the type that the caller knows `T` to be.
        unsafe {
            x.get().data().cast::<T>().copy_from_nonoverlapping(elements.as_ptr(), elements.len());
        }
        Ok(x)
    }

    /// A general list of these objects.
    ///
    /// # Errors
    /// [`Error::MemoryFull`].
    pub fn list(items: Vec<Owned>) -> Result<Self> {
        let list = Self::unwritten(tag::LIST, items.len())?;
        let to = list.get().data().cast::<K>();
        for (i, item) in items.into_iter().enumerate() {
            // SAFETY: a general list's elements are K pointers, and each one's reference moves into the list.
            unsafe { to.add(i).write(item.into_raw()) };
        }
        Ok(list)
    }

    /// A symbol vector.
    ///
    /// # Errors
    /// [`Error::MemoryFull`].
    pub fn symbols<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        // Tables have many of the same in turn.
        let mut last: Option<(&str, *const c_char)> = None;
        let mut again = |text: &'a str| match last {
            Some((known, symbol)) if same_text(known, text) => Ok(symbol),
            _ => {
                let symbol = interned(text)?;
                last = Some((text, symbol));
                Ok(symbol)
            }
        };
        let interned = texts.into_iter().map(&mut again).collect::<Result<Vec<_>>>()?;
        // SAFETY: the elements of a symbol vector are pointers to interned texts.
        unsafe { Self::vector(tag::SYMBOL, &interned) }
    }

    /// A dictionary.
    ///
    /// # Errors
    /// [`Error::MemoryFull`].
    pub fn dictionary(keys: Owned, values: Owned) -> Result<Self> {
        // SAFETY: `xD` takes over both references.
        unsafe { Self::new(native::xD(keys.into_raw(), values.into_raw())) }
    }

    /// A table of named columns, all of one length.
    ///
    /// # Errors
    /// [`Error::MemoryFull`].
    pub fn table<const N: usize>(columns: [(&str, Owned); N]) -> Result<Self> {
        let names = Self::symbols(columns.iter().map(|(name, _)| *name))?;
        let columns = columns.into_iter().map(|(_, column)| column).collect();
        Self::flip(Self::dictionary(names, Self::list(columns)?)?)
    }

    /// The table whose columns a dictionary holds.
    ///
    /// # Errors
    /// [`Error::MemoryFull`].
    pub fn flip(columns: Owned) -> Result<Self> {
        // SAFETY: `xT` takes over the reference.
        unsafe { Self::new(native::xT(columns.into_raw())) }
    }

    /// A q function of `rank` parameters that calls `code`.
    ///
    /// # Errors
    /// [`Error::MemoryFull`].
    ///
    /// # Safety
    /// `code` is a C function of that many K that returns K, and stays callable for the life of the process.
    pub unsafe fn function(code: *const u8, rank: usize) -> Result<Self> {
        debug_assert!((1..=8).contains(&rank));
        // SAFETY: passed on to the caller.
        unsafe { Self::new(native::dl(code.cast(), rank as i64)) }
    }

    /// A foreign object: a pair of destructor and pointer. q calls the destructor with the object when its last
    /// reference goes. (The K API does not document it; embedPy and PyKX make the same.)
    ///
    /// # Errors
    /// [`Error::MemoryFull`].
    pub fn foreign(destructor: extern "C" fn(K), pointer: *const u8) -> Result<Self> {
        let pair = [destructor as *const u8, pointer];
        // SAFETY: a general list's elements are pointers; as a foreign object nobody takes them for K objects.
        unsafe {
            let x = Self::vector(tag::LIST, &pair)?;
            (*x.0.as_ptr()).t = tag::FOREIGN;
            Ok(x)
        }
    }

    /// Gives the reference away, as a result for q or to a function that consumes it.
    pub fn into_raw(self) -> K {
        let raw = self.0.as_ptr();
        std::mem::forget(self);
        raw
    }

    /// Borrows the object.
    pub fn get(&self) -> Ref<'_> {
        Ref(self.0, PhantomData)
    }

    /// Borrows the object for as long as the caller says.
    ///
    /// # Safety
    /// This handle is dropped after `'a`, or kept together with what has the borrow.
    pub unsafe fn lend<'a>(&self) -> Ref<'a> {
        Ref(self.0, PhantomData)
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: this handle owns one reference.
        unsafe { native::r0(self.0.as_ptr()) }
    }
}

/// Whether texts are the same; mostly they are so by their place.
pub fn same_text(a: &str, b: &str) -> bool {
    std::ptr::eq(a, b) || a == b
}

/// The interned text up to the first NUL.
fn interned(text: &str) -> Result<*const c_char> {
    intern_bytes(text.split('\0').next().unwrap_or_default().as_bytes())
}

/// Interns these bytes, none of which is NUL.
///
/// # Errors
/// [`Error::MemoryFull`], [`Error::Limit`] for more than a symbol may have.
pub fn intern_bytes(text: &[u8]) -> Result<*const c_char> {
    let length = i32::try_from(text.len()).map_err(|_| Error::Limit("a symbol's length".into()))?;
    // SAFETY: `sn` reads `length` bytes and interns a copy.
    let interned = unsafe { native::sn(text.as_ptr() as *mut c_char, length) };
    if interned.is_null() { Err(Error::MemoryFull) } else { Ok(interned) }
}

/// Collects objects, whose making may fail, with room for as many as there will be.
///
/// # Errors
/// The first of the items', [`Error::MemoryFull`].
pub fn collect(items: impl ExactSizeIterator<Item = Result<Owned>>) -> Result<Vec<Owned>> {
    let mut all = room(items.len())?;
    for item in items {
        all.push(item?);
    }
    Ok(all)
}
