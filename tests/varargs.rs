//! Variable arguments: their promotions, their places, and the two ways to give their types.

mod support;

use std::cell::Cell;

use kapi::{Obj, tag};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use support::names::{EXECL, SNPRINTF, here};
use support::{call, compile, compilers, fixed, leaves_nothing, list_form, spec, string, transcript};

const OUT: usize = 8192;

/// An argument with its type character and what the callee shows of it.
#[derive(Debug, Clone)]
enum Argument {
    Bool(bool),
    Byte(u8),
    Char(u8),
    Short(i16),
    Int(i32),
    Long(i64),
    Real(f32),
    Float(f64),
    Symbol(String),
    Text(String),
    Doubles(f64),
    Pair(f64, f32),
    Large(i64, i64),
}

impl Argument {
    /// The type text, the letter by which the callee knows it, and whether q data alone tells the type.
    fn types(&self) -> (&'static str, char, bool) {
        match self {
            Self::Bool(_) => ("b", 'b', true),
            Self::Byte(_) => ("x", 'x', true),
            // It may be meant as a text of one.
            Self::Char(_) => ("c", 'c', false),
            Self::Short(_) => ("h", 'h', true),
            Self::Int(_) => ("i", 'i', true),
            Self::Long(_) => ("j", 'j', true),
            Self::Real(_) => ("e", 'e', true),
            Self::Float(_) => ("f", 'f', true),
            Self::Symbol(_) => ("s", 's', true),
            Self::Text(_) => ("C", 'C', true),
            Self::Doubles(_) => ("F", 'F', true),
            Self::Pair(..) => ("{fe}", 'p', false),
            Self::Large(..) => ("{5j}", 'q', false),
        }
    }

    fn object(&self) -> Obj {
        match self {
            Self::Bool(x) => Obj::bool(*x),
            Self::Byte(x) => Obj::byte(*x),
            Self::Char(x) => Obj::char(*x),
            Self::Short(x) => Obj::short(*x),
            Self::Int(x) => Obj::int(*x),
            Self::Long(x) => Obj::long(*x),
            Self::Real(x) => Obj::real(*x),
            Self::Float(x) => Obj::float(*x),
            Self::Symbol(x) => Obj::symbol(x),
            Self::Text(x) => Obj::string(x.as_bytes()),
            Self::Doubles(x) => Obj::from_slice(tag::KF, &[*x]),
            Self::Pair(x, y) => Obj::list(vec![Obj::float(*x), Obj::real(*y)]),
            Self::Large(a, b) => Obj::list(vec![Obj::from_slice(tag::KJ, &[*a, 0, 0, 0, *b])]),
        }
    }

    fn shown(&self) -> String {
        let bits = |f: f64| format!("{:016x} ", f.to_bits());
        match self {
            Self::Bool(x) => format!("{} ", i32::from(*x)),
            Self::Byte(x) => format!("{x} "),
            Self::Char(x) if cfg!(target_arch = "x86_64") => format!("{} ", *x as i8),
            Self::Char(x) => format!("{x} "),
            Self::Short(x) => format!("{x} "),
            Self::Int(x) => format!("{x} "),
            Self::Long(x) => format!("{x} "),
            Self::Real(x) => bits(f64::from(*x)),
            Self::Float(x) => bits(*x),
            Self::Symbol(x) | Self::Text(x) => format!("{x} "),
            Self::Doubles(x) => format!("{x} "),
            Self::Pair(x, y) => format!("{x},{y} "),
            Self::Large(a, b) => format!("{a},{b} "),
        }
    }
}

fn argument() -> impl Strategy<Value = Argument> {
    let text = || "[a-z]{0,9}";
    prop_oneof![
        any::<bool>().prop_map(Argument::Bool),
        any::<u8>().prop_map(Argument::Byte),
        any::<u8>().prop_map(Argument::Char),
        any::<i16>().prop_map(Argument::Short),
        any::<i32>().prop_map(Argument::Int),
        any::<i64>().prop_map(Argument::Long),
        any::<f32>().prop_map(Argument::Real),
        any::<f64>().prop_map(Argument::Float),
        any::<f64>().prop_map(Argument::Float),
        text().prop_map(Argument::Symbol),
        text().prop_map(Argument::Text),
        (-999..999).prop_map(|n| Argument::Doubles(f64::from(n))),
        (-999..999, -99..99_i8).prop_map(|(x, y)| Argument::Pair(f64::from(x) / 4.0, f32::from(y) / 2.0)),
        any::<(i64, i64)>().prop_map(|(a, b)| Argument::Large(a, b)),
    ]
}

fn arguments() -> impl Strategy<Value = Vec<Argument>> {
    prop::collection::vec(argument(), 0..48)
}

fn text_of(out: &Obj) -> String {
    let bytes = out.slice::<u8>();
    let end = bytes.iter().position(|&b| b == 0).expect("the callee ends its text");
    String::from_utf8(bytes[..end].to_vec()).expect("the callee writes ASCII")
}

/// Calls `after_two`, with the types at binding or from the data.
fn two(library: &str, typed: bool, values: &[Argument]) -> String {
    let types: String = values.iter().map(|v| v.types().0).collect();
    let letters: String = values.iter().map(|v| v.types().1).collect();
    let args = if typed { format!("CC...{types}") } else { "CC...".into() };
    let f = list_form(spec(library, "after_two"), &args, "i").expect("the signature is right");
    let out = Obj::zeroed(tag::KC, OUT);
    let mut items = vec![out.clone(), Obj::string(letters.as_bytes())];
    items.extend(values.iter().map(Argument::object));
    let n = call(&f, &[Obj::list(items)]).expect("the arguments fit");
    let text = text_of(&out);
    assert_eq!(n.get::<i32>() as usize, text.len());
    text
}

#[test]
fn random_variadic_calls_agree_with_c() {
    let many = Cell::new(0);
    for compiler in compilers() {
        let library = compile(compiler, &format!("varargs_{compiler}"), include_str!("c/varargs.c"));
        let library = library.to_str().expect("the path is text");
        let mut runner = TestRunner::deterministic();
        runner
            .run(&arguments(), |values| {
                let expected: String = values.iter().map(Argument::shown).collect();
                prop_assert_eq!(two(library, true, &values), expected.clone());
                if values.iter().all(|v| v.types().2) {
                    prop_assert_eq!(two(library, false, &values), expected);
                }
                let floats = values.iter().filter(|v| matches!(v.types().0, "e" | "f")).count();
                many.set(many.get() + usize::from(floats > 8 && values.len() - floats > 8));
                Ok(())
            })
            .unwrap();
    }
    assert!(many.get() > 10, "{} calls had more than eight of each kind", many.get());
}

/// Calls a function of the C library through `.ffi.bind`, whose list form this is.
fn libc(function: &str, args: &str, items: Vec<Obj>) -> Result<Obj, String> {
    call(&list_form(Obj::symbol(function), args, "i")?, &[Obj::list(items)])
}

#[test]
fn fixed_parameters_of_each_kind_may_precede() {
    for compiler in compilers() {
        let library = compile(compiler, &format!("mixed_{compiler}"), include_str!("c/varargs.c"));
        let f = spec(library.to_str().expect("the path is text"), "after_mixed");
        let f = fixed(f, "fCehCf...ei", "f").unwrap();
        let out = Obj::zeroed(tag::KC, OUT);
        let items =
            [Obj::float(1.5), out.clone(), Obj::real(0.25), Obj::short(-3), string("ei\0"), Obj::float(8.0)];
        let varying = [Obj::real(2.5), Obj::int(-7)];
        let result = call(&f, &[items.as_slice(), &varying].concat()).unwrap();
        assert_eq!(text_of(&out), "4004000000000000 -7 ");
        assert_eq!(result.get::<f64>(), 1.5 + 0.25 - 3.0 + 8.0 + 20.0);
    }
}

#[test]
fn the_printf_family_prints_what_c_prints() {
    leaves_nothing(|| {
        let printed = |args: &str, format: &str, values: Vec<Obj>| {
            let out = Obj::zeroed(tag::KC, 100);
            let items = [vec![out.clone(), Obj::long(100), string(format)], values].concat();
            let n = libc(SNPRINTF, args, items).unwrap();
            assert_eq!(n.get::<i32>() as usize, text_of(&out).len());
            text_of(&out)
        };
        let values =
            |first: Obj| vec![first, Obj::real(1.5), Obj::short(-2), Obj::bool(true), Obj::symbol("abc")];
        let format = "%c %.2f %hd %d %s";
        assert_eq!(printed("CjC...cehbs", format, values(Obj::char(b'q'))), "q 1.50 -2 1 abc");
        assert_eq!(printed("CjC...", format, values(Obj::int(b'q'.into()))), "q 1.50 -2 1 abc");
        // Types given at binding convert as those of fixed parameters do.
        assert_eq!(printed("CjC...fj", "%g %ld", vec![Obj::long(2), Obj::int(3)]), "2 3");
        assert_eq!(printed("CjC...", "none", vec![]), "none");
        let null = if cfg!(windows) { "0000000000000000 5" } else { "(nil) 5" };
        assert_eq!(printed("CjC...", "%p %d", vec![Obj::null(), Obj::int(5)]), null);
        assert_eq!(printed("CjC...", "%s|", vec![string("text")]), "text|");
    });
}

#[test]
fn a_char_is_neither_a_text_nor_a_character() {
    leaves_nothing(|| {
        let out = || Obj::zeroed(tag::KC, 9);
        let call_with = |args: &str, x: Obj| {
            libc(SNPRINTF, args, vec![out(), Obj::long(9), string("%s"), Obj::symbol("a"), x])
        };
        let text = here(
            "type: snprintf[4]: ... wants enlist of a char that is a text, \"i\"$ of one that is a character, \
                    got char",
        );
        assert_eq!(call_with("CjC...", Obj::char(b'x')), Err(text));
        for (args, x) in [("CjC...", string("x")), ("CjC...", Obj::int(120)), ("CjC...sc", Obj::char(b'x'))] {
            assert_eq!(call_with(args, x), Ok(Obj::int(1)), "{args}");
        }
        // ffikdb's function takes chars as C's int, and no text in place of the list of arguments.
        let call_function = support::native("callFunction");
        let toupper = |args: Obj| call(&call_function, &[Obj::symbol("toupper"), args]);
        assert_eq!(toupper(Obj::list(vec![Obj::char(b'x'), Obj::null()])), Ok(Obj::int(b'X'.into())));
        let text = "type: callFunction: args wants a list, got a string: enlist it";
        assert_eq!(toupper(string("x")), Err(text.into()));
    });
}

#[test]
fn the_types_stay_as_they_were_given() {
    let _bound = list_form(Obj::symbol("printf"), "C...ehb", "i").unwrap();
    let table = call(&support::native("bindings"), &[Obj::null()]).unwrap();
    let (names, columns) = table.table_dict().dict_parts();
    let column = |name: &str| {
        let at = names.slice::<kapi::Symbol>().iter().position(|s| s.as_str() == name).unwrap();
        columns.items()[at].clone()
    };
    let args = column("args");
    let at = args.items().iter().position(|x| x.slice::<u8>() == b"C...ehb").expect("the binding");
    assert_eq!(column("route").slice::<kapi::Symbol>()[at].as_str(), "jit");
}

#[test]
fn scanf_writes_to_vectors_of_one() {
    leaves_nothing(|| {
        let (i, f, e, c) = (
            Obj::from_slice(tag::KI, &[0_i32]),
            Obj::from_slice(tag::KF, &[0.0]),
            Obj::from_slice(tag::KE, &[0_f32]),
            Obj::from_slice(tag::KC, b"........"),
        );
        let items = vec![
            string("42 2.5 1.25 word"),
            string("%d %lf %f %7s"),
            i.clone(),
            f.clone(),
            e.clone(),
            c.clone(),
        ];
        assert_eq!(libc("sscanf", "CC...", items).unwrap().get::<i32>(), 4);
        assert_eq!((i.slice::<i32>()[0], f.slice::<f64>()[0], e.slice::<f32>()[0]), (42, 2.5, 1.25));
        assert_eq!(c.slice::<u8>(), b"word\0...");
    });
}

#[test]
#[cfg(unix)]
fn functions_of_the_system_take_their_optional_arguments() {
    leaves_nothing(|| {
        let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/varargs.txt");
        let flags = libc::O_CREAT | libc::O_WRONLY | libc::O_TRUNC;
        let arguments = vec![string(path), Obj::int(flags), Obj::int(0o640)];
        let fd = transcript::without(|| libc("open", "Ci...i", arguments)).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o640);
        let flags = libc("fcntl", "ii...", vec![fd.clone(), Obj::int(libc::F_GETFL)]).unwrap();
        assert_eq!(flags.get::<i32>() & libc::O_ACCMODE, libc::O_WRONLY);
        let waiting = Obj::from_slice(tag::KI, &[-1_i32]);
        let items = vec![fd.clone(), Obj::long(libc::FIONREAD as i64), waiting.clone()];
        assert_eq!(libc("ioctl", "ij...", items).unwrap().get::<i32>(), 0);
        assert_eq!(waiting.slice::<i32>(), [0]);
        assert_eq!(libc("close", "i", vec![fd]).unwrap().get::<i32>(), 0);
    });
}

#[test]
#[cfg(windows)]
fn functions_of_the_system_take_their_optional_arguments() {
    leaves_nothing(|| {
        let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/varargs.txt");
        _ = std::fs::remove_file(path);
        let flags = libc::O_CREAT | libc::O_WRONLY | libc::O_TRUNC;
        let read_only = 0o400;
        let arguments = vec![string(path), Obj::int(flags), Obj::int(read_only)];
        let fd = transcript::without(|| libc("_open", "Ci...i", arguments)).unwrap();
        assert_eq!(libc("_close", "i", vec![fd]).unwrap().get::<i32>(), 0);
        // It was made so that nobody writes it: the optional argument has arrived.
        assert!(std::fs::metadata(path).unwrap().permissions().readonly());
        assert_eq!(libc("_chmod", "Ci", vec![string(path), Obj::int(0o600)]).unwrap().get::<i32>(), 0);
    });
}

#[test]
fn a_null_ends_a_list_of_arguments() {
    leaves_nothing(|| {
        let f = list_form(Obj::symbol(EXECL), "CC...", "i").unwrap();
        let items = vec![string("/nonexistent"), string("a"), string("b"), Obj::null()];
        assert_eq!(call(&f, &[Obj::list(items)]).unwrap().get::<i32>(), -1);
    });
}

#[test]
fn errors_name_the_argument_and_leave_nothing() {
    leaves_nothing(|| {
        let out = || Obj::zeroed(tag::KC, 10);
        for (args, items, text) in [
            ("CjC...", vec![out(), Obj::long(10)], "rank: snprintf: 3 parameters, 2 given"),
            (
                "CjC...f",
                vec![out(), Obj::long(10), string("%f"), Obj::symbol("a")],
                "type: snprintf[3]: f wants float, got symbol",
            ),
            (
                "CjC...h",
                vec![out(), Obj::long(10), string("%d"), Obj::long(70_000)],
                "range: snprintf[3]: 70000 does not fit h",
            ),
            ("CjC...i", vec![out(), Obj::long(10), string("%d")], "rank: snprintf: 4 parameters, 3 given"),
            (
                "CjC...",
                vec![
                    out(),
                    Obj::long(10),
                    string("%d"),
                    Obj::dict(Obj::symbols(["a"]), Obj::from_slice(tag::KJ, &[1_i64])),
                ],
                "type: snprintf[3]: C wants an atom or a vector, got dictionary",
            ),
        ] {
            assert_eq!(libc(SNPRINTF, args, items).unwrap_err(), here(text));
        }
        let many = [vec![out(), Obj::long(10), string("")], vec![Obj::int(1); 300]].concat();
        assert_eq!(libc(SNPRINTF, "CjC...", many).unwrap_err(), "limit: a signature of over 255 parameters");
        let unknown = fixed(Obj::symbol(SNPRINTF), "CjC...", "i").unwrap_err();
        assert_eq!(unknown, here("nyi: snprintf: fn needs the types of the variable arguments; use bind"));
    });
}

support::all_again!(with_guard);
