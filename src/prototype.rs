//! What is made once for a signature and shared by everything that is bound with it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use crate::abi::Abi;
use crate::call::Caller;
use crate::error::Result;
use crate::jit::Template;
use crate::jit::{self, Form};
use crate::plan::Plans;
use crate::signature::{More, Signature};

/// Calls with inferred types before an invoker is compiled for them: that takes about 100 µs, and each call some 25 ns
/// less then.
const LIBFFI_FIRST: u32 = 1000;

/// A signature with its plan, and on demand its stubs' templates and what calls without them.
pub struct Prototype {
    /// The types.
    pub signature: Signature,
    /// Argument types and result type as text.
    pub types: [Box<str>; 2],
    /// How calls are made.
    pub plans: Plans,
    /// That of the letters alone, whose stubs are the same as this one's.
    plain: Option<Arc<Prototype>>,
    templates: [OnceLock<Result<Arc<Template>>>; Form::ALL.len()],
    caller: OnceLock<Result<Caller>>,
    /// Calls that [`Self::caller_by_use`] has been asked for.
    uses: AtomicU32,
    by_libffi: OnceLock<Result<Caller>>,
    /// With types for the variable arguments, by the text of these.
    completed: Mutex<HashMap<Box<str>, Arc<Prototype>>>,
}

/// Prototypes by the text of their argument types and result type, and by what these do not say.
type Prototypes = HashMap<Box<[u8]>, HashMap<Box<[u8]>, HashMap<More, Arc<Prototype>>>>;

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
        let known = |prototypes: &Prototypes| prototypes.get(args)?.get(ret)?.get(&more).cloned();
        if let Some(known) = known(&prototypes().lock()) {
            return Ok(known);
        }
        let plain = match more == More::default() {
            true => None,
            false => Self::get(args, ret).ok(),
        };
        let prototype = Arc::new(Self::new(Signature::parse_with(args, ret, more.clone())?, plain));
        let mut prototypes = prototypes().lock();
        let by_ret = prototypes.entry(args.into()).or_default().entry(ret.into()).or_default();
        Ok(by_ret.entry(more).or_insert(prototype).clone())
    }

    fn new(signature: Signature, plain: Option<Arc<Self>>) -> Self {
        let plans = Plans::new(&signature, Abi::HOST);
        let plain = plain.filter(|plain| plain.plans == plans);
        let types = [signature.args_text(), signature.ret_text()].map(Into::into);
        let (templates, caller, uses, by_libffi, completed) = Default::default();
        Self { signature, types, plans, plain, templates, caller, uses, by_libffi, completed }
    }

    /// The prototype with these types for the variable arguments, whose types come from the data.
    ///
    /// # Errors
    /// As [`Signature::parse`].
    pub fn completed(&self, types: &str) -> Result<Arc<Self>> {
        if let Some(known) = self.completed.lock().get(types) {
            return Ok(known.clone());
        }
        let args = self.signature.args_text() + types;
        let ret = self.signature.ret_text();
        let prototype = Self::with(args.as_bytes(), ret.as_bytes(), self.signature.more.clone())?;
        self.completed.lock().insert(types.into(), prototype.clone());
        Ok(prototype)
    }

    /// All prototypes of this process, ordered by their text.
    pub fn all() -> Vec<Arc<Self>> {
        let prototypes = prototypes().lock();
        let by_ret = prototypes.values().flat_map(HashMap::values);
        let mut all: Vec<_> = by_ret.flat_map(HashMap::values).cloned().collect();
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
        self.templates[form as usize].get_or_init(|| jit::compile(&self.plans, form).map(Arc::new)).clone()
    }

    /// The template of this form if there is one already.
    pub fn compiled(&self, form: Form) -> Option<Arc<Template>> {
        self.templates[form as usize].get().and_then(|t| t.clone().ok())
    }

    /// What makes calls that no stub makes, prepared on first use.
    ///
    /// # Errors
    /// As [`Caller::libffi`] where the invoker does not take the signature, [`crate::error::Error::Codegen`].
    pub fn caller(&self) -> Result<&Caller> {
        if self.plans.call.passing.is_none() {
            return self.caller_by_libffi();
        }
        let new = || Caller::native(&self.signature, self.template(Form::Invoker)?);
        self.caller.get_or_init(new).as_ref().map_err(Clone::clone)
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
        self.by_libffi.get_or_init(|| Caller::libffi(&self.signature)).as_ref().map_err(Clone::clone)
    }
}
