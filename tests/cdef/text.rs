//! Declarations written as C again: what is read of the text is what was written.

use std::fs;

use ffijit::cdef::letters::signature_of;
use ffijit::cdef::text::{stripped, text_of};
use ffijit::cdef::types::{Field, Kind, TypeId};
use ffijit::cdef::{Meaning, Model, Name, Scope, TagKind, read, read_header};

use crate::headers::{HEADERS, INCLUDES, preprocessed, source};

/// All names of a scope that users see.
fn names(scope: &Scope) -> Vec<Name> {
    scope.declared().map(|entry| entry.name.clone()).filter(|name| !name.starts_with('_')).collect()
}

/// Size, alignment and fields of a type, whatever its structs are called.
fn layout(scope: &Scope, ty: TypeId) -> String {
    let types = &scope.types;
    let Kind::Record(id) = types.kind(ty) else { return format!("{:?}", types.extent(ty)) };
    let field = |field: &Field| {
        format!("{:?} {} {:?} {}", field.name, field.offset, field.bits, layout(scope, field.ty))
    };
    let fields = types.record(*id).fields.as_ref().map(|fields| fields.iter().map(field).collect::<Vec<_>>());
    format!("{:?} {fields:?}", types.extent(ty))
}

/// Writes all of a scope, and demands that what is read of it is the same.
fn writes_the_same(scope: &Scope, strip: &str, what: &str) -> usize {
    let text = text_of(scope, &names(scope), strip);
    let lines = text.lines.join("\n");
    let again = read(&Scope::new(scope.types.model), lines.as_bytes())
        .unwrap_or_else(|e| panic!("{what}: {e}: {}", text.lines[e.line as usize - 1]));
    let left: Vec<&str> = text.left.iter().map(|error| error.name.as_str()).collect();
    let mut compared = 0;
    for name in names(scope).iter().filter(|name| !left.contains(&&***name)) {
        let (own, other) = (scope.resolved(name), again.find(stripped(scope, name, strip)));
        match (own, other) {
            (Some(Meaning::Function(f)), Some(Meaning::Function(g))) => {
                assert_eq!(signature_of(scope, f).ok(), signature_of(&again, g).ok(), "{what}: {name}");
                assert_eq!(f.symbol, g.symbol, "{what}: {name}");
                assert_eq!(scope.prototype(f).is_empty(), again.prototype(g).is_empty());
            }
            (Some(Meaning::Constant(x)), Some(Meaning::Constant(y))) => {
                assert_eq!(x.to_string(), y.to_string(), "{what}: {name}");
            }
            (Some(Meaning::Type(ty)), Some(Meaning::Type(new))) => {
                assert_eq!(layout(scope, ty.ty), layout(&again, new.ty), "{what}: {name}");
            }
            (Some(Meaning::Variable(x)), Some(Meaning::Variable(y))) => {
                assert_eq!(scope.text_of(x.ty, ""), again.text_of(y.ty, ""), "{what}: {name}");
            }
            // A typedef of what needs no name: of a number, of a pointer.
            (Some(Meaning::Type(ty)), None) => {
                let kind = scope.types.whole(ty.ty);
                assert!(!matches!(kind, Kind::Record(_) | Kind::Enum(_)), "{what}: {name} is lost");
                continue;
            }
            (own, other) => panic!("{what}: {name}: {own:?} has become {other:?}"),
        }
        compared += 1;
    }
    compared
}

#[test]
fn headers_are_the_same_when_they_are_written() {
    let mut compared = 0;
    for header in HEADERS {
        let name = format!("text-{}", header.replace('/', "_"));
        let Some(file) = preprocessed("cc", &INCLUDES, &source(header), &name) else {
            eprintln!("skipped: {header} is not here");
            continue;
        };
        let text = fs::read(file).expect("a file is read");
        let scope = read_header(&Scope::new(Model::host()), &text, header).expect("a header is read");
        compared += writes_the_same(&scope, "", header);
    }
    assert!(compared > 1000, "{compared} names");
    eprintln!("{compared} names are the same");
}

/// All that can be declared.
const EVERYTHING: &str = "
    typedef struct tree tree; struct tree { tree *left, *right; int (*visit)(tree *, void *); };
    typedef struct { short a; struct { char b; union { int c; float d; }; } inner; enum { X, Y = 9 } e; } bag;
    #pragma pack(push, 1)
    typedef struct { char tag; long n; } wire;
    #pragma pack(pop)
    #pragma pack(push, 4)
    struct quads { char a; long n; char b; };
    #pragma pack(pop)
    struct bits { unsigned a : 3, b : 7; long c : 40; };
    struct __attribute__((aligned(32))) wide { double x[4]; };
    union value { long n; double x; char text[8]; };
    enum level { LOW = -1, HIGH = 4000000000 };
    #define WORDS \"two \\\"words\\\" \\\\ \\x01?\"
    #define RATE 2.5e-300
    #define ALL 0xffffffffffffffffULL
    #define LEAST (-0x7fffffffffffffff - 1)
    #define other lib_first
    bag first(bag b, const wire *w, struct quads q[4]); wire second(union value v, struct bits b, struct wide *w);
    void (*signal_like(int sig, void (*func)(int)))(int);
    int lib_first(tree *t) __asm__(\"renamed\"); double lib_double(double); int lib_2(void); int lib_once(void);
    _Free_(free) char *given(_Out_ int *n, _Inout_ double *x, _Handle_ char *h, _Out_ _Own_(done) tree **t, _Out_ int v[3]);
    int must(const char *text) __attribute__((nonnull(1))); int many(const char *format, ...);
    extern const char *const motto; extern int table[7]; double _Complex turned(double _Complex);
    struct hidden; struct hidden *opaque(struct hidden *);
    typedef struct { short s; } _seen; typedef const _seen seen; seen *look(seen *);
";

#[test]
fn everything_that_c_can_say_is_written() {
    let scope = read(&Scope::new(Model::LINUX_X86_64), EVERYTHING.as_bytes()).expect("it is C");
    let written = text_of(&scope, &names(&scope), "lib_");
    let left: Vec<String> = written.left.iter().map(|e| format!("{}: {}", e.name, e.what)).collect();
    assert_eq!(left, [""; 0]);
    assert!(writes_the_same(&scope, "lib_", "everything") > 25);
    let again = read(&Scope::new(Model::LINUX_X86_64), written.lines.join("\n").as_bytes()).expect("it is C");
    // A prefix is taken off where a name is left that C takes and nothing else has.
    for (name, is_there) in
        [("lib_first", true), ("lib_double", true), ("lib_2", true), ("once", true), ("lib_once", false)]
    {
        assert_eq!(again.find(name).is_some(), is_there, "{name}");
    }
    assert!(again.tagged(TagKind::Struct, "tree").is_some());
    let prototypes: Vec<String> =
        written.lines.iter().filter(|line| line.contains("given(")).cloned().collect();
    let given = "_Free_(free) char *given(_Out_ int *n, _Inout_ double *x, _Handle_ char *h, \
         _Out_ _Own_(done) struct tree **t, _Out_ int v[3]);";
    assert_eq!(prototypes, [given]);
}

#[test]
fn only_what_is_asked_for_is_written_with_what_it_needs() {
    let text = "struct a { int x; }; struct b { struct a a; }; struct c { int y; };
        void f(struct b *); int g(struct c); enum e { E1, E2 }; enum e h(void); \n#define N 3\n#define M 4";
    let scope = read(&Scope::new(Model::host()), text.as_bytes()).expect("it is C");
    let wanted = ["f", "N", "E2"].map(Name::from);
    let lines = text_of(&scope, &wanted, "").lines;
    assert_eq!(
        lines,
        [
            "struct b;",
            "void f(struct b *);",
            "struct a { int x; };",
            "struct b { struct a a; };",
            "enum e { E1 = 0, E2 = 1 };",
            "#define N 3"
        ]
    );
}
