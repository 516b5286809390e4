//! q scripts that check themselves by `tests/q/check.q`, run by qhost as a user would.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// The root of the checkout.
pub const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn library(once: &'static OnceLock<PathBuf>, name: &str, source: &str) -> &'static Path {
    once.get_or_init(|| super::compile("gcc", name, source))
}

/// qhost on a script, in the environment that scripts expect.
pub fn host(script: &Path) -> Command {
    static THREADS: OnceLock<PathBuf> = OnceLock::new();
    static ASYNC: OnceLock<PathBuf> = OnceLock::new();
    static CDEF: OnceLock<PathBuf> = OnceLock::new();
    static NAMED: OnceLock<PathBuf> = OnceLock::new();
    static FAULTS: OnceLock<PathBuf> = OnceLock::new();
    static FAULTS_K: OnceLock<PathBuf> = OnceLock::new();
    let mut host = super::host::command();
    host.arg(script)
        .arg("-q")
        .stdin(Stdio::null())
        .env_remove("QHOME")
        .env("CHECK_Q", format!("{ROOT}/tests/q/check.q"))
        .env("HEADERS", format!("{ROOT}/tests/c/headers"))
        .env("SCRATCH", env!("CARGO_TARGET_TMPDIR"))
        .env("THREADS_SO", library(&THREADS, "threads", include_str!("../c/threads.c")))
        .env("ASYNC_SO", library(&ASYNC, "async", include_str!("../c/async.c")))
        .env("CDEF_SO", library(&CDEF, "cdef", include_str!("../c/cdef.c")))
        .env("NAMED_SO", library(&NAMED, "named", &named()))
        .env("NAMED_H", format!("{ROOT}/tests/c/named.h"))
        .env("FAULTS_SO", library(&FAULTS, "faults", include_str!("../c/faults.c")))
        .env("FAULTS_K_SO", library(&FAULTS_K, "faults_k", include_str!("../c/faults_k.c")));
    host
}

/// The source of the callees that named.h declares.
pub fn named() -> String {
    format!("#define HEADER \"{ROOT}/tests/c/named.h\"\n{}", include_str!("../c/named.c"))
}

/// What a process has written, as text.
pub fn written(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

/// Demands that a script has come to its end with checks made and none failed.
pub fn passed(name: &str, form: &str, output: &Output) {
    let (out, err) = written(output);
    let checks = out.lines().last().and_then(|line| line.strip_suffix(" checks")?.parse::<u32>().ok());
    let ok = output.status.success() && checks.is_some_and(|n| n > 0) && !err.contains("panicked");
    assert!(ok, "{name} with {form}: {}\n{}", output.status, shortened(&format!("{out}{err}")));
}

/// The beginning of each line: a check that fails may show long vectors.
pub fn shortened(text: &str) -> String {
    text.lines().map(|line| line.chars().take(400).chain(['\n']).collect::<String>()).collect()
}

/// The names of the q files of a folder of the checkout, in order.
pub fn names(folder: &str) -> Vec<String> {
    let files = std::fs::read_dir(Path::new(ROOT).join(folder)).expect("the directory is there");
    let paths = files.filter_map(|file| Some(file.ok()?.path()));
    let scripts = paths.filter(|path| path.extension().is_some_and(|e| e == "q"));
    let mut names: Vec<String> =
        scripts.filter_map(|path| Some(path.file_stem()?.to_str()?.into())).collect();
    names.sort();
    names
}
