//! Conformance: emitted code passes and receives what real compilers' code does, under all four calling conventions.
//!
//! Random signatures are planned and emitted for a target, linked with C that a real compiler has made of the same
//! signatures, and run: here, under qemu or under wine (route.rs). The driver (driver.c) calls each stub as q would,
//! with values that it chooses itself, and compares what C saw and what came back, and the registers that must be kept
//! (kept.S).

mod c;
mod controls;
mod emit;
#[path = "../support/random.rs"]
#[allow(dead_code, reason = "shared with tests that need more of it")]
mod random;
mod route;
mod signatures;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

use kapi as _;

use ffijit::jit::Compiler;
use ffijit::plan::Plans;

use emit::Stubs;
use route::Route;
use signatures::Case;

/// Calls that went right, by form, and those that did not.
#[derive(Debug, Default)]
struct Outcome {
    passed: u64,
    failed: u64,
    /// What the programs printed.
    text: String,
}

impl Outcome {
    fn add(&mut self, printed: &str) {
        let number = |line: &str| line.split(' ').nth(1).and_then(|n| n.parse::<u64>().ok());
        let failed = printed.lines().find(|l| l.starts_with("failed ")).and_then(number);
        let forms = printed.lines().filter(|l| l.split(' ').count() == 2 && !l.starts_with("failed "));
        self.passed += forms.filter_map(number).sum::<u64>();
        // A program that does not come to its end has failed.
        self.failed += failed.unwrap_or(1);
        self.text += printed;
    }
}

/// Where the random signatures begin.
const SEED: u64 = 7;
/// Signatures that make one program.
const BATCH: usize = 500;

/// Runs all these signatures on a route, planned by `plan`.
fn run(route: &Route, name: &str, cases: &[Case], sets: usize, plan: impl Fn(&Case) -> Plans) -> Outcome {
    run_with(route, name, cases, sets, |compiler, batch| Stubs::new(compiler, batch, &plan))
}

/// Runs all these signatures on a route, with stubs that `emit` makes.
fn run_with(
    route: &Route,
    name: &str,
    cases: &[Case],
    sets: usize,
    emit: impl Fn(&Compiler, &[Case]) -> Stubs,
) -> Outcome {
    let compiler = route.compiler();
    let directory = directory(&format!("{}-{name}", route.name));
    let driver = driver(route);
    let mut outcome = Outcome::default();
    for batch in cases.chunks(BATCH) {
        let stubs = emit(&compiler, batch);
        stubs.write(&directory);
        let source = directory.join("callees.c");
        let text = c::source(batch, &stubs, route.passes_wide());
        std::fs::write(&source, text).expect("the target directory is writable");
        let callees = route.compile(&source, &directory);
        let executable = directory.join("conformance.exe");
        let parts = [&callees, &driver, &directory.join("stubs.s")];
        route.link(&parts.map(PathBuf::as_path), route.target.abi, &executable);
        outcome.add(&route.run(&executable, &sets.to_string()));
    }
    outcome
}

/// The driver, compiled for a route once in a process.
fn driver(route: &Route) -> PathBuf {
    static DRIVERS: Mutex<BTreeMap<&str, PathBuf>> = Mutex::new(BTreeMap::new());
    let mut drivers = DRIVERS.lock().unwrap_or_else(|e| e.into_inner());
    let compile = || {
        let directory = directory(&format!("{}-driver", route.name));
        std::fs::write(directory.join("types.h"), c::types()).expect("the target directory is writable");
        route.compile(&route::sources().join("driver.c"), &directory)
    };
    drivers.entry(route.name).or_insert_with(compile).clone()
}

fn directory(name: &str) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("abi").join(name);
    std::fs::create_dir_all(&directory).expect("the target directory is writable");
    directory
}

/// Runs random signatures on a route and demands that all is right.
fn conforms(name: &str, count: usize, sets: usize) {
    let Some(route) = route::installed(name) else { return };
    let all = controls::telling().into_iter().chain(signatures::random(SEED));
    let cases: Vec<Case> = all.filter(|case| route.takes(&case.signature)).take(count).collect();
    let outcome =
        run(route, &format!("{count}"), &cases, sets, |case| Plans::new(&case.signature, route.target.abi));
    let (passed, failed) = (outcome.passed, outcome.failed);
    println!("{name}: {count} signatures, {sets} value sets each: {passed} calls right, {failed} wrong");
    assert!(outcome.failed == 0 && outcome.passed > 0, "{name}: {}", outcome.text);
}

macro_rules! routes {
    ($($test:ident $full:ident $name:literal),+) => {
        $(#[test]
        fn $test() {
            conforms($name, 80, 5);
        }

        #[test]
        #[ignore = "the full set, which takes a minute"]
        fn $full() {
            conforms($name, 5000, 20);
        })+
    };
}

routes! {
    sysv_gcc full_sysv_gcc "sysv-gcc",
    sysv_call full_sysv_call "sysv-call",
    sysv_clang full_sysv_clang "sysv-clang",
    ms_gcc full_ms_gcc "ms-gcc",
    ms_clang full_ms_clang "ms-clang",
    wine_gcc full_wine_gcc "wine-gcc",
    wine_clang full_wine_clang "wine-clang",
    wine_kx full_wine_kx "wine-kx",
    aarch64_gcc full_aarch64_gcc "aarch64-gcc",
    aarch64_clang full_aarch64_clang "aarch64-clang",
    apple_clang full_apple_clang "apple-clang"
}
