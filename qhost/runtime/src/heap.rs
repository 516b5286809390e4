//! Memory of K objects: per-thread free lists by power-of-two size, and the counts of what is live.
//!
//! Allocating and freeing touch only the calling thread's own lists and counters. An object may be freed on
//! another thread than the one that made it: its block joins that thread's list, and the counters, which go
//! up on one thread and down on the other, still add up. [`stats`] folds the counters of all threads.

pub use crate::blocks::Stats;
pub(crate) use crate::blocks::{block_size, bucket_for};

use crate::blocks::BUCKETS;
use crate::object::{K, K0};
use crate::os;
use parking_lot::Mutex;
use std::cell::Cell;
use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering::Relaxed};

/// Blocks in this bucket and above (64 MiB) go back to the system when freed, as with q's `-g 1`; what q keeps of them
/// otherwise it splits, which these lists do not. For cargo-fuzz all do, so that AddressSanitizer sees a use after the
/// free.
const UNCACHED: usize = if cfg!(fuzzing) { 0 } else { 22 };
/// The last bucket that is refilled several blocks at a time.
const BATCHED: usize = 3;
const BATCH: usize = if cfg!(fuzzing) { 1 } else { 16 };

/// The count that debug builds leave in freed blocks.
pub(crate) const FREED: i32 = i32::MIN;

/// Counts of the whole process. Exact when no other thread is allocating meanwhile.
pub fn stats() -> Stats {
    let (objects, bytes) = live();
    Stats { objects, bytes, heap: HELD.load(Relaxed), peak: PEAK.load(Relaxed) }
}

/// Live objects and the bytes they occupy, over all threads, those that have ended included.
pub fn live() -> (i64, i64) {
    let registry = REGISTRY.lock();
    let mut counts = registry.ended;
    for heap in &registry.heaps {
        // SAFETY: a heap leaves the registry, under its lock, before its thread's storage goes.
        let heap = unsafe { &*heap.0 };
        add_counts(&mut counts, heap);
    }
    fold(&counts)
}

/// What the calling thread allocated less what it freed: objects and bytes. Negative when it frees what other
/// threads made. Leak tests use it because other tests run on other threads.
pub fn live_here() -> (i64, i64) {
    HEAP.with(|heap| {
        let mut counts = [0; BUCKETS];
        add_counts(&mut counts, heap);
        fold(&counts)
    })
}

/// Frees the calling thread's free lists; live objects stay valid. A thread does this by itself when it ends.
pub fn trim() -> usize {
    HEAP.with(|heap| heap.trim())
}

/// Limits the bytes held from the system, as q's `-w`; more is `'wsfull`. Zero means no limit.
pub fn set_limit(bytes: usize) {
    LIMIT.store(if bytes == 0 { usize::MAX } else { bytes }, Relaxed);
}

/// The limit on the bytes held; zero when there is none.
pub fn limit() -> usize {
    Some(LIMIT.load(Relaxed)).filter(|&bytes| bytes != usize::MAX).unwrap_or(0)
}

/// A block of `bucket`, aligned to 16 bytes, with its header set: tag `t`, count 0, no attribute. The payload
/// is not initialised. Null when memory or the limit is exhausted.
#[inline]
pub(crate) fn alloc(bucket: usize, t: i8) -> *mut K0 {
    #[cfg(test)]
    if refusal::is_due() {
        return ptr::null_mut();
    }
    HEAP.with(|heap| {
        let home = &heap.buckets[bucket];
        let block = home.free.get();
        if block.is_null() {
            return heap.alloc_from_system(bucket, t);
        }
        // SAFETY: a listed block is ours alone and valid for a header and the link.
        unsafe { home.pop(block, bucket, t) }
    })
}

/// Takes back a block from [`alloc`], of whatever thread.
///
/// # Safety
/// Nothing may use the block afterwards; its `m` is what [`alloc`] set.
#[inline]
pub(crate) unsafe fn free(block: *mut K0) {
    // SAFETY: the caller gives a live block, whose `m` is a bucket.
    let bucket = unsafe { (*block).m } as u8 as usize;
    HEAP.with(|heap| {
        // SAFETY: as above.
        let home = unsafe { heap.buckets.get_unchecked(bucket) };
        let next = home.free.get();
        // An empty list is rare, and a thread's first free finds one; uncached sizes never have another.
        if next.is_null() {
            return heap.free_to_empty(block, bucket);
        }
        home.count(-1);
        home.push(block, next);
    })
}

thread_local! {
    // Constant and without a destructor, so that access is a plain load relative to the thread pointer.
    static HEAP: Heap = const { Heap::new() };
}

static REGISTRY: Mutex<Registry> = Mutex::new(Registry { heaps: Vec::new(), ended: [0; BUCKETS] });
static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static LIMIT: AtomicUsize = AtomicUsize::new(usize::MAX);

struct Heap {
    buckets: [Bucket; BUCKETS],
    registered: Cell<bool>,
}

/// One size: the free blocks, linked through their payload, and blocks allocated less blocks freed here.
struct Bucket {
    free: Cell<*mut K0>,
    live: AtomicI64,
}

struct Registry {
    heaps: Vec<HeapRef>,
    /// Counts of threads that have ended.
    ended: [i64; BUCKETS],
}

struct HeapRef(*const Heap);

// SAFETY: other threads only read the atomic counters through it, while holding the registry's lock.
unsafe impl Send for HeapRef {}

impl K0 {
    #[inline]
    fn set_header(&mut self, m: i8, t: i8) {
        (self.m, self.a, self.t, self.u, self.r) = (m, 0, t, 0, 0);
    }

    /// Links the block into a free list. In debug builds it is marked, so that a second free is noticed.
    #[inline]
    fn put_in_free_list(&mut self, next: K) {
        self.body.k = next;
        if cfg!(debug_assertions) {
            self.r = FREED;
        }
    }
}

impl Bucket {
    /// Written by the owning thread only, so load and store need no locked instruction.
    #[inline]
    fn count(&self, by: i64) {
        self.live.store(self.live.load(Relaxed) + by, Relaxed);
    }

    /// Takes `block`, the head of the list, and sets its header.
    ///
    /// # Safety
    /// It is the head of this list.
    #[inline]
    unsafe fn pop(&self, block: *mut K0, bucket: usize, t: i8) -> *mut K0 {
        // SAFETY: a listed block is ours alone and valid for a header and the link.
        unsafe {
            self.free.set((*block).body.k);
            (*block).set_header(bucket as i8, t);
        }
        self.count(1);
        block
    }

    /// Puts a block nobody uses before `next`, the head of the list.
    #[inline]
    fn push(&self, block: *mut K0, next: *mut K0) {
        // SAFETY: both callers own the block, which is larger than a header and the link.
        unsafe { (*block).put_in_free_list(next) };
        self.free.set(block);
    }
}

impl Heap {
    const fn new() -> Heap {
        Heap {
            buckets: [const { Bucket { free: Cell::new(ptr::null_mut()), live: AtomicI64::new(0) } };
                BUCKETS],
            registered: Cell::new(false),
        }
    }

    /// [`alloc`] when the list is empty: fills it.
    #[cold]
    #[inline(never)]
    fn alloc_from_system(&self, bucket: usize, t: i8) -> *mut K0 {
        self.register();
        let home = &self.buckets[bucket];
        self.fill(bucket);
        // As q does where an allocation fails (code.kx.com "Command line options", -g).
        if home.free.get().is_null() && self.trim() > 0 {
            self.fill(bucket);
        }
        match home.free.get() {
            block if block.is_null() => block,
            // SAFETY: as in `alloc`.
            block => unsafe { home.pop(block, bucket, t) },
        }
    }

    /// Fills a list from the system, as far as there is memory.
    fn fill(&self, bucket: usize) {
        let home = &self.buckets[bucket];
        for _ in 0..if bucket <= BATCHED { BATCH } else { 1 } {
            let block = obtain(bucket);
            if block.is_null() {
                break;
            }
            home.push(block, home.free.get());
        }
    }

    /// [`free`] when the list is empty: it may stay so.
    #[cold]
    #[inline(never)]
    fn free_to_empty(&self, block: *mut K0, bucket: usize) {
        self.register();
        let home = &self.buckets[bucket];
        home.count(-1);
        if bucket >= UNCACHED {
            release(block, bucket);
        } else {
            home.push(block, ptr::null_mut());
        }
    }

    /// Makes this thread's counters part of [`stats`] and arranges for its end.
    fn register(&self) {
        if self.registered.replace(true) {
            return;
        }
        REGISTRY.lock().heaps.push(HeapRef(self));
        // Destructors of Rust's thread-locals may still free objects.
        os::at_thread_end(ptr::NonNull::from(self).cast(), end_thread);
    }

    /// Gives the free lists back to the system; returns the bytes.
    fn trim(&self) -> usize {
        let mut bytes = 0;
        for (bucket, home) in self.buckets.iter().enumerate() {
            let mut block = home.free.replace(ptr::null_mut());
            while !block.is_null() {
                // SAFETY: a listed block is ours and holds the link.
                let next = unsafe { (*block).body.k };
                release(block, bucket);
                bytes += block_size(bucket);
                block = next;
            }
        }
        bytes
    }
}

extern "C" fn end_thread(heap: *mut c_void) {
    // SAFETY: the value `register` stored; this thread's storage outlives what is called at its end.
    let heap = unsafe { &*heap.cast::<Heap>() };
    heap.trim();
    let mut registry = REGISTRY.lock();
    registry.heaps.retain(|other| !ptr::eq(other.0, heap));
    add_counts(&mut registry.ended, heap);
    // A later destructor may still free objects: it registers anew, with counters that start from zero.
    heap.buckets.iter().for_each(|bucket| bucket.live.store(0, Relaxed));
    heap.registered.set(false);
}

fn add_counts(counts: &mut [i64; BUCKETS], heap: &Heap) {
    for (count, bucket) in counts.iter_mut().zip(&heap.buckets) {
        *count += bucket.live.load(Relaxed);
    }
}

fn fold(counts: &[i64; BUCKETS]) -> (i64, i64) {
    let bytes = counts.iter().enumerate().map(|(bucket, &n)| n * block_size(bucket) as i64).sum();
    (counts.iter().sum(), bytes)
}

/// A block from the system; null when memory or the limit is exhausted.
fn obtain(bucket: usize) -> *mut K0 {
    let size = block_size(bucket);
    let held = HELD.fetch_add(size, Relaxed) + size;
    let block = if held > LIMIT.load(Relaxed) {
        ptr::null_mut()
    } else {
        // SAFETY: any size may be asked for. Its alignment is 16 on the 64-bit platforms this builds for.
        unsafe { libc::malloc(size) }
    };
    if block.is_null() {
        HELD.fetch_sub(size, Relaxed);
    } else {
        PEAK.fetch_max(held, Relaxed);
    }
    block.cast()
}

fn release(block: *mut K0, bucket: usize) {
    HELD.fetch_sub(block_size(bucket), Relaxed);
    // SAFETY: it came from `obtain`, and both callers own it.
    unsafe { libc::free(block.cast()) };
}

/// Refusing a block on purpose, to see what every function does then.
#[cfg(test)]
pub(crate) mod refusal {
    use std::cell::Cell;

    thread_local! {
        static LEFT: Cell<u32> = const { Cell::new(0) };
    }

    /// The calling thread's block number `n` from now on is refused; none for 0. Returns what was left before.
    pub(crate) fn at(n: u32) -> u32 {
        LEFT.replace(n)
    }

    pub(super) fn is_due() -> bool {
        let left = LEFT.get();
        LEFT.set(left.saturating_sub(1));
        left == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::{Obj, tag};

    #[test]
    fn buckets_are_the_next_power_of_two() {
        let sizes = [0, 1, 16, 17, 32, 33, 1 << 20, (1 << 20) + 1];
        let blocks = [16, 16, 16, 32, 32, 64, 1 << 20, 1 << 21];
        assert_eq!(sizes.map(|n| block_size(bucket_for(n).unwrap())), blocks);
        assert_eq!(bucket_for(usize::MAX), None);
        assert_eq!(block_size(UNCACHED), 64 << 20);
    }

    #[test]
    fn blocks_are_aligned_and_reused() {
        let first = alloc(0, tag::KI);
        assert_eq!(first as usize % 16, 0);
        // SAFETY: just allocated, not used again.
        unsafe { free(first) };
        assert_eq!(alloc(0, tag::KI), first);
        // SAFETY: as above.
        unsafe { free(first) };
    }

    #[test]
    fn counts_return_to_where_they_were() {
        let before = live_here();
        let objects = [Obj::long(1), Obj::guid([1; 16]), Obj::zeroed(tag::KJ, 3)];
        assert_eq!(live_here(), (before.0 + 3, before.1 + 16 + 32 + 64));
        drop(objects);
        assert_eq!(live_here(), before);
    }

    #[test]
    fn counts_add_up_over_threads() {
        struct Carry(usize);
        let made = std::thread::spawn(|| {
            let before = live_here();
            let carried: Vec<_> = (0..100).map(|i| Carry(Obj::long(i).into_raw() as usize)).collect();
            assert_eq!(live_here().0 - before.0, 100);
            carried
        });
        let made = made.join().unwrap();
        let here = live_here();
        for (i, carried) in made.into_iter().enumerate() {
            // SAFETY: the other thread gave its only reference away and has ended.
            let object = unsafe { Obj::from_raw(carried.0 as *mut K0) };
            assert_eq!(object.get::<i64>(), i as i64);
        }
        assert_eq!(live_here(), (here.0 - 100, here.1 - 1600));
    }

    #[test]
    fn trim_empties_the_lists() {
        let ended = std::thread::spawn(|| {
            drop(Obj::zeroed(tag::KG, 1 << 14));
            assert!(trim() >= 1 << 15);
            assert_eq!(trim(), 0);
        });
        ended.join().unwrap();
    }
}
