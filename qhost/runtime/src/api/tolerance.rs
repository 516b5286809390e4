//! What these functions do where k.h promises nothing, and KX's library reads what is not there.

use super::runtime::*;
use super::tests::{balanced, c, own, sample_dict, signalled};
use super::views::{vi, vk};
use crate::object::{Obj, tag};
use crate::{K, Symbol};
use std::ptr;

#[test]
fn null_counts_as_nothing() {
    balanced(|| {
        // SAFETY: null is allowed.
        unsafe {
            r0(ptr::null_mut());
            assert!(r1(ptr::null_mut()).is_null());
            assert_eq!(own(ks(ptr::null_mut())), Obj::sym(Symbol::empty()));
            assert_eq!(own(kp(ptr::null_mut())), Obj::string(b""));
            assert_eq!(own(kpn(ptr::null_mut(), 0)), Obj::string(b""));
            assert_eq!([ss(ptr::null_mut()), sn(ptr::null_mut(), 3), sn(c(c"x"), -1)], [ss(c(c"")); 3]);
            assert!(xD(kj(1), ptr::null_mut()).is_null() && xD(ptr::null_mut(), kj(1)).is_null());
        }
    });
}

#[test]
fn a_symbol_ends_at_its_first_nul() {
    // SAFETY: literals; what lies behind the NUL is not read.
    unsafe { assert_eq!(sn(c(c"ab"), 100), ss(c(c"ab"))) };
}

#[test]
fn fresh_objects_have_values() {
    balanced(|| {
        assert_eq!(own(ka(tag::UNARY.into())), Obj::null());
        assert_eq!(own(ktn(tag::KS.into(), 2)).slice::<Symbol>(), [Symbol::empty(); 2]);
    });
}

#[test]
fn impossible_lists_are_refused() {
    balanced(|| {
        assert_eq!(signalled(ktn(3, 1)), "type");
        assert_eq!(signalled(ktn(1000, 1)), "type");
        assert_eq!(signalled(ktn(7, -1)), "length");
        assert_eq!(signalled(ktn(7, i64::MAX)), "wsfull");
        assert_eq!(signalled(ktn(0, i64::MAX)), "wsfull");
        // SAFETY: a literal, whose length is refused.
        assert_eq!(signalled(unsafe { kpn(c(c""), -1) }), "length");
    });
}

#[test]
fn parts_that_make_no_table_are_refused() {
    balanced(|| {
        let table = Obj::table(sample_dict());
        // SAFETY: objects of ours, given away where the function takes them.
        unsafe {
            assert_eq!(own(knt(0, table.as_raw())), table);
            assert_eq!(signalled(xT(kj(1))), "type");
            assert_eq!(signalled(xT(xD(kj(1), kj(2)))), "type");
            let ragged = Obj::list(vec![Obj::zeroed(7, 2), Obj::zeroed(7, 3)]);
            assert_eq!(signalled(xT(Obj::dict(Obj::symbols(["a", "b"]), ragged).into_raw())), "length");
            assert!(xT(ptr::null_mut()).is_null());
            assert_eq!(signalled(knt(3, table.as_raw())), "length");
            assert_eq!(signalled(knt(-1, table.as_raw())), "length");
            assert_eq!(signalled(knt(1, Obj::long(1).as_raw())), "type");
            assert_eq!(signalled(ktd(kj(1))), "type");
            assert_eq!(signalled(ktd(sample_dict().into_raw())), "type");
        }
    });
}

#[test]
fn joining_what_does_not_fit_makes_a_general_list() {
    balanced(|| {
        // SAFETY: lists and items of ours throughout.
        unsafe {
            let mut list = Obj::from_slice(tag::KJ, &[1i64]).into_raw();
            jk(&mut list, kp(c(c"ab")));
            js(&mut list, ss(c(c"s")));
            let more = Obj::from_slice(tag::KI, &[2i32]);
            jv(&mut list, more.as_raw());
            let all = [Obj::long(1), Obj::string(b"ab"), Obj::symbol("s"), Obj::int(2)];
            assert_eq!(own(list), Obj::list(all.to_vec()));
            let mut atom = kj(1);
            assert_eq!(signalled(ja(&mut atom, ptr::from_ref(&2i64).cast())), "type");
            assert_eq!(signalled(jk(&mut atom, kp(c(c"freed")))), "type");
            r0(atom);
        }
    });
}

#[test]
fn items_left_null_count_as_the_generic_null() {
    balanced(|| {
        let filled = Obj::list(vec![Obj::null(), Obj::null()]);
        // SAFETY: lists of ours, given away where the function takes them.
        unsafe {
            let list = own(ktn(0, 2));
            assert_eq!(own(b9(3, list.as_raw())), own(b9(3, filled.as_raw())));
            assert_eq!(own(vk(ktn(0, 2))), filled);
            assert_eq!(own(vi(own(ktn(0, 2)).as_raw(), 1)), Obj::null());
            assert_eq!(signalled(xT(xD(ktn(11, 2), ktn(0, 2)))), "type");
        }
    });
}

#[test]
fn there_is_no_connection_to_be_had() {
    let (host, none) = (c(c"localhost"), ptr::null_mut());
    let all = [khp(host, 1), khpu(host, 1, none), khpun(host, 1, none, 1), khpunc(host, 1, none, 1, 1)];
    assert_eq!(all, [-1; 4]);
    assert_eq!(signalled(sslInfo(ptr::null_mut())), "nyi: sslInfo");
    kclose(-1);
}

#[test]
fn memory_numbers_move_with_the_objects() {
    balanced(|| {
        m9();
        let bytes = |object: K| own(object).slice::<i64>()[0];
        let (before, list) = (bytes(m4(0)), own(ktn(4, 1 << 22)));
        // Other tests run on other threads meanwhile; none of them holds megabytes.
        assert!(bytes(m4(0)) - before > 7 << 20);
        drop(list);
        let symbols = own(m4(1));
        assert!(symbols.len() == 2 && symbols.slice::<i64>()[0] > 0);
        drop(own(ktn(4, 1000)));
        drop(symbols);
        assert!(gc(0) >= 1024);
    });
}
