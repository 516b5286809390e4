//! Exports the K API from tests and benchmarks, so that C libraries they load find it as in kdb+.

fn main() {
    println!("cargo:rustc-link-arg-tests=-rdynamic");
    println!("cargo:rustc-link-arg-benches=-rdynamic");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        // What split-debuginfo leaves in the library, the lines of the code here and what Rust's own library brings, is
        // compressed; the symbols of what it does not export are names once more.
        println!("cargo:rustc-link-arg-cdylib=-Wl,--compress-debug-sections=zlib,-O2,--discard-all");
    }
    println!("cargo:rerun-if-changed=build.rs");
}
