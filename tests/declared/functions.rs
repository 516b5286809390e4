//! Random C functions: what they are declared as, what they do, what q gives them and gets.

use crate::support::random::Random;
use crate::types::{FLAT, SCALARS, Scalar, Structs, Type, Value, leaf, list};

/// What a parameter is.
enum Kind {
    /// A value.
    Value(Type),
    /// A vector that C reads.
    Numbers(Scalar, usize),
    /// Structs that C reads.
    Structs(usize, usize),
    /// What C fills.
    Out(Type),
    /// What C reads and fills.
    InOut(Type),
    /// A function that C calls.
    Callback(Vec<Type>, Type),
}

/// A C function.
pub struct Function {
    name: String,
    params: Vec<Kind>,
    ret: Option<Type>,
}

/// What a call is given and should give.
#[derive(Default)]
pub struct Expected {
    /// Arguments in q.
    pub args: Vec<String>,
    /// Result and outs in q.
    pub results: Vec<String>,
    /// What callbacks are called with, a list each.
    pub called: Vec<String>,
    pub hash: u64,
}

fn any(random: &mut Random, structs: &Structs) -> Type {
    if random.below(3) == 0 { Type::Struct(random.below(structs.0.len())) } else { leaf(random) }
}

impl Function {
    pub fn random(random: &mut Random, structs: &Structs, number: usize) -> Self {
        let most = if random.below(8) == 0 { 13 } else { 7 };
        let arity = random.below(most);
        let params = (0..arity).map(|_| Kind::random(random, structs)).collect();
        let ret = (random.below(5) > 0).then(|| any(random, structs));
        Self { name: format!("f{number}"), params, ret }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The prototype, as q and C read it.
    pub fn prototype(&self) -> String {
        let params: Vec<String> =
            self.params.iter().enumerate().map(|(i, kind)| kind.c(&format!("p{i}"))).collect();
        let params = if params.is_empty() { "void".into() } else { params.join(", ") };
        format!("{} {}({params})", self.ret.as_ref().map_or("void".into(), Type::c), self.name)
    }

    /// The definition, and what a call of it is given and should give: C is compiled for one call.
    pub fn define(&self, random: &mut Random, structs: &Structs) -> (String, Expected) {
        let mut expected = Expected::default();
        let mut body = String::from("seen = 0;");
        let mut outs = Vec::new();
        for (i, kind) in self.params.iter().enumerate() {
            body += &kind.define(&format!("p{i}"), random, structs, &mut expected, &mut outs);
        }
        if let Some(ty) = &self.ret {
            let value = structs.value(random, ty);
            body += &format!("{} r = {}; return r;", ty.c(), structs.c_value(&value));
            expected.results.push(structs.q_value(ty, &value));
        }
        expected.results.extend(outs);
        (format!("{} {{{body}}}\n", self.prototype()), expected)
    }
}

impl Kind {
    fn random(random: &mut Random, structs: &Structs) -> Self {
        let numbers: Vec<Scalar> = SCALARS.iter().copied().filter(Scalar::is_number).collect();
        match random.below(9) {
            0 => Kind::Numbers(*random.pick(&numbers), 1 + random.below(5)),
            1 => Kind::Structs(random.below(FLAT), 1 + random.below(3)),
            2 => Kind::Out(any(random, structs)),
            3 => match any(random, structs) {
                // A text.
                Type::Scalar(scalar) if scalar.c == "char" => Kind::Out(Type::Enum),
                ty => Kind::InOut(ty),
            },
            4 => {
                let params = (0..1 + random.below(4)).map(|_| any(random, structs)).collect();
                Kind::Callback(params, any(random, structs))
            }
            _ => Kind::Value(any(random, structs)),
        }
    }

    fn c(&self, name: &str) -> String {
        match self {
            Kind::Value(ty) => format!("{} {name}", ty.c()),
            Kind::Numbers(scalar, _) => format!("const {} *{name}", scalar.c),
            Kind::Structs(number, _) => format!("const struct S{number} *{name}"),
            Kind::Out(ty) => format!("_Out_ {} *{name}", ty.c()),
            Kind::InOut(ty) => format!("_Inout_ {} *{name}", ty.c()),
            Kind::Callback(params, ret) => {
                let params: Vec<String> = params.iter().map(Type::c).collect();
                format!("{} (*{name})({})", ret.c(), params.join(", "))
            }
        }
    }

    /// What C does with the parameter.
    fn define(
        &self,
        name: &str,
        random: &mut Random,
        structs: &Structs,
        expected: &mut Expected,
        outs: &mut Vec<String>,
    ) -> String {
        let fill = |ty: &Type, random: &mut Random, outs: &mut Vec<String>| {
            let value = structs.value(random, ty);
            outs.push(structs.q_value(ty, &value));
            format!("{{ {} out = {}; *{name} = out; }}", ty.c(), structs.c_value(&value))
        };
        match self {
            Kind::Value(ty) => {
                let value = structs.value(random, ty);
                value.hash(&mut expected.hash);
                expected.args.push(structs.q_given(random, ty, &value));
                structs.c_hash(ty, name)
            }
            Kind::Numbers(scalar, n) => {
                let (values, hashes) =
                    read(structs, name, &Type::Scalar(*scalar), *n, random, &mut expected.hash);
                expected.args.push(scalar.vector(random, &values));
                hashes
            }
            Kind::Structs(number, n) => {
                let ty = Type::Struct(*number);
                let (values, hashes) = read(structs, name, &ty, *n, random, &mut expected.hash);
                expected.args.push(match &values[..] {
                    [one] if random.below(2) == 0 => structs.q_given(random, &ty, one),
                    // Dictionaries with the same keys are a table.
                    many => list(many.iter().map(|value| structs.q_value(&ty, value)).collect()),
                });
                hashes
            }
            Kind::Out(ty) => fill(ty, random, outs),
            Kind::InOut(ty) => {
                let (values, hashes) = read(structs, name, ty, 1, random, &mut expected.hash);
                expected.args.push(structs.q_given(random, ty, &values[0]));
                hashes + &fill(ty, random, outs)
            }
            Kind::Callback(params, ret) => callback(name, (params, ret), random, structs, expected),
        }
    }
}

/// So many values in an array of this name, which are hashed, and how C hashes them.
fn read(
    structs: &Structs,
    name: &str,
    ty: &Type,
    n: usize,
    random: &mut Random,
    hash: &mut u64,
) -> (Vec<Value>, String) {
    let values: Vec<Value> = (0..n).map(|_| structs.value(random, ty)).collect();
    values.iter().for_each(|value| value.hash(hash));
    let hashes: String = (0..n).map(|i| structs.c_hash(ty, &format!("{name}[{i}]"))).collect();
    (values, hashes)
}

/// C calls the function with values, and hashes what it gives.
fn callback(
    name: &str,
    (params, ret): (&[Type], &Type),
    random: &mut Random,
    structs: &Structs,
    expected: &mut Expected,
) -> String {
    let (mut body, mut passed, mut called) = (String::from("{"), Vec::new(), Vec::new());
    for (i, ty) in params.iter().enumerate() {
        let value = structs.value(random, ty);
        body += &format!("{} a{i} = {};", ty.c(), structs.c_value(&value));
        passed.push(format!("a{i}"));
        called.push(structs.q_value(ty, &value));
    }
    let value = structs.value(random, ret);
    value.hash(&mut expected.hash);
    let names: Vec<&str> = ["a", "b", "c", "d"][..params.len()].to_vec();
    let seen = list(names.iter().map(|name| name.to_string()).collect());
    let given = structs.q_given(random, ret, &value);
    expected.args.push(format!("{{[{}] called,:enlist {seen}; {given}}}", names.join(";")));
    expected.called.push(list(called));
    body += &format!("{} r = {name}({});", ret.c(), passed.join(", "));
    body + &structs.c_hash(ret, "r") + "}"
}
