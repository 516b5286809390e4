//! C structs as q lists, vectors, dictionaries and tables, and the other way round.

mod bits;
mod named;
mod read;
mod table;
mod write;

pub use self::read::{collapse, read_array, read_column, read_columns, read_struct};
pub use self::table::{row_count, table_rows};
pub(in crate::marshal) use self::write::write_elements;
pub use self::write::{clear_pointers, write_rows, write_struct};
