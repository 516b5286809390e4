//! Random structs as parameters and results of C functions, among other parameters, in callbacks, and packed.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use ffijit::callback;
use ffijit::error::Error;
use ffijit::k::Ref;
use ffijit::library::{self, Name};
use ffijit::prototype::Prototype;
use ffijit::signature::parse_members;
use kapi::{Obj, tag};

use crate::shape::{Shape, Type};
use crate::support::bound::Bound;
use crate::support::contract::ROWS;
use crate::support::random::Random;
use crate::support::signatures::{Argument, Param, hash, preamble};
use crate::support::values::raw;
use crate::support::{call, compile, compilers, leaves_nothing, native, q};

const FUNCTIONS: usize = 300;
const CALLS: usize = 4;

/// A C function that hashes its arguments into `seen` and returns one of them, a struct.
struct Function {
    name: String,
    params: Vec<Type>,
    returns: usize,
}

impl Function {
    fn random(random: &mut Random, number: usize) -> Self {
        let mut all = std::iter::repeat_with(|| Self::any(random, number));
        // libffi, which passes long doubles, cannot pass every packed struct.
        all.find(|f| !(f.args().contains('o') && f.args().contains('!'))).expect("most are")
    }

    fn any(random: &mut Random, number: usize) -> Self {
        // Numbers first, to fill registers of either kind to a random level.
        let mut params: Vec<Type> = (0..random.below(13)).map(|_| number_type(random)).collect();
        let returns = params.len();
        for i in 0..2 + random.below(3) {
            params.push(match i == 0 || random.below(2) == 0 {
                true => Type::Struct(Shape::random(random, &format!("S{number}_{i}"))),
                false => Type::Leaf(Param::random(random)),
            });
        }
        Self { name: format!("f{number}"), params, returns }
    }

    fn shapes(&self) -> impl Iterator<Item = &Shape> {
        self.params.iter().filter_map(|ty| match ty {
            Type::Struct(shape) => Some(shape),
            Type::Leaf(_) => None,
        })
    }

    fn shape(&self) -> &Shape {
        self.shapes().next().expect("the result")
    }

    fn args(&self) -> String {
        self.params.iter().map(Type::text).collect()
    }

    fn ret(&self) -> String {
        self.params[self.returns].text()
    }

    fn c(&self) -> String {
        let Self { name, params, returns } = self;
        let typedefs: String = params.iter().map(|ty| ty.typedef() + &ty.hash_functions()).collect();
        let types: Vec<String> = params.iter().map(Type::c_type).collect();
        let names: Vec<String> = (0..params.len()).map(|i| format!("a{i}")).collect();
        let declared: Vec<String> = types.iter().zip(&names).map(|(t, n)| format!("{t} {n}")).collect();
        let (types, names, declared) = (types.join(", "), names.join(", "), declared.join(", "));
        let hashes: String =
            params.iter().enumerate().map(|(i, ty)| ty.c_hash(&format!("a{i}"), false)).collect();
        let ret = params[*returns].c_type();
        let at = params[*returns].c_hash("(*p)", false);
        let layout: Vec<String> = self.shapes().flat_map(Shape::all).flat_map(Shape::layout).collect();
        format!(
            "{typedefs}{ret} {name}({declared}) {{ uint64_t h = START; {hashes} seen = h; return a{returns}; }}\n\
             {ret} {name}_back({ret} (*f)({types}), {declared}) {{ return f({names}); }}\n\
             void {name}_at({ret} *p) {{ uint64_t h = START; {at} seen = h; }}\n\
             const uint32_t {name}_layout[] = {{ {} }};\n",
            layout.join(", ")
        )
    }
}

fn number_type(random: &mut Random) -> Type {
    Type::Leaf(Param::Value(random.pick(&ROWS)))
}

/// The compiled functions of one compiler.
struct Library {
    compiler: &'static str,
    path: PathBuf,
    functions: Vec<Function>,
    seen: *const u64,
}

impl Library {
    fn new(compiler: &'static str) -> Self {
        let mut random = Random::new(20265);
        let functions: Vec<Function> = (0..FUNCTIONS).map(|i| Function::random(&mut random, i)).collect();
        let source = preamble() + &functions.iter().map(Function::c).collect::<String>();
        let path = compile(compiler, &format!("structs_{compiler}"), &source);
        let seen = variable(&path, "seen").cast();
        Self { compiler, path, functions, seen }
    }

    /// Those of all compilers, each compiled once.
    fn all() -> &'static [Library] {
        static LIBRARIES: OnceLock<Vec<Library>> = OnceLock::new();
        LIBRARIES.get_or_init(|| compilers().iter().map(|&c| Library::new(c)).collect())
    }

    fn bind(
        &self,
        suffix: &str,
        args: impl Fn(&Function) -> String,
        ret: impl Fn(&Function) -> String,
    ) -> Vec<Bound> {
        let bind = |f: &Function| Bound::new(&self.path, &format!("{}{suffix}", f.name), &args(f), &ret(f));
        self.functions.iter().map(bind).collect()
    }

    fn seen(&self) -> u64 {
        // SAFETY: the variable is the library's, which stays loaded, and nothing writes it now.
        unsafe { self.seen.read() }
    }
}

// SAFETY: the pointer is to a variable of a loaded library, which the tests read under a lock.
unsafe impl Send for Library {}
// SAFETY: as above.
unsafe impl Sync for Library {}

/// Held by a test while it looks at what C has seen.
static SEEN: Mutex<()> = Mutex::new(());

fn variable(library: &Path, name: &str) -> *const u8 {
    let name = Name { library: library.to_str().map(Into::into), symbol: name.into() };
    library::address(&name).expect("the variable")
}

#[test]
fn every_layout_is_that_of_the_compiler() {
    let mut sizes = Vec::new();
    for library in Library::all() {
        for f in &library.functions {
            let mut expected = variable(&library.path, &format!("{}_layout", f.name)).cast::<u32>();
            for shape in f.shapes().flat_map(Shape::all) {
                let layout = parse_members(shape.members().as_bytes()).expect("the type is right");
                let offsets = layout.members.iter().map(|m| m.offset);
                for number in [layout.size, layout.align].into_iter().chain(offsets) {
                    // SAFETY: the array has this many numbers for the shape.
                    let wanted = unsafe { expected.read() };
                    assert_eq!(number as u32, wanted, "{} {}", library.compiler, shape.members());
                    expected = expected.wrapping_add(1);
                }
                sizes.push(layout.size);
            }
        }
    }
    assert!(sizes.len() > 2 * FUNCTIONS, "{} layouts", sizes.len());
    assert!(sizes.contains(&1) && sizes.iter().filter(|&&size| size > 64).count() > 100, "{sizes:?}");
}

#[test]
fn parameters_and_results_agree_with_c() {
    let _guard = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    for library in Library::all() {
        let bound = library.bind("", Function::args, Function::ret);
        let mut calls = 0;
        leaves_nothing(|| {
            let mut random = Random::new(7);
            calls = 0;
            for (f, bound) in library.functions.iter().zip(&bound) {
                calls += (0..CALLS).map(|_| check(library, f, bound, &mut random)).sum::<usize>();
            }
        });
        assert!(calls >= 2 * FUNCTIONS * CALLS, "{calls} calls");
    }
}

/// Calls a function in every form with random arguments; the number of calls.
fn check(library: &Library, f: &Function, bound: &Bound, random: &mut Random) -> usize {
    let args: Vec<Argument> = f.params.iter().map(|ty| ty.value(random)).collect();
    let given: Vec<Obj> = args.iter().map(|a| a.given.clone()).collect();
    let wanted = raw(&args[f.returns].result);
    let mut calls = 0;
    bound.each(&|| given.clone(), &mut |form, _, outcome| {
        let context = || format!("{} {form} {} {given:?}", library.compiler, f.args());
        assert_eq!(outcome.map(|x| raw(&x)).as_ref(), Ok(&wanted), "{}", context());
        assert_eq!(library.seen(), hash(&args), "{}", context());
        calls += 1;
    });
    calls
}

/// A q function of as many parameters that returns one of them.
fn nth(count: usize, i: usize) -> Obj {
    let names: Vec<String> = (0..count).map(|i| format!("a{i}")).collect();
    match count <= 8 {
        true => q(&format!("{{[{}] a{i}}}", names.join(";"))),
        false => q(&format!("{{x {i}}}")),
    }
}

/// The same callback by libffi's closure, as an address; `None` where libffi cannot be told of a packed struct.
fn by_libffi(function: &Obj, f: &Function) -> Option<Obj> {
    let prototype = Prototype::get(f.args().as_bytes(), f.ret().as_bytes()).expect("a signature");
    // SAFETY: the function lives for the length of the call, which takes a reference of its own.
    let lent = unsafe { Ref::new(function.as_raw().cast()) }.expect("an object");
    match callback::pointer_by_libffi(lent, prototype) {
        Err(Error::Unsupported(_)) if f.args().contains('!') => None,
        closure => Some(Obj::long(closure.expect("a closure") as i64)),
    }
}

#[test]
fn callbacks_take_and_return_structs() {
    for library in Library::all() {
        let bound = library.bind("_back", |f| format!("k{}", f.args()), Function::ret);
        let callbacks: Vec<Vec<Obj>> = library.functions.iter().map(callbacks_of).collect();
        leaves_nothing(|| {
            let mut random = Random::new(11);
            let all = library.functions.iter().zip(&bound).zip(&callbacks).step_by(4);
            // What q gets of a union is not what it gives.
            for ((f, bound), callbacks) in all.filter(|((f, _), _)| !f.shape().has_union()) {
                let args: Vec<Argument> = f.params.iter().map(|ty| ty.value(&mut random)).collect();
                let wanted = raw(&args[f.returns].result);
                for callback in callbacks {
                    let given = [callback.clone()].into_iter().chain(args.iter().map(|a| a.given.clone()));
                    let result = bound.call(&given.collect::<Vec<_>>()).map(|x| raw(&x));
                    assert_eq!(result.as_ref(), Ok(&wanted), "{} {}", library.compiler, f.args());
                }
            }
        });
    }
}

/// The callback that returns the argument that C returns: by a thunk, and by libffi.
fn callbacks_of(f: &Function) -> Vec<Obj> {
    let function = nth(f.params.len(), f.returns);
    let types = [f.args(), f.ret()].map(|text| Obj::string(text.as_bytes()));
    let inline = Obj::list([std::slice::from_ref(&function), &types[..]].concat());
    [inline].into_iter().chain(by_libffi(&function, f)).collect()
}

#[test]
fn packed_structs_are_what_c_reads() {
    let _guard = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    for library in Library::all() {
        let at = library.bind("_at", |_| "r".into(), |_| " ".into());
        let mut packed = 0;
        leaves_nothing(|| {
            let mut random = Random::new(13);
            let functions = library.functions.iter().zip(&at);
            packed = functions.filter(|(f, at)| check_packed(library, f.shape(), at, &mut random)).count();
        });
        assert!(packed > FUNCTIONS / 4, "{packed} packed");
    }
}

/// Packs a random value, has C read it, and unpacks it. False if it would not outlive the packing, or if q has made a
/// table of it, which stands for several structs here.
fn check_packed(library: &Library, shape: &Shape, at: &Bound, random: &mut Random) -> bool {
    let types = Obj::string(shape.members().as_bytes());
    let value = shape.value(random);
    if value.given.tag() == tag::XT {
        return false;
    }
    let bytes = match call(&native("pack"), &[types.clone(), value.given.clone()]) {
        Err(e) if e.contains("wants what outlives the call") => return false,
        bytes => bytes.expect("the value fits"),
    };
    at.call(std::slice::from_ref(&bytes)).expect("the function takes an address");
    let context = || format!("{} {types:?} {:?}", library.compiler, value.given);
    assert_eq!(library.seen(), hash(std::slice::from_ref(&value)), "{}", context());
    let back = call(&native("unpack"), &[types.clone(), bytes]).expect("as many bytes");
    assert_eq!(raw(&back), raw(&value.result), "{}", context());
    true
}
