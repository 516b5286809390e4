//! Two processes talking as kdb+'s do.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Arguments of a shell that becomes a host with its errors among its output.
const HOST: [&str; 3] = ["-c", "exec \"$0\" -q 2>&1", env!("CARGO_BIN_EXE_qhost")];

/// A host that listens on a port of its own, and ends with this value.
struct Server {
    host: Child,
    statements: ChildStdin,
    output: BufReader<ChildStdout>,
    port: u16,
}

impl Server {
    /// Starts a host and has it run statements.
    fn start(statements: &str) -> Server {
        let mut host =
            Command::new("sh").args(HOST).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut input = host.stdin.take().unwrap();
        writeln!(input, "{statements}\n\\p 0W\n-1 string system\"p\";").unwrap();
        let mut output = BufReader::new(host.stdout.take().unwrap());
        let mut port = String::new();
        output.read_line(&mut port).unwrap();
        let port = port.trim().parse().unwrap_or_else(|_| panic!("no port: {port}"));
        Server { host, statements: input, output, port }
    }

    /// What a client prints that has a handle `h` to it.
    fn client(&self, statements: &str) -> String {
        run(&format!("h:hopen {}\n{statements}\n", self.port))
    }

    /// What it prints next.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.host.kill());
        drop(self.host.wait());
    }
}

/// Runs a host on statements: what it prints. It ends even if it waits for ever.
fn run(statements: &str) -> String {
    let mut host = Command::new("timeout");
    let host = host.args(["60", "sh"]).args(HOST).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut host = host.spawn().unwrap();
    host.stdin.take().unwrap().write_all(statements.as_bytes()).unwrap();
    let mut printed = String::new();
    host.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
    assert!(host.wait().unwrap().success(), "{printed}");
    printed
}

#[test]
fn a_request_gives_the_other_side_s_value() {
    let server = Server::start("f:{x+y}\nd:`a`b!(1 2;\"text\")");
    let printed = server.client(
        "h\"1+2\"\nh(`f;3;4)\nh({x*y};6;7)\nh\"d\"\nh`f\n0<h\".z.w\"\n.z.w\nh\"1+`a\"\n\
         h\"'own\"\nh({[x;y] x};1)\nh\"til\"",
    );
    let expected = "3\n7\n42\na| 1 2\nb| \"text\"\n{x+y}\n1b\n0i\n'type\n  [0]  h\"1+`a\"\n       ^\n'own\n  [0]  h\"'own\"\n       ^\n\
         {[x;y] x}[1]\ntil\n";
    assert_eq!(printed, expected);
}

#[test]
fn large_messages_come_whole() {
    let server = Server::start("");
    assert_eq!(server.client("v:til 1000000\nv~h({x};v)\nsum h\"til 1000000\""), "1b\n499999500000\n");
}

#[test]
fn asynchronous_messages_do_not_wait() {
    let server = Server::start("x:0");
    let printed =
        server.client("(neg h)\"x:5\"\n(neg h)(set;`y;6)\n(neg h)[]\nh\"(x;y)\"\n(neg h)\"'lost\"\nh\"1\"");
    assert_eq!(printed, "5 6\n1\n");
}

/// They come in one piece if the server is slow to read.
#[test]
fn an_error_does_not_hold_up_what_comes_behind() {
    let server = Server::start("wait:{t:.z.p; while[.z.p<t+0D00:00:00.2; 0]}");
    let printed =
        server.client("(neg h)\"wait[]\"\n(neg h)\"'one\"\n(neg h)\"'two\"\n(neg h)\"x:3\"\nh\"x\"");
    assert_eq!(printed, "3\n");
}

#[test]
fn the_server_can_call_back() {
    let server = Server::start("ask:{(.z.w)\"mine\"}\ntell:{(neg .z.w)(set;`told;x); x}");
    assert_eq!(server.client("mine:42\nh\"ask[]\"\nh(`tell;7)\ntold"), "42\n7\n7\n");
}

#[test]
fn handlers_see_messages_and_connections() {
    let mut server = Server::start(
        ".z.po:{-1 \"open \",string x=.z.w;}\n.z.pc:{-1 \"close \",string .z.w;}\n.z.pg:{(`got;x)}\n.z.ps:{-1 \"async \",x;}",
    );
    assert_eq!(
        server.client("h\"1+1\"\n(neg h)\"hello\"\nh\"\"\nhclose h\nh\"1\"").lines().next(),
        Some("`got")
    );
    let lines: Vec<String> = (0..3).map(|_| server.line()).collect();
    assert_eq!(lines, ["open 1\n", "async hello\n", "close 0\n"]);
}

#[test]
fn passwords_are_checked() {
    let server = Server::start(".z.pw:{[u;p] p~\"secret\"}");
    let open = |who: &str| format!("@[{{hopen x; `in}};`$\":localhost:{}:{who}\";{{`$x}}]\n", server.port);
    let printed = run(&(open("me:secret") + &open("me:wrong") + &open("me")));
    assert_eq!(printed, "`in\n`access\n`access\n");
}

#[test]
fn the_user_is_known() {
    let server = Server::start("");
    let printed = server
        .client(&format!("g:hopen `$\":localhost:{}:alice:x\"\ng\".z.u\"\nhclose g\ng\"1\"", server.port));
    assert_eq!(printed.lines().next(), Some("`alice"));
    assert!(printed.contains("Bad file descriptor"), "{printed}");
}

#[test]
fn what_is_no_q_is_turned_away() {
    let server = Server::start("");
    for nonsense in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[b'x'; 10_000], b"me\x03\0\x01\x01\0\0\x02\0\0\0"] {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        stream.write_all(nonsense).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        // The connection ends, with a reset if there was more than was read.
        drop(stream.read_to_end(&mut Vec::new()));
    }
    assert_eq!(server.client("h\"1\""), "1\n");
}

#[test]
fn a_server_that_goes_is_noticed() {
    let mut server = Server::start("");
    assert!(server.client("h\"exit 0\"").starts_with("'close\n"));
    assert!(server.host.wait().unwrap().success());
    drop(server.statements.flush());
    let printed = server.client("");
    assert!(printed.contains("OS reports: Connection refused"), "{printed}");
}

#[test]
fn the_port_is_closed_again() {
    let server = Server::start("");
    let printed = server.client("h\"system\\\"p 0\\\"\"\nh\"system\\\"p\\\"\"\n");
    assert_eq!(printed, "0i\n");
    assert!(server.client("").contains("Connection refused"));
}

#[test]
fn requests_can_be_trapped() {
    let server = Server::start("");
    assert_eq!(server.client("@[h;\"'no\";{`$x}]\n.[h;enlist\"1+1\";0N]\n@[h;\"1+\";0N]"), "`no\n2\n+[1]\n");
}

#[test]
fn the_command_line_sets_the_port() {
    let mut host = Command::new(env!("CARGO_BIN_EXE_qhost"));
    let host = host.args(["-q", "-p", "0W"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut host = host.spawn().unwrap();
    host.stdin.take().unwrap().write_all(b"0<system\"p\"\nexit 0\n").unwrap();
    assert_eq!(host.wait_with_output().unwrap().stdout, b"1b\n");
}

#[test]
fn an_answer_may_come_later() {
    let server = Server::start(
        ".z.pg:{if[x~`now;:`now]; w::.z.w; -30!(::); system\"t 1\"; `unseen}\n.z.ts:{system\"t 0\"; -30!(w;0b;`later)}",
    );
    assert_eq!(server.client("h`wait\nh`now"), "`later\n`now\n");
    let server = Server::start(
        ".z.pg:{w::.z.w; -30!(::); system\"t 1\"}\n.z.ts:{system\"t 0\"; -30!(w;1b;\"refused\"); r::@[{-30!x};(w;0b;1);{x}]; exit 0}",
    );
    assert_eq!(server.client("@[h;1;{x}]"), "\"refused\"\n");
    assert_eq!(
        run("@[{-30!x};(::);{10#x}]\n@[{-30!x};(77i;0b;1);{x}]\n@[{-30!x};1;{x}]"),
        "\"no synchro\"\n\"Handle 77 was not expecting a response msg\"\n\"type\"\n"
    );
}

#[test]
fn every_type_crosses_and_handles_are_listed() {
    let server = Server::start("f:{x}");
    let printed =
        server.client("x:(0Ng;.z.p;0D01;2#0Ng)\nx~h(`f;x)\nh~first key .z.W\ncount .z.W\nhclose h\n.z.W");
    assert_eq!(printed, "1b\n1b\n1\n");
}
