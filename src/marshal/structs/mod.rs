//! C structs as q lists, vectors, dictionaries and tables, and the other way round.

mod array;
mod bits;
mod named;
mod read;
mod source;
mod table;
mod write;

pub use self::read::{collapse, read_array, read_column, read_columns, read_struct};
pub use self::table::{row_count, table_rows};
pub use self::write::clear_pointers;
