//! What q sees: the native functions of `.ffi`, and who may call each.

mod background;
mod bind;
mod cdef;
mod header;
mod inspect;
mod meant;
mod memory;
mod offset;
mod place;
mod region;
mod types;

use crate::background::pending;
use crate::callback::object;
use crate::policy;

/// A native function of `.ffi`: its public name, its C function and its rank.
pub struct Native {
    /// The name under `.ffi`.
    pub name: &'static str,
    /// The C function of as many K.
    pub function: *const u8,
    /// Number of parameters.
    pub rank: usize,
}

/// Makes a [`Native`] of a Rust function of one to four [`Ref`](crate::k::Ref)s that returns
/// [`Result<Owned>`](crate::error::Result), for those whom [`Access`](policy::Access) lets call it.
macro_rules! native {
    ($name:literal, $access:ident, $body:path, 1) => {
        native!(@ $name, $access, $body, 1, x)
    };
    ($name:literal, $access:ident, $body:path, 2) => {
        native!(@ $name, $access, $body, 2, x y)
    };
    ($name:literal, $access:ident, $body:path, 3) => {
        native!(@ $name, $access, $body, 3, x y z)
    };
    ($name:literal, $access:ident, $body:path, 4) => {
        native!(@ $name, $access, $body, 4, x y z n)
    };
    (@ $name:literal, $access:ident, $body:path, $rank:literal, $($arg:ident)+) => {{
        extern "C" fn native($($arg: crate::k::K),+) -> crate::k::K {
            crate::guard::guard(|| {
                policy::permit(policy::Access::$access, $name)?;
                // SAFETY: q calls this function with arguments that it keeps alive until it returns.
                $body($(unsafe { crate::guard::argument($arg) }?),+).map_err(|error| error.by($name))
            })
        }
        Native { name: $name, function: native as *const u8, rank: $rank }
    }};
}

/// The native functions: public name, who may call it ([`policy::Access`]), function, rank.
#[rustfmt::skip]
pub const ALL: &[Native] = &[
    native!("bind", Guarded, bind::bind, 3),
    native!("fn", Guarded, bind::fixed, 3),
    native!("atomic", Guarded, bind::atomic, 3),
    native!("atomicPar", Guarded, bind::atomic_parallel, 4),
    native!("simd", Guarded, bind::simd, 3),
    native!("over", Guarded, bind::over, 3),
    native!("scan", Guarded, bind::scan, 3),
    native!("prior", Guarded, bind::prior, 3),
    native!("async", Guarded, background::bind, 3),
    native!("await", Open, background::wait, 1),
    native!("cancel", Open, background::cancel, 1),
    native!("pending", Open, pending, 1),
    native!("workers", Local, background::workers, 1),
    native!("callFunction", Guarded, bind::call_function, 2),
    native!("cdef", Guarded, cdef::declare, 2),
    native!("header", Guarded, header::read, 2),
    native!("module", Guarded, header::text, 4),
    native!("cvar", Guarded, bind::cvar, 1),
    native!("asQFunc", Guarded, bind::as_q_function, 2),
    native!("address", Guarded, bind::address_of, 1),
    native!("loadlib", Guarded, bind::load_library, 1),
    native!("callback", Guarded, object::callback, 3),
    native!("stats", Open, inspect::statistics, 1),
    native!("setErrno", Open, inspect::set_errno, 1),
    native!("lastError", Open, inspect::last_error, 1),
    native!("bindings", Open, bind::list_bindings, 1),
    native!("stubs", Open, inspect::list_stubs, 1),
    native!("disasm", Open, inspect::disassemble, 2),
    native!("os", Open, inspect::os, 1),
    native!("extension", Open, inspect::extension, 1),
    native!("ptrsize", Open, inspect::pointer_size, 1),
    native!("pack", Open, memory::pack, 2),
    native!("unpack", Open, memory::unpack, 2),
    native!("sizeof", Open, memory::size_of_types, 1),
    native!("offsetof", Open, offset::offset_of, 2),
    native!("deref", Guarded, memory::deref, 3),
    native!("columns", Guarded, memory::columns, 3),
    native!("peek", Guarded, memory::peek, 3),
    native!("poke", Guarded, memory::poke, 2),
    native!("string", Guarded, memory::string, 1),
    native!("malloc", Open, memory::malloc, 1),
    native!("free", Guarded, memory::free, 1),
    native!("own", Guarded, memory::own, 2),
    native!("guard", Local, inspect::guard, 1),
    native!("seal", Local, policy::seal, 1),
    native!("allowRemote", Local, policy::allow_remote, 1),
    native!("version", Open, inspect::version, 1),
];
