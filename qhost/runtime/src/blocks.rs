//! Sizes of the blocks that K objects live in: powers of two, numbered as in an object's `m`; and what a heap
//! counts of them.

/// log2 of the smallest block, an atom.
const MIN_SHIFT: u32 = 4;
/// Sizes from 16 bytes to 2^47.
pub(crate) const BUCKETS: usize = 44;

/// The bucket of blocks that hold `bytes`; `None` when no block could.
#[inline]
pub(crate) const fn bucket_for(bytes: usize) -> Option<usize> {
    if bytes <= 1 << MIN_SHIFT {
        return Some(0);
    }
    let bucket = (usize::BITS - (bytes - 1).leading_zeros() - MIN_SHIFT) as usize;
    if bucket < BUCKETS { Some(bucket) } else { None }
}

/// The size of a bucket's blocks in bytes.
#[inline]
pub(crate) const fn block_size(bucket: usize) -> usize {
    1 << (bucket as u32 + MIN_SHIFT)
}

/// What a heap counts: ours for the whole process, KX's library for the calling thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// K objects that have not been freed; 0 with KX's library, which counts bytes only.
    pub objects: i64,
    /// Bytes of the blocks these occupy, as `.Q.w`'s `used`: each block is a power of two.
    pub bytes: i64,
    /// Bytes held from the system: live blocks and free lists.
    pub heap: usize,
    /// The largest `heap` so far.
    pub peak: usize,
}
