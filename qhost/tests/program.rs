//! The program as its users meet it: command line, scripts, standard input, the terminal, signals, exit status.

#[path = "../runtime/tests/common/mod.rs"]
mod common;

use std::fs;
use std::io::{Read, Write};
use std::os::fd::{FromRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A folder of its own for each test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        drop(fs::remove_dir_all(&path));
        fs::create_dir_all(&path).unwrap();
        Folder(path.canonicalize().unwrap())
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qhost"));
        command.args(args).current_dir(&self.0).env_remove("QHOME");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Output, error output and status of a run.
    fn run(&self, args: &[&str], input: &str) -> (String, String, i32) {
        let mut child = self.command(args).spawn().unwrap();
        // A process that ends before it has read everything closes the pipe.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        finish(child)
    }
}

fn finish(child: Child) -> (String, String, i32) {
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap_or(-1))
}

#[test]
fn statements_from_standard_input_show_their_values() {
    let folder = Folder::new("stdin");
    let (out, err, status) =
        folder.run(&[], "1+2\na:5\na;\na\n\"x\" / note\nf:{\n  x+1\n }\nf 1\n/\nno\n\\\n\n1+");
    assert_eq!((out.as_str(), err.as_str(), status), ("3\n5\n\"x\"\n2\n+[1]\n", "", 0));
}

#[test]
fn errors_in_standard_input_do_not_end_it() {
    let folder = Folder::new("errors");
    let (out, err, status) = folder.run(&[], "1+`a\n2\nf:{[p]\n q+p}\nf 1\n");
    assert_eq!(out, "2\n");
    assert_eq!(err, "'type\n  [0]  1+`a\n        ^\n'q\n  [1]   q+p}\n        ^\n");
    assert_eq!(status, 0);
}

#[test]
fn a_script_prints_only_what_it_says() {
    let folder = Folder::new("script");
    folder.file("a.q", "1+2\nshow 3\n-1 \"four\";\nx:first .z.x\n");
    let (out, err, status) = folder.run(&["a.q", "arg", "-q"], "x\n.z.f\ncount .z.x\n");
    assert_eq!((out.as_str(), err.as_str(), status), ("3\nfour\n\"arg\"\n`a.q\n2\n", "", 0));
}

#[test]
fn an_error_in_a_script_is_reported_with_its_place() {
    let folder = Folder::new("place");
    let path = folder
        .file("bad.q", "\n/ a comment\nmyfun:{[x]\n  y:x;\n  2+y}\ng:{myfun x}\ng \"hi\"\n-1 \"never\";\n");
    let (out, err, status) = folder.run(&["bad.q"], "");
    let file = path.display();
    let caret = |at: &str, before: &str| format!("{}^", " ".repeat(format!("{file}{at}{before}").len() + 7));
    let expected = [
        "'type".to_owned(),
        format!("  [2]  {file}:5:   2+y}}"),
        caret(":5: ", "   "),
        format!("  [1]  {file}:6: g:{{myfun x}}"),
        caret(":6: ", "g:{"),
        format!("  [0]  {file}:7: g \"hi\""),
        caret(":7: ", ""),
    ];
    assert_eq!(err.lines().collect::<Vec<_>>(), expected.each_ref().map(String::as_str));
    assert_eq!((out.as_str(), status), ("", 1));
}

#[test]
fn scripts_load_scripts_from_here_and_from_home() {
    let folder = Folder::new("load");
    fs::create_dir(folder.0.join("home")).unwrap();
    folder.file("main.q", "\\l part.q\n\\l lib.q\n\\d .m\nv:part+lib\n\\d .\nshow .m.v\n");
    folder.file("part.q", "\\d .m\npart:1\n");
    folder.file("home/lib.q", ".m.lib:10\n");
    let child = folder.command(&["main.q"]).env("QHOME", folder.0.join("home")).stdin(Stdio::null()).spawn();
    assert_eq!(finish(child.unwrap()), ("11\n".to_owned(), String::new(), 0));
    let (_, err, status) = folder.run(&["none.q"], "");
    assert!(err.starts_with("'none.q. OS reports: No such file or directory"), "{err}");
    assert_eq!(status, 1);
}

#[test]
fn exit_gives_the_status_after_its_handler() {
    let folder = Folder::new("exit");
    let (out, _, status) = folder.run(&[], ".z.exit:{-1 \"bye \",string x; exit 9}\nexit 3\n");
    assert_eq!((out.as_str(), status), ("bye 3\n", 9));
    assert_eq!(folder.run(&[], "\\\\\n1\n"), (String::new(), String::new(), 0));
}

/// A C library whose calls of k.h fail in turn.
#[test]
fn the_nth_allocating_call_of_a_library_fails() {
    let folder = Folder::new("full");
    let library = common::library().display();
    folder
        .file("f.q", format!("f:(`$\":{library}\") 2:(`join2;2)\nr:@[f .;(1;2);{{`$x}}]\nshow r\nexit 0\n"));
    let run = |n: usize| {
        let mut host = folder.command(&["f.q"]);
        host.env("QHOST_FAIL_ALLOCATION", n.to_string());
        finish(host.stdin(Stdio::null()).spawn().unwrap())
    };
    let (out, err, _) = run(0);
    assert_eq!(out, "1 2\n");
    let calls: usize = err.strip_suffix(" allocating calls\n").unwrap().parse().unwrap();
    assert!(calls > 0);
    for n in 1..=calls {
        let (out, _, status) = run(n);
        assert_eq!((out.as_str(), status), ("`wsfull\n", 0), "call {n}");
    }
    assert_eq!(run(calls + 1).0, "1 2\n");
}

#[test]
fn errors_of_timers_and_handlers_have_their_place() {
    let folder = Folder::new("handlers");
    let path = folder.file("h.q", "g:{x+`a}\n.z.ts:{[t]\n  system\"t 0\"; g 1}\n\\t 1\n");
    let (_, err, _) = folder.run(&["h.q"], "");
    let (file, lines) = (path.display(), err.lines().collect::<Vec<_>>());
    assert_eq!(lines[0], "'type");
    assert_eq!(lines[1], format!("  [1]  {file}:1: g:{{x+`a}}"));
    assert_eq!(lines[3], format!("  [0]  {file}:3:   system\"t 0\"; g 1}}"));
}

#[test]
fn the_timer_keeps_a_script_alive() {
    let folder = Folder::new("timer");
    folder.file("t.q", "n:0\n.z.ts:{n+:1; if[n=3; -1 \"done\"; exit 5]}\n\\t 5\n");
    assert_eq!(folder.run(&["t.q"], ""), ("done\n".to_owned(), String::new(), 5));
    let (out, _, status) = folder.run(&[], ".z.ts:{-1 \"tick\"; system\"t 0\"}\n\\t 5\n");
    assert_eq!((out.as_str(), status), ("tick\n", 0));
    let (out, err, _) = folder.run(&["-t", "5"], ".z.ts:{'`oops}\n.z.exit:{}\n\\t\n\\t 0\n");
    assert_eq!(out, "5i\n");
    assert!(err.is_empty() || err.starts_with("'oops"), "{err}");
}

#[test]
fn what_is_too_large_or_too_deep_is_an_error() {
    let folder = Folder::new("large");
    let nested = "(".repeat(200_000);
    let statements = [
        ("f:{f x+1};f 0", "stack"),
        ("til 100000000000", "wsfull"),
        ("{x,x}/[60;1]", "wsfull"),
        ("(til 100000) cross til 1000000", "wsfull"),
        ("({'[x;neg]}/[1000000;neg]) 1", "stack"),
        ("({x each}/[1000000;neg]) 1", "stack"),
        ("x:{enlist x}/[1000000;1];x . 1000000#0", "stack"),
        (".[x;1000000#0;:;2]", "stack"),
        ("@[x;enlist x;:;2]", "stack"),
        (nested.as_str(), "stack"),
    ];
    let input = statements.map(|(statement, _)| statement).join("\n");
    let (out, err, status) = folder.run(&["-w", "500", "-s", "2"], &format!("1\n{input}"));
    let errors: Vec<&str> = err.lines().filter_map(|line| line.strip_prefix('\'')).collect();
    assert_eq!(errors, statements.map(|(_, error)| error));
    assert_eq!((out.as_str(), status), ("1\n", 0));
}

#[test]
fn any_bytes_are_read() {
    let folder = Folder::new("bytes");
    folder.file("b.q", b"a:\"\x00\xff\xfe\"\n/ \xff\x00\nshow count a\n\xff\n");
    let (out, err, status) = folder.run(&["b.q"], "");
    assert_eq!((out.as_str(), status), ("3\n", 1));
    assert!(err.starts_with("'\u{fffd}\n"), "{err:?}");
}

#[test]
fn an_interrupt_stops_the_statement() {
    interrupted(&[], "while[1b;]");
}

#[test]
fn an_interrupt_stops_all_threads() {
    interrupted(&["-s", "2"], "{while[1b;]} peach 0 1");
}

fn interrupted(args: &[&str], endless: &str) {
    let folder = Folder::new(&format!("interrupt{}", args.len()));
    let mut child = folder.command(args).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    write!(input, "-1 \"go\";\n{endless}\n7\n").unwrap();
    let mut started = [0; 3];
    child.stdout.as_mut().unwrap().read_exact(&mut started).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    // SAFETY: our child, which has not been waited for.
    unsafe { libc::kill(child.id() as i32, libc::SIGINT) };
    drop(input);
    let (out, err, status) = finish(child);
    assert_eq!((out.as_str(), status), ("7\n", 0));
    assert!(err.starts_with("'stop\n"), "{err}");
}

/// A process on a pseudo terminal.
struct OnTerminal {
    terminal: fs::File,
    child: Child,
    seen: String,
}

impl OnTerminal {
    fn start(folder: &Folder) -> OnTerminal {
        let (mut main, mut other) = (0, 0);
        let null = std::ptr::null_mut();
        // SAFETY: both descriptors are out parameters; no name, settings or size is asked for.
        assert_eq!(unsafe { libc::openpty(&mut main, &mut other, null, null.cast(), null.cast()) }, 0);
        // SAFETY: fresh and nobody else's.
        let (main, other) = unsafe { (OwnedFd::from_raw_fd(main), OwnedFd::from_raw_fd(other)) };
        let mut command = folder.command(&[]);
        command.env("HOME", &folder.0).env("TERM", "xterm");
        command.stdin(other.try_clone().unwrap()).stdout(other.try_clone().unwrap()).stderr(other);
        let child = command.spawn().unwrap();
        OnTerminal { terminal: main.into(), child, seen: String::new() }
    }

    /// Reads until `text` has been printed, and forgets what came before its end.
    fn expect(&mut self, text: &str) {
        let start = Instant::now();
        while !self.seen.contains(text) {
            assert!(start.elapsed() < Duration::from_secs(20), "no {text:?} in {:?}", self.seen);
            let mut chunk = [0; 1024];
            let n = self.terminal.read(&mut chunk).unwrap();
            self.seen.push_str(&String::from_utf8_lossy(&chunk[..n]));
        }
        let end = self.seen.find(text).unwrap() + text.len();
        self.seen.drain(..end);
    }

    fn write(&mut self, text: &str) {
        self.terminal.write_all(text.as_bytes()).unwrap();
    }
}

#[test]
fn the_terminal_has_prompts_history_and_continued_lines() {
    let folder = Folder::new("terminal");
    let mut q = OnTerminal::start(&folder);
    q.expect("q)");
    q.write("40+2\r");
    q.expect("42\r\n");
    q.expect("q)");
    q.write("f:{\rx*100}\r");
    q.expect("q)");
    q.write("f 3\r");
    q.expect("300\r\n");
    q.expect("q)");
    q.write("\x1b[A\r");
    q.expect("300\r\n");
    q.write("\\d .name\r");
    q.expect("q.name)");
    q.write("1+`a\r");
    q.expect("'type\r\n");
    q.expect("q.name)");
    q.write("exit 6\r");
    assert_eq!(q.child.wait().unwrap().code(), Some(6));
}
