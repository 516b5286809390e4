//! Random C types, values of them in C and in q, and what is hashed of them.

use crate::support::random::Random;

/// A number: its C type, the suffix of its q type, bits and whether it has a sign.
#[derive(Clone, Copy)]
pub struct Scalar {
    pub c: &'static str,
    /// The q type of a result.
    suffix: char,
    bits: u32,
    signed: bool,
}

const fn scalar(c: &'static str, suffix: char, bits: u32, signed: bool) -> Scalar {
    Scalar { c, suffix, bits, signed }
}

/// All but floating ones have their letter of q's own where they are results; `float` and `double` have 0 bits.
pub const SCALARS: &[Scalar] = &[
    scalar("_Bool", 'b', 1, false),
    scalar("char", 'c', 7, false),
    scalar("signed char", 'h', 8, true),
    scalar("uint8_t", 'x', 8, false),
    scalar("short", 'h', 16, true),
    scalar("uint16_t", 'i', 16, false),
    scalar("int", 'i', 32, true),
    scalar("unsigned", 'j', 32, false),
    scalar("long", 'j', 64, true),
    scalar("uint64_t", 'j', 64, true),
    scalar("float", 'e', 0, true),
    scalar("double", 'f', 0, true),
];

/// The values of the only enum; its names are `E0` and so on.
pub const ENUM: &[i64] = &[0, 3, -7, 1000];

/// A type by value.
#[derive(Clone)]
pub enum Type {
    Scalar(Scalar),
    Enum,
    /// A struct by its number.
    Struct(usize),
}

/// A field: its type, and the number of elements of an array.
pub struct Field {
    pub ty: Type,
    pub count: Option<usize>,
}

/// Structs that hold no others: the first.
pub const FLAT: usize = 4;

/// All structs.
pub struct Structs(pub Vec<Vec<Field>>);

/// A value of a type: of a number its leaf, of a struct those of its fields.
#[derive(Clone)]
pub enum Value {
    Integer(i64),
    Float(f64),
    /// A value of the enum, by its place.
    Named(usize),
    List(Vec<Value>),
}

impl Structs {
    /// Structs of numbers, enums and arrays of these; later ones hold earlier ones too.
    pub fn random(random: &mut Random, count: usize) -> Self {
        let mut all = Self(Vec::new());
        for number in 0..count {
            let fields = (0..1 + random.below(5)).map(|_| {
                let nested = number >= FLAT && random.below(4) == 0;
                let ty = if nested { Type::Struct(random.below(FLAT)) } else { leaf(random) };
                Field { ty, count: (random.below(4) == 0).then(|| 1 + random.below(4)) }
            });
            let fields = fields.collect();
            all.0.push(fields);
        }
        all
    }

    /// Their declarations.
    pub fn c(&self) -> String {
        let mut text = String::from("enum E {");
        ENUM.iter().enumerate().for_each(|(i, value)| text += &format!("E{i} = {value},"));
        text += "};\n";
        for (number, fields) in self.0.iter().enumerate() {
            text += &format!("struct S{number} {{");
            for (i, field) in fields.iter().enumerate() {
                let count = field.count.map_or(String::new(), |n| format!("[{n}]"));
                text += &format!("{} f{i}{count};", field.ty.c());
            }
            text += "};\n";
        }
        text
    }

    pub fn value(&self, random: &mut Random, ty: &Type) -> Value {
        match ty {
            Type::Scalar(scalar) => scalar.value(random),
            Type::Enum => Value::Named(random.below(ENUM.len())),
            Type::Struct(number) => {
                let field = |field: &Field| match field.count {
                    None => self.value(random, &field.ty),
                    Some(n) => Value::List((0..n).map(|_| self.value(random, &field.ty)).collect()),
                };
                Value::List(self.0[*number].iter().map(field).collect())
            }
        }
    }

    /// A value in C: an expression, or an initializer in braces.
    pub fn c_value(&self, value: &Value) -> String {
        match value {
            Value::Integer(i64::MIN) => "INT64_MIN".into(),
            Value::Integer(n) => format!("{n}LL"),
            Value::Float(x) => format!("{x:?}"),
            Value::Named(i) => format!("E{i}"),
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(|item| self.c_value(item)).collect();
                format!("{{{}}}", items.join(", "))
            }
        }
    }

    /// A value in q, as C gives it.
    pub fn q_value(&self, ty: &Type, value: &Value) -> String {
        match (ty, value) {
            (Type::Scalar(scalar), value) => scalar.q(value),
            (Type::Enum, value) => format!("{}i", value.integer()),
            (Type::Struct(number), Value::List(items)) => {
                let fields = &self.0[*number];
                let values = fields.iter().zip(items).map(|(field, value)| self.q_field(field, value));
                dictionary((0..fields.len()).zip(values).collect())
            }
            _ => unreachable!("a value of the type"),
        }
    }

    fn q_field(&self, field: &Field, value: &Value) -> String {
        match (field.count, value) {
            (Some(_), Value::List(items)) => {
                list(items.iter().map(|item| self.q_value(&field.ty, item)).collect())
            }
            _ => self.q_value(&field.ty, value),
        }
    }

    /// A value in q, as q may give it to C: fields in any order, enums by name, numbers of other types.
    pub fn q_given(&self, random: &mut Random, ty: &Type, value: &Value) -> String {
        match (ty, value) {
            (Type::Scalar(scalar), value) => scalar.q_given(random, value),
            (Type::Enum, Value::Named(i)) if random.below(2) == 0 => format!("`E{i}"),
            (Type::Enum, value) => format!("{}i", value.integer()),
            (Type::Struct(number), Value::List(items)) => {
                let mut fields: Vec<(usize, String)> = self.0[*number]
                    .iter()
                    .zip(items)
                    .map(|(field, value)| match (field.count, value) {
                        (Some(_), Value::List(items)) => {
                            list(items.iter().map(|item| self.q_given(random, &field.ty, item)).collect())
                        }
                        _ => self.q_given(random, &field.ty, value),
                    })
                    .enumerate()
                    .collect();
                if random.below(4) == 0 {
                    return list(fields.into_iter().map(|(_, text)| text).collect());
                }
                for i in (1..fields.len()).rev() {
                    fields.swap(i, random.below(i + 1));
                }
                dictionary(fields)
            }
            _ => unreachable!("a value of the type"),
        }
    }

    /// C statements that hash what lies at a place.
    pub fn c_hash(&self, ty: &Type, place: &str) -> String {
        match ty {
            Type::Scalar(scalar) if scalar.bits == 0 => format!("mixd({place});"),
            Type::Scalar(_) | Type::Enum => format!("mix((int64_t){place});"),
            Type::Struct(number) => {
                let fields = self.0[*number].iter().enumerate();
                let each = |(i, field): (usize, &Field)| match field.count {
                    None => self.c_hash(&field.ty, &format!("{place}.f{i}")),
                    Some(n) => {
                        (0..n).map(|j| self.c_hash(&field.ty, &format!("{place}.f{i}[{j}]"))).collect()
                    }
                };
                fields.map(each).collect()
            }
        }
    }
}

pub fn leaf(random: &mut Random) -> Type {
    if random.below(8) == 0 { Type::Enum } else { Type::Scalar(*random.pick(SCALARS)) }
}

fn dictionary(fields: Vec<(usize, String)>) -> String {
    let names: String = fields.iter().map(|(i, _)| format!("`f{i}")).collect();
    let values = list(fields.iter().map(|(_, value)| value.clone()).collect());
    if fields.len() == 1 { format!("((enlist {names})!{values})") } else { format!("({names}!{values})") }
}

/// A list in q.
pub fn list(items: Vec<String>) -> String {
    match &items[..] {
        [one] => format!("(enlist {one})"),
        many => format!("({})", many.join(";")),
    }
}

impl Type {
    pub fn c(&self) -> String {
        match self {
            Type::Scalar(scalar) => scalar.c.into(),
            Type::Enum => "enum E".into(),
            Type::Struct(number) => format!("struct S{number}"),
        }
    }
}

impl Scalar {
    pub fn is_number(&self) -> bool {
        !matches!(self.suffix, 'b' | 'c' | 'x')
    }

    /// A vector of its own type or of another one.
    pub fn vector(&self, random: &mut Random, values: &[Value]) -> String {
        let suffix = match (self.bits, random.below(3)) {
            (0, n) => ["e", "f", "f"][n].into(),
            (_, 0) => String::new(),
            _ => self.suffix.to_string(),
        };
        let number = |value: &Value| match value {
            Value::Float(x) => format!("({x}{suffix})"),
            value => format!("({}{suffix})", value.integer()),
        };
        list(values.iter().map(number).collect())
    }

    fn value(&self, random: &mut Random) -> Value {
        match (self.bits, self.signed) {
            // Quarters, which a float has too.
            (0, _) => Value::Float(random.below(1 << 20) as f64 / 4.0 - 100_000.0),
            (64, _) => Value::Integer((random.bits() as i64).clamp(i64::MIN + 2, i64::MAX - 1)),
            (bits, true) => {
                let limit = (1_i64 << (bits - 1)) - 2;
                Value::Integer((random.bits() as i64).rem_euclid(2 * limit + 1) - limit)
            }
            (bits, false) => Value::Integer((random.bits() & ((1 << bits) - 1)) as i64),
        }
    }

    fn q(&self, value: &Value) -> String {
        match (self.suffix, value) {
            ('b', value) => format!("{}b", value.integer()),
            ('c', value) => format!("(\"c\"${})", value.integer()),
            ('x', value) => format!("0x{:02x}", value.integer()),
            (suffix, Value::Float(x)) => format!("({x}{suffix})"),
            (suffix, value) => format!("({}{suffix})", value.integer()),
        }
    }

    fn q_given(&self, random: &mut Random, value: &Value) -> String {
        match value {
            Value::Integer(n) if self.is_number() && random.below(2) == 0 => format!("({n})"),
            Value::Float(x) if random.below(2) == 0 => format!("({x}{})", random.pick(&['e', 'f'])),
            // Quarters that are whole.
            Value::Float(x) if x.fract() == 0.0 && random.below(2) == 0 => format!("({x})"),
            _ => self.q(value),
        }
    }
}

impl Value {
    fn integer(&self) -> i64 {
        match self {
            Value::Integer(n) => *n,
            Value::Named(i) => ENUM[*i],
            _ => unreachable!("no integer"),
        }
    }

    /// Hashes it as C does.
    pub fn hash(&self, seen: &mut u64) {
        match self {
            Value::Float(x) => mix(seen, x.to_bits()),
            Value::List(items) => items.iter().for_each(|item| item.hash(seen)),
            _ => mix(seen, self.integer() as u64),
        }
    }
}

/// What C hashes with.
pub const PREAMBLE: &str = "#include <stdint.h>\n#include <string.h>\nuint64_t seen;\n\
    static void mix(uint64_t v) { seen = (seen ^ v) * 0x100000001b3ULL; seen ^= seen >> 29; }\n\
    static void mixd(double d) { uint64_t v; memcpy(&v, &d, 8); mix(v); }\n\
    #define _Out_\n#define _Inout_\n";

fn mix(seen: &mut u64, v: u64) {
    *seen = (*seen ^ v).wrapping_mul(0x100_0000_01b3);
    *seen ^= *seen >> 29;
}
