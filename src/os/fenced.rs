//! Memory that ends where nobody can read or write.

use std::ops::Range;

use super::imp::{page_size, release, reserve, usable};

/// Bytes behind the memory that fault: as many as who goes too far by one element of most kinds may reach.
const BEHIND: usize = 64 << 10;

/// Bytes before the memory, at the least, that show whether somebody has written there.
const BEFORE: usize = 64;
/// What they are.
const UNTOUCHED: u8 = 0xa5;

/// Zeroed memory to whose last byte a page is next that nobody can read or write. It begins where its size has it begin,
/// behind bytes that are nobody's.
pub struct Fenced {
    pages: *mut u8,
    reserved: usize,
    used: Range<usize>,
}

impl Fenced {
    /// So many bytes; `None` where there are not as many.
    pub fn new(size: usize) -> Option<Self> {
        let page = page_size();
        let room = size.checked_add(BEFORE)?.checked_next_multiple_of(page)?;
        let reserved = room.checked_add(BEHIND.next_multiple_of(page))?;
        let pages = reserve(reserved)?;
        let used = pages as usize + room - size..pages as usize + room;
        let fenced = Self { pages, reserved, used };
        // SAFETY: these bytes have just been reserved for this, and can be written then.
        unsafe {
            usable(pages, room).then(|| pages.write_bytes(UNTOUCHED, room - size))?;
        }
        Some(fenced)
    }

    /// How far before its start somebody has written, at the nearest, as far back as its page.
    pub fn written_before(&self) -> Option<usize> {
        let count = self.used.start - self.pages as usize;
        // SAFETY: these bytes are its own, and nobody else's.
        let before = unsafe { std::slice::from_raw_parts(self.pages, count) };
        before.iter().rev().position(|&byte| byte != UNTOUCHED).map(|i| i + 1)
    }

    /// Where it begins.
    pub fn start(&self) -> *mut u8 {
        self.pages.wrapping_add(self.used.start - self.pages as usize)
    }

    /// Its addresses.
    pub fn range(&self) -> Range<usize> {
        self.used.clone()
    }

    /// Where what lies behind it ends.
    pub fn end(&self) -> usize {
        self.pages as usize + self.reserved
    }
}

impl Drop for Fenced {
    fn drop(&mut self) {
        // SAFETY: it was reserved for this, which nobody uses any more.
        unsafe { release(self.pages, self.reserved) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_at_the_end_of_a_page_and_is_zeroed() {
        for size in [0, 1, 7, 4096, 4097, 100_000] {
            let fenced = Fenced::new(size).expect("there is memory");
            assert_eq!((fenced.range().len(), fenced.range().end % page_size()), (size, 0));
            // SAFETY: its own bytes.
            let bytes = unsafe { std::slice::from_raw_parts_mut(fenced.start(), size) };
            assert!(bytes.iter().all(|&b| b == 0));
            bytes.fill(1);
            assert_eq!(fenced.written_before(), None);
            // SAFETY: a byte of those before it.
            unsafe { fenced.start().sub(3).write(1) };
            assert_eq!(fenced.written_before(), Some(3));
        }
        assert!(Fenced::new(usize::MAX - 1).is_none() && Fenced::new(1 << 60).is_none());
    }
}
