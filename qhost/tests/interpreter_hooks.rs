//! The runtime and the interpreter together: what C reaches through `dot`, `k` and the event loop.

use kapi::event::{self, Driver, Ended};
use kapi::object::{Obj, tag};
use kapi::{QError, R, hook, serialize};

#[path = "../runtime/tests/common/mod.rs"]
mod common;
use common::{library, load};
use std::process::{Command, Stdio};
use std::{fs, io::Write, path::Path};

fn eval(source: &str) -> R {
    qhost::install();
    hook::eval(source)
}

struct Strict;

impl Driver for Strict {
    fn tick(&mut self) {}

    fn failed(&mut self, error: QError) {
        panic!("a handler signalled {error}");
    }
}

#[test]
fn handlers_call_q_until_they_remove_themselves() {
    eval("got:0").unwrap();
    let watched = kapi::dynload::apply(&load("watch", 1), &[Obj::null()]).unwrap();
    assert_eq!(watched.tag(), -tag::KI);
    assert_eq!(event::run(&mut Strict), Ended::Idle);
    assert_eq!(eval("got").unwrap(), Obj::long(15));
}

#[test]
fn lambdas_and_projections_survive_serialisation() {
    for source in ["{x}", "{[a;b] a}[;1]", "{[a]\n  a}", "'[{x};{x}]"] {
        let f = eval(source).unwrap();
        let bytes = serialize::message(3, &f).expect(source);
        let back = serialize::parse(&bytes).expect(source);
        assert_eq!(back.tag(), f.tag(), "{source}");
        assert_eq!(hook::apply(&back, &[Obj::long(42)]).unwrap(), Obj::long(42), "{source}");
    }
}

/// Runs statements in the host, with the C library in QHOME; returns what it prints and its errors.
fn host(statements: &str) -> (String, String) {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("home{}", std::process::id()));
    let platform = home.join(kapi::os::PLATFORM);
    fs::create_dir_all(&platform).unwrap();
    fs::copy(library(), platform.join(format!("clib{}", std::env::consts::DLL_SUFFIX))).unwrap();
    let mut host = Command::new(env!("CARGO_BIN_EXE_qhost"))
        .env("QHOME", &home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    host.stdin.take().unwrap().write_all(statements.as_bytes()).unwrap();
    let output = host.wait_with_output().unwrap();
    fs::remove_dir_all(home).unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

#[test]
fn the_executable_exports_what_a_library_in_qhome_needs() {
    let (out, err) = host(
        "f:`clib 2:(`join2;2)\nf[1;2]\nf\n(`clib 2:(`call_q;1))`klambda\n(`clib 2:(`result_of;1))`error\n",
    );
    assert_eq!(out, "1 2\ncode\n3\n");
    assert!(err.contains("static text"), "{err}");
}
