//! `long double` where it is wider than `double`, to and from q's floats. Bytes in, bytes out: no code of C's is needed.

/// How a platform lays out a `long double` of 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The 80 bits of x87 with padding above: a significand whose first bit is written down (Intel's manual, volume 1,
    /// 4.2.2).
    X87,
    /// IEEE 754's binary128.
    Quad,
}

/// The largest exponent as it is written, that of infinities and NaN.
const TOP: u64 = 0x7fff;
/// What is added to an exponent of 15 bits.
const BIAS: i64 = 16383;
/// The bits of a double's fraction.
const FRACTION: u32 = 52;

impl Format {
    /// The platform's.
    pub const HOST: Self = if cfg!(target_arch = "x86_64") { Format::X87 } else { Format::Quad };

    /// The number that a double is, exactly.
    pub fn from_f64(self, x: f64) -> [u8; 16] {
        let bits = x.to_bits();
        let (sign, exponent) = (bits >> 63, bits >> FRACTION & 0x7ff);
        let fraction = bits & ((1 << FRACTION) - 1);
        match (exponent, fraction) {
            (0, 0) => self.pack(sign, 0, 0),
            (0, _) => {
                // A subnormal of a double's is none here.
                let shift = fraction.leading_zeros() - (63 - FRACTION);
                self.pack(
                    sign,
                    (BIAS - 1022 - i64::from(shift)) as u64,
                    fraction << shift & ((1 << FRACTION) - 1),
                )
            }
            (0x7ff, _) => self.pack(sign, TOP, fraction),
            _ => self.pack(sign, (BIAS - 1023) as u64 + exponent, fraction),
        }
    }

    /// The bytes of sign, written exponent, and a fraction of a double's bits.
    fn pack(self, sign: u64, exponent: u64, fraction: u64) -> [u8; 16] {
        let head = u128::from(sign << 15 | exponent);
        let bits = match self {
            Format::X87 => {
                let first = u64::from(exponent != 0) << 63;
                head << 64 | u128::from(first | fraction << (63 - FRACTION))
            }
            Format::Quad => head << 112 | u128::from(fraction) << (112 - FRACTION),
        };
        bits.to_le_bytes()
    }

    /// The nearest double, of two as near the even one.
    pub fn to_f64(self, bytes: [u8; 16]) -> f64 {
        let bits = u128::from_le_bytes(bytes);
        let (head, significand) = match self {
            Format::X87 => ((bits >> 64) as u64, bits << 64),
            Format::Quad => {
                let head = (bits >> 112) as u64;
                let first = u128::from(head & TOP != 0) << 127;
                (head, first | bits << 16 >> 1)
            }
        };
        let (sign, exponent) = ((head >> 15 & 1) << 63, head & TOP);
        let magnitude = match (exponent, significand >> 127) {
            (TOP, _) => special((significand << 1 >> 76) as u64, significand << 1 == 0),
            // Less than any double.
            (0, _) => 0,
            // What x87 calls invalid.
            (_, 0) => f64::NAN.to_bits(),
            _ => rounded(exponent as i64 - BIAS, significand),
        };
        f64::from_bits(sign | magnitude)
    }
}

/// Infinity, or NaN with as much as a double holds of what it says.
fn special(fraction: u64, is_infinite: bool) -> u64 {
    match (is_infinite, fraction) {
        (true, _) => f64::INFINITY.to_bits(),
        (false, 0) => f64::NAN.to_bits(),
        _ => f64::INFINITY.to_bits() | fraction,
    }
}

/// The double nearest to 1.f times a power of two, where the significand's first bit is the one before the point.
fn rounded(power: i64, significand: u128) -> u64 {
    const DROPPED: i64 = 127 - FRACTION as i64;
    match power {
        1024.. => f64::INFINITY.to_bits(),
        // The first bit is added to the exponent, and so is what rounding carries.
        -1022.. => (((power + 1022) as u64) << FRACTION) + shifted(significand, DROPPED),
        _ => shifted(significand, DROPPED - 1022 - power),
    }
}

/// The nearest integer to a number that has so many bits after the point.
fn shifted(number: u128, bits: i64) -> u64 {
    let half = 1_u128 << 127;
    let (whole, rest) = match bits {
        129.. => return 0,
        128 => (0, number),
        _ => (number >> bits, number << (128 - bits)),
    };
    let up = rest > half || (rest == half && whole & 1 == 1);
    whole as u64 + u64::from(up)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_come_back() {
        let subnormals = (0..52).map(|i| 1_u64 << i);
        let others = [0, 1 << 63, 3, 0x000f_ffff_ffff_ffff, 0x0010_0000_0000_0000, 0x7fef_ffff_ffff_ffff];
        let more =
            [0x3ff0_0000_0000_0001, 0x7ff0_0000_0000_0000, 0xfff0_0000_0000_0000, 0x7ff8_0000_0000_0001];
        for bits in subnormals.chain(others).chain(more).chain([0xfff8_0000_0000_0000, 0x7ff0_0000_0000_0001])
        {
            for format in [Format::X87, Format::Quad] {
                let there = format.from_f64(f64::from_bits(bits));
                assert_eq!(format.to_f64(there).to_bits(), bits, "{format:?} {bits:x} {there:x?}");
            }
        }
    }

    #[test]
    fn what_is_between_two_doubles_is_rounded() {
        // 1 + 2^-53 lies between 1 and the next double.
        let quad = |fraction: u128| (0x3fff_u128 << 112 | fraction).to_le_bytes();
        for (fraction, wanted) in [(1_u128 << 59, 0), ((1 << 59) + 1, 1), (3 << 59, 2), ((3 << 59) - 1, 1)] {
            assert_eq!(Format::Quad.to_f64(quad(fraction)).to_bits() - 1_f64.to_bits(), wanted);
        }
        let x87 =
            |head: u128, significand: u128| Format::X87.to_f64((head << 64 | significand).to_le_bytes());
        assert_eq!(x87(0x3fff, (1 << 63) + (1 << 10)), 1.);
        assert_eq!(x87(0x3fff, u64::MAX.into()), 2.);
        assert_eq!(x87(0x43fe, u64::MAX.into()), f64::INFINITY);
        assert_eq!(x87(0xc3ff, 1 << 63), f64::NEG_INFINITY);
        // Half of the least double, and a little more.
        assert_eq!(x87(0x3fff - 1075, 1 << 63), 0.);
        assert_eq!(x87(0x3fff - 1075, (1 << 63) + 1), f64::from_bits(1));
        assert_eq!(x87(0x3fff - 1076, u64::MAX.into()), 0.);
        assert!(x87(0x3fff, 1).is_nan() && x87(0x7fff, (1 << 63) + 1).is_nan());
        assert_eq!(x87(0x8000, 5).to_bits(), 1 << 63);
    }
}
