//! Tables as lists of rows. A column is a vector, a list, or a table again.

use super::read::collapse;
use crate::error::Result;
use crate::k::{Owned, Ref, collect, tag};
use crate::marshal;

/// The rows of a table as dictionaries, which is what `enlist` makes of dictionaries with the same keys.
///
/// # Errors
/// [`Error::MemoryFull`](crate::error::Error::MemoryFull).
pub fn table_rows(table: Ref) -> Result<Vec<Owned>> {
    collect((0..row_count(table)).map(|i| row(table, i)))
}

fn row(table: Ref, i: usize) -> Result<Owned> {
    let Some((names, columns)) = table.parts() else { return Owned::null() };
    let columns = (0..columns.items().len()).map(|c| match columns.item(c) {
        Some(column) => column_item(column, i),
        None => Owned::null(),
    });
    Owned::dictionary(names.to_owned(), collapse(columns)?)
}

/// Number of rows of a table.
pub fn row_count(table: Ref) -> usize {
    table.parts().and_then(|(_, columns)| columns.item(0)).map_or(0, column_length)
}

fn column_length(column: Ref) -> usize {
    match column.tag() {
        0..=19 => column.len(),
        tag::TABLE => row_count(column),
        _ => 0,
    }
}

fn column_item(column: Ref, i: usize) -> Result<Owned> {
    match column.tag() {
        _ if i >= column_length(column) => Owned::null(),
        tag::TABLE => row(column, i),
        _ => marshal::item(column, i),
    }
}
