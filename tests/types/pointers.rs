//! Uppercase characters: vectors in place, atoms by a temporary copy, NULL, and what a returned pointer points to.

use kapi::{Obj, tag};

use crate::CALLEES;
use crate::support::bound::Bound;
use crate::support::contract::{ROWS, Row};
use crate::support::values::{self, raw};
use crate::support::{leaves_nothing, q};

/// The rows whose uppercase is a pointer to a number: not `char`, whose pointer is a text.
fn rows() -> impl Iterator<Item = &'static Row> {
    ROWS.iter().filter(|row| row.letter != 'c')
}

/// Their letters and the tags of their values.
fn number_rows() -> impl Iterator<Item = (char, i8)> {
    rows().map(|row| (row.letter, row.exact[0]))
}

#[test]
fn c_writes_into_the_vector_and_q_sees_it() {
    leaves_nothing(|| {
        for library in CALLEES.libraries() {
            for (letter, t) in
                rows().map(|row| (row.letter, row.array)).chain([('g', tag::UU), ('s', tag::KS)])
            {
                let types = format!("{}j", letter.to_ascii_uppercase());
                let reverse = Bound::new(library, &format!("reverse_{letter}"), &types, " ");
                let mut items = values::extremes(t);
                let make = || vec![Obj::from_items(items.clone()), Obj::long(items.len() as i64)];
                let mut seen = Vec::new();
                reverse.each(&make, &mut |form, args, outcome| {
                    assert_eq!(outcome, Ok(Obj::null()), "{form}");
                    seen.push((form.to_string(), raw(&args[0])));
                });
                items.reverse();
                let wanted = raw(&Obj::from_items(items));
                seen.into_iter().for_each(|(form, after)| assert_eq!(after, wanted, "{form}"));
            }
        }
    });
}

/// Demands that a function gives back each extreme of a type that it is given.
fn gives_back(function: &Bound, row: &Row) {
    for x in row.extremes(row.exact[0]) {
        assert_eq!(function.call(std::slice::from_ref(&x)).map(|r| raw(&r)), Ok(raw(&x)));
    }
}

#[test]
fn an_atom_goes_by_a_temporary_copy() {
    leaves_nothing(|| {
        for library in CALLEES.libraries() {
            for row in rows() {
                let (letter, t) = (row.letter, row.exact[0]);
                let (lower, upper) = (letter.to_string(), letter.to_ascii_uppercase().to_string());
                let get = Bound::new(library, &format!("get_{letter}"), &upper, &lower);
                gives_back(&get, row);
                let put = Bound::new(library, &format!("put_{letter}"), &(upper + &lower), " ");
                let [old, new] = [0, 1].map(|bits| values::atom(-t, bits));
                let make = || vec![old.clone(), new.clone()];
                put.leaves(&make, &old);
            }
        }
    });
}

#[test]
fn an_atom_converts_like_the_type_it_is_copied_to() {
    let library = &CALLEES.libraries()[0];
    let get = Bound::new(library, "get_f", "F", "f");
    assert_eq!(get.call(&[Obj::int(3)]), Ok(Obj::float(3.0)));
    let get = Bound::new(library, "get_h", "H", "h");
    assert_eq!(get.call(&[Obj::long(-2)]), Ok(Obj::short(-2)));
    assert_eq!(get.call(&[Obj::long(70000)]), Err("range: get_h[0]: 70000 does not fit h".into()));
}

#[test]
fn null_is_null_both_ways() {
    leaves_nothing(|| {
        for library in CALLEES.libraries() {
            for (letter, t) in number_rows().chain([('g', tag::UU)]) {
                let upper = letter.to_ascii_uppercase().to_string();
                let is_null = Bound::new(library, &format!("is_null_{letter}"), &upper, "j");
                assert_eq!(is_null.call(&[Obj::null()]), Ok(Obj::long(1)), "{letter}");
                let came = Bound::new(library, "null", "", &upper).call(&[]).expect("a null");
                let null = kapi::object::null(t);
                let is_nan = match -came.tag() {
                    tag::KE => came.get::<f32>().is_nan(),
                    tag::KF | tag::KZ => came.get::<f64>().is_nan(),
                    _ => came == null,
                };
                assert!(is_nan && came.tag() == null.tag(), "{letter}: {came:?}");
            }
            assert_eq!(Bound::new(library, "null", "", "C").call(&[]), Ok(Obj::string(b"")));
            assert_eq!(Bound::new(library, "null", "", "S").call(&[]), Ok(Obj::symbol("")));
            assert_eq!(Bound::new(library, "null", "", "s").call(&[]), Ok(Obj::symbol("")));
            assert_eq!(Bound::new(library, "null", "", "r").call(&[]), Ok(Obj::long(0)));
            assert_eq!(Bound::new(library, "null", "", "R").call(&[]), Ok(Obj::long(i64::MIN)));
            assert_eq!(Bound::new(library, "null", "", "K").call(&[]), Ok(Obj::null()));
        }
    });
}

#[test]
fn a_returned_pointer_gives_one_atom() {
    leaves_nothing(|| {
        for library in CALLEES.libraries() {
            for row in rows() {
                let letter = row.letter;
                let upper = letter.to_ascii_uppercase().to_string();
                let keep = Bound::new(library, &format!("keep_{letter}"), &letter.to_string(), &upper);
                gives_back(&keep, row);
            }
            let keep = Bound::new(library, "keep_s", "s", "S");
            assert_eq!(keep.call(&[Obj::symbol("kept")]), Ok(Obj::symbol("kept")));
            let keep = Bound::new(library, "keep_r", "r", "R");
            assert_eq!(keep.call(&[Obj::long(77)]), Ok(Obj::long(77)));
        }
    });
}

#[test]
fn vectors_of_the_same_layout_share_and_others_are_refused() {
    let library = &CALLEES.libraries()[0];
    let dates = q("2000.01.03 2000.01.02");
    let reverse = Bound::new(library, "reverse_i", "Ij", " ");
    reverse.each(&|| vec![q("2000.01.03 2000.01.02+0"), Obj::long(2)], &mut |form, args, outcome| {
        assert_eq!((outcome, &args[0]), (Ok(Obj::null()), &q("reverse 2000.01.03 2000.01.02")), "{form}");
    });
    let refused = |x: &Obj| Err(format!("type: reverse_i[0]: I wants int vector, got {}", values::name(x)));
    for x in ["1 2", "1 2h", "1 2e", "1 2f", "`a`b", "\"ab\"", "0x0102", "`a", "1f", "\"a\""] {
        let x = q(x);
        assert_eq!(reverse.call(&[x.clone(), Obj::long(2)]), refused(&x), "{x:?}");
    }
    for x in ["()", "(1i;2i;`a)", "`a`b!1 2i", "([] a:1 2i)", "{x}"] {
        let x = q(x);
        assert_eq!(reverse.call(&[x.clone(), Obj::long(0)]), refused(&x), "{x:?}");
    }
    for (letter, array, wrong) in [('a', "0x0102", "1 2h"), ('y', "1 2h", "1 2i"), ('w', "1 2i", "1 2")] {
        let upper = letter.to_ascii_uppercase();
        let reverse = Bound::new(library, &format!("reverse_{letter}"), &format!("{upper}j"), " ");
        reverse.each(&|| vec![q(&format!("reverse {array}")), Obj::long(2)], &mut |form, args, outcome| {
            assert_eq!((outcome, &args[0]), (Ok(Obj::null()), &q(array)), "{form}");
        });
        let (wants, got) = (values::name(&q(array)), values::name(&q(wrong)));
        let text = format!("type: reverse_{letter}[0]: {upper} wants {wants}, got {got}");
        assert_eq!(reverse.call(&[q(wrong), Obj::long(2)]), Err(text));
    }
    let doubles = Bound::new(library, "reverse_f", "Fj", " ");
    let text = "type: reverse_f[0]: F wants float vector, got date vector";
    assert_eq!(doubles.call(&[dates, Obj::long(2)]), Err(text.into()));
}

#[test]
fn an_empty_vector_of_the_type_is_an_address_like_any_other() {
    let library = &CALLEES.libraries()[0];
    for (letter, t) in rows().map(|row| (row.letter, row.array)) {
        let upper = letter.to_ascii_uppercase().to_string();
        let is_null = Bound::new(library, &format!("is_null_{letter}"), &upper, "j");
        assert_eq!(is_null.call(&[Obj::zeroed(t, 0)]), Ok(Obj::long(0)), "{letter}");
    }
}

#[test]
fn guids_go_by_address() {
    leaves_nothing(|| {
        for library in CALLEES.libraries() {
            let bytes: [u8; 16] = std::array::from_fn(|i| 17 * i as u8);
            let guid = Obj::guid(bytes);
            let sum =
                bytes.iter().fold(0_i64, |sum, &byte| 31_i64.wrapping_mul(sum).wrapping_add(byte.into()));
            assert_eq!(
                Bound::new(library, "sum_g", "g", "j").call(std::slice::from_ref(&guid)),
                Ok(Obj::long(sum))
            );
            assert_eq!(
                Bound::new(library, "sum_g", "G", "j").call(std::slice::from_ref(&guid)),
                Ok(Obj::long(sum))
            );
            assert_eq!(
                Bound::new(library, "keep_g", "g", "G").call(std::slice::from_ref(&guid)),
                Ok(guid.clone())
            );
            let put = Bound::new(library, "put_g", "Gg", " ");
            put.each(&|| vec![Obj::zeroed(tag::UU, 2), guid.clone()], &mut |form, args, outcome| {
                let wanted = Obj::from_items(vec![guid.clone(), Obj::guid([0; 16])]);
                assert_eq!((outcome, &args[0]), (Ok(Obj::null()), &wanted), "{form}");
            });
        }
    });
}
