//! The bytes of a run as a stream of choices; when they are used up, every choice is the first.

/// The rest of the bytes.
pub struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    /// All of these bytes.
    pub fn new(data: &'a [u8]) -> Self {
        Self(data)
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first
    }

    /// A number below `n`, which is at most 65,536.
    pub fn below(&mut self, n: usize) -> usize {
        let high = if n > 256 { usize::from(self.byte()) << 8 } else { 0 };
        (high | usize::from(self.byte())) % n
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// True once in `n` times, never when the bytes are used up.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }

    /// 64 bits: as they come, or of a kind in which mistakes show.
    pub fn bits(&mut self) -> u64 {
        const SEAMS: [u64; 8] = [0, 1, u64::MAX, 1 << 63, 1 << 31, 1 << 15, 0x7fff_ffff, i64::MAX as u64];
        match self.below(3) {
            0 => u64::from(self.byte()),
            1 => self.pick(&SEAMS),
            _ => u64::from_le_bytes(std::array::from_fn(|_| self.byte())),
        }
    }

    /// The next bytes, at most as many as asked for.
    pub fn bytes(&mut self, n: usize) -> &'a [u8] {
        let (first, rest) = self.0.split_at(n.min(self.0.len()));
        self.0 = rest;
        first
    }
}
