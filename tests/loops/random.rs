//! Random functions, states and columns.

use kapi::{Obj, tag};

use crate::Iterator;
use crate::support::contract::{C, ROWS, Row};
use crate::support::random::Random;
use crate::support::signatures::{Param, number_of, preamble};
use crate::support::values::{random_atom, raw};
use crate::support::{callee, compile, each_compiler, leaves_nothing, with_compiler};

const FUNCTIONS: usize = 80;
const CALLS: usize = 6;
const LENGTHS: [usize; 6] = [0, 1, 2, 3, 17, 60];

/// What a step takes first and gives.
enum State {
    Number(&'static Row),
    /// Where the result is of another type than the parameter.
    Other(&'static Row, &'static Row),
    Struct(Vec<&'static Row>),
}

struct Function {
    state: State,
    params: Vec<Param>,
}

/// A result of this type, of the bits of a hash: no float is a NaN.
fn of_hash(row: &Row, hash: &str) -> String {
    match (row.letter, row.c) {
        ('b', _) => format!("{hash} & 1"),
        (_, C::Float) => format!("({})(int16_t)({hash}) / 4", row.c_type()),
        _ => format!("({})({hash})", row.c_type()),
    }
}

impl Function {
    fn random(random: &mut Random) -> Self {
        let row = random.pick(&ROWS);
        let state = match random.below(8) {
            0 => State::Other(row, random.pick(&ROWS)),
            1..=3 => State::Struct((0..=random.below(8)).map(|_| random.pick(&ROWS)).collect()),
            _ => State::Number(row),
        };
        let param = |random: &mut Random| match random.below(12) {
            0 => Param::Text,
            1 => Param::Guid,
            2 => Param::Address,
            3 => Param::LongDouble,
            _ => Param::Value(random.pick(&ROWS)),
        };
        let params = match (random.below(3), &state) {
            // Such as are applied to the vector alone.
            (0, State::Number(row)) => vec![Param::Value(row)],
            _ => (0..random.below(8)).map(|_| param(random)).collect(),
        };
        Self { state, params }
    }

    fn types(&self) -> [String; 2] {
        let (first, ret) = match &self.state {
            State::Number(row) => (row.text(), row.text()),
            State::Other(row, ret) => (row.text(), ret.text()),
            State::Struct(rows) => {
                let fields: String = rows.iter().map(|row| row.letter).collect();
                (format!("{{{fields}}}"), format!("{{{fields}}}"))
            }
        };
        [first + &self.params.iter().map(|p| p.letter()).collect::<String>(), ret]
    }

    fn c(&self, i: usize) -> String {
        let declared: String =
            self.params.iter().enumerate().map(|(i, p)| format!(", {} a{i}", p.c_type())).collect();
        let hashes: String =
            self.params.iter().enumerate().map(|(i, p)| p.c_hash(&format!("a{i}"))).collect();
        let number = |row: &'static Row, ret: &Row| {
            let own = Param::Value(row).c_hash("s");
            let result = of_hash(ret, "h");
            let [ty, ret] = [row, ret].map(Row::c_type);
            format!("{ret} f{i}({ty} s{declared}) {{ uint64_t h = START; {own}{hashes} return {result}; }}\n")
        };
        match &self.state {
            State::Number(row) => number(row, row),
            State::Other(row, ret) => number(row, ret),
            State::Struct(rows) => {
                let rows = || rows.iter().enumerate();
                let members: String = rows().map(|(k, row)| format!("{} m{k}; ", row.c_type())).collect();
                let own: String =
                    rows().map(|(k, row)| Param::Value(row).c_hash(&format!("s.m{k}"))).collect();
                let results: String = rows()
                    .map(|(k, row)| format!("s.m{k} = {}; ", of_hash(row, &format!("h >> {k}"))))
                    .collect();
                format!(
                    "typedef struct {{ {members}}} S{i};\nS{i} f{i}(S{i} s{declared}) \
                     {{ uint64_t h = START; {own}{hashes} {results}return s; }}\n"
                )
            }
        }
    }

    fn seed(&self, random: &mut Random) -> Obj {
        let atom = |random: &mut Random, row: &'static Row| number_of(random, row, row.exact[0]).given;
        match &self.state {
            State::Number(row) | State::Other(row, _) => atom(random, row),
            State::Struct(rows) => Obj::from_items(rows.iter().map(|row| atom(random, row)).collect()),
        }
    }
}

/// An atom, or a vector of `n` that are of a parameter's own type or convert.
fn column(random: &mut Random, param: Param, n: usize) -> Obj {
    let own = match param {
        Param::Value(row) => row.exact[0],
        Param::Text => tag::KS,
        Param::Guid => tag::UU,
        Param::LongDouble => tag::KF,
        _ => tag::KJ,
    };
    let t = match param {
        Param::Value(row) if random.below(4) == 0 && !row.converts.is_empty() => *random.pick(row.converts),
        _ => own,
    };
    let element = |random: &mut Random| match param {
        Param::Value(row) => number_of(random, row, t).given,
        Param::Address => Obj::long(random.bits() as i64 >> 8),
        _ => random_atom(random, t),
    };
    match (random.below(3), n) {
        (0, _) => element(random),
        (_, 0) => Obj::zeroed(own, 0),
        _ => Obj::from_items((0..n).map(|_| element(random)).collect()),
    }
}

fn same(iterator: &Iterator, args: &[Obj], context: &str) {
    let [ours, theirs] = [iterator.ours(args), iterator.theirs(args)].map(|x| x.map(|x| raw(&x)));
    assert_eq!(ours, theirs, "{context} of {args:?}");
}

fn check(f: &Function, loops: &[Iterator], prior: Option<&Iterator>, random: &mut Random) {
    let [args, ret] = f.types();
    let context = format!("{args} {ret}");
    let n = *random.pick(&LENGTHS);
    let seed = f.seed(random);
    let columns: Vec<Obj> = match f.params.len() {
        0 => vec![Obj::long(n as i64)],
        _ => f.params.iter().map(|&p| column(random, p, n)).collect(),
    };
    let given = match f.params.len() {
        // So many times.
        0 => [columns, vec![seed.clone()]].concat(),
        _ => [vec![seed.clone()], columns].concat(),
    };
    loops.iter().for_each(|iterator| same(iterator, &given, &context));
    let (State::Number(row), Some(prior)) = (&f.state, prior) else { return };
    let items: Vec<Obj> = (0..n).map(|_| number_of(random, row, row.exact[0]).given).collect();
    let v = if n == 0 { Obj::zeroed(row.exact[0], 0) } else { Obj::from_items(items) };
    loops.iter().for_each(|iterator| same(iterator, std::slice::from_ref(&v), &context));
    same(prior, std::slice::from_ref(&v), &context);
    same(prior, &[seed, v], &context);
}

fn agree(compiler: &str) {
    let mut random = Random::new(20);
    let functions: Vec<Function> = (0..FUNCTIONS).map(|_| Function::random(&mut random)).collect();
    let source: String = functions.iter().enumerate().map(|(i, f)| f.c(i)).collect();
    let library = compile(compiler, &format!("loops_{compiler}"), &(preamble() + &source));
    let bound: Vec<_> = functions
        .iter()
        .enumerate()
        .map(|(i, f)| {
            let spec = callee(&library, &format!("f{i}"));
            let [args, ret] = f.types();
            let of = |what| Iterator::new(what, &spec, &args, &ret);
            let is_alike = matches!((&f.state, &f.params[..]),
                (State::Number(a), [Param::Value(b)]) if a.letter == b.letter);
            (["over", "scan"].map(of), is_alike.then(|| of("prior")))
        })
        .collect();
    assert!(bound.iter().filter(|(_, prior)| prior.is_some()).count() > 5);
    let seed = random.bits();
    leaves_nothing(|| {
        let mut random = Random::new(seed);
        for (f, (loops, prior)) in functions.iter().zip(&bound) {
            (0..CALLS).for_each(|_| check(f, loops, prior.as_ref(), &mut random));
        }
    });
}

each_compiler!(|compiler| with_compiler(compiler, agree));
