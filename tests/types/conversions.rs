//! Which types convert to which, which are refused, and with what words.

use kapi::{Obj, dynload, tag};

use crate::CALLEES;
use crate::support::bound::{Bound, Outcome};
use crate::support::contract::{ROWS, Row};
use crate::support::{leaves_nothing, q, values};

/// One, or true, or the character 1: a value that every number type can hold.
fn one(t: i8) -> Obj {
    values::small(t, 1)
}

/// Values that are no atoms: vectors of every type, and everything else that q has.
fn structures() -> Vec<Obj> {
    // SAFETY: neither a destructor nor a pointer to be used.
    let foreign = unsafe { dynload::foreign(None, std::ptr::null_mut()) };
    let sources =
        ["()", "(1;`a)", "(1 2;3 4)", "`a`b!1 2", "([] a:1 2)", "{x}", "+", "neg", "{x+y}[1]", "+/"];
    values::tags().map(|t| Obj::from_items(vec![one(t); 2])).chain(sources.map(q)).chain([foreign]).collect()
}

fn refused(row: &Row, x: &Obj) -> Outcome {
    let wants = tag::info(row.exact[0]).expect("a type").name;
    let got = match values::name(x) {
        name if x.tag() == tag::UNARY && name == "function" => "null or unary primitive".into(),
        name => name,
    };
    Err(format!("type: same_{0}[0]: {0} wants {wants}, got {got}", row.letter))
}

#[test]
fn atoms_convert_as_the_table_says_and_no_other_way() {
    leaves_nothing(|| {
        let library = &CALLEES.libraries()[0];
        for row in &ROWS {
            let same = Bound::new(library, &row.callee("same"), &row.text(), &row.text());
            for x in values::tags().map(one) {
                let t = -x.tag();
                let wanted = match row.exact.contains(&t) || row.converts.contains(&t) {
                    true => Ok(one(row.exact[0])),
                    false => refused(row, &x),
                };
                assert_eq!(same.call(std::slice::from_ref(&x)), wanted, "{} {x:?}", row.letter);
            }
        }
    });
}

#[test]
fn scalars_take_no_structures() {
    let library = &CALLEES.libraries()[0];
    let mut structures = structures();
    structures.push(Obj::null());
    for row in ROWS.iter().filter(|row| row.letter != 'l') {
        let same = Bound::new(library, &row.callee("same"), &row.text(), &row.text());
        for x in &structures {
            assert_eq!(same.call(std::slice::from_ref(x)), refused(row, x), "{} {x:?}", row.letter);
        }
    }
}

#[test]
fn sizes_and_addresses_take_vectors_by_address() {
    let library = &CALLEES.libraries()[0];
    for (letter, wants) in [("l", "long"), ("r", "an address")] {
        let same = Bound::new(library, &format!("same_{letter}"), letter, letter);
        for x in structures() {
            let wanted = match x.tag() {
                1..20 => Ok(Obj::long(x.as_raw() as i64 + 16)),
                // A foreign object gives its pointer, which is NULL here.
                tag::FOREIGN if letter == "r" => Ok(Obj::long(0)),
                tag::UNARY => Err(format!(
                    "type: same_{letter}[0]: {letter} wants {wants}, got null or unary primitive"
                )),
                _ => Err(format!("type: same_{letter}[0]: {letter} wants {wants}, got {}", values::name(&x))),
            };
            assert_eq!(same.call(std::slice::from_ref(&x)), wanted, "{letter} {x:?}");
        }
    }
}

#[test]
fn an_address_is_a_long_an_int_a_foreign_objects_pointer_or_null() {
    let same = Bound::new(&CALLEES.libraries()[0], "same_r", "r", "r");
    let mut here = 0_u64;
    // SAFETY: no destructor; the pointer is only passed through.
    let foreign = unsafe { dynload::foreign(None, std::ptr::from_mut(&mut here).cast()) };
    let address = std::ptr::from_mut(&mut here) as i64;
    for (x, wanted) in [
        (Obj::long(address), address),
        (Obj::int(12345), 12345),
        (foreign, address),
        (Obj::null(), 0),
        // What C libraries mean by SIG_IGN, SQLITE_TRANSIENT and their like.
        (Obj::long(0), 0),
        (Obj::long(1), 1),
        (Obj::long(-1), -1),
        (Obj::int(-1), -1),
        (Obj::long(i64::MAX - 1), i64::MAX - 1),
        (Obj::long(2 - i64::MAX), 2 - i64::MAX),
        (Obj::int(i32::MAX - 1), i64::from(i32::MAX - 1)),
        (Obj::int(2 - i32::MAX), i64::from(2 - i32::MAX)),
    ] {
        assert_eq!(same.call(&[x]), Ok(Obj::long(wanted)));
    }
    for refused in [Obj::short(1), Obj::byte(1), Obj::float(1.0), Obj::symbol("a")] {
        let text = format!("type: same_r[0]: r wants an address, got {}", values::name(&refused));
        assert_eq!(same.call(&[refused]), Err(text));
    }
}

#[test]
fn nulls_and_infinities_of_either_width_are_no_addresses() {
    let library = &CALLEES.libraries()[0];
    let refused = |function: &str, letter: &str, x: Obj, name: &str| {
        let f = Bound::new(library, function, letter, "j");
        let text = format!("domain: {function}[0]: {letter} wants an address, got a null or infinite {name}");
        assert_eq!(f.call(&[x]), Err(text));
    };
    for (function, letter) in [("same_r", "r"), ("is_null_i", "k")] {
        for n in [i64::MIN, i64::MAX, -i64::MAX] {
            refused(function, letter, Obj::long(n), "long");
        }
        for n in [i32::MIN, i32::MAX, -i32::MAX] {
            refused(function, letter, Obj::int(n), "int");
        }
    }
}

/// Converts one value through the callee of a type.
fn converted(letter: char, x: Obj) -> Outcome {
    let letter = letter.to_string();
    Bound::new(&CALLEES.libraries()[0], &format!("same_{letter}"), &letter, &letter).call(&[x])
}

#[test]
fn nulls_and_infinities_stay_what_they_are() {
    let null = |t: i8| kapi::object::null(t);
    let infinity = |t: i8, negative: bool| {
        let sign = if negative { -1 } else { 1 };
        match t {
            tag::KH => Obj::short(i16::MAX * sign as i16),
            tag::KI | tag::KM | tag::KD | tag::KU | tag::KV | tag::KT => {
                Obj::atom(-t, i32::MAX * sign as i32)
            }
            tag::KJ | tag::KP | tag::KN => Obj::atom(-t, i64::MAX * sign),
            tag::KE => Obj::real(f32::INFINITY * sign as f32),
            _ => Obj::atom(-t, f64::INFINITY * sign as f64),
        }
    };
    let is_number = |t: &&i8| ![tag::KB, tag::KG, tag::KC].contains(t);
    for row in ROWS.iter().filter(|row| is_number(&&row.exact[0]) && !row.is_held_wider()) {
        let result = row.exact[0];
        for &t in row.exact.iter().chain(row.converts).filter(is_number) {
            let came = converted(row.letter, null(t)).expect("nulls convert");
            let is_null = match came.tag() {
                t if t == -tag::KE => came.get::<f32>().is_nan(),
                t if t == -tag::KF || t == -tag::KZ => came.get::<f64>().is_nan(),
                _ => came == null(result),
            };
            assert!(is_null && came.tag() == -result, "{} of null {t}: {came:?}", row.letter);
            for negative in [false, true] {
                let wanted = Ok(infinity(result, negative));
                assert_eq!(converted(row.letter, infinity(t, negative)), wanted, "{} {t}", row.letter);
            }
        }
    }
}

#[test]
fn what_q_holds_wider_takes_only_what_c_has() {
    leaves_nothing(|| {
        let library = &CALLEES.libraries()[0];
        for (letter, least, greatest) in [('a', -128_i64, 127_i64), ('y', 0, 65535), ('w', 0, 4_294_967_295)]
        {
            let row = ROWS.iter().find(|row| row.letter == letter).expect("a row");
            let same = Bound::new(library, &row.callee("same"), &row.text(), &row.text());
            let refused = |x: Obj, shown: &str| {
                let text = format!("range: same_{letter}[0]: {shown} does not fit {letter}");
                assert_eq!(same.call(&[x]), Err(text));
            };
            for &t in row.exact.iter().chain(row.converts).filter(|t| ![tag::KB, tag::KG].contains(t)) {
                let infinity = i64::MAX >> (64 - 8 * values::tag_width(t));
                refused(kapi::object::null(t), "0N");
                refused(values::atom(-t, infinity as u64), "0W");
                refused(values::atom(-t, -infinity as u64), "-0W");
                for n in [least - 1, greatest + 1] {
                    if n.abs() < infinity {
                        refused(values::atom(-t, n as u64), &n.to_string());
                    }
                }
            }
            for n in [least, greatest] {
                let x = values::atom(-row.exact[0], n as u64);
                assert_eq!(same.call(std::slice::from_ref(&x)), Ok(x), "{letter}");
            }
        }
    });
}

#[test]
fn what_fits_converts_and_what_does_not_is_out_of_range() {
    let range =
        |value: &str, letter: char| Err(format!("range: same_{letter}[0]: {value} does not fit {letter}"));
    for (letter, x, wanted) in [
        ('h', Obj::int(32766), Ok(Obj::short(32766))),
        ('h', Obj::int(-32766), Ok(Obj::short(-32766))),
        ('h', Obj::int(32768), range("32768", 'h')),
        ('h', Obj::int(-32769), range("-32769", 'h')),
        ('h', Obj::long(65536), range("65536", 'h')),
        ('i', Obj::long(2_147_483_646), Ok(Obj::int(2_147_483_646))),
        ('i', Obj::long(2_147_483_648), range("2147483648", 'i')),
        ('i', Obj::long(5_000_000_000), range("5000000000", 'i')),
        ('i', Obj::long(-2_147_483_649), range("-2147483649", 'i')),
        ('h', Obj::byte(255), Ok(Obj::short(255))),
        ('i', Obj::byte(255), Ok(Obj::int(255))),
        ('j', Obj::byte(255), Ok(Obj::long(255))),
        ('j', Obj::short(-1), Ok(Obj::long(-1))),
        ('l', Obj::int(-1), Ok(Obj::long(-1))),
        ('x', Obj::char(255), Ok(Obj::byte(255))),
        ('c', Obj::byte(255), Ok(Obj::char(255))),
        ('f', Obj::long(1 << 53), Ok(Obj::float(9_007_199_254_740_992.0))),
        ('f', Obj::long((1 << 53) + 1), range("9007199254740993", 'f')),
        ('f', Obj::long(-(1 << 62)), Ok(Obj::float(-4_611_686_018_427_387_904.0))),
        ('f', Obj::real(0.1), Ok(Obj::float(f64::from(0.1_f32)))),
        ('f', Obj::byte(200), Ok(Obj::float(200.0))),
        ('e', Obj::int(1 << 24), Ok(Obj::real(16_777_216.0))),
        ('e', Obj::int((1 << 24) + 1), range("16777217", 'e')),
        ('e', Obj::long((1 << 53) + 2), range("9007199254740994", 'e')),
        ('e', Obj::float(0.1), Ok(Obj::real(0.1))),
        ('e', Obj::float(f64::from(f32::MAX)), Ok(Obj::real(f32::MAX))),
    ] {
        assert_eq!(converted(letter, x.clone()), wanted, "{letter} {x:?}");
    }
}

#[test]
fn a_float_out_of_range_is_shown_as_q_shows_it() {
    let text = "range: same_e[0]: 1e+300 does not fit e";
    assert_eq!(converted('e', Obj::float(1e300)), Err(text.into()));
}
