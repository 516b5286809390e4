//! q functions of every rank, made of one function of Rust: tests hand them to C and look at what they are called with.

use kapi::{K, Obj, dynload};

/// What all functions of a test do.
pub trait Body {
    /// Takes the arguments, which q lends, and returns a reference of its own, or null for `::`.
    fn apply(args: &[K]) -> K;
}

macro_rules! functions_by_rank {
    ($($name:ident: $($arg:ident)+),+) => {
        $(extern "C" fn $name<B: Body>($($arg: K),+) -> K {
            B::apply(&[$($arg),+])
        })+

        /// The highest rank.
        pub const MAX: usize = [$(stringify!($name)),+].len();

        /// Functions of rank 1, 2 and so on.
        fn by_rank<B: Body>() -> [*const (); MAX] {
            [$($name::<B> as *const ()),+]
        }
    };
}

functions_by_rank!(
    f1: a, f2: a b, f3: a b c, f4: a b c d, f5: a b c d e, f6: a b c d e f, f7: a b c d e f g, f8: a b c d e f g h
);

/// The q function that a callback of so many parameters applies: over 8 come as one list, none as `::`.
pub fn function<B: Body>(params: usize) -> Obj {
    let rank = if params > MAX { 1 } else { params.max(1) };
    // SAFETY: these are functions of as many K, which return a K of their own.
    unsafe { dynload::function(by_rank::<B>()[rank - 1].cast_mut().cast(), rank as i64) }
        .expect("a rank from 1 to 8")
}
