//! Random signatures with random atoms and vectors, exact and converted.

use kapi::{Obj, tag};

use crate::support::contract::ROWS;
use crate::support::random::Random;
use crate::support::signatures::{Argument, Param, hash, number_of, preamble};
use crate::support::values::{random_atom, raw};
use crate::support::{call, callee, compile, each_compiler, leaves_nothing, with_compiler};
use crate::{atomic, parallel};

const SIGNATURES: usize = 120;
const CALLS: usize = 8;
/// The longest are beyond what stubs do themselves where atoms are among vectors.
const LENGTHS: [usize; 7] = [0, 1, 2, 3, 17, 100, 300];

/// A function of values that returns the hash of all of them, and one that returns one of them.
struct Function {
    params: Vec<Param>,
    returns: usize,
}

impl Function {
    fn random(random: &mut Random) -> Self {
        let param = |random: &mut Random| match random.below(10) {
            0 => Param::Text,
            1 => Param::Guid,
            2 => Param::Address,
            _ => Param::Value(random.pick(&ROWS)),
        };
        let params: Vec<Param> = (0..=random.below(8)).map(|_| param(random)).collect();
        let returns = random.below(params.len());
        Self { params, returns }
    }

    fn args(&self) -> String {
        self.params.iter().map(|p| p.letter()).collect()
    }

    /// The parameter that can be returned by value, and how.
    fn returned(&self) -> Option<Param> {
        Some(self.params[self.returns]).filter(|p| !matches!(p, Param::Guid))
    }

    fn c(&self, i: usize) -> String {
        let declared: Vec<String> =
            self.params.iter().enumerate().map(|(i, p)| format!("{} a{i}", p.c_type())).collect();
        let declared = declared.join(", ");
        let hashes: String =
            self.params.iter().enumerate().map(|(i, p)| p.c_hash(&format!("a{i}"))).collect();
        let hash = format!("int64_t h{i}({declared}) {{ uint64_t h = START; {hashes} return h; }}\n");
        let pick = self
            .returned()
            .map(|p| format!("{} p{i}({declared}) {{ return a{}; }}\n", p.c_type(), self.returns));
        hash + &pick.unwrap_or_default()
    }
}

/// An argument of the whole call: an atom, or a vector of as many elements as the call has.
struct Column {
    elements: Vec<Argument>,
    is_atom: bool,
}

impl Column {
    fn random(random: &mut Random, param: Param, n: usize) -> Self {
        let is_atom = random.below(3) == 0;
        let count = if is_atom { 1 } else { n };
        let elements = match param {
            Param::Value(row) => {
                let converts = random.below(6) == 0 && !row.converts.is_empty();
                let t = *random.pick(if converts { row.converts } else { row.exact });
                (0..count).map(|_| number_of(random, row, t)).collect()
            }
            _ => (0..count).map(|_| exact(random, param)).collect(),
        };
        Self { elements, is_atom }
    }

    fn element(&self, i: usize) -> &Argument {
        &self.elements[if self.is_atom { 0 } else { i }]
    }

    /// What q passes; an empty vector of this type if there are no elements.
    fn given(&self, param: Param) -> Obj {
        match self.elements.first() {
            Some(atom) if self.is_atom => atom.given.clone(),
            Some(_) => Obj::from_items(self.elements.iter().map(|e| e.given.clone()).collect()),
            None => Obj::zeroed(own_tag(param), 0),
        }
    }
}

fn own_tag(param: Param) -> i8 {
    match param {
        Param::Value(row) => row.exact[0],
        Param::Text => tag::KS,
        Param::Guid => tag::UU,
        _ => tag::KJ,
    }
}

/// An argument that is an atom of the parameter's own type.
fn exact(random: &mut Random, param: Param) -> Argument {
    loop {
        let argument = match param {
            Param::Text => {
                let symbol = random_atom(random, tag::KS);
                let seen = symbol.get::<kapi::Symbol>().bytes().to_vec();
                Argument { given: symbol.clone(), seen, result: symbol }
            }
            other => other.argument(random),
        };
        if argument.given.tag() == -own_tag(param) {
            return argument;
        }
    }
}

/// The result of a call: a vector of the type, or an atom when all arguments are.
fn expected(t: i8, columns: &[Column], n: usize, of: impl Fn(usize) -> Obj) -> Obj {
    match (columns.iter().all(|c| c.is_atom), n) {
        (true, _) => of(0),
        (false, 0) => Obj::zeroed(t, 0),
        (false, n) => Obj::from_items((0..n).map(of).collect()),
    }
}

fn check(f: &Function, hashed: &[Obj], picked: &[Obj], random: &mut Random) {
    let n = *random.pick(&LENGTHS);
    let columns: Vec<Column> = f.params.iter().map(|&p| Column::random(random, p, n)).collect();
    let given: Vec<Obj> = columns.iter().zip(&f.params).map(|(c, &p)| c.given(p)).collect();
    let wanted = expected(tag::KJ, &columns, n, |i| {
        let row: Vec<&Argument> = columns.iter().map(|c| c.element(i)).collect();
        Obj::long(hash(row) as i64)
    });
    for bound in hashed {
        assert_eq!(call(bound, &given), Ok(wanted.clone()), "{} of {given:?}", f.args());
    }
    let Some(param) = f.returned() else { return };
    let wanted = expected(own_tag(param), &columns, n, |i| columns[f.returns].element(i).result.clone());
    for bound in picked {
        let came = call(bound, &given).map(|x| raw(&x));
        assert_eq!(came, Ok(raw(&wanted)), "{} returning {} of {given:?}", f.args(), f.returns);
    }
}

fn agree(compiler: &str) {
    let mut random = Random::new(77);
    let functions: Vec<Function> = (0..SIGNATURES).map(|_| Function::random(&mut random)).collect();
    let source: String = functions.iter().enumerate().map(|(i, f)| f.c(i)).collect();
    let library = compile(compiler, &format!("atomic_{compiler}"), &(preamble() + &source));
    let both = |name: String, args: &str, ret: &str| {
        let spec = callee(&library, &name);
        vec![atomic(spec.clone(), args, ret).unwrap(), parallel(spec, args, ret, 2).unwrap()]
    };
    let bound: Vec<_> = functions
        .iter()
        .enumerate()
        .map(|(i, f)| {
            let pick = f.returned().map(|p| both(format!("p{i}"), &f.args(), &p.letter().to_string()));
            (both(format!("h{i}"), &f.args(), "j"), pick.unwrap_or_default())
        })
        .collect();
    let seed = random.bits();
    leaves_nothing(|| {
        let mut random = Random::new(seed);
        for (f, (hashed, picked)) in functions.iter().zip(&bound) {
            (0..CALLS).for_each(|_| check(f, hashed, picked, &mut random));
        }
    });
}

each_compiler!(|compiler| with_compiler(compiler, agree));
