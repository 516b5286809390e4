//! Texts that nobody writes: random, cut off, unbalanced, too deep, too long. They are read or are errors, and soon.

use ffijit::cdef::{Model, Scope, macros, read, read_header};

use crate::random::Random;

const REAL: &str = r#"
# 1 "real.h" 1
typedef unsigned long size_t; typedef struct sqlite3 sqlite3; struct S; union U { int i; double d; };
struct S { int a : 3, : 0, b : 5; char c[3][2]; struct S *next; struct { long x; union U u; }; void (*f)(int, ...); double tail[]; };
enum E { A, B = 1 << 4, C = (B | 3) ? sizeof(struct S) : -1, D = 'x', };
typedef int (*callback)(void*, int, char**, char**) __attribute__((nonnull(1)));
extern int sqlite3_exec(sqlite3*, const char *sql, callback, void *, _Out_ _Free_(sqlite3_free) char **errmsg);
extern __inline __attribute__((__always_inline__)) int twice(int x) { if (x) { return "}"[0]; } return 2 * x; }
#pragma pack(push, 1)
struct __attribute__((packed, aligned(4))) P { char a; long long b __attribute__((aligned(2))); };
#pragma pack(pop)
int strerror_r(int, char *, size_t n) __asm__("" "__xpg_strerror_r") __attribute__((__nothrow__, __leaf__));
double _Complex f(float _Complex z[static 2], int n, double a[n * 2][3], int *m, char c[*m]); _Static_assert(sizeof(int) == 4, "int");
static const int limit = 3 + 4; extern const char *const names[]; __int128 wide(_Bool); typedef float v4 __attribute__((vector_size(16)));
#define N (1u + 0x10UL * 3 / 2 % 7 - ~0 ^ 5)
#define T "abc\n\x41" "\101"
#define G 1.5e3f
#define H f
_Noreturn void leave(void); int (isalpha)(int), *g(void), (*h(int))(long); __typeof__(g) again; extern "C" { int q(void); }
"#;

/// Reads a text in every way there is. Whatever comes of it, nothing else does.
fn try_all(text: &[u8]) {
    for model in [Model::LINUX_X86_64, Model::WINDOWS_X86_64] {
        let scope = Scope::new(model);
        if let Ok(read) = read(&scope, text) {
            for function in read.functions() {
                read.prototype(function);
            }
        }
        _ = read_header(&scope, text, "any.h");
        _ = macros::read_marks(&scope, text, &[]);
        macros::defined(&String::from_utf8_lossy(text));
    }
}

#[test]
fn the_real_text_is_read() {
    let scope = read(&Scope::new(Model::LINUX_X86_64), REAL.as_bytes()).unwrap();
    assert_eq!(scope.functions().count(), 11);
}

#[test]
fn every_beginning_of_a_text_is_survived() {
    for end in 0..REAL.len() {
        try_all(&REAL.as_bytes()[..end]);
    }
}

#[test]
fn random_changes_are_survived() {
    let mut random = Random::new(1);
    for _ in 0..1_500 {
        let mut text = REAL.as_bytes().to_vec();
        for _ in 0..=random.below(6) {
            let (at, from) = (random.below(text.len()), random.below(text.len()));
            match random.below(5) {
                0 => text[at] = random.bits() as u8,
                1 => _ = text.remove(at),
                2 => text.insert(at, *random.pick(b"(){}[];,*#\"'\\\n:=?.<")),
                3 => text.swap(at, from),
                _ => {
                    let part = text[from.min(at)..from.max(at)].to_vec();
                    text.splice(at..at, part.into_iter().take(200));
                }
            }
        }
        try_all(&text);
    }
}

#[test]
fn random_words_are_survived() {
    let words: Vec<&str> = REAL.split_inclusive(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let mut random = Random::new(2);
    for _ in 0..1_500 {
        let count = random.below(60);
        let text: Vec<&str> = (0..count).map(|_| *random.pick(&words)).collect();
        try_all(text.join(" ").as_bytes());
        let bytes: Vec<u8> = (0..count).map(|_| random.bits() as u8).collect();
        try_all(&bytes);
    }
}

/// What is long or deep in each of the ways that the grammar has: a beginning, what is repeated, an end.
const LONG: &[(&str, &str, &str)] = &[
    ("", "(", ""),
    ("", "{", ""),
    ("", "[", ""),
    ("", "*", ""),
    ("", ";", ""),
    ("", "a ", ""),
    ("", "#", ""),
    ("", "#\n", ""),
    ("", "\\\n", ""),
    ("", "\"", ""),
    ("", "/*", ""),
    ("int ", "(", "x;"),
    ("int ", "*", "x;"),
    ("int x", "[1]", ";"),
    ("int f", "(int", ""),
    ("int x[", "(", "]"),
    ("int x[", "-", "1];"),
    ("int x[", "1+", "1];"),
    ("int x[", "1?1:", "1];"),
    ("int x[", "sizeof ", "1];"),
    ("int x[", "(int)", "1];"),
    ("int x[", "sizeof(int[", "1"),
    ("int f(int n, int x[", "sizeof(int(*)(int a[", "n"),
    ("", "struct { ", ""),
    ("", "struct s { int x; } ", ";"),
    ("", "int f(int (*)(", ""),
    ("", "typedef int (*t)(void); ", ""),
    ("typedef int t;", "typedef t *t; ", ""),
    ("", "__attribute__((", ""),
    ("", "const ", "int x;"),
    ("", "extern \"C\" { ", ""),
    ("", "extern \"C\" ", "int x;"),
    ("", "#pragma pack(push, 1)\n", ""),
    ("", "#pragma pack(pop, x)\n", ""),
    ("enum {", "a,", "};"),
    ("int x, ", "y, ", "z;"),
    ("#define X ", "(", ""),
    ("#define X ", "\"a\" ", ""),
    ("", "# 1 \"a\"\n", ""),
    ("", "unknown x; ", ""),
    ("", "unknwn", ";"),
];

/// What is long or deep in each of the ways that the grammar has. If any of them took more than linear time or any
/// stack that grows with the text, this would not end, or end badly.
#[test]
fn long_and_deep_texts_are_survived() {
    const LENGTH: usize = 1 << 16;
    for &(before, part, after) in LONG {
        let text = format!("{before}{}{after}", part.repeat(LENGTH / part.len()));
        try_all(text.as_bytes());
    }
}

/// Many different things, each of which refers to all that was before.
#[test]
fn many_declarations_are_survived() {
    const COUNT: usize = 4_000;
    for each in [
        "int f@(int (*)(int*)); ",
        "struct s@ { int x@; }; ",
        "typedef struct { int x@; } *p@; typedef struct { int x@; } *p@; ",
        "enum { e@ = @ }; ",
        "#define M@ @\n",
        "#define A@ A@\n",
        "int v@ = @; ",
        "unknown@ x@; ",
        "int a@[e@]; ",
        "typedef int (*t@)(int, long); int (*v@)(t@, t@); ",
    ] {
        let text: String = (0..COUNT).map(|i| each.replace('@', &i.to_string())).collect();
        try_all(text.as_bytes());
    }
    // Types of types of types: comparing, printing and dropping them goes no deeper than anything else.
    let chain = |name: &str, base: &str| {
        let links = (1..COUNT).map(|i| format!("typedef {name}{} *{name}{i}; ", i - 1));
        format!("typedef {base} {name}0; {}", links.collect::<String>())
    };
    let doubled = |name: &str| {
        let links =
            (1..200).map(|i| format!("typedef {name}{0} (*{name}{i})({name}{0}, {name}{0}); ", i - 1));
        format!("typedef struct {{ int x; }} {name}0; {}", links.collect::<String>())
    };
    let last = COUNT - 1;
    for (text, conflict) in [
        (format!("{}{}extern a{last} x; extern b{last} x;", chain("a", "int"), chain("b", "int")), false),
        (
            format!(
                "{}{}extern a{last} x; extern b{last} x;",
                chain("a", "struct {int x;}"),
                chain("b", "struct {int x;}")
            ),
            true,
        ),
        (format!("{}{}extern a199 x; extern b199 x;", doubled("a"), doubled("b")), true),
    ] {
        assert_eq!(read(&Scope::new(Model::LINUX_X86_64), text.as_bytes()).is_err(), conflict);
        try_all(text.as_bytes());
    }
}
