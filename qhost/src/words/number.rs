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

macro_rules! arithmetic {
    ($($t:ty)*; |$x:ident, $y:ident| add: $add:expr, sub: $sub:expr, mul: $mul:expr,
        quotient: $quotient:expr, remainder: $remainder:expr $(,)?) => {$(
        impl Arithmetic for $t {
            const ZERO: Self = 0 as $t;
            const ONE: Self = 1 as $t;

            arithmetic!(@ add, $x, $y, $add);
            arithmetic!(@ sub, $x, $y, $sub);
            arithmetic!(@ mul, $x, $y, $mul);
            arithmetic!(@ quotient, $x, $y, $quotient);
            arithmetic!(@ remainder, $x, $y, $remainder);
        }
    )*};
    (@ $operation:ident, $x:ident, $y:ident, $value:expr) => {
        #[inline]
        fn $operation(self, $y: Self) -> Self {
            let $x = self;
            $value
        }
    };
}

arithmetic!(f32 f64; |x, y|
    add: x + y,
    sub: x - y,
    mul: x * y,
    quotient: (x / y).floor(),
    remainder: x - y * (x / y).floor(),
);

/// A null where either is one.
#[inline]
fn of_both<T: Null>(x: T, y: T, value: impl Fn(T, T) -> T) -> T {
    if x.is_null() || y.is_null() { T::NULL } else { value(x, y) }
}

arithmetic!(i32 i64; |x, y|
    add: of_both(x, y, Self::wrapping_add),
    sub: of_both(x, y, Self::wrapping_sub),
    mul: of_both(x, y, Self::wrapping_mul),
    quotient: of_both(x, y, |x, y| {
        if y == 0 {
            return Self::NULL;
        }
        let (quotient, rest) = (x.wrapping_div(y), x.wrapping_rem(y));
        if rest != 0 && (rest < 0) != (y < 0) { quotient - 1 } else { quotient }
    }),
    remainder: of_both(x, y, |x, y| match y {
        0 => Self::NULL,
        _ => x.wrapping_sub(y.wrapping_mul(x.quotient(y))),
    }),
);

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
