//! The modules of `lib/`: what tools/modules.q makes of the headers, loaded without a compiler, and a script for each in
//! which it does a job, judged by another tool.

#[path = "../support/mod.rs"]
mod support;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use support::modules::{missing, text_of};
use support::script::{ROOT, host, names, passed, written};

/// Past the harness, which keeps what a test that succeeds prints.
fn say(text: &str) {
    writeln!(std::io::stderr(), "{text}").expect("it is open");
}

/// Runs a module's script, if its library is here.
fn run(name: &str) {
    if let Some(why) = missing(name) {
        return say(&format!("{name}: skipped: {why}"));
    }
    let script = Path::new(ROOT).join("tests/shipped").join(format!("{name}.q"));
    passed(name, "its library", &host(&script).current_dir(ROOT).output().expect("qhost runs"));
}

support::test_each!(run, MODULES: cairo, curl, fftw, gsl, hiredis, lapacke, libc, libm, openblas, pcre2, rmath, sqlite3, zlib);

#[test]
fn every_module_has_a_script() {
    assert_eq!(names("lib"), MODULES);
    assert_eq!(names("tests/shipped"), [&["aliases"], MODULES].concat());
}

#[test]
fn macros_that_name_functions_bind_them() {
    if !Path::new("/usr/include/x86_64-linux-gnu/gmp.h").exists() {
        return say("skipped: gmp.h is not here");
    }
    let script = Path::new(ROOT).join("tests/shipped/aliases.q");
    passed("aliases", "gmp.h", &host(&script).current_dir(ROOT).output().expect("qhost runs"));
}

/// What a module was made of: the first line of its file.
fn made_of(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Runs tools/modules.q.
fn make(folder: &Path) -> Output {
    drop(fs::remove_dir_all(folder));
    fs::create_dir_all(folder).expect("the target directory is writable");
    let mut script = support::host::command();
    script.arg("tools/modules.q").arg(folder).current_dir(ROOT).env_remove("QHOME").stdin(Stdio::null());
    script.output().expect("qhost runs")
}

fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Whether a module is what was made just now; nothing if other headers are here.
fn is_the_same(ours: &str, made: &str) -> Option<bool> {
    (made_of(ours) == made_of(made)).then(|| ours == made)
}

#[test]
fn they_are_what_the_script_makes_of_the_headers() {
    let folder = scratch("modules-made");
    let (out, err) = written(&make(&folder));
    for name in MODULES {
        let Ok(made) = fs::read_to_string(folder.join(format!("{name}.q"))) else {
            let told = format!("{name}: ");
            let why = out.lines().chain(err.lines()).find(|line| line.starts_with(&told));
            say(why.unwrap_or_else(|| panic!("nothing is said of {name}: {out}{err}")));
            continue;
        };
        let ours = text_of(name);
        match is_the_same(&ours, &made) {
            Some(same) => {
                assert!(same, "lib/{name}.q is not what tools/modules.q makes: run it");
                let told = out.lines().find(|line| line.starts_with(&format!("{name} ")));
                let told = told.expect("a line of it");
                assert!(!told.contains("not in the library"), "functions that are not there: {told}");
            }
            None => say(&format!("{name}: skipped: {} here, {} there", made_of(&made), made_of(&ours))),
        }
    }
}

#[test]
fn another_file_and_another_version_are_noticed() {
    let zlib = text_of("zlib");
    assert_eq!(is_the_same(&zlib, &zlib), Some(true));
    assert_eq!(is_the_same(&zlib, &zlib.replace("int", "long")), Some(false));
    assert_eq!(is_the_same(&zlib, &zlib.replacen("zlib 1", "zlib 2", 1)), None);
}

/// Each by itself, as a user loads it: it loads `ffi.q`, asks nothing of a compiler, and binds nothing yet.
#[test]
fn they_load_without_a_compiler_and_bind_nothing() {
    let here: Vec<&str> = MODULES.iter().copied().filter(|name| missing(name).is_none()).collect();
    let loads: String = here.iter().map(|name| format!("\\l lib/{name}.q\n")).collect();
    let names = here.iter().map(|name| format!("`.{name}")).collect::<String>();
    let script = scratch("modules-load.q");
    // GSL is told at once to return its errors.
    let text = format!(
        "{loads}system\"l \",getenv`CHECK_Q;\n.t.is[\"dictionaries\"; all 30<count each get each {names}; 1b]\n\
         .t.is[\"nothing is bound\"; (exec name from .ffi.bindings[]) except `gsl_set_error_handler_off; `$()]\n.t.done[]\n"
    );
    fs::write(&script, text).expect("the target directory is writable");
    let mut command = host(&script);
    let output = command.current_dir(ROOT).env("CC", "/not/there/cc").output().expect("qhost runs");
    passed("loading", "all of them", &output);
}
