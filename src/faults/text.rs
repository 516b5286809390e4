//! Texts that are written where nothing may be allocated.

#![forbid(unsafe_code)]

use std::fmt;

/// A text of so many bytes at most; what is more is left out.
pub struct Text<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Text<N> {
    /// An empty one.
    pub fn new() -> Self {
        Self { bytes: [0; N], length: 0 }
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// Adds bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        let room = &mut self.bytes[self.length..];
        let count = bytes.len().min(room.len());
        room[..count].copy_from_slice(&bytes[..count]);
        self.length += count;
    }
}

impl<const N: usize> fmt::Write for Text<N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    #[test]
    fn what_does_not_fit_is_left_out() {
        let mut text = Text::<8>::new();
        let _ = write!(text, "{:#x},", 255);
        assert_eq!(text.bytes(), b"0xff,");
        text.push(b"abcdef");
        text.push(b"g");
        assert_eq!(text.bytes(), b"0xff,abc");
    }
}
