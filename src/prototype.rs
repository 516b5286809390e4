//! What is made once for a signature and shared by everything that is bound with it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use smallvec::SmallVec;

use crate::abi::Abi;
use crate::call::Caller;
use crate::error::{Error, Result};
use crate::jit::Template;
use crate::jit::{self, Form};
use crate::plan::{AtomicPlan, Plans, Route, StepPlan};
use crate::signature::{More, Signature};

/// Calls with inferred types before an invoker is compiled for them: that takes about 100 µs, and each call some 25 ns
/// less then.
const LIBFFI_FIRST: u32 = 1000;

/// Mixtures of vectors and atoms that code is compiled for, for a signature.
const MIXTURES: usize = 32;

/// A signature with its plan, and on demand its stubs' templates and what calls without them.
pub struct Prototype {
    /// The types.
    pub signature: Signature,
    /// Argument types and result type as text.
    pub types: [Box<str>; 2],
    /// Which machinery makes calls.
    pub route: Route,
    /// Whether an invoker can be compiled.
    is_passed: bool,
    /// Whether callbacks can be compiled; else libffi makes them.
    pub calls_back: bool,
    /// How loops are made, once that has been asked.
    atomic: OnceLock<Option<Box<AtomicPlan>>>,
    steps: OnceLock<Option<Box<StepPlan>>>,
    /// That of the letters alone, whose stubs are the same as this one's.
    plain: Option<Arc<Prototype>>,
    /// Of the forms that have been asked for: few of all.
    templates: Mutex<Vec<(Form, Compiled)>>,
    caller: OnceLock<Box<Result<Caller>>>,
    /// Calls that [`Self::caller_by_use`] has been asked for.
    uses: AtomicU32,
    by_libffi: OnceLock<Box<Result<Caller>>>,
    /// With types for the variable arguments, by the text of these.
    completed: OnceLock<Box<Mutex<Completed>>>,
}

/// Prototypes by the text of the types of their variable arguments.
type Completed = HashMap<Box<str>, Arc<Prototype>>;

/// A template, or why there is none.
type Compiled = std::result::Result<Arc<Template>, Box<Error>>;

/// Prototypes by the text of their types, and those of which more is said by that too.
#[derive(Default)]
struct Prototypes {
    plain: HashMap<Box<[u8]>, Arc<Prototype>>,
    told: HashMap<(Box<[u8]>, More), Arc<Prototype>>,
}

impl Prototypes {
    fn get(&self, text: &[u8], more: &More) -> Option<Arc<Prototype>> {
        match more.is_empty() {
            true => self.plain.get(text).cloned(),
            false => self.told.get(&(text.into(), more.clone())).cloned(),
        }
    }

    /// Adds one, unless another thread has been faster.
    fn add(&mut self, text: &[u8], more: More, prototype: Arc<Prototype>) -> Arc<Prototype> {
        let text: Box<[u8]> = text.into();
        let kept = match more.is_empty() {
            true => self.plain.entry(text).or_insert(prototype),
            false => self.told.entry((text, more)).or_insert(prototype),
        };
        kept.clone()
    }
}

fn prototypes() -> &'static Mutex<Prototypes> {
    static PROTOTYPES: OnceLock<Mutex<Prototypes>> = OnceLock::new();
    PROTOTYPES.get_or_init(Mutex::default)
}

impl Prototype {
    /// The prototype for these argument types and this result type.
    ///
    /// # Errors
    /// As [`Signature::parse`].
    pub fn get(args: &[u8], ret: &[u8]) -> Result<Arc<Self>> {
        Self::with(args, ret, More::default())
    }

    /// The same where more is said than by letters.
    ///
    /// # Errors
    /// As [`Signature::parse_with`].
    pub fn with(args: &[u8], ret: &[u8], more: More) -> Result<Arc<Self>> {
        // No text of types has a NUL.
        let mut text: SmallVec<[u8; 64]> = SmallVec::from_slice(args);
        text.push(0);
        text.extend_from_slice(ret);
        if let Some(known) = prototypes().lock().get(&text, &more) {
            return Ok(known);
        }
        let signature = Signature::parse_with(args, ret, more.clone())?;
        let plain = if more.is_empty() { None } else { Self::get(args, ret).ok() };
        let prototype = Arc::new(Self::new(signature, plain));
        Ok(prototypes().lock().add(&text, more, prototype))
    }

    fn new(signature: Signature, plain: Option<Arc<Self>>) -> Self {
        let plans = Plans::new(&signature, Abi::HOST);
        let plain = plain.filter(|plain| plain.plans() == plans);
        let (route, is_passed) = (plans.call.route, plans.call.passing.is_some());
        let calls_back = plans.callback.is_some();
        let types = [signature.args_text(), signature.ret_text()].map(Into::into);
        let (atomic, steps, templates, caller, uses, by_libffi, completed) = Default::default();
        Self {
            signature,
            types,
            route,
            is_passed,
            calls_back,
            atomic,
            steps,
            plain,
            templates,
            caller,
            uses,
            by_libffi,
            completed,
        }
    }

    /// How code is made, for calls in all forms and for callbacks. It is computed anew: code is compiled once, and most
    /// signatures have a form or two.
    pub fn plans(&self) -> Plans {
        Plans::new(&self.signature, Abi::HOST)
    }

    /// How an atomic function's loop is made; `None` where there is none.
    pub fn atomic(&self) -> Option<&AtomicPlan> {
        self.atomic.get_or_init(|| self.plans().atomic.map(Box::new)).as_deref()
    }

    /// How an iterator's loop is made; `None` where that is no code.
    pub fn steps(&self) -> Option<&StepPlan> {
        self.steps.get_or_init(|| self.plans().steps.map(Box::new)).as_deref()
    }

    /// The prototype with these types for the variable arguments, whose types come from the data.
    ///
    /// # Errors
    /// As [`Signature::parse`].
    pub fn completed(&self, types: &str) -> Result<Arc<Self>> {
        let completed = self.completed.get_or_init(Default::default);
        if let Some(known) = completed.lock().get(types) {
            return Ok(known.clone());
        }
        let args = self.signature.args_text() + types;
        let ret = self.signature.ret_text();
        let prototype = Self::with(args.as_bytes(), ret.as_bytes(), self.signature.more().clone())?;
        completed.lock().insert(types.into(), prototype.clone());
        Ok(prototype)
    }

    /// All prototypes of this process, ordered by their text.
    pub fn all() -> Vec<Arc<Self>> {
        let prototypes = prototypes().lock();
        let all = prototypes.plain.values().chain(prototypes.told.values());
        let mut all: Vec<_> = all.cloned().collect();
        all.sort_by_cached_key(|p| (p.signature.args_text(), p.signature.ret_text()));
        all
    }

    /// The template of the stub of this form, compiled on first use.
    ///
    /// # Errors
    /// [`crate::error::Error::Codegen`] when Cranelift fails.
    pub fn template(&self, form: Form) -> Result<Arc<Template>> {
        if let Some(plain) = &self.plain {
            return plain.template(form);
        }
        let mut templates = self.templates.lock();
        let known = templates.iter().find(|(own, _)| *own == form).map(|(_, template)| template.clone());
        let template = known.unwrap_or_else(|| {
            let template = jit::compile(&self.plans(), form).map(Arc::new).map_err(Box::new);
            templates.reserve_exact(1);
            templates.push((form, template.clone()));
            template
        });
        template.map_err(|error| *error)
    }

    /// The template of the loop for such a mixture of vectors and atoms; `None` where there are enough of others.
    ///
    /// # Errors
    /// As [`Self::template`].
    pub fn mixture(&self, atoms: u8) -> Result<Option<Arc<Template>>> {
        if let Some(plain) = &self.plain {
            return plain.mixture(atoms);
        }
        let form = Form::Mixture(atoms);
        let others = |(own, _): &&(Form, Compiled)| matches!(own, Form::Mixture(_)) && *own != form;
        let others = self.templates.lock().iter().filter(others).count();
        (others < MIXTURES).then(|| self.template(form)).transpose()
    }

    /// All templates that there are, of its own, by their forms.
    pub fn all_compiled(&self) -> Vec<(Form, Arc<Template>)> {
        let templates = self.templates.lock();
        let good = templates.iter().filter_map(|(form, template)| Some((*form, template.clone().ok()?)));
        let mut all: Vec<_> = good.collect();
        all.sort_by_key(|(form, _)| *form);
        all
    }

    /// The template of this form if there is one already.
    pub fn compiled(&self, form: Form) -> Option<Arc<Template>> {
        let templates = self.templates.lock();
        let found = templates.iter().find(|(own, _)| *own == form);
        found.and_then(|(_, template)| template.clone().ok())
    }

    /// What makes calls that no stub makes, prepared on first use.
    ///
    /// # Errors
    /// As [`Caller::libffi`] where the invoker does not take the signature, [`crate::error::Error::Codegen`].
    pub fn caller(&self) -> Result<&Caller> {
        if !self.is_passed {
            return self.caller_by_libffi();
        }
        let new = || Caller::native(&self.signature, self.template(Form::Invoker)?);
        self.caller.get_or_init(|| Box::new(new())).as_ref().as_ref().map_err(Clone::clone)
    }

    /// The same for types that nobody has declared, of which there may be many: libffi first, which needs next to no
    /// preparation, the invoker from the call on by which it has had a chance to pay.
    ///
    /// # Errors
    /// As [`Self::caller`].
    pub fn caller_by_use(&self) -> Result<&Caller> {
        match self.uses.fetch_add(1, Ordering::Relaxed) {
            // What libffi does not know of, an invoker may.
            0..LIBFFI_FIRST => self.caller_by_libffi().or_else(|_| self.caller()),
            _ => self.caller(),
        }
    }

    /// The same by libffi, whatever the signature.
    ///
    /// # Errors
    /// As [`Caller::libffi`].
    pub fn caller_by_libffi(&self) -> Result<&Caller> {
        let caller = self.by_libffi.get_or_init(|| Box::new(Caller::libffi(&self.signature)));
        caller.as_ref().as_ref().map_err(Clone::clone)
    }
}
