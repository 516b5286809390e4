//! The table of workloads: C functions with their types, the arguments they are called with, and the answers.

use kapi::K;

use super::host::{Api, tag};

/// A q value.
#[derive(Debug, Clone, Copy)]
pub enum Value {
    Byte(u8),
    Short(i16),
    Int(i32),
    Long(i64),
    Real(f32),
    Float(f64),
    Symbol(&'static str),
    Floats(&'static [f64]),
    /// A general list.
    List(&'static [Value]),
}

/// One workload: a C function of benches/c/callees.c, which the glue in C refers to by the same name.
pub struct Row {
    pub name: &'static str,
    pub args: &'static str,
    pub ret: &'static str,
    pub values: &'static [Value],
    pub answer: Value,
    /// Whether the function is bound by its address.
    pub by_address: bool,
}

use Value::{Byte, Float, Floats, Int, List, Long, Real, Short, Symbol};

/// All calls that are measured.
pub const ROWS: &[Row] = &[
    row("f", "f", "f", &[Float(1.0)], Float(2.0)),
    row("ff", "ff", "f", &[Float(1.0), Float(2.0)], Float(3.0)),
    row("jj", "jj", "j", &[Long(1), Long(2)], Long(3)),
    row("ii", "ii", "i", &[Int(1), Int(2)], Int(3)),
    row("fff", "fff", "f", &[Float(1.0); 3], Float(3.0)),
    row("ffff", "ffff", "f", &[Float(1.0); 4], Float(4.0)),
    row("ffffff", "ffffff", "f", &[Float(1.0); 6], Float(6.0)),
    row(
        "mixed",
        "ifjehfxj",
        "f",
        &[Int(1), Float(2.0), Long(3), Real(4.0), Short(5), Float(6.0), Byte(7), Long(8)],
        Float(36.0),
    ),
    row("vector", "Fj", "f", &[Floats(&[1.5; 100]), Long(100)], Float(3.0)),
    row("text", "s", "j", &[Symbol("hello")], Long(b'h' as i64)),
    row("ww", "ww", "w", &[Long(1), Long(2)], Long(3)),
    row("outs", "f&i&f", "i", &[Float(6.0)], List(&[Int(1), Int(6), Float(3.0)])),
    Row { by_address: true, ..row("ff", "ff", "f", &[Float(1.0), Float(2.0)], Float(3.0)) },
];

const fn row(
    name: &'static str,
    args: &'static str,
    ret: &'static str,
    values: &'static [Value],
    answer: Value,
) -> Row {
    Row { name, args, ret, values, answer, by_address: false }
}

impl Row {
    /// The C prototype in q's letters.
    pub fn label(&self) -> String {
        let ret = if self.ret == " " { "void" } else { self.ret };
        let how = if self.by_address { ", by address" } else { "" };
        format!("{} -> {ret}{how}", self.args)
    }
}

impl Value {
    /// The type tag of an atom of this type, or of the vector.
    pub fn tag(self) -> i8 {
        match self {
            Byte(_) => -tag::BYTE,
            Short(_) => -tag::SHORT,
            Int(_) => -tag::INT,
            Long(_) => -tag::LONG,
            Real(_) => -tag::REAL,
            Float(_) => -tag::FLOAT,
            Symbol(_) => -tag::SYMBOL,
            Floats(_) => tag::FLOAT,
            List(_) => 0,
        }
    }

    /// A new object of this value.
    pub fn object(self, k: &Api) -> K {
        match self {
            Floats(x) => k.vector(self.tag(), x),
            _ => k.atom(self.tag(), self.bits(k)),
        }
    }

    /// Whether an object is an atom of this value.
    pub fn is(self, x: K, k: &Api) -> bool {
        if let List(values) = self {
            let items = Api::data::<[K; 3]>(x);
            return Api::tag(x) == 0
                && values.len() == 3
                && values.iter().zip(items).all(|(v, x)| v.is(x, k));
        }
        let unused = 64 - 8 * self.size();
        Api::tag(x) == self.tag() && (Api::payload::<u64>(x) ^ self.bits(k)) << unused == 0
    }

    /// An atom's payload, zero-extended.
    fn bits(self, k: &Api) -> u64 {
        match self {
            Byte(x) => x.into(),
            Short(x) => (x as u16).into(),
            Int(x) => (x as u32).into(),
            Long(x) => x as u64,
            Real(x) => x.to_bits().into(),
            Float(x) => x.to_bits(),
            Symbol(x) => k.intern(x) as u64,
            Floats(_) | List(_) => unreachable!("a vector has no payload"),
        }
    }

    fn size(self) -> u32 {
        match self {
            Byte(_) => 1,
            Short(_) => 2,
            Int(_) | Real(_) => 4,
            Long(_) | Float(_) | Symbol(_) | Floats(_) | List(_) => 8,
        }
    }
}

/// The list that q makes of these: a vector where they are atoms of one type.
pub fn collapsed(k: &Api, values: &[Value]) -> K {
    let t = values[0].tag();
    let alike = t < 0 && values.iter().all(|v| v.tag() == t);
    let words = values.iter().map(|v| v.bits(k));
    match values[0].size() {
        _ if !alike => k.list(&k.objects(values)),
        1 => k.vector(-t, &words.map(|w| w as u8).collect::<Vec<_>>()),
        2 => k.vector(-t, &words.map(|w| w as u16).collect::<Vec<_>>()),
        4 => k.vector(-t, &words.map(|w| w as u32).collect::<Vec<_>>()),
        _ => k.vector(-t, &words.collect::<Vec<_>>()),
    }
}
