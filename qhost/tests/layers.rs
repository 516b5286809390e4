//! Which module of the interpreter imports which: folders in one direction, and no circle but the evaluator's own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The folders and files below `src`, each importing only from what stands before it.
const ORDER: [&str; 7] = ["state", "words", "syntax", "eval", "ipc", "console", "table"];

/// What evaluates calls what is evaluated and the other way round; nothing else does.
const EVALUATOR: [&str; 11] = [
    "eval/adverb",
    "eval/amend",
    "eval/apply",
    "eval/compile",
    "eval/depth",
    "eval/evaluate",
    "eval/lambda",
    "eval/peach",
    "eval/query",
    "eval/tree",
    "eval/view",
];

type Imports = BTreeMap<String, BTreeSet<String>>;

/// The program text of every module, without comments and tests.
fn modules(folder: &Path, prefix: &str, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let name = format!("{prefix}{stem}");
        if path.is_dir() {
            modules(&path, &format!("{name}/"), found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            let lines = text.lines().map(|line| line.split("//").next().unwrap());
            let name = name.trim_end_matches("/mod").to_owned();
            found.insert(name, lines.collect::<Vec<_>>().join("\n"));
        }
    }
}

/// The paths in a tree of `use`: `a::{b, c::{d, e}}` names three.
fn leaves(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        return vec![tree.split(" as ").next().unwrap().trim().to_owned()];
    };
    let inside = &tree[open + 1..tree.rfind('}').unwrap()];
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, c) in inside.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inside[start..]);
    let parts = parts.into_iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(leaves).map(|leaf| format!("{}{leaf}", &tree[..open])).collect()
}

/// All paths of a text that begin with `crate`, `super` or `self`.
fn paths(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for root in ["crate::", "super::", "self::"] {
        for (at, _) in text.match_indices(root) {
            let before = text[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let is_use = text[..at].ends_with("use ");
            let end = match is_use {
                true => text[at..].find(';').unwrap(),
                false => text[at..].find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap(),
            };
            found.extend(leaves(&text[at..at + end]));
        }
    }
    found
}

/// The module that a path in module `from` leads to.
fn resolve(from: &str, path: &str, all: &BTreeMap<String, String>) -> Option<String> {
    let mut at: Vec<&str> = from.split('/').collect();
    for part in path.split("::") {
        match part {
            "crate" => at.clear(),
            "self" => {}
            "super" => drop(at.pop()),
            name => at.push(name),
        }
    }
    (1..=at.len()).rev().map(|n| at[..n].join("/")).find(|name| all.contains_key(name))
}

fn imports() -> Imports {
    let mut all = BTreeMap::new();
    modules(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut all);
    let of = |(name, text): (&String, &String)| {
        let named = paths(text).into_iter().filter_map(|path| resolve(name, &path, &all));
        // What is below a module belongs to it.
        let others = named.filter(|to| to != name && !name.starts_with(&format!("{to}/")));
        (name.clone(), others.collect())
    };
    all.iter().map(of).collect()
}

fn reaches(from: &str, to: &str, imports: &Imports) -> bool {
    let (mut seen, mut pending) = (BTreeSet::new(), vec![from]);
    while let Some(module) = pending.pop() {
        for next in imports.get(module).into_iter().flatten() {
            if next == to {
                return true;
            }
            if seen.insert(next.as_str()) {
                pending.push(next);
            }
        }
    }
    false
}

#[test]
fn imports_run_in_one_direction() {
    let rank = |module: &str| ORDER.iter().position(|layer| *layer == module.split('/').next().unwrap());
    for (module, named) in imports() {
        let Some(own) = rank(&module) else { continue };
        for other in named {
            assert!(rank(&other).is_some_and(|rank| rank <= own), "{module} imports {other}");
        }
    }
}

#[test]
fn only_the_evaluator_is_a_circle() {
    let imports = imports();
    assert!(imports.len() > 60, "{}", imports.len());
    let circular = imports.keys().filter(|module| reaches(module, module, &imports));
    assert_eq!(circular.collect::<Vec<_>>(), EVALUATOR);
}

#[test]
fn a_circle_and_a_way_back_would_be_seen() {
    assert_eq!(
        paths("use crate::{a, b::{c as d, e}};\nx(super::f::g(1)); self::h::i;"),
        ["crate::a", "crate::b::c", "crate::b::e", "super::f::g", "self::h::i"]
    );
    let to = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let circle =
        Imports::from([("a".into(), to(&["b"])), ("b".into(), to(&["c"])), ("c".into(), to(&["a"]))]);
    assert!(reaches("a", "a", &circle));
}
