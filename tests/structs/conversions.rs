//! What a struct takes from q and what it gives back, and what it says of anything else.

use kapi::{Obj, Symbol, tag};

use crate::support::structs::{come_back, pack, unpack};
use crate::support::values::raw;
use crate::support::{call, callee, compile, fixed, leaves_nothing, list_form, native, q, string};

fn bytes(x: &Obj) -> &[u8] {
    x.slice()
}

fn sizeof(types: &str) -> Result<i64, String> {
    call(&native("sizeof"), &[string(types)]).map(|x| x.get())
}

#[test]
fn a_list_a_vector_and_a_dictionary_are_fields_in_order() {
    leaves_nothing(|| {
        let expected = [1_i32.to_le_bytes(), 2.5_f32.to_le_bytes()].concat();
        for source in ["(1i;2.5e)", "`a`b!(1i;2.5e)", "(1;2.5)", "(0x01;2.5)"] {
            assert_eq!(bytes(&pack("ie", &q(source)).unwrap()), expected, "{source}");
        }
        for source in ["1 2i", "1 2", "1 2h", "`x`y!1 2", "(1i;2)", "0x0102"] {
            assert_eq!(bytes(&pack("ii", &q(source)).unwrap()), [1, 0, 0, 0, 2, 0, 0, 0], "{source}");
        }
        // Two dictionaries with the same keys are a table.
        let points = "(`x`y!1 2.;`x`y!3 4.)";
        assert_eq!(pack("{ff}{ff}", &q(&format!("`p`q!{points}"))).unwrap().len(), 32);
        let nested = pack("i2{ff}", &Obj::list(vec![Obj::int(7), q(points)])).unwrap();
        assert_eq!(raw(&unpack("i2{ff}", &nested).unwrap()), raw(&q("(7i;(1 2.;3 4.))")));
        // The rows of a table are structs side by side.
        assert_eq!(bytes(&pack("xx", &q("([]a:0x0103;b:0x0204)")).unwrap()), [1, 2, 3, 4]);
    });
}

#[test]
fn arrays_take_vectors_of_their_length_and_shorter_texts() {
    leaves_nothing(|| {
        let packed = pack("4c2h3x", &q("(\"ab\";1 2h;0x010203)")).unwrap();
        assert_eq!(bytes(&packed), [97, 98, 0, 0, 1, 0, 2, 0, 1, 2, 3, 0]);
        assert_eq!(raw(&unpack("4c2h3x", &packed).unwrap()), raw(&q("(\"ab\\000\\000\";1 2h;0x010203)")));
        for source in ["enlist `ab", "enlist \"ab\"", "enlist 0x61620000", "enlist \"ab\\000\\000\""] {
            assert_eq!(bytes(&pack("4c", &q(source)).unwrap()), b"ab\0\0", "{source}");
        }
        // An array of one is a vector of one.
        come_back(&[("1i", "enlist enlist 5i", "enlist enlist 5i")]);
        // Elements convert one by one.
        come_back(&[("3f", "enlist 1 2 3", "enlist 1 2 3f"), ("2f", "enlist (1i;2e)", "enlist 1 2f")]);
    });
}

#[test]
fn fields_come_back_as_a_list_that_collapses() {
    leaves_nothing(|| {
        for (types, value) in [
            ("ff", "1 2f"),
            ("i", "enlist 1i"),
            ("jl", "1 2"),
            ("if", "(1i;2f)"),
            ("cc", "\"ab\""),
            ("ss", "`ab`c"),
            ("gg", "2#0Ng"),
            ("b2b", "(1b;01b)"),
            ("mdz", "(2000.01m;2000.01.02;2000.01.01T12:00:00.000)"),
            ("{i{f}}c", "((1i;enlist 2f);\"x\")"),
            ("2{ii}", "enlist (1 2i;3 4i)"),
        ] {
            assert_eq!(pack(types, &q(value)).unwrap().len() as i64, sizeof(types).unwrap());
            come_back(&[(types, value, value)]);
        }
        // Any byte but zero is true, as in C.
        assert_eq!(raw(&unpack("b2b", &q("0x020300")).unwrap()), raw(&q("(1b;10b)")));
    });
}

#[test]
fn fields_lie_where_c_says() {
    const C: &str = "struct inner { char c; double d; };\n\
        struct s { char c; union { int i; double u; }; struct inner in[2]; short h[3]; char end; };\n";
    /// In C's words, by name in q's, and by number.
    const FIELDS: &[(&str, &str, &str)] = &[
        ("c", "`c", "0"),
        ("u", "`u", "1 1"),
        ("in", "`in", "enlist 2"),
        ("in[1].d", "(`in;1;`d)", "2 1 1i"),
        ("h[2]", "(`h;2)", "3 2"),
        ("end", "enlist`end", "4i"),
    ];
    let all: String = FIELDS.iter().map(|(field, ..)| format!("offsetof(struct s, {field}), ")).collect();
    let source =
        format!("#include <stddef.h>\n{C}long at(int i) {{ long all[] = {{{all}}}; return all[i]; }}\n");
    let at = fixed(callee(&compile("gcc", "struct_offsets", &source), "at"), "i", "j").unwrap();
    let declared = call(&native("cdef"), &[Obj::symbol(""), string(C)]).unwrap();
    let (names, types) = declared.items()[0].dict_parts();
    let named = names.slice::<Symbol>().iter().position(|name| name.as_str() == "s").expect("declared");
    leaves_nothing(|| {
        for (i, (field, name, numbers)) in FIELDS.iter().enumerate() {
            let wanted = call(&at, &[Obj::int(i as i32)]);
            let offset = |types: Obj, field: &str| call(&native("offsetof"), &[types, q(field)]);
            assert_eq!(offset(types.items()[named].clone(), name), wanted, "{field}");
            assert_eq!(offset(string("c{|if}2{cf}3hc"), numbers), wanted, "{field}");
        }
    });
}

#[test]
fn pointers_in_structs_are_followed_when_they_are_read() {
    leaves_nothing(|| {
        let source = "struct s { int *i; const char *c; const char *s; void *r; };\n\
                      long sum(struct s x) { return *x.i + (x.c ? x.c[0] : 0) + (x.s ? x.s[1] : 0) + (long)x.r; }\n\
                      struct s same(struct s x) { return x; }\n";
        let library = compile("gcc", "struct_pointers", source);
        let sum = fixed(callee(&library, "sum"), "{ICsr}", "j").unwrap();
        let same = fixed(callee(&library, "same"), "{ICsr}", "{ICsr}").unwrap();
        // A string without its NUL and an atom stand in copies that live for the call.
        let value = q("(1 2i;\"abc\";`xyz;1000)");
        assert_eq!(call(&sum, std::slice::from_ref(&value)).unwrap().get::<i64>(), 1 + 97 + 121 + 1000);
        assert_eq!(raw(&call(&same, &[value]).unwrap()), raw(&q("(1i;\"abc\";`xyz;1000)")));
        assert_eq!(raw(&call(&same, &[q("(7i;::;::;::)")]).unwrap()), raw(&q("(7i;\"\";`;0)")));
        // Packed bytes outlive the call, so they point only to what does too.
        let outlives =
            "wants what outlives the call: a symbol, or a vector (a string that ends in \"\\000\")";
        for (types, value, index, got) in [
            ("C", "enlist \"abc\"", 0, "char vector"),
            ("iI", "1 2i", 1, "int"),
            ("s", "enlist \"a\"", 0, "char vector"),
        ] {
            let letter = types.chars().last().unwrap();
            let text = format!("type: pack: v[{index}]: {letter} {outlives}, got {got}");
            // "a" is a char; a string of one is what is meant.
            let value = if types == "s" { q("enlist enlist \"a\"") } else { q(value) };
            assert_eq!(pack(types, &value).unwrap_err(), text);
        }
        come_back(&[
            ("sCI", "(`abc;\"def\\000\";enlist 5i)", "(`abc;\"def\";5i)"),
            ("CC", "`ab`c", "(\"ab\";enlist \"c\")"),
        ]);
    });
}

#[test]
fn what_is_no_bytes_of_a_struct_is_refused() {
    leaves_nothing(|| {
        assert_eq!(unpack("ij", &q("0x0102")).unwrap_err(), "length: unpack: {ij} has 16 bytes, got 2");
        assert_eq!(unpack("ij", &q("1 2")).unwrap_err(), "type: unpack: bytes wants bytes, got long vector");
        assert_eq!(
            call(&native("sizeof"), &[q("1 2")]).unwrap_err(),
            "type: sizeof: types wants string or char, got long vector"
        );
    });
}

#[test]
fn errors_of_arguments_name_function_argument_and_field() {
    leaves_nothing(|| {
        let div = list_form(Obj::symbol("inet_ntoa"), "{i}", "C").unwrap();
        for (argument, text) in [
            (q("enlist `a"), "type: inet_ntoa[0;0]: i wants int, got symbol"),
            (q("enlist 5000000000"), "range: inet_ntoa[0;0]: 5000000000 does not fit i"),
            (q("5i"), "type: inet_ntoa[0]: {i} wants a list of its fields, got int"),
            (q("1 2i"), "length: inet_ntoa[0]: {i} wants 1 field, got 2"),
        ] {
            assert_eq!(call(&div, &[Obj::list(vec![argument])]).unwrap_err(), text);
        }
        let address = call(&div, &[Obj::list(vec![q("enlist 16777343i")])]).unwrap();
        assert_eq!(bytes(&address), b"127.0.0.1");
    });
}

#[test]
fn signatures_that_no_struct_has_are_refused() {
    leaves_nothing(|| {
        assert_eq!(sizeof(&("{".repeat(15) + "c" + &"}".repeat(15))).unwrap(), 1);
        let large = fixed(Obj::symbol("abs"), "{1048576c}{c}", "i")
            .and_then(|f| call(&f, &[q("enlist \"\""), q("enlist \"\"")]));
        assert_eq!(large.unwrap_err(), "limit: structs of over 1048576 bytes by value");
        let variadic = call(&native("callback"), &[q("{x}"), string("i..."), string("i")]);
        assert_eq!(variadic.unwrap_err(), "nyi: callbacks with variable arguments");
    });
}

#[test]
fn a_large_struct_goes_by_value_and_comes_back() {
    leaves_nothing(|| {
        let library = compile(
            "gcc",
            "struct_large",
            "struct large { char c[65536]; double x; };\n\
             struct large add(struct large a, int i) { a.c[i]++; a.x += i; return a; }\n",
        );
        let add = fixed(callee(&library, "add"), "{65536cf}i", "{65536cf}").unwrap();
        let text = vec![b'a'; 65536];
        let given = Obj::list(vec![Obj::string(&text), Obj::float(0.5)]);
        let result = call(&add, &[given, Obj::int(65535)]).unwrap();
        assert_eq!(bytes(&result.items()[0])[65534..], *b"ab");
        assert_eq!(result.items()[1].get::<f64>(), 65535.5);
    });
}

#[test]
fn a_failing_callback_gives_c_zeros_and_the_error_to_q() {
    leaves_nothing(|| {
        let library = compile(
            "gcc",
            "struct_failing",
            "struct pair { double x, y; long z; };\n\
             double seen;\n\
             struct pair twice(struct pair (*f)(struct pair), struct pair p) {\n\
               struct pair r = f(f(p)); seen = r.x + r.y + r.z; return r; }\n",
        );
        let twice = fixed(callee(&library, "twice"), "k{ffj}", "{ffj}").unwrap();
        let through = |body: &str| {
            let function = Obj::list(vec![q(body), string("{ffj}"), string("{ffj}")]);
            call(&twice, &[function, q("(1.;2.;3)")])
        };
        assert_eq!(raw(&through("{(2*x 0;x 1;x 2)}").unwrap()), raw(&q("(4.;2.;3)")));
        assert_eq!(through("{'\"no\"}").unwrap_err(), "no");
        assert_eq!(
            through("{x 0}").unwrap_err(),
            "type: callback: {ffj} wants a list of its fields, got float"
        );
        assert_eq!(through("{(1.;2.;`)}").unwrap_err(), "type: callback[2]: j wants long, got symbol");
        let seen =
            call(&native("cvar"), &[Obj::list(vec![Obj::char(b'f'), callee(&library, "seen")])]).unwrap();
        assert_eq!(seen.get::<f64>(), 0.0);
    });
}

#[test]
fn a_callback_object_with_structs_ends_with_its_last_reference() {
    let library = compile(
        "gcc",
        "struct_object",
        "struct pair { int a; float b; };\n\
         double apply(double (*f)(struct pair, float), struct pair p) { return f(p, 0.5f); }\n",
    );
    let apply = fixed(callee(&library, "apply"), "k{ie}", "f").unwrap();
    leaves_nothing(|| {
        let f = call(&native("callback"), &[q("{x[0]+x[1]+y}"), string("{ie}e"), string("f")]).unwrap();
        assert_eq!(call(&apply, &[f, q("(3i;0.25e)")]).unwrap().get::<f64>(), 3.75);
    });
}

#[test]
fn a_variable_may_be_a_struct() {
    leaves_nothing(|| {
        let library =
            compile("gcc", "struct_variable", "struct { int a; char b[4]; } both = { 5, \"abc\" };\n");
        let spec = Obj::list(vec![string("{i4c}"), callee(&library, "both")]);
        assert_eq!(raw(&call(&native("cvar"), &[spec]).unwrap()), raw(&q("(5i;\"abc\\000\")")));
    });
}

#[test]
fn call_function_returns_structs() {
    leaves_nothing(|| {
        let args = Obj::list(vec![Obj::int(17), Obj::int(5), Obj::null()]);
        let div = call(&native("callFunction"), &[Obj::list(vec![string("{ii}"), Obj::symbol("div")]), args]);
        assert_eq!(div.unwrap().slice::<i32>(), [3, 2]);
        assert_eq!(q("1 2i").tag(), tag::KI);
    });
}
