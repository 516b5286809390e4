//! Exports the K API from tests and benchmarks, so that C libraries they load find it as in kdb+.

fn main() {
    println!("cargo:rustc-link-arg-tests=-rdynamic");
    println!("cargo:rustc-link-arg-benches=-rdynamic");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        // What split-debuginfo leaves in the library, the lines of the code here, is compressed; the symbols of what it
        // does not export are names once more.
        println!("cargo:rustc-link-arg-cdylib=-Wl,--compress-debug-sections=zlib,-O2,--discard-all");
        let root = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
        println!("cargo:rustc-link-arg-cdylib=-Wl,-T,{root}/own-debug.ld");
        println!("cargo:rerun-if-changed=own-debug.ld");
    }
    println!("cargo:rerun-if-changed=build.rs");
}
