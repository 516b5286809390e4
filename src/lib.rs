//! ffijit calls C from q through native stubs that Cranelift compiles, one for each signature.
//!
//! A q function made by `dl` is a C function pointer `K f(K,…)`. A stub is such a function made for one C signature:
//! it checks the type tags, loads the payloads straight into argument registers, calls, and boxes the result. What
//! the tags do not match exactly goes to [`marshal`], which converts without loss or signals an error.
//!
//! ```text
//! "ff","f" ──signature──▶ Signature ──plan──▶ Plan ──jit──▶ Template ──copied and patched──▶ stub ──dl──▶ q function
//!                                              └── jit ▶ invoker ◀── marshal: structs, the cold path
//! ```

pub mod abi;
pub mod atomic;
pub mod bind;
pub mod call;
pub mod callback;
pub mod calls;
pub mod ctype;
pub mod entry;
pub mod error;
pub mod fallback;
pub mod fields;
pub mod inspect;
pub mod jit;
pub mod k;
pub mod library;
pub mod marshal;
pub mod memory;
pub mod os;
pub mod parallel;
pub mod plan;
pub mod policy;
pub mod prototype;
pub mod signature;

use entry::Native;
use k::{K, Owned};

/// The native functions: public name, who may call it ([`policy::Access`]), function, rank.
fn natives() -> Vec<Native> {
    vec![
        native!("bind", Guarded, bind::bind, 3),
        native!("fn", Guarded, bind::fixed, 3),
        native!("atomic", Guarded, bind::atomic, 3),
        native!("atomicPar", Guarded, bind::atomic_parallel, 4),
        native!("callFunction", Guarded, bind::call_function, 2),
        native!("cvar", Guarded, bind::cvar, 1),
        native!("asQFunc", Guarded, bind::as_q_function, 2),
        native!("loadlib", Guarded, bind::load_library, 1),
        native!("callback", Guarded, callback::object::callback, 3),
        native!("stats", Open, inspect::statistics, 1),
        native!("setErrno", Open, inspect::set_errno, 1),
        native!("bindings", Open, bind::list_bindings, 1),
        native!("stubs", Open, inspect::list_stubs, 1),
        native!("disasm", Open, inspect::disassemble, 2),
        native!("os", Open, inspect::os, 1),
        native!("extension", Open, inspect::extension, 1),
        native!("ptrsize", Open, inspect::pointer_size, 1),
        native!("pack", Open, memory::natives::pack, 2),
        native!("unpack", Open, memory::natives::unpack, 2),
        native!("sizeof", Open, memory::natives::size_of_types, 1),
        native!("deref", Guarded, memory::natives::deref, 3),
        native!("columns", Guarded, memory::natives::columns, 3),
        native!("peek", Guarded, memory::natives::peek, 3),
        native!("poke", Guarded, memory::natives::poke, 2),
        native!("string", Guarded, memory::natives::string, 1),
        native!("malloc", Open, memory::natives::malloc, 1),
        native!("free", Guarded, memory::natives::free, 1),
        native!("own", Guarded, memory::natives::own, 2),
        native!("seal", Local, policy::seal, 1),
        native!("allowRemote", Local, policy::allow_remote, 1),
        native!("version", Open, inspect::version, 1),
    ]
}

/// A dictionary from each native function's name to the q function.
///
/// # Safety
/// q calls this, with an argument that is ignored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kexport(_: K) -> K {
    entry::guard(|| {
        let natives = natives();
        // SAFETY: each native is a C function of as many K as its rank says, and code is never unloaded.
        let functions = natives.iter().map(|n| unsafe { Owned::function(n.function, n.rank) }).collect();
        Ok(Owned::dictionary(Owned::symbols(natives.iter().map(|n| n.name)), Owned::list(functions)))
    })
}
