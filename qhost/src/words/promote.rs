//! Which type the atomic operators give for which types, as the reference's tables of domains and ranges say.

use kapi::error::{QError, R};
use kapi::object::tag;

/// Result letters by left and right type, in order of tag; a dot where there is no result.
pub struct Results([&'static [u8; 18]; 18]);

/// Where a tag stands in the rows and columns below.
const POSITION: [u8; 20] = [0, 0, 1, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17];

fn position(t: i8) -> usize {
    usize::from(POSITION[usize::from(t.unsigned_abs())])
}

fn tag_of(letter: u8) -> R<i8> {
    let row = tag::TYPES.iter().find(|row| row.letter == letter);
    row.map(|row| row.tag).ok_or_else(QError::type_)
}

impl Results {
    /// The vector tag of the result for two simple types' tags.
    ///
    /// # Errors
    /// `type` when the operator does not take them.
    pub fn of(&self, x: i8, y: i8) -> R<i8> {
        tag_of(self.0[position(x)][position(y)])
    }
}

/// The same for functions of one argument.
pub struct Result1(&'static [u8; 18]);

impl Result1 {
    /// The vector tag of the result for a simple type's tag.
    ///
    /// # Errors
    /// `type` when the function does not take it.
    pub fn of(&self, x: i8) -> R<i8> {
        tag_of(self.0[position(x)])
    }
}

type Row = &'static [u8; 18];

const NONE: Row = b"..................";

/// Numbers and chars with anything, where the other's type is kept.
const NUMBERS: [Row; 9] = [
    b"i.iiijef..pmdznuvt",
    NONE,
    b"i.iiijef..pmdznuvt",
    b"i.iiijef..pmdznuvt",
    b"i.iiijef..pmdznuvt",
    b"j.jjjjef..pmdznuvt",
    b"e.eeeeef..pmdznuvt",
    b"f.fffffff.ffzzffff",
    b".......f..pmdznuvt",
];

/// Times with anything, where their differences are times again.
const TIMES: [Row; 8] = [
    b"p.pppppfp.n...pppp",
    b"m.mmmmmfm..i..pppp",
    b"d.dddddzd...i.pppp",
    b"z.zzzzzzz....fpzzz",
    b"n.nnnnnfn.ppppnnnn",
    b"u.uuuuufu.pppznuvt",
    b"v.vvvvvfv.pppznvvt",
    b"t.tttttft.pppznttt",
];

/// These rows with that of floats for reals too.
const fn reals_as_floats(mut numbers: [Row; 9]) -> [Row; 9] {
    numbers[6] = numbers[7];
    numbers
}

/// The rows of a table: numbers, symbols with nothing, times.
const fn rows(numbers: &[Row; 9], times: &[Row; 8]) -> [Row; 18] {
    let mut rows = [NONE; 18];
    let mut i = 0;
    while i < numbers.len() {
        rows[i] = numbers[i];
        i += 1;
    }
    while i - numbers.len() < times.len() {
        rows[i + 1] = times[i - numbers.len()];
        i += 1;
    }
    rows
}

/// `x+y`
pub static ADD: Results = Results(rows(&NUMBERS, &TIMES));

/// `x-y`
pub static SUBTRACT: Results = Results(rows(
    &[
        b"i.iiijefi.pmdznuvt",
        NONE,
        b"i.iiijefi.pmdznuvt",
        b"i.iiijefi.pmdznuvt",
        b"i.iiijefi.pmdznuvt",
        b"j.jjjjefj.pmdznuvt",
        b"e.eeeeefe.pmdznuvt",
        b"f.fffffff.ffzzffff",
        b".......f..pmdznuvt",
    ],
    &TIMES,
));

/// `x*y`
pub static MULTIPLY: Results = Results(rows(
    &NUMBERS,
    &[
        b"p.pppppfp.........",
        b"m.mmmmmfm.........",
        b"d.dddddzd.........",
        b"z.zzzzzzz.........",
        b"n.nnnnnfn.........",
        b"u.uuuuufu.........",
        b"v.vvvvvfv.........",
        b"t.tttttft.........",
    ],
));

/// `x mod y`
pub static MOD: Results = Results(rows(
    &reals_as_floats(NUMBERS),
    &[
        b"n.nnnnnfn.........",
        b"i.iiiiifi.........",
        b"i.iiiii.i.........",
        b"f.fffffff.........",
        b"n.nnnnnfn.........",
        b"u.uuuuufu.........",
        b"v.vvvvvfv.........",
        b"t.tttttft.........",
    ],
));

/// `x xbar y`
pub static XBAR: Results = Results([
    b"i.iiijffi.pmdznuvt",
    NONE,
    b"i.iiijffi.pmdznuvt",
    b"i.iiijffi.pmdznuvt",
    b"i.iiijffi.pmdznuvt",
    b"j.jjjjffj.pmdznuvt",
    b"e.eeeeffe.pmdznuvt",
    b"f.fffffff.ffzzffff",
    b"......ff..pmdznuvt",
    NONE,
    b"p.ppppffp.........",
    b"m.mmmmffm.........",
    b"d.ddddzzd.........",
    b"z.zzzzzzz.........",
    b"j.jjjjffj.pmdznuvt",
    b"u.uuuuffu.........",
    b"v.vvvvffv.........",
    b"t.ttttfft.........",
]);

/// `x|y` and `x&y`
pub static GREATER: Results = Results([
    b"b.xhijefc.pmdznuvt",
    NONE,
    b"x.xhijefc.pmdznuvt",
    b"h.hhijefc.pmdznuvt",
    b"i.iiijefc.pmdznuvt",
    b"j.jjjjefc.pmdznuvt",
    b"e.eeeeefc.pmdznuvt",
    b"f.ffffffc.pmdznuvt",
    b"c.ccccccc.pmdznuvt",
    NONE,
    b"p.ppppppp.ppppnuvt",
    b"m.mmmmmmm.pmd.....",
    b"d.ddddddd.pddz....",
    b"z.zzzzzzz.p.zznuvt",
    b"n.nnnnnnn.n..nnnnn",
    b"u.uuuuuuu.u..unuvt",
    b"v.vvvvvvv.v..vnvvt",
    b"t.ttttttt.t..tnttt",
]);

/// `x div y`: the left type, widened to int when it is narrower, and to float when it is real.
pub static DIV: Result1 = Result1(b"i.iiijffi.pmdznuvt");
/// `neg`, `abs`
pub static NEG: Result1 = Result1(b"i.ihijefi.pmdznuvt");
/// `floor`, `ceiling`
pub static FLOOR: Result1 = Result1(b"...hijjj..........");
/// `sum`, `prd` and their running forms
pub static SUM: Result1 = Result1(b"i.iiijefi.pmdznuvt");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_follow_the_table_of_types() {
        for (i, row) in tag::TYPES.iter().enumerate() {
            assert_eq!(position(row.tag), i);
            assert_eq!(position(-row.tag), i);
        }
    }

    #[test]
    fn results() {
        assert_eq!(ADD.of(tag::KJ, -tag::KF).unwrap(), tag::KF);
        assert_eq!(SUBTRACT.of(tag::KD, tag::KD).unwrap(), tag::KI);
        assert_eq!(ADD.of(tag::KS, tag::KJ).unwrap_err().text, "type");
    }
}
