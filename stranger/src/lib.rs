//! A stranger at the port of a q process: kdbplus's client of q's protocol, which has nothing of this project in it.
//!
//! Not among the default members, for its many dependencies: `cargo test --package stranger`.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

pub use kdbplus::ipc::K;
use kdbplus::ipc::{ConnectionMethod, QStream, Query};
use tokio::runtime::{Builder, Runtime};

/// The checkout.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate lies in it")
}

/// The directory with this profile's executables.
fn built() -> PathBuf {
    let test = std::env::current_exe().expect("this test");
    test.ancestors().nth(2).expect("target/<profile>/deps/<test>").into()
}

/// Builds the host and the library with the profile of this test. The library is the one that a suite of ffijit's is built with:
/// by itself it would be another build of Cranelift, with fewer features.
fn build() {
    let host = ["build", "--quiet", "--package", "qhost", "--bin", "qhost"];
    let library = ["test", "--quiet", "--no-run", "--package", "ffijit", "--test", "forms"];
    for what in [&host[..], &library] {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(what).current_dir(root());
        if built().ends_with("release") {
            cargo.arg("--release");
        }
        assert!(cargo.status().expect("cargo runs").success());
    }
}

/// Compiles C that a server binds.
///
/// # Panics
/// Without gcc.
pub fn compile(name: &str, source: &str) -> PathBuf {
    let directory = built().join("stranger");
    std::fs::create_dir_all(&directory).expect("the target directory is writable");
    let (c, library) = (directory.join(format!("{name}.c")), directory.join(format!("lib{name}.so")));
    std::fs::write(&c, source).expect("the target directory is writable");
    let mut gcc = Command::new("gcc");
    gcc.args(["-O2", "-shared", "-fPIC", "-w", "-o"]).args([&library, &c]);
    assert!(gcc.status().expect("gcc runs").success());
    library
}

/// A q process that listens, and ends with this value.
pub struct Server {
    host: Child,
    _statements: ChildStdin,
    port: u16,
}

impl Server {
    /// Starts qhost with these statements.
    ///
    /// # Panics
    /// When it does not come to listen.
    pub fn start(statements: &str) -> Self {
        build();
        let mut host = Command::new(built().join("qhost"));
        host.arg("-q").current_dir(root());
        host.env("FFIJIT_LIB", built().join("deps/libffijit.so"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut host = host.spawn().expect("qhost starts");
        let mut input = host.stdin.take().expect("piped");
        writeln!(input, "{statements}\n\\p 0W\n-1 string system\"p\";").expect("it reads");
        let mut line = String::new();
        let mut output = BufReader::new(host.stdout.take().expect("piped"));
        output.read_line(&mut line).expect("it prints");
        let port = line.trim().parse().unwrap_or_else(|_| panic!("no port: {line}"));
        Self { host, _statements: input, port }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.host.kill());
        drop(self.host.wait());
    }
}

/// A connection, whose requests wait for their answers.
pub struct Connection {
    runtime: Runtime,
    stream: QStream,
}

impl Connection {
    /// Connects to a server.
    ///
    /// # Panics
    /// When that refuses.
    pub fn open(server: &Server) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let connecting = QStream::connect(ConnectionMethod::TCP, "127.0.0.1", server.port, "stranger:");
        let stream = runtime.block_on(connecting).expect("a connection");
        Self { runtime, stream }
    }

    /// What the server answers.
    ///
    /// # Errors
    /// The text of q's error.
    ///
    /// # Panics
    /// When the connection breaks.
    pub fn ask(&mut self, request: &dyn Query) -> Result<K, String> {
        let answer = self.runtime.block_on(self.stream.send_sync_message(request));
        let answer = answer.unwrap_or_else(|error| panic!("the connection breaks: {error}"));
        match answer.get_error_string() {
            Ok(text) => Err(text.to_string()),
            Err(_) => Ok(answer),
        }
    }

    /// Applies a function of the server, by its name, to a value.
    ///
    /// # Errors
    /// The text of q's error.
    pub fn apply(&mut self, function: &str, value: K) -> Result<K, String> {
        self.ask(&K::new_compound_list(vec![K::new_symbol(function.into()), value]))
    }
}
