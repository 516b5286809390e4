//! cranelift-jit as a second linker: a stub that it has put in memory does what the copy does that the library has
//! installed.

use ffijit::binding::Binding;
use ffijit::jit::Form;
use ffijit::k::Owned;
use ffijit::library::{self, Name};
use ffijit::plan::MAX_RANK;
use ffijit::prototype::Prototype;
use kapi::Obj;

use super::support::random::Random;
use super::support::signatures::{Argument, hash};
use super::support::values::raw;
use super::support::{call, compile};
use super::{Function, source};
use linking::{Linker, addresses};

#[path = "../support/linker.rs"]
mod linking;

const SIGNATURES: usize = 1000;

fn function(entry: *const u8, rank: usize) -> Obj {
    // SAFETY: the code is a stub of that rank, in memory that is never given back.
    unsafe { Obj::from_raw(Owned::function(entry, rank).expect("memory").into_raw().cast()) }
}

/// The forms in turn, as far as a function has them.
fn form_of(i: usize, f: &Function, prototype: &Prototype) -> Form {
    match i % 3 {
        1 if prototype.atomic().is_some() => Form::Atomic,
        0 | 1 if f.params.len() <= MAX_RANK => Form::Fixed,
        _ => Form::List,
    }
}

#[test]
fn cranelift_jit_links_the_same() {
    let mut random = Random::new(135);
    let functions: Vec<Function> = (0..SIGNATURES).map(|i| Function::random(&mut random, i)).collect();
    let library = compile("gcc", "random_linker", &source(&functions));
    let address = |symbol: &str| {
        library::address(&Name { library: library.to_str().map(Into::into), symbol: symbol.into() })
    };
    let seen = address("seen").expect("the variable").cast::<u64>();
    let mut linker = Linker::of(linking::isa());
    let bound: Vec<_> = functions
        .iter()
        .enumerate()
        .map(|(i, f)| {
            let prototype = Prototype::get(f.args().as_bytes(), f.ret().as_bytes()).expect("a signature");
            let form = form_of(i, f, &prototype);
            let name = Name { library: None, symbol: f.name.as_str().into() };
            let target = address(&f.name).expect("a function");
            let binding = Binding::new(name, prototype, form, target).expect("bound");
            let template = binding.prototype.template(form).expect("compiled");
            let base = binding.entry().wrapping_sub(template.entry());
            // SAFETY: the binding's code is a copy of its template.
            let addresses = unsafe { addresses(&template, base) };
            (binding, linker.link(&f.name, &template, &addresses), template)
        })
        .collect();
    let linked = linker.finish();
    for (f, (binding, id, template)) in functions.iter().zip(bound) {
        let other = linked.entry(id, &template);
        let args: Vec<Argument> = f.params.iter().map(|p| p.argument(&mut random)).collect();
        let mut given: Vec<Obj> = args.iter().map(|a| a.given.clone()).collect();
        if binding.form == Form::List {
            given = vec![Obj::list(given)];
        } else if given.is_empty() {
            given.push(Obj::null());
        }
        let outcomes = [binding.entry(), other].map(|entry| {
            let outcome = call(&function(entry, binding.rank()), &given).map(|x| raw(&x));
            // SAFETY: the variable is the library's, which stays loaded, and nothing writes it now.
            assert_eq!(unsafe { seen.read() }, hash(&args), "C sees other arguments: {}", f.args());
            outcome
        });
        assert_eq!(outcomes[0], outcomes[1], "{} {}", f.args(), f.ret());
    }
}
