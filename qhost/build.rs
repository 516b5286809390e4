//! Compiles the variadic functions and exports k.h's symbols from the executable.

fn main() {
    println!("cargo:rerun-if-changed=src/variadic.c");
    cc::Build::new().file("src/variadic.c").warnings_into_errors(true).compile("variadic");
    // A library loaded with `2:` resolves ktn and the rest against the executable.
    println!("cargo:rustc-link-arg-bins=-rdynamic");
    println!("cargo:rustc-link-arg-tests=-rdynamic");
}
