//! Interned symbols.
//!
//! Texts live for the life of the process, as in kdb+.

#[cfg_attr(feature = "libe", path = "libe/table.rs")]
mod table;

pub use table::stats;

use std::cmp::Ordering;
use std::ffi::{CStr, c_char};
use std::fmt;
use std::ptr::NonNull;

/// An interned symbol: a pointer to NUL-terminated bytes. Equal symbols have equal pointers.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Symbol(NonNull<c_char>);

// SAFETY: the bytes are written once before the pointer is published and never freed.
unsafe impl Send for Symbol {}
// SAFETY: as above; nothing mutates them.
unsafe impl Sync for Symbol {}

impl Symbol {
    /// Interns `text` up to its first NUL byte.
    pub fn new(text: &[u8]) -> Symbol {
        table::intern(text.split(|&b| b == 0).next().unwrap_or_default())
    }

    /// The empty symbol, which is also the null.
    pub fn empty() -> Symbol {
        table::empty()
    }

    /// Wraps the pointer of a K object's symbol slot.
    ///
    /// # Safety
    /// `text` is null or NUL-terminated and lives as long as the symbol is used. Comparisons are right only
    /// if it came from interning.
    pub unsafe fn from_raw(text: *const c_char) -> Symbol {
        NonNull::new(text.cast_mut()).map_or_else(Symbol::empty, Symbol)
    }

    /// The C string.
    pub fn as_ptr(self) -> *mut c_char {
        self.0.as_ptr()
    }

    /// The text without its NUL.
    pub fn bytes(self) -> &'static [u8] {
        // SAFETY: interned texts are NUL-terminated and immortal; `from_raw`'s caller promised the same.
        unsafe { CStr::from_ptr(self.0.as_ptr()) }.to_bytes()
    }

    /// The text; bad UTF-8 is replaced.
    pub fn as_str(self) -> std::borrow::Cow<'static, str> {
        String::from_utf8_lossy(self.bytes())
    }

    /// Is this the null symbol?
    pub fn is_empty(self) -> bool {
        // SAFETY: there is at least the terminating NUL to read.
        unsafe { *self.0.as_ptr() == 0 }
    }
}

impl From<&str> for Symbol {
    fn from(text: &str) -> Symbol {
        Symbol::new(text.as_bytes())
    }
}

/// Order of the bytes, which is q's order of symbols.
impl Ord for Symbol {
    fn cmp(&self, other: &Symbol) -> Ordering {
        if self == other { Ordering::Equal } else { self.bytes().cmp(other.bytes()) }
    }
}

impl PartialOrd for Symbol {
    fn partial_cmp(&self, other: &Symbol) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{}", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_share_one_pointer() {
        let a = Symbol::from("alpha");
        assert_eq!(a.as_ptr(), Symbol::new(b"alpha\0tail").as_ptr());
        assert_ne!(a, Symbol::from("alphabet"));
        assert_eq!(a.bytes(), b"alpha");
        assert!(Symbol::from("") == Symbol::empty() && Symbol::empty().is_empty());
    }

    #[test]
    fn order_is_that_of_the_bytes() {
        let mut all = ["b", "", "B", "ab"].map(Symbol::from);
        all.sort();
        assert_eq!(all.map(Symbol::bytes), [&b""[..], b"B", b"ab", b"b"]);
    }

    #[test]
    fn threads_agree_while_the_table_grows() {
        let intern = || (0..5000).map(|i| Symbol::from(format!("grow{i}").as_str())).collect::<Vec<_>>();
        let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(intern)).collect();
        let expected = intern();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), expected);
        }
        assert_eq!(expected[4999].bytes(), b"grow4999");
        assert!(stats().0 >= 5000);
    }
}
