//! Sizes of the blocks that K objects live in: powers of two, numbered as in an object's `m`.

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
