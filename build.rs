//! Exports the K API from tests and benchmarks, so that C libraries they load find it as in kdb+; on Windows, links the
//! library against q's program.

use std::env::var;
use std::process::Command;

fn main() {
    let root = var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    match var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("windows") => for_windows(&root),
        Ok("linux") => {
            export();
            // What split-debuginfo leaves in the library, the lines of the code here, is compressed; the symbols of what it
            // does not export are names once more.
            println!("cargo:rustc-link-arg-cdylib=-Wl,--compress-debug-sections=zlib,-O2,--discard-all");
            println!("cargo:rustc-link-arg-cdylib=-Wl,-T,{root}/own-debug.ld");
            println!("cargo:rerun-if-changed=own-debug.ld");
        }
        _ => export(),
    }
    println!("cargo:rerun-if-changed=build.rs");
}

fn export() {
    println!("cargo:rustc-link-arg-tests=-rdynamic");
    println!("cargo:rustc-link-arg-benches=-rdynamic");
}

/// A library says there which program has the functions that it imports: for the library alone, since tests have the
/// runtime in themselves, and export its functions by the same list.
fn for_windows(root: &str) {
    let list = format!("{root}/qhost/runtime/k.def");
    println!("cargo:rerun-if-changed={list}");
    println!("cargo:rustc-link-arg-tests={list}");
    println!("cargo:rustc-link-arg-tests=-Wl,--stack,8388608");
    let library = format!("{}/libq.a", var("OUT_DIR").expect("cargo sets it"));
    let tool = if cfg!(windows) { "dlltool" } else { "x86_64-w64-mingw32-dlltool" };
    // Checking needs no library.
    match Command::new(tool).args(["-d", &list, "-l", &library]).status() {
        Ok(status) if status.success() => println!("cargo:rustc-link-arg-cdylib={library}"),
        other => println!("cargo:warning={tool}, which linking the library needs: {other:?}"),
    }
}
