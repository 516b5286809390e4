//! Callbacks: what C's calls of q leave behind, and how long a function pointer lives.

use kapi::{K, Obj, dynload, heap};

use crate::support::thread::on_q;
use crate::support::{call, callee, fixed, maps, native, q};
use crate::{CALLEES, balanced, rounds};

unsafe extern "C" {
    fn kj(x: i64) -> K;
    fn r1(x: K) -> K;
}

extern "C" fn plus(x: K, y: K) -> K {
    // SAFETY: the thunk passes two longs, and `kj` makes another.
    unsafe { kj((*x).body.j.wrapping_add((*y).body.j)) }
}

extern "C" fn identity(x: K) -> K {
    // SAFETY: the argument lives; the reference that is returned is counted.
    unsafe { r1(x) }
}

/// A q function of one of the functions above.
fn native_function(function: *const (), rank: i64) -> Obj {
    // SAFETY: each is a function of `rank` K that returns a K of its own.
    unsafe { dynload::function(function.cast_mut().cast(), rank) }.expect("a rank from 1 to 8")
}

fn bound(function: &str, args: &str, ret: &str) -> Obj {
    fixed(callee(&CALLEES.libraries()[0], function), args, ret).unwrap()
}

/// `(f;args;ret)`.
fn inline(f: &Obj, args: &str, ret: &str) -> Obj {
    Obj::list(vec![f.clone(), Obj::string(args.as_bytes()), Obj::string(ret.as_bytes())])
}

#[test]
fn a_million_callbacks() {
    on_q(|| {
        let fold = bound("fold", "kj", "j");
        let f = inline(&native_function(plus as *const (), 2), "jj", "j");
        let args = [f, Obj::long(rounds() as i64 / 100)];
        let sum = (rounds() as i64 / 100 - 1) * (rounds() as i64 / 100) / 2;
        balanced(100, "fold", || assert_eq!(call(&fold, &args), Ok(Obj::long(sum))));
    });
}

#[test]
fn callbacks_of_lambdas_texts_and_objects() {
    on_q(|| {
        let fold = [bound("fold", "kj", "j"), bound("texts", "kj", "j"), bound("objects", "kK", "K")];
        for (f, args, ret, function, argument, wanted) in [
            ("{x+y}", "jj", "j", 0, "1000", "499500"),
            ("{x+2*y}", "ii", "i", 0, "10", "90"),
            ("{[x;y] 7h}", "jj", "j", 0, "10", "7"),
            ("{x}", "C", "C", 1, "1000", "115000"),
            ("{x}", "s", "s", 1, "1000", "115000"),
            ("{`$x}", "C", "s", 1, "1000", "115000"),
            ("{(x;x)}", "K", "K", 2, "`a`b", "(`a`b;`a`b)"),
        ] {
            let args = [inline(&q(f), args, ret), q(argument)];
            balanced(50, f, || assert_eq!(call(&fold[function], &args), Ok(q(wanted)), "{f}"));
        }
    });
}

#[test]
fn the_errors_of_callbacks() {
    on_q(|| {
        let fold = bound("fold", "kj", "j");
        for (f, args, ret, text) in [
            ("{[x;y] '`oops}", "jj", "j", "oops"),
            ("{$[y<5;x;'\"late\"]}", "jj", "j", "late"),
            ("{[x;y] `a}", "jj", "j", "type: callback: j wants long, got symbol"),
            ("{[x;y] ()}", "jj", "j", "type: callback: j wants long, got list"),
            ("{[x;y] 70000}", "jj", "h", "range: callback: 70000 does not fit h"),
            ("{[x;y] x+`a}", "jj", "j", "type"),
            ("{x}", "jj", "j", "rank"),
        ] {
            let args = [inline(&q(f), args, ret), Obj::long(10)];
            balanced(2_000, f, || assert_eq!(call(&fold, &args), Err(text.into()), "{f}"));
        }
    });
}

/// Bytes of memory for generated code.
fn code() -> usize {
    maps::mappings().iter().filter(|m| m.is_generated_code()).map(|m| m.range.len()).sum()
}

#[test]
fn one_function_is_one_pointer_however_often_it_is_passed() {
    on_q(|| {
        let fold = bound("fold", "kj", "j");
        let count = || {
            let stats = call(&native("stats"), &[Obj::null()]).unwrap();
            let (names, values) = stats.dict_parts();
            let at = names.slice::<kapi::Symbol>().iter().position(|s| s.as_str() == "inlineCallbacks");
            values.slice::<i64>()[at.expect("a count of inline callbacks")]
        };
        let f = q("{x*y}");
        let pass = || assert_eq!(call(&fold, &[inline(&f, "jj", "j"), Obj::long(2)]), Ok(Obj::long(0)));
        balanced(rounds() / 100, "the same object", pass);
        let (inlines, bytes) = (count(), code());
        // The same text again is another object, as in a function that is called often.
        let pass =
            || assert_eq!(call(&fold, &[inline(&q("{x*y}"), "jj", "j"), Obj::long(2)]), Ok(Obj::long(0)));
        balanced(1_000, "the same text", pass);
        assert_eq!((count(), code()), (inlines, bytes));
        // Other types need another.
        assert!(call(&fold, &[inline(&f, "ii", "j"), Obj::long(2)]).is_ok());
        assert_eq!(count(), inlines + 1);
    });
}

#[test]
fn a_hundred_thousand_made_and_released() {
    on_q(|| {
        let (make, fold) = (native("callback"), bound("fold", "kj", "j"));
        let f = native_function(plus as *const (), 2);
        let cycle = || {
            let foreign = call(&make, &[f.clone(), Obj::string(b"jj"), Obj::char(b'j')]).unwrap();
            assert_eq!(call(&fold, &[foreign, Obj::long(3)]), Ok(Obj::long(3)));
        };
        // Released thunks are kept for a while before their memory is used again.
        (0..10_000).for_each(|_| cycle());
        let (counted, bytes) = (f.refcount(), code());
        balanced(rounds() / 10, "callback", cycle);
        assert_eq!((f.refcount(), code()), (counted, bytes));
    });
}

#[test]
fn a_released_callback_lets_its_function_go() {
    on_q(|| {
        let f = native_function(identity as *const (), 1);
        let before = (f.refcount(), heap::live_here());
        let foreign = call(&native("callback"), &[f.clone(), Obj::char(b'K'), Obj::char(b'K')]).unwrap();
        assert!(f.refcount() > before.0, "the callback holds its function");
        let copies = vec![foreign.clone(); 3];
        drop(foreign);
        assert!(f.refcount() > before.0, "as long as there is a reference");
        drop(copies);
        assert_eq!((f.refcount(), heap::live_here()), before);
    });
}
