//! Random signatures of 0 to 32 parameters with random arguments: what C sees and returns is what Rust expects, through
//! the fixed form, the list form in all its shapes, and libffi.

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod linker;
#[path = "../support/mod.rs"]
mod support;

use ffijit::library::{self, Name};
use kapi::Obj;

use support::bound::Bound;
use support::random::Random;
use support::signatures::{Argument, Param, hash, preamble};
use support::thread::on_q;
use support::values::raw;
use support::{compile, each_compiler, leaves_nothing, with_compiler};

/// How many signatures, and how many calls of each.
const FEW: [usize; 2] = [250, 8];
const MANY: [usize; 2] = [5_000, 20];

/// A C function that hashes its arguments into `seen` and returns one of them.
struct Function {
    name: String,
    params: Vec<Param>,
    /// Which one it returns; `None` is void.
    returns: Option<usize>,
}

impl Function {
    fn random(random: &mut Random, number: usize) -> Self {
        let arity = if random.below(2) == 0 { random.below(9) } else { random.below(33) };
        let alike = Param::random(random);
        let is_alike = random.below(5) == 0;
        let params: Vec<Param> =
            (0..arity).map(|_| if is_alike { alike } else { Param::random(random) }).collect();
        let returns = Some(random.below(arity + 1)).filter(|&i| i < arity);
        Self { name: format!("f{number}"), params, returns }
    }

    fn args(&self) -> String {
        self.params.iter().map(|p| p.letter()).collect()
    }

    fn ret(&self) -> String {
        self.returns.map_or(' ', |i| self.params[i].result_letter()).into()
    }

    fn c(&self) -> String {
        let ret = self.returns.map_or("void".into(), |i| self.params[i].c_type());
        let params: Vec<String> =
            self.params.iter().enumerate().map(|(i, p)| format!("{} a{i}", p.c_type())).collect();
        let hashes: String =
            self.params.iter().enumerate().map(|(i, p)| p.c_hash(&format!("a{i}"))).collect();
        let returned = match self.returns.map(|i| (i, self.params[i])) {
            // A result that is an object is the caller's.
            Some((i, Param::Object)) => format!("a{i}->r++; return a{i};"),
            Some((i, _)) => format!("return a{i};"),
            None => "return;".into(),
        };
        let params = if params.is_empty() { "void".into() } else { params.join(", ") };
        format!("{ret} {}({params}) {{ uint64_t h = START; {hashes} seen = h; {returned} }}\n", self.name)
    }
}

fn source(functions: &[Function]) -> String {
    preamble() + &functions.iter().map(Function::c).collect::<String>()
}

/// The functions as they have been bound, with the variable that each call leaves its hash in.
struct Bindings {
    bound: Vec<Bound>,
    seen: *const u64,
}

impl Bindings {
    fn new(compiler: &str, functions: &[Function]) -> Self {
        let library = compile(compiler, &format!("random_{compiler}"), &source(functions));
        let name = Name { library: library.to_str().map(Into::into), symbol: "seen".into() };
        let seen = library::address(&name).expect("the variable").cast();
        let bind = |f: &Function| Bound::new(&library, &f.name, &f.args(), &f.ret());
        Self { bound: functions.iter().map(bind).collect(), seen }
    }

    /// Calls a function in every form with random arguments; the number of calls.
    fn check(&self, i: usize, f: &Function, random: &mut Random) -> usize {
        let args: Vec<Argument> = f.params.iter().map(|p| p.argument(random)).collect();
        let given: Vec<Obj> = args.iter().map(|a| a.given.clone()).collect();
        let wanted = f.returns.map_or_else(|| raw(&Obj::null()), |i| raw(&args[i].result));
        let mut calls = 0;
        self.bound[i].each(&|| given.clone(), &mut |form, _, outcome| {
            // SAFETY: the variable is the library's, which stays loaded, and nothing writes it now.
            let seen = unsafe { self.seen.read() };
            assert_eq!(seen, hash(&args), "C sees other arguments: {form} {} {given:?}", f.args());
            let context = || format!("{form} {} {} {given:?}", f.args(), f.ret());
            assert_eq!(outcome.map(|x| raw(&x)).as_ref(), Ok(&wanted), "{}", context());
            calls += 1;
        });
        calls
    }
}

fn agree(compiler: &str, [signatures, each]: [usize; 2]) {
    let mut random = Random::new(20260);
    let functions: Vec<Function> = (0..signatures).map(|i| Function::random(&mut random, i)).collect();
    let bindings = Bindings::new(compiler, &functions);
    let mut calls = 0;
    let seed = random.bits();
    leaves_nothing(|| {
        let mut random = Random::new(seed);
        calls = 0;
        for (i, f) in functions.iter().enumerate() {
            calls += (0..each).map(|_| bindings.check(i, f, &mut random)).sum::<usize>();
        }
    });
    // Every pair goes through three forms at least.
    assert!(calls >= 3 * signatures * each, "{calls} calls");
    eprintln!("{calls} calls of {signatures} functions of {compiler}");
}

each_compiler!(|compiler| on_q(move || with_compiler(compiler, |compiler| agree(compiler, FEW))));

/// The forms are `fn`, the list in its shapes, `callFunction`, `async`, libffi and the invoker.
#[test]
#[ignore = "minutes"]
fn five_thousand_signatures_agree() {
    on_q(|| with_compiler("gcc", |compiler| agree(compiler, MANY)));
}
