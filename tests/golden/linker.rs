//! What the golden files show runs the same, whether the library's code memory or cranelift-jit has put it in memory: every
//! form of stub, thunks and invokers, with the addresses that a binding's or a callback's own copy has.

use std::path::Path;

use ffijit::abi::Target;
use ffijit::binding::Binding;
use ffijit::callback;
use ffijit::jit::{self, Code, Compiler, Form, Invoker, Owner, Symbol, Template};
use ffijit::k::{Owned, Ref};
use ffijit::library::{self, Name};
use ffijit::prototype::Prototype;
use kapi::Obj;

use super::CASES;
use super::support::values::raw;
use super::support::{call, compile, native, q};
use linking::{Linked, Linker, addresses};

#[path = "../support/linker.rs"]
mod linking;

const CALLEES: &str = r#"
#include <stdarg.h>
int nones;
double doubles(double a, double b) { return a * 3 - b; }
double mixed(int a, double b, long c, float d, short e, double f, unsigned char g, long h) {
  return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h;
}
char narrow(char b, unsigned char x, char c, short h) { return b + x + c + h; }
unsigned unsigned_(signed char a, unsigned short y, unsigned w) __asm__("unsigned");
unsigned unsigned_(signed char a, unsigned short y, unsigned w) { return a + 3 * y + 5 * w; }
int outs(double x, int *i, double *f) { *i = 2 * x; *f = x / 2; return x; }
const char *pointers(const char *s, double *v, unsigned char *g) { return s + (g[15] == v[1]); }
void none(void) { nones++; }
void *object(int *x) { x[1]++; return x; }
long list(long x) { return x * 7; }
int variable(const char *s, ...) {
  va_list all;
  va_start(all, s);
  double f = va_arg(all, double);
  int result = *s + 10 * f + 100 * va_arg(all, int);
  va_end(all);
  return result;
}
short loop(short h) { return h * 3; }
short past_registers(short a, short b, short c, short d, short e, short f, short g, short h, short i, short j, short k,
    short l, float m, float n, float o, float p, float q, float r, float s, float t, float u, float v) {
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j + 11 * k + 12 * l
    + m + 2 * n + 3 * o + 4 * p + 5 * q + 6 * r + 7 * s + 8 * t + 9 * u + 10 * v;
}
double over(double s, double x) { return s * 3 - x; }
typedef struct { double a, b; } ff;
ff scan_struct(ff s, short h) { return (ff){s.b + h, s.a - h}; }
typedef struct { int a; char b; } ic;
typedef struct { short a[3]; } hhh;
typedef struct { long a; double b; } jf;
typedef struct { long a[3]; } jjj;
typedef struct { double a[5]; } fffff;
typedef struct { long a[4]; } jjjj;
jf invoker_small(ff x, ic y, hhh z) { return (jf){y.a + 2 * y.b + 3 * z.a[0] + 5 * z.a[2], x.a - x.b}; }
typedef union { long a; double b; } u_jf;
typedef struct __attribute__((packed)) { char a; int b; } p_ci;
typedef union { float a, b[2]; } u_e2e;
typedef union { double a; float b; } u_fe;
u_fe invoker_union(u_jf x, p_ci y, u_e2e z) { return (u_fe){x.b + y.b + z.b[1]}; }
jjjj invoker_large(int i, jjj x, fffff y) { return (jjjj){{i, x.a[0] - x.a[2], y.a[4], x.a[1] * i}}; }
"#;

/// What stubs are called with, as q programs that give a list of the arguments: by the hot path, by the cold one, and
/// with an error.
const CALLS: [(&str, &[&str]); 11] = [
    ("doubles", &["(2f;3f)", "(2;3e)", "(0N;0n)", "(`a;3f)", "(\"a\";2f)"]),
    ("mixed", &["(1i;2f;3;4e;5h;6f;0x07;8)", "(1;2;3h;4;5;6;7;8i)", "(1i;2f;3;4e;70000;6f;0x07;8)"]),
    ("unsigned", &["(-5h;7i;9)", "(1;2;3i)", "(200h;1i;1)", "(1h;-1i;1)"]),
    ("outs", &["enlist 6f", "enlist 6", "enlist `a"]),
    ("narrow", &["(1b;0x02;\"0\";4h)", "(1;2;\"0\";4)", "(1b;0x02;\"0\";`a)"]),
    (
        "pointers",
        &[
            "(`hello;1 2f;\"G\"$\"00000000-0000-0000-0000-000000000002\")",
            "(\"hello\";3 4f;\"G\"$\"00000000-0000-0000-0000-000000000002\")",
            "(`hello;1 2;0Ng)",
        ],
    ),
    ("none", &["enlist (::)"]),
    ("object", &["enlist 6", "enlist 1 2", "enlist (1;`a)"]),
    ("list", &["enlist 6", "enlist 6i", "enlist `a", "enlist 0N"]),
    ("variable", &["(`a;2f;3i)", "(\"a\";2;3)", "(`a;`b;3i)"]),
    (
        "loop",
        &[
            "enlist 5h",
            "enlist 1 2 3h",
            "enlist 100#5 -7 0Nh",
            "enlist 100#7h",
            "enlist (1 2h;3h)",
            "enlist `a",
        ],
    ),
];

/// A case with the same template in memory twice.
struct Twice {
    name: &'static str,
    form: Form,
    prototype: std::sync::Arc<Prototype>,
    template: std::sync::Arc<Template>,
    own: *const u8,
    id: cranelift_module::FuncId,
}

/// A function of the callees.
fn callee(library: &Path, name: &str) -> *const u8 {
    let name = Name { library: library.to_str().map(Into::into), symbol: name.into() };
    library::address(&name).expect("a function")
}

/// Where a copy begins that the library makes, and whose template it is: a binding's or a callback's; nothing of the kind
/// for invokers, which name no addresses.
fn resident(
    library: &Path,
    name: &str,
    form: Form,
    prototype: &std::sync::Arc<Prototype>,
) -> Vec<(Symbol, usize)> {
    let entry = match form {
        Form::Invoker => return Vec::new(),
        Form::Steps | Form::KeptSteps => {
            let own = Name { library: None, symbol: name.into() };
            let form = if form == Form::Steps { Form::Over } else { Form::Scan };
            let binding = Binding::new(own, prototype.clone(), form, callee(library, name)).expect("bound");
            binding.kernel().expect("installed")
        }
        Form::Callback => {
            callback_entry(name, &prototype.signature.args_text(), &prototype.signature.ret_text())
        }
        _ => {
            let own = Name { library: None, symbol: name.into() };
            let binding = Binding::new(own, prototype.clone(), form, callee(library, name)).expect("bound");
            binding.entry()
        }
    };
    let template = prototype.template(form).expect("compiled");
    // SAFETY: the code of a binding or a callback is a copy of its template.
    unsafe { addresses(&template, entry.wrapping_sub(template.entry())) }
}

/// The function pointer of a callback, which is never released.
fn callback_entry(name: &str, args: &str, ret: &str) -> *const u8 {
    let function = match name {
        "callback" => "{$[x<0;'\"negative\";`int$2*x]}",
        _ => "{`real$(y*x 0;x[1]-y)}",
    };
    let made =
        call(&native("callback"), &[q(function), Obj::string(args.as_bytes()), Obj::string(ret.as_bytes())]);
    let made = made.expect("a callback").into_raw();
    // SAFETY: a foreign object, whose reference is given up to nobody.
    callback::pointer(unsafe { Ref::new(made.cast()) }.expect("an object"), None).expect("a pointer")
        as *const u8
}

/// Has a golden template put in memory by both.
fn twice(
    library: &Path,
    linker: &mut Linker,
    (name, form, args, ret): (&'static str, Form, &str, &str),
) -> Twice {
    let prototype = Prototype::get(args.as_bytes(), ret.as_bytes()).expect("a signature");
    let compiler = Compiler::for_target(Target::SYSTEM_V).expect("Cranelift");
    let template = jit::compile_for(&compiler, &prototype.plans(), form).expect("compiled");
    let addresses = resident(library, name, form, &prototype);
    let id = linker.link(name, &template, &addresses);
    let template = std::sync::Arc::new(template);
    let resolve = |s| addresses.iter().find(|(own, _)| *own == s).expect("the same symbols").1;
    let own = Code::install(template.clone(), Owner::Nobody, resolve).expect("memory");
    Twice { name, form, prototype, template, own: own.entry(), id }
}

#[test]
fn cranelift_jit_links_all_of_them_the_same() {
    let library = compile("gcc", "golden_linker", CALLEES);
    let mut linker = Linker::of(linking::isa());
    let all: Vec<Twice> = CASES.map(|case| twice(&library, &mut linker, case)).into();
    let linked = linker.finish();
    let mut seen = 0;
    for case in &all {
        let entries = [case.own, linked.entry(case.id, &case.template)];
        assert_ne!(entries[0], entries[1]);
        seen += match case.form {
            Form::Invoker => invoked(case, callee(&library, case.name), entries),
            Form::Callback => called_back(case.name, entries),
            Form::Steps | Form::KeptSteps => stepped(case.name, entries),
            _ => called(case, entries),
        };
    }
    assert!(seen >= CASES.len(), "{seen} calls");
    // SAFETY: the variable is the library's, and nothing writes it now.
    assert_eq!(unsafe { callee(&library, "nones").cast::<i32>().read() }, 2, "either has called it once");
    let _: &Linked = &linked;
}

/// Calls both copies of a stub as q would, and demands the same results and errors; the number of these pairs.
fn called(case: &Twice, entries: [*const u8; 2]) -> usize {
    let (_, calls) = CALLS.iter().find(|(name, _)| *name == case.name).expect("calls of each stub");
    let rank = if case.form == Form::List { 1 } else { q(calls[0]).len() };
    let functions = entries.map(|entry| {
        // SAFETY: the code is a stub of that rank, in memory that is never given back.
        unsafe { Obj::from_raw(Owned::function(entry, rank).expect("memory").into_raw().cast()) }
    });
    let mut results = 0;
    for source in *calls {
        let list = q(source);
        let args = if case.form == Form::List { vec![list] } else { super::support::items(&list) };
        let outcomes = functions.each_ref().map(|f| call(f, &args).map(|x| raw(&x)));
        assert_eq!(outcomes[0], outcomes[1], "{} {source}", case.name);
        results += usize::from(outcomes[0].is_ok());
    }
    assert!(results > 0, "{}: only errors", case.name);
    calls.len()
}

/// Runs both copies of a loop with steps.
fn stepped(name: &str, entries: [*const u8; 2]) -> usize {
    type Loop = unsafe extern "C" fn(*const (usize, usize), *mut f64, *mut f64, usize, *const u32) -> usize;
    let floats = [1.0, 2.0, 3.0];
    let shorts = [1_i16, 2, 3];
    let attention = 0;
    for entry in entries {
        let (mut state, mut kept) = ([1.0, 10.0], [0.0; 7]);
        let column = match name {
            "over" => (floats.as_ptr() as usize, size_of::<f64>()),
            _ => (shorts.as_ptr() as usize, size_of::<i16>()),
        };
        // SAFETY: a loop of these types, for as many steps as there are elements, with room for what it keeps.
        let left = unsafe {
            let run = std::mem::transmute::<*const u8, Loop>(entry);
            run(&raw const column, state.as_mut_ptr(), kept.as_mut_ptr(), 3, &raw const attention)
        };
        assert_eq!(left, 0);
        match name {
            "over" => assert_eq!(state[0], 9.0),
            _ => assert_eq!((state, &kept[..6]), ([12.0, -1.0], &[11.0, 0.0, 2.0, 9.0, 12.0, -1.0][..])),
        }
    }
    2
}

/// Calls both copies of a thunk as C would.
fn called_back(name: &str, entries: [*const u8; 2]) -> usize {
    #[repr(C)]
    struct Doubles(f64, f64);
    #[repr(C)]
    #[derive(Debug, PartialEq)]
    struct Floats(f32, f32);
    type OfPointer = unsafe extern "C" fn(*const f64) -> i32;
    type OfStruct = unsafe extern "C" fn(Doubles, i32) -> Floats;
    for entry in entries {
        // SAFETY: the thunks are of these types; their callbacks live on.
        unsafe {
            if name == "callback" {
                let thunk = std::mem::transmute::<*const u8, OfPointer>(entry);
                assert_eq!([1.5, 21.0, 4.0].map(|x| thunk(&raw const x)), [3, 42, 8]);
            } else {
                let thunk = std::mem::transmute::<*const u8, OfStruct>(entry);
                assert_eq!(thunk(Doubles(1.5, 8.0), 3), Floats(4.5, 5.0));
            }
        }
    }
    2
}

/// Calls a function by both copies of an invoker, with arguments of ascending bytes.
fn invoked(case: &Twice, target: *const u8, entries: [*const u8; 2]) -> usize {
    let results = entries.map(|entry| {
        let mut arguments: Vec<[u64; 8]> =
            (1..=case.prototype.signature.params.len() as u64).map(words).collect();
        if case.name == "past_registers" {
            // Shorts as C has them after promotion, then floats.
            for (i, argument) in arguments.iter_mut().enumerate() {
                argument[0] = if i < 12 { i as u64 + 1 } else { f32::to_bits(i as f32).into() };
            }
        }
        let mut pointers: Vec<*mut u8> =
            arguments.iter_mut().map(|words| words.as_mut_ptr().cast()).collect();
        let mut result = [0_u64; 8];
        // SAFETY: an invoker of the function's own types; there is room for each argument and for the result.
        unsafe {
            let invoker = std::mem::transmute::<*const u8, Invoker>(entry);
            invoker(target, pointers.as_mut_ptr().cast_const(), result.as_mut_ptr().cast());
        }
        result
    });
    assert_eq!(results[0], results[1], "{}", case.name);
    assert_ne!(results[0], [0; 8], "{}", case.name);
    1
}

/// Eight words that differ, and are small numbers of either kind.
fn words(n: u64) -> [u64; 8] {
    std::array::from_fn(|i| f64::to_bits((n * 8) as f64 + i as f64) + n)
}
