//! Unions and packed structs: what they take, what is read of them, and what is said of anything else.

use kapi::{Obj, tag};

use crate::support::bound::Bound;
use crate::support::structs::{come_back, pack, unpack};
use crate::support::values::raw;
use crate::support::{call, callee, compile, compilers, fixed, leaves_nothing, native, q, string};

#[test]
fn a_union_takes_one_member_and_gives_all() {
    leaves_nothing(|| {
        come_back(&[
            ("|jf", "(1;1f)", "(4607182418800017408;1f)"),
            ("|jf", "0 1", "(1;4.940656458412465e-324)"),
            ("|jf", "0 1i", "(1;4.940656458412465e-324)"),
            ("|jj", "1 42h", "42 42"),
            ("|i4xh", "(1;0x01020304)", "(67305985i;0x01020304;513h)"),
            ("|i4xh", "(2i;-1h)", "(65535i;0xffff0000;-1h)"),
            ("|4cw", "(0;\"ab\")", "(\"ab\\000\\000\";25185)"),
            ("|4cw", "(0h;`ab)", "(\"ab\\000\\000\";25185)"),
            ("|1c", "(0;\"a\")", "enlist enlist \"a\""),
            ("|by", "(1;2)", "(1b;2i)"),
            ("|{hh}i", "(0;1 2h)", "(1 2h;131073i)"),
            ("|{hh}i", "(0;`a`b!1 2h)", "(1 2h;131073i)"),
            ("h{|ij}h", "(1h;1 2;3h)", "(1h;(2i;2);3h)"),
            ("2{|hi}", "enlist (0 1;1 2)", "enlist ((1h;1i);(2h;2i))"),
            ("|2{|hi}j", "(0;(0 1;1 2))", "(((1h;1i);(2h;2i));8589934593)"),
            ("|r", "0 7", "enlist 7"),
        ]);
        // A row of a table is the fields of a struct, of which one may be a union.
        let rows = pack("i{|jf}", &q("([] a:1 2i; b:((0;5);(1;2.)))")).unwrap();
        let columns = call(&native("columns"), &[rows.clone(), string("i{|jf}"), Obj::long(2)]).unwrap();
        let both = q("(1 2i;((5;2.4703282292062327e-323);(4611686018427387904;2.)))");
        assert_eq!(raw(&columns), raw(&both));
        let members = call(&native("columns"), &[rows.clone(), string("|4xi"), Obj::long(2)]).unwrap();
        assert_eq!(raw(&members), raw(&q("((0x01000000;0x00000000);1 0i)")));
        let second = call(&native("deref"), &[rows.clone(), string("i{|jf}"), Obj::long(1)]).unwrap();
        assert_eq!(raw(&second), raw(&q("(2i;(4611686018427387904;2.))")));
        let at = Obj::list(vec![rows, Obj::long(8)]);
        let peeked = call(&native("peek"), &[at, string("{|ij}"), Obj::long(1)]).unwrap();
        assert_eq!(raw(&peeked), raw(&q("enlist (5i;5)")));
    });
}

#[test]
fn no_pointer_in_a_union_is_followed() {
    leaves_nothing(|| {
        // Were they followed, 1 would be read.
        for types in ["|jsCFK", "|j{s{CK}}", "|j2C", "|j{|s}"] {
            let packed = pack(types, &q("0 1")).unwrap();
            let read = unpack(types, &packed).expect(types);
            assert_eq!(read.tag(), if types == "|jsCFK" { tag::KJ } else { 0 }, "{types}");
        }
        let text = q("\"text\\000\"");
        let packed = pack("|jC", &Obj::list(vec![Obj::long(1), text.clone()])).unwrap();
        let members = unpack("|jC", &packed).unwrap();
        let [address, same] = members.slice::<i64>() else { panic!("two addresses") };
        assert_eq!(address, same);
        assert_eq!(call(&native("string"), &[Obj::long(*address)]).unwrap().slice::<u8>(), b"text");
    });
}

const C: &str = "
#include <stdint.h>
typedef struct __attribute__((packed)) { uint32_t events; union { void *p; int fd; uint32_t u; uint64_t l; } data; } event;
typedef struct { int kind; union { int64_t n; double x; char text[8]; const char *s; } as; } tagged;
typedef union { float x; int32_t i; } word;
int64_t of_event(event e) { return e.events + 1000 * e.data.fd; }
event event_of(uint32_t events, int fd) { event e = { events, { .l = 0 } }; e.data.fd = fd; return e; }
double of_tagged(tagged t) { return t.kind == 0 ? t.as.n : t.kind == 1 ? t.as.x : t.kind == 2 ? t.as.text[1] : t.as.s[2]; }
tagged twice(tagged (*f)(tagged), tagged t) { return f(f(t)); }
word through(word (*f)(word, double), word w) { return f(w, 0.5); }
void fill(tagged *t, int n) { for (int i = 0; i < n; i++) { t[i].kind = 1; t[i].as.x = i + 0.5; } }
word global = { 1.0f };
";

#[test]
fn c_takes_and_returns_them() {
    for compiler in compilers() {
        let library = compile(compiler, &format!("unions_{compiler}"), C);
        let bind = |name: &str, args: &str, ret: &str| Bound::new(&library, name, args, ret);
        leaves_nothing(|| {
            let of_event = bind("of_event", "{!w{|riwj}}", "j");
            assert_eq!(raw(&of_event.call(&[q("(5;(1;7i))")]).unwrap()), raw(&q("7005")));
            assert_eq!(raw(&of_event.call(&[q("(5;(0;::))")]).unwrap()), raw(&q("5")));
            let event_of = bind("event_of", "wi", "{!w{|riwj}}");
            let spec = Obj::list(vec![string("{!w{|riwj}}"), callee(&library, "event_of")]);
            let once = call(&native("callFunction"), &[spec, q("(5i;7i;::)")]).unwrap();
            assert_eq!(raw(&once), raw(&q("(5;(7;7i;7;7))")));
            assert_eq!(raw(&event_of.call(&[q("5"), q("7i")]).unwrap()), raw(&q("(5;(7;7i;7;7))")));
            let of_tagged = bind("of_tagged", "{i{|jf8cs}}", "f");
            for (given, wanted) in [
                ("(0i;0 42)", 42.),
                ("(1i;(1;2.5))", 2.5),
                ("(2i;(2;\"ab\"))", f64::from(b'b')),
                ("(3i;(3;`xyz))", f64::from(b'z')),
                ("(3i;(3;\"xyz\"))", f64::from(b'z')),
            ] {
                assert_eq!(of_tagged.call(&[q(given)]).unwrap().get::<f64>(), wanted, "{given}");
            }
            let text = "domain: of_tagged[0;1;0]: {|jf8cs} has members 0 to 3, got 4";
            assert_eq!(of_tagged.call(&[q("(0i;4 0)")]).unwrap_err(), text);
            let global = Obj::list(vec![string("{|ei}"), callee(&library, "global")]);
            let global = call(&native("cvar"), &[global]).unwrap();
            assert_eq!(raw(&global), raw(&q("(1e;1065353216i)")));
        });
    }
}

#[test]
fn callbacks_take_and_return_them() {
    for compiler in compilers() {
        let library = compile(compiler, &format!("unions_{compiler}"), C);
        let specification = |f: &str, args: &str, ret: &str| Obj::list(vec![q(f), string(args), string(ret)]);
        let twice = fixed(callee(&library, "twice"), "k{i{|jf8c}}", "{i{|jf8c}}").unwrap();
        let through = fixed(callee(&library, "through"), "k{|ei}", "{|ei}").unwrap();
        leaves_nothing(|| {
            let next = specification("{(x 0;(0;2*x[1;0]))}", "{i{|jf8c}}", "{i{|jf8c}}");
            let result = call(&twice, &[next, q("(7i;0 3)")]).unwrap();
            assert_eq!(
                raw(&result),
                raw(&q("(7i;(12;5.9287877500949585e-323;\"\\014\\000\\000\\000\\000\\000\\000\\000\"))"))
            );
            let half = specification("{(0;y*x 0)}", "{|ei}f", "{|ei}");
            assert_eq!(raw(&call(&through, &[half, q("(0;3e)")]).unwrap()), raw(&q("(1.5e;1069547520i)")));
            let bad = specification("{[x;y](5;0)}", "{|ei}f", "{|ei}");
            let text = "domain: callback[0]: {|ei} has members 0 to 1, got 5";
            assert_eq!(call(&through, &[bad, q("(0;3e)")]).unwrap_err(), text);
        });
    }
}

#[test]
fn c_fills_an_array_of_them() {
    for compiler in compilers() {
        let library = compile(compiler, &format!("unions_{compiler}"), C);
        let fill = fixed(callee(&library, "fill"), "ri", " ").unwrap();
        leaves_nothing(|| {
            let memory = call(&native("malloc"), &[Obj::long(48)]).unwrap();
            call(&fill, &[memory.clone(), Obj::int(3)]).unwrap();
            let columns = call(&native("columns"), &[memory, string("i{|fjC}"), Obj::long(3)]).unwrap();
            let doubles: Vec<f64> = columns.items()[1].items().iter().map(|x| x.items()[0].get()).collect();
            assert_eq!(doubles, [0.5, 1.5, 2.5]);
        });
    }
}
