//! The C library that several tests load.

#![allow(dead_code, reason = "each test binary uses its part")]

use kapi::object::Obj;
use kapi::{R, dynload};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Compiles c_library.c, once per test process, to a file of this test binary's own.
pub fn library() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        let name = format!("{}_c{}", env!("CARGO_CRATE_NAME"), std::env::consts::DLL_SUFFIX);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let source = path.with_extension("c");
        std::fs::write(&source, include_str!("../c_library.c")).expect("the target directory takes a file");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-pthread", "-o"]);
        compiler.arg(&path).arg(&source);
        if cfg!(target_os = "macos") {
            compiler.arg("-Wl,-undefined,dynamic_lookup");
        }
        assert!(compiler.status().expect("a C compiler named cc").success());
        path
    })
}

/// `library 2: (name; rank)`.
pub fn try_load(name: &str, rank: i64) -> R {
    let path = format!(":{}", library().display());
    let spec = Obj::list(vec![Obj::symbol(name), Obj::long(rank)]);
    dynload::load(&Obj::symbol(&path), &spec)
}

/// The same, which must succeed.
pub fn load(name: &str, rank: i64) -> Obj {
    try_load(name, rank).expect("the library loads")
}
