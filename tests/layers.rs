//! The order of the modules: each imports only from those that stand before it in `src/lib.rs`. CONTRIBUTING.md lists them
//! in that order, and says where code is unsafe.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text_of(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The files of src by their paths within it, but for `lib.rs`, which may import everything.
fn sources() -> Vec<(PathBuf, String)> {
    let src = root().join("src");
    let (mut open, mut files) = (vec![src.clone()], Vec::new());
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder of src") {
            let path = entry.expect("a file").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(&src).expect("found there").to_path_buf();
                files.push((name, text_of(&path)));
            }
        }
    }
    files.retain(|(name, _)| name != Path::new("lib.rs"));
    files.sort();
    files
}

/// The modules that `lib.rs` declares, in its order.
fn order(lib: &str) -> Vec<&str> {
    lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect()
}

/// The top module that a file belongs to.
fn module(file: &Path) -> &str {
    let first = file.iter().next().and_then(|part| part.to_str()).expect("a name");
    first.strip_suffix(".rs").unwrap_or(first)
}

/// What the compiler reads of a text: no comments.
fn code(text: &str) -> String {
    text.lines()
        .map(|line| line.split("// ").next().unwrap_or(line))
        .filter(|line| !is_comment(line))
        .fold(String::new(), |all, line| all + line + "\n")
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// The names that a text takes from the crate's root, by `crate::` or, in a file so many folders deep, by `super::`.
fn imports(text: &str, depth: usize) -> BTreeSet<String> {
    // A module within a file takes all of the file, not of the root.
    let code = code(text).replace("    use super::*;", "");
    let up = "super::".repeat(depth + 1);
    let after = |path: &str| code.split(path).skip(1).map(str::to_string).collect::<Vec<_>>();
    [after("crate::"), after(&up)].concat().iter().flat_map(|rest| first_names(rest)).collect()
}

/// The name that a path begins with, or those of a group in braces; `*` for all.
fn first_names(path: &str) -> Vec<String> {
    let Some(group) = path.strip_prefix('{') else { return vec![first_name(path)] };
    let (mut names, mut depth, mut start) = (vec![], 0, 0);
    for (i, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                names.push(first_name(group[start..i].trim_start()));
                start = i + 1;
                if c == '}' {
                    break;
                }
            }
            _ => (),
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn first_name(path: &str) -> String {
    match path.starts_with('*') {
        true => "*".into(),
        false => path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect(),
    }
}

/// What a file of this name and text imports that does not stand before its module.
fn wrong(order: &[&str], file: &Path, text: &str) -> Vec<String> {
    let own = module(file);
    let at = order.iter().position(|&name| name == own).unwrap_or_else(|| panic!("lib.rs has no {own}"));
    let mut imports = imports(text, file.iter().count() - 1);
    // Within a module files may import each other.
    imports.retain(|name| name != own && !order[..at].contains(&name.as_str()));
    imports.iter().map(|name| format!("{}: {name}", file.display())).collect()
}

#[test]
fn modules_import_only_what_stands_before_them() {
    let lib = text_of(&root().join("src/lib.rs"));
    let order = order(&lib);
    assert_eq!((order.first(), order.last()), (Some(&"error"), Some(&"natives")));
    let wrong: Vec<String> = sources().iter().flat_map(|(file, text)| wrong(&order, file, text)).collect();
    assert!(wrong.is_empty(), "imported before they stand there: {wrong:#?}");
}

#[test]
fn imports_the_wrong_way_are_found() {
    let order = order("//! A house.\npub mod ground;\npub mod first;\npub mod roof;\n\nuse roof::Tile;\n");
    assert_eq!(order, ["ground", "first", "roof"]);
    let found = |file: &str, text: &str| wrong(&order, Path::new(file), text);
    let right = "use crate::ground::Stone;\nuse crate::{ground, first::Floor};\nuse super::wall;\n";
    assert_eq!(found("first/window.rs", right), Vec::<String>::new());
    assert_eq!(found("roof.rs", "use crate::{first::{Floor, Wall}, ground};"), Vec::<String>::new());
    for text in [
        "use crate::roof::Tile;",
        "use crate::{\n    ground::Stone,\n    roof::{Tile, Beam},\n};",
        "use crate::{roof, ground};",
        "use crate::{ground::{self, Stone}, roof};",
        "let tile = crate::roof::Tile::new();",
        "let tile = 1; // as below\nlet other = $crate::roof::tile(tile);",
        "use super::super::roof::Tile;",
        "use super::super::{ground, roof};",
    ] {
        assert_eq!(found("first/window.rs", text), ["first/window.rs: roof"], "{text}");
    }
    assert_eq!(found("first.rs", "use super::roof;"), ["first.rs: roof"]);
    // Neither may it take all there is, nor what lib.rs has of its own, which stands after everything.
    assert_eq!(found("roof.rs", "use crate::*;"), ["roof.rs: *"]);
    assert_eq!(found("roof.rs", "use super::*;"), ["roof.rs: *"]);
    assert_eq!(found("roof.rs", "mod tests {\n    use super::*;\n}"), Vec::<String>::new());
    assert_eq!(found("roof.rs", "use crate::kexport;"), ["roof.rs: kexport"]);
    for comment in ["/// As [`crate::roof`] does.", "//! See `crate::roof`.", "let a = 1; // crate::roof"] {
        assert_eq!(found("ground.rs", comment), Vec::<String>::new(), "{comment}");
    }
}

/// The part of CONTRIBUTING.md between two texts.
fn contributing(from: &str, to: &str) -> String {
    let text = text_of(&root().join("CONTRIBUTING.md"));
    let part = text.split_once(from).and_then(|(_, rest)| rest.split_once(to));
    part.unwrap_or_else(|| panic!("CONTRIBUTING.md has no part from {from:?} to {to:?}")).0.into()
}

#[test]
fn contributing_lists_the_modules_in_their_order() {
    let list = contributing("\nsrc/ ", "\nq/ ");
    let entry = |line: &str| {
        let name = line.strip_prefix("  ").filter(|rest| !rest.starts_with(' '))?;
        let name = name.split_whitespace().next()?;
        Some(name.trim_end_matches(".rs").trim_end_matches('/').to_string())
    };
    let listed: Vec<String> = list.lines().filter_map(entry).collect();
    let lib = text_of(&root().join("src/lib.rs"));
    assert_eq!(listed, [order(&lib), vec!["lib"]].concat());
}

/// Whether a text has code that is unsafe, types of unsafe functions included.
fn is_unsafe(text: &str) -> bool {
    code(text).replace("forbid(unsafe_code)", "").contains("unsafe")
}

#[test]
fn contributing_says_where_code_is_unsafe() {
    assert!(is_unsafe("let x = unsafe { *p };") && is_unsafe("#[unsafe(no_mangle)]"));
    assert!(!is_unsafe("#![forbid(unsafe_code)]\n// SAFETY: unsafe\nfn safe() {} // unsafe"));
    let list = contributing("Unsafe code is in ", ", and nowhere else");
    let listed: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
    let files = sources();
    let is_in = |file: &Path, entry: &str| file == Path::new(entry) || module(file) == entry;
    let unsafe_files: Vec<&PathBuf> =
        files.iter().filter(|(_, text)| is_unsafe(text)).map(|(file, _)| file).collect();
    let missing: Vec<_> =
        unsafe_files.iter().filter(|file| !listed.iter().any(|entry| is_in(file, entry))).collect();
    assert!(missing.is_empty(), "CONTRIBUTING.md does not say that these are unsafe: {missing:?}");
    let needless: Vec<_> =
        listed.iter().filter(|entry| !unsafe_files.iter().any(|file| is_in(file, entry))).collect();
    assert!(needless.is_empty(), "these are not unsafe: {needless:?}");
}
