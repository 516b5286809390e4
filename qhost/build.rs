//! Exports k.h's symbols from the executables: a library loaded with `2:` resolves ktn and the rest against them.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_CFG_WINDOWS").is_some() {
        return for_windows();
    }
    println!("cargo:rustc-link-arg-bins=-rdynamic");
    println!("cargo:rustc-link-arg-tests=-rdynamic");
    // Where the build of the runtime has put KX's library, with the feature libe.
    if let Ok(folder) = std::env::var("DEP_KAPI_LIBE") {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
    }
}

/// A program exports there what a list says. Its stack is as large as on Linux.
fn for_windows() {
    let root = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    println!("cargo:rustc-link-arg-bins={root}/runtime/k.def");
    println!("cargo:rustc-link-arg-bins=-Wl,--stack,8388608");
    println!("cargo:rerun-if-changed=runtime/k.def");
}
