//! What it costs to put a copy of a template in executable memory: by the library's own code memory, and by cranelift-jit.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cranelift_codegen::isa::OwnedTargetIsa;
use ffijit::binding::Binding;
use ffijit::jit::{Code, Form, Owner, Symbol, Template};
use ffijit::library::Name;
use ffijit::prototype::Prototype;

use super::binding;

#[path = "../../tests/support/linker.rs"]
mod linker;

use linker::{Linker, addresses, isa};

/// Copies that are timed together.
const COPIES: usize = 256;
/// How often that is repeated.
const TIMES: usize = 21;

/// A template with what its copies are filled with.
struct Sample {
    template: Arc<Template>,
    addresses: Vec<(Symbol, usize)>,
    isa: OwnedTargetIsa,
}

impl Sample {
    /// The stub of `ff -> f`.
    fn new() -> Self {
        let prototype = Prototype::get(b"ff", b"f").expect("a good signature");
        let template = prototype.template(Form::Fixed).expect("compiled");
        let name = Name { library: None, symbol: "copied".into() };
        let binding = Binding::new(name, prototype, Form::Fixed, binding::target()).expect("a binding");
        // SAFETY: the binding's code is a copy of its template.
        let addresses = unsafe { addresses(&template, binding.entry().wrapping_sub(template.entry())) };
        Self { template, addresses, isa: isa() }
    }

    /// By the library, which keeps them.
    fn own(&self) -> Duration {
        let address = |s| self.addresses.iter().find(|(own, _)| *own == s).expect("the same symbols").1;
        let start = Instant::now();
        for _ in 0..COPIES {
            black_box(Code::install(self.template.clone(), Owner::Nobody, address).expect("memory"));
        }
        start.elapsed()
    }

    /// By modules with so many copies each; filled in by the module, or beforehand.
    fn modules(&self, copies: usize, has_relocations: bool) -> Duration {
        let names: Vec<String> = (0..copies).map(|i| format!("copy{i}")).collect();
        let start = Instant::now();
        for _ in 0..COPIES / copies {
            let mut linker = Linker::of(self.isa.clone());
            for name in &names {
                match has_relocations {
                    true => linker.link(name, &self.template, &self.addresses),
                    false => linker.place(name, self.template.code()),
                };
            }
            black_box(linker.finish());
        }
        start.elapsed()
    }
}

/// Microseconds a copy, by who makes it.
pub fn costs() -> [(&'static str, f64); 4] {
    let sample = Sample::new();
    let us = |time: &dyn Fn() -> Duration| binding::median_us(TIMES, time) / COPIES as f64;
    [
        ("a copy, own code memory", us(&|| sample.own())),
        ("a copy, one JITModule, filled in beforehand", us(&|| sample.modules(COPIES, false))),
        ("a copy, one JITModule, its relocations", us(&|| sample.modules(COPIES, true))),
        ("a copy, a JITModule of its own", us(&|| sample.modules(1, true))),
    ]
}
