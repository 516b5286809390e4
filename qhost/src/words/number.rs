//! The arithmetic of the four types results are computed in. A null on either side makes a null.

use super::convert::Number;
use kapi::object::Null;

/// The arithmetic of a type results are computed in.
pub trait Arithmetic: Number + Null {
    /// The sum of nothing.
    const ZERO: Self;
    /// The product of nothing.
    const ONE: Self;
    /// `self + y`; integers wrap.
    fn add(self, y: Self) -> Self;
    /// `self - y`; integers wrap.
    fn sub(self, y: Self) -> Self;
    /// `self * y`; integers wrap.
    fn mul(self, y: Self) -> Self;
    /// The quotient rounded down.
    fn quotient(self, y: Self) -> Self;
    /// What is left of `self` after the largest multiple of `y` below.
    fn remainder(self, y: Self) -> Self;
}

macro_rules! integer_arithmetic {
    ($($t:ty)*) => {$(
        impl Arithmetic for $t {
            const ZERO: Self = 0 as $t;
            const ONE: Self = 1 as $t;

            #[inline]
            fn add(self, y: Self) -> Self {
                if self.is_null() || y.is_null() { Self::NULL } else { self.wrapping_add(y) }
            }

            #[inline]
            fn sub(self, y: Self) -> Self {
                if self.is_null() || y.is_null() { Self::NULL } else { self.wrapping_sub(y) }
            }

            #[inline]
            fn mul(self, y: Self) -> Self {
                if self.is_null() || y.is_null() { Self::NULL } else { self.wrapping_mul(y) }
            }

            #[inline]
            fn quotient(self, y: Self) -> Self {
                if self.is_null() || y.is_null() || y == 0 {
                    return Self::NULL;
                }
                let (quotient, rest) = (self.wrapping_div(y), self.wrapping_rem(y));
                if rest != 0 && (rest < 0) != (y < 0) { quotient - 1 } else { quotient }
            }

            #[inline]
            fn remainder(self, y: Self) -> Self {
                if self.is_null() || y.is_null() || y == 0 {
                    return Self::NULL;
                }
                let rest = self.wrapping_rem(y);
                if rest != 0 && (rest < 0) != (y < 0) { rest + y } else { rest }
            }
        }
    )*};
}

integer_arithmetic!(i32 i64);

macro_rules! float_arithmetic {
    ($($t:ty)*) => {$(
        impl Arithmetic for $t {
            const ZERO: Self = 0 as $t;
            const ONE: Self = 1 as $t;

            #[inline]
            fn add(self, y: Self) -> Self {
                self + y
            }

            #[inline]
            fn sub(self, y: Self) -> Self {
                self - y
            }

            #[inline]
            fn mul(self, y: Self) -> Self {
                self * y
            }

            #[inline]
            fn quotient(self, y: Self) -> Self {
                (self / y).floor()
            }

            #[inline]
            fn remainder(self, y: Self) -> Self {
                self - y * (self / y).floor()
            }
        }
    )*};
}

float_arithmetic!(f32 f64);

/// Evaluates an expression with a name for the type in which results with a tag are computed.
macro_rules! in_result_type {
    ($result:expr, $t:ident => $body:expr) => {{
        use kapi::object::tag;
        match $result {
            tag::KJ | tag::KP | tag::KN => {
                type $t = i64;
                $body
            }
            tag::KE => {
                type $t = f32;
                $body
            }
            tag::KF | tag::KZ => {
                type $t = f64;
                $body
            }
            _ => {
                type $t = i32;
                $body
            }
        }
    }};
}
pub(super) use in_result_type;
