//! Calls that do not block: many of them, what they leave behind, and what is refused. Their order, the end of the process and
//! forks are tried by scripts, `tests/q/background.q` and `tests/faults/async_*.q`; every kind of argument and result by
//! `support::bound`, which has the other tests make their calls so too.

mod server;
#[path = "../support/mod.rs"]
mod support;

use std::collections::VecDeque;

use kapi::error::QError;
use kapi::event::{self, Driver};
use kapi::{Obj, tag};

use support::thread::on_main;
use support::{Callees, call, callee, items, leaves_nothing, native, q, transcript};

/// The C functions of these tests.
static CALLEES: Callees = Callees::new("async_calls", include_str!("../c/async.c"));

/// As many calls as may be under way.
const CAPACITY: usize = 4096;

/// A function of `.ffi.async`.
fn bound(name: &str, args: &str, ret: Obj) -> Obj {
    let spec = callee(&CALLEES.libraries()[0], name);
    call(&native("async"), &[spec, Obj::string(args.as_bytes()), ret]).expect(name)
}

fn twice() -> Obj {
    bound("twice", "j", Obj::string(b"j"))
}

/// Submits a call; ids differ from run to run.
fn submit(f: &Obj, args: Obj, callback: Obj) -> Result<Obj, String> {
    transcript::without(|| call(f, &[args, callback]))
}

fn submitted(f: &Obj, args: &[Obj], callback: Obj) -> Obj {
    submit(f, Obj::list(args.to_vec()), callback).expect("a good call")
}

fn awaited(ids: Obj) -> Result<Obj, String> {
    call(&native("await"), &[Obj::list(vec![ids])])
}

/// What the event loop prints goes nowhere.
struct Quiet;

impl Driver for Quiet {
    fn tick(&mut self) {}
    fn failed(&mut self, error: QError) {
        panic!("{}", error.text);
    }
    fn interrupted(&mut self) -> bool {
        false
    }
}

/// Runs the event loop until nothing is under way.
fn settle() {
    let under_way = || {
        let pending = transcript::without(|| call(&native("pending"), &[Obj::null()])).expect("a table");
        pending.table_dict().dict_parts().1.items()[0].len()
    };
    while under_way() > 0 {
        event::run_due(&mut Quiet);
    }
}

/// So many calls with as many under way as may be: each result is right, and comes once.
fn come_once_each(calls: usize) {
    let f = twice();
    let mut under_way = VecDeque::new();
    let mut results = 0;
    let mut take = |under_way: &mut VecDeque<(usize, Obj)>, n: usize| {
        let taken: Vec<(usize, Obj)> = under_way.drain(..n).collect();
        let ids: Vec<i64> = taken.iter().map(|(_, id)| id.get::<i64>()).collect();
        let given = transcript::without(|| awaited(Obj::from_slice(tag::KJ, &ids))).expect("results");
        let wanted: Vec<i64> = taken.iter().map(|(i, _)| 2 * *i as i64).collect();
        assert_eq!(given.slice::<i64>(), wanted);
        results += n;
    };
    for i in 0..calls {
        if under_way.len() == CAPACITY {
            assert_eq!(
                submit(&f, Obj::list(vec![Obj::long(0)]), Obj::null()),
                Err("limit: twice: 4096 calls are under way".into())
            );
            take(&mut under_way, CAPACITY / 2);
        }
        under_way.push_back((i, submitted(&f, &[Obj::long(i as i64)], Obj::null())));
    }
    let rest = under_way.len();
    take(&mut under_way, rest);
    assert_eq!(results, calls);
}

#[test]
fn many_calls_come_once_each() {
    on_main(|| leaves_nothing(|| come_once_each(20_000)));
}

#[test]
#[ignore = "a minute"]
fn a_million_calls_come_once_each() {
    on_main(|| {
        for workers in [1, 2] {
            call(&native("workers"), &[Obj::long(workers)]).expect("a number");
            let start = std::time::Instant::now();
            leaves_nothing(|| come_once_each(1_000_000));
            eprintln!("2,000,000 calls on {workers} threads: {:?}", start.elapsed());
        }
        call(&native("workers"), &[Obj::long(1)]).expect("a number");
    });
}

#[test]
fn callbacks_of_the_event_loop_leave_nothing() {
    on_main(|| {
        let f = twice();
        let handle = Obj::list(vec![Obj::string(b"r"), callee(&CALLEES.libraries()[0], "no_free")]);
        let owned = bound("always_there", "", handle);
        let (one, two) = (q("{.t.sum+:x}"), q("{.t.sum+:x+first y}"));
        let pair = Obj::list(vec![q("{'`never}"), q("{.t.errors+:1}")]);
        leaves_nothing(|| {
            q(".t.sum:0; .t.errors:0");
            for i in 0..500 {
                submitted(&f, &[Obj::long(i)], if i % 2 == 0 { one.clone() } else { two.clone() });
            }
            // While the first handle lives there is no second one of its address.
            let first = awaited(submitted(&owned, &[], Obj::null())).expect("a handle");
            (0..100).for_each(|_| drop(submitted(&owned, &[], pair.clone())));
            settle();
            drop(first);
            assert_eq!(q(".t.sum,.t.errors").slice::<i64>(), [2 * 124_750 + 62_500, 100]);
        });
    });
}

#[test]
fn what_is_refused_leaves_nothing() {
    on_main(|| {
        let twice = twice();
        let text = "type: twice: callback wants a function, (on result; on error) or ::, got ";
        let refused: &[(&str, &str, String)] = &[
            ("enlist`a", "::", "type: twice[0]: j wants long, got symbol".into()),
            ("enlist 1 2", "::", "type: twice[0]: j wants long, got long vector".into()),
            ("1 2", "::", "rank: twice: 1 parameter, 2 given".into()),
            ("()", "::", "rank: twice: 1 parameter, 0 given".into()),
            ("5", "::", "type: twice: args wants a list, as . takes it, got long".into()),
            ("`a", "::", "type: twice: args wants a list, as . takes it, got symbol".into()),
            ("::", "::", "type: twice: args wants a list, as . takes it, got ::".into()),
            ("`a`b!1 2", "::", "type: twice: args wants a list, as . takes it, got dictionary".into()),
            ("enlist 1", "5", format!("{text}long")),
            ("enlist 1", "`f", format!("{text}symbol")),
            ("enlist 1", "({x};{x};{x})", format!("{text}list")),
            ("enlist 1", "({x};5)", format!("{text}list")),
            ("enlist 1", "(::;{x})", format!("{text}list")),
            ("enlist 1", "{x+y+z}", "rank: twice: callback: 3 parameters, 2 given".into()),
            ("enlist 1", "{[a;b;c;d]}[1]", "rank: twice: callback: 3 parameters, 2 given".into()),
            ("enlist 1", "({x};{x+y+z})", "rank: twice: callback: 3 parameters, 2 given".into()),
        ];
        leaves_nothing(|| {
            for (args, callback, wanted) in refused {
                // What is given first: no callback is made of a call that is refused.
                let outcome = submit(&twice, q(args), q(callback));
                assert_eq!(outcome, Err(wanted.clone()), "{args} {callback}");
            }
        });
    });
}

#[test]
fn what_cannot_be_awaited_leaves_nothing() {
    on_main(|| {
        let twice = twice();
        let waiting: &[(&str, &str, &str)] = &[
            ("await", "enlist 0", "domain: await: there is no call 0"),
            ("await", "enlist -1", "domain: await: there is no call -1"),
            ("await", "enlist 0N", "domain: await: there is no call -9223372036854775808"),
            ("await", "enlist`a", "type: await: ids wants the id of a call or a vector of them, got symbol"),
            (
                "await",
                "enlist 1 2f",
                "type: await: ids wants the id of a call or a vector of them, got float vector",
            ),
            ("await", "(1;2;3)", "rank: await: 2 parameters, 3 given"),
            ("await", "(1;-1)", "domain: await: ms is negative or null"),
            ("await", "(1;0N)", "domain: await: ms is negative or null"),
            ("await", "(1;1.5)", "type: await: ms wants int or long, got float"),
            ("cancel", "`a", "type: cancel: id wants int or long, got symbol"),
            ("workers", "0", "limit: workers: n is 1 to 64"),
            ("workers", "65", "limit: workers: n is 1 to 64"),
            ("workers", "-1", "domain: workers: n is -1"),
            ("workers", "1.5", "type: workers: n wants int or long, got float"),
        ];
        leaves_nothing(|| {
            for (name, argument, wanted) in waiting {
                assert_eq!(call(&native(name), &[q(argument)]), Err((*wanted).into()), "{name} {argument}");
            }
            let id = submitted(&twice, &[Obj::long(1)], Obj::null());
            assert_eq!(awaited(id.clone()), Ok(Obj::long(2)));
            let again = transcript::without(|| awaited(id.clone()));
            assert!(again.is_err_and(|e| e.starts_with("domain: await: there is no call ")));
            assert_eq!(call(&native("cancel"), &[id]), Ok(q("0b")));
            assert_eq!(call(&native("await"), &[q("enlist()")]), Ok(q("()")));
        });
    });
}

#[test]
fn what_another_thread_must_not_touch_is_not_bound() {
    on_main(|| {
        let bind = |args: &str, ret: &str| {
            let types = [args, ret].map(|text| Obj::string(text.as_bytes()));
            let spec = callee(&CALLEES.libraries()[0], "twice");
            call(&native("async"), &[[spec].as_slice(), &types].concat()).map(drop)
        };
        for (args, ret) in [
            ("K", "j"),
            ("{jK}", "j"),
            ("j", "{j{K}}"),
            ("j&{jK}", "j"),
            ("j", "K"),
            ("jK", " "),
            ("j&K", " "),
        ] {
            let outcome = bind(args, ret);
            let is_refused =
                outcome.as_ref().is_err_and(|e| e.starts_with("nyi: ") || e.starts_with("sig: "));
            assert!(is_refused, "{args} {ret}: {outcome:?}");
        }
        let wanted = "nyi: twice: async needs the types of the variable arguments";
        assert_eq!(bind("i...", "j"), Err(wanted.into()));
        assert_eq!(bind("i...jj", "j"), Ok(()));
        assert!(bind("q", "j").is_err_and(|e| e.starts_with("sig: ")));
        let missing = callee(&CALLEES.libraries()[0], "nowhere");
        let outcome = call(&native("async"), &[missing, Obj::string(b"j"), Obj::string(b"j")]);
        assert!(outcome.is_err_and(|e| e.starts_with("sym: ")));
    });
}

#[test]
fn texts_structs_and_what_c_fills_or_gives_away() {
    on_main(|| {
        let given_back = Obj::list(vec![Obj::string(b"C"), callee(&CALLEES.libraries()[0], "give_back")]);
        let copy = bound("copy_of", "s", given_back);
        let divide = bound("divide", "jj&j&j", Obj::string(b"i"));
        let mirror = bound("mirror", "{ff}s", Obj::string(b"{ff}"));
        let sum = bound("sum_of", "i...jjj", Obj::string(b"j"));
        let count = |name: &str| {
            let f = support::fixed(callee(&CALLEES.libraries()[0], name), "", "j").expect(name);
            call(&f, &[Obj::null()]).expect("a number").get::<i64>()
        };
        let before = count("given_back");
        leaves_nothing(|| {
            for (f, args, wanted) in [
                (&copy, "enlist\"a text\"", "\"a text\""),
                (&divide, "17 5", "(7i;3;2)"),
                (&mirror, "(1 2f;`abc)", "2 4f"),
                (&mirror, "(1 2f;\"four\")", "2 5f"),
                (&sum, "(3i;1;20;300)", "321"),
            ] {
                let id = submit(f, q(args), Obj::null()).expect(args);
                assert_eq!(awaited(id), Ok(q(wanted)), "{args}");
            }
        });
        assert_eq!(count("given_back") - before, 2, "once a call");
    });
}

#[test]
fn a_handle_in_use_is_not_freed() {
    on_main(|| {
        let library = &CALLEES.libraries()[0];
        let gate = support::fixed(callee(library, "open_gate"), "i", " ").expect("the gate");
        let read = bound("read_at", "r", Obj::string(b"j"));
        let nested = bound("read_at", "R", Obj::string(b"j"));
        let free = native("free");
        leaves_nothing(|| {
            let memory = call(&native("malloc"), &[Obj::long(8)]).expect("memory");
            call(&native("poke"), &[memory.clone(), Obj::long(42)]).expect("written");
            let in_use = Err("domain: free: ptr is in use by a call of .ffi.async".into());
            for (f, argument) in [
                (&read, memory.clone()),
                (&read, Obj::list(vec![memory.clone(), Obj::long(0)])),
                (&nested, Obj::list(vec![memory.clone()])),
            ] {
                call(&gate, &[q("0i")]).expect("shut");
                let id = submitted(f, &[argument], Obj::null());
                assert_eq!(call(&free, &[memory.clone()]), in_use);
                call(&gate, &[q("1i")]).expect("open");
                awaited(id).expect("a result");
            }
            assert_eq!(call(&free, &[memory]), Ok(Obj::null()));
        });
    });
}

#[test]
fn a_released_callback_lives_until_its_call_has_ended() {
    on_main(|| {
        let ask = bound("ask", "kj", Obj::string(b"j"));
        let twice = bound("twice", "j", Obj::string(b"j"));
        leaves_nothing(|| {
            let made = call(&native("callback"), &[q("{x+100}"), Obj::string(b"j"), Obj::string(b"j")]);
            let id = submitted(&ask, &[made.expect("a callback"), Obj::long(1)], Obj::null());
            assert_eq!(awaited(id), Ok(Obj::long(101)));
            // An error of C's callback is printed: C gets the null and goes on.
            let id = submitted(&ask, &[q("({'`told};\"j\";\"j\")"), Obj::long(1)], Obj::null());
            assert_eq!(awaited(id), Ok(q("0N")));
            assert_eq!(awaited(submitted(&twice, &[Obj::long(4)], Obj::null())), Ok(Obj::long(8)));
        });
    });
}

#[test]
fn cancelled_calls_leave_nothing() {
    on_main(|| {
        let gate = support::fixed(callee(&CALLEES.libraries()[0], "open_gate"), "i", " ").expect("the gate");
        let (pass, twice) = (bound("pass", "j", Obj::string(b"j")), twice());
        leaves_nothing(|| {
            call(&gate, &[q("0i")]).expect("shut");
            let first = submitted(&pass, &[Obj::long(1)], Obj::null());
            let ids: Vec<Obj> =
                (0..100).map(|i| submitted(&twice, &[Obj::long(i)], q("{'`never}"))).collect();
            for (answer, id) in ["1b", "0b"].iter().flat_map(|a| ids.iter().map(move |id| (a, id))) {
                assert_eq!(call(&native("cancel"), &[id.clone()]), Ok(q(answer)));
            }
            call(&gate, &[q("1i")]).expect("open");
            assert_eq!(items(&awaited(Obj::list(vec![])).expect("none")).len(), 0);
            assert_eq!(awaited(first), Ok(Obj::long(1)));
        });
    });
}
