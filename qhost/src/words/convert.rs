//! Conversions between the number types elements are stored as: nulls stay nulls, what does not fit becomes an
//! infinity.

use kapi::object::{Elem, Null, Obj, tag};

/// A number as it comes out of an element, wide enough for all of them.
#[derive(Clone, Copy, Debug)]
pub enum Wide {
    /// An integer of any width, null as `i64::MIN`.
    Int(i64),
    /// A float, null as NaN.
    Float(f64),
}

/// A type numbers are stored as.
pub trait Number: Elem + Copy {
    /// Widens without loss; the null stays null.
    fn wide(self) -> Wide;
    /// Narrows: nulls stay nulls, floats are rounded, what does not fit becomes an infinity (bytes wrap).
    fn narrow(wide: Wide) -> Self;
}

macro_rules! integer {
    ($($t:ty)*) => {$(
        impl Number for $t {
            #[inline]
            fn wide(self) -> Wide {
                Wide::Int(if self.is_null() { i64::NULL } else { i64::from(self) })
            }

            #[inline]
            fn narrow(wide: Wide) -> Self {
                match wide {
                    Wide::Int(i64::NULL) => <$t>::NULL,
                    Wide::Int(n) => n.clamp(-i64::from(<$t>::INF), i64::from(<$t>::INF)) as $t,
                    Wide::Float(f) if f.is_nan() => <$t>::NULL,
                    Wide::Float(f) => Self::narrow(Wide::Int((f.round() as i64).max(-i64::INF))),
                }
            }
        }
    )*};
}

integer!(i16 i32 i64);

impl Number for u8 {
    #[inline]
    fn wide(self) -> Wide {
        Wide::Int(i64::from(self))
    }

    #[inline]
    fn narrow(wide: Wide) -> Self {
        match wide {
            Wide::Int(n) => n as u8,
            Wide::Float(f) => f.round() as i64 as u8,
        }
    }
}

macro_rules! float {
    ($($t:ty)*) => {$(
        impl Number for $t {
            #[inline]
            fn wide(self) -> Wide {
                Wide::Float(f64::from(self))
            }

            #[inline]
            fn narrow(wide: Wide) -> Self {
                match wide {
                    Wide::Int(i64::NULL) => <$t>::NULL,
                    Wide::Int(n) => n as $t,
                    Wide::Float(f) => f as $t,
                }
            }
        }
    )*};
}

float!(f32 f64);

/// The same expression as `by_simple`, for numeric and temporal tags only (not symbols or guids).
macro_rules! by_number {
    ($tag:expr, $t:ident => $body:expr) => {{
        use kapi::object::tag;
        match ($tag).unsigned_abs() as i8 {
            tag::KB | tag::KG | tag::KC => $crate::words::convert::by_number!(@ u8, $t, $body),
            tag::KH => $crate::words::convert::by_number!(@ i16, $t, $body),
            tag::KJ | tag::KP | tag::KN => $crate::words::convert::by_number!(@ i64, $t, $body),
            tag::KE => $crate::words::convert::by_number!(@ f32, $t, $body),
            tag::KF | tag::KZ => $crate::words::convert::by_number!(@ f64, $t, $body),
            _ => $crate::words::convert::by_number!(@ i32, $t, $body),
        }
    }};
    (@ $real:ty, $t:ident, $body:expr) => {{
        type $t = $real;
        $body
    }};
}
pub(crate) use by_number;

/// Is this the tag of an atom or vector of numbers, chars or times?
pub fn is_number(t: i8) -> bool {
    !matches!(t.unsigned_abs() as i8, tag::KS | tag::UU) && is_simple(t)
}

/// Is this the tag of floats, reals or datetimes?
pub fn has_fraction(t: i8) -> bool {
    matches!(t.unsigned_abs() as i8, tag::KE | tag::KF | tag::KZ)
}

/// Is this the tag of an atom or of a simple vector?
pub fn is_simple(t: i8) -> bool {
    t != tag::LIST && (-tag::KT..=tag::KT).contains(&t)
}

/// The elements of an atom or vector, as numbers of one type.
pub enum Lanes<'a, T> {
    /// An atom's.
    Atom(T),
    /// A vector that holds this type.
    Slice(&'a [T]),
    /// A vector converted.
    Owned(Vec<T>),
}

impl<'a, T: Elem + Copy> Lanes<'a, T> {
    /// The elements of an atom or vector that holds this type.
    #[inline]
    pub fn same(x: &'a Obj) -> Lanes<'a, T> {
        if x.is_atom() { Lanes::Atom(x.get()) } else { Lanes::Slice(x.slice()) }
    }

    /// The vector, or a row of one for an atom.
    pub fn as_slice(&self) -> &[T] {
        match self {
            Lanes::Atom(one) => std::slice::from_ref(one),
            Lanes::Slice(s) => s,
            Lanes::Owned(v) => v,
        }
    }

    fn atom(&self) -> Option<T> {
        if let Lanes::Atom(one) = self { Some(*one) } else { None }
    }
}

impl<'a, T: Number> Lanes<'a, T> {
    /// The elements of a number or time (see [`is_number`]), each changed by `f` on the way if it is not of
    /// this type already.
    #[inline]
    pub fn of(x: &'a Obj) -> Lanes<'a, T> {
        if T::fits(x.tag()) { Lanes::same(x) } else { Lanes::mapped(x, |wide| wide) }
    }

    /// The elements after a change.
    pub fn mapped(x: &'a Obj, f: impl Fn(Wide) -> Wide) -> Lanes<'a, T> {
        by_number!(x.tag(), S => if x.is_atom() {
            Lanes::Atom(T::narrow(f(x.get::<S>().wide())))
        } else {
            Lanes::Owned(x.slice::<S>().iter().map(|e| T::narrow(f(e.wide()))).collect())
        })
    }
}

/// Combines elements pairwise; an atom goes with every element of the other side. Lengths were checked.
/// `tag` is the vector tag of the result.
#[inline]
pub fn zip<T: Elem + Copy, U: Elem + Copy>(
    tag: i8,
    x: &Lanes<T>,
    y: &Lanes<T>,
    f: impl Fn(T, T) -> U,
) -> Obj {
    match (x.atom(), y.atom()) {
        (Some(a), Some(b)) => Obj::atom(-tag, f(a, b)),
        (Some(a), None) => map_slice(tag, y.as_slice(), |b| f(a, b)),
        (None, Some(b)) => map_slice(tag, x.as_slice(), |a| f(a, b)),
        (None, None) => {
            let (a, b) = (x.as_slice(), y.as_slice());
            fill(tag, a.len().min(b.len()), |out: &mut [U]| {
                out.iter_mut().zip(a.iter().zip(b)).for_each(|(out, (a, b))| *out = f(*a, *b));
            })
        }
    }
}

/// Maps the elements of an atom or vector.
#[inline]
pub fn map<T: Elem + Copy, U: Elem + Copy>(tag: i8, x: &Lanes<T>, f: impl Fn(T) -> U) -> Obj {
    match x.atom() {
        Some(a) => Obj::atom(-tag, f(a)),
        None => map_slice(tag, x.as_slice(), f),
    }
}

/// A vector of the mapped elements.
#[inline]
pub fn map_slice<T: Copy, U: Elem + Copy>(tag: i8, x: &[T], f: impl Fn(T) -> U) -> Obj {
    fill(tag, x.len(), |out: &mut [U]| {
        out.iter_mut().zip(x).for_each(|(out, a)| *out = f(*a));
    })
}

/// A vector of `n` elements that `write` fills; plain data only.
#[inline]
pub fn fill<U: Elem + Copy>(tag: i8, n: usize, write: impl FnOnce(&mut [U])) -> Obj {
    let mut vector = Obj::zeroed(tag, n);
    write(vector.slice_mut::<U>());
    vector
}

/// Element `i` of a simple vector, or the payload of an atom.
#[inline]
pub fn element<T: Elem + Copy>(x: &Obj, i: usize) -> T {
    if x.is_atom() { x.get() } else { x.slice::<T>()[i] }
}

/// Is element `i` of a simple vector (or the atom) null? Booleans and bytes never are.
pub fn is_null_at(x: &Obj, i: usize) -> bool {
    match x.tag().unsigned_abs() as i8 {
        tag::KB | tag::KG => false,
        tag::KC => element::<u8>(x, i) == b' ',
        tag::KS => element::<kapi::Symbol>(x, i).is_empty(),
        tag::UU => element::<[u8; 16]>(x, i) == [0; 16],
        t => by_number!(t, T => match element::<T>(x, i).wide() {
            Wide::Int(n) => n == i64::NULL,
            Wide::Float(f) => f.is_nan(),
        }),
    }
}

/// The number in an integer atom (boolean, byte, short, int, long), `None` otherwise; nulls are `i64::MIN`.
pub fn integer(x: &Obj) -> Option<i64> {
    match -x.tag() {
        t @ (tag::KB | tag::KG | tag::KH | tag::KI | tag::KJ) => {
            match by_number!(t, T => x.get::<T>().wide()) {
                Wide::Int(n) => Some(n),
                Wide::Float(_) => None,
            }
        }
        _ => None,
    }
}

/// The elements of an integer atom or vector as longs, `None` otherwise.
pub fn integers(x: &Obj) -> Option<Lanes<'_, i64>> {
    matches!(x.tag().unsigned_abs() as i8, tag::KB | tag::KG | tag::KH | tag::KI | tag::KJ)
        .then(|| Lanes::of(x))
}

/// A whole number as an index, if it is one; out of any list when negative or null.
pub fn whole(i: &Obj) -> Option<usize> {
    integer(i).map(position_of)
}

/// The whole numbers of a simple vector, likewise.
pub fn wholes(i: &Obj) -> Option<Vec<usize>> {
    let numbers = integers(i).filter(|_| i.is_list())?;
    Some(numbers.as_slice().iter().map(|&n| position_of(n)).collect())
}

fn position_of(n: i64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}
