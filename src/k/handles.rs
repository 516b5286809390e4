//! Handles of K objects: borrowed ones, and ones that own a reference.

use std::ffi::{CStr, c_char};
use std::ptr::NonNull;

use super::native::{self, K, K0};
use super::{DATA, PAYLOAD, tag};
use crate::error::{Error, Result, room};

/// A K object that somebody else keeps alive for as long as `'a`.
///
/// Having one is the proof that the pointer is valid: it is made from arguments that q lends for a call, or from an
/// [`Owned`] one.
#[derive(Clone, Copy)]
pub struct Ref<'a>(NonNull<K0>, std::marker::PhantomData<&'a K0>);

impl<'a> Ref<'a> {
    /// Borrows an object; `None` for the null pointer, which occurs as a damaged list's item.
    ///
    /// # Safety
    /// `x` is null or a K object that lives, and whose items are not replaced, for as long as `'a`.
    pub unsafe fn new(x: K) -> Option<Self> {
        NonNull::new(x).map(|p| Self(p, std::marker::PhantomData))
    }

    /// The pointer, for the K API.
    pub fn as_raw(self) -> K {
        self.0.as_ptr()
    }

    fn object(self) -> &'a K0 {
        // SAFETY: `new` demands a live object for 'a.
        unsafe { self.0.as_ref() }
    }

    /// The type tag.
    pub fn tag(self) -> i8 {
        self.object().t
    }

    /// The attribute of a list, or the rank of a function made by `dl`; 0 for none.
    pub fn attribute(self) -> u8 {
        self.object().u
    }

    /// Number of items of a vector or list.
    ///
    /// # Panics
    /// In debug builds, when this is not a vector or list.
    pub fn len(self) -> usize {
        debug_assert!((0..=tag::LAST_ENUM).contains(&self.tag()));
        self.object().n as usize
    }

    /// Whether a vector or list has no items.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Payload of an atom, read as `T`.
    ///
    /// # Safety
    /// This is an atom whose payload is at least as wide as `T`, and any bits are a `T`.
    pub unsafe fn payload<T: Copy>(self) -> T {
        // SAFETY: every object has 8 bytes of payload, which the caller knows to be a `T`.
        unsafe { self.0.as_ptr().cast::<u8>().add(PAYLOAD as usize).cast::<T>().read() }
    }

    /// Where an atom keeps its value.
    pub fn value(self) -> *const u8 {
        match self.tag() {
            t if t == -tag::GUID => self.data(),
            _ => self.0.as_ptr().cast::<u8>().wrapping_add(PAYLOAD as usize),
        }
    }

    /// Address of a vector's data, or of a guid atom's bytes.
    pub fn data(self) -> *mut u8 {
        self.0.as_ptr().cast::<u8>().wrapping_add(DATA as usize)
    }

    /// The items of a vector.
    ///
    /// # Safety
    /// This is a vector whose elements are `T`.
    pub unsafe fn slice<T>(self) -> &'a [T] {
        // SAFETY: `len` elements of the caller's `T` follow the header of a vector, aligned to 16.
        unsafe { std::slice::from_raw_parts(self.data().cast(), self.len()) }
    }

    /// The numbers of a vector of longs or ints.
    pub fn integers(self) -> Option<Vec<i64>> {
        match self.tag() {
            // SAFETY: the elements of a long vector are 64 bits wide.
            tag::LONG => Some(unsafe { self.slice::<i64>() }.to_vec()),
            // SAFETY: those of an int vector are 32 bits wide.
            tag::INT => Some(unsafe { self.slice::<i32>() }.iter().map(|&n| n.into()).collect()),
            _ => None,
        }
    }

    /// The items of a general list, as pointers; empty for anything else.
    pub fn items(self) -> &'a [K] {
        if self.tag() != tag::LIST {
            return &[];
        }
        // SAFETY: a general list's elements are K pointers.
        unsafe { self.slice() }
    }

    /// Item `i` of a general list.
    pub fn item(self, i: usize) -> Option<Ref<'a>> {
        // SAFETY: a live list keeps its items alive.
        self.items().get(i).and_then(|&x| unsafe { Ref::new(x) })
    }

    /// Keys and values of a dictionary, column names and columns of a table.
    pub fn parts(self) -> Option<(Ref<'a>, Ref<'a>)> {
        // SAFETY: a table holds the dictionary of its columns in its payload, a dictionary is a pair (k.h); both keep
        // alive what they hold.
        unsafe {
            let dictionary = match self.tag() {
                tag::DICTIONARY => self,
                tag::TABLE => Ref::new(self.payload())?,
                _ => return None,
            };
            let pair = dictionary.data().cast::<K>();
            Some((Ref::new(pair.read())?, Ref::new(pair.add(1).read())?))
        }
    }

    /// Whether this is the generic null `::`.
    pub fn is_null(self) -> bool {
        // SAFETY: a unary primitive holds its number in the payload.
        self.tag() == tag::UNARY && unsafe { self.payload::<i64>() } == 0
    }

    /// Whether this can be applied: a lambda, primitive, projection, composition, derived or native function.
    pub fn is_function(self) -> bool {
        (tag::LAMBDA..=tag::FOREIGN).contains(&self.tag()) && !self.is_null()
    }

    /// The bytes of a char vector, or of a char atom.
    pub fn chars(self) -> Option<&'a [u8]> {
        match self.tag() {
            // SAFETY: the elements of a char vector are bytes.
            tag::CHAR => Some(unsafe { self.slice() }),
            // SAFETY: the payload of a char atom is a byte, and lives as long as the object.
            t if t == -tag::CHAR => Some(unsafe { std::slice::from_raw_parts(self.value(), 1) }),
            _ => None,
        }
    }

    /// The text of a symbol atom.
    pub fn symbol(self) -> Option<&'a CStr> {
        (self.tag() == -tag::SYMBOL)
            // SAFETY: a symbol atom holds an interned text, NUL-terminated, that is never freed.
            .then(|| unsafe { CStr::from_ptr(self.payload::<*const c_char>()) })
    }

    /// The texts of a symbol vector.
    pub fn symbols(self) -> Option<impl Iterator<Item = &'a CStr>> {
        // SAFETY: the elements of a symbol vector are interned texts, NUL-terminated, that are never freed.
        let texts: &[*const c_char] = (self.tag() == tag::SYMBOL).then(|| unsafe { self.slice() })?;
        // SAFETY: each is such a text.
        Some(texts.iter().map(|&text| unsafe { CStr::from_ptr(text) }))
    }

    /// The text of a symbol, char vector or char, for names; bytes that are not UTF-8 are replaced.
    pub fn text(self) -> Option<String> {
        let bytes = self.symbol().map(CStr::to_bytes).or_else(|| self.chars())?;
        Some(String::from_utf8_lossy(bytes).into_owned())
    }

    /// The text of an error object.
    pub fn error_text(self) -> Option<&'a CStr> {
        if self.tag() != tag::ERROR {
            return None;
        }
        // SAFETY: the payload of an error object is its text, NUL-terminated, or NULL (k.h).
        unsafe {
            let text: *const c_char = self.payload();
            (!text.is_null()).then(|| CStr::from_ptr(text))
        }
    }

    /// A new reference to this object.
    pub fn to_owned(self) -> Owned {
        // SAFETY: the object lives; the reference made here is the one that `Owned` gives up.
        unsafe { native::r1(self.as_raw()) };
        Owned(self.0)
    }
}

/// A reference to a K object that is given up on drop, on the thread that got it.
///
/// Whatever allocates is fallible: k.h gives NULL when memory is full.
pub struct Owned(NonNull<K0>);

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
        Ref(self.0, std::marker::PhantomData)
    }

    /// Borrows the object for as long as the caller says.
    ///
    /// # Safety
    /// This handle is dropped after `'a`, or kept together with what has the borrow.
    pub unsafe fn lend<'a>(&self) -> Ref<'a> {
        Ref(self.0, std::marker::PhantomData)
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
