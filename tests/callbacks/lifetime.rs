//! How long function pointers live: inline ones as long as the process, foreign ones to their last reference.

use kapi::{Obj, Symbol, tag};

use super::support::thread::{on_main, on_q};
use super::support::{call, callee, fixed, native, q};
use super::{CALLEES, balanced_on_q, each_callee};

fn foreign(f: &str) -> Obj {
    call(&native("callback"), &[q(f), Obj::char(b'j'), Obj::char(b'j')]).unwrap()
}

/// Functions that keep a callback and call it later.
fn keepers() -> impl Iterator<Item = (Obj, Obj)> {
    each_callee("keep", "k", " ").into_iter().zip(each_callee("call_kept", "j", "j"))
}

#[test]
fn a_foreign_callback_goes_where_a_pointer_goes() {
    balanced_on_q(|| {
        let callback = foreign("{x*3}");
        assert_eq!(callback.tag(), tag::FOREIGN);
        for types in ["kj", "rj"] {
            for apply in each_callee("apply", types, "j") {
                assert_eq!(call(&apply, &[callback.clone(), Obj::long(5)]), Ok(Obj::long(15)), "{types}");
            }
        }
    });
}

#[test]
fn c_may_keep_a_pointer() {
    on_q(|| {
        for (keep, call_kept) in keepers() {
            let inline = Obj::list(vec![q("{x*5}"), Obj::char(b'j'), Obj::char(b'j')]);
            assert_eq!(call(&keep, &[inline]), Ok(Obj::null()));
            assert_eq!(call(&call_kept, &[Obj::long(5)]), Ok(Obj::long(25)));
            let callback = foreign("{x*7}");
            assert_eq!(call(&keep, std::slice::from_ref(&callback)), Ok(Obj::null()));
            assert_eq!(call(&call_kept, &[Obj::long(5)]), Ok(Obj::long(35)));
            drop(callback);
            assert_eq!(call(&call_kept, &[Obj::long(5)]), Ok(Obj::long(0)), "zeros after its release");
            let others: Vec<Obj> = (0..100).map(|i| foreign(&format!("{{x*{i}}}"))).collect();
            assert_eq!(call(&call_kept, &[Obj::long(5)]), Ok(Obj::long(0)), "nor another's function");
            drop(others);
        }
    });
}

#[test]
fn a_callback_that_releases_itself_finishes() {
    on_main(|| {
        for (keep, call_kept) in keepers() {
            q(".t.self:0");
            let callback = foreign("{.t.self:0; x+1}");
            assert_eq!(call(&keep, std::slice::from_ref(&callback)), Ok(Obj::null()));
            kapi::hook::apply(&q("{.t.self::x}"), &[callback]).unwrap();
            assert_eq!(call(&call_kept, &[Obj::long(5)]), Ok(Obj::long(6)));
            assert_eq!(call(&call_kept, &[Obj::long(5)]), Ok(Obj::long(0)));
        }
    });
}

#[test]
fn null_is_a_null_pointer() {
    on_q(|| {
        let is_null = fixed(callee(&CALLEES.libraries()[0], "keep"), "k", " ").unwrap();
        assert_eq!(call(&is_null, &[Obj::null()]), Ok(Obj::null()));
    });
}

#[test]
fn the_statistics_have_names() {
    on_q(|| {
        let stats = call(&native("stats"), &[Obj::null()]).unwrap();
        let names: Vec<String> =
            stats.dict_parts().0.slice::<Symbol>().iter().map(|s| s.as_str().to_string()).collect();
        for wanted in ["inlineCallbacks", "liveCallbacks", "releasedCallbacks", "threadCallsDropped"] {
            assert!(names.iter().any(|name| name == wanted), "{wanted} in {names:?}");
        }
    });
}
