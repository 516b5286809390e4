//! The library in a process with other things in it: another copy of itself, another libffi, a symbol table that both
//! share.

mod support;

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The library that qhost loads.
fn library() -> PathBuf {
    let host = support::host::command();
    let set = host.get_envs().find(|(name, _)| *name == "FFIJIT_LIB").and_then(|(_, value)| value);
    set.expect("the host is told where the library is").into()
}

/// What uses stubs, the fallback to libffi, structs, and callbacks of both kinds of `f`, the natives by name.
const EXERCISE: &str = "
exercise:{[f]
  pow:f[`fn][`libm`pow;\"ff\";\"f\"];
  ldiv:f[`bind][`ldiv;\"jj\";\"{jj}\"];
  snprintf:f[`bind][`snprintf;\"ClC...\";\"i\"];
  qsort:f[`bind][`qsort;\"Jllk\";\" \"];
  sorted:3 1 2;
  qsort (sorted;3;8;({signum x-y};\"JJ\";\"i\"));
  text:8#\"\\000\";
  snprintf enlist(text;8;\"%d.\\000\";42;::);
  (pow[2f;10f];ldiv enlist(7;2;::);sorted;3#text)}
";

/// The output of a program.
fn run(program: &str, preload: Option<&str>) -> String {
    let script =
        std::env::temp_dir().join(format!("ffijit_loading_{}_{}.q", std::process::id(), program.len()));
    std::fs::write(&script, format!("{EXERCISE}{program}\n\\\\\n"))
        .expect("the temporary directory is writable");
    let mut host = support::host::command();
    host.args([script.as_os_str(), "-q".as_ref()]).stdin(Stdio::null());
    host.envs(preload.map(|library| ("LD_PRELOAD", library)));
    let output = host.output().expect("qhost runs");
    std::fs::remove_file(&script).expect("it was written");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && err.is_empty(), "{}\n{out}{err}", output.status);
    out.into_owned()
}

/// `q` that loads a library's natives.
fn load(library: &std::path::Path) -> String {
    let stem = library.with_extension("");
    format!("((`$\":{}\") 2:(`kexport;1))[]", stem.display())
}

const RIGHT: &str = "(1024f;3 1;1 2 3;\"42.\")";

#[test]
fn two_copies_of_the_library_work_side_by_side() {
    let (one, other) = (library(), std::env::temp_dir().join(format!("libffijit_{}.so", std::process::id())));
    std::fs::copy(&one, &other).expect("the temporary directory is writable");
    let program = format!(
        "a:{};b:{};-1 .Q.s1 r:exercise a;-1 string r~exercise b;-1 string r~exercise a;",
        load(&one),
        load(&other)
    );
    let out = run(&program, None);
    std::fs::remove_file(&other).expect("it was written");
    assert_eq!(out, format!("{RIGHT}\n1\n1\n"));
}

#[test]
fn another_libffi_in_the_process_makes_no_difference() {
    const SYSTEM: &str = "libffi.so.8";
    // SAFETY: libffi's initialiser does nothing that anybody sees.
    if unsafe { libloading::Library::new(SYSTEM) }.is_err() {
        eprintln!("skipped: {SYSTEM} is not installed");
        return;
    }
    let out = run(&format!("-1 .Q.s1 exercise {};", load(&library())), Some(SYSTEM));
    assert_eq!(out, format!("{RIGHT}\n"));
}

#[test]
fn the_library_shows_kexport_and_nothing_else() {
    let output = Command::new("nm").args(["-D", "--defined-only", "--format=posix"]).arg(library()).output();
    let text = String::from_utf8(output.expect("nm comes with gcc").stdout).expect("names");
    let names: Vec<&str> = text.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(names, ["kexport"]);
}
