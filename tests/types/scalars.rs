//! Exact values: the bits that go in come out, whatever surrounds them.

use kapi::{Obj, tag};

use crate::CALLEES;
use crate::support::bound::Bound;
use crate::support::contract::{ROWS, Row};
use crate::support::random::Random;
use crate::support::values::{self, Raw, raw};
use crate::support::{leaves_nothing, maps};

/// The value with the tag that results of the row's type have.
fn as_result(row: &Row, x: &Obj) -> Raw {
    match raw(x) {
        Raw::Plain(_, bytes) => Raw::Plain(-row.exact[0], bytes),
        other => other,
    }
}

/// The value in an object whose payload holds junk beyond it, as memory that is used again does.
fn dirty(x: &Obj) -> Obj {
    let Raw::Plain(_, mut bytes) = raw(x) else { unreachable!("atoms are plain") };
    bytes.resize(8, 0xa5);
    let dirty = Obj::long(i64::from_le_bytes(bytes.try_into().expect("eight bytes")));
    // SAFETY: the object is ours alone, and every atom of at most eight bytes has this layout.
    unsafe { (*dirty.as_raw()).t = x.tag() };
    dirty
}

/// The first eight bytes of an atom's payload.
fn bits(x: &Obj) -> u64 {
    let Raw::Plain(_, mut bytes) = raw(x) else { unreachable!("atoms are plain") };
    bytes.resize(8, 0);
    u64::from_le_bytes(bytes.try_into().expect("eight bytes"))
}

#[test]
fn every_value_comes_back_bit_by_bit() {
    leaves_nothing(|| {
        for library in CALLEES.libraries() {
            for row in &ROWS {
                let same = Bound::new(library, &row.callee("same"), &row.text(), &row.text());
                for x in row.exact.iter().flat_map(|&t| row.extremes(t)) {
                    assert_eq!(same.call(&[dirty(&x)]).map(|r| raw(&r)), Ok(as_result(row, &x)));
                }
            }
        }
    });
}

#[test]
fn the_last_of_ten_arguments_comes_back_off_the_stack() {
    let mut random = Random::new(1);
    for library in CALLEES.libraries() {
        for row in &ROWS {
            let types = row.text().repeat(10);
            let last = Bound::new(library, &row.callee("last"), &types, &row.text());
            for x in row.extremes(row.exact[0]) {
                let mut args: Vec<Obj> = (0..9).map(|_| row.random(&mut random, row.exact[0])).collect();
                args.push(dirty(&x));
                assert_eq!(last.call(&args).map(|r| raw(&r)), Ok(as_result(row, &x)));
            }
        }
    }
}

#[test]
fn narrow_integers_arrive_extended() {
    for library in CALLEES.libraries() {
        for row in ROWS.iter().filter(|row| row.is_narrow()) {
            let in_register = Bound::new(library, &row.callee("widen"), &row.text(), "j");
            let on_stack = Bound::new(library, &row.callee("widen_last"), &row.text().repeat(8), "j");
            for x in row.extremes(row.exact[0]) {
                let wide = Ok(Obj::long(row.widened(bits(&x))));
                assert_eq!(in_register.call(&[dirty(&x)]), wide, "{} {x:?}", row.letter);
                assert_eq!(on_stack.call(&vec![dirty(&x); 8]), wide, "{} {x:?}", row.letter);
            }
        }
    }
}

#[test]
fn narrow_results_ignore_the_rest_of_the_register() {
    let patterns = [0, 1, 0x100, 0x8000_0000, 0xff7f, 0xffff_ffff_ffff_ff00, 0x8080_8080_8080_8080, u64::MAX];
    for library in CALLEES.libraries() {
        for row in ROWS.iter().filter(|row| row.is_narrow()) {
            let junk = Bound::new(library, "junk", "j", &row.text());
            for pattern in patterns {
                let wanted = match row.exact[0] {
                    tag::KB => Obj::bool(pattern as u8 != 0),
                    t => values::atom(-t, row.widened(pattern) as u64),
                };
                assert_eq!(junk.call(&[Obj::long(pattern as i64)]), Ok(wanted), "{}", row.letter);
            }
        }
        let junk = Bound::new(library, "junk_float", "f", "e");
        let halves = f64::from_bits(0xdead_beef_3fc0_0000);
        assert_eq!(junk.call(&[Obj::float(halves)]), Ok(Obj::real(1.5)));
    }
}

#[test]
fn void_is_the_generic_null() {
    leaves_nothing(|| {
        for library in CALLEES.libraries() {
            assert_eq!(Bound::new(library, "nothing", "", " ").call(&[]), Ok(Obj::null()));
        }
    });
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "the system's list of mappings is Linux's")]
fn exact_arguments_never_leave_machine_code() {
    let library = &CALLEES.libraries()[0];
    let guid = values::random_atom(&mut Random::new(2), tag::UU);
    let scalars = ROWS.iter().map(|row| (row.text(), row.extremes(row.exact[0]).swap_remove(1)));
    let others = [
        ("s", Obj::symbol("a")),
        ("s", Obj::string(b"a\0")),
        ("r", Obj::long(0)),
        ("g", guid),
        ("C", Obj::string(b"a\0")),
        ("C", Obj::symbol("a")),
        // An atom in a simple vector would have to be made an object first.
        ("K", Obj::string(b"a")),
    ];
    for (letter, x) in scalars.chain(others.map(|(letter, x)| (letter.to_string(), x))) {
        let caller = Bound::new(library, &format!("caller_{letter}"), &letter, "j");
        caller.each(&|| vec![x.clone()], &mut |form, _, outcome| {
            let address = outcome.expect(form).get::<i64>() as usize;
            let mapping = maps::mapping_of(address).expect("the caller is mapped");
            let is_stub = !["libffi", "callFunction"].iter().any(|slow| form.ends_with(slow));
            assert_eq!(mapping.is_generated_code(), is_stub, "{form} {x:?} {mapping:?}");
        });
    }
}
