//! Random signatures.

use ffijit::ctype::{self, CType, Kind, Repr};
use ffijit::signature::Signature;

use crate::random::Random;

/// A signature and its text.
pub struct Case {
    /// Argument types.
    pub args: String,
    /// Result type.
    pub ret: String,
    /// What the library reads in them.
    pub signature: Signature,
}

impl Case {
    /// Reads a signature.
    pub fn new(args: &str, ret: &str) -> Self {
        let signature = Signature::parse(args.as_bytes(), ret.as_bytes());
        let signature = signature.unwrap_or_else(|e| panic!("{args};{ret}: {e}"));
        Self { args: args.into(), ret: ret.into(), signature }
    }
}

/// Random signatures without end, the same for the same seed.
pub fn random(seed: u64) -> impl Iterator<Item = Case> {
    let mut random = Random::new(seed);
    std::iter::repeat_with(move || case(&mut random))
}

fn case(random: &mut Random) -> Case {
    let mut args = scalars(random);
    match random.below(10) {
        0..3 => with_structs(random, &mut args),
        3 => make_variadic(random, &mut args),
        4 => return with_outs(random, args),
        _ => (),
    }
    let ret = match random.below(8) {
        0 => " ".into(),
        1 => structure(random, 0),
        _ => result(random),
    };
    Case::new(&args.concat(), &ret)
}

/// Up to 8 parameters, or at times up to 24; at times all alike, so that one kind of register runs out, or all narrow,
/// since some conventions pack these.
fn scalars(random: &mut Random) -> Vec<String> {
    let arity = if random.below(2) == 0 { random.below(9) } else { random.below(25) };
    let alike = param(random);
    match random.below(6) {
        0 => vec![alike; arity],
        1 => (0..arity)
            .map(|_| random.pick(&["b", "x", "c", "a", "y", "w", "h", "h", "i", "e", "j"]).to_string())
            .collect(),
        _ => (0..arity).map(|_| param(random)).collect(),
    }
}

fn letter(random: &mut Random) -> &'static CType {
    // As many floats as integers, lest the integer registers always run out first.
    let is_float = |row: &&CType| matches!(row.repr, Repr::F32 | Repr::F64);
    let floats = random.below(2) == 0;
    // No code of ours passes a long double.
    let rows = ctype::TYPES.iter().filter(|row| row.repr != Repr::LongDouble);
    let rows: Vec<&CType> = rows.filter(|row| is_float(row) == floats).collect();
    rows[random.below(rows.len())]
}

fn param(random: &mut Random) -> String {
    match random.below(12) {
        0 => letter(random).letter.to_ascii_uppercase().into(),
        1 => random.pick(&["K", "k", "C", "s"]).to_string(),
        _ => letter(random).letter.into(),
    }
}

fn result(random: &mut Random) -> String {
    let row = letter(random);
    match random.below(6) {
        0 => row.letter.to_ascii_uppercase().into(),
        1 => random.pick(&["K", "C", "s"]).to_string(),
        _ if row.returns => row.letter.into(),
        _ => "b".into(),
    }
}

/// Some of the parameters are filled: numbers and addresses, whose lists stubs make.
fn with_outs(random: &mut Random, mut args: Vec<String>) -> Case {
    if random.below(3) == 0 {
        make_variadic(random, &mut args);
    }
    for _ in 0..=random.below(4) {
        let at = random.below(args.len() + 1);
        let row = letter(random);
        let kept = if row.returns && row.kind != Kind::Text { row.letter } else { 'r' };
        args.insert(at, format!("&{kept}"));
    }
    let row = letter(random);
    let ret = if !row.returns || row.kind == Kind::Text || random.below(4) == 0 { ' ' } else { row.letter };
    Case::new(&args.concat(), &ret.to_string())
}

fn with_structs(random: &mut Random, args: &mut Vec<String>) {
    args.truncate(12);
    for _ in 0..=random.below(3) {
        let at = random.below(args.len() + 1);
        args.insert(at, structure(random, 0));
    }
}

/// Variable arguments from some parameter on. The one before must be of a type that is not promoted (C11 7.16.1.4).
fn make_variadic(random: &mut Random, args: &mut Vec<String>) {
    args.truncate(16);
    let at = random.below(args.len() + 1);
    args.insert(at, format!("{}...", random.pick(&["i", "j", "f", "s", "r"])));
    let more = if random.below(2) == 0 { structure(random, 0) } else { param(random) };
    args.push(more);
}

/// A struct, at times packed, or a union: of members alike, as vectors and homogeneous aggregates are, or of any.
fn structure(random: &mut Random, depth: usize) -> String {
    let count = *random.pick(&[1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 9]);
    let alike = if random.below(2) == 0 { "ef" } else { "cxhijayw" };
    let alike = alike.as_bytes()[random.below(alike.len())] as char;
    let are_alike = random.below(2) == 0;
    let members: String =
        (0..count).map(|_| if are_alike { alike.into() } else { member(random, depth) }).collect();
    let shape = random.pick(&["", "", "", "", "!", "!", "|", "|", "!|"]);
    format!("{{{shape}{members}}}")
}

fn member(random: &mut Random, depth: usize) -> String {
    match random.below(12) {
        0 if depth < 2 => structure(random, depth + 1),
        1 => format!("{}{}", 1 + random.below(4), scalar_member(random)),
        2 => random.pick(&["s", "r", "F"]).to_string(),
        _ => scalar_member(random),
    }
}

fn scalar_member(random: &mut Random) -> String {
    let row = letter(random);
    match row.kind {
        Kind::Number => row.letter.into(),
        _ => "h".into(),
    }
}
