//! Values over several lines: lists one item a line, matrices, dictionaries and tables in aligned columns.

use super::inline::inline;
use super::simple;
use crate::state::stack;
use crate::words::{enumeration, items};
use kapi::object::{Obj, tag};

/// One line of text.
pub type Line = Vec<u8>;

/// Items of a row of a matrix that are laid out at most, as in q.
const WIDEST: usize = 1000;

/// `x` as lines, the shape the console gives it: empty for empty lists.
pub fn lines(x: &Obj, precision: usize) -> Vec<Line> {
    match x.tag() {
        tag::XT => table(x, precision),
        tag::XD => dictionary(x, precision),
        0 => list(x.items(), precision),
        20..=76 => {
            enumeration::values(x).map_or_else(|_| vec![one_line(x, precision)], |x| lines(&x, precision))
        }
        1..=19 => (0..x.len()).map(|i| line(|out| simple::plain(out, x, i, precision))).collect(),
        _ => vec![one_line(x, precision)],
    }
}

fn line(write: impl FnOnce(&mut Line)) -> Line {
    let mut out = Line::new();
    write(&mut out);
    out
}

fn one_line(x: &Obj, precision: usize) -> Line {
    line(|out| inline(out, &super::clipped(x), precision))
}

fn list(items: &[Obj], precision: usize) -> Vec<Line> {
    if is_matrix(items) && stack::check().is_ok() {
        let rows = items.iter().map(|row| lines(&leading(row), precision)).collect();
        return align(rows);
    }
    items.iter().map(|item| one_line(item, precision)).collect()
}

/// Lists of one length are shown as a matrix, unless all are strings, booleans or bytes, which read better in
/// their own form.
fn is_matrix(items: &[Obj]) -> bool {
    let Some(first) = items.first() else {
        return false;
    };
    let packed = |t: i8| matches!(t, tag::KB | tag::KG | tag::KC);
    items.iter().all(|item| (0..=97).contains(&item.tag()) && item.len() == first.len())
        && !(packed(first.tag()) && items.iter().all(|item| item.tag() == first.tag()))
}

/// The part of a row that can come on the console.
fn leading(row: &Obj) -> Obj {
    if row.len() > WIDEST { items::range(row, 0, WIDEST) } else { row.clone() }
}

fn dictionary(x: &Obj, precision: usize) -> Vec<Line> {
    let (keys, values) = x.dict_parts();
    let (mut keys, mut values) = (lines(keys, precision), lines(values, precision));
    under_header(&mut keys, values.len());
    under_header(&mut values, keys.len());
    let width = widest(&keys);
    let join = |(mut key, value): (Line, Line)| {
        key.resize(width, b' ');
        key.extend_from_slice(b"| ");
        key.extend(value);
        key
    };
    keys.into_iter().zip(values).map(join).collect()
}

/// When the other side is a table, puts a blank and a rule beside the table's header.
fn under_header(side: &mut Vec<Line>, height: usize) {
    if side.len() + 2 == height {
        let width = side.first().map_or(0, Vec::len);
        side.splice(0..0, [vec![b' '; width], vec![b'-'; width]]);
    }
}

/// Header, rule, rows. Each column is as wide as its widest cell, the last one too.
fn table(x: &Obj, precision: usize) -> Vec<Line> {
    let (names, columns) = x.table_dict().dict_parts();
    let mut rows = vec![lines(names, precision)];
    let cells: Vec<Vec<Line>> = columns.items().iter().map(|c| lines(&leading(c), precision)).collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    let cell = |column: &Vec<Line>, i| column.get(i).cloned().unwrap_or_default();
    rows.extend((0..height).map(|i| cells.iter().map(|column| cell(column, i)).collect()));
    let mut lines = align(rows);
    lines.insert(1, vec![b'-'; lines[0].len()]);
    lines
}

/// Pads each column of cells to one width and joins the cells of a row by a space.
fn align(rows: Vec<Vec<Line>>) -> Vec<Line> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |c| rows.iter().filter_map(|row: &Vec<Line>| row.get(c)).map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let join = |row: Vec<Line>| {
        let padded = row.into_iter().zip(&widths).map(|(mut cell, &width)| {
            cell.resize(width, b' ');
            cell
        });
        padded.collect::<Vec<Line>>().join(&b' ')
    };
    rows.into_iter().map(join).collect()
}

fn widest(lines: &[Line]) -> usize {
    lines.iter().map(Vec::len).max().unwrap_or(0)
}
