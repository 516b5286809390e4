//! `s`, `C` and `S`: symbols and char vectors as C's NUL-terminated texts, and back.

use kapi::{Obj, tag};

use crate::CALLEES;
use crate::support::bound::{Bound, Outcome};
use crate::support::{leaves_nothing, q, values};

fn bound(function: &str, args: &str, ret: &str) -> Vec<Bound> {
    CALLEES.libraries().iter().map(|library| Bound::new(library, function, args, ret)).collect()
}

#[test]
fn c_reads_symbols_and_char_vectors_to_their_nul() {
    leaves_nothing(|| {
        for types in ["s", "C"] {
            for length in bound("length", types, "j") {
                for (x, wanted) in [
                    (Obj::symbol("hello"), 5),
                    (Obj::symbol(""), 0),
                    (Obj::string(b"hello"), 5),
                    (Obj::string(b"hello\0"), 5),
                    (Obj::string(b""), 0),
                    (Obj::string(b"\0"), 0),
                    (Obj::string(b"ab\0cd"), 2),
                    (Obj::string(b"ab\0cd\0"), 2),
                    (Obj::string("\u{4e2d}\u{6587}".as_bytes()), 6),
                    (Obj::string(&[b'x'; 10_000]), 10_000),
                    (Obj::char(b'a'), 1),
                    (Obj::null(), -1),
                ] {
                    let came = length.call(std::slice::from_ref(&x));
                    assert_eq!(came, Ok(Obj::long(wanted)), "{types} {x:?}");
                }
            }
        }
    });
}

#[test]
fn a_vector_without_its_nul_is_followed_by_one_all_the_same() {
    // Lengths around the sizes of blocks, so that the byte after the data is not zero by luck.
    for end in bound("end", "sj", "j") {
        for n in [1, 15, 16, 17, 31, 32, 33, 48] {
            let text = || Obj::string(&vec![b'x'; n]);
            assert_eq!(end.call(&[text(), Obj::long(n as i64)]), Ok(Obj::long(0)), "{n}");
        }
    }
}

#[test]
fn what_c_writes_arrives_with_and_without_a_nul() {
    leaves_nothing(|| {
        for upper in bound("upper", "C", "C") {
            for (before, after, result) in [
                (&b"hello\0"[..], &b"HELLO\0"[..], &b"HELLO"[..]),
                (b"hello", b"HELLO", b"HELLO"),
                (b"ab\0cd", b"AB\0cd", b"AB"),
                (b"ab\0cd\0", b"AB\0cd\0", b"AB"),
                (b"", b"", b""),
                (b"\0", b"\0", b""),
            ] {
                upper.each(&|| vec![Obj::string(before)], &mut |form, args, outcome| {
                    assert_eq!(outcome, Ok(Obj::string(result)), "{form} {before:?}");
                    assert_eq!(args[0], Obj::string(after), "{form} {before:?}");
                });
            }
            assert_eq!(upper.call(&[Obj::char(b'a')]), Ok(Obj::string(b"A")));
        }
    });
}

#[test]
fn every_copy_is_written_back_and_no_further_than_its_vector() {
    leaves_nothing(|| {
        for fill in bound("fill", "Cj", "j") {
            // C may overwrite the terminator of the copy, which is not the vector's.
            let make = || vec![Obj::string(b"abc"), Obj::long(4)];
            fill.each(&make, &mut |form, args, outcome| {
                assert_eq!((outcome, &args[0]), (Ok(Obj::long(4)), &Obj::string(b"zzz")), "{form}");
            });
            let make = || vec![Obj::from_slice(tag::KG, &[1_u8, 2, 3]), Obj::long(2)];
            fill.each(&make, &mut |form, args, outcome| {
                let wanted = Obj::from_slice(tag::KG, &[b'z', b'z', 3]);
                assert_eq!((outcome, &args[0]), (Ok(Obj::long(2)), &wanted), "{form}");
            });
        }
    });
}

#[test]
fn an_atom_for_c_to_write_to_stays_as_it_is() {
    for fill in bound("fill", "Cj", "j") {
        fill.each(&|| vec![Obj::char(b'a'), Obj::long(1)], &mut |form, args, outcome| {
            assert_eq!((outcome, &args[0]), (Ok(Obj::long(1)), &Obj::char(b'a')), "{form}");
        });
    }
}

#[test]
fn c_writes_to_a_copy_of_a_symbols_text_and_reads_the_text_itself() {
    leaves_nothing(|| {
        for fill in bound("fill", "Cj", "j") {
            fill.each(&|| vec![Obj::symbol("mine"), Obj::long(4)], &mut |form, args, outcome| {
                assert_eq!((outcome, &args[0]), (Ok(Obj::long(4)), &Obj::symbol("mine")), "{form}");
            });
        }
        // The copy ends in NUL, also where it begins on a new block.
        for length in bound("length", "C", "j") {
            for n in [15, 16, 17, 31, 32, 33] {
                assert_eq!(length.call(&[Obj::symbol(&"x".repeat(n))]), Ok(Obj::long(n as i64)));
            }
        }
        let symbol = Obj::symbol("lent");
        let text = Obj::long(symbol.get::<kapi::Symbol>().as_str().as_ptr() as i64);
        for (types, is_lent) in [("s", true), ("C", false)] {
            for same in bound("same_s", types, "r") {
                same.each(&|| vec![symbol.clone()], &mut |form, _, outcome| {
                    // Nobody has said there that C only reads it.
                    let is_lent = is_lent && !form.ends_with("callFunction");
                    assert_eq!(outcome == Ok(text.clone()), is_lent, "{types} {form}");
                });
            }
        }
    });
}

#[test]
fn a_text_comes_back_as_symbol_or_string() {
    leaves_nothing(|| {
        for text in ["", "a", "with space", "\u{e9}\u{4e2d}", &"x".repeat(1000)] {
            for same in bound("same_s", "s", "s") {
                assert_eq!(same.call(&[Obj::symbol(text)]), Ok(Obj::symbol(text)));
                assert_eq!(same.call(&[Obj::string(text.as_bytes())]), Ok(Obj::symbol(text)));
            }
            for same in bound("same_s", "s", "C") {
                assert_eq!(same.call(&[Obj::symbol(text)]), Ok(Obj::string(text.as_bytes())));
                assert_eq!(same.call(&[Obj::string(text.as_bytes())]), Ok(Obj::string(text.as_bytes())));
            }
        }
    });
}

#[test]
fn texts_refuse_what_is_none() {
    let refused = |function: &str, letter: &str, wants: &str, x: &Obj| -> Outcome {
        Err(format!("type: {function}[0]: {letter} wants {wants}, got {}", values::name(x)))
    };
    let never = ["1", "1i", "1b", "1f", "2000.01.01", "`a`b", "1 2", "()", "(1;`a)", "`a`b!1 2", "{x}"];
    for length in bound("length", "s", "j") {
        for x in never.iter().chain(&["0x01", "0x0102"]).map(|source| q(source)) {
            let came = length.call(std::slice::from_ref(&x));
            assert_eq!(came, refused("length", "s", "symbol", &x), "{x:?}");
        }
    }
    for length in bound("length", "C", "j") {
        for x in never.map(q) {
            let came = length.call(std::slice::from_ref(&x));
            assert_eq!(came, refused("length", "C", "char vector", &x), "{x:?}");
        }
    }
}

#[test]
fn a_list_of_texts_is_an_array_that_ends_in_null() {
    leaves_nothing(|| {
        for total in bound("total", "S", "j") {
            for (list, wanted) in [
                (r#"("a";"bcd";"ef")"#, 10302),
                (r#"("ab";`c)"#, 201),
                (r#"(`a;`bc;"def\000")"#, 10203),
                (r#"enlist "abc""#, 3),
            ] {
                assert_eq!(total.call(&[q(list)]), Ok(Obj::long(wanted)), "{list}");
            }
            let text = "type: total[0]: S wants symbol vector, got list";
            for list in ["()", "(\"a\";1)", "(`a;`b`c)", "(\"a\";(\"b\";1))"] {
                assert_eq!(total.call(&[q(list)]), Err(text.into()), "{list}");
            }
        }
    });
}

#[test]
fn a_symbol_vector_is_an_array_of_copies_that_ends_in_null() {
    leaves_nothing(|| {
        for total in bound("total", "S", "j") {
            for (vector, wanted) in [("`a`bcd`ef", 10302), ("enlist`abc", 3), ("`a``b", 10001), ("0#`", 0)] {
                assert_eq!(total.call(&[q(vector)]), Ok(Obj::long(wanted)), "{vector}");
            }
        }
        for shout in bound("shout", "S", " ") {
            shout.leaves(&|| vec![q("`ab`c`")], &q("`AB`C`"));
            assert_eq!(q("string`ab`c"), q("(\"ab\";enlist \"c\")"), "q's own symbols are as they were");
        }
    });
}

#[test]
fn what_c_leaves_in_a_symbol_vector_are_symbols() {
    leaves_nothing(|| {
        for set in bound("set_texts", "Sj", " ") {
            // Compared as q does, by the address of the text.
            set.leaves(&|| vec![q("`a`b`c`d"), Obj::long(4)], &q("`d``text1`a"));
        }
    });
}

#[test]
fn pointers_that_c_sets_in_a_list_of_texts_are_items_of_the_list() {
    leaves_nothing(|| {
        for set in bound("set_texts", "Sj", " ") {
            let make = || vec![q("(\"one\";\"two\\000\";`three;\"four\")"), Obj::long(4)];
            set.leaves(&make, &q("(\"four\";\"\";\"text1\";\"one\")"));
        }
        // Texts that C writes to where they lie come back as they do for C.
        for shout in bound("shout", "S", " ") {
            shout.leaves(&|| vec![q("(\"ab\";\"cd\\000\";`ef)")], &q("(\"AB\";\"CD\\000\";`ef)"));
        }
    });
}
