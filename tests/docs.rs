//! README.md and the pages of docs/ say what is so: their type table, their names, links and transcripts are compared with
//! the code. The examples check themselves.

mod support;

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use ffijit::ctype::{CType, TYPES};
use ffijit::k::type_name;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text_of(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|e| panic!("{file}: {e}"))
}

/// A row of the reference's type table, as the type table of the code has it.
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
    let reference = text_of("docs/reference.md");
    let table =
        reference.split("| char | C type | takes | converts | result |\n|---|---|---|---|---|\n").nth(1);
    let rows = table.expect("the reference has the table").lines().take_while(|l| l.starts_with('|'));
    let wanted: Vec<String> = TYPES.iter().map(documented).collect();
    assert_eq!(rows.collect::<Vec<_>>(), wanted);
}

#[test]
fn every_public_function_is_documented() {
    let reference = text_of("docs/reference.md");
    let table = reference.split("\n## All functions\n").nth(1).and_then(|rest| rest.split("\n## ").next());
    let table = table.expect("the reference has a table of functions");
    let api = text_of("q/ffi.q");
    let names: Vec<&str> = api
        .lines()
        .filter_map(|line| line.strip_prefix(".ffi.")?.split_once(':'))
        .map(|(name, _)| name)
        .filter(|name| name.chars().all(char::is_alphanumeric))
        .collect();
    assert!(names.contains(&"bind") && names.len() > 10, "{names:?}");
    let missing: Vec<_> = names.iter().filter(|name| !names_it(table, name)).collect();
    assert!(missing.is_empty(), "not in docs/reference.md: {missing:?}");
}

/// Whether a text has `.ffi.name`, and not only a longer name.
fn names_it(text: &str, name: &str) -> bool {
    let start = format!("`.ffi.{name}");
    let after = text.split(&start).skip(1);
    after.filter_map(|rest| rest.chars().next()).any(|next| !next.is_alphanumeric())
}

/// README and the pages of docs/, by their paths.
fn pages() -> Vec<String> {
    let docs =
        fs::read_dir(root().join("docs")).expect("docs").map(|entry| entry.expect("a file").file_name());
    let pages = docs.filter_map(|name| name.into_string().ok()).filter(|name| name.ends_with(".md"));
    let mut pages: Vec<String> = pages.map(|name| format!("docs/{name}")).collect();
    pages.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "qhost/README.md"].map(String::from));
    pages
}

/// The text of a page without its blocks of code.
fn prose(page: &str) -> String {
    text_of(page).split("\n```").step_by(2).collect()
}

/// The anchors of a page's headings, as GitHub makes them.
fn anchors(page: &str) -> Vec<String> {
    let of = |heading: &str| -> String {
        let kept = heading.to_lowercase();
        let kept = kept.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    let text = prose(page);
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings.map(|line| of(line.trim_start_matches('#').trim_start())).collect()
}

/// What a page links to, addresses elsewhere apart: path from the root and anchor.
fn links(page: &str) -> Vec<(String, String)> {
    let text = prose(page);
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let here = Path::new(page).parent().expect("a folder");
    targets
        .filter(|target| !target.contains("://"))
        .map(|target| {
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path = if path.is_empty() { page.into() } else { here.join(path).display().to_string() };
            (path, anchor.to_string())
        })
        .collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut dead = Vec::new();
    let mut seen = 0;
    for page in pages() {
        for (path, anchor) in links(&page) {
            seen += 1;
            let there = root().join(&path).exists();
            if !there || !(anchor.is_empty() || anchors(&path).contains(&anchor)) {
                dead.push(format!("{page}: {path}#{anchor}"));
            }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
    assert!(seen > 50, "{seen} links");
}

#[test]
fn the_picture_of_the_modules_is_the_code_s() {
    let script = root().join("tools/architecture.py");
    let Ok(output) = Command::new("python3").arg(script).arg("--check").output() else {
        println!("skipped: no python3");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
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

/// Statements that read what C has kept beyond a call: with FFIJIT_GUARD=2 that was a copy, which has ended.
const KEPT: [&str; 2] =
    [".ffi.peek[;\"f\";2] each .ffi.peek[p;\"r\";0N]", ".pcre2.substring_get_byname[m;\"month\"] 1"];

fn check_text(name: &str, text: &str) {
    let has_ended = support::copies_arguments();
    let wanted = exchanges(text);
    assert!(!wanted.is_empty(), "{name} has no transcripts");
    let statements: Vec<&str> = wanted.iter().map(|e| e.statement.as_str()).collect();
    for (wanted, got) in wanted.iter().zip(transcript(&statements, &name.replace('/', "_"))) {
        let is_gone = has_ended && KEPT.contains(&wanted.statement.as_str());
        assert!(is_gone || got == *wanted, "{name}: {got:?}\n{wanted:?}");
    }
}

/// Past the harness, which keeps what a test that succeeds prints.
fn say(text: &str) {
    writeln!(io::stderr(), "{text}").expect("it is open");
}

#[test]
fn all_transcripts_are_true() {
    let with_transcripts = |page: &String| page != GALLERY && text_of(page).contains("\n```q\nq)");
    let pages: Vec<String> = pages().into_iter().filter(with_transcripts).collect();
    assert!(pages.len() >= 4, "{pages:?}");
    pages.iter().for_each(|page| check(page));
}

/// The handler that the guide gives to q's event loop is called by it.
#[cfg(target_os = "linux")]
#[test]
fn the_guide_s_timer_ticks() {
    let guide = text_of("docs/guide.md");
    let section = guide.split("\n## Event loops\n").nth(1).and_then(|rest| rest.split("\n## ").next());
    let blocks = section.expect("the section").split("\n```text\n").skip(1);
    let recipe: String = blocks.filter_map(|rest| rest.split("```").next()).collect();
    let script = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guide_timer.q");
    let end = "\n.z.ts:{if[ticks>2; -1 \"ticked\"; exit 0]}\n\\t 1\n";
    fs::write(&script, format!("\\l q/ffi.q\n{recipe}{end}")).expect("the target directory is writable");
    let mut host = support::host::command();
    let output = host.arg(&script).current_dir(root()).stdin(Stdio::null()).output().expect("qhost runs");
    let printed = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
    assert!(output.status.success() && printed.ends_with("ticked\n"), "{printed}");
}

/// Its transcripts need libraries that may not be here.
const GALLERY: &str = "docs/gallery.md";

/// A section for each module, in which its library is used, and a picture that one of them draws.
#[test]
fn the_gallery_s_transcripts_are_true() {
    let gallery = text_of(GALLERY);
    let mut sections = gallery.split("\n## ");
    let start = sections.next().expect("an introduction");
    let mut shown = Vec::new();
    for section in sections {
        let name = section.lines().next().expect("a heading");
        match support::modules::missing(name) {
            Some(why) => say(&format!("{GALLERY}: {name} is skipped: {why}")),
            None => check_text(&format!("{GALLERY}: {name}"), &format!("{start}\n{section}")),
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
