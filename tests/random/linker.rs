//! cranelift-jit as a second linker: a stub that it has put in memory does what the copy does that the library has
//! installed.

use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::ir::Signature;
use cranelift_codegen::isa::CallConv;
use cranelift_codegen::settings;
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{FuncId, Linkage, Module, ModuleReloc, ModuleRelocTarget};
use ffijit::binding::Binding;
use ffijit::jit::{Fill, Form, Relocation, Symbol, Template};
use ffijit::k::Owned;
use ffijit::library::{self, Name};
use ffijit::os::ThreadWord;
use ffijit::plan::MAX_RANK;
use ffijit::prototype::Prototype;
use kapi::Obj;

use super::support::random::Random;
use super::support::signatures::{Argument, hash};
use super::support::values::raw;
use super::support::{call, compile};
use super::{Function, source};

const SIGNATURES: usize = 1000;

/// A module whose symbols are named by their addresses.
fn module() -> JITModule {
    let isa = cranelift_native::builder().expect("a known processor");
    let isa = isa.finish(settings::Flags::new(settings::builder())).expect("good flags");
    let mut builder = JITBuilder::with_isa(isa, cranelift_module::default_libcall_names());
    builder.symbol_lookup_fn(Box::new(|name| name.parse::<usize>().ok().map(|a| a as *const u8)));
    JITModule::new(builder)
}

/// The address that the installed copy of a template has for a relocation.
///
/// # Safety
/// `base` is where a copy of the template begins.
unsafe fn installed(template: &Template, base: *const u8, r: &Relocation) -> usize {
    // SAFETY: the copy is as long as the template, and has its veneers behind.
    unsafe {
        let at = base.add(r.offset);
        let address = |at: *const u8| at.cast::<usize>().read_unaligned();
        let reached = |call: *const u8| {
            let displacement = call.add(1).cast::<i32>().read_unaligned();
            call.add(5).wrapping_offset(displacement as isize)
        };
        match r.fill {
            Fill::Address => address(at),
            Fill::Call | Fill::Jump => {
                let reached = reached(at);
                let is_veneer = (reached as usize).wrapping_sub(base as usize + template.size()) < 512;
                if is_veneer { address(reached.add(2)) } else { reached as usize }
            }
            Fill::LoadedCall { .. } if [0x48, 0x49].contains(&at.read()) => address(at.add(2)),
            Fill::LoadedCall { .. } => reached(at.add(r.length() - 5)) as usize,
            Fill::ThreadOffset | Fill::ThreadOffsetPair | Fill::Branch => {
                unreachable!("no address on x86-64")
            }
        }
    }
}

/// Has the module link a template, with the addresses of the binding's own copy. It has no relocation for thread-local
/// words, and none that reaches everything but that of eight bytes.
fn linked(module: &mut JITModule, name: &str, binding: &Binding, template: &Template) -> FuncId {
    let base = binding.entry().wrapping_sub(template.entry());
    let (mut code, relocations) = template.with_veneers(Symbol::ALL);
    let word = ThreadWord::get().map_or(0, ThreadWord::offset);
    let signature = Signature::new(CallConv::SystemV);
    let mut addresses = Vec::new();
    for r in template.relocations().filter(|r| r.fill != Fill::ThreadOffset) {
        // SAFETY: the binding's code is a copy of its template.
        addresses.push((r.symbol, unsafe { installed(template, base, &r) }));
    }
    let mut relocs = Vec::new();
    for r in relocations {
        if r.fill == Fill::ThreadOffset {
            code[r.offset..][..4].copy_from_slice(&word.to_le_bytes());
            continue;
        }
        let field = if r.fill == Fill::Address { r.offset } else { r.offset + 2 };
        let (_, address) = addresses.iter().find(|(symbol, _)| *symbol == r.symbol).expect("an address");
        let import = module.declare_function(&address.to_string(), Linkage::Import, &signature);
        let name = ModuleRelocTarget::user(0, import.expect("declared").as_u32());
        relocs.push(ModuleReloc { offset: field as u32, kind: Reloc::Abs8, name, addend: 0 });
    }
    let own = module.declare_function(name, Linkage::Local, &signature).expect("a new name");
    module.define_function_bytes(own, 64, &code, &relocs).expect("room for it");
    own
}

fn function(entry: *const u8, rank: usize) -> Obj {
    // SAFETY: the code is a stub of that rank, in memory that is never given back.
    unsafe { Obj::from_raw(Owned::function(entry, rank).expect("memory").into_raw().cast()) }
}

/// The forms in turn, as far as a function has them.
fn form_of(i: usize, f: &Function, prototype: &Prototype) -> Form {
    match i % 3 {
        1 if prototype.plans.atomic.is_some() => Form::Atomic,
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
    let mut module = module();
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
            (binding, linked(&mut module, &f.name, binding, &template), template.entry())
        })
        .collect();
    module.finalize_definitions().expect("executable memory");
    for (f, (binding, id, entry)) in functions.iter().zip(bound) {
        let other = module.get_finalized_function(id).wrapping_add(entry);
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
    // What bindings hold stays callable.
    std::mem::forget(module);
}
