//! K objects: their layout, the functions of k.h that this crate calls, and handles that keep count.

pub mod native;

use std::cell::UnsafeCell;
use std::ffi::{CStr, c_char};
use std::mem::offset_of;
use std::ptr::NonNull;

pub use native::{K, K0, dl, dot, ee, k, ka, kp, kpn, krr, ks, ktn, r0, ss, xD, xT};

use crate::error::Error;

/// Offset of the type tag, one signed byte.
pub const TAG: i32 = offset_of!(K0, t) as i32;
/// Offset of the reference count, 32 bits; it is 0 while there is one reference.
pub const COUNT: i32 = offset_of!(K0, r) as i32;
/// Offset of an atom's payload.
pub const PAYLOAD: i32 = offset_of!(K0, n) as i32;
/// Offset of a vector's length, 64 bits.
pub const LENGTH: i32 = PAYLOAD;
/// Offset of a vector's first element, and of a guid atom's 16 bytes.
pub const DATA: i32 = size_of::<K0>() as i32;

// The stubs have these numbers in their machine code (k-abi.md "Objects"; k.h `struct k0`).
const _: () = {
    assert!(TAG == 2 && PAYLOAD == 8 && DATA == 16);
    assert!(COUNT == 4);
};

/// Type tags of k.h, as they are for vectors; an atom has the negative.
pub mod tag {
    #![allow(missing_docs, reason = "the names are q's own")]
    pub const LIST: i8 = 0;
    pub const BOOLEAN: i8 = 1;
    pub const GUID: i8 = 2;
    pub const BYTE: i8 = 4;
    pub const SHORT: i8 = 5;
    pub const INT: i8 = 6;
    pub const LONG: i8 = 7;
    pub const REAL: i8 = 8;
    pub const FLOAT: i8 = 9;
    pub const CHAR: i8 = 10;
    pub const SYMBOL: i8 = 11;
    pub const TIMESTAMP: i8 = 12;
    pub const MONTH: i8 = 13;
    pub const DATE: i8 = 14;
    pub const DATETIME: i8 = 15;
    pub const TIMESPAN: i8 = 16;
    pub const MINUTE: i8 = 17;
    pub const SECOND: i8 = 18;
    pub const TIME: i8 = 19;
    pub const TABLE: i8 = 98;
    pub const DICTIONARY: i8 = 99;
    pub const LAMBDA: i8 = 100;
    pub const UNARY: i8 = 101;
    pub const FOREIGN: i8 = 112;
    pub const ERROR: i8 = -128;
}

/// The q name of the type with this tag, as errors show it.
pub fn type_name(t: i8) -> String {
    const NAMES: [&str; 20] = [
        "list",
        "boolean",
        "guid",
        "enum",
        "byte",
        "short",
        "int",
        "long",
        "real",
        "float",
        "char",
        "symbol",
        "timestamp",
        "month",
        "date",
        "datetime",
        "timespan",
        "minute",
        "second",
        "time",
    ];
    match t {
        0 => "list".into(),
        -19..=-1 => NAMES[usize::from(t.unsigned_abs())].into(),
        1..=19 => format!("{} vector", NAMES[t as usize]),
        tag::TABLE => "table".into(),
        tag::DICTIONARY => "dictionary".into(),
        tag::UNARY => "null or unary primitive".into(),
        100 | 102..=111 => "function".into(),
        tag::FOREIGN => "foreign".into(),
        _ => format!("type {t}"),
    }
}

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
        debug_assert!((0..=19).contains(&self.tag()));
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

    /// The bytes of a char vector, or of a char atom.
    pub fn chars(self) -> Option<&'a [u8]> {
        match self.tag() {
            // SAFETY: the elements of a char vector are bytes.
            tag::CHAR => Some(unsafe { self.slice() }),
            // SAFETY: the payload of a char atom is a byte, and lives as long as the object.
            t if t == -tag::CHAR => Some(unsafe {
                std::slice::from_raw_parts(self.0.as_ptr().cast::<u8>().add(PAYLOAD as usize), 1)
            }),
            _ => None,
        }
    }

    /// The text of a symbol atom.
    pub fn symbol(self) -> Option<&'a CStr> {
        (self.tag() == -tag::SYMBOL)
            // SAFETY: a symbol atom holds an interned text, NUL-terminated, that is never freed.
            .then(|| unsafe { CStr::from_ptr(self.payload::<*const c_char>()) })
    }

    /// The text of a symbol, char vector or char, for names; bytes that are not UTF-8 are replaced.
    pub fn text(self) -> Option<String> {
        let bytes = self.symbol().map(CStr::to_bytes).or_else(|| self.chars())?;
        Some(String::from_utf8_lossy(bytes).into_owned())
    }

    /// A new reference to this object.
    pub fn to_owned(self) -> Owned {
        // SAFETY: the object lives; the reference made here is the one that `Owned` gives up.
        unsafe { Owned::from_raw(native::r1(self.as_raw())) }
    }
}

/// Whether two lists are the same, item by item, as q's `~` tells; other objects only if they are one.
pub fn matches(x: Ref, y: Ref) -> bool {
    if x.as_raw() == y.as_raw() {
        return true;
    }
    if x.tag() != y.tag() || !(0..=19).contains(&x.tag()) || x.len() != y.len() {
        return false;
    }
    if x.tag() == tag::LIST {
        return (0..x.len()).all(|i| matches!((x.item(i), y.item(i)), (Some(a), Some(b)) if matches(a, b)));
    }
    let bytes = x.len() * crate::ctype::element_size_of(x.tag());
    // SAFETY: both vectors hold that many bytes.
    unsafe { std::slice::from_raw_parts(x.data(), bytes) == std::slice::from_raw_parts(y.data(), bytes) }
}

/// A reference to a K object that is given up on drop, on the thread that got it.
pub struct Owned(NonNull<K0>);

impl Owned {
    /// Takes over a reference, as functions of the K API return it. The null pointer becomes `::`.
    ///
    /// # Safety
    /// The caller owns a reference to `x` and gives it away, or `x` is null.
    pub unsafe fn from_raw(x: K) -> Self {
        NonNull::new(x).map_or_else(Self::null, Self)
    }

    /// The generic null `::`.
    pub fn null() -> Self {
        Self::atom(tag::UNARY, 0_i64)
    }

    /// An object with this tag and payload: an atom, or `::`.
    pub fn atom<T: Copy>(t: i8, payload: T) -> Self {
        const { assert!(size_of::<T>() <= 8) };
        // SAFETY: `ka` returns a fresh object, whose 8 bytes of payload are ours to write.
        unsafe {
            let x = ka(t.into());
            x.cast::<u8>().add(PAYLOAD as usize).cast::<T>().write(payload);
            Self::from_raw(x)
        }
    }

    /// A symbol atom.
    pub fn symbol(text: &CStr) -> Self {
        // SAFETY: `ks` interns a copy of the text.
        unsafe { Self::from_raw(ks(text.as_ptr().cast_mut())) }
    }

    /// A symbol atom of this text up to its first NUL.
    pub fn symbol_from(text: &str) -> Self {
        let text = text.split('\0').next().unwrap_or_default();
        // SAFETY: `sn` reads `len` bytes and interns a copy.
        let interned = unsafe { native::sn(text.as_ptr() as *mut c_char, text.len() as i32) };
        Self::atom(-tag::SYMBOL, interned)
    }

    /// A char vector.
    pub fn chars(bytes: &[u8]) -> Self {
        // SAFETY: `kpn` copies `len` bytes.
        unsafe { Self::from_raw(kpn(bytes.as_ptr() as *mut c_char, bytes.len() as i64)) }
    }

    /// A vector of these elements.
    ///
    /// # Safety
    /// `T` is the element type of vectors with tag `t`.
    pub unsafe fn vector<T: Copy>(t: i8, elements: &[T]) -> Self {
        // SAFETY: `ktn` returns a fresh vector with room for as many elements of the type the caller knows `T` to be.
        unsafe {
            let x = Self::from_raw(ktn(t.into(), elements.len() as i64));
            x.get().data().cast::<T>().copy_from_nonoverlapping(elements.as_ptr(), elements.len());
            x
        }
    }

    /// A general list of these objects.
    pub fn list(items: Vec<Owned>) -> Self {
        let raw: Vec<K> = items.into_iter().map(Owned::into_raw).collect();
        // SAFETY: a general list's elements are K pointers, and each one's reference moves into the list.
        unsafe { Self::vector(tag::LIST, &raw) }
    }

    /// A symbol vector.
    pub fn symbols<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let interned: Vec<*const c_char> = texts
            .into_iter()
            // SAFETY: the payload of the symbol atom just made is an interned text.
            .map(|s| unsafe { Self::symbol_from(s).get().payload() })
            .collect();
        // SAFETY: the elements of a symbol vector are pointers to interned texts.
        unsafe { Self::vector(tag::SYMBOL, &interned) }
    }

    /// A dictionary.
    pub fn dictionary(keys: Owned, values: Owned) -> Self {
        // SAFETY: `xD` takes over both references.
        unsafe { Self::from_raw(xD(keys.into_raw(), values.into_raw())) }
    }

    /// A table of named columns, all of one length.
    pub fn table(columns: Vec<(&str, Owned)>) -> Self {
        let (names, columns): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
        Self::flip(Self::dictionary(Self::symbols(names), Self::list(columns)))
    }

    /// The table whose columns a dictionary holds.
    pub fn flip(columns: Owned) -> Self {
        // SAFETY: `xT` takes over the reference.
        unsafe { Self::from_raw(xT(columns.into_raw())) }
    }

    /// A q function of `rank` parameters that calls `code`.
    ///
    /// # Safety
    /// `code` is a C function of that many K that returns K, and stays callable for the life of the process.
    pub unsafe fn function(code: *const u8, rank: usize) -> Self {
        debug_assert!((1..=8).contains(&rank));
        // SAFETY: passed on to the caller.
        unsafe { Self::from_raw(dl(code.cast(), rank as i64)) }
    }

    /// A foreign object: a pair of destructor and pointer. q calls the destructor with the object when its last
    /// reference goes. (The K API does not document it; embedPy and PyKX make the same.)
    pub fn foreign(destructor: extern "C" fn(K), pointer: *const u8) -> Self {
        let pair = [destructor as *const u8, pointer];
        // SAFETY: a general list's elements are pointers; as a foreign object nobody takes them for K objects.
        unsafe {
            let x = Self::vector(tag::LIST, &pair);
            (*x.get().as_raw()).t = tag::FOREIGN;
            x
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
}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: this handle owns one reference.
        unsafe { r0(self.0.as_ptr()) }
    }
}

/// Calls a C function of as many K as there are arguments.
///
/// # Panics
/// When there are none or more than 8, which no q function has.
///
/// # Safety
/// `code` is such a function, and the arguments are live objects.
pub unsafe fn call(code: *const u8, args: &[K]) -> K {
    macro_rules! call {
        ($($x:ident),+) => {{
            type Function = unsafe extern "C" fn($(call!(@ $x)),+) -> K;
            // SAFETY: passed on to the caller.
            unsafe { std::mem::transmute::<*const u8, Function>(code)($($x),+) }
        }};
        (@ $x:ident) => { K };
    }
    match *args {
        [a] => call!(a),
        [a, b] => call!(a, b),
        [a, b, c] => call!(a, b, c),
        [a, b, c, d] => call!(a, b, c, d),
        [a, b, c, d, e] => call!(a, b, c, d, e),
        [a, b, c, d, e, f] => call!(a, b, c, d, e, f),
        [a, b, c, d, e, f, g] => call!(a, b, c, d, e, f, g),
        [a, b, c, d, e, f, g, h] => call!(a, b, c, d, e, f, g, h),
        _ => unreachable!("q functions have 1 to 8 parameters"),
    }
}

/// Bytes kept of an error's text, its NUL included.
const MESSAGE: usize = 1024;

thread_local! {
    /// q keeps the pointer it is given, so the text of the last error of a thread stays here.
    static LAST_MESSAGE: UnsafeCell<[u8; MESSAGE]> = const { UnsafeCell::new([0; MESSAGE]) };
}

/// Signals an error to q: the value to return from a native function at once.
pub fn signal(error: &Error) -> K {
    let text = error.to_string();
    let text = text.as_bytes();
    let n = text.iter().position(|&b| b == 0).unwrap_or(text.len()).min(MESSAGE - 1);
    LAST_MESSAGE.with(|m| {
        // SAFETY: only this function writes there, on this thread, and q reads it only after we return.
        unsafe {
            let m = &mut *m.get();
            m[..n].copy_from_slice(&text[..n]);
            m[n] = 0;
            krr(m.as_ptr().cast())
        }
    })
}
