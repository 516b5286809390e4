//! Memory of K objects, by KX's library, whose blocks are powers of two as ours are. It counts bytes and not objects.

pub use crate::blocks::Stats;
pub(crate) use crate::blocks::{block_size, bucket_for};

use crate::api::runtime::{gc, ktn, m4, r0};
use crate::object::{DATA, K0};
use crate::{Obj, tag};

/// Counts of the calling thread.
pub fn stats() -> Stats {
    // SAFETY: a fresh vector of three longs.
    let numbers = unsafe { Obj::from_raw(m4(0)) };
    let numbers = numbers.slice::<i64>();
    Stats { objects: 0, bytes: numbers[0], heap: numbers[1] as usize, peak: numbers[2] as usize }
}

/// 0, and the bytes that live objects occupy.
pub fn live() -> (i64, i64) {
    (0, stats().bytes)
}

/// The same: the library counts a thread at a time.
pub fn live_here() -> (i64, i64) {
    live()
}

/// Gives free memory back to the system; returns the bytes.
pub fn trim() -> usize {
    gc(0) as usize
}

/// Does nothing: the library has no limit.
pub fn set_limit(_bytes: usize) {}

/// No limit.
pub fn limit() -> usize {
    0
}

/// A block of `bucket` with its header set: tag `t`, count 0, no attribute.
#[inline]
pub(crate) fn alloc(bucket: usize, t: i8) -> *mut K0 {
    let block = ktn(tag::KG.into(), (block_size(bucket) - DATA) as i64);
    if !block.is_null() {
        // SAFETY: fresh.
        unsafe {
            debug_assert_eq!((*block).m as usize, bucket);
            (*block).t = t;
        }
    }
    block
}

/// Takes back a block from [`alloc`], and not what it may refer to.
///
/// # Safety
/// Nothing may use the block afterwards.
#[inline]
pub(crate) unsafe fn free(block: *mut K0) {
    // SAFETY: the caller gives the block; as a byte vector it refers to nothing.
    unsafe {
        (*block).t = tag::KG;
        (*block).r = 0;
        r0(block);
    }
}
