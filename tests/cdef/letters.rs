//! From prototypes to letters.

use ffijit::cdef::letters::signature_of;
use ffijit::cdef::{Model, Scope, read};

const TYPES: &str = "typedef struct {double x, y;} P; typedef struct sqlite3 sqlite3; union u {int i; double d;};
    struct bits {int a : 3;}; struct packed {char c; int i;} __attribute__((packed)); struct tail {int n; double d[];};
    struct nested {P p[2]; char name[4][8]; const char *text; void (*f)(int); struct {short s;} in;};
    struct even {int i;} __attribute__((aligned(16))); typedef int far __attribute__((aligned(32)));
    struct holds {char c; far f;};
    struct tagged {int tag; union {long n; double x; const char *s; struct {int a, b;} both[2];};};
    struct event {unsigned events; union {void *p; int fd; unsigned u; uint64_t l;} data;} __attribute__((packed));
    union dense {char c[4]; short s;} __attribute__((packed));
    struct some {char c; int i __attribute__((packed)); int j;};
    #pragma pack(push, 2)
    struct halves {char c; int i;};
    #pragma pack(pop)
    enum e {A, B}; enum large {L = 0xffffffff}; enum negative {M = -1}; enum huge {H = 1LL << 40};
    typedef union {struct sockaddr *a; struct in *b;} any __attribute__((transparent_union));
    typedef double row[3]; typedef int compare(const void*, const void*);";

fn letters(model: Model, prototype: &str) -> String {
    let scope = read(&Scope::new(model), format!("{TYPES}{prototype};").as_bytes()).unwrap();
    let function = scope.functions().last().unwrap();
    match signature_of(&scope, function) {
        Ok(letters) => format!("{} -> {}", letters.args, letters.ret),
        Err(not_yet) => format!("nyi: {not_yet}"),
    }
}

/// Prototypes, and their letters or why there are none.
const PROTOTYPES: &[(&str, &str)] = &[
    ("double pow(double, double)", "ff -> f"),
    ("void f(void)", " ->  "),
    ("int f()", " -> i"),
    ("_Bool f(char, unsigned char, short, int, long, long long, float)", "cxhijje -> b"),
    ("size_t f(size_t, uint64_t, unsigned long long, intptr_t)", "jjjj -> j"),
    ("uint8_t f(int16_t, int32_t, int64_t)", "hij -> x"),
    ("char *f(char*, const char*, char[], const char[8])", "CCCC -> C"),
    ("void f(double*, const int*, int16_t*, uint8_t*, float[], _Bool*, long*)", "FIHXEBJ ->  "),
    ("void f(unsigned*, uint16_t*, signed char*, size_t*)", "WYAJ ->  "),
    ("void f(long double*, double _Complex*)", "Or ->  "),
    ("void *f(void*, const void*, P*, sqlite3*, FILE*)", "rrrrr -> r"),
    ("int f(sqlite3**, char**, void**, const char *const *)", "RRRR -> i"),
    ("double *f(unsigned char*)", "X -> r"),
    ("P *f(row, row*)", "Fr -> r"),
    ("void qsort(void*, size_t, size_t, int (*)(const void*, const void*))", "rjjk ->  "),
    ("void qsort(void*, size_t, size_t, compare*, compare)", "rjjkk ->  "),
    ("void (*signal(int, void (*)(int)))(int)", "ik -> r"),
    ("P f(P, struct nested)", "{ff}{2{ff}32cCr{h}} -> {ff}"),
    ("double _Complex f(float _Complex)", "{ee} -> {ff}"),
    ("enum e f(enum negative, enum huge, enum e*)", "ijI -> i"),
    ("int printf(const char*, ...)", "C... -> i"),
    ("int connect(int, any)", "ir -> i"),
    ("_Handle_ char *f(_Handle_ char*, _In_ const char*)", "rC -> r"),
    ("compare f", "rr -> i"),
    ("int f(unsigned)", "w -> i"),
    ("uint16_t f(int)", "i -> y"),
    ("int f(int, int8_t)", "ia -> i"),
    ("long double f(int, struct {long double x; char c;})", "i{oc} -> o"),
    ("int f(enum large)", "w -> i"),
    ("union u f(union u)", "{|if} -> {|if}"),
    ("int f(struct tagged)", "{i{|jfC2{ii}}} -> i"),
    ("int f(struct bits)", "nyi: f[0]: struct bits: bit-fields by value are not done yet"),
    ("int f(struct packed)", "{!ci} -> i"),
    ("int f(struct event, union dense)", "{!w{|riwj}}{!|4ch} -> i"),
    (
        "int f(struct halves)",
        "nyi: f[0]: struct halves: structs aligned otherwise than by packing them whole are not done yet",
    ),
    (
        "int f(struct some)",
        "nyi: f[0]: struct some: structs aligned otherwise than by packing them whole are not done yet",
    ),
    (
        "int f(struct even)",
        "nyi: f[0]: struct even: structs aligned otherwise than by packing them whole are not done yet",
    ),
    ("int f(struct holds)", "nyi: f[0]: struct holds: aligned members by value are not done yet"),
    ("int f(struct tail)", "nyi: f[0]: struct tail: an array without a length in a struct by value"),
    ("int f(struct unknown)", "nyi: f[0]: struct unknown: an incomplete type"),
    ("int f(va_list)", "nyi: f[0]: va_list: va_list is not done"),
    ("__int128 f(void)", "nyi: f: __int128: __int128 is not supported"),
    ("int f(_Float128)", "nyi: f[0]: _Float128: _Float128 is not supported"),
    ("int f(wchar_t*)", "nyi: f[0]: wchar_t *: texts of wchar_t are not done yet"),
    ("int f(_Out_ int*)", "&i -> i"),
    ("int f(_Inout_ int*, _Inout_ P*, _Inout_ double[2])", "&=i&={ff}&={ff} -> i"),
    (
        "int f(_Inout_ char*)",
        "nyi: f[0]: char *: a text that is read and written is a parameter without _Inout_",
    ),
    ("void f(_Out_ char**, _Out_ _Handle_ char**, _Out_ struct point**, _Out_ void**)", "&C&r&r&r ->  "),
    ("void f(_Out_ double x[3], _Out_ unsigned short*)", "&{fff}&y ->  "),
    ("_Free_(free) char *f(void)", " -> C"),
    ("_Own_(fclose) void *f(const char*)", "C -> r"),
    ("_Free_(free) int *f(void)", " -> I"),
    ("__vectorcall int f(int)", "nyi: f: a calling convention that is not the platform's"),
];

#[test]
fn prototypes_become_letters() {
    for &(prototype, wanted) in PROTOTYPES {
        assert_eq!(letters(Model::LINUX_X86_64, prototype), wanted, "{prototype}");
    }
}

#[test]
fn windows_has_another_model() {
    for (prototype, wanted) in [
        ("long f(long, size_t, time_t, long double, ptrdiff_t)", "ijjfj -> i"),
        ("int f(long*, unsigned long*)", "IW -> i"),
        ("int f(unsigned long)", "w -> i"),
        ("int f(double _Complex)", "nyi: f[0]: double _Complex: complex numbers are not done on Windows"),
    ] {
        assert_eq!(letters(Model::WINDOWS_X86_64, prototype), wanted, "{prototype}");
    }
}

/// Structs of structs double at each level; what comes of that is bounded.
#[test]
fn types_that_grow_fast_are_an_error() {
    let levels: String = (1..41).map(|i| format!("struct s{i} {{ struct s{0} a, b; }}; ", i - 1)).collect();
    let scope = read(
        &Scope::new(Model::LINUX_X86_64),
        format!("struct s0 {{int x;}};{levels}int f(struct s9); int g(struct s12); int h(struct s40);")
            .as_bytes(),
    )
    .unwrap();
    let said: Vec<String> = scope
        .functions()
        .map(|f| signature_of(&scope, f).map_or_else(|e| e.to_string(), |l| l.args.len().to_string()))
        .collect();
    assert_eq!(
        said,
        [
            "2558",
            "g[0]: struct s12: a struct of over 4096 letters",
            "h[0]: struct s40: structs nested deeper than 16"
        ]
    );
}
