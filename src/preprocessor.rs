//! The preprocessor of the C compiler that is installed: what it makes of headers.
#![forbid(unsafe_code)]

use std::ffi::OsString;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::os;

/// How long it may take.
const LIMIT: Duration = Duration::from_secs(30);
/// After how long it is said what is waited for, where a terminal is there to say it.
const PATIENCE: Duration = Duration::from_secs(1);
/// Bytes of output that are taken.
const MOST: u64 = 64 << 20;
/// Bytes of its messages that are taken.
const MOST_MESSAGES: u64 = 1 << 16;

/// What a header is read with.
#[derive(Debug, Default, Clone)]
pub struct Options {
    /// Folders that headers are looked for in, as `-I`.
    pub include: Vec<String>,
    /// Macros, `NAME` or `NAME=VALUE`, as `-D`.
    pub define: Vec<String>,
}

/// A header, and how it is read.
#[derive(Debug, Clone)]
pub struct Preprocessor<'a> {
    header: &'a str,
    options: &'a Options,
    /// The header as a file, if it is one; else the compiler looks for it.
    file: Option<PathBuf>,
}

impl<'a> Preprocessor<'a> {
    /// Of a header: the path of a file, or a name that the compiler finds.
    pub fn new(header: &'a str, options: &'a Options) -> Self {
        let file = std::fs::canonicalize(header).ok().filter(|path| path.is_file());
        Self { header, options, file }
    }

    /// The preprocessed header, with the definitions of macros where they stand.
    ///
    /// # Errors
    /// [`Error::Header`]: there is no compiler, it ends with an error, it takes too long, or what it prints is no
    /// preprocessed C.
    pub fn declarations(&self) -> Result<Vec<u8>> {
        let (output, compiler) = self.run("", "-dD")?;
        // A line marker of what came by standard input.
        let is_preprocessed = output.split(|&b| b == b'\n').take(10).any(|line| line.starts_with(b"# "));
        match is_preprocessed {
            true => Ok(output),
            false => Err(self.error(format!("{compiler} -E does not print preprocessed C"))),
        }
    }

    /// The header with lines after it in which its macros are expanded, each on a line.
    ///
    /// # Errors
    /// As for [`Self::declarations`].
    pub fn expanded(&self, lines: &str) -> Result<Vec<u8>> {
        Ok(self.run(lines, "-P")?.0)
    }

    /// Whether a file is this header, or lies in its folder and that is not one where all headers lie.
    pub fn is_own(&self, file: &Path) -> bool {
        const SHARED: [&str; 2] = ["/usr/include", "/usr/local/include"];
        let own = self.file.as_deref().unwrap_or(Path::new(self.header));
        if file == own || (self.file.is_none() && file.ends_with(own)) {
            return true;
        }
        // A header that the compiler finds is known by the end of its path.
        let folder = own.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.is_some_and(|folder| {
            let parent = file.parent().unwrap_or(Path::new(""));
            !SHARED.iter().any(|shared| folder == Path::new(shared))
                && (parent == folder || (self.file.is_none() && parent.ends_with(folder)))
        })
    }

    fn run(&self, lines: &str, option: &str) -> Result<(Vec<u8>, String)> {
        let text = format!("{}\n{lines}", self.include()?);
        let (compiler, child) = self.start(option)?;
        let output = Run { compiler: &compiler, header: self.header, child, limit: LIMIT }.finish(text)?;
        Ok((output, compiler))
    }

    fn include(&self) -> Result<String> {
        let name = match &self.file {
            Some(path) => path.to_str().ok_or_else(|| self.error("the path is not UTF-8"))?,
            None => self.header,
        };
        if name.contains(['\n', '\r', '\0', '"', '>']) {
            return Err(self.error("no name of a header"));
        }
        Ok(if self.file.is_some() { format!("#include \"{name}\"") } else { format!("#include <{name}>") })
    }

    // The compiler that CC names, else the first that there is.
    fn start(&self, option: &str) -> Result<(String, Child)> {
        let chosen = std::env::var("CC").ok().filter(|cc| !cc.trim().is_empty());
        let candidates = match &chosen {
            Some(cc) => &[cc.as_str()][..],
            None => &["cc", "clang", "gcc"],
        };
        for candidate in candidates {
            match self.command(candidate, option).spawn() {
                Ok(child) => return Ok((candidate.to_string(), child)),
                Err(e) if e.kind() == io::ErrorKind::NotFound => (),
                Err(e) => return Err(self.error(format!("{candidate}: {e}"))),
            }
        }
        let instead = "declarations are read without one by .ffi.cdef, and files of .ffi.module need none";
        Err(self.error(format!("no C compiler ({}); {instead}", candidates.join(", "))))
    }

    fn command(&self, compiler: &str, option: &str) -> Command {
        let mut words = compiler.split_whitespace();
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).args(["-E", "-x", "c", option]);
        let with = |option: &'static str| move |value: &String| OsString::from(format!("{option}{value}"));
        command.args(self.options.include.iter().map(with("-I")));
        command.args(self.options.define.iter().map(with("-D")));
        // A header's own folder, for what it includes in angle brackets.
        if let Some(folder) = self.file.as_deref().and_then(Path::parent) {
            command.arg("-I").arg(folder);
        }
        // The messages in English.
        command.arg("-").env("LC_ALL", "C");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        os::in_own_group(&mut command);
        command
    }

    fn error(&self, what: impl Into<String>) -> Error {
        error(self.header, what)
    }
}

fn error(header: &str, what: impl Into<String>) -> Error {
    Error::Header(format!("{header}: {}", what.into()))
}

/// A compiler under way.
struct Run<'a> {
    compiler: &'a str,
    header: &'a str,
    child: Child,
    limit: Duration,
}

impl Run<'_> {
    /// Gives it a text, and waits for what it makes of it.
    fn finish(mut self, text: String) -> Result<Vec<u8>> {
        let finished = self.output(text);
        if finished.is_err() {
            self.end();
        }
        finished
    }

    fn output(&mut self, text: String) -> Result<Vec<u8>> {
        let until = Instant::now() + self.limit;
        let failed = |e: io::Error| error(self.header, e.to_string());
        let mut input = self.child.stdin.take().expect("a pipe");
        let (out, err) =
            (self.child.stdout.take().expect("a pipe"), self.child.stderr.take().expect("a pipe"));
        let writer = move || _ = input.write_all(text.as_bytes());
        thread::Builder::new().spawn(writer).map_err(failed)?;
        let ends = read(out, err).map_err(failed)?;
        let (output, messages) = self.received(&ends, until)?;
        let output = output.map_err(failed)?;
        if output.len() as u64 == MOST {
            return Err(error(self.header, format!("{} -E prints more than {MOST} bytes", self.compiler)));
        }
        let is_success = self.ended(until)?;
        if !is_success {
            return Err(error(self.header, first_error(self.compiler, &messages)));
        }
        Ok(output)
    }

    fn received(&self, ends: &Receiver<Ends>, until: Instant) -> Result<Ends> {
        match ends.recv_timeout(PATIENCE.min(self.limit)) {
            Ok(ends) => return Ok(ends),
            Err(RecvTimeoutError::Timeout) => self.tell(),
            Err(RecvTimeoutError::Disconnected) => return Err(self.too_long()),
        }
        ends.recv_timeout(until.saturating_duration_since(Instant::now())).map_err(|_| self.too_long())
    }

    // Whether it has succeeded, once it has ended, which it does soon after its output has. Who ignores SIGCHLD, as a
    // host may, is not told how its children ended.
    fn ended(&mut self, until: Instant) -> Result<bool> {
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Ok(status.success()),
                Ok(None) if Instant::now() < until => thread::sleep(Duration::from_millis(1)),
                Ok(None) => return Err(self.too_long()),
                Err(_) => return Ok(true),
            }
        }
    }

    fn tell(&self) {
        let mut stderr = io::stderr();
        if stderr.is_terminal() {
            _ = writeln!(stderr, "ffijit: {} -E reads {}", self.compiler, self.header);
        }
    }

    fn too_long(&self) -> Error {
        error(self.header, format!("{} -E took longer than {} s", self.compiler, self.limit.as_secs()))
    }

    // With the processes that it has started, as `cc` starts `cc1`.
    fn end(&mut self) {
        os::kill_group(&mut self.child);
        _ = self.child.wait();
    }
}

/// Output, and messages.
type Ends = (io::Result<Vec<u8>>, Vec<u8>);

// Reads both pipes to their ends on threads of their own, for neither may fill up.
fn read(out: ChildStdout, err: ChildStderr) -> io::Result<Receiver<Ends>> {
    let (sender, receiver) = mpsc::channel();
    let (messages_sender, messages) = mpsc::channel();
    let read_messages = move || {
        let mut text = Vec::new();
        let mut err = err;
        _ = err.by_ref().take(MOST_MESSAGES).read_to_end(&mut text);
        _ = io::copy(&mut err, &mut io::sink());
        _ = messages_sender.send(text);
    };
    let read_output = move || {
        let mut text = Vec::new();
        let outcome = out.take(MOST).read_to_end(&mut text);
        _ = sender.send((outcome.map(|_| text), messages.recv().unwrap_or_default()));
    };
    thread::Builder::new().spawn(read_messages)?;
    thread::Builder::new().spawn(read_output)?;
    Ok(receiver)
}

/// What a compiler says of its first error.
fn first_error(compiler: &str, messages: &[u8]) -> String {
    const MOST: usize = 300;
    let text = String::from_utf8_lossy(messages);
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let line = lines().find(|line| line.contains("error")).or_else(|| lines().next());
    let line = line.map_or_else(|| format!("{compiler} -E failed without a word"), str::to_string);
    line.chars().take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_error_of_a_compiler_is_told() {
        let messages = b"In file included from <stdin>:1:\na.h:3:10: fatal error: b.h: No such file\n";
        assert_eq!(first_error("cc", messages), "a.h:3:10: fatal error: b.h: No such file");
        assert_eq!(first_error("cc", b"\n oops \n"), "oops");
        assert_eq!(first_error("cc", b""), "cc -E failed without a word");
        assert_eq!(first_error("cc", &[b'x'; 5000]).len(), 300);
    }

    // What runs a command as if it were a compiler.
    fn run(command: &str, limit: Duration) -> Result<Vec<u8>> {
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        os::in_own_group(&mut shell);
        let child = shell.spawn().expect("there is a shell");
        Run { compiler: "sh", header: "h", child, limit }.finish("text".into())
    }

    #[test]
    fn both_pipes_are_read_to_their_ends() {
        let both = "cat; i=0; while [ $i -lt 20000 ]; do echo $i; echo message $i >&2; i=$((i+1)); done";
        assert!(run(both, LIMIT).unwrap().starts_with(b"text0\n1\n"));
        assert_eq!(run("exec cat </dev/null", LIMIT), Ok(Vec::new()));
    }

    #[cfg(unix)]
    #[test]
    fn who_takes_too_long_is_ended_with_those_it_has_started() {
        let file = std::env::temp_dir().join(format!("ffijit-pid-{}", std::process::id()));
        let command = format!("sleep 1000 & echo $! >{0}.new; mv {0}.new {0}; wait", file.display());
        let started = Instant::now();
        // The limit is over at once, or once its child is there.
        while !file.exists() {
            let limit = Duration::from_millis(20);
            assert_eq!(run(&command, limit), Err(error("h", "sh -E took longer than 0 s")));
        }
        let pid: i32 = std::fs::read_to_string(&file).unwrap().trim().parse().unwrap();
        std::fs::remove_file(&file).unwrap();
        // What nobody waits for is a zombie until init has seen it, or is gone.
        let is_there = || {
            let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            !(state.is_empty() || state.contains(") Z") || state.contains(") X"))
        };
        while is_there() {
            assert!(started.elapsed() < LIMIT, "{pid} is still there");
            thread::yield_now();
        }
    }
}
