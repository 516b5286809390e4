//! Interned symbols.
//!
//! One table for the process. Looking up a symbol that is already there takes no lock; inserting takes a
//! mutex. Texts live for the life of the process, as in kdb+.

use parking_lot::Mutex;
use std::cmp::Ordering;
use std::ffi::{CStr, c_char};
use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering::*};

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
        let text = text.split(|&b| b == 0).next().unwrap_or_default();
        let hash = hash(text);
        TABLE.find(text, hash).unwrap_or_else(|| TABLE.insert(text, hash))
    }

    /// The empty symbol, which is also the null.
    pub fn empty() -> Symbol {
        Symbol(NonNull::from_ref(&EMPTY).cast())
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

/// Number of interned symbols and the bytes their texts take, for `.Q.w`.
pub fn stats() -> (usize, usize) {
    (TABLE.count.load(Relaxed), TABLE.bytes.load(Relaxed))
}

static EMPTY: u8 = 0;
static TABLE: Table = Table {
    slots: AtomicPtr::new(ptr::null_mut()),
    count: AtomicUsize::new(0),
    bytes: AtomicUsize::new(0),
    writer: Mutex::new(()),
};

/// Open addressing with linear probing, never more than half full. Grown tables are leaked so that a reader
/// may keep probing the old one; together they are no larger than the newest.
struct Table {
    slots: AtomicPtr<Slots>,
    count: AtomicUsize,
    bytes: AtomicUsize,
    writer: Mutex<()>,
}

/// A power of two of entries; null marks a free one.
struct Slots {
    entries: Box<[AtomicPtr<Entry>]>,
    /// The table this one replaced: leaked, but not lost, so that leak checkers stay quiet.
    #[expect(dead_code, reason = "kept reachable, never read")]
    previous: Option<&'static Slots>,
}

struct Entry {
    hash: u64,
    text: Box<CStr>,
}

impl Slots {
    fn new(capacity: usize, previous: Option<&'static Slots>) -> Slots {
        Slots { entries: (0..capacity).map(|_| AtomicPtr::default()).collect(), previous }
    }

    /// Positions to probe, starting at the hash's own.
    fn probe(&self, hash: u64) -> impl Iterator<Item = &AtomicPtr<Entry>> {
        let mask = self.entries.len() - 1;
        (0..=mask).map(move |step| &self.entries[(hash as usize).wrapping_add(step) & mask])
    }

    fn place(&self, entry: *mut Entry, hash: u64) {
        let free = self.probe(hash).find(|slot| slot.load(Relaxed).is_null());
        // Release: a reader that sees the pointer sees the entry.
        free.expect("the table is never full").store(entry, Release);
    }
}

impl Table {
    fn slots(&self) -> Option<&'static Slots> {
        // SAFETY: set only to leaked boxes, published with Release.
        unsafe { self.slots.load(Acquire).as_ref() }
    }

    fn find(&self, text: &[u8], hash: u64) -> Option<Symbol> {
        if text.is_empty() {
            return Some(Symbol::empty());
        }
        for slot in self.slots()?.probe(hash) {
            // SAFETY: entries are leaked boxes, published with Release.
            let entry = unsafe { slot.load(Acquire).as_ref() }?;
            if entry.hash == hash && entry.text.to_bytes() == text {
                return Some(entry.symbol());
            }
        }
        None
    }

    #[cold]
    fn insert(&self, text: &[u8], hash: u64) -> Symbol {
        let _writing = self.writer.lock();
        // Another thread may have inserted it between the lookup and the lock.
        if let Some(found) = self.find(text, hash) {
            return found;
        }
        let count = self.count.fetch_add(1, Relaxed) + 1;
        self.bytes.fetch_add(text.len() + 1, Relaxed);
        let text = std::ffi::CString::new(text).expect("cut at the first NUL").into_boxed_c_str();
        let entry = Box::leak(Box::new(Entry { hash, text }));
        let symbol = entry.symbol();
        self.with_room_for(count).place(entry, hash);
        symbol
    }

    /// The current slots, grown if `count` entries would fill more than half. The writer's lock is held.
    fn with_room_for(&self, count: usize) -> &'static Slots {
        let old = self.slots();
        if let Some(slots) = old.filter(|slots| count * 2 <= slots.entries.len()) {
            return slots;
        }
        let capacity = old.map_or(1024, |slots| slots.entries.len() * 2);
        let grown = Box::leak(Box::new(Slots::new(capacity, old)));
        for slot in old.into_iter().flat_map(|slots| slots.entries.iter()) {
            let entry = slot.load(Relaxed);
            // SAFETY: as in `find`.
            if let Some(found) = unsafe { entry.as_ref() } {
                grown.place(entry, found.hash);
            }
        }
        self.slots.store(grown, Release);
        grown
    }
}

impl Entry {
    fn symbol(&self) -> Symbol {
        Symbol(NonNull::from_ref(self.text.as_ref()).cast())
    }
}

fn hash(text: &[u8]) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(text)
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
