//! GNU ld's scripts, which development files have in place of a library: `libm.so` is a text that says where
//! `libm.so.6` is (<https://sourceware.org/binutils/docs/ld/File-Commands.html>).

#![forbid(unsafe_code)]

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Bytes that a script has at most.
const MAX_SCRIPT: u64 = 1 << 16;

/// A library that a script names.
#[derive(Debug, PartialEq, Eq)]
pub struct Input {
    /// Its name: a path, or what is looked for.
    pub name: String,
    /// Whether a program gets it only if it needs it, so that it may be missing.
    pub as_needed: bool,
}

/// The shared libraries that the script in a file names, in order; `None` where there is no script.
pub fn inputs_of(path: &Path) -> Option<Vec<Input>> {
    let file = File::open(path).ok().filter(|file| file.metadata().is_ok_and(|m| m.is_file()))?;
    let mut text = String::new();
    file.take(MAX_SCRIPT).read_to_string(&mut text).ok()?;
    inputs(&text)
}

fn inputs(text: &str) -> Option<Vec<Input>> {
    let text = without_comments(text);
    let words = words(&text);
    let mut found = Vec::new();
    // The commands whose parentheses are open.
    let mut open: Vec<&str> = Vec::new();
    let mut before = "";
    for &word in &words {
        match word {
            "(" => open.push(before),
            ")" => drop(open.pop()),
            _ if is_input(&open) && !["AS_NEEDED", "(", ")"].contains(&word) => {
                found.push(Input { name: library(word), as_needed: open.contains(&"AS_NEEDED") });
            }
            _ => (),
        }
        before = word;
    }
    let is_script = words.windows(2).any(|pair| is_input(&pair[..1]) && pair[1] == "(");
    found.retain(|input| !input.name.ends_with(".a") && !input.name.ends_with(".o"));
    is_script.then_some(found)
}

fn is_input(open: &[&str]) -> bool {
    matches!(open, ["INPUT" | "GROUP"] | ["INPUT" | "GROUP", "AS_NEEDED"])
}

/// `-lz` is `libz.so`, `-l:name` a file; `=` stands for a root that is none here.
fn library(word: &str) -> String {
    match word.strip_prefix("-l") {
        Some(rest) => rest.strip_prefix(':').map_or_else(|| format!("lib{rest}.so"), String::from),
        None => word.strip_prefix('=').or(word.strip_prefix("$SYSROOT")).unwrap_or(word).into(),
    }
}

fn without_comments(text: &str) -> String {
    let mut parts = text.split("/*");
    let first = parts.next().unwrap_or_default().to_string();
    parts.filter_map(|part| part.split_once("*/")).fold(first, |all, (_, rest)| all + " " + rest)
}

/// Names and parentheses.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '(' | ')' => 1,
            '"' => {
                let name = rest[1..].split('"').next().unwrap_or_default();
                words.push(name);
                rest = rest.get(name.len() + 2..).unwrap_or_default();
                continue;
            }
            c if is_separator(c) => {
                rest = &rest[c.len_utf8()..];
                continue;
            }
            _ => rest.find(|c| is_separator(c) || "()\"".contains(c)).unwrap_or(rest.len()),
        };
        let (word, after) = rest.split_at(length);
        words.push(word);
        rest = after;
    }
    words
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || c == ',' || c == ';'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Option<String> {
        let shown =
            |input: &Input| if input.as_needed { format!("[{}]", input.name) } else { input.name.clone() };
        Some(inputs(text)?.iter().map(shown).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn libraries_are_named_in_order() {
        for (text, wanted) in [
            (
                "/* GNU ld script\n*/\nOUTPUT_FORMAT(elf64-x86-64)\nGROUP ( /lib/libm.so.6  AS_NEEDED ( /lib/libmvec.so.1 ) )",
                "/lib/libm.so.6 [/lib/libmvec.so.1]",
            ),
            (
                "GROUP ( /lib/libc.so.6 /usr/lib/libc_nonshared.a  AS_NEEDED ( /lib/ld-linux.so.2 ) )",
                "/lib/libc.so.6 [/lib/ld-linux.so.2]",
            ),
            ("INPUT(libncurses.so.6 -ltinfo)", "libncurses.so.6 libtinfo.so"),
            ("INPUT(-l:exact.so.3,=/usr/lib/libx.so;)", "exact.so.3 /usr/lib/libx.so"),
            (
                "INPUT ( \"a name.so\" b.so ) GROUP(c.so AS_NEEDED(d.so -le)f.o)",
                "a name.so b.so c.so [d.so] [libe.so]",
            ),
            ("INPUT()", ""),
            ("INPUT(a.so", "a.so"),
            ("INPUT(\"a.so", "a.so"),
            ("/* INPUT(a.so) */ GROUP(b.so)", "b.so"),
            ("SEARCH_DIR(/usr) INPUT(a.so)", "a.so"),
        ] {
            assert_eq!(names(text).as_deref(), Some(wanted), "{text}");
        }
        for text in [
            "",
            "hello",
            "\u{7f}ELF",
            "INPUT",
            "OUTPUT_FORMAT(elf64-x86-64)",
            "/* INPUT(a.so)",
            "((((",
            "))))",
        ] {
            assert_eq!(names(text), None, "{text}");
        }
    }
}
