//! `use`, as KDB-X documents it: where modules are looked for, what they see, how often they are loaded.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder of a test, with these files.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("modules").join(name);
    drop(fs::remove_dir_all(&folder));
    for (file, text) in files {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// What the host prints for statements, with a variable of the environment.
fn printed(variable: &str, value: impl AsRef<Path>, statements: &str) -> String {
    let mut host = Command::new("timeout");
    host.args(["60", "sh", "-c", "exec \"$0\" -q 2>&1", env!("CARGO_BIN_EXE_qhost")]);
    host.env_remove("QHOME").env_remove("QPATH").env(variable, value.as_ref());
    let mut host = host.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    host.stdin.take().unwrap().write_all(statements.as_bytes()).unwrap();
    String::from_utf8(host.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
fn a_module_has_a_namespace_of_its_own_and_is_loaded_once() {
    let text = "-1\"loaded\";\nfactor:2\nf:{x*factor}\nset2:{factor::x;}\nexport:`f`set2!(f;set2)\n";
    let home = folder("once", &[("mod/foo/init.q", text), ("mod/bar.q", "export:(enlist`g)!enlist{x+1}\n")]);
    let statements =
        "factor:7\nfoo:use`foo\nfoo.f 10\nfoo.set2 5\n(use`foo)[`f] 10\nfactor\n(use`bar)[`g] 1\n\\d\n";
    assert_eq!(printed("QHOME", home, statements), "loaded\n20\n50\n7\n2\n`.\n");
}

#[test]
fn names_are_below_and_beside() {
    let export = |text: &str| format!("{text}\nexport:(enlist`f)!enlist f\n");
    let path = folder(
        "family",
        &[
            ("parent/init.q", &export("f:{x}")),
            ("parent/child1.q", &export("-1\"child1\";\nf:{\"b\",x}")),
            ("parent/child2/init.q", &export("d:use`.grandchild1\nf:{\"c\",d.f x}")),
            (
                "parent/child2/grandchild1.q",
                &export("e:use`..grandchild2\nb:use`...child1\nf:{\"d\",b.f e.f x}"),
            ),
            ("parent/child2/grandchild2.q", &export("f:{\"e\",x}")),
        ],
    );
    let statements = "(use`parent.child2)[`f]\"a\"\n(use`parent.child1)[`f]\"a\"\nuse`.child1\n";
    let expected = "child1\n\"cdbea\"\n\"ba\"\n'.child1: outside of a module\n  [0]  use`.child1\n       ^\n";
    assert_eq!(printed("QPATH", path, statements), expected);
}

#[test]
fn the_search_path_is_searched_in_order() {
    let one = folder("one", &[("m.q", "export:(enlist`n)!enlist 1\n")]);
    let two = folder(
        "two",
        &[
            ("m.q", "export:(enlist`n)!enlist 2\n"),
            ("o.q", "\\l ::data/o.q\nexport:(enlist`n)!enlist n\n"),
            ("data/o.q", "n:3\n"),
        ],
    );
    let both = format!("{}:{}", one.display(), two.display());
    assert_eq!(printed("QPATH", both, "(use`m)`n\n(use`o)`n\ncount .Q.m.SP\n"), "1\n3\n2\n");
    let statements = format!(".Q.m.SP:enlist\"{}\"\n(use`m)`n\n", two.display());
    assert_eq!(printed("QPATH", one, &statements), "2\n");
}

#[test]
fn what_is_no_module_is_said() {
    let path = folder("bad", &[("none.q", "x:1\n"), ("atom.q", "export:1\n"), ("fails.q", "1+`a\n")]);
    let statements = "@[use;`nosuch;{x}]\n@[use;`none;{x}]\n@[use;`atom;{x}]\n@[use;`fails;{x}]\n@[use;1;{x}]\n\\d\n@[system;\"l ::x.q\";{x}]\n";
    let expected = "\"nosuch: no such module\"\n\".m.none.export\"\n\"atom: export is no dictionary\"\n\"type\"\n\"type\"\n`.\n\"::x.q\"\n";
    assert_eq!(printed("QPATH", path, statements), expected);
}
