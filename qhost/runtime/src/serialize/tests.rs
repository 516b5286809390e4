use super::*;
use crate::api::runtime::{b9, d9, errors::take_pending, okx};
use crate::heap::live_here;
use crate::object::tag;
use crate::{IS_LIBE, Obj, Symbol};
use proptest::prelude::*;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Messages written by KX's own C library.
#[test]
fn agrees_with_kdb() {
    let sym_a = Obj::symbols(["a"]);
    let longs = Obj::from_slice(tag::KJ, &[7i64]);
    let dict = Obj::dict(sym_a.clone(), longs.clone());
    let table = Obj::table(Obj::dict(sym_a.clone(), Obj::list(vec![longs])));
    let mut sorted = Obj::zeroed(tag::KJ, 2);
    sorted.set_attribute(1);
    let known = [
        (Obj::long(1), "0100000011000000f90100000000000000"),
        (sym_a, "01000000100000000b00010000006100"),
        (Obj::int(5), "010000000d000000fa05000000"),
        (Obj::symbol("ab"), "010000000c000000f5616200"),
        (
            Obj::list(vec![Obj::long(1), Obj::int(2)]),
            "010000001c000000000002000000f90100000000000000fa02000000",
        ),
        (dict, "010000001f000000630b000100000061000700010000000700000000000000"),
        (Obj::null(), "010000000a0000006500"),
        (Obj::atom(tag::OPERATOR, 1i64), "010000000a0000006601"),
        (Obj::atom(tag::UNARY, -1i64), "010000000a00000065ff"),
        (table, "01000000270000006200630b000100000061000000010000000700010000000700000000000000"),
        (Obj::guid([0xab; 16]), "0100000019000000feabababababababababababababababab"),
        (Obj::error(Symbol::from("type")), "010000000e000000807479706500"),
        (Obj::string(b"abc"), "01000000110000000a0003000000616263"),
        (Obj::list(vec![]), "010000000e000000000000000000"),
        (sorted, "010000001e00000007010200000000000000000000000000000000000000"),
    ];
    for (object, bytes) in known {
        assert_eq!(hex(&message(3, &object).unwrap()), bytes);
        assert_eq!(parse(&message(3, &object).unwrap()).unwrap(), object);
    }
}

#[test]
fn big_endian_messages_are_read() {
    let mut bytes = vec![0, 0, 0, 0, 0, 0, 0, 22, 7, 0, 0, 0, 0, 1];
    bytes.extend(0x0102_0304_0506_0708i64.to_be_bytes());
    assert_eq!(parse(&bytes).unwrap(), Obj::from_slice(tag::KJ, &[0x0102_0304_0506_0708i64]));
}

#[test]
fn sorted_dictionaries_have_a_type_of_their_own() {
    let mut dict = Obj::dict(Obj::from_slice(tag::KI, &[1i32]), Obj::from_slice(tag::KI, &[2i32]));
    dict.set_attribute(1);
    let bytes = message(3, &dict).unwrap();
    assert_eq!((bytes[8], parse(&bytes).unwrap().attribute()), (127, 1));
}

#[test]
fn a_valid_message_has_no_booleans_but_0_and_1() {
    for (byte, valid) in [(0_u8, true), (1, true), (2, false), (0xff, false)] {
        let vector = Obj::from_slice(tag::KB, &[1, byte]);
        for object in [vector.index(1), Obj::list(vec![Obj::long(1), vector.clone()]), vector] {
            let bytes = Obj::from_slice(tag::KG, &message(3, &object).unwrap());
            // SAFETY: a live byte vector; the result is ours.
            unsafe {
                assert_eq!(okx(bytes.as_raw()), i32::from(valid), "{object:?}");
                assert_eq!(Obj::from_raw(d9(bytes.as_raw())), object, "it can be read nevertheless");
            }
        }
    }
}

#[test]
fn old_modes_lack_some_types() {
    let objects =
        tag::TYPES.iter().flat_map(|row| [Obj::zeroed(row.tag, 2), Obj::zeroed(row.tag, 1).index(0)]);
    for object in objects {
        for mode in -2..8 {
            let lacks = match object.tag().abs() {
                tag::KP | tag::KN => mode == 0,
                tag::UU => (0..3).contains(&mode),
                _ => false,
            };
            assert_eq!(message(mode, &object).is_err(), lacks, "{object:?} in mode {mode}");
            // SAFETY: a live object; the result is ours, and null with an error pending.
            let by_c = unsafe { b9(mode, object.as_raw()) };
            assert_eq!(by_c.is_null(), lacks, "{object:?} in mode {mode}");
            assert_eq!(take_pending().is_some(), lacks);
            // SAFETY: as above; null becomes `::`.
            drop(unsafe { Obj::from_raw(by_c) });
        }
    }
}

#[test]
fn errors_are_named() {
    let text = |result: crate::R<Vec<u8>>| result.unwrap_err().text.clone();
    assert_eq!(text(message(0, &Obj::atom(-tag::KP, 0i64))), "type");
    assert_eq!(text(message(3, &Obj::pointers(tag::FOREIGN, &[]))), "type");
    assert_eq!(text(message(3, &Obj::extern_box(Box::new(())))), "type");
    let deep = (0..1000).fold(Obj::long(0), |inner, _| Obj::list(vec![inner]));
    assert_eq!(text(message(3, &deep)), "limit");
    let mut message = [1, 0, 0, 0, 0, 0, 0, 0].to_vec();
    message.extend([0, 0, 1, 0, 0, 0].repeat(100_000));
    let length = (message.len() as i32).to_le_bytes();
    message[4..8].copy_from_slice(&length);
    assert_eq!(parse(&message).unwrap_err().text, "limit");
}

#[test]
fn the_c_functions_borrow_and_balance() {
    let before = live_here();
    let object = Obj::list(vec![Obj::long(1), Obj::symbols(["a", ""]), Obj::string(b"text")]);
    // SAFETY: live objects; the results are ours.
    unsafe {
        let bytes = Obj::from_raw(b9(3, object.as_raw()));
        assert_eq!((okx(bytes.as_raw()), okx(object.as_raw())), (1, 0));
        assert_eq!(Obj::from_raw(d9(bytes.as_raw())), object);
        assert!(d9(object.as_raw()).is_null());
        assert_eq!(take_pending().unwrap().text, if IS_LIBE { "length" } else { "type" });
    }
    drop(object);
    assert_eq!(live_here(), before);
}

fn leaf() -> impl Strategy<Value = Obj> {
    let bytes = prop::collection::vec(any::<u8>(), 0..64);
    let plain = prop::sample::select(tag::TYPES.map(|row| row.tag).to_vec());
    let vector = (plain, bytes).prop_map(|(t, mut bytes)| {
        bytes.truncate(bytes.len() / tag::width(t) * tag::width(t));
        if t == tag::KB {
            bytes.iter_mut().for_each(|byte| *byte &= 1);
        }
        if t == tag::KS {
            Obj::vector(t, bytes.iter().map(|byte| Symbol::new(&[byte % 4])))
        } else {
            Obj::from_plain_bytes(t, &bytes)
        }
    });
    (vector, any::<bool>()).prop_map(|(vector, as_atom)| if as_atom { vector.index(0) } else { vector })
}

fn object() -> impl Strategy<Value = Obj> {
    leaf().prop_recursive(4, 40, 5, |inner| {
        let items = || prop::collection::vec(inner.clone(), 0..5);
        prop_oneof![
            items().prop_map(Obj::list),
            items().prop_map(|items| Obj::list_as(tag::COMPOSITION, items)),
            items().prop_map(|items| Obj::dict(Obj::zeroed(tag::KI, items.len()), Obj::list(items))),
            items().prop_map(|items| {
                let columns =
                    items.iter().map(|item| Obj::from_items(vec![item.clone(); 3])).collect::<Vec<_>>();
                let mut columns = columns.into_iter().filter(Obj::is_list).collect::<Vec<_>>();
                columns.push(Obj::string(b"abc"));
                let names = Obj::symbols((0..columns.len()).map(|i| Symbol::from(format!("c{i}").as_str())));
                Obj::table(Obj::dict(names, Obj::list(columns)))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn objects_survive_the_round_trip(object in object()) {
        let bytes = message(3, &object).unwrap();
        prop_assert_eq!(bytes.len(), i32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize);
        prop_assert!(is_valid(&bytes));
        // SAFETY: live objects; the results are ours. With the feature `libe` these functions are KX's.
        unsafe {
            let by_c = Obj::from_raw(b9(3, object.as_raw()));
            prop_assert_eq!(by_c.slice::<u8>(), &bytes);
            prop_assert_eq!(okx(by_c.as_raw()), 1);
            prop_assert_eq!(Obj::from_raw(d9(by_c.as_raw())), object.clone());
        }
        prop_assert_eq!(parse(&bytes).unwrap(), object);
    }

    #[test]
    fn damaged_messages_are_refused_or_read_but_never_worse(object in object(), at in any::<usize>(), byte: u8, cut: usize) {
        let before = live_here();
        let mut bytes = message(3, &object).unwrap();
        let n = bytes.len();
        bytes[at % n] = byte;
        drop(parse(&bytes));
        prop_assert!(parse(&bytes[..cut % n]).is_err());
        prop_assert_eq!(live_here(), before);
    }
}
