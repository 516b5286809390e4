//! What each function returns, and that it leaves as many objects and bytes as its ownership rule says.

use super::runtime::errors::{set_pending, take_pending};
use super::{U, evaluate, runtime::*, views::*};
use crate::heap::live_here;
use crate::object::{Elem, K, K0, Null, Obj, tag};
use crate::{IS_LIBE, QError, Symbol};
use std::ffi::{CStr, c_char};
use std::ptr;

/// Runs `body` and checks that it left no object behind.
pub(super) fn balanced(body: impl FnOnce()) {
    let before = live_here();
    body();
    assert_eq!(live_here(), before, "objects or bytes left behind");
    assert!(take_pending().is_none(), "an error left pending");
}

/// Takes a result over as a handle.
pub(super) fn own(object: K) -> Obj {
    assert!(!object.is_null(), "null result: {:?}", take_pending());
    // SAFETY: results of the functions under test are ours.
    unsafe { Obj::from_raw(object) }
}

/// The error a null result stands for.
pub(super) fn signalled(object: K) -> String {
    assert!(object.is_null(), "not an error");
    take_pending().expect("an error").text.clone()
}

pub(super) fn c(text: &CStr) -> *mut c_char {
    text.as_ptr().cast_mut()
}

fn atom_is<T: Elem + Copy + PartialEq + std::fmt::Debug>(object: K, t: i8, value: T) {
    let object = own(object);
    assert_eq!((object.tag(), object.get::<T>(), object.refcount(), object.attribute()), (t, value, 0, 0));
}

#[test]
fn atoms_have_tag_payload_and_count_zero() {
    balanced(|| {
        atom_is(kb(1), -tag::KB, 1u8);
        atom_is(kb(256), -tag::KB, 1u8);
        atom_is(kg(0x1ff), -tag::KG, 0xffu8);
        atom_is(kh(i16::NULL.into()), -tag::KH, i16::NULL);
        atom_is(ki(i32::MIN), -tag::KI, i32::MIN);
        atom_is(kj(i64::MAX), -tag::KJ, i64::MAX);
        atom_is(ke(1.5), -tag::KE, 1.5f32);
        atom_is(kf(f64::INFINITY), -tag::KF, f64::INFINITY);
        atom_is(kc('x' as i32), -tag::KC, b'x');
        atom_is(ktj((-tag::KP).into(), 7), -tag::KP, 7i64);
        atom_is(ktj((-tag::KN).into(), -7), -tag::KN, -7i64);
        atom_is(kd(-1), -tag::KD, -1i32);
        atom_is(kz(0.5), -tag::KZ, 0.5f64);
        atom_is(kt(86_399_999), -tag::KT, 86_399_999i32);
        atom_is(ku(U { g: [7; 16] }), -tag::UU, [7u8; 16]);
        // SAFETY: literals and null.
        unsafe {
            atom_is(ks(c(c"abc")), -tag::KS, Symbol::from("abc"));
        }
    });
}

#[test]
fn ka_leaves_a_zero_payload_to_fill() {
    balanced(|| {
        for row in &tag::TYPES {
            let object = own(ka((-row.tag).into()));
            assert_eq!(object.tag(), -row.tag);
        }
        let object = ka((-tag::KF).into());
        // SAFETY: a fresh atom; its payload is at byte 8, as C code knows.
        unsafe { *object.cast::<f64>().add(1) = 2.5 };
        atom_is(object, -tag::KF, 2.5f64);
        atom_is(ka((-tag::UU).into()), -tag::UU, [0u8; 16]);
    });
}

#[test]
fn counting_and_freeing() {
    balanced(|| {
        let object = ktn(0, 2);
        // SAFETY: two references are taken and given back.
        unsafe {
            assert_eq!(r1(object), object);
            assert_eq!((*object).r, 1);
            r0(object);
            r0(object);
        }
    });
}

#[test]
fn ktn_makes_lists() {
    balanced(|| {
        for row in &tag::TYPES {
            let list = own(ktn(row.tag.into(), 3));
            assert_eq!((list.tag(), list.len(), list.as_raw() as usize % 16), (row.tag, 3, 0));
        }
        let list = own(ktn(0, 2));
        list.fill_holes();
        assert_eq!(list, Obj::list(vec![Obj::null(), Obj::null()]));
    });
}

#[test]
fn strings() {
    balanced(|| {
        // SAFETY: literals and null.
        unsafe {
            assert_eq!(own(kp(c(c"abc"))), Obj::string(b"abc"));
            assert_eq!(own(kpn(c(c"a\x01bcd"), 3)), Obj::string(b"a\x01b"));
            assert_eq!(own(kpn(c(c""), 0)), Obj::string(b""));
        }
    });
}

#[test]
fn symbols_are_interned() {
    // SAFETY: literals and null.
    unsafe {
        assert_eq!(ss(c(c"abc")), sn(c(c"abcdef"), 3));
        assert_eq!(sn(c(c"x"), 0), ss(c(c"")));
    }
    // KX's library is set up with it.
    assert_eq!((setm(1), setm(0), setm(IS_LIBE.into())), (IS_LIBE.into(), 1, 0));
}

/// The joined list's handle; the function under test returned where the list now is.
fn joined(returned: K, place: K) -> Obj {
    assert_eq!(returned, place);
    own(place)
}

#[test]
fn ja_appends_by_the_lists_type() {
    balanced(|| {
        for row in &tag::TYPES {
            if row.tag == tag::KS {
                continue;
            }
            let bytes: Vec<u8> = (0..100 * row.width).map(|i| i as u8).collect();
            let mut list = ktn(row.tag.into(), 0);
            for element in bytes.chunks_exact(row.width) {
                // SAFETY: a list of ours and an element of its width.
                assert_eq!(unsafe { ja(&mut list, element.as_ptr().cast()) }, list);
            }
            assert_eq!(own(list), Obj::from_plain_bytes(row.tag, &bytes));
        }
        let (mut items, item) = (ktn(0, 0), Obj::long(5));
        // SAFETY: as above; the list takes a reference of its own.
        let returned = unsafe { ja(&mut items, ptr::from_ref(&item.as_raw()).cast()) };
        assert_eq!(item.refcount(), 1);
        assert_eq!(joined(returned, items), Obj::list(vec![Obj::long(5)]));
    });
}

#[test]
fn ja_takes_an_element_of_the_list_itself() {
    balanced(|| {
        let mut list = ktn(7, 2);
        // SAFETY: a list of ours; the element is read before the list moves.
        unsafe {
            let data = K0::data(list).cast::<i64>();
            data.write(8);
            data.add(1).write(9);
            let old = live_here();
            for _ in 0..5 {
                ja(&mut list, K0::data(list).cast());
            }
            assert_eq!((live_here().0, own(list).slice::<i64>()), (old.0, &[8, 9, 8, 8, 8, 8, 8][..]));
        }
    });
}

#[test]
fn joining_to_a_shared_list_is_seen_by_all_while_there_is_room() {
    balanced(|| {
        let mut list = ktn(7, 3);
        // SAFETY: lists and elements of ours.
        unsafe {
            let shared = Obj::from_raw(r1(list));
            ja(&mut list, ptr::from_ref(&1i64).cast());
            assert_eq!(own(list).len(), 4, "three longs leave room in a block of 64 bytes");
            assert_eq!(shared.len(), 4);
            let mut list = r1(shared.as_raw());
            for i in 0..3i64 {
                ja(&mut list, ptr::from_ref(&i).cast());
            }
            assert_ne!(list, shared.as_raw());
            assert_eq!((own(list).len(), shared.len(), shared.refcount()), (7, 6, 0));
        }
    });
}

#[test]
fn joins_grow_in_amortised_time() {
    balanced(|| {
        let (mut list, mut moves) = (ktn(7, 0), 0);
        for i in 0..100_000i64 {
            let old = list;
            // SAFETY: a list and an element of ours.
            unsafe { ja(&mut list, ptr::from_ref(&i).cast()) };
            moves += u32::from(list != old);
        }
        assert!(moves <= 17, "{moves} moves");
        assert_eq!(own(list).slice::<i64>(), (0..100_000).collect::<Vec<_>>());
    });
}

#[test]
fn jk_takes_its_item_and_js_and_jv_do_not() {
    balanced(|| {
        // SAFETY: lists and items of ours throughout.
        unsafe {
            let mut list = ktn(0, 0);
            jk(&mut list, kj(1));
            jk(&mut list, kp(c(c"ab")));
            let item = Obj::symbols(["x"]);
            let returned = jk(&mut list, r1(item.as_raw()));
            assert_eq!(item.refcount(), 1);
            assert_eq!(joined(returned, list).len(), 3);
            assert_eq!(item.refcount(), 0);

            let mut names = ktn(11, 0);
            js(&mut names, ss(c(c"a")));
            js(&mut names, ss(c(c"b")));
            assert_eq!(own(names), Obj::symbols(["a", "b"]));

            let mut longs = own(ktn(7, 0)).into_raw();
            let more = Obj::from_slice(tag::KJ, &[1i64, 2, 3]);
            jv(&mut longs, more.as_raw());
            jv(&mut longs, longs);
            assert_eq!((own(longs).slice::<i64>(), more.refcount()), (&[1, 2, 3, 1, 2, 3][..], 0));

            let mut lists = Obj::list(vec![Obj::string(b"a")]).into_raw();
            for _ in 0..3 {
                jv(&mut lists, lists);
            }
            let lists = own(lists);
            assert_eq!((lists.len(), lists.items()[7].refcount()), (8, 7));
        }
    });
}

#[test]
fn vk_collapses_and_vi_looks_inside() {
    balanced(|| {
        // SAFETY: lists of ours; vk takes them.
        unsafe {
            assert_eq!(
                own(vk(Obj::list(vec![Obj::int(1), Obj::int(2)]).into_raw())),
                Obj::from_slice(tag::KI, &[1, 2])
            );
            let mixed = Obj::list(vec![Obj::int(1), Obj::long(2)]);
            let raw = mixed.as_raw();
            assert_eq!(own(vk(mixed.into_raw())).as_raw(), raw);
            assert_eq!(own(vk(kj(3))), Obj::long(3));
            let list = Obj::from_slice(tag::KJ, &[4i64]);
            assert_eq!(
                [own(vi(list.as_raw(), 0)), own(vi(list.as_raw(), u64::MAX))],
                [Obj::long(4), Obj::long(i64::NULL)]
            );
        }
    });
}

pub(super) fn sample_dict() -> Obj {
    let columns = vec![Obj::from_slice(tag::KJ, &[1i64, 2]), Obj::string(b"ab"), Obj::zeroed(tag::KF, 2)];
    Obj::dict(Obj::symbols(["x", "y", "z"]), Obj::list(columns))
}

#[test]
fn tables_and_dictionaries_take_their_parts() {
    balanced(|| {
        // SAFETY: objects of ours, given away where the function takes them.
        unsafe {
            assert_eq!(own(xD(kj(1), kj(2))).len(), 1);
            let table = own(xT(sample_dict().into_raw()));
            assert_eq!((table.tag(), table.len()), (tag::XT, 2));
        }
    });
}

#[test]
fn keys_come_and_go() {
    balanced(|| {
        let table = Obj::table(sample_dict());
        // SAFETY: knt borrows the table; ktd takes what it gets.
        unsafe {
            let keyed = own(knt(1, table.as_raw()));
            let (keys, values) = keyed.dict_parts();
            assert_eq!((keys.tag(), values.tag(), keyed.len()), (tag::XT, tag::XT, 2));
            assert_eq!(keys.table_dict().dict_parts().0, &Obj::symbols(["x"]));
            assert_eq!(own(ktd(keyed.clone().into_raw())), table);
            assert_eq!(own(ktd(table.clone().into_raw())), table);
        }
    });
}

/// Tag and text of an error object.
fn error_text(object: K) -> String {
    let object = own(object);
    assert_eq!(object.tag(), tag::ERROR);
    String::from_utf8_lossy(object.error_text()).into_owned()
}

#[test]
fn errors_are_pending_until_picked_up() {
    balanced(|| {
        // SAFETY: literals and null.
        unsafe {
            assert!(krr(c"first".as_ptr()).is_null());
            assert!(krr(c"second".as_ptr()).is_null());
            let error = ee(ptr::null_mut());
            assert_eq!((*error).body.s.cast_const(), c"second".as_ptr(), "krr keeps the pointer");
            assert_eq!(error_text(error), "second");
            assert!(take_pending().is_none());

            let bare = ee(ptr::null_mut());
            assert!((*bare).body.s.is_null(), "no error was pending");
            r0(bare);
            assert_eq!(own(ee(kj(1))), Obj::long(1));

            set_pending(QError::named("dynamic 17"));
            assert_eq!(error_text(ee(ptr::null_mut())), "dynamic 17");
            krr(c"".as_ptr());
            assert_eq!(take_pending().unwrap().text, "");
            krr(ptr::null());
            assert!(take_pending().is_none(), "no text, no error");
        }
    });
}

#[test]
fn errors_belong_to_their_thread() {
    // SAFETY: a literal.
    unsafe { krr(c"mine".as_ptr()) };
    std::thread::spawn(|| assert!(take_pending().is_none())).join().unwrap();
    assert_eq!(take_pending().unwrap().text, "mine");
}

#[test]
fn orr_appends_the_systems_words_within_255_bytes() {
    balanced(|| {
        // SAFETY: literals; close fails and sets errno.
        unsafe {
            libc::close(-1);
            assert_eq!(signalled(orr(c"open".as_ptr())), "open. OS reports: Bad file descriptor");
            let long = std::ffi::CString::new("x".repeat(300)).unwrap();
            libc::close(-1);
            let text = signalled(orr(long.as_ptr()));
            assert_eq!(text, format!("..{}. OS reports: Bad file descriptor", "x".repeat(255 - 2 - 33)));
            #[cfg(target_vendor = "apple")]
            let errno = libc::__error();
            #[cfg(not(target_vendor = "apple"))]
            let errno = libc::__errno_location();
            *errno = 0;
            assert_eq!(signalled(orr(c"nothing".as_ptr())), "nothing. ");
        }
    });
}

#[test]
fn without_an_interpreter_evaluation_is_nyi() {
    balanced(|| {
        let (f, args) = (Obj::symbol("f"), Obj::list(vec![Obj::long(1)]));
        // SAFETY: dot borrows, kapi_eval takes the list.
        unsafe {
            assert_eq!(signalled(evaluate::dot(f.as_raw(), args.as_raw())), "nyi");
            assert_eq!(signalled(evaluate::dot(f.as_raw(), f.as_raw())), "type");
            let result = evaluate::kapi_eval(0, c"1+1".as_ptr(), args.clone().into_raw());
            assert_eq!(error_text(result), "nyi");
            assert!(evaluate::kapi_eval(5, c"1+1".as_ptr(), args.clone().into_raw()).is_null());
            assert!(evaluate::kapi_eval(-5, ptr::null(), ptr::null_mut()).is_null());
        }
    });
}
