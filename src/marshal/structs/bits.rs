//! Bit-fields, which are read and written as the numbers of their types.

use crate::signature::{Bits, Type};

impl Bits {
    /// Bytes that have bits of it.
    fn bytes(self) -> usize {
        (usize::from(self.shift) + usize::from(self.width)).div_ceil(8)
    }

    fn mask(self) -> u128 {
        (1 << self.width) - 1
    }

    /// The value of a bit-field, with its sign.
    ///
    /// # Safety
    /// The bytes that hold it can be read at `from`.
    pub(super) unsafe fn read(self, from: *const u8) -> u128 {
        let mut bytes = [0; 16];
        // SAFETY: passed on to the caller; 64 bits from any bit on lie in nine bytes.
        unsafe { bytes.as_mut_ptr().copy_from_nonoverlapping(from, self.bytes()) };
        self.extended(u128::from_le_bytes(bytes) >> self.shift)
    }

    /// Its bits of a value, with its sign above them.
    fn extended(self, value: u128) -> u128 {
        let above = 128 - u32::from(self.width);
        match self.signed {
            true => (((value << above) as i128) >> above) as u128,
            false => value & self.mask(),
        }
    }

    /// Writes a value, of which no bit may be lost; whether it fits.
    ///
    /// # Safety
    /// The bytes that hold it can be read and written at `to`.
    pub(super) unsafe fn write(self, value: u128, ty: &Type, to: *mut u8) -> bool {
        let size = 8 * ty.size().clamp(1, 8) as u32;
        let cut = |value: u128| value & (u128::MAX >> (128 - size));
        if cut(self.extended(value)) != cut(value) {
            return false;
        }
        let mut bytes = [0; 16];
        // SAFETY: passed on to the caller, as in `read`.
        unsafe { bytes.as_mut_ptr().copy_from_nonoverlapping(to, self.bytes()) };
        let others = u128::from_le_bytes(bytes) & !(self.mask() << self.shift);
        let all = others | (value & self.mask()) << self.shift;
        // SAFETY: the caller has as many bytes there.
        unsafe { to.copy_from_nonoverlapping(all.to_le_bytes().as_ptr(), self.bytes()) };
        true
    }
}
