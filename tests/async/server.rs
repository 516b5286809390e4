//! A server that answers a client later, by `-30!`, and others meanwhile: the recipe of the guide.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use super::support;

/// A process of qhost that is told statements, and says what they print.
struct Host {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Host {
    fn start() -> Self {
        let mut host = support::host::command();
        host.arg("-q").current_dir(env!("CARGO_MANIFEST_DIR"));
        host.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = host.spawn().expect("qhost starts");
        let input = child.stdin.take().expect("piped");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, input, output }
    }

    fn tell(&mut self, statements: &str) {
        writeln!(self.input, "{statements}").expect("it reads");
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("it prints");
        line.trim().into()
    }

    fn ask(&mut self, statements: &str) -> String {
        self.tell(statements);
        self.line()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // SAFETY: a signal to a child that has not been waited for; `timeout` passes it on.
        unsafe { libc::kill(self.child.id() as i32, libc::SIGTERM) };
        drop(self.child.wait());
    }
}

/// The guide's recipe, with another function in the place of its own.
fn recipe() -> String {
    let guide = include_str!("../../docs/guide.md");
    let section = guide.split("\n**A server** ").nth(1).expect("the section");
    let block = section.split("```text\n").nth(1).and_then(|rest| rest.split("\n```").next());
    let lines = block.expect("the recipe").lines().skip(1).map(|line| line.trim());
    let lines: Vec<&str> = lines.collect();
    // At a prompt a statement is one line.
    lines
        .join("\n")
        .replace("{[request]\n", "{[request] ")
        .replace(";\n", "; ")
        .replace("\n}", "}")
        .replace("(-30!", "-30!")
}

#[test]
fn others_are_answered_meanwhile() {
    let library = support::compile("gcc", "async_server", include_str!("../c/async.c"));
    let (mut server, mut slow, mut other) = (Host::start(), Host::start(), Host::start());
    server.tell(&format!("\\l q/ffi.q\nL:`$\"{}\"", library.to_str().expect("UTF-8")));
    server.tell("query:.ffi.async[(L;`pass);\"j\";\"j\"]\ngate:.ffi.fn[(L;`open_gate);\"i\";\" \"]");
    server.tell(&recipe());
    // Requests that are text are answered at once.
    server.tell("later:.z.pg\n.z.pg:{$[10h=type x; value x; later x]}");
    let port = server.ask("\\p 0W\n-1 string system\"p\";");
    slow.tell(&format!("h:hopen {port}\n-1 string h 42;"));
    other.tell(&format!("h:hopen {port}"));
    let asked = "while[not 1=h\".ffi.stats[]`asyncUnderWay\"; 0]\n-1 h\"string 6*7\";";
    assert_eq!(other.ask(asked), "42", "while the other one waits");
    // One that does not wait for its answer: its handle number comes again, and nobody gets that answer.
    let mut gone = Host::start();
    gone.tell(&format!("h:hopen {port}\nneg[h]\"\"\nneg[h](`.z.pg;43)\nexit 0"));
    other.tell("h\"gate 1i\";");
    assert_eq!(slow.line(), "42", "afterwards");
    assert_eq!(
        other.ask("while[0<h\".ffi.stats[]`asyncUnderWay\"; 0]\n-1 h\"string 1+1\";"),
        "2",
        "it goes on"
    );
    assert_eq!(other.ask("-1 @[h;`no;{x}];"), "type: pass[0]: j wants long, got symbol", "an error at once");
}
