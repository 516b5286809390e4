//! Random callback signatures: C passes on what q gave it, q sees that and returns something, and C sees this.

use std::cell::{Cell, RefCell};

use ffijit::callback;
use ffijit::k::Ref;
use ffijit::library::{self, Name};
use ffijit::prototype::Prototype;
use kapi::{K, Obj};

use super::inline;
use super::support::bound::Bound;
use super::support::random::Random;
use super::support::ranks::{self, Body};
use super::support::signatures::{Argument, Param, hash, preamble};
use super::support::thread::on_q;
use super::support::values::{Raw, raw};
use super::support::{compile, each_compiler, leaves_nothing, with_compiler};

const SIGNATURES: usize = 150;
const CALLS: usize = 6;

thread_local! {
    /// What the q function was last called with.
    static CAME: RefCell<Vec<Raw>> = const { RefCell::new(Vec::new()) };
    /// What it returns next.
    static RESULT: RefCell<Option<Obj>> = const { RefCell::new(None) };
    static ENTERED: Cell<usize> = const { Cell::new(0) };
}

/// Every q function here: notes its arguments, and returns what it has been told to.
struct Noting;

impl Body for Noting {
    fn apply(args: &[K]) -> K {
        // SAFETY: q lends its arguments for the length of the call.
        let came = unsafe { Obj::borrowed_all(args) };
        CAME.set(came.iter().map(raw).collect());
        ENTERED.set(ENTERED.get() + 1);
        RESULT.take().map_or(std::ptr::null_mut(), Obj::into_raw)
    }
}

/// A signature of a callback, and of the C function that is given one and the arguments for it.
struct Function {
    name: String,
    params: Vec<Param>,
    result: Option<Param>,
}

impl Function {
    fn random(random: &mut Random, number: usize) -> Self {
        let arity = if random.below(3) == 0 { random.below(25) } else { random.below(9) };
        let params = (0..arity).map(|_| Param::random(random)).collect();
        let result = Some(Param::random(random)).filter(|r| !matches!(r, Param::Guid));
        Self { name: format!("c{number}"), params, result }
    }

    fn args(&self) -> String {
        self.params.iter().map(|p| p.letter()).collect()
    }

    fn ret(&self) -> String {
        self.result.map_or(' ', Param::letter).into()
    }

    fn c(&self) -> String {
        let types: Vec<String> = self.params.iter().map(|p| p.c_type()).collect();
        let named: String = types.iter().enumerate().map(|(i, t)| format!(", {t} a{i}")).collect();
        let passed: Vec<String> = (0..types.len()).map(|i| format!("a{i}")).collect();
        let (types, passed) =
            (if types.is_empty() { "void".into() } else { types.join(", ") }, passed.join(", "));
        let name = &self.name;
        match self.result {
            None => format!("void {name}(void (*f)({types}){named}) {{ f({passed}); seen = START; }}\n"),
            Some(result) => {
                let (ty, hash) = (result.c_type(), result.c_hash("x"));
                format!(
                    "{ty} {name}({ty} (*f)({types}){named}) {{ uint64_t h = START; {ty} x = f({passed}); {hash} seen = h; return x; }}\n"
                )
            }
        }
    }

    fn q_function(&self) -> Obj {
        ranks::function::<Noting>(self.params.len())
    }

    /// What q is to be called with.
    fn expected(&self, args: &[Argument]) -> Vec<Raw> {
        let objects: Vec<Raw> = args.iter().map(|a| raw(&a.result)).collect();
        match objects.len() {
            0 => vec![raw(&Obj::null())],
            n if n > ranks::MAX => vec![Raw::Items(0, objects)],
            _ => objects,
        }
    }
}

fn check(f: &Function, bound: &Bound, callback: &Obj, seen: *const u64, random: &mut Random) {
    let args: Vec<Argument> = f.params.iter().map(|p| p.argument(random)).collect();
    let result = f.result.map(|p| p.argument(random));
    let mut given = vec![callback.clone()];
    given.extend(args.iter().map(|a| a.given.clone()));
    let wanted = result.as_ref().map_or_else(|| raw(&Obj::null()), |r| raw(&r.result));
    let make = || {
        RESULT.set(result.as_ref().map(|r| r.given.clone()));
        given.clone()
    };
    let before = ENTERED.get();
    let mut forms = 0;
    bound.each(&make, &mut |form, _, outcome| {
        forms += 1;
        let context = format!("{form} ({};{}) {given:?}", f.args(), f.ret());
        assert_eq!(outcome.map(|x| raw(&x)), Ok(wanted.clone()), "{context}");
        assert_eq!(CAME.take(), f.expected(&args), "{context}");
        // SAFETY: the variable is the library's, which stays loaded, and nothing writes it now.
        assert_eq!(unsafe { seen.read() }, hash(&result), "{context}");
    });
    assert_eq!(ENTERED.get() - before, forms, "q is entered once a call");
}

/// The same callback by libffi's closure, as an address: both must come up to the same expectation.
fn by_libffi(f: &Function) -> Obj {
    let function = f.q_function();
    let prototype = Prototype::get(f.args().as_bytes(), f.ret().as_bytes()).expect("a signature");
    // SAFETY: the function lives for the length of the call, which takes a reference of its own.
    let lent = unsafe { Ref::new(function.as_raw().cast()) }.expect("an object");
    Obj::long(callback::pointer_by_libffi(lent, prototype).expect("a closure") as i64)
}

fn agree(compiler: &str) {
    let mut random = Random::new(4);
    let functions: Vec<Function> = (0..SIGNATURES).map(|i| Function::random(&mut random, i)).collect();
    let source = preamble() + &functions.iter().map(Function::c).collect::<String>();
    let library = compile(compiler, &format!("random_callbacks_{compiler}"), &source);
    let name = Name { library: library.to_str().map(Into::into), symbol: "seen".into() };
    let seen: *const u64 = library::address(&name).expect("the variable").cast();
    let bound: Vec<(Bound, [Obj; 2])> = functions
        .iter()
        .map(|f| {
            let ret = f.result.map_or(' ', Param::result_letter).to_string();
            let bound = Bound::new(&library, &f.name, &format!("k{}", f.args()), &ret);
            (bound, [inline(&f.q_function(), &f.args(), &f.ret()), by_libffi(f)])
        })
        .collect();
    let seed = random.bits();
    leaves_nothing(|| {
        let mut random = Random::new(seed);
        for (f, (bound, callbacks)) in functions.iter().zip(&bound) {
            for callback in callbacks {
                (0..CALLS).for_each(|_| check(f, bound, callback, seen, &mut random));
            }
        }
    });
}

each_compiler!(|compiler| on_q(move || with_compiler(compiler, agree)));
