//! The ways to apply a C function to vectors with atoms among them.

use kapi::K;

use super::host::{Api, Function, Host, tag};
use super::timing::Way;

/// A function, with its atoms, and the length of the vectors.
pub struct Row {
    function: &'static str,
    args: &'static str,
    /// The parameters that are atoms.
    atoms: &'static [usize],
    length: usize,
}

const FFF: Row = Row { function: "fff", args: "fff", atoms: &[1], length: 1_000 };
const EIGHT: Row = Row { function: "mixed", args: "ifjehfxj", atoms: &[2, 5], length: 1_000 };

pub const ROWS: [Row; 4] = [FFF, Row { length: 1_000_000, ..FFF }, EIGHT, Row { length: 1_000_000, ..EIGHT }];

const LOOP: &str = "C loop";

impl Row {
    /// Its name.
    pub fn label(&self) -> String {
        let atoms = if self.atoms.len() == 1 { "an atom" } else { "two atoms" };
        format!("{}, {atoms}, {} elements", self.args, self.length)
    }

    /// What stands at place `i` of the vectors for each parameter, and for an atom: small numbers, which all types hold.
    fn number(&self, parameter: usize, i: usize) -> usize {
        if self.atoms.contains(&parameter) { 3 } else { (i + parameter) % 100 }
    }

    fn argument(&self, host: &Host, parameter: usize) -> K {
        let numbers = (0..self.length).map(|i| self.number(parameter, i));
        let is_atom = self.atoms.contains(&parameter);
        match self.args.as_bytes()[parameter] {
            b'f' if is_atom => host.k.atom(-tag::FLOAT, 3_f64),
            b'j' if is_atom => host.k.atom(-tag::LONG, 3_i64),
            b'f' => host.k.vector(tag::FLOAT, &numbers.map(|x| x as f64).collect::<Vec<_>>()),
            b'j' => host.k.vector(tag::LONG, &numbers.map(|x| x as i64).collect::<Vec<_>>()),
            b'i' => host.k.vector(tag::INT, &numbers.map(|x| x as i32).collect::<Vec<_>>()),
            b'e' => host.k.vector(tag::REAL, &numbers.map(|x| x as f32).collect::<Vec<_>>()),
            b'h' => host.k.vector(tag::SHORT, &numbers.map(|x| x as i16).collect::<Vec<_>>()),
            _ => host.k.vector(tag::BYTE, &numbers.map(|x| x as u8).collect::<Vec<_>>()),
        }
    }
}

/// The ways to apply the row's function. A piece of work is one element.
pub fn ways(host: &Host, row: &'static Row) -> Vec<Way> {
    let args: Vec<K> = (0..row.args.len()).map(|i| row.argument(host, i)).collect();
    let c = host.symbol(&format!("a_{}", row.function));
    let own = host.stub("atomic", row.function, row.args, "f");
    vec![way(host, row, LOOP, c, &args), way(host, row, "atomic", own, &args).against(LOOP)]
}

fn way(host: &Host, row: &'static Row, name: &'static str, function: Function, args: &[K]) -> Way {
    let length = row.length;
    let f = applied(function, args);
    let answer = f();
    assert!(!answer.is_null() && Api::tag(answer) == tag::FLOAT, "{name} signals an error");
    // SAFETY: a vector of as many floats.
    let sums = unsafe { Api::slice::<f64>(answer) };
    let sum = |i: usize| (0..row.args.len()).map(|p| row.number(p, i)).sum::<usize>() as f64;
    assert!(sums.len() == length && (0..length).all(|i| sums[i] == sum(i)), "{name}: wrong answer");
    host.way(name, f).in_pieces(length)
}

/// Glue or a stub of three or eight K, with these.
fn applied(function: Function, args: &[K]) -> Box<dyn Fn() -> K> {
    match *args {
        [a, b, c] => {
            // SAFETY: it takes three K.
            let f: unsafe extern "C" fn(K, K, K) -> K = unsafe { std::mem::transmute(function) };
            // SAFETY: the objects live on.
            Box::new(move || unsafe { f(a, b, c) })
        }
        [a, b, c, d, e, f, g, h] => {
            // SAFETY: it takes eight K.
            let own: unsafe extern "C" fn(K, K, K, K, K, K, K, K) -> K =
                unsafe { std::mem::transmute(function) };
            // SAFETY: the objects live on.
            Box::new(move || unsafe { own(a, b, c, d, e, f, g, h) })
        }
        _ => unreachable!("three or eight"),
    }
}
