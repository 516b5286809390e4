//! Exports k.h's symbols from the executables: a library loaded with `2:` resolves ktn and the rest against them.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-link-arg-bins=-rdynamic");
    println!("cargo:rustc-link-arg-tests=-rdynamic");
    // Where the build of the runtime has put KX's library, with the feature libe.
    if let Ok(folder) = std::env::var("DEP_KAPI_LIBE") {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
    }
}
