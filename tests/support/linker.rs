//! cranelift-jit as a second linker of templates, with the addresses of an installed copy.

#![allow(dead_code, reason = "each user uses its part")]

use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::ir::Signature;
use cranelift_codegen::isa::{CallConv, OwnedTargetIsa};
use cranelift_codegen::settings;
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{FuncId, Linkage, Module, ModuleReloc, ModuleRelocTarget};
use ffijit::jit::{Fill, Relocation, Symbol, Template};
use ffijit::os::ThreadWord;

/// The addresses that the installed copy of a template has in it, by symbol; thread-local words have none.
///
/// # Safety
/// `base` is where a copy of the template begins.
pub unsafe fn addresses(template: &Template, base: *const u8) -> Vec<(Symbol, usize)> {
    let named = template.relocations().filter(|r| r.fill != Fill::ThreadOffset);
    // SAFETY: passed on to the caller.
    named.map(|r| (r.symbol, unsafe { installed(template, base, &r) })).collect()
}

/// The address that the installed copy has for a relocation.
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
            Fill::ThreadOffset | Fill::ThreadOffsetPair | Fill::Branch | Fill::BranchAway => {
                unreachable!("no address on x86-64")
            }
        }
    }
}

/// The processor that this runs on.
pub fn isa() -> OwnedTargetIsa {
    let isa = cranelift_native::builder().expect("a known processor");
    isa.finish(settings::Flags::new(settings::builder())).expect("good flags")
}

/// Modules want a signature for each function, and do not use it.
fn untyped() -> Signature {
    Signature::new(CallConv::SystemV)
}

/// Code that cranelift-jit links.
pub struct Linker(JITModule);

impl Linker {
    /// A module whose symbols are named by their addresses.
    pub fn of(isa: OwnedTargetIsa) -> Self {
        let mut builder = JITBuilder::with_isa(isa, cranelift_module::default_libcall_names());
        builder.symbol_lookup_fn(Box::new(|name| name.parse::<usize>().ok().map(|a| a as *const u8)));
        Self(JITModule::new(builder))
    }

    /// Has the module link a template under a new name. It has no relocation for thread-local words, and none that
    /// reaches everything but that of eight bytes.
    pub fn link(&mut self, name: &str, template: &Template, addresses: &[(Symbol, usize)]) -> FuncId {
        let (mut code, relocations) = template.with_veneers(Symbol::ALL);
        let mut relocs = Vec::new();
        for r in relocations {
            if r.fill == Fill::ThreadOffset {
                let (word, place) = ThreadWord::get().zip(r.symbol.thread_place()).expect("there is one");
                code[r.offset..][..4].copy_from_slice(&word.offset(place).to_le_bytes());
                continue;
            }
            let field = if r.fill == Fill::Address { r.offset } else { r.offset + 2 };
            let (_, address) = addresses.iter().find(|(symbol, _)| *symbol == r.symbol).expect("an address");
            let import = self.0.declare_function(&address.to_string(), Linkage::Import, &untyped());
            let name = ModuleRelocTarget::user(0, import.expect("declared").as_u32());
            relocs.push(ModuleReloc { offset: field as u32, kind: Reloc::Abs8, name, addend: 0 });
        }
        self.define(name, &code, &relocs)
    }

    /// Has the module place code in which nothing is to be filled in.
    pub fn place(&mut self, name: &str, code: &[u8]) -> FuncId {
        self.define(name, code, &[])
    }

    fn define(&mut self, name: &str, code: &[u8], relocs: &[ModuleReloc]) -> FuncId {
        let own = self.0.declare_function(name, Linkage::Local, &untyped()).expect("a new name");
        self.0.define_function_bytes(own, 64, code, relocs).expect("room for it");
        own
    }

    /// Makes all of it executable.
    pub fn finish(mut self) -> Linked {
        self.0.finalize_definitions().expect("executable memory");
        Linked(std::mem::ManuallyDrop::new(self.0))
    }
}

/// Code that has been linked. It is never given back: what bindings hold stays callable.
pub struct Linked(std::mem::ManuallyDrop<JITModule>);

impl Linked {
    /// Where the function of a template begins.
    pub fn entry(&self, id: FuncId, template: &Template) -> *const u8 {
        self.0.get_finalized_function(id).wrapping_add(template.entry())
    }
}
