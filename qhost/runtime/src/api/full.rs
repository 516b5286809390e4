//! Full memory: each function is refused each of the blocks it asks for in turn. It returns null, says `wsfull`, keeps what
//! it borrowed as it was and leaves nothing behind.

use super::runtime::errors::take_pending;
use super::runtime::*;
use super::tests::{c, own, sample_dict};
use super::{U, evaluate, k, knk, views};
use crate::heap::{live_here, refusal};
use crate::object::{K, Obj, tag};
use crate::{Symbol, faults};
use std::ffi::c_void;

/// Runs `call` on what `make` makes, refusing block after block until there are enough. The call takes over what it takes
/// by k.h's rules, and gives back the rest with its result. Returns how many blocks were refused.
fn refused_in_turn<T>(make: impl Fn() -> T, call: impl Fn(T) -> (K, Vec<Obj>)) -> u32 {
    for n in 1.. {
        let before = live_here();
        let made = make();
        refusal::at(n);
        let (result, rest) = call(made);
        refusal::at(0);
        let is_refused = result.is_null();
        if is_refused {
            assert_eq!(take_pending().expect("an error").text, "wsfull");
        } else {
            drop(own(result));
        }
        drop(rest);
        assert_eq!(live_here(), before, "block {n}");
        assert!(take_pending().is_none());
        if !is_refused {
            return n - 1;
        }
    }
    unreachable!()
}

/// For functions of nothing that must be freed.
fn refused(call: impl Fn() -> K) -> u32 {
    refused_in_turn(|| (), |()| (call(), vec![]))
}

#[test]
fn atoms_and_lists() {
    // SAFETY: literals.
    let atoms: [&dyn Fn() -> K; 12] = unsafe {
        [
            &|| kb(1),
            &|| kj(1),
            &|| kf(1.0),
            &|| ke(1.0),
            &|| ku(U { g: [1; 16] }),
            &|| ka(-2),
            &|| ka(-7),
            &|| ks(c(c"a")),
            &|| ktj(-12, 1),
            &|| kp(c(c"text")),
            &|| kpn(c(c"text"), 2),
            &|| ktn(0, 3),
        ]
    };
    for atom in atoms {
        assert_eq!(refused(atom), 1);
    }
    assert_eq!((refused(|| ktn(11, 3)), refused(|| ktn(7, 1 << 20)), refused(|| m4(0))), (1, 1, 1));
    extern "C" fn identity(x: K) -> K {
        x
    }
    // SAFETY: a function of one parameter.
    assert_eq!(refused(|| unsafe { evaluate::dl(identity as *mut c_void, 1) }), 1);
}

/// Full lists of each kind, and what is appended to them.
fn lists() -> [Obj; 4] {
    let general = Obj::list((0..6).map(Obj::long).collect());
    let symbols = Obj::symbols(["a", "b", "c", "d", "e", "f"]);
    [general, Obj::from_slice::<i64>(tag::KJ, &[1, 2, 3, 4, 5, 6]), symbols, Obj::string(&[b'x'; 16])]
}

/// Appends to each list, shared and not; a list that could not grow is as it was.
fn appended(append: impl Fn(&mut K) -> K) {
    for i in 0..4 {
        for is_shared in [false, true] {
            let make = || {
                let list = lists()[i].clone();
                let other = if is_shared { vec![list.clone()] } else { vec![] };
                (list, other)
            };
            refused_in_turn(make, |(list, mut rest)| {
                let before = format!("{list:?}");
                let mut raw = list.into_raw();
                let result = append(&mut raw);
                // SAFETY: the list is ours still; a result is the list, which the caller of this drops.
                let list = unsafe { Obj::from_raw(raw) };
                if result.is_null() {
                    refusal::at(0);
                    assert_eq!(format!("{list:?}"), before);
                    rest.push(list);
                } else {
                    std::mem::forget(list);
                }
                (result, rest)
            });
        }
    }
}

#[test]
fn growing() {
    // SAFETY: lists of ours, and what they take.
    unsafe {
        appended(|list| jk(list, refusal_aside(|| kj(7))));
        appended(|list| jk(list, refusal_aside(|| ktn(0, 2))));
        appended(|list| js(list, ss(c(c"s"))));
        for other in lists() {
            appended(|list| jv(list, other.as_raw()));
        }
        let atom = Obj::long(5);
        appended(|list| jv(list, atom.as_raw()));
        let (item, number) = (atom.as_raw(), 5i64);
        refused_in_turn(
            || Obj::list(vec![Obj::null(); 6]),
            |list| {
                let mut raw = list.into_raw();
                let result = ja(&mut raw, (&raw const item).cast());
                if result.is_null() { (result, vec![Obj::from_raw(raw)]) } else { (result, vec![]) }
            },
        );
        refused_in_turn(
            || Obj::from_slice::<i64>(tag::KJ, &[1, 2, 3, 4, 5, 6]),
            |list| {
                let mut raw = list.into_raw();
                let result = ja(&mut raw, (&raw const number).cast());
                if result.is_null() { (result, vec![Obj::from_raw(raw)]) } else { (result, vec![]) }
            },
        );
        assert_eq!(atom.refcount(), 0);
    }
}

/// Makes something without its blocks being counted.
fn refusal_aside<T>(make: impl FnOnce() -> T) -> T {
    let left = refusal::at(0);
    let made = make();
    refusal::at(left);
    made
}

#[test]
fn what_takes_its_arguments_frees_them() {
    // SAFETY: objects of ours; each function takes its own.
    unsafe {
        assert_eq!(
            refused_in_turn(
                || (Obj::symbols(["a"]).into_raw(), Obj::list(vec![Obj::long(1)]).into_raw()),
                |(keys, values)| (xD(keys, values), vec![])
            ),
            1
        );
        assert_eq!(refused_in_turn(sample_dict, |columns| (xT(columns.into_raw()), vec![])), 1);
        let table = || Obj::table(sample_dict());
        assert!(refused_in_turn(table, |t| (knt(1, t.as_raw()), vec![t])) > 3);
        let keyed = || own(knt(1, table().as_raw()));
        assert!(refused_in_turn(keyed, |t| (ktd(t.into_raw()), vec![])) > 3);
        let pairs = || (kj(1), ktn(7, 2));
        type Knk = unsafe extern "C" fn(i32, ...) -> K;
        let make: Knk = std::mem::transmute(knk as unsafe extern "C" fn());
        assert_eq!(refused_in_turn(pairs, |(a, b)| (make(2, a, b), vec![])), 1);
        let mixed = || Obj::list((0..9).map(Obj::long).collect());
        assert_eq!(refused_in_turn(mixed, |list| (views::vk(list.into_raw()), vec![])), 1);
        assert_eq!(refused_in_turn(mixed, |list| (views::vi(list.as_raw(), 20), vec![list])), 1);
        let bytes = || own(b9(3, mixed().as_raw()));
        assert!(refused_in_turn(bytes, |x| (d9(x.as_raw()), vec![x])) > 9);
        assert_eq!(refused_in_turn(mixed, |x| (b9(3, x.as_raw()), vec![x])), 1);
        // Items that C has left null are filled in.
        let holes = || own(ktn(0, 4));
        assert!(refused_in_turn(holes, |x| (b9(3, x.as_raw()), vec![x])) > 4);
    }
}

/// `k` without an interpreter, and without memory: its arguments are freed, and what it returns is an error or null.
#[test]
fn the_arguments_of_k_are_freed() {
    type Call = unsafe extern "C" fn(i32, *const i8, ...) -> K;
    // SAFETY: the real type of the function.
    let call: Call = unsafe { std::mem::transmute(k as unsafe extern "C" fn()) };
    for n in 1..12 {
        let before = live_here();
        let items = [kj(1), kj(2), ktn(7, 5), kj(4), kj(5), kj(6), kj(7)];
        let [a, b, d, e, f, g, h] = items;
        refusal::at(n);
        // SAFETY: arguments that it takes, and the null that ends them.
        let result =
            unsafe { call(0, c"f".as_ptr().cast(), a, b, d, e, f, g, h, std::ptr::null_mut::<u8>()) };
        refusal::at(0);
        if result.is_null() {
            assert_eq!(take_pending().expect("an error").text, "wsfull");
        } else {
            // SAFETY: ours.
            let result = unsafe { Obj::from_raw(result) };
            assert_eq!(result.tag(), tag::ERROR);
        }
        assert_eq!(live_here(), before, "block {n}");
    }
}

#[test]
fn calls_are_counted_and_one_fails() {
    // Nothing else in this process counts, and calls of other tests come in between: that one fails is all that is sure.
    let before = live_here();
    faults::fail_after(0);
    drop(own(kj(1)));
    let symbol = Symbol::from("counted");
    // SAFETY: an interned text.
    drop(own(unsafe { ks(symbol.as_ptr()) }));
    assert!(faults::calls() >= 2);
    faults::stop();
    assert_eq!(live_here(), before);
}
