//! Headers of this machine, judged by libclang: every function's and variable's types, every struct's layout, every
//! enum's values.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ffijit::cdef::{Model, Scope, read_header};

use crate::describe;

/// A platform: its name for files, its model, and what clang is told.
pub struct Platform {
    pub name: &'static str,
    pub model: Model,
    pub arguments: &'static [&'static str],
}

pub const PLATFORMS: [Platform; 3] = [
    Platform { name: "x86-64", model: Model::LINUX_X86_64, arguments: &["--target=x86_64-linux-gnu"] },
    Platform {
        name: "aarch64",
        model: Model::LINUX_AARCH64,
        arguments: &["--target=aarch64-linux-gnu", "-isystem", "/usr/aarch64-linux-gnu/include"],
    },
    Platform {
        name: "windows",
        model: Model::WINDOWS_X86_64,
        // long double is a double in libraries that Microsoft's compiler made.
        arguments: &[
            "--target=x86_64-w64-windows-gnu",
            "-mlong-double-64",
            "-isystem",
            "/usr/share/mingw-w64/include",
        ],
    },
];

/// A python with clang's module, which Debian's own has.
fn python() -> Option<&'static str> {
    ["python3", "/usr/bin/python3"].into_iter().find(|python| {
        Command::new(python)
            .args(["-c", "from clang import cindex; cindex.Index.create()"])
            .output()
            .is_ok_and(|out| out.status.success())
    })
}

/// Whether clang and libclang are here.
pub fn oracle_is_here() -> bool {
    let clang = Command::new("clang").arg("--version").output().is_ok_and(|out| out.status.success());
    clang && python().is_some()
}

pub fn scratch(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cdef");
    fs::create_dir_all(&directory).expect("a directory for what tests write");
    directory.join(name)
}

/// What libclang makes of a preprocessed text, a line a declaration.
pub fn judge(file: &Path, platform: &Platform) -> Result<Vec<String>, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cdef/oracle.py");
    let out =
        Command::new(python().ok_or("no python")?).arg(script).arg(file).args(platform.arguments).output();
    let out = out.map_err(|e| e.to_string())?;
    match out.status.success() {
        true => Ok(String::from_utf8_lossy(&out.stdout).lines().map(str::to_owned).collect()),
        false => Err(String::from_utf8_lossy(&out.stderr).into_owned()),
    }
}

/// What a compiler's preprocessor makes of headers; none if they are not here.
pub fn preprocessed(compiler: &str, arguments: &[&str], headers: &str, name: &str) -> Option<PathBuf> {
    let source = scratch(&format!("{name}.c"));
    fs::write(&source, headers).expect("a file is written");
    let out = Command::new(compiler).arg("-E").args(arguments).arg(&source).output().ok()?;
    let file = scratch(&format!("{name}.i"));
    fs::write(&file, out.stdout).expect("a file is written");
    out.status.success().then_some(file)
}

/// How what was read differs from what libclang says. Types without a letter are written alike by both.
pub fn differences(scope: &Scope, judged: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut names = std::collections::HashSet::new();
    for line in judged {
        let mut words = line.splitn(3, ' ');
        let (kind, name) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        names.insert(format!("{kind} {name}"));
        let ours = describe::line(scope, kind, name);
        // What `()` leaves open, another declaration of the same function says.
        let open = line.starts_with(&format!("{kind} {name} ?->"));
        if ours.as_ref() != Some(line) && !(open && ours.is_some()) {
            found.push(format!("libclang: {line}\n  ffijit: {}", ours.as_deref().unwrap_or("not read")));
        }
    }
    let more = describe::everything(scope).into_iter().filter(|name| !names.contains(name));
    found.extend(more.map(|name| format!("libclang does not know {name}")));
    found
}

/// What was left out though it could have been read: static functions are for nobody.
pub fn unread(scope: &Scope) -> Vec<String> {
    let mut left: Vec<String> = scope.left.iter().map(ToString::to_string).collect();
    left.retain(|error| !error.ends_with("which no library exports"));
    left
}

/// Headers of libraries that people use.
pub const HEADERS: [&str; 31] = [
    "math.h",
    "string.h",
    "stdlib.h",
    "stdio.h",
    "time.h",
    "unistd.h",
    "sys/socket.h",
    "complex.h",
    "signal.h",
    "sys/stat.h",
    "pthread.h",
    "zlib.h",
    "sqlite3.h",
    "openssl/evp.h",
    "gmp.h",
    "expat.h",
    "curl/curl.h",
    "pcre2.h",
    "zstd.h",
    "cblas.h",
    "postgresql/libpq-fe.h",
    "libxml2/libxml/tree.h",
    "hiredis/hiredis.h",
    "fftw3.h",
    "gsl/gsl_sf.h",
    "gsl/gsl_matrix.h",
    "Rmath.h",
    "openssl/ssl.h",
    "X11/Xlib.h",
    "ncurses.h",
    "png.h",
];

/// Headers of Windows, as mingw has them.
const WINDOWS_HEADERS: [&str; 7] =
    ["math.h", "string.h", "stdlib.h", "stdio.h", "time.h", "winsock2.h", "windows.h"];

/// Where some of them lie that others name without a folder.
pub const INCLUDES: [&str; 2] = ["-I/usr/include/libxml2", "-I/usr/include/postgresql"];

/// C that includes a header with what it wants to be told.
pub fn source(header: &str) -> String {
    let define = match header {
        "pcre2.h" => "#define PCRE2_CODE_UNIT_WIDTH 8\n",
        "Rmath.h" => "#define MATHLIB_STANDALONE 1\n",
        _ => "",
    };
    format!("#define _GNU_SOURCE 1\n{define}#include <{header}>\n")
}

/// Reads a header and has it judged; how many lines were compared, none if it is not here.
fn compare(header: &str, platform: &Platform) -> Option<usize> {
    let name = format!("{}-{}", platform.name, header.replace('/', "_"));
    let mut arguments = platform.arguments.to_vec();
    if platform.name == "x86-64" {
        arguments.extend(INCLUDES);
    }
    let file = preprocessed("clang", &arguments, &source(header), &name)?;
    let judged = judge(&file, platform).unwrap_or_else(|why| panic!("{name}: {why}"));
    let text = fs::read(&file).expect("a file is read");
    let scope = read_header(&Scope::new(platform.model), &text, header).expect("a header is read");
    assert_eq!(unread(&scope), Vec::<String>::new(), "{name}");
    let differences = differences(&scope, &judged);
    assert!(differences.is_empty(), "{name}: {}\n{}", differences.len(), differences.join("\n"));
    Some(judged.len())
}

fn compare_all(headers: &[&str], platform: &Platform) {
    if !oracle_is_here() {
        eprintln!(
            "skipped: clang, python3 and its module clang (Debian's clang, python3-clang) are not here"
        );
        return;
    }
    for header in headers {
        match compare(header, platform) {
            Some(lines) => eprintln!("{} {header}: {lines} declarations agree", platform.name),
            None => eprintln!("skipped: {} {header} is not here", platform.name),
        }
    }
}

#[test]
fn headers_agree_with_libclang() {
    compare_all(&HEADERS, &PLATFORMS[0]);
}

#[test]
fn headers_for_aarch64_agree_with_libclang() {
    compare_all(&HEADERS[..11], &PLATFORMS[1]);
}

#[test]
fn headers_of_windows_agree_with_libclang() {
    compare_all(&WINDOWS_HEADERS, &PLATFORMS[2]);
}

/// gcc's headers say more than clang reads, as functions of `_Float128`; what both say must be the same.
#[test]
fn headers_are_read_as_gcc_leaves_them() {
    for header in HEADERS {
        let name = format!("gcc-{}", header.replace('/', "_"));
        let arguments = ["-I/usr/include/libxml2", "-I/usr/include/postgresql"];
        let Some(file) = preprocessed("cc", &arguments, &source(header), &name) else {
            eprintln!("skipped: {header} is not here");
            continue;
        };
        let text = fs::read(&file).expect("a file is read");
        let scope = read_header(&Scope::new(Model::host()), &text, header).expect("a header is read");
        assert_eq!(unread(&scope), Vec::<String>::new(), "{header}");
    }
}

/// The control: with another model than the platform's the comparison must fail.
#[test]
fn a_wrong_rule_is_found() {
    if !oracle_is_here() {
        eprintln!("skipped: clang, python3 and its module clang are not here");
        return;
    }
    let platform = &PLATFORMS[0];
    let file =
        preprocessed("clang", platform.arguments, &source("sys/stat.h"), "control").expect("libc is here");
    let judged = judge(&file, platform).expect("libclang reads it");
    let text = fs::read(&file).expect("a file is read");
    let read = |model| read_header(&Scope::new(model), &text, "stat.h").expect("a header is read");
    assert!(differences(&read(Model::LINUX_X86_64), &judged).is_empty());
    let wrong = Model { long: 4, ..Model::LINUX_X86_64 };
    let found = differences(&read(wrong), &judged);
    assert!(found.iter().any(|line| line.contains("record stat ")), "{found:#?}");
}
