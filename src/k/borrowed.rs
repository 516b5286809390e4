//! Handles of objects that somebody else keeps alive, and what is read of them.

use std::ffi::{CStr, c_char};
use std::marker::PhantomData;
use std::ptr::NonNull;

use super::native::{self, K, K0};
use super::{DATA, Owned, PAYLOAD, tag};

/// A K object that somebody else keeps alive for as long as `'a`.
///
/// Having one is the proof that the pointer is valid: it is made from arguments that q lends for a call, or from an
/// [`Owned`] one.
#[derive(Clone, Copy)]
pub struct Ref<'a>(pub(super) NonNull<K0>, pub(super) PhantomData<&'a K0>);

impl<'a> Ref<'a> {
    /// Borrows an object; `None` for the null pointer, which occurs as a damaged list's item.
    ///
    /// # Safety
    /// `x` is null or a K object that lives, and whose items are not replaced, for as long as `'a`.
    pub unsafe fn new(x: K) -> Option<Self> {
        NonNull::new(x).map(|p| Self(p, PhantomData))
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
