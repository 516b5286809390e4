//! What a server refuses: to strangers on its port, and to everybody once it is sealed. Two processes talk through q's
//! own connections.

mod support;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

use support::access::{GUARDED, LOCAL, OPEN, START};

/// qhost with the library, its errors among its output.
fn host() -> Command {
    let mut host = support::host::command();
    host.arg("-q").current_dir(env!("CARGO_MANIFEST_DIR"));
    host.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    host
}

/// Runs statements: what they print, errors included.
fn run(statements: &str) -> String {
    let mut host = host().spawn().expect("qhost starts");
    host.stdin.take().expect("piped").write_all(statements.as_bytes()).expect("it reads");
    let output = host.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8([output.stdout, output.stderr].concat()).expect("text")
}

/// A text as a q string.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Statements that print, a line each, what `f` gives for each request; of a q error its text.
fn asking(f: &str, requests: &[&str]) -> String {
    let ask = |request: &&str| format!("-1 {{$[10h=type x;x;.Q.s1 x]}} @[{f};{};{{x}}];\n", quoted(request));
    requests.iter().map(ask).collect()
}

/// A process that listens, and ends with this value.
struct Server {
    host: Child,
    _statements: ChildStdin,
    port: String,
}

impl Server {
    fn start(options: &[&str], statements: &str) -> Self {
        let mut host = host().args(options).spawn().expect("qhost starts");
        let mut input = host.stdin.take().expect("piped");
        writeln!(input, "{START}{statements}\n\\p 0W\n-1 string system\"p\";").expect("it reads");
        let mut port = String::new();
        let mut output = BufReader::new(host.stdout.take().expect("piped"));
        output.read_line(&mut port).expect("it prints");
        if port.trim().parse::<u16>().is_err() {
            let mut rest = String::new();
            host.kill().expect("it runs");
            host.stderr.take().expect("piped").read_to_string(&mut rest).expect("text");
            panic!("no port: {port}{rest}");
        }
        Self { host, _statements: input, port: port.trim().into() }
    }

    /// What the server answers to each request.
    fn answers(&self, requests: &[&str]) -> Vec<String> {
        let asked = asking("h", requests);
        let printed = run(&format!("h:hopen {}\n{asked}", self.port));
        printed.lines().map(String::from).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SAFETY: a signal to a child that has not been waited for; `timeout` passes it on.
        unsafe { libc::kill(self.host.id() as i32, libc::SIGTERM) };
        drop(self.host.wait());
    }
}

/// Demands of each call that its answer is, or is not, the refusal of its function with these words.
fn check(calls: &[(&str, &str)], answers: &[String], refusal: Option<&str>) {
    assert_eq!(calls.len(), answers.len(), "{answers:?}");
    for ((name, call), answer) in calls.iter().zip(answers) {
        match refusal {
            Some(words) => {
                assert!(answer.starts_with(&format!("access: {name}: {words}")), "{call}: {answer}")
            }
            None => assert!(!answer.starts_with("access"), "{call}: {answer}"),
        }
    }
}

fn sources<'a>(calls: &[(&str, &'a str)]) -> Vec<&'a str> {
    calls.iter().map(|&(_, source)| source).collect()
}

/// The same, in the process itself.
fn local_answers(statements: &str, calls: &[(&str, &str)]) -> Vec<String> {
    let asked = asking("value", &sources(calls));
    run(&format!("{START}{statements}\n{asked}")).lines().map(String::from).collect()
}

#[test]
fn every_native_function_is_listed() {
    let listed: BTreeSet<&str> = [GUARDED, OPEN, LOCAL].concat().iter().map(|&(name, _)| name).collect();
    // SAFETY: kexport ignores its argument and gives away a reference.
    let exported = unsafe { kapi::Obj::from_raw(ffijit::kexport(std::ptr::null_mut()).cast()) };
    let names = exported.dict_parts().0.slice::<kapi::Symbol>();
    let names: BTreeSet<String> = names.iter().map(|name| name.as_str().to_string()).collect();
    assert_eq!(names.iter().map(String::as_str).collect::<BTreeSet<_>>(), listed);
}

#[test]
fn the_guide_says_what_is_refused() {
    let guide = include_str!("../docs/guide.md");
    let section = guide.split("\n## Servers\n").nth(1).expect("the section");
    let refused =
        section.split("\n\n").find(|paragraph| paragraph.contains("is refused while")).expect("the list");
    for (name, _) in GUARDED {
        assert!(refused.contains(&format!("`{name}`")), "{name}");
    }
    for (name, _) in OPEN.iter().filter(|(name, _)| *name != "unpack") {
        assert!(!refused.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn without_a_policy_all_is_allowed() {
    check(GUARDED, &local_answers("", GUARDED), None);
    check(OPEN, &local_answers("", OPEN), None);
    check(LOCAL, &local_answers("", &[LOCAL[3], LOCAL[2], LOCAL[1], LOCAL[0]]), None);
}

#[test]
fn strangers_make_no_new_ways_into_c() {
    let server = Server::start(&[], "");
    check(GUARDED, &server.answers(&sources(GUARDED)), Some("refused to remote handle "));
    check(LOCAL, &server.answers(&sources(LOCAL)), Some("refused to remote handle "));
    check(OPEN, &server.answers(&sources(OPEN)), None);
    assert_eq!(server.answers(&["absolute -3i", ".ffi.errno[]", "absolute -4i"]), ["3i", "0i", "4i"]);
}

#[test]
fn strangers_find_no_way_around() {
    let server = Server::start(&["-s", "2"], "");
    let requests = [
        ".ffi.i.native[`fn][`abs;\"i\";\"i\"]",
        "(hsym[`$getenv`FFIJIT_LIB] 2:(`kexport;1))[][`fn][`abs;\"i\";\"i\"]",
        "{.ffi.fn[x;\"i\";\"i\"]} peach `abs`labs",
        ".z.w:0i; .ffi.fn[`abs;\"i\";\"i\"]",
        "set[`.z.w;0i]; .ffi.fn[`abs;\"i\";\"i\"]",
        "(0\".ffi.fn[`abs;\\\"i\\\";\\\"i\\\"]\")",
        ".z.pg:{0}; .ffi.fn[`abs;\"i\";\"i\"]",
    ];
    for (request, answer) in requests.iter().zip(server.answers(&requests)) {
        assert!(answer.starts_with("access: fn: refused to remote handle "), "{request}: {answer}");
    }
}

/// Where the stack is too short to ask q whom it serves, nobody is taken for local.
#[test]
fn a_full_stack_lets_nobody_in() {
    let server = Server::start(&[], "");
    let bind = "@[{.ffi.fn[`abs;\"i\";\"i\"]};0;{x}]";
    let deep = format!("f:{{[n] r:@[.z.s;n;{{x}}]; $[10h=type r;{bind};r]}}; f 0");
    let answers = server.answers(&[&deep]);
    assert!(answers[0].starts_with("access: fn: refused to remote handle "), "{answers:?}");
}

#[test]
fn the_server_itself_may_go_on() {
    let server = Server::start(
        &[],
        "bound:0b\n.z.ts:{bound::112h=type .ffi.fn[`labs;\"j\";\"j\"]; system\"t 0\"}\n\\t 1",
    );
    let wait = "while[not @[h;\"bound\";{0b}]; 0]\n";
    assert_eq!(run(&format!("h:hopen {}\n{wait}h\"bound\"\n", server.port)), "1b\n");
}

/// What servers have whose strangers may pass functions to C: a call from another thread, which the event loop runs, a
/// handler of the event loop, a pipe for it, and a call at once.
fn loop_server(statements: &str) -> Server {
    let faults = support::compile("gcc", "policy_faults", include_str!("c/faults.c"));
    let faults = faults.to_str().expect("UTF-8");
    Server::start(
        &[],
        &format!(
            "L:`$\"{faults}\"\nlater:.ffi.fn[(L;`calls_on_thread);\"kj\";\" \"]\nnow:.ffi.fn[(L;`call_long);\"kj\";\"j\"]\n\
             sd1:.ffi.fn[`sd1;\"ik\";\"K\"]\nends:0 0i\n.ffi.fn[`pipe;\"I\";\"i\"] ends;\n\
             put:.ffi.fn[(L;`send_byte);\"i\";\" \"]\nawait:.ffi.fn[(L;`await_byte);\"i\";\" \"]\n\
             try:{{@[{{.ffi.fn[x;\"i\";\"i\"]; \"bound\"}};`abs;{{x}}]}}\n\
             mine:{{[fd] await fd; heard::try[]}}\nheard:came:\"\"\n{statements}"
        ),
    )
}

/// Asks a server until an expression has a value, and then for it.
fn awaited(server: &Server, before: &str, value: &str) -> String {
    let ask = format!("while[0=count @[h;{0};\"\"]; 0]\n-1 h {0};\n", quoted(value));
    run(&format!("h:hopen {}\nh {};\n{ask}", server.port, quoted(before))).trim().to_string()
}

#[test]
fn what_a_stranger_s_callback_does_is_a_stranger_s_wherever_it_runs() {
    let server = loop_server("");
    let bind = "@[{.ffi.fn[x;\"i\";\"i\"]; \"bound\"};`abs;{x}]";
    let asked = format!("now[({{came::{bind}; x}};\"j\";\"j\");1]");
    assert!(awaited(&server, &asked, "came").starts_with("access: fn: "), "within the request");
    let asked = format!("came::\"\"; later[({{came::{bind}}};\"j\";\" \");1]");
    let answer = awaited(&server, &asked, "came");
    assert!(answer.starts_with("access: fn: "), "from the event loop: {answer}");
    let asked = "came::\"\"; later[({came::@[{.ffi.seal[]; \"sealed\"};0;{x}]};\"j\";\" \");1]";
    let answer = awaited(&server, asked, "came");
    assert!(answer.starts_with("access: seal: "), "what changes the policy: {answer}");
    let asked = format!("sd1[ends 0;({{[fd] await fd; heard::{bind}}};\"i\";\" \")]; put ends 1");
    let answer = awaited(&server, &asked, "heard");
    assert!(answer.starts_with("access: fn: "), "as a handler: {answer}");
}

#[test]
fn the_server_s_own_callbacks_may_go_on() {
    let server =
        loop_server("\nsd1[ends 0;(mine;\"i\";\" \")];\nlater[({came::try[]};\"j\";\" \");1]\nput ends 1");
    assert_eq!(awaited(&server, "0", "came"), "bound", "from the event loop");
    assert_eq!(awaited(&server, "0", "heard"), "bound", "as a handler");
}

/// What servers have whose strangers may submit calls that wait at a gate.
fn background_server() -> Server {
    let library = support::compile("gcc", "policy_async", include_str!("c/async.c"));
    let library = library.to_str().expect("UTF-8");
    let gate = "gate:.ffi.fn[(L;`open_gate);\"i\";\" \"]\npass:.ffi.async[(L;`pass);\"j\";\"j\"]\n";
    let names = "try:{@[{.ffi.fn[x;\"i\";\"i\"]; \"bound\"};`abs;{x}]}\ncame:\"\"\n";
    Server::start(
        &[],
        &format!("L:`$\"{library}\"\n{gate}{names}ours:pass[enlist 1;::]\nours2:pass[enlist 2;::]"),
    )
}

#[test]
fn strangers_wait_for_their_own_calls_alone() {
    let server = background_server();
    let answers = server.answers(&[
        "theirs:pass[enlist 3;::]",
        "(exec id from .ffi.pending[])~enlist theirs",
        ".ffi.await ours",
        ".ffi.await[theirs,ours;0]",
        ".ffi.cancel ours2",
        ".ffi.cancel theirs",
        "theirs:pass[enlist 3;::]; gate 1i; .ffi.await theirs",
        "count .ffi.pending[]",
    ]);
    let refused = |i: usize, words: &str| {
        assert!(
            answers[i].starts_with(words) && answers[i].ends_with("is not of this handle"),
            "{answers:?}"
        );
    };
    assert_eq!([1, 5, 6, 7].map(|i| &answers[i][..]), ["1b", "1b", "3", "0"], "{answers:?}");
    refused(2, "access: await: call 1 ");
    refused(3, "access: await: call 1 ");
    refused(4, "access: cancel: call 2 ");
    // Another client has another handle while the first is there.
    let other =
        format!("h:hopen {0}\ng:hopen {0}\nh\"gate 0i\";\nid:h\"pass[enlist 4;{{}}]\"\n", server.port);
    let cancelled = "-1 @[g;(`.ffi.cancel;id);{x}];\n";
    let asked = format!("{other}{cancelled}-1 .Q.s1 g\"exec id from .ffi.pending[]\";\n");
    assert_eq!(run(&asked), "access: cancel: call 5 is not of this handle\n`long$()\n");
}

#[test]
fn what_a_stranger_s_completion_does_is_a_stranger_s() {
    let server = background_server();
    let answer = awaited(&server, "gate 1i; pass[enlist 1;{came::try[]}]", "came");
    assert!(answer.starts_with("access: fn: "), "{answer}");
    // And what it submits is that stranger's, who has the same handle all the time.
    let next = "{id::pass[enlist 2;::]; came::string id}";
    let asked = format!("came::\"\"; pass[enlist 1;{next}]");
    let ask = format!("h {};\nwhile[0=count h\"came\"; 0]\n-1 .Q.s1 h\".ffi.await id\";\n", quoted(&asked));
    assert_eq!(run(&format!("h:hopen {}\n{ask}", server.port)).trim(), "2");
}

#[test]
fn packing_a_function_pointer_makes_a_way_into_c() {
    let packs = ".ffi.pack[\"jk\";(1;({x};\"j\";\"j\"))]";
    let server = Server::start(&[], "");
    let answers = server.answers(&[
        packs,
        ".ffi.pack[\"k\";enlist ({x};\"j\";\"j\")]",
        "count .ffi.pack[\"ij\";(1i;2)]",
    ]);
    assert!(answers[0].starts_with("access: ") && answers[1].starts_with("access: "), "{answers:?}");
    assert_eq!(answers[2], "16");
    let server = Server::start(&[], ".ffi.allowRemote[]");
    assert_eq!(server.answers(&["count .ffi.pack[\"k\";enlist ({x};\"j\";\"j\")]"]), ["8"]);
}

/// Who may sort may not run whatever C has.
#[test]
fn naming_a_function_of_c_makes_a_way_into_c() {
    let sorts = "sort:.ffi.fn[`qsort;\"Cllk\";\" \"]\ntake:.ffi.bind[`qsort;\"Cllk\";\" \"]\n";
    let names = ["`strcmp", "`libc.so.6`strcmp", "(\"libc.so.6\";\"strcmp\")"];
    let asked: Vec<String> = names
        .iter()
        .flat_map(|f| ["sort", "take"].map(|sort| format!("{sort}[\"ba\\000\";2;1;{f}]")))
        .collect();
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let server = Server::start(&[], sorts);
    for (request, answer) in asked.iter().zip(server.answers(&asked)) {
        assert!(
            answer.starts_with("access: a C function's name as an argument: refused"),
            "{request}: {answer}"
        );
    }
    assert_eq!(server.answers(&["sort[\"ba\\000\";2;1;0]~(::)", "count .ffi.bindings[]"]).len(), 2);
    let server = Server::start(&[], &format!("{sorts}.ffi.allowRemote[]"));
    assert!(server.answers(&asked).iter().all(|answer| answer == "::" || answer.is_empty()), "allowed");
    let sealed = run(&format!("{START}{sorts}.ffi.seal[]\n@[sort[\"ba\\000\";2;1];`strcmp;{{x}}]\n"));
    assert_eq!(sealed.trim(), "\"access: a C function's name as an argument: closed by .ffi.seal\"");
}

#[test]
fn strangers_may_when_it_was_allowed() {
    let server = Server::start(&[], ".ffi.allowRemote[]");
    check(GUARDED, &server.answers(&sources(GUARDED)), None);
    check(LOCAL, &server.answers(&sources(LOCAL)), Some("refused to remote handle "));
}

#[test]
fn a_sealed_process_makes_no_new_ways_into_c() {
    let closed = Some("closed by .ffi.seal");
    check(GUARDED, &local_answers(".ffi.seal[]", GUARDED), closed);
    check(GUARDED, &local_answers(".ffi.allowRemote[]\n.ffi.seal[]", GUARDED), closed);
    check(OPEN, &local_answers(".ffi.seal[]", OPEN), None);
    check(&LOCAL[1..2], &local_answers(".ffi.seal[]", &LOCAL[1..2]), closed);
    let server = Server::start(&[], ".ffi.allowRemote[]\n.ffi.seal[]");
    check(GUARDED, &server.answers(&sources(GUARDED)), closed);
}

#[test]
fn a_sealed_process_goes_on_with_what_it_has() {
    let printed = run(&format!(
        "{START}\
         pow:.ffi.bind[`libm`pow;\"ff\";\"f\"]\nhypot:.ffi.atomic[`libm`hypot;\"ff\";\"f\"]\n\
         printf:.ffi.bind[`snprintf;\"ClC...\";\"i\"]\nqsort:.ffi.bind[`qsort;\"Jllk\";\" \"]\n\
         down:.ffi.callback[{{signum y-x}};\"JJ\";\"i\"]\nlocaltime:.ffi.fn[`gmtime_r;\"Jr\";\"r\"]\n\
         .ffi.seal[]\n\
         absolute -3i\npow (2f;10f;::)\nhypot[3 5f;4 12f]\ntext:9#\"\\000\"\nprintf[text;9;\"%ld\";42]\n\
         v:3 1 2\nqsort[v;3;8;down]\nv\nqsort[v;3;8;({{signum x-y}};\"JJ\";\"i\")]\nv\n\
         tm:.ffi.pack[\"9ijr\";(9#0i;0;0)]\nlocaltime[0;tm];\n(.ffi.unpack[\"9ijr\";tm] 0) 5\n\
         @[.ffi.unpack[\"C\"];8#0x00;{{x}}]\n\
         @[.ffi.unpack[\"i{{is}}\"];24#0x00;{{x}}]\n\
         count .ffi.bindings[]\ndown:0\n.ffi.stats[]`releasedCallbacks\n"
    ));
    let refused = "\"access: unpack: pointers in a struct: closed by .ffi.seal\"";
    let expected = format!("3i\n1024f\n5 13f\n2i\n3 2 1\n1 2 3\n70i\n{refused}\n{refused}\n6\n1\n");
    assert_eq!(printed, expected);
}
