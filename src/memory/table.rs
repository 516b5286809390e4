//! Tables as lists of rows. A column is a vector, a list, or a table again.

use super::read::collapse;
use crate::k::{K, Owned, Ref, tag};
use crate::marshal;

/// The rows of a table as dictionaries, which is what `enlist` makes of dictionaries with the same keys.
pub fn table_rows(table: Ref) -> Vec<Owned> {
    (0..row_count(table)).map(|i| row(table, i)).collect()
}

fn row(table: Ref, i: usize) -> Owned {
    let Some((names, columns)) = columns(table) else { return Owned::null() };
    let columns = (0..columns.items().len()).filter_map(|c| columns.item(c));
    Owned::dictionary(names.to_owned(), collapse(columns.map(|column| column_item(column, i))))
}

/// The column names and the columns of a table.
pub(super) fn columns(table: Ref) -> Option<(Ref, Ref)> {
    // SAFETY: a table holds a dictionary of columns in its payload, a dictionary is a pair (k.h); both are kept alive.
    unsafe {
        let dictionary = Ref::new(table.payload::<K>())?;
        let pair = dictionary.data().cast::<K>();
        Some((Ref::new(pair.read())?, Ref::new(pair.add(1).read())?))
    }
}

/// Number of rows of a table.
pub(super) fn row_count(table: Ref) -> usize {
    columns(table).and_then(|(_, columns)| columns.item(0)).map_or(0, column_length)
}

fn column_length(column: Ref) -> usize {
    match column.tag() {
        0..=19 => column.len(),
        tag::TABLE => row_count(column),
        _ => 0,
    }
}

fn column_item(column: Ref, i: usize) -> Owned {
    match column.tag() {
        tag::LIST => column.item(i).map_or_else(Owned::null, Ref::to_owned),
        _ if i >= column_length(column) => Owned::null(),
        tag::TABLE => row(column, i),
        _ => marshal::element(column, i),
    }
}
