//! Compiles the variadic functions and exports k.h's symbols from the executable.

use std::env;
use std::path::Path;

fn main() {
    let is_libe = env::var_os("CARGO_FEATURE_LIBE").is_some();
    println!("cargo:rerun-if-changed=src/variadic.c");
    let mut c = cc::Build::new();
    if is_libe {
        c.define("WITHOUT_LISTS", None);
        link_libe();
    }
    c.file("src/variadic.c").warnings_into_errors(true).compile("variadic");
    // A library loaded with `2:` resolves ktn and the rest against the executable.
    println!("cargo:rustc-link-arg-tests=-rdynamic");
}

/// Links a copy of KX's library, which tools/fetch-libe.py leaves in target/libe: in the build's own directory `cargo run`
/// and `cargo test` let the dynamic linker find it.
fn link_libe() {
    let platform = match variable("CARGO_CFG_TARGET_ARCH").as_str() {
        "aarch64" => "l64arm",
        _ => "l64",
    };
    let fetched =
        Path::new(&variable("CARGO_MANIFEST_DIR")).join("../../target/libe").join(platform).join("libe.so");
    println!("cargo:rerun-if-changed={}", fetched.display());
    let ours = variable("OUT_DIR");
    if let Err(error) = std::fs::copy(&fetched, Path::new(&ours).join("libe.so")) {
        println!(
            "cargo::error=the feature libe needs what tools/fetch-libe.py fetches: {}: {error}",
            fetched.display()
        );
    }
    println!("cargo:rustc-link-search=native={ours}");
    println!("cargo:rustc-link-lib=dylib=e");
    println!("cargo:rustc-link-arg=-Wl,-rpath,{ours}");
    // For the executables of who depends on this crate.
    println!("cargo:libe={ours}");
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|error| panic!("{name}: {error}"))
}
