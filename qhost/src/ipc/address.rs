//! Whom `hopen` calls, and as whom.

use std::io;
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use crate::words::convert::integer;
use crate::words::string::text_of;
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};

/// Another process, as q names it.
#[derive(Debug, PartialEq, Eq)]
pub struct Address {
    host: String,
    port: u16,
    /// `user:password`.
    pub user: String,
    /// What errors call it.
    pub shown: String,
    wait: Option<Duration>,
}

impl Address {
    /// Reads a port, `:host:port`, `:host:port:user:password`, or a pair of one of these and milliseconds.
    ///
    /// # Errors
    /// `type`; `nyi` for files; the text when it has no port.
    pub fn of(x: &Obj) -> R<Self> {
        if x.tag() == tag::LIST && x.len() == 2 {
            let wait =
                integer(&x.index(1)).and_then(|ms| u64::try_from(ms).ok()).ok_or_else(QError::type_)?;
            return Ok(Self { wait: Some(Duration::from_millis(wait)), ..Self::of(&x.index(0))? });
        }
        let text = match integer(x) {
            Some(port) => format!("::{port}"),
            None => String::from_utf8_lossy(&text_of(x)?).into_owned(),
        };
        Self::parse(&text)
    }

    fn parse(text: &str) -> R<Self> {
        let mut parts = text.strip_prefix(':').unwrap_or(text).splitn(3, ':');
        let host = parts.next().unwrap_or_default();
        let Some(port) = parts.next() else { return Err(QError::nyi("hopen of a file")) };
        let port = port.parse().map_err(|_| QError::named(text))?;
        // Whatever resolves names here, localhost is this machine (RFC 6761, 6.3).
        let host = if matches!(host, "" | "localhost") { "127.0.0.1" } else { host };
        let user = parts.next().unwrap_or_default();
        Ok(Self { host: host.into(), port, user: user.into(), shown: text.into(), wait: None })
    }

    /// A connection to it.
    pub fn connect(&self) -> io::Result<TcpStream> {
        let Some(wait) = self.wait.filter(|wait| !wait.is_zero()) else {
            return TcpStream::connect((self.host.as_str(), self.port));
        };
        let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for address in (self.host.as_str(), self.port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, wait) {
                Ok(stream) => {
                    stream.set_read_timeout(Some(wait))?;
                    return Ok(stream);
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

/// `user:password` apart.
pub fn split(credentials: &[u8]) -> (&[u8], &[u8]) {
    match credentials.iter().position(|&b| b == b':') {
        Some(at) => (&credentials[..at], &credentials[at + 1..]),
        None => (credentials, b""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (String, u16, String) {
        let address = Address::parse(text).unwrap();
        (address.host, address.port, address.user)
    }

    #[test]
    fn addresses_are_q_s() {
        assert_eq!(parsed("::5000"), ("127.0.0.1".into(), 5000, String::new()));
        assert_eq!(parsed(":db:5000:me:a:b"), ("db".into(), 5000, "me:a:b".into()));
        assert_eq!(parsed("db:5000"), ("db".into(), 5000, String::new()));
        assert_eq!(Address::parse(":file").unwrap_err().text, "nyi: hopen of a file");
        assert!(Address::parse(":db:port").is_err());
        assert!(Address::parse("::70000").is_err());
    }

    #[test]
    fn a_password_may_have_colons() {
        assert_eq!(split(b"me:a:b"), (&b"me"[..], &b"a:b"[..]));
        assert_eq!(split(b"me"), (&b"me"[..], &b""[..]));
    }
}
