//! The table of type characters as users are promised it, written independently of the library's own.

use kapi::Obj;
use kapi::tag::*;

use super::random::Random;
use super::values;

/// One type character of a scalar.
pub struct Row {
    /// The character.
    pub letter: char,
    /// Tags of the atoms that are passed as they are; the first is what a result becomes.
    pub exact: &'static [i8],
    /// Tags of the atoms that convert.
    pub converts: &'static [i8],
    /// How C's type is extended.
    pub c: C,
    /// Tag of the vectors whose data is an array of C's type.
    pub array: i8,
}

/// What kind of number the C type is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum C {
    /// Integer of these bytes, zero-extended when widened.
    Unsigned(u32),
    /// Integer of these bytes, sign-extended when widened.
    Signed(u32),
    /// `float` or `double`.
    Float,
}

impl Row {
    const fn new(letter: char, c: C, exact: &'static [i8], converts: &'static [i8]) -> Self {
        let array = match (exact[0], c) {
            (KH, C::Signed(1)) => KG,
            (KI, C::Unsigned(2)) => KH,
            (KJ, C::Unsigned(4)) => KI,
            _ => exact[0],
        };
        Self { letter, exact, converts, c, array }
    }

    /// The character as the type of a parameter or result.
    pub fn text(&self) -> String {
        self.letter.into()
    }

    /// The C type's name.
    pub fn c_type(&self) -> String {
        match (self.letter, self.c) {
            ('b', _) => "bool".into(),
            ('c', _) => "char".into(),
            ('e', _) => "float".into(),
            (_, C::Float) => "double".into(),
            (_, C::Unsigned(bytes)) => format!("uint{}_t", 8 * bytes),
            (_, C::Signed(bytes)) => format!("int{}_t", 8 * bytes),
        }
    }

    /// The name of a callee for this type.
    pub fn callee(&self, family: &str) -> String {
        format!("{family}_{}", self.letter)
    }

    /// Whether an argument is narrower than a register.
    pub fn is_narrow(&self) -> bool {
        matches!(self.c, C::Unsigned(n) | C::Signed(n) if n < 8)
    }

    /// Whether q holds the values wider than C.
    pub fn is_held_wider(&self) -> bool {
        self.array != self.exact[0]
    }

    /// Atoms of a tag that this type takes as they are, whose value C has too.
    pub fn extremes(&self, t: i8) -> Vec<Obj> {
        if !self.is_held_wider() {
            return values::extremes(t);
        }
        let mut all =
            vec![0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, u64::MAX];
        all.retain(|&bits| values::tag_width(t) >= 4 || bits < 0x8000 || bits == u64::MAX);
        let held = all.into_iter().map(|bits| self.widened(bits) as u64);
        held.map(|bits| values::atom(-t, bits)).collect()
    }

    /// A random one.
    pub fn random(&self, random: &mut Random, t: i8) -> Obj {
        match self.is_held_wider() {
            true => values::atom(-t, self.widened(random.bits()) as u64),
            false => values::random_atom(random, t),
        }
    }

    /// What C sees when it widens the value with these bits to 64 bits.
    pub fn widened(&self, bits: u64) -> i64 {
        let shift = |bytes: u32| 64 - 8 * bytes;
        match self.c {
            C::Unsigned(n) => (bits << shift(n) >> shift(n)) as i64,
            C::Signed(n) => (bits << shift(n)) as i64 >> shift(n),
            C::Float => unreachable!("floats are not widened"),
        }
    }
}

/// `char` is signed on x86-64 and unsigned on Linux for AArch64.
const CHAR: C = if std::ffi::c_char::MIN == 0 { C::Unsigned(1) } else { C::Signed(1) };

/// The scalars.
#[rustfmt::skip]
pub const ROWS: [Row; 20] = [
    Row::new('b', C::Unsigned(1), &[KB],                     &[]),
    Row::new('x', C::Unsigned(1), &[KG],                     &[KB, KC]),
    Row::new('c', CHAR,           &[KC],                     &[KG]),
    Row::new('h', C::Signed(2),   &[KH],                     &[KB, KG, KI, KJ]),
    Row::new('i', C::Signed(4),   &[KI, KM, KD, KU, KV, KT], &[KB, KG, KH, KJ]),
    Row::new('m', C::Signed(4),   &[KM],                     &[KI]),
    Row::new('d', C::Signed(4),   &[KD],                     &[KI]),
    Row::new('u', C::Signed(4),   &[KU],                     &[KI]),
    Row::new('v', C::Signed(4),   &[KV],                     &[KI]),
    Row::new('t', C::Signed(4),   &[KT],                     &[KI]),
    Row::new('j', C::Signed(8),   &[KJ, KP, KN],             &[KB, KG, KH, KI]),
    Row::new('p', C::Signed(8),   &[KP],                     &[KJ]),
    Row::new('n', C::Signed(8),   &[KN],                     &[KJ]),
    Row::new('a', C::Signed(1),   &[KH],                     &[KB, KG, KI, KJ]),
    Row::new('y', C::Unsigned(2), &[KI],                     &[KB, KG, KH, KJ]),
    Row::new('w', C::Unsigned(4), &[KJ],                     &[KB, KG, KH, KI]),
    Row::new('l', C::Unsigned(8), &[KJ],                     &[KB, KG, KH, KI]),
    Row::new('e', C::Float,       &[KE],                     &[KF, KB, KG, KH, KI, KJ]),
    Row::new('f', C::Float,       &[KF, KZ],                 &[KE, KB, KG, KH, KI, KJ]),
    Row::new('z', C::Float,       &[KZ],                     &[KF]),
];
