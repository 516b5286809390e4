//! Lambdas: their compiled form, and calling them.

use std::ffi::c_char;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering::Relaxed};

use crate::eval::evaluate::{self as eval, Frame, Stop};
use crate::eval::node::Node;
use crate::eval::trace;
use crate::state::context;
use crate::state::interrupt;
use crate::state::stack;
use crate::syntax::lex::Source;
use crate::words::functions;
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};
use kapi::symbol::Symbol;

/// Locals that fit the machine stack; more go to the heap.
const FEW: usize = 8;

/// A symbol that is set once, by the thread that assigns globals, and read by any.
pub struct Name(AtomicPtr<c_char>);

impl Default for Name {
    fn default() -> Name {
        Name(AtomicPtr::new(Symbol::empty().as_ptr()))
    }
}

impl Name {
    /// The symbol, empty before it is set.
    pub fn get(&self) -> Symbol {
        // SAFETY: an interned text.
        unsafe { Symbol::from_raw(self.0.load(Relaxed)) }
    }

    fn set(&self, name: Symbol) {
        self.0.store(name.as_ptr(), Relaxed);
    }
}

/// A compiled lambda. Its object has type 100 and owns this value.
pub struct Lambda {
    /// The statement it was written in.
    pub source: Arc<Source>,
    /// The text from brace to brace, as offsets into the source.
    pub span: (usize, usize),
    /// The global it was first assigned to; empty before that. Lambdas inside of it have its name with `@`.
    pub name: Name,
    /// Parameters, implicit ones included.
    pub params: Vec<Symbol>,
    /// Are there parameters between brackets? `{[]...}` has them, but none.
    pub niladic: bool,
    /// All locals: the parameters first.
    pub locals: Vec<Symbol>,
    /// Globals it refers to, by full name.
    pub globals: Vec<Symbol>,
    /// Constants of the body in order.
    pub constants: Vec<Obj>,
    /// The namespace it was defined in, empty for the root.
    pub space: Symbol,
    /// What it does.
    pub body: Node,
}

impl Lambda {
    /// The text from brace to brace.
    pub fn text(&self) -> &[u8] {
        &self.source.text[self.span.0..self.span.1]
    }

    /// Arguments it takes before it runs.
    pub fn rank(&self) -> usize {
        self.params.len().max(1)
    }

    /// The object of this lambda: itself, and its text for who cannot read it.
    pub fn into_obj(self) -> Obj {
        let text = Obj::string(self.text());
        Obj::list_as(tag::LAMBDA, vec![Obj::extern_box(Box::new(self)), text])
    }
}

/// The lambda in an object of type 100.
pub fn of(f: &Obj) -> Option<&Lambda> {
    if f.tag() == tag::LAMBDA { f.items().first()?.extern_ref() } else { None }
}

/// Runs a lambda on at least one and at most as many arguments as it has parameters; fewer make a projection.
///
/// # Errors
/// `rank` for too many arguments, `stack`, `stop`, and what the body signals.
pub fn call(f: &Obj, lambda: &Lambda, args: &[Obj]) -> R {
    let rank = lambda.rank();
    if args.len() != rank {
        return if args.len() > rank { Err(QError::rank()) } else { Ok(functions::project(f, args)) };
    }
    stack::check()?;
    interrupt::check()?;
    let params = if lambda.niladic { &[] } else { args };
    let total = lambda.locals.len();
    if total <= FEW {
        let mut slots = [const { None }; FEW];
        run(f, lambda, params, &mut slots[..total])
    } else {
        let mut slots: Vec<Option<Obj>> = vec![None; total];
        run(f, lambda, params, &mut slots)
    }
}

fn run(f: &Obj, lambda: &Lambda, params: &[Obj], slots: &mut [Option<Obj>]) -> R {
    for (slot, param) in slots.iter_mut().zip(params) {
        *slot = Some(param.clone());
    }
    let mut frame = Frame::of_lambda(slots, f);
    match eval::eval(&lambda.body, &mut frame) {
        Ok(value) => Ok(value),
        Err(Stop::Return) => Ok(frame.result.take().unwrap_or_else(Obj::null)),
        Err(Stop::Error(mut error)) => {
            trace::push_lambda(&mut error, &lambda.source, lambda.span, lambda.name.get(), frame.failed_at);
            Err(error)
        }
    }
}

/// What `value` of a lambda gives: code, parameters, locals, namespace and globals, constants, then the
/// source map, name, file, line and text.
pub fn parts(lambda: &Lambda) -> Obj {
    let symbols = |names: &[Symbol]| Obj::from_slice::<Symbol>(tag::KS, names);
    let globals: Vec<Symbol> = std::iter::once(lambda.space).chain(lambda.globals.iter().copied()).collect();
    let file = lambda.source.file.as_deref().unwrap_or_default();
    let newlines = lambda.source.text[..lambda.span.0].iter().filter(|&&b| b == b'\n').count();
    let line = if file.is_empty() { -1 } else { (lambda.source.line + newlines) as i64 };
    let name = lambda.name.get();
    // The code is a tree, not bytes; its place holds an empty byte vector.
    let mut parts = vec![
        Obj::zeroed(tag::KG, 0),
        symbols(&lambda.params),
        symbols(&lambda.locals[lambda.params.len()..]),
        symbols(&globals),
    ];
    parts.extend(lambda.constants.iter().cloned());
    parts.extend([
        Obj::long(-1),
        if name.is_empty() { Obj::list(vec![]) } else { Obj::string(name.bytes()) },
        Obj::string(file.as_bytes()),
        Obj::long(line),
        Obj::string(lambda.text()),
    ]);
    Obj::list(parts)
}

/// Names a lambda after the global it is assigned to, the first time.
pub fn name_after(value: &Obj, global: &context::Global) {
    if let Some(lambda) = (value.tag() == tag::LAMBDA).then(|| of(value)).flatten()
        && lambda.name.get().is_empty()
    {
        lambda.name.set(global.name);
        let inner = Symbol::new(&[global.name.bytes(), b"@"].concat());
        for constant in &lambda.constants {
            if let Some(nested) = of(constant).filter(|nested| nested.name.get().is_empty()) {
                nested.name.set(inner);
            }
        }
    }
}

/// The namespace of a lambda, without its dot, and its text: what serialising it keeps.
///
/// # Errors
/// `type` when it is no lambda.
pub fn serial_form(f: &Obj) -> R<(String, String)> {
    let lambda = of(f).ok_or_else(QError::type_)?;
    let space = lambda.space.as_str();
    let text = String::from_utf8_lossy(lambda.text()).into_owned();
    Ok((space.trim_start_matches('.').to_owned(), text))
}

/// The lambda of a text in a namespace given without its dot.
///
/// # Errors
/// What compiling the text signals; `type` when it is no lambda.
pub fn from_serial_form(space: &str, text: &str) -> R {
    let outer = context::current();
    let name = if space.is_empty() { String::new() } else { format!(".{space}") };
    context::set_current(Symbol::from(name.as_str()));
    let value = eval::text(text.as_bytes());
    context::set_current(outer);
    value.and_then(|f| if f.tag() == tag::LAMBDA { Ok(f) } else { Err(QError::type_()) })
}
