//! Constant expressions, judged by the C compiler: their values, and the sizes of their types.

use std::fs;
use std::process::Command;

use ffijit::cdef::{Constant, Meaning, Model, Scope, macros, read, read_header};

use crate::headers::{preprocessed, scratch};
use crate::random::Random;

fn value(scope: &Scope, name: &str) -> Option<Constant> {
    match scope.find(name) {
        Some(Meaning::Constant(value)) => Some(value.clone()),
        _ => None,
    }
}

/// Expressions and their values.
const EXPRESSIONS: &[(&str, &str)] = &[
    ("1 + 2 * 3 - 4 / 2 % 3", "5"),
    ("-1 < 0u", "0"),
    ("-1 < 0", "1"),
    ("~0u", "4294967295"),
    ("~0ul", "18446744073709551615"),
    ("0x7fffffff + 1", "-2147483648"),
    ("2147483648", "2147483648"),
    ("0xffffffff", "4294967295"),
    ("sizeof(0x80000000) + sizeof(2147483648)", "12"),
    ("017 + 0b101 + 0x1F", "51"),
    ("1 ? 2 : 1/0", "2"),
    ("0 && 1/0 || 1", "1"),
    ("(1, 2)", "error"),
    ("'a' + '\\n' + '\\0' + '\\x41' + '\\''", "211"),
    ("'\\xff'", "-1"),
    ("'ab'", "24930"),
    ("L'\\u00e9'", "233"),
    ("sizeof \"abc\"", "4"),
    ("sizeof(struct {char c; double d;})", "16"),
    ("sizeof(int[3][2]) + _Alignof(double)", "32"),
    ("sizeof(int (*)(int))", "8"),
    ("(char)300 + (unsigned char)300 + (short)70000", "4552"),
    ("(_Bool)2 + (unsigned)-1", "0"),
    ("((void*)0)", "0"),
    ("((void(*)(void*))-1)", "-1"),
    ("(int)2.9 + (int)-2.9", "0"),
    ("1.5e3 + 0x1.8p1 + .5f", "1503.5"),
    ("1.0f / 3", "0.3333333432674408"),
    ("1 / 3.0", "0.3333333333333333"),
    ("1.0 < 2 && 2.0 == 2", "1"),
    ("0x1p-1074 > 0 && 0x1p-1075 == 0", "1"),
    ("\"a\" \"b\\n\" \"\\101\\x42\"", "\"ab\\nAB\""),
    ("__builtin_offsetof(struct s, in.b[2])", "20"),
    ("__builtin_offsetof(struct s, deep)", "40"),
    ("5 ?: 1/0", "5"),
    ("-9223372036854775807LL - 1", "-9223372036854775808"),
    ("(-9223372036854775807LL - 1) / -1", "-9223372036854775808"),
    ("1 << 31", "-2147483648"),
    ("-8 >> 1", "-4"),
];

#[test]
fn literals_and_operators_have_their_values() {
    for &(text, wanted) in EXPRESSIONS {
        let known = "struct s {int a; struct {long x; short b[9];} in; struct {struct {int deep;};}; };";
        let text = format!("{known}\n#define X {text}\n");
        let said = match read(&Scope::new(Model::LINUX_X86_64), text.as_bytes()) {
            Ok(scope) => value(&scope, "X").map_or("nothing".into(), |x| x.to_string()),
            Err(_) => "error".into(),
        };
        assert_eq!(said, wanted, "{text}");
    }
}

/// An expression of integers.
fn expression(random: &mut Random, depth: usize) -> String {
    const NUMBERS: [&str; 14] = [
        "0",
        "1",
        "-1",
        "7",
        "255u",
        "65536",
        "0x7fffffff",
        "0x80000000",
        "4294967295u",
        "3l",
        "9223372036854775807",
        "18446744073709551615u",
        "(char)200",
        "(unsigned short)70000",
    ];
    const CASTS: [&str; 6] =
        ["int", "unsigned", "signed char", "unsigned short", "long", "unsigned long long"];
    const OPERATORS: [&str; 18] =
        ["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "<", ">", "<=", ">=", "==", "!=", "&&", "||"];
    if depth == 0 {
        return (*random.pick(&NUMBERS)).into();
    }
    match random.below(8) {
        0 => format!("{}({})", random.pick(&["-", "~", "!", "+"]), expression(random, depth - 1)),
        1 => format!("({})({})", random.pick(&CASTS), expression(random, depth - 1)),
        2 => {
            let [a, b, c] = [(); 3].map(|()| expression(random, depth - 1));
            format!("(({a}) ? ({b}) : ({c}))")
        }
        3 => format!("({} {} {})", expression(random, depth - 1), random.pick(&OPERATORS), random.below(9)),
        _ => {
            let (a, b) = (expression(random, depth - 1), expression(random, depth - 1));
            format!("({a} {} {b})", random.pick(&OPERATORS))
        }
    }
}

/// Compiles and runs a program, and gives what it prints.
fn run(name: &str, program: &str) -> String {
    let (source, binary) = (scratch(&format!("{name}.c")), scratch(name));
    fs::write(&source, program).expect("a file is written");
    let out = Command::new("cc").args(["-w", "-o"]).arg(&binary).arg(&source).output().expect("cc runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(Command::new(binary).output().expect("the program runs").stdout).expect("numbers")
}

#[test]
fn random_expressions_agree_with_the_compiler() {
    let (mut random, mut program, mut ours) =
        (Random::new(3), String::from("#include <stdio.h>\nint main(void) {\n"), Vec::new());
    let known = Scope::new(Model::host());
    for _ in 0..4000 {
        let depth = 1 + random.below(4);
        let text = expression(&mut random, depth);
        // What divides by zero, or shifts too far, is an error to both.
        let Ok(scope) = read(&known, format!("#define X {text}\n#define S sizeof({text})").as_bytes()) else {
            continue;
        };
        let (Some(Constant::Integer(x)), Some(size)) = (value(&scope, "X"), value(&scope, "S")) else {
            panic!("{text} is no integer");
        };
        program += &format!("    printf(\"%lld %d\\n\", (long long)({text}), (int)sizeof({text}));\n");
        ours.push((format!("{} {size}", x.value as i64), text));
    }
    assert!(ours.len() > 2000);
    let theirs = run("expressions", &(program + "}\n"));
    assert_eq!(theirs.lines().count(), ours.len());
    for (theirs, (ours, text)) in theirs.lines().zip(&ours) {
        assert_eq!(theirs, ours, "{text}");
    }
}

/// What some headers are to be read with, before they are included.
fn define(header: &str) -> &'static str {
    match header {
        "pcre2.h" => "#define PCRE2_CODE_UNIT_WIDTH 8\n",
        "Rmath.h" => "#define MATHLIB_STANDALONE 1\n",
        _ => "",
    }
}

/// The constants of a header as ffijit reads them, macros and enumerators; none if it is not here.
fn constants_of(header: &str) -> Option<Vec<(String, Constant)>> {
    let include = format!("{}#include <{header}>\n", define(header));
    let name = format!("macros-{}", header.replace('/', "_"));
    let text = fs::read_to_string(preprocessed("cc", &["-dD"], &include, &name)?).expect("a file is read");
    let scope = read_header(&Scope::new(Model::host()), text.as_bytes(), header).expect("a header is read");
    // The compiler's own, which stands for another number on each line.
    let names: Vec<&str> = macros::defined(&text)
        .into_iter()
        .map(|known| known.name)
        .filter(|name| *name != "__LINE__")
        .collect();
    let marked = include + &macros::marks(names.iter().copied());
    let marked =
        fs::read(preprocessed("cc", &["-P"], &marked, &(name + "-marked"))?).expect("a file is read");
    let scope = macros::read_marks(&scope, &marked, &[]).expect("macros are read");
    let enumerators =
        scope.declared().filter(|entry| !names.contains(&&*entry.name)).map(|entry| &*entry.name);
    let names = names.iter().copied().chain(enumerators);
    Some(names.filter_map(|name| Some((name.into(), value(&scope, name)?))).collect())
}

/// A statement that prints a macro as the compiler has it, and what it should print.
fn printing((name, value): &(String, Constant)) -> Option<(String, String)> {
    match value {
        Constant::Integer(x) => Some((
            format!("    printf(\"{name} %lld\\n\", (long long)({name}));\n"),
            format!("{name} {}\n", x.value as i64),
        )),
        Constant::Float { value, bytes: 4 | 8 } => Some((
            format!("    double d_{name} = {name}; printf(\"{name} %llx\\n\", *(long long*)&d_{name});\n"),
            format!("{name} {:x}\n", value.to_bits()),
        )),
        _ => None,
    }
}

/// The C library's headers, and those that the modules of `lib/` are made of.
const HEADERS: [&str; 22] = [
    "limits.h",
    "stdint.h",
    "errno.h",
    "signal.h",
    "fcntl.h",
    "sys/socket.h",
    "float.h",
    "math.h",
    "zlib.h",
    "sqlite3.h",
    "gmp.h",
    "cblas.h",
    "lapacke.h",
    "gsl/gsl_sf.h",
    "gsl/gsl_integration.h",
    "Rmath.h",
    "curl/curl.h",
    "pcre2.h",
    "hiredis/hiredis.h",
    "cairo/cairo-svg.h",
    "fftw3.h",
    "time.h",
];

#[test]
fn constants_of_headers_have_the_compiler_s_values() {
    let mut compared = 0;
    for header in HEADERS {
        let Some(constants) = constants_of(header) else {
            eprintln!("skipped: {header} is not here");
            continue;
        };
        let (statements, ours): (Vec<String>, Vec<String>) = constants.iter().filter_map(printing).unzip();
        let program = format!(
            "{}#include <{header}>\n#include <stdio.h>\nint main(void) {{\n{}}}\n",
            define(header),
            statements.concat()
        );
        let theirs = run(&format!("macros-{}", header.replace('/', "_")), &program);
        assert_eq!(theirs, ours.concat(), "{header}");
        compared += ours.len();
    }
    eprintln!("{compared} constants agree");
    assert!(compared > 1000, "{compared}");
}
