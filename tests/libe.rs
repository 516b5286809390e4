//! The other tests again on KX's own K runtime, libe, and what each call gives there compared, byte by byte, with what it
//! gives on qhost's. tools/fetch-libe.py fetches that library; without it this is skipped, and says so.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Test binaries that have nothing to do with K objects, and what needs threads of q, which KX's runtime has not.
const LEFT_OUT: [&str; 7] = ["abi", "cdef", "golden", "install", "instructions", "libe", "peach"];

/// Those that write down nothing that could be compared: on qhost's runtime they run beside this test, not within it.
const SILENT: [&str; 11] = [
    "allocation",
    "docs",
    "faults",
    "guard",
    "kdbplus",
    "layers",
    "loading",
    "policy",
    "scripts",
    "shipped",
    "soak",
];

/// Of qhost's own tests, those of its C API.
const OF_QHOST: &str = "kapi";

/// A K runtime: its name, and what cargo is told for it.
struct Runtime {
    name: &'static str,
    options: &'static [&'static str],
}

const OURS: Runtime = Runtime { name: "qhost", options: &[] };
const KX: Runtime = Runtime { name: "libe", options: &["--features", "qhost/libe"] };

#[test]
fn every_suite_gives_the_same_on_kxs_own_runtime() {
    if kapi::IS_LIBE {
        return;
    }
    if !kx_directory().join("libe.so").exists() {
        return say("skipped on KX's runtime, which is not there: tools/fetch-libe.py fetches it");
    }
    let theirs = KX.run(|_| true);
    let ours = OURS.run(|suite| !SILENT.contains(&suite));
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>(), "tests with results");
    let different: Vec<_> =
        ours.iter().filter(|(test, text)| theirs[*test] != **text).map(|(test, _)| test).collect();
    assert!(
        different.is_empty(),
        "other results on libe, see {}: {different:#?}",
        OURS.transcripts().display()
    );
    let results: u64 = ours.values().map(|text| count(text)).sum();
    assert!(results > 0, "no results were written down");
    say(&format!("{results} results in {} tests are the same on KX's runtime", ours.len()));
}

impl Runtime {
    /// Runs these of the suites, all of which must succeed; what each test's calls gave, by suite and test.
    fn run(&self, is_wanted: impl Fn(&str) -> bool) -> BTreeMap<PathBuf, String> {
        let directory = self.transcripts();
        let _ = std::fs::remove_dir_all(&directory);
        let (mut all, mut failures) = (BTreeMap::new(), String::new());
        for (suite, program) in self.programs().into_iter().filter(|(suite, _)| is_wanted(suite)) {
            let here = directory.join(&suite);
            std::fs::create_dir_all(&here).expect("the target directory is writable");
            let mut test = Command::new(program);
            test.env("FFIJIT_TRANSCRIPT", &here).env("LD_LIBRARY_PATH", kx_directory());
            if suite == OF_QHOST {
                test.args(["api::", "serialize::"]);
            }
            let output = test.output().expect("a test binary runs");
            if !output.status.success() {
                failures +=
                    &format!("{suite}: {}\n{}", output.status, String::from_utf8_lossy(&output.stdout));
            }
            all.extend(read(&here).map(|(test, text)| (Path::new(&suite).join(test), text)));
        }
        assert!(failures.is_empty(), "on {}: {failures}", self.name);
        all
    }

    fn transcripts(&self) -> PathBuf {
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("transcripts").join(self.name)
    }

    /// The test binaries, by name.
    fn programs(&self) -> BTreeMap<String, PathBuf> {
        let mut build = Command::new(env!("CARGO"));
        build
            .args(["test", "--no-run", "--package=ffijit", "--package=qhost", "--lib", "--test=*"])
            .args(self.options);
        build.current_dir(env!("CARGO_MANIFEST_DIR"));
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        let output = build.output().expect("cargo runs");
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{text}");
        text.lines().filter_map(program).collect()
    }
}

/// Name and path of a test binary out of a line such as `  Executable tests/forms.rs (target/debug/deps/forms-0123)`,
/// if it is one to run.
fn program(line: &str) -> Option<(String, PathBuf)> {
    let (source, path) = line.trim().strip_prefix("Executable ")?.strip_suffix(')')?.split_once(" (")?;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let name = path.file_name()?.to_str()?.rsplit_once('-')?.0.to_string();
    // The tests of qhost's interpreter are no matter of the runtime.
    let is_ours = Path::new(env!("CARGO_MANIFEST_DIR")).join(source).exists() || name == OF_QHOST;
    (is_ours && !LEFT_OUT.contains(&name.as_str())).then_some((name, path))
}

/// The files of a directory, by name.
fn read(directory: &Path) -> impl Iterator<Item = (PathBuf, String)> {
    let files = std::fs::read_dir(directory).expect("it was made").map(|file| file.expect("a name"));
    files.map(|file| (file.file_name().into(), std::fs::read_to_string(file.path()).expect("text")))
}

/// The number that a transcript ends with.
fn count(transcript: &str) -> u64 {
    let last = transcript.lines().last().and_then(|line| line.split(' ').next());
    last.and_then(|n| n.parse().ok()).expect("a transcript ends with its count")
}

/// Where tools/fetch-libe.py leaves the library of this platform.
fn kx_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/libe").join(kapi::os::PLATFORM)
}

/// Tells whoever runs the tests, past the harness, which shows only what failed tests print.
fn say(text: &str) {
    writeln!(std::io::stderr(), "{}: {text}", env!("CARGO_CRATE_NAME")).expect("standard error is open");
}
