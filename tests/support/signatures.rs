//! Random signatures and arguments for them, with what C will see of each and what it becomes when C returns it.

use kapi::{Obj, Symbol, object, tag};

use super::contract::{C, ROWS, Row};
use super::random::Random;
use super::values::{self, Raw, raw};

/// Elements of every vector that C is given.
pub const COUNT: usize = 3;

/// A parameter's type.
#[derive(Clone, Copy)]
pub enum Param {
    /// A number.
    Value(&'static Row),
    /// A pointer to numbers.
    Pointer(&'static Row),
    /// `o`.
    LongDouble,
    /// `O`.
    LongDoubles,
    /// `s`.
    Text,
    /// `C`.
    Chars,
    /// `S`.
    Symbols,
    /// `g`.
    Guid,
    /// `G`.
    Guids,
    /// `r`.
    Address,
    /// `K`.
    Object,
}

/// An argument.
pub struct Argument {
    /// What q passes.
    pub given: Obj,
    /// The bytes by which C knows it.
    pub seen: Vec<u8>,
    /// What q gets when C returns it.
    pub result: Obj,
}

impl Argument {
    fn new(given: Obj, seen: Vec<u8>, result: Obj) -> Self {
        Self { given, seen, result }
    }
}

impl Param {
    /// A random type, numbers more often than others.
    pub fn random(random: &mut Random) -> Self {
        let row = &ROWS[random.below(ROWS.len())];
        match random.below(21) {
            20 => *random.pick(&[Param::LongDouble, Param::LongDouble, Param::LongDoubles]),
            0..12 => Param::Value(row),
            12 | 13 if row.letter != 'c' => Param::Pointer(row),
            14 => Param::Text,
            15 => Param::Chars,
            16 => Param::Symbols,
            17 => Param::Guid,
            18 => *random.pick(&[Param::Guids, Param::Object]),
            _ => Param::Address,
        }
    }

    /// The type character.
    pub fn letter(self) -> char {
        match self {
            Param::Value(row) => row.letter,
            Param::Pointer(row) => row.letter.to_ascii_uppercase(),
            Param::LongDouble => 'o',
            Param::LongDoubles => 'O',
            Param::Text => 's',
            Param::Chars => 'C',
            Param::Symbols => 'S',
            Param::Guid => 'g',
            Param::Guids => 'G',
            Param::Address => 'r',
            Param::Object => 'K',
        }
    }

    /// The type character by which C returns it.
    pub fn result_letter(self) -> char {
        match self {
            Param::Guid => 'G',
            other => other.letter(),
        }
    }

    /// The C type.
    pub fn c_type(self) -> String {
        match self {
            Param::Value(row) => row.c_type(),
            Param::Pointer(row) => format!("{} *", row.c_type()),
            Param::LongDouble => "long double".into(),
            Param::LongDoubles => "long double *".into(),
            Param::Text | Param::Chars => "char *".into(),
            Param::Symbols => "char **".into(),
            Param::Guid | Param::Guids => "guid *".into(),
            Param::Address => "void *".into(),
            Param::Object => "object *".into(),
        }
    }

    /// The C statement that mixes a variable of this type into `h`; see `c/hash.h`.
    pub fn c_hash(self, variable: &str) -> String {
        let statement = match self {
            Param::Value(row) if row.c != C::Float => "h = integer(h, a);",
            Param::Value(_) => "h = bytes(h, &a, sizeof a);",
            Param::Pointer(_) | Param::Guids => "if (a) h = bytes(h, a, COUNT * sizeof *a);",
            Param::LongDouble => "double d = a; h = bytes(h, &d, sizeof d);",
            Param::LongDoubles => {
                "if (a) for (int i = 0; i < COUNT; i++) { double d = a[i]; h = bytes(h, &d, sizeof d); }"
            }
            Param::Text | Param::Chars => "if (a) h = text(h, a);",
            Param::Symbols => "if (a) for (int i = 0; i < COUNT; i++) h = text(h, a[i]);",
            Param::Guid => "h = bytes(h, a, sizeof *a);",
            Param::Address => "h = integer(h, (int64_t)a);",
            Param::Object => "h = bytes(h, &a->t, 1); h = bytes(h, &a->payload, 8);",
        };
        format!("{{ {} a = {variable}; {statement} }}", self.c_type())
    }

    /// A random argument: mostly as C wants it, at times one that converts or NULL.
    pub fn argument(self, random: &mut Random) -> Argument {
        let null_too = random.below(8) == 0;
        match self {
            Param::Value(row) => number(random, row),
            // The null that NULL becomes is no value of those that q holds wider, and so does not go back.
            Param::Pointer(row) if null_too && !row.is_held_wider() => null(object::null(row.exact[0])),
            Param::Pointer(row) => array(random, row),
            Param::LongDouble => {
                let x = float(random);
                Argument::new(x.clone(), plain(&x), x)
            }
            Param::LongDoubles if null_too => null(object::null(tag::KF)),
            Param::LongDoubles => floats(random),
            Param::Chars if null_too => null(Obj::string(b"")),
            Param::Text | Param::Chars => text(random, self),
            Param::Symbols if null_too => null(Obj::symbol("")),
            Param::Symbols => symbols(random),
            Param::Guid => guid(random),
            Param::Guids if null_too => null(object::null(tag::UU)),
            Param::Guids => vector(random, tag::UU),
            Param::Address => address(random),
            Param::Object => any_object(random),
        }
    }
}

/// A NULL, of which C sees nothing.
fn null(result: Obj) -> Argument {
    Argument::new(Obj::null(), vec![], result)
}

fn plain(x: &Obj) -> Vec<u8> {
    match raw(x) {
        Raw::Plain(_, bytes) => bytes,
        Raw::Items(..) => unreachable!("atoms and simple vectors"),
    }
}

fn number(random: &mut Random, row: &'static Row) -> Argument {
    let converts = random.below(8) == 0 && !row.converts.is_empty();
    let t = *random.pick(if converts { row.converts } else { row.exact });
    number_of(random, row, t)
}

/// A random argument for a number of this type, itself of type `t`, which the type takes or converts.
pub fn number_of(random: &mut Random, row: &'static Row, t: i8) -> Argument {
    let (given, result) = match row.exact.contains(&t) {
        // The same bits under the tags that a type takes as they are.
        true => {
            let x = row.random(random, t);
            (x.clone(), values::atom(-row.exact[0], bits(&x)))
        }
        false => {
            let n = random.below(2) as u8;
            (values::small(t, n), values::small(row.exact[0], n))
        }
    };
    let seen = match row.c {
        C::Float => plain(&result),
        _ => row.widened(bits(&result)).to_le_bytes().to_vec(),
    };
    Argument::new(given, seen, result)
}

fn bits(x: &Obj) -> u64 {
    let mut bytes = plain(x);
    bytes.resize(8, 0);
    u64::from_le_bytes(bytes.try_into().expect("eight bytes"))
}

fn vector(random: &mut Random, t: i8) -> Argument {
    let items: Vec<Obj> = (0..COUNT).map(|_| values::random_atom(random, t)).collect();
    let first = items[0].clone();
    let vector = Obj::from_items(items);
    let seen = plain(&vector);
    Argument::new(vector, seen, first)
}

/// Numbers side by side, of which C returns the first.
fn array(random: &mut Random, row: &'static Row) -> Argument {
    let mut argument = vector(random, row.array);
    if row.is_held_wider() {
        let first = row.widened(bits(&argument.result)) as u64;
        argument.result = values::atom(-row.exact[0], first);
    }
    argument
}

/// A float that is no signalling NaN, which C's conversions change.
fn float(random: &mut Random) -> Obj {
    let is_signalling = |x: &Obj| x.get::<f64>().is_nan() && x.get::<f64>().to_bits() & 1 << 51 == 0;
    std::iter::repeat_with(|| values::random_atom(random, tag::KF))
        .find(|x| !is_signalling(x))
        .expect("a float")
}

fn floats(random: &mut Random) -> Argument {
    let items: Vec<Obj> = (0..COUNT).map(|_| float(random)).collect();
    let first = items[0].clone();
    let vector = Obj::from_items(items);
    let seen = plain(&vector);
    Argument::new(vector, seen, first)
}

fn random_text(random: &mut Random) -> String {
    (0..random.below(40)).map(|_| char::from(b'!' + random.below(90) as u8)).collect()
}

fn text(random: &mut Random, param: Param) -> Argument {
    let text = random_text(random);
    let seen = text.clone().into_bytes();
    let given = match random.below(4) {
        0 => Obj::string(&seen),
        1 => Obj::string(&[&seen[..], b"\0"].concat()),
        _ => Obj::symbol(&text),
    };
    let result = match param {
        Param::Chars => Obj::string(&seen),
        _ => Obj::symbol(&text),
    };
    Argument::new(given, seen, result)
}

fn symbols(random: &mut Random) -> Argument {
    let texts: Vec<String> = (0..COUNT).map(|_| random_text(random)).collect();
    let vector = Obj::symbols(texts.iter().map(|text| Symbol::from(text.as_str())));
    Argument::new(vector, texts.concat().into_bytes(), Obj::symbol(&texts[0]))
}

fn guid(random: &mut Random) -> Argument {
    let guid = values::random_atom(random, tag::UU);
    Argument::new(guid.clone(), plain(&guid), guid)
}

fn address(random: &mut Random) -> Argument {
    let (address, short) = (random.bits() as i64, random.below(1000) as i32);
    match random.below(8) {
        0 => Argument::new(Obj::int(short), i64::from(short).to_le_bytes().into(), Obj::long(short.into())),
        1 => Argument::new(Obj::null(), vec![0; 8], Obj::long(0)),
        _ => Argument::new(Obj::long(address), address.to_le_bytes().into(), Obj::long(address)),
    }
}

fn any_object(random: &mut Random) -> Argument {
    let x = Obj::long(random.bits() as i64);
    let seen = [&[x.tag() as u8][..], &plain(&x)].concat();
    Argument::new(x.clone(), seen, x)
}

/// Where the hash begins, in C too.
const START: u64 = 0xcbf2_9ce4_8422_2325;

/// The hash by which C knows these arguments.
pub fn hash<'a>(args: impl IntoIterator<Item = &'a Argument>) -> u64 {
    let bytes = args.into_iter().flat_map(|a| &a.seen);
    bytes.fold(START, |h, &byte| (h ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

/// What generated C begins with.
pub fn preamble() -> String {
    let constants = format!("enum {{ COUNT = {COUNT} }};\n#define START {START:#x}ULL\n");
    include_str!("../c/hash.h").to_string() + &constants
}
