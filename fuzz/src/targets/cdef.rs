//! Any bytes as C declarations: read or refused, strictly and leniently, on both data models, and what was read has
//! letters that are a signature, or a reason.

use std::sync::LazyLock;

use ffijit::cdef::letters::signature_of;
use ffijit::cdef::{Model, Scope, macros, read, read_header};
use ffijit::signature::Signature;

static SCOPES: LazyLock<[Scope; 2]> =
    LazyLock::new(|| [Model::LINUX_X86_64, Model::WINDOWS_X86_64].map(Scope::new));

/// Reads them.
pub fn run(data: &[u8]) {
    for scope in SCOPES.iter() {
        let header = read_header(scope, data, "any.h");
        for read in [read(scope, data), header, macros::read_marks(scope, data, &[])].iter().flatten() {
            judge(read);
            // What was read is a beginning as good as any.
            _ = ffijit::cdef::read(read, data);
        }
    }
    _ = macros::defined(&String::from_utf8_lossy(data));
}

fn judge(scope: &Scope) {
    for function in scope.functions() {
        assert!(!scope.prototype(function).is_empty());
        if let Ok(letters) = signature_of(scope, function) {
            Signature::parse(letters.args.as_bytes(), letters.ret.as_bytes())
                .expect("letters are a signature");
        }
    }
    for (ty, record) in scope.types.every_record() {
        let (Some(fields), Some(extent)) = (&record.fields, scope.types.extent(ty)) else { continue };
        for field in fields.iter() {
            let size = scope.types.extent(field.ty).map_or(0, |extent| 8 * extent.size);
            let bits = field.bits.map_or(size, u64::from);
            assert!(field.offset + bits <= 8 * extent.size, "a field within its struct");
        }
    }
}
