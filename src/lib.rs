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

// Lowest first: each module imports only from what stands before it, which tests/layers.rs checks.
pub mod error;
pub mod os;
pub mod pointed;
pub mod k;
pub mod library;
pub mod ctype;
pub mod calls;
pub mod policy;
pub mod args;
pub mod signature;
pub mod cdef;
pub mod preprocessor;
pub mod guard;
pub mod foreign;
pub mod abi;
pub mod plan;
pub mod marshal;
pub mod jit;
pub mod faults;
pub mod call;
pub mod prototype;
pub mod callback;
pub mod binding;
pub mod background;
pub mod natives;

// The unit tests call k.h.
#[cfg(test)]
use kapi as _;

use k::{K, Owned, collect};

/// A dictionary from each native function's name to the q function.
///
/// # Safety
/// q calls this, with an argument that is ignored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kexport(_: K) -> K {
    guard::guard(|| {
        policy::begin();
        faults::guard_by_environment(binding::NAMES)?;
        let natives = natives::ALL;
        // SAFETY: each native is a C function of as many K as its rank says, and code is never unloaded.
        let functions = natives.iter().map(|n| unsafe { Owned::function(n.function, n.rank) });
        let functions = Owned::list(collect(functions)?)?;
        Owned::dictionary(Owned::symbols(natives.iter().map(|n| n.name))?, functions)
    })
}
