//! What a stranger may do: call what is bound, and make no new way into C, unless that was allowed.

#[path = "../../tests/support/access.rs"]
mod access;

use access::{GUARDED, LOCAL, OPEN, START};
use stranger::{Connection, K, Server};

/// How a server answers a request: the error, or nothing.
fn error(connection: &mut Connection, request: &str) -> String {
    connection.ask(&request).err().unwrap_or_default()
}

/// Demands that each call is refused with these words, or is not.
fn check(connection: &mut Connection, calls: &[(&str, &str)], refusal: Option<&str>) {
    for (name, call) in calls {
        // Not every result can be sent, as a function of C: what it is made of is no matter here.
        let answer = error(connection, &format!("{{x}} type {call}"));
        match refusal {
            Some(words) => {
                assert!(answer.starts_with(&format!("access: {name}: {words}")), "{call}: {answer}")
            }
            None => assert!(!answer.starts_with("access"), "{call}: {answer}"),
        }
    }
}

const REMOTE: Option<&str> = Some("refused to remote handle ");

#[test]
fn a_stranger_makes_no_new_way_into_c() {
    let server = Server::start(START);
    let mut connection = Connection::open(&server);
    check(&mut connection, GUARDED, REMOTE);
    check(&mut connection, LOCAL, REMOTE);
    check(&mut connection, OPEN, None);
}

#[test]
fn a_stranger_calls_what_is_bound() {
    let server = Server::start(START);
    let mut connection = Connection::open(&server);
    let three = connection.apply("absolute", K::new_int(-3)).expect("an int");
    assert_eq!(three.get_int().expect("an int"), 3);
    assert_eq!(connection.ask(&"absolute -4i").expect("an int").get_int().expect("an int"), 4);
}

#[test]
fn a_stranger_may_when_it_was_allowed() {
    let server = Server::start(&format!("{START}.ffi.allowRemote[]"));
    let mut connection = Connection::open(&server);
    check(&mut connection, GUARDED, None);
    check(&mut connection, LOCAL, REMOTE);
}

#[test]
fn a_sealed_server_goes_on_with_what_it_has() {
    let server = Server::start(&format!("{START}.ffi.allowRemote[]\n.ffi.seal[]"));
    let mut connection = Connection::open(&server);
    check(&mut connection, GUARDED, Some("closed by .ffi.seal"));
    check(&mut connection, OPEN, None);
    assert_eq!(connection.apply("absolute", K::new_int(-3)).expect("an int").get_int().expect("an int"), 3);
}

#[test]
fn several_strangers_are_told_apart_from_the_server() {
    let server = Server::start(&format!(
        "{START}bound:0b\n.z.ts:{{bound::112h=type .ffi.fn[`labs;\"j\";\"j\"]}}\n\\t 1"
    ));
    let (mut one, mut other) = (Connection::open(&server), Connection::open(&server));
    let mut rounds = 0;
    while !other.ask(&"bound").expect("a boolean").get_bool().expect("a boolean") {
        rounds += 1;
        assert!(rounds < 1_000_000, "the server's own timer may bind");
        check(&mut one, &GUARDED[..1], REMOTE);
    }
    check(&mut other, &GUARDED[..1], REMOTE);
}
