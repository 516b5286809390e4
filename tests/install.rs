//! `cargo xtask`: what it installs is found by q, what it replaces may be in use, what it packs is complete.

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The modules of libraries, below a folder.
fn modules(folder: &str) -> Vec<String> {
    let mut names = files(&Path::new(ROOT).join("lib"));
    assert!(names.len() > 10, "{names:?}");
    names.iter_mut().for_each(|name| *name = format!("{folder}{name}"));
    names
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

/// An empty folder for a test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("install").join(name);
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).expect("the target directory is writable");
    folder
}

/// Runs `cargo xtask` without what its user's environment says about q.
fn xtask(arguments: &[&str]) -> Output {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["xtask"]).args(arguments).current_dir(ROOT).env_remove("QHOME").stdin(Stdio::null());
    cargo.output().expect("cargo runs")
}

/// Runs it with the library of this test: its output.
fn done(arguments: &[&str], to: &Path) -> String {
    let library = support::host::library();
    let at = ["--to", text(to), "--library", text(&library)];
    let output = xtask(&[arguments, &at].concat());
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).expect("text")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("the target directory has a UTF-8 name")
}

/// The files below a folder, by their path in it.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("a file").path();
            match path.is_dir() {
                true => open.push(path),
                false => found.push(text(path.strip_prefix(folder).expect("below")).to_string()),
            }
        }
    }
    found.sort();
    found
}

/// qhost in a folder that has nothing to do with this checkout, without `FFIJIT_LIB`.
fn host() -> Command {
    let mut host = support::host::command();
    host.arg("-q").current_dir("/").env_remove("FFIJIT_LIB").env_remove("QPATH");
    host
}

/// What qhost prints for statements.
fn printed(mut host: Command, statements: &str) -> String {
    host.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut host = host.spawn().expect("qhost starts");
    host.stdin.take().expect("piped").write_all(statements.as_bytes()).expect("it reads");
    let output = host.wait_with_output().expect("it ends");
    String::from_utf8([output.stdout, output.stderr].concat()).expect("text")
}

/// Prints the paths of libraries of ours that are mapped.
const MAPPED: &str = "-1 distinct {(1+last where x=\" \")_x} each l where (l:read0 `$\":/proc/self/maps\") like \"*libffijit*\";\n";

#[test]
fn kdb_finds_what_is_installed() {
    let home = folder("home");
    fs::write(home.join("q.k"), "").expect("writable");
    let (library, script) = (home.join("l64/libffijit.so"), home.join("ffi.q"));
    let installed: String =
        modules("lib/").iter().map(|name| format!("{}\n", home.join(name).display())).collect();
    let first = format!("{}\n{}\n", library.display(), script.display());
    assert_eq!(done(&["install"], &home), first + &installed);
    let mut host = host();
    host.env("QHOME", &home);
    let ask = format!(
        "\\l lib/libm.q\n.ffi.fn[`abs;\"i\";\"i\"] -3i\n.libm.cbrt 27\ncount .ffi.bindings[]\n{MAPPED}"
    );
    assert_eq!(printed(host, &ask), format!("3i\n3f\n2\n{}\n", library.display()));
    done(&["uninstall"], &home);
    assert_eq!(files(&home), ["q.k"]);
    assert_eq!(done(&["uninstall"], &home), format!("nothing is installed in {}\n", home.display()));
}

#[test]
fn a_running_q_keeps_what_it_has() {
    let home = folder("running");
    done(&["install"], &home);
    let mut command = host();
    command.env("QHOME", &home).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut running = command.spawn().expect("qhost starts");
    let mut statements = running.stdin.take().expect("piped");
    let mut output = BufReader::new(running.stdout.take().expect("piped"));
    let mut ask = |statement: &str| {
        writeln!(statements, "{statement}").expect("it reads");
        let mut line = String::new();
        output.read_line(&mut line).expect("it prints");
        line
    };
    assert_eq!(ask("\\l ffi.q\n.ffi.fn[`abs;\"i\";\"i\"] -3i"), "3i\n");
    let library = home.join("l64/libffijit.so");
    let inode = || fs::metadata(&library).expect("installed").ino();
    let before = inode();
    done(&["install"], &home);
    assert_ne!(inode(), before);
    assert_eq!(ask(".ffi.fn[`labs;\"j\";\"j\"] -4"), "4\n");
    done(&["uninstall"], &home);
    assert_eq!(ask(".ffi.fn[`fabs;\"f\";\"f\"] -5f"), "5f\n");
    assert_eq!(ask("exit 0"), "");
    assert!(running.wait().expect("it ends").success());
}

#[test]
fn kdb_x_finds_the_module() {
    let modules = folder("modules").join("not-yet/mod");
    done(&["install", "--module"], &modules);
    let own = ["ffi.q", "init.q", "libffijit.li64.so"].map(|name| format!("ffijit/{name}"));
    assert_eq!(files(&modules), sorted([self::modules("ffijit/"), own.to_vec()].concat()));
    let mut host = host();
    host.env("QPATH", format!("/nowhere:{}", modules.display()));
    let statements = format!(
        "ffi:use`ffijit\nffi.fn[`abs;\"i\";\"i\"] -3i\n.ffi.fn~ffi.fn\n`i in key ffi\nffi.version[]~.ffi.version[]\n\
         (use`ffijit)~ffi\n\\l {ROOT}/q/ffi.q\nm:use`ffijit.libm\nm.cbrt 27\n`libm in key `\n{MAPPED}"
    );
    let library = modules.join("ffijit/libffijit.li64.so");
    assert_eq!(printed(host, &statements), format!("3i\n1b\n0b\n1b\n1b\n3f\n0b\n{}\n", library.display()));
    fs::write(modules.join("ffijit/own.q"), "").expect("writable");
    done(&["uninstall", "--module"], &modules);
    assert_eq!(files(&modules), ["ffijit/own.q"]);
    fs::remove_file(modules.join("ffijit/own.q")).expect("there");
    done(&["uninstall", "--module"], &modules);
    assert!(!modules.join("ffijit").exists());
}

#[test]
fn the_environment_says_where() {
    done(&["help"], &folder("environment"));
    let home = folder("environment");
    // Built by now, and run by itself, since cargo and rustup have their own ideas about HOME.
    let xtask = support::host::library().ancestors().nth(3).expect("target").join("debug/xtask");
    let rust = |name: &str, folder: &str| {
        let usual = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(folder);
        std::env::var_os(name).map_or_else(usual, PathBuf::from)
    };
    let run = |arguments: &[&str], qhome: Option<&Path>| {
        let mut command = Command::new(&xtask);
        command.args(arguments).arg("--library").arg(support::host::library()).env_remove("QHOME");
        command
            .env("RUSTUP_HOME", rust("RUSTUP_HOME", ".rustup"))
            .env("CARGO_HOME", rust("CARGO_HOME", ".cargo"));
        command.env("HOME", &home).envs(qhome.map(|q| ("QHOME", q)));
        let output = command.output().expect("it runs");
        assert!(output.status.success(), "{output:?}");
    };
    run(&["install", "--module"], None);
    let module = ["ffi.q", "init.q", "libffijit.li64.so"];
    let module =
        |folder: &str| [modules(folder), module.map(|file| format!("{folder}{file}")).to_vec()].concat();
    assert_eq!(files(&home), sorted(module(".kx/mod/ffijit/")));
    run(&["uninstall", "--module"], None);
    let q = home.join("q");
    fs::create_dir(&q).expect("writable");
    run(&["install", "--module"], Some(&q));
    run(&["install"], Some(&q));
    let kdb = ["ffi.q".to_string(), "l64/libffijit.so".into()];
    assert_eq!(files(&q), sorted([kdb.to_vec(), modules("lib/"), module("mod/ffijit/")].concat()));
}

#[test]
fn what_goes_wrong_is_said() {
    let home = folder("wrong");
    fs::write(home.join("l64"), "a file").expect("writable");
    let library = support::host::library();
    let library = ["--library", text(&library)];
    let cases: [(&[&str], &str); 8] = [
        (&["install"], "QHOME is not set: set it to the folder of q.k, or say --to DIR"),
        (&["install", "--to", "/no/such"], "/no/such: no such folder"),
        (&["install", "--to", text(&home)], "l64: no such folder, and not created: "),
        (&["install", "--module", "--to", "/proc"], "/proc/ffijit: no such folder, and not created: "),
        (
            &["install", "--target", "sparc64-unknown-linux-gnu"],
            "kdb+ does not run on sparc64-unknown-linux-gnu",
        ),
        (&["install", "--to"], "--to needs a value"),
        (&["install", "--quickly"], "no such option: --quickly"),
        (&["deploy"], "no such command: deploy"),
    ];
    for (arguments, words) in cases {
        let output =
            xtask(&[arguments, if arguments.last() == Some(&"--to") { &[] } else { &library }].concat());
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(error.starts_with("error: ") && error.contains(words), "{arguments:?}: {error}");
        assert_eq!(output.status.code(), Some(1));
    }
    let output = xtask(&["install", "--to", text(&home), "--library", "/no/such.so"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("/no/such.so: no such file"));
    assert_eq!(files(&home), ["l64"]);
}

/// Packs an archive and unpacks it: where it is, and the archive's bytes.
fn unpacked(name: &str) -> (PathBuf, Vec<u8>) {
    let to = folder(name);
    let said = done(&["dist"], &to);
    let archive = PathBuf::from(said.split("  ").next().expect("its name"));
    let sums = |folder: &Path, file: &str| {
        let checked =
            Command::new("sha256sum").args(["--quiet", "--strict", "-c", file]).current_dir(folder).status();
        assert!(checked.expect("sha256sum runs").success(), "{file}");
    };
    sums(&to, &format!("{}.sha256", archive.file_name().and_then(|name| name.to_str()).expect("a name")));
    let tar = Command::new("tar").arg("-xzf").arg(&archive).current_dir(&to).status();
    assert!(tar.expect("tar runs").success());
    let all_may_read = fs::metadata(&archive).expect("the archive").mode() & 0o044;
    let umask = fs::metadata(&to).expect("a folder").mode() & 0o044;
    assert_eq!(all_may_read, umask);
    let bytes = fs::read(&archive).expect("the archive");
    assert!(said.contains(&format!(".tar.gz  {} bytes, sha256 ", bytes.len())), "{said}");
    let tree = to.join(format!("ffijit-{}-l64", env!("CARGO_PKG_VERSION")));
    sums(&tree, "SHA256SUMS");
    (tree, bytes)
}

#[test]
fn an_archive_works_where_it_is_unpacked() {
    let (tree, bytes) = unpacked("dist");
    assert_eq!(unpacked("again").1, bytes);
    let mut host = host();
    host.current_dir(&tree);
    let shown = printed(host, &format!("\\l q/ffi.q\n.ffi.fn[`abs;\"i\";\"i\"] -3i\n{MAPPED}"));
    assert_eq!(shown, format!("3i\n{}\n", tree.join("q/l64/libffijit.so").display()));
    for example in ["quickstart", "vectors"] {
        let mut host = support::host::command();
        host.arg(format!("examples/{example}.q")).current_dir(&tree);
        let output = host.env_remove("FFIJIT_LIB").stdin(Stdio::null()).output().expect("qhost runs");
        assert!(output.status.success(), "{example}: {output:?}");
    }
    let module = |name: &str| format!("mod/ffijit/{name}");
    for file in [
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "docs/guide.md",
        "lib/zlib.q",
        "q/lib/zlib.q",
        &module("init.q"),
        &module("zlib.q"),
        &module("libffijit.li64.so"),
    ] {
        assert!(tree.join(file).is_file(), "{file}");
    }
}

#[test]
fn an_archive_has_the_licence_of_all_that_is_linked_in() {
    let (tree, _) = unpacked("licences");
    let licences = tree.join("licences");
    let mut cargo = Command::new(env!("CARGO"));
    let tree = cargo.args([
        "tree",
        "--package=ffijit",
        "--edges=normal,no-proc-macro",
        "--prefix=none",
        "--format={p}",
    ]);
    let output = tree.current_dir(ROOT).output().expect("cargo runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let crates = text.lines().filter(|line| !line.starts_with("ffijit "));
    let mut seen = 0;
    for line in crates {
        let mut words = line.split(' ');
        let (name, version) = (words.next().expect("a name"), words.next().expect("a version"));
        let folder = licences.join(format!("{name}-{}", &version[1..]));
        let texts = files(&folder);
        let long = |file: &String| fs::read_to_string(folder.join(file)).is_ok_and(|text| text.len() > 500);
        assert!(texts.iter().any(long), "{line}: {texts:?}");
        seen += 1;
    }
    assert!(seen > 20, "{text}");
    let libffi =
        files(&licences).into_iter().find(|f| f.starts_with("libffi-sys") && f.ends_with("libffi/LICENSE"));
    assert!(libffi.is_some(), "the licence of libffi itself");
    assert!(licences.join("rust/COPYRIGHT-library.html").is_file());
}
