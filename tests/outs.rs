//! Out-parameters: random functions that fill some of them from their arguments, in any order, in every form of call.

mod support;

use kapi::{Obj, tag};

use support::bound::Bound;
use support::contract::{ROWS, Row};
use support::random::Random;
use support::signatures::{Argument, Param, number_of, preamble};
use support::values::raw;
use support::{call, callee, compile, leaves_nothing, native, with_compiler};

const FUNCTIONS: usize = 150;
const CALLS: usize = 8;
/// Elements of vectors.
const COUNT: usize = 5;

/// A parameter in C's order.
#[derive(Clone, Copy)]
enum Place {
    /// Argument of this number.
    Given(usize),
    /// Out-parameter of this number.
    Out(usize),
}

/// What C fills, and from which arguments.
#[derive(Clone)]
enum Out {
    /// A copy of an argument.
    Same(usize),
    /// A struct of two of them.
    Pair(usize, usize),
}

/// A C function of some arguments that fills others, in any order, and returns one of the arguments or nothing.
struct Function {
    name: String,
    given: Vec<Param>,
    outs: Vec<Out>,
    places: Vec<Place>,
    returns: Option<usize>,
}

fn param(random: &mut Random) -> Param {
    match random.below(12) {
        0 => Param::Text,
        1 => Param::Chars,
        2 => Param::Address,
        3 => Param::Guid,
        _ => Param::Value(random.pick(&ROWS)),
    }
}

fn is_number(param: Param) -> bool {
    matches!(param, Param::Value(_))
}

impl Function {
    /// With numbers alone where `numbers` says so.
    fn random(random: &mut Random, name: String, numbers: bool) -> Self {
        let given: Vec<Param> = (0..=random.below(8))
            .map(|_| if numbers { Param::Value(random.pick(&ROWS)) } else { param(random) })
            .collect();
        let numbers_given: Vec<usize> = (0..given.len()).filter(|&i| is_number(given[i])).collect();
        let out = |random: &mut Random| match random.below(4) {
            0 if !numbers && !numbers_given.is_empty() => {
                Out::Pair(*random.pick(&numbers_given), *random.pick(&numbers_given))
            }
            _ => Out::Same(random.below(given.len())),
        };
        let outs: Vec<Out> = (0..=random.below(5)).map(|_| out(random)).collect();
        let returns = Some(random.below(given.len() + 2)).filter(|&i| i < given.len());
        let returns = returns.filter(|&i| !matches!(given[i], Param::Guid));
        let mut places: Vec<Place> = (0..given.len()).map(Place::Given).collect();
        for i in 0..outs.len() {
            // In order among themselves.
            let after = places.iter().rposition(|p| matches!(p, Place::Out(_))).map_or(0, |at| at + 1);
            places.insert(after + random.below(places.len() + 1 - after), Place::Out(i));
        }
        Self { name, given, outs, places, returns }
    }

    fn types(&self, out: &Out) -> String {
        match *out {
            Out::Same(i) => self.given[i].letter().into(),
            Out::Pair(i, j) => format!("{{{}{}}}", self.given[i].letter(), self.given[j].letter()),
        }
    }

    fn args(&self) -> String {
        let one = |place: &Place| match *place {
            Place::Given(i) => self.given[i].letter().to_string(),
            Place::Out(i) => format!("&{}", self.types(&self.outs[i])),
        };
        self.places.iter().map(one).collect()
    }

    fn ret(&self) -> String {
        self.returns.map_or(' ', |i| self.given[i].letter()).into()
    }

    fn c_type(&self, out: &Out) -> String {
        match *out {
            Out::Same(i) if matches!(self.given[i], Param::Guid) => "guid".into(),
            Out::Same(i) => self.given[i].c_type(),
            Out::Pair(i, j) => {
                format!("struct {{ {} x; {} y; }}", self.given[i].c_type(), self.given[j].c_type())
            }
        }
    }

    fn c(&self) -> String {
        let declared = |place: &Place| match *place {
            Place::Given(i) => format!("{} a{i}", self.given[i].c_type()),
            Place::Out(i) => format!("void *o{i}"),
        };
        let declared: Vec<String> = self.places.iter().map(declared).collect();
        let fill = |(k, out): (usize, &Out)| {
            let made = match *out {
                Out::Same(i) if matches!(self.given[i], Param::Guid) => format!("t = *a{i};"),
                Out::Same(i) => format!("t = a{i};"),
                Out::Pair(i, j) => format!("t.x = a{i}; t.y = a{j};"),
            };
            format!("{{ {} t; {made} __builtin_memcpy(o{k}, &t, sizeof t); }} ", self.c_type(out))
        };
        let filled: String = self.outs.iter().enumerate().map(fill).collect();
        let ret = self.returns.map_or("void".into(), |i| self.given[i].c_type());
        let returned = self.returns.map_or(String::new(), |i| format!("return a{i};"));
        format!("{ret} {}({}) {{ {filled}{returned} }}\n", self.name, declared.join(", "))
    }

    /// What q gets for arguments that have these results, in order.
    fn expected(&self, result: impl Fn(usize) -> Obj) -> Vec<Obj> {
        let out = |out: &Out| match *out {
            Out::Same(i) => result(i),
            Out::Pair(i, j) => Obj::from_items(vec![result(i), result(j)]),
        };
        self.returns.map(&result).into_iter().chain(self.outs.iter().map(out)).collect()
    }
}

/// One result is itself, several are a list.
fn joined(mut results: Vec<Obj>) -> Obj {
    if results.len() == 1 { results.remove(0) } else { Obj::from_items(results) }
}

fn functions(numbers: bool) -> Vec<Function> {
    let mut random = Random::new(if numbers { 2027 } else { 2028 });
    (0..FUNCTIONS).map(|i| Function::random(&mut random, format!("f{i}"), numbers)).collect()
}

fn every_form_agrees(compiler: &str) {
    let functions = functions(false);
    let source = preamble() + &functions.iter().map(Function::c).collect::<String>();
    let library = compile(compiler, &format!("outs_{compiler}"), &source);
    let bound: Vec<Bound> =
        functions.iter().map(|f| Bound::new(&library, &f.name, &f.args(), &f.ret())).collect();
    leaves_nothing(|| {
        let mut random = Random::new(77);
        for (f, bound) in functions.iter().zip(&bound) {
            for _ in 0..CALLS {
                let args: Vec<Argument> = f.given.iter().map(|p| p.argument(&mut random)).collect();
                let given: Vec<Obj> = args.iter().map(|a| a.given.clone()).collect();
                let wanted = joined(f.expected(|i| args[i].result.clone()));
                let got = bound.call(&given).map(|x| raw(&x));
                assert_eq!(got, Ok(raw(&wanted)), "{compiler} {};{} of {given:?}", f.args(), f.ret());
            }
        }
    });
}

/// A column of numbers as q passes it, and what each is as a result.
fn column(random: &mut Random, row: &'static Row) -> (Obj, Vec<Obj>) {
    let elements: Vec<Argument> = (0..COUNT).map(|_| number_of(random, row, row.exact[0])).collect();
    let given = elements.iter().map(|e| e.given.clone()).collect();
    (Obj::from_items(given), elements.into_iter().map(|e| e.result).collect())
}

fn vectors_give_vectors(compiler: &str, form: &str) {
    let functions = functions(true);
    let source = preamble() + &functions.iter().map(Function::c).collect::<String>();
    let library = compile(compiler, &format!("outs_of_vectors_{compiler}"), &source);
    let bind = |f: &Function| {
        let types = [f.args(), f.ret()].map(|text| Obj::string(text.as_bytes()));
        let mut args = vec![callee(&library, &f.name), types[0].clone(), types[1].clone()];
        if form == "atomicPar" {
            args.push(Obj::int(2));
        }
        call(&native(form), &args).expect("a signature")
    };
    let bound: Vec<Obj> = functions.iter().map(bind).collect();
    leaves_nothing(|| {
        let mut random = Random::new(78);
        for (f, bound) in functions.iter().zip(&bound) {
            let rows =
                f.given.iter().filter_map(|p| if let Param::Value(row) = p { Some(*row) } else { None });
            let (given, elements): (Vec<Obj>, Vec<Vec<Obj>>) =
                rows.map(|row| column(&mut random, row)).unzip();
            let results = f.expected(|i| Obj::from_items(elements[i].clone()));
            let wanted = if results.len() == 1 { results[0].clone() } else { Obj::list(results) };
            let text = format!("{compiler} {form} {};{}", f.args(), f.ret());
            assert_eq!(call(bound, &given).map(|x| raw(&x)), Ok(raw(&wanted)), "{text} of {given:?}");
            let atoms: Vec<Obj> = given.iter().map(|x| x.index(0)).collect();
            let wanted = joined(f.expected(|i| elements[i][0].clone()));
            assert_eq!(call(bound, &atoms).map(|x| raw(&x)), Ok(raw(&wanted)), "{text} of {atoms:?}");
        }
    });
}

#[test]
fn functions_of_gcc_fill_what_q_gets() {
    every_form_agrees("gcc");
}

#[test]
fn functions_of_clang_fill_what_q_gets() {
    with_compiler("clang", every_form_agrees);
}

#[test]
fn each_element_of_vectors_has_its_own() {
    ["atomic", "atomicPar"].into_iter().for_each(|form| vectors_give_vectors("gcc", form));
}

#[test]
fn what_c_does_not_fill_is_zero() {
    let source =
        "void nothing(int64_t x, int *i, double *f, void **r, char **s, struct { int x; short y; } *p) {}\n";
    let library = compile("gcc", "outs_unfilled", &(preamble() + source));
    let bound = Bound::new(&library, "nothing", "j&i&f&r&C&{ih}", " ");
    let wanted = Obj::list(vec![
        Obj::int(0),
        Obj::float(0.0),
        Obj::long(0),
        Obj::string(b""),
        Obj::list(vec![Obj::int(0), Obj::short(0)]),
    ]);
    leaves_nothing(|| assert_eq!(bound.call(&[Obj::long(1)]), Ok(wanted.clone())));
    // A text that is NULL is the empty symbol.
    let bound = Bound::new(&library, "nothing", "j&i&f&r&s&{ih}", " ");
    assert_eq!(bound.call(&[Obj::long(1)]).map(|x| x.items()[3].tag()), Ok(-tag::KS));
}

support::all_again!(with_guard);
