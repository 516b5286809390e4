//! README.md says what is so: its type table, its names and its transcripts are compared with the code. The examples
//! check themselves.

mod support;

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::Stdio;

use ffijit::ctype::{CType, TYPES};
use ffijit::k::type_name;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text_of(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|e| panic!("{file}: {e}"))
}

/// A row of README's type table, as the type table of the code has it.
fn documented(row: &CType) -> String {
    let names = |tags: &[i8]| tags.iter().map(|&t| type_name(-t)).collect::<Vec<_>>().join(", ");
    let result = if row.returns { type_name(-row.tag()) } else { String::new() };
    let cells =
        [format!("`{}`", row.letter), format!("`{}`", row.c), names(row.exact), names(row.converts), result];
    cells.iter().fold("|".to_string(), |line, cell| match cell.as_str() {
        "" => line + " |",
        cell => format!("{line} {cell} |"),
    })
}

#[test]
fn the_type_table_is_the_code_s() {
    let readme = text_of("README.md");
    let table = readme.split("| char | C type | takes | converts | result |\n|---|---|---|---|---|\n").nth(1);
    let rows = table.expect("README has the table").lines().take_while(|l| l.starts_with('|'));
    let wanted: Vec<String> = TYPES.iter().map(documented).collect();
    assert_eq!(rows.collect::<Vec<_>>(), wanted);
}

#[test]
fn every_public_function_is_documented() {
    let documents = [text_of("README.md"), text_of("docs/guide.md")].concat();
    let api = text_of("q/ffi.q");
    let names: Vec<&str> = api
        .lines()
        .filter_map(|line| line.strip_prefix(".ffi.")?.split_once(':'))
        .map(|(name, _)| name)
        .filter(|name| name.chars().all(char::is_alphanumeric))
        .collect();
    assert!(names.contains(&"bind") && names.len() > 10, "{names:?}");
    let missing: Vec<_> = names.iter().filter(|name| !documents.contains(&format!(".ffi.{name}"))).collect();
    assert!(missing.is_empty(), "not in README.md or docs/guide.md: {missing:?}");
}

#[test]
fn the_list_of_modules_names_every_file() {
    let contributing = text_of("CONTRIBUTING.md");
    let mut open = vec![root().join("src")];
    let mut missing = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder of src") {
            let path = entry.expect("a file").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_string();
            let shown = if path.is_dir() { format!("{name}/") } else { name.clone() };
            if name != "mod.rs" && !contributing.contains(&shown) {
                missing.push(shown);
            }
            open.extend(path.is_dir().then_some(path));
        }
    }
    assert!(missing.is_empty(), "not in CONTRIBUTING.md: {missing:?}");
}

/// One statement at the prompt, and what follows it.
#[derive(Debug, PartialEq)]
struct Exchange {
    statement: String,
    output: String,
}

/// The statements in the q blocks of a document that begin with a prompt, with the output shown.
fn exchanges(document: &str) -> Vec<Exchange> {
    let mut found: Vec<Exchange> = Vec::new();
    for block in document.split("\n```q\n").skip(1).filter_map(|rest| rest.split("\n```").next()) {
        for line in block.lines() {
            match (line.strip_prefix("q)"), found.last_mut()) {
                (Some(statement), _) => {
                    found.push(Exchange { statement: statement.into(), output: String::new() });
                }
                (None, Some(last)) => last.output += &format!("{}\n", line.trim_end()),
                (None, None) => panic!("a q block that does not begin with a prompt: {line}"),
            }
        }
    }
    found
}

/// Printed after each statement, to tell the outputs apart.
const MARK: &str = "\u{1e}\n";

/// What qhost prints for each statement, in one session.
fn transcript(statements: &[&str], name: &str) -> Vec<Exchange> {
    let input = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.q"));
    let lines: String = statements.iter().map(|s| format!("{s}\n-1\"\\036\";\n")).collect();
    fs::write(&input, lines + "exit 0\n").expect("the target directory is writable");
    let (mut reader, writer) = io::pipe().expect("a pipe");
    let mut host = support::host::command()
        .arg("-q")
        .current_dir(root())
        .stdin(Stdio::from(File::open(&input).expect("just written")))
        .stdout(writer.try_clone().expect("a pipe"))
        .stderr(writer)
        .spawn()
        .expect("qhost starts");
    let mut printed = String::new();
    // The command that has been spawned holds no end of the pipe any more, so this ends with the process.
    reader.read_to_string(&mut printed).expect("text");
    assert!(host.wait().expect("qhost ends").success(), "{printed}");
    let outputs = printed
        .split(MARK)
        .map(|output| output.lines().map(|line| format!("{}\n", line.trim_end())).collect());
    let pairs = statements.iter().zip(outputs);
    pairs.map(|(&statement, output)| Exchange { statement: statement.into(), output }).collect()
}

fn check(document: &str) {
    check_text(document, &text_of(document));
}

fn check_text(name: &str, text: &str) {
    let wanted = exchanges(text);
    assert!(!wanted.is_empty(), "{name} has no transcripts");
    let statements: Vec<&str> = wanted.iter().map(|e| e.statement.as_str()).collect();
    for (wanted, got) in wanted.iter().zip(transcript(&statements, &name.replace('/', "_"))) {
        assert_eq!(&got, wanted, "{name}");
    }
}

/// Past the harness, which keeps what a test that succeeds prints.
fn say(text: &str) {
    writeln!(io::stderr(), "{text}").expect("it is open");
}

#[test]
fn the_readme_s_transcripts_are_true() {
    check("README.md");
}

#[test]
fn the_guide_s_transcripts_are_true() {
    check("docs/guide.md");
}

#[test]
fn the_migration_guide_s_transcripts_are_true() {
    check("docs/migration.md");
}

/// A section for each module, in which its library is used, and a picture that one of them draws.
#[test]
fn the_gallery_s_transcripts_are_true() {
    let gallery = text_of("docs/gallery.md");
    let mut sections = gallery.split("\n## ");
    let start = sections.next().expect("an introduction");
    let mut shown = Vec::new();
    for section in sections {
        let name = section.lines().next().expect("a heading");
        match support::modules::missing(name) {
            Some(why) => say(&format!("docs/gallery.md: {name} is skipped: {why}")),
            None => check_text(&format!("docs/gallery.md: {name}"), &format!("{start}\n{section}")),
        }
        shown.push(name);
    }
    shown.sort();
    assert_eq!(shown, support::script::names("lib"));
    if support::modules::missing("cairo").is_none() {
        check_picture();
    }
}

/// The picture is what the transcript has drawn, by the same version of cairo.
fn check_picture() {
    let ask = "-1 .ffi.fn[`libcairo`cairo_version_string;\"\";\"C\"]0;";
    let answers = transcript(&["\\l q/ffi.q", ask], "cairo_version");
    let version = format!("cairo {},", answers[1].output.trim());
    if !support::modules::text_of("cairo").starts_with(&format!("// {version}")) {
        return say(&format!("docs/gallery-cairo.svg: skipped: {version} here"));
    }
    assert_eq!(text_of("target/gallery-cairo.svg"), text_of("docs/gallery-cairo.svg"));
}

#[test]
fn the_examples_find_no_wrong_result() {
    let examples =
        fs::read_dir(root().join("examples")).expect("examples").map(|entry| entry.expect("a file").path());
    let scripts: Vec<_> = examples.filter(|path| path.extension().is_some_and(|e| e == "q")).collect();
    assert!(!scripts.is_empty());
    for script in scripts {
        let mut host = support::host::command();
        let output = host.arg(&script).current_dir(root()).stdin(Stdio::null()).output().expect("qhost runs");
        let printed = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{}\n{}", script.display(), String::from_utf8_lossy(&printed));
    }
}
