//! The C compilers for Windows, which run on the system that Wine runs on: tools/compile-server.py runs them.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

/// Runs gcc, clang or dlltool, with paths of either system.
///
/// # Errors
/// What it says, if it fails; why there is none.
pub fn run(compiler: &str, arguments: impl IntoIterator<Item = String>) -> Result<(), String> {
    let port =
        std::env::var("COMPILE_PORT").map_err(|_| "tools/test-windows.sh runs these tests".to_owned())?;
    let words: Vec<String> = std::iter::once(compiler.into()).chain(arguments).collect();
    let said = ask(&port, &words.join("\0").replace('\\', "/")).map_err(|error| error.to_string())?;
    match said.split_once('\n') {
        Some(("0", _)) => Ok(()),
        _ => Err(said),
    }
}

/// A line with the status, and what was printed.
fn ask(port: &str, words: &str) -> std::io::Result<String> {
    let mut server = TcpStream::connect(format!("127.0.0.1:{port}"))?;
    server.write_all(words.as_bytes())?;
    server.shutdown(Shutdown::Write)?;
    let mut said = String::new();
    server.read_to_string(&mut said)?;
    Ok(said)
}
