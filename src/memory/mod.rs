//! C structs and raw memory, seen from q.
//!
//! [`mod@write`] and [`mod@read`] convert structs; a [`Region`](region::Region) is what a pointer
//! argument stands for; a [`handle`] owns what C has allocated; [`natives`] are the functions of `.ffi`.

pub mod handle;
pub mod natives;
mod read;
pub mod region;
mod table;
mod write;

pub use self::read::{collapse, read_struct};
pub use self::table::table_rows;
pub use self::write::{clear_pointers, write_struct};
