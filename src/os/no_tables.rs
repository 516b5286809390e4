//! Modules whose tables nobody reads here: the system does, or faults are not looked at.

use super::Module;

impl Module {
    /// The index of its unwind tables.
    pub fn index(&self) -> &[u8] {
        &[]
    }

    /// Its unwind tables.
    pub fn tables_from(&self, _: usize) -> Option<&[u8]> {
        None
    }

    /// Whether there are any.
    pub fn has_tables(&self) -> bool {
        false
    }

    /// The type of an exported symbol, which is not told.
    pub fn type_of(&self, _: &str, _: usize) -> Option<u8> {
        None
    }
}
