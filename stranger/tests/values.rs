//! Values of every type there and back: the server's C function returns what it is given.

use chrono::{NaiveDate, Utc};
use stranger::{Connection, K, Server, compile};

/// A server whose functions `b`, `x`, … return a value of that type, and `B`, `X`, … a vector reversed by C.
fn server() -> Server {
    let library = compile("stranger_types", include_str!("../../tests/c/types.c"));
    let library = library.to_str().expect("UTF-8");
    Server::start(&format!(
        "\\l q/ffi.q\nL:`$\"{library}\"\n\
         {{x set .ffi.fn[(L;`$\"same_\",string x);string x;string x]}} each `b`x`c`h`i`j`e`f`s`p`m`d`z`n`u`v`t`K;\n\
         g:.ffi.fn[(L;`keep_g);\"g\";\"G\"]\n\
         reversed:{{[x] {{[f;v] f[v;count v]; v}}[.ffi.fn[(L;`$\"reverse_\",x);upper[x],\"j\";\" \"]]}}\n\
         {{(`$upper string x) set reversed string x}} each `b`x`h`i`j`e`f`s`p`m`d`z`n`u`v`t`g;\n\
         same_K:.ffi.fn[(L;`same_K);\"K\";\"K\"]\n\
         text:.ffi.fn[(L;`upper);\"C\";\"C\"]\n\
         hypot:.ffi.atomic[`libm`hypot;\"ff\";\"f\"]\nmean:{{hypot[x;4*x%3]}}\n\
         pack:.ffi.pack[\"jf\"]\nunpack:.ffi.unpack[\"jf\"]"
    ))
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 28).expect("a day")
}

/// An atom of every type, by the name of its function.
fn atoms() -> Vec<(&'static str, K)> {
    let moment = day().and_hms_milli_opt(12, 34, 56, 789).expect("a time").and_local_timezone(Utc).unwrap();
    let after = |ms| chrono::Duration::milliseconds(ms);
    vec![
        ("b", K::new_bool(true)),
        ("g", K::new_guid(std::array::from_fn(|i| i as u8))),
        ("x", K::new_byte(0xfe)),
        ("h", K::new_short(-32767)),
        ("i", K::new_int(i32::MIN)),
        ("j", K::new_long(i64::MAX)),
        ("e", K::new_real(-1.5)),
        ("f", K::new_float(f64::MIN_POSITIVE)),
        ("c", K::new_char('q')),
        ("s", K::new_symbol("a symbol".into())),
        ("p", K::new_timestamp(moment)),
        ("m", K::new_month(day())),
        ("d", K::new_date(day())),
        ("z", K::new_datetime(moment)),
        ("n", K::new_timespan(after(-1234567))),
        ("u", K::new_minute(after(60_000 * 754))),
        ("v", K::new_second(after(1000 * 45296))),
        ("t", K::new_time(after(45_296_789))),
    ]
}

/// Vectors, with what C makes of them.
fn vectors() -> Vec<(&'static str, K, K)> {
    vec![
        ("B", K::new_bool_list(vec![true, false, false], 0), K::new_bool_list(vec![false, false, true], 0)),
        ("G", K::new_guid_list(vec![[1; 16], [2; 16]], 0), K::new_guid_list(vec![[2; 16], [1; 16]], 0)),
        ("X", K::new_byte_list(vec![1, 2, 255], 0), K::new_byte_list(vec![255, 2, 1], 0)),
        ("H", K::new_short_list(vec![1, -2], 0), K::new_short_list(vec![-2, 1], 0)),
        ("I", K::new_int_list(vec![1, -2, 3], 0), K::new_int_list(vec![3, -2, 1], 0)),
        ("J", K::new_long_list(vec![i64::MIN, 2], 0), K::new_long_list(vec![2, i64::MIN], 0)),
        ("E", K::new_real_list(vec![1.5, 2.5], 0), K::new_real_list(vec![2.5, 1.5], 0)),
        ("F", K::new_float_list(vec![1.5, -0.0], 0), K::new_float_list(vec![-0.0, 1.5], 0)),
        (
            "S",
            K::new_symbol_list(vec!["a".into(), "bc".into()], 0),
            K::new_symbol_list(vec!["bc".into(), "a".into()], 0),
        ),
        ("J", K::new_long_list(vec![], 0), K::new_long_list(vec![], 0)),
        ("text", K::new_string("a text".into(), 0), K::new_string("A TEXT".into(), 0)),
    ]
}

/// What differs from what is wanted, type and value.
fn difference(what: &str, got: &Result<K, String>, wanted: &K) -> Option<String> {
    let shown = |x: &K| format!("{} of type {}", x, x.get_type());
    let got = got.as_ref().map_or_else(|error| format!("'{error}"), shown);
    (got != shown(wanted)).then(|| format!("{what}: {got}, not {}", shown(wanted)))
}

/// Demands one object where another is wanted.
fn same(what: &str, got: &Result<K, String>, wanted: &K) {
    assert_eq!(difference(what, got, wanted), None);
}

#[test]
fn values_of_every_type_come_back() {
    let server = server();
    let mut connection = Connection::open(&server);
    let mut differences = Vec::new();
    let mut compare = |function: &str, value: &K, wanted: &K| {
        differences.extend(difference(function, &connection.apply(function, value.clone()), wanted));
    };
    for (function, value) in atoms() {
        compare(function, &value, &value);
        compare("same_K", &value, &value);
    }
    for (function, value, wanted) in vectors() {
        compare("same_K", &value, &value);
        compare(function, &value, &wanted);
    }
    let list = K::new_compound_list(vec![K::new_long(1), K::new_string("two".into(), 0), K::new_null()]);
    compare("same_K", &list, &list);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn dictionaries_tables_and_structs_come_back() {
    let server = server();
    let mut connection = Connection::open(&server);
    let names = || K::new_symbol_list(vec!["a".into(), "b".into()], 0);
    let dictionary =
        |a, b| K::new_dictionary(names(), K::new_float_list(vec![a, b], 0)).expect("lengths that match");
    same("a dictionary", &connection.apply("mean", dictionary(3.0, 6.0)), &dictionary(5.0, 10.0));
    let table = |a: Vec<f64>, b: Vec<f64>| {
        let columns = K::new_compound_list(vec![K::new_float_list(a, 0), K::new_float_list(b, 0)]);
        K::new_dictionary(names(), columns).expect("lengths that match").flip().expect("a table")
    };
    same("a table", &connection.apply("mean", table(vec![3.0], vec![6.0])), &table(vec![5.0], vec![10.0]));
    let fields = K::new_compound_list(vec![K::new_long(7), K::new_float(2.5)]);
    let bytes = connection.apply("pack", fields.clone()).expect("bytes");
    assert_eq!(bytes.len(), 16);
    same("a struct", &connection.apply("unpack", bytes), &fields);
}

#[test]
fn errors_come_back_as_q_s() {
    let server = server();
    let mut connection = Connection::open(&server);
    let error = connection.apply("j", K::new_symbol("a".into())).expect_err("an error");
    assert_eq!(error, "type: same_j[0]: j wants long, got symbol");
    assert_eq!(
        connection.ask(&"h 5000000000").expect_err("an error"),
        "range: same_h[0]: 5000000000 does not fit h"
    );
    same("and it goes on", &connection.apply("j", K::new_long(5)), &K::new_long(5));
}
