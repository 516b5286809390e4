//! What is said of bad declarations: where, of what, and what is wrong.

use ffijit::cdef::{Model, Scope, macros, read, read_header};

fn wrong(text: &str) -> String {
    match read(&Scope::new(Model::LINUX_X86_64), text.as_bytes()) {
        Err(error) => error.to_string(),
        Ok(_) => format!("{text:?} was read"),
    }
}

/// Bad texts, and what is said of them.
const WRONG: &[(&str, &str)] = &[
    ("sizet strlen(const char*);", "text:1:1: sizet: unknown type; is size_t meant?"),
    ("double f(flaot x);", "text:1:10: flaot: unknown type; is float meant?"),
    ("int f(int);\nlong\n f(int);", "text:3:2: f: declared as long f(int), and as int f(int) at text:1:5"),
    (
        "typedef int T; typedef long T;",
        "text:1:29: T: declared as the type long, and as the type int at text:1:13",
    ),
    ("int x; int x(void);", "text:1:12: x: declared as int x(void), and as int x at text:1:5"),
    ("struct s {int a;}; struct s {long a;};", "text:1:27: s: declared as another struct at text:1:8"),
    ("struct s {int a;}; union s *f(void);", "text:1:26: s: union here, struct at text:1:8"),
    ("enum {A = 1}; enum {A = 2};", "text:1:21: A: declared as 2, and as 1 at text:1:7"),
    ("#define N 1\n#define N 2", "text:2:1: N: declared as 2, and as 1 at text:1:1"),
    ("int f(void)[3];", "text:1:5: f: a function that returns an array"),
    ("typedef int A[3]; A f(void);", "text:1:21: f: a function that returns an array"),
    ("int f(void)(int);", "text:1:5: f: a function that returns a function"),
    ("int a[2](int);", "text:1:5: a: an array of functions"),
    ("struct s a[2];", "text:1:10: a: an array of an incomplete type"),
    ("struct s { struct s next; };", "text:1:21: next: a field of the incomplete type struct s"),
    ("void x;", "text:1:6: x: a variable of type void"),
    ("int f(void, int);", "text:1:11: f: a parameter of type void"),
    (
        "#include <math.h>",
        "text:1:1: #include: headers are read by .ffi.header, which runs the C compiler's preprocessor",
    ),
    (
        "#ifdef X",
        "text:1:1: #ifdef: only #define of constants and #pragma pack are read; .ffi.header reads all",
    ),
    ("#define F(x) x", "text:1:1: F: a macro with parameters, which is no constant"),
    ("#define F x +", "text:1:11: x: unknown constant"),
    ("#define F g\nint f(void);", "text:1:1: F: g is not declared"),
    ("#define X int", "text:1:1: X: not a constant expression"),
    ("#pragma pack(3)", "text:1:1: #pragma pack: 0, 1, 2, 4, 8 or 16 is wanted"),
    ("int f(int", "text:1:10: f: the text ends where ) is missing"),
    ("int f(int))", "text:1:11: f: ; is missing before )"),
    ("int", "text:1:4: end: the text ends where a name is missing"),
    ("struct {", "text:1:9: end: the text ends where } is missing"),
    ("int f(void) {", "text:1:13: f: a bracket that is not closed"),
    ("extern \"C\" { int f(void);", "text:1:26: f: a brace that is not closed"),
    ("/* ", "text:1:4: ?: a comment that does not end"),
    ("int f(void) `;", "text:1:13: f: a character that C does not know"),
    ("#define S \"abc", "text:1:11: S: a text that does not end"),
    ("#define S L\"abc\"", "text:1:11: S: a wide text, which is not supported"),
    ("#define X 1/0", "text:1:12: X: division by zero"),
    ("#define X 1<<40", "text:1:12: X: a shift by more bits than there are"),
    ("#define X 99999999999999999999", "text:1:11: X: no integer of 64 bits"),
    ("#define X 12q", "text:1:11: X: no number of C"),
    ("#define X 1 2", "text:1:13: X: not a constant expression"),
    ("#define X sizeof(struct t)", "text:1:17: X: the size of an incomplete type"),
    ("int a[-1];", "text:1:7: a: an array of negative length"),
    ("int a[1.5];", "text:1:7: a: not an integer"),
    ("int a[n];", "text:1:7: n: unknown constant"),
    ("char a[9223372036854775807][9223372036854775807];", "text:1:6: a: an array that fits no memory"),
    ("struct s {int a : 33;};", "text:1:19: a: a bit-field with more bits than its type, or fewer than none"),
    ("struct s {int a : 0;};", "text:1:15: a: a bit-field of no bits with a name"),
    ("struct s {float a : 3;};", "text:1:21: a: a bit-field of what is no integer"),
    ("struct s {int a, a;};", "text:1:8: a: two fields a"),
    ("struct s {int a[]; int b;};", "text:1:8: b: an array without a length that is not the last field"),
    ("int f(_Out_ int x);", "text:1:17: f: _Out_ and _Inout_ stand before pointers"),
    ("int f(_Out_ const int *x);", "text:1:23: f: C does not write to what is const"),
    ("int f(_Out_ _Inout_ int *x);", "text:1:25: f: _Out_ and _Inout_ exclude each other"),
    ("_Free_(free) int f(void);", "text:1:18: f: _Free_ and _Own_ stand before pointers"),
    ("_Out_ int *f(void);", "text:1:12: f: _Out_ and _Inout_ are of parameters"),
    (
        "int x __attribute__((aligned(3)));",
        "text:1:29: x: an alignment that is no power of two, or too large",
    ),
    ("long long long x;", "text:1:11: long: no type of C"),
    ("signed unsigned x;", "text:1:1: x: no type of C"),
    ("unsigned double x;", "text:1:1: x: no type of C"),
    ("_Static_assert(sizeof(long) == 4, \"LP64\");", "text:1:1: _Static_assert: does not hold"),
    ("foo;", "text:1:1: foo: unknown type"),
    ("f(int);", "text:1:1: f: unknown type"),
];

#[test]
fn each_error_says_where_and_what() {
    let mut differ = Vec::new();
    for &(text, error) in WRONG {
        let said = wrong(text);
        if said != error {
            differ.push(format!("{text}\n  wanted: {error}\n  said:   {said}"));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn what_is_no_text_is_an_error() {
    let scope = Scope::new(Model::LINUX_X86_64);
    let error = read(&scope, b"int f(void);\nint \xff;").unwrap_err();
    assert_eq!(error.to_string(), "text:2:5: text: not UTF-8");
    let long = " ".repeat(10_000_000);
    assert_eq!(
        read(&scope, long.as_bytes()).unwrap_err().to_string(),
        "text:1:1: text: 10000000 bytes, 8388608 at most"
    );
    assert!(read_header(&scope, long.as_bytes(), "x.h").is_err());
}

#[test]
fn nothing_is_declared_after_an_error() {
    let scope = read(&Scope::new(Model::LINUX_X86_64), b"int f(int);").unwrap();
    assert!(read(&scope, b"int g(int); struct s {int x;}; bad;").is_err());
    assert!(scope.find("g").is_none() && scope.find("f").is_some());
}

#[test]
fn a_header_goes_on_after_what_cannot_be_read() {
    let text = b"int a(int);\nbad b(int);\nstruct s { bad x; } c;\nint d(bad);\ninline int e(void) { return 1 }\n) int f(void);\n\
        typedef struct { struct { bad; } y; } T; int g(void); int h(T);\n# 7 \"x.h\"\nbad i;\n#include <z>\nint j(void);\xe9\nint k(void);";
    let scope = read_header(&Scope::new(Model::LINUX_X86_64), text, "a.h").unwrap();
    let read: Vec<&str> = scope.functions().map(|f| &*f.name).collect();
    assert_eq!(read, ["a", "e", "g", "j"]);
    let left: Vec<String> = scope.left.iter().map(ToString::to_string).collect();
    assert_eq!(
        left,
        [
            "a.h:2:1: bad: unknown type",
            "a.h:3:12: bad: unknown type",
            "a.h:4:7: bad: unknown type",
            "a.h:6:1: ): a type is missing before )",
            "a.h:7:27: bad: unknown type",
            "a.h:7:61: T: unknown type",
            "x.h:7:1: bad: unknown type",
            "x.h:8:1: #include: headers are read by .ffi.header, which runs the C compiler's preprocessor",
            "x.h:9:13: \u{fffd}: unknown type",
        ]
    );
}

#[test]
fn line_markers_tell_where_macros_are() {
    let text = "# 7 \"a\\\\b \\\"c\\\".h\" 1 3\n#define X 1\n#define Y(a) 2\n# 3\n#define Z 1\n#undef X\n#define W\n";
    let found: Vec<String> = macros::defined(text)
        .iter()
        .map(|known| format!("{}:{}:{}", known.file, known.line, known.name))
        .collect();
    assert_eq!(found, ["a\\b \"c\".h:3:Z"]);
}
