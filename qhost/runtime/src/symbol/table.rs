//! The table of symbols.
//!
//! One for the process. Looking up a symbol that is already there takes no lock; inserting takes a mutex.

use super::Symbol;
use parking_lot::Mutex;
use std::ffi::CStr;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering::*};

/// The symbol of a text without NUL.
pub(super) fn intern(text: &[u8]) -> Symbol {
    let hash = hash(text);
    TABLE.find(text, hash).unwrap_or_else(|| TABLE.insert(text, hash))
}

/// The symbol of no text.
pub(super) fn empty() -> Symbol {
    Symbol(NonNull::from_ref(&EMPTY).cast())
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
            return Some(empty());
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
