//! Connections to and from other processes, as kdb+ makes them: `\p`, `hopen`, `hclose`, messages both ways, and the
//! handlers `.z.pw .z.po .z.pc .z.pg .z.ps`.
//!
//! A connection is a descriptor of the event loop, and its number the handle. Whoever connects sends
//! `user:password`, the capabilities it has in a byte, and a NUL; whoever listens answers with the capabilities that
//! both have, or closes. Then messages follow in the format of [`serialize`], not compressed.

mod address;
mod deferred;
pub(crate) mod handle;

pub use deferred::bang;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};

use self::address::Address;
use crate::eval::apply;
use crate::eval::evaluate as eval;
use crate::eval::trace;
use crate::state::connections;
use crate::state::context;
use crate::state::interrupt;
use crate::words::convert::integer;
use kapi::api::runtime::errors::set_pending;
use kapi::error::{QError, R, catch};
use kapi::object::{Obj, tag};
use kapi::symbol::Symbol;
use kapi::{K, event, os, serialize};

/// Timestamps, timespans and guids; compression too, which nobody uses on connections within a machine.
const CAPABILITIES: u8 = 3;
/// Where messages have their kind, and where their length.
const KIND: usize = 1;
const LENGTH: std::ops::Range<usize> = 4..8;
const HEADER: usize = 8;
/// The longest `user:password` that is read before the other side is taken for no q.
const LONGEST_GREETING: usize = 4096;

/// What a message is for.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Kind {
    Async = 0,
    Sync = 1,
    Response = 2,
}

struct Connection {
    stream: TcpStream,
    /// What has come and makes no whole message yet.
    received: Vec<u8>,
    /// How many of its messages are still to be answered, as their handler has said by `-30!(::)`.
    unanswered: u32,
    /// b9's mode of messages to the other side, by the capabilities that both have.
    mode: i32,
    /// Whether the other side still has to say who it is.
    is_new: bool,
}

#[derive(Default)]
struct State {
    listener: Option<TcpListener>,
    connections: HashMap<i32, Connection>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
    /// The synchronous message that is being served, and whether its answer has been put off.
    static SYNC: Cell<Option<bool>> = const { Cell::new(None) };
}

/// What the system says, as q puts it.
fn refused(what: impl std::fmt::Display, error: &io::Error) -> QError {
    let words = error.to_string();
    // The system's text ends in its number, which q leaves out.
    QError::named(format!("{what}. OS reports: {}", words.split(" (os error").next().unwrap_or(&words)))
}

/// `\p`: the listening port; with an argument, another one: `0W` any that is free, 0 none.
///
/// # Errors
/// What the system reports, or the argument when it is no port.
pub fn listen(argument: &str) -> R {
    if !argument.is_empty() {
        set_port(argument)?;
        return Ok(Obj::null());
    }
    let port = STATE.with_borrow(|state| {
        let address = state.listener.as_ref().and_then(|listener| listener.local_addr().ok());
        address.map_or(0, |address| i32::from(address.port()))
    });
    Ok(Obj::int(port))
}

fn set_port(argument: &str) -> R<()> {
    let old = STATE.with_borrow_mut(|state| state.listener.take());
    if let Some(listener) = old {
        event::remove(os::descriptor(&listener), false);
    }
    let port = match argument.trim_end_matches('i') {
        "0W" => 0,
        "0" => return Ok(()),
        port => port.parse::<u16>().map_err(|_| QError::named(argument))?,
    };
    let listener = TcpListener::bind(("0.0.0.0", port)).map_err(|error| refused(argument, &error))?;
    event::add(os::descriptor(&listener), on_connection)?;
    STATE.with_borrow_mut(|state| state.listener = Some(listener));
    Ok(())
}

/// `hopen x`: a handle to another process: a port, `` `:host:port `` or `` `:host:port:user:password ``, or a pair of
/// one of these and milliseconds to wait at most.
///
/// # Errors
/// `type`; `access` when the other side turns us down; `nyi` for files; what the system reports.
pub fn open(x: &Obj) -> R {
    let address = Address::of(x)?;
    let failed = |error: io::Error| refused(&address.shown, &error);
    let mut stream = address.connect().map_err(failed)?;
    let mut common = [0];
    let greeting = [address.user.as_bytes(), &[CAPABILITIES, 0]].concat();
    stream.write_all(&greeting).map_err(failed)?;
    if read(&mut stream, &mut common)? == 0 {
        return Err(QError::named("access"));
    }
    stream.set_read_timeout(None).map_err(failed)?;
    add(stream, Some(common[0])).map(Obj::int)
}

/// `hclose x`: ends a connection.
///
/// # Errors
/// `type`; what the system reports for a number that is no connection.
pub fn close(x: &Obj) -> R {
    let handle = integer(x).ok_or_else(QError::type_)?;
    match i32::try_from(handle).ok().and_then(forget) {
        Some(_) => Ok(Obj::null()),
        None => Err(no_such(handle)),
    }
}

fn no_such(handle: i64) -> QError {
    QError::named(format!("Cannot write to handle {handle}. OS reports: Bad file descriptor"))
}

/// `handle x`: the other side's value of `x`; `(neg handle) x` does not wait for one.
///
/// # Errors
/// What the other side signals; `close` when it goes instead of answering; what cannot be serialised or sent.
pub fn send(handle: i64, x: &Obj) -> R {
    let fd = i32::try_from(handle.unsigned_abs()).map_err(|_| no_such(handle))?;
    if handle > 0 {
        transmit(fd, Kind::Sync, x)?;
        return response(fd);
    }
    // Nothing is held back, so that there is nothing to flush.
    let flush = x.tag() == tag::UNARY && x.get::<i64>() == 0;
    if !flush {
        transmit(fd, Kind::Async, x)?;
    }
    Ok(Obj::null())
}

fn transmit(fd: i32, kind: Kind, x: &Obj) -> R<()> {
    let mode = STATE.with_borrow(|state| state.connections.get(&fd).map(|connection| connection.mode));
    let mut message = serialize::message(mode.ok_or_else(|| no_such(fd.into()))?, x)?;
    message[KIND] = kind as u8;
    let mut stream = stream(fd)?;
    stream.write_all(&message).map_err(|error| refused(format!("Cannot write to handle {fd}"), &error))
}

/// The stream of a handle, held by nothing else while it blocks.
fn stream(fd: i32) -> R<TcpStream> {
    let stream = STATE.with_borrow(|state| Some(state.connections.get(&fd)?.stream.try_clone()));
    stream.and_then(Result::ok).ok_or_else(|| no_such(fd.into()))
}

/// Waits for the response, answering what comes before it.
fn response(fd: i32) -> R {
    loop {
        while let Some(message) = next_message(fd)? {
            if message[KIND] == Kind::Response as u8 {
                return signalled(serialize::parse(&message)?);
            }
            answer(fd, &message);
        }
        if !receive(fd)? {
            lost(fd)?;
            return Err(QError::named("close"));
        }
    }
}

fn signalled(x: Obj) -> R {
    if x.tag() == tag::ERROR { Err(QError::from_bytes(x.error_text())) } else { Ok(x) }
}

/// Reads, past signals that are not Ctrl-C.
fn read(stream: &mut TcpStream, into: &mut [u8]) -> R<usize> {
    loop {
        match stream.read(into) {
            Ok(n) => return Ok(n),
            Err(error) if error.kind() == ErrorKind::Interrupted => interrupt::check()?,
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(0),
            Err(error) => return Err(refused("read", &error)),
        }
    }
}

/// Takes what has come on a connection, waiting for something; false at its end.
fn receive(fd: i32) -> R<bool> {
    let mut chunk = vec![0; 1 << 16];
    let n = read(&mut stream(fd)?, &mut chunk)?;
    STATE.with_borrow_mut(|state| {
        if let Some(connection) = state.connections.get_mut(&fd) {
            connection.received.extend_from_slice(&chunk[..n]);
        }
    });
    Ok(n > 0)
}

/// The first message that has come whole.
fn next_message(fd: i32) -> R<Option<Vec<u8>>> {
    STATE.with_borrow_mut(|state| {
        let Some(connection) = state.connections.get_mut(&fd) else { return Ok(None) };
        let received = &mut connection.received;
        let Some(header) = received.get(..HEADER) else { return Ok(None) };
        let mut length = [0; 4];
        length.copy_from_slice(&header[LENGTH]);
        let is_little = header[0] != 0;
        let length = if is_little { u32::from_le_bytes(length) } else { u32::from_be_bytes(length) } as usize;
        if length < HEADER {
            return Err(QError::named("badmsg"));
        }
        Ok((received.len() >= length).then(|| received.drain(..length).collect()))
    })
}

/// Serves a message. What goes wrong is printed, as nobody waits for it, and others may have come behind.
fn answer(fd: i32, message: &[u8]) {
    if let Err(error) = serve(fd, message) {
        trace::print(&error, true);
    }
}

/// Evaluates a message, and answers it if it waits for that.
fn serve(fd: i32, message: &[u8]) -> R<()> {
    let is_sync = message[KIND] == Kind::Sync as u8;
    let handler = if is_sync { ".z.pg" } else { ".z.ps" };
    let outer = SYNC.replace(is_sync.then_some(false));
    let value = event::serving(fd, || {
        catch(|| {
            let x = serialize::parse(message)?;
            match handler_named(handler) {
                Some(f) => apply::apply(&f, &[x]),
                None => eval::value(&x),
            }
        })
    });
    let is_deferred = SYNC.replace(outer) == Some(true);
    if !is_sync {
        return value.map(drop);
    }
    if is_deferred {
        STATE.with_borrow_mut(|state| {
            if let Some(connection) = state.connections.get_mut(&fd) {
                connection.unanswered += 1;
            }
        });
        return value.map(drop);
    }
    deferred::respond(fd, value)
}

fn handler_named(name: &str) -> Option<Obj> {
    context::global(Symbol::from(name)).get().ok()
}

/// Makes a connection known to the event loop: with the capabilities that both sides have, or none if the other one still
/// has to say who it is.
fn add(stream: TcpStream, common: Option<u8>) -> R<i32> {
    let fd = os::descriptor(&stream);
    // A message is one write: nothing is won by waiting for more. It is an optimisation only.
    drop(stream.set_nodelay(true));
    // Who has called others ends with its own work; who is called waits for more.
    let (is_new, mode) = (common.is_none(), common.unwrap_or_default().into());
    if is_new {
        event::add(fd, on_message)?
    } else {
        event::add_passive(fd, on_message)?
    }
    let connection = Connection { stream, received: Vec::new(), unanswered: 0, mode, is_new };
    STATE.with_borrow_mut(|state| state.connections.insert(fd, connection));
    connections::note(fd, Symbol::empty());
    Ok(fd)
}

/// Forgets a connection, which ends with that.
fn forget(fd: i32) -> Option<Connection> {
    let connection = STATE.with_borrow_mut(|state| state.connections.remove(&fd))?;
    connections::forget(fd);
    event::remove(fd, false);
    Some(connection)
}

/// Tells q of a connection that has ended.
fn lost(fd: i32) -> R<()> {
    match (forget(fd), handler_named(".z.pc")) {
        // The connection has ended, so nobody is served.
        (Some(connection), Some(f)) if !connection.is_new => {
            event::serving(0, || catch(|| apply::apply(&f, &[Obj::int(fd)]))).map(drop)
        }
        _ => Ok(()),
    }
}

/// Whether the other side still has to say who it is.
fn is_new(fd: i32) -> bool {
    STATE.with_borrow(|state| state.connections.get(&fd).is_some_and(|connection| connection.is_new))
}

/// Lets whoever has said who it is in, if `.z.pw` does, and tells `.z.po`.
fn greet(fd: i32) -> R<()> {
    let greeting = STATE.with_borrow_mut(|state| {
        let received = &mut state.connections.get_mut(&fd)?.received;
        let end = received.iter().position(|&b| b == 0);
        let is_endless = end.is_none() && received.len() > LONGEST_GREETING;
        end.map(|end| received.drain(..=end).collect()).or_else(|| is_endless.then(Vec::new))
    });
    let Some(greeting) = greeting else { return Ok(()) };
    let [credentials @ .., capabilities, 0] = &greeting[..] else { return lost(fd) };
    let (user, password) = address::split(credentials);
    let user = Symbol::new(user);
    let is_welcome = handler_named(".z.pw").is_none_or(|f| {
        let accepted = apply::apply(&f, &[Obj::sym(user), Obj::string(password)]);
        accepted.is_ok_and(|x| x.tag() == -tag::KB && x.get::<u8>() == 1)
    });
    let common = CAPABILITIES.min(*capabilities);
    if !is_welcome || stream(fd)?.write_all(&[common]).is_err() {
        return lost(fd);
    }
    STATE.with_borrow_mut(|state| {
        if let Some(connection) = state.connections.get_mut(&fd) {
            (connection.is_new, connection.mode) = (false, common.into());
        }
    });
    connections::note(fd, user);
    handler_named(".z.po")
        .map_or(Ok(()), |f| event::serving(fd, || catch(|| apply::apply(&f, &[Obj::int(fd)]))).map(drop))
}

/// The event loop's handler of the port.
extern "C" fn on_connection(_: i32) -> K {
    handled(|| {
        let accepted = STATE.with_borrow(|state| state.listener.as_ref().map(TcpListener::accept));
        match accepted {
            Some(Ok((stream, _))) => add(stream, None).map(drop),
            // It has gone again.
            _ => Ok(()),
        }
    })
}

/// The event loop's handler of a connection.
extern "C" fn on_message(fd: i32) -> K {
    handled(|| {
        if !receive(fd)? {
            return lost(fd);
        }
        if is_new(fd) {
            greet(fd)?;
        }
        while !is_new(fd) {
            let Some(message) = next_message(fd).or_else(|error| lost(fd).and(Err(error)))? else { break };
            answer(fd, &message);
        }
        Ok(())
    })
}

/// Runs a handler; the event loop prints what it signals.
fn handled(body: impl FnOnce() -> R<()>) -> K {
    if let Err(error) = catch(|| body().map(|()| Obj::null())) {
        set_pending(error);
    }
    std::ptr::null_mut()
}
