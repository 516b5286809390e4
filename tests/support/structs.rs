//! Structs as bytes, and back.

use kapi::Obj;

use super::values::raw;
use super::{call, native, q, string};

/// The bytes of a struct of these types.
pub fn pack(types: &str, value: &Obj) -> Result<Obj, String> {
    call(&native("pack"), &[string(types), value.clone()])
}

/// What the bytes of a struct hold.
pub fn unpack(types: &str, bytes: &Obj) -> Result<Obj, String> {
    call(&native("unpack"), &[string(types), bytes.clone()])
}

/// Demands that each value, in q's words, comes back from a struct of these types as what stands beside it.
pub fn come_back(rows: &[(&str, &str, &str)]) {
    for (types, source, wanted) in rows {
        // The bytes may point into it.
        let value = q(source);
        let packed = pack(types, &value).unwrap_or_else(|e| panic!("{types} {source}: {e}"));
        assert_eq!(raw(&unpack(types, &packed).unwrap()), raw(&q(wanted)), "{types} {source}");
    }
}
