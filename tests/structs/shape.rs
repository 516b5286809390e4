//! Random struct types, packed ones and unions of numbers among them, and values for them, with what C sees of a value and what it becomes when C returns it.

use kapi::{Obj, Symbol};

use crate::support::contract::{C, ROWS, Row};
use crate::support::random::Random;
use crate::support::signatures::{Argument, Param};
use crate::support::values;

/// Struct types nest to this depth.
const DEPTH: usize = 3;

/// A struct or union type.
pub struct Shape {
    /// Its name in C.
    pub name: String,
    packed: bool,
    union: bool,
    fields: Vec<Field>,
}

struct Field {
    of: Type,
    count: Option<usize>,
}

/// A type of a field or parameter.
pub enum Type {
    /// One of the types that are not structs.
    Leaf(Param),
    /// A struct.
    Struct(Shape),
}

impl Shape {
    /// A random type; `name` is unique to it.
    pub fn random(random: &mut Random, name: &str) -> Self {
        let mut all = std::iter::repeat_with(|| Self::nested(random, name.into(), DEPTH));
        // libffi, which passes long doubles, knows no packed structs and no unions.
        let is_passed =
            |shape: &Self| !(shape.members().contains('o') && shape.members().contains(['!', '|']));
        all.find(is_passed).expect("most are")
    }

    fn nested(random: &mut Random, name: String, depth: usize) -> Self {
        let most = if random.below(8) == 0 { 12 } else { 5 };
        let count = 1 + random.below(most);
        let (packed, union) = (random.below(4) == 0, random.below(5) == 0);
        let field = |i| match union {
            true => Field { of: Type::Leaf(Param::Value(random.pick(&ROWS))), count: None },
            false => Field::random(random, format!("{name}_{i}"), depth),
        };
        let fields = (0..count).map(field).collect();
        Self { name, packed, union, fields }
    }

    /// Whether there is a union in it.
    pub fn has_union(&self) -> bool {
        self.all().iter().any(|shape| shape.union)
    }

    /// The types of its fields, as `.ffi.pack` takes them.
    pub fn members(&self) -> String {
        let text = |f: &Field| f.count.map_or(String::new(), |n| n.to_string()) + &f.of.text();
        let marks = [(self.packed, "!"), (self.union, "|")];
        let marks = marks.into_iter().filter(|&(is, _)| is).map(|(_, mark)| mark.to_string());
        marks.chain(self.fields.iter().map(text)).collect()
    }

    /// The typedefs of the struct and of those in it.
    pub fn typedef(&self) -> String {
        let inner: String = self.fields.iter().map(|f| f.of.typedef()).collect();
        let array = |f: &Field| f.count.map_or(String::new(), |n| format!("[{n}]"));
        let field = |(i, f): (usize, &Field)| format!("{} f{i}{}; ", f.of.stored(), array(f));
        let fields: String = self.fields.iter().enumerate().map(field).collect();
        let keyword = if self.union { "union" } else { "struct" };
        let packed = if self.packed { "__attribute__((packed)) " } else { "" };
        format!("{inner}typedef {keyword} {packed}{{ {fields}}} {};\n", self.name)
    }

    /// C's size and alignment of the struct and the offsets of its fields, as constant expressions.
    pub fn layout(&self) -> Vec<String> {
        let name = &self.name;
        let offsets = (0..self.fields.len()).map(|i| format!("offsetof({name}, f{i})"));
        [format!("sizeof({name})"), format!("_Alignof({name})")].into_iter().chain(offsets).collect()
    }

    /// All struct types in it, itself the last.
    pub fn all(&self) -> Vec<&Shape> {
        let inner = self.fields.iter().filter_map(|f| match &f.of {
            Type::Struct(shape) => Some(shape.all()),
            Type::Leaf(_) => None,
        });
        inner.flatten().chain([self]).collect()
    }

    /// The functions that mix a struct, and those in it, into a hash.
    pub fn hash_functions(&self) -> String {
        let inner: String = self.fields.iter().map(|f| f.of.hash_functions()).collect();
        let hash = |(i, f): (usize, &Field)| match f.count {
            None => f.of.c_hash(&format!("p->f{i}"), true),
            Some(n) => {
                let element = f.of.c_hash(&format!("p->f{i}[k]"), true);
                format!("for (int k = 0; k < {n}; k++) {{ {element} }}")
            }
        };
        let hashes = match self.union {
            true => "h = bytes(h, p, sizeof *p);".into(),
            false => self.fields.iter().enumerate().map(hash).collect::<String>(),
        };
        format!(
            "{inner}static uint64_t hash_{0}(uint64_t h, const {0} *p) {{ {hashes} return h; }}\n",
            self.name
        )
    }

    /// A random value: a list of the fields or the vector that they collapse to, at times a dictionary; for a union, the
    /// number of a member and its value.
    pub fn value(&self, random: &mut Random) -> Argument {
        if self.union {
            return self.one(random);
        }
        let values: Vec<Argument> = self.fields.iter().map(|f| f.value(random)).collect();
        let mut all = together(values);
        if random.below(6) == 0 {
            let names = (0..self.fields.len()).map(|i| Symbol::from(format!("f{i}").as_str()));
            all.given = Obj::dict(Obj::symbols(names), all.given);
        }
        all
    }
}

impl Shape {
    /// A value of one of a union's members, which all of them are read from.
    fn one(&self, random: &mut Random) -> Argument {
        let rows: Vec<&'static Row> = self.fields.iter().filter_map(Field::row).collect();
        let n = random.below(rows.len());
        let value = self.fields[n].value(random);
        let size = rows.iter().map(|row| size(row)).max().unwrap_or_default();
        let mut seen = value.seen;
        seen.truncate(self::size(rows[n]));
        seen.resize(size, 0);
        let number = if random.below(2) == 0 { Obj::long(n as i64) } else { Obj::int(n as i32) };
        let members = rows.iter().map(|row| read(row, &seen)).collect();
        Argument { given: Obj::from_items(vec![number, value.given]), seen, result: Obj::from_items(members) }
    }
}

/// Bytes of a number.
fn size(row: &Row) -> usize {
    match row.c {
        C::Unsigned(bytes) | C::Signed(bytes) => bytes as usize,
        C::Float if row.letter == 'e' => 4,
        C::Float => 8,
    }
}

/// What q gets of the number that these bytes begin with.
fn read(row: &Row, bytes: &[u8]) -> Obj {
    let mut word = [0; 8];
    word[..size(row)].copy_from_slice(&bytes[..size(row)]);
    let bits = u64::from_le_bytes(word);
    let bits = match row.c {
        C::Float => bits,
        _ if row.letter == 'b' => u64::from(bits != 0),
        _ => row.widened(bits) as u64,
    };
    values::atom(-row.exact[0], bits)
}

impl Field {
    fn row(&self) -> Option<&'static Row> {
        match self.of {
            Type::Leaf(Param::Value(row)) => Some(row),
            _ => None,
        }
    }

    fn random(random: &mut Random, name: String, depth: usize) -> Self {
        let is_struct = depth > 0 && random.below(5) == 0;
        let of = match is_struct {
            true => Type::Struct(Shape::nested(random, name, depth - 1)),
            false => Type::Leaf(Param::random(random)),
        };
        Self { of, count: (random.below(5) == 0).then(|| 1 + random.below(6)) }
    }

    fn value(&self, random: &mut Random) -> Argument {
        match self.count {
            None => self.of.value(random),
            Some(n) => together((0..n).map(|_| self.of.value(random)).collect()),
        }
    }
}

/// A list of these values as q makes one.
fn together(values: Vec<Argument>) -> Argument {
    let seen = values.iter().flat_map(|v| v.seen.clone()).collect();
    let (given, result): (Vec<Obj>, Vec<Obj>) = values.into_iter().map(|v| (v.given, v.result)).unzip();
    Argument { given: Obj::from_items(given), seen, result: Obj::from_items(result) }
}

impl Type {
    /// The type as text.
    pub fn text(&self) -> String {
        match self {
            Type::Leaf(param) => param.letter().into(),
            Type::Struct(shape) => format!("{{{}}}", shape.members()),
        }
    }

    /// The typedefs that it needs.
    pub fn typedef(&self) -> String {
        match self {
            Type::Leaf(_) => String::new(),
            Type::Struct(shape) => shape.typedef(),
        }
    }

    /// The functions that its hash needs.
    pub fn hash_functions(&self) -> String {
        match self {
            Type::Leaf(_) => String::new(),
            Type::Struct(shape) => shape.hash_functions(),
        }
    }

    /// The C type of a parameter.
    pub fn c_type(&self) -> String {
        match self {
            Type::Leaf(param) => param.c_type(),
            Type::Struct(shape) => shape.name.clone(),
        }
    }

    /// The C type of a field: a guid is stored as its bytes.
    fn stored(&self) -> String {
        match self {
            Type::Leaf(Param::Guid) => "guid".into(),
            other => other.c_type(),
        }
    }

    /// The C statement that mixes a parameter, or a field, into the hash.
    pub fn c_hash(&self, variable: &str, is_field: bool) -> String {
        match self {
            Type::Leaf(Param::Guid) if is_field => format!("h = bytes(h, &{variable}, sizeof(guid));"),
            Type::Leaf(param) => param.c_hash(variable),
            // What lies in a packed struct may not be aligned.
            Type::Struct(shape) => {
                format!("{{ {0} a = {variable}; h = hash_{0}(h, &a); }}", shape.name)
            }
        }
    }

    /// A random value.
    pub fn value(&self, random: &mut Random) -> Argument {
        match self {
            Type::Leaf(param) => param.argument(random),
            Type::Struct(shape) => shape.value(random),
        }
    }
}
