//! Tables as lists of rows.

use super::read::collapse;
use crate::k::{K, Owned, Ref, tag};
use crate::marshal;

/// The rows of a table as dictionaries, which is what `enlist` makes of dictionaries with the same keys.
pub fn table_rows(table: Ref) -> Vec<Owned> {
    let Some((names, columns)) = columns(table) else {
        return Vec::new();
    };
    let count = columns.item(0).map_or(0, column_length);
    (0..count)
        .map(|i| {
            let row = columns.items().iter().enumerate().filter_map(|(c, _)| columns.item(c));
            Owned::dictionary(names.to_owned(), collapse(row.map(|column| column_item(column, i))))
        })
        .collect()
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

/// Number of rows that a column has.
pub(super) fn column_length(column: Ref) -> usize {
    if (0..=19).contains(&column.tag()) { column.len() } else { 0 }
}

fn column_item(column: Ref, i: usize) -> Owned {
    match column.tag() {
        tag::LIST => column.item(i).map_or_else(Owned::null, Ref::to_owned),
        _ if i < column_length(column) => marshal::element(column, i),
        _ => Owned::null(),
    }
}
