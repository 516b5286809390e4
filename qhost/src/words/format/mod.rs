//! How values look on the console.

mod block;
mod inline;
mod number;
mod simple;
mod temporal;

use super::attribute::with_attribute;
use super::items;
use crate::state::context::settings;
use kapi::object::{Obj, tag};

/// Rows and columns of the console that the display leaves free.
const MARGIN: (usize, usize) = (2, 1);
/// The widest console, and so the most elements of a vector that are ever laid out on a line.
const WIDEST: usize = 2000;
/// What ends a line or a display that was cut.
const CUT: &[u8] = b"..";

/// What the prompt and `show` print for `x`, with the final newline; within `\c` and at `\P` digits.
/// Empty for the generic null and for empty lists.
pub fn console(x: &Obj) -> Vec<u8> {
    let settings = settings();
    let (rows, columns) = settings.console;
    let (rows, columns) = (rows.saturating_sub(MARGIN.0), columns.saturating_sub(MARGIN.1));
    let mut text = Vec::new();
    for mut line in shown_lines(x, rows, settings.precision) {
        if line.len() > columns {
            line.truncate(columns.saturating_sub(CUT.len()));
            line.extend_from_slice(CUT);
        }
        line.push(b'\n');
        text.append(&mut line);
    }
    text
}

/// `.Q.s1`: `x` on one line, without a newline, not truncated.
pub fn q_s1(x: &Obj) -> Vec<u8> {
    let mut text = Vec::new();
    inline::inline(&mut text, x, settings().precision);
    text
}

/// `string` of an atom or a function.
pub fn string(x: &Obj) -> Vec<u8> {
    string_at(x, 0)
}

/// `string` of element `i` of a simple vector (of the atom itself when `x` is one).
pub fn string_at(x: &Obj, i: usize) -> Vec<u8> {
    let mut text = Vec::new();
    let precision = settings().precision;
    match x.tag() {
        -19..=-1 | 1..=19 => simple::plain(&mut text, x, i, precision),
        _ => inline::inline(&mut text, x, precision),
    }
    text
}

/// The lines of `x`, at most `rows` of its items.
fn shown_lines(x: &Obj, rows: usize, precision: usize) -> Vec<Vec<u8>> {
    match x.tag() {
        tag::UNARY if x.get::<i64>() == 0 => Vec::new(),
        t if t < 0 || (1..77).contains(&t) => vec![q_s1(&clipped(x))],
        tag::LAMBDA.. => q_s1(x).split(|&b| b == b'\n').map(<[u8]>::to_vec).collect(),
        _ => leading_lines(x, rows, precision),
    }
}

/// The part of a simple vector that can come on a line; anything else as it is.
fn clipped(x: &Obj) -> Obj {
    if !(1..77).contains(&x.tag()) || x.len() <= WIDEST {
        return x.clone();
    }
    with_attribute(items::range(x, 0, WIDEST), x.attribute())
}

fn leading_lines(x: &Obj, rows: usize, precision: usize) -> Vec<Vec<u8>> {
    // A table's header takes two more.
    let rows = if is_table(x) { rows.saturating_sub(2) } else { rows };
    if x.len() <= rows {
        return block::lines(x, precision);
    }
    let mut lines = block::lines(&items::range(x, 0, rows.saturating_sub(1)), precision);
    lines.push(CUT.to_vec());
    lines
}

/// A table, keyed or not.
fn is_table(x: &Obj) -> bool {
    match x.tag() {
        tag::XT => true,
        tag::XD => [x.dict_parts().0, x.dict_parts().1].iter().all(|part| part.tag() == tag::XT),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(x: &Obj) -> String {
        String::from_utf8(console(x)).unwrap()
    }

    fn s1(x: &Obj) -> String {
        String::from_utf8(q_s1(x)).unwrap()
    }

    #[test]
    fn suffixes() {
        assert_eq!(s1(&Obj::from_slice(tag::KI, &[1, i32::MIN, i32::MAX])), "1 0N 0Wi");
        assert_eq!(s1(&Obj::from_slice(tag::KF, &[1.0, 2.0])), "1 2f");
        assert_eq!(s1(&Obj::from_slice(tag::KF, &[1.0, f64::NAN])), "1 0n");
        assert_eq!(s1(&Obj::from_slice(tag::KD, &[i32::MIN, i32::MIN])), "0N 0Nd");
        assert_eq!(s1(&Obj::from_slice(tag::KD, &[i32::MIN, 0])), "0N 2000.01.01");
        assert_eq!(s1(&Obj::from_slice(tag::KM, &[0, 1])), "2000.01 2000.02m");
        assert_eq!(s1(&Obj::from_slice(tag::KI, &[7])), ",7i");
        assert_eq!(s1(&Obj::zeroed(tag::KJ, 0)), "`long$()");
        assert_eq!(s1(&Obj::short(i16::MAX)), "32767h");
        assert_eq!(s1(&Obj::string(b"a\"\n\xff")), "\"a\\\"\\n\\377\"");
    }

    #[test]
    fn matrices_are_aligned() {
        let m = Obj::list(vec![Obj::from_slice(tag::KJ, &[1i64, 2]), Obj::from_slice(tag::KJ, &[10i64, 20])]);
        assert_eq!(show(&m), "1  2 \n10 20\n");
        assert_eq!(s1(&m), "(1 2;10 20)");
    }

    #[test]
    fn tables_have_header_and_rule() {
        let columns = Obj::list(vec![Obj::from_slice(tag::KJ, &[1i64, 20]), Obj::symbols(["x", "yy"])]);
        let t = Obj::table(Obj::dict(Obj::symbols(["a", "b"]), columns));
        assert_eq!(show(&t), "a  b \n-----\n1  x \n20 yy\n");
        assert_eq!(s1(&t), "+`a`b!(1 20;`x`yy)");
    }

    #[test]
    fn long_lists_are_cut() {
        let x = Obj::from_slice(tag::KJ, &(0..100).collect::<Vec<i64>>());
        assert_eq!(show(&x).len(), 80);
        assert!(show(&x).ends_with("..\n"));
        let lists = Obj::list(vec![Obj::string(b"ab"); 30]);
        assert_eq!(show(&lists).lines().count(), 23);
    }
}
