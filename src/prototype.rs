//! What is made once for a signature and shared by everything that is bound with it.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use crate::abi::Abi;
use crate::error::Result;
use crate::fallback::Interface;
use crate::jit::code::Template;
use crate::jit::{self, Form};
use crate::plan::Plans;
use crate::signature::Signature;

/// A signature with its plan, and on demand its stubs' templates and its libffi call interface.
pub struct Prototype {
    /// The types.
    pub signature: Signature,
    /// How calls are made.
    pub plans: Plans,
    templates: [OnceLock<Result<Arc<Template>>>; Form::ALL.len()],
    interface: OnceLock<Result<Interface>>,
    /// With types for the variable arguments, by the text of these.
    completed: Mutex<HashMap<Box<str>, Arc<Prototype>>>,
}

/// Prototypes by the text of their argument types and result type.
type Prototypes = HashMap<Box<[u8]>, HashMap<Box<[u8]>, Arc<Prototype>>>;

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
        let known = prototypes().lock().get(args).and_then(|by_ret| by_ret.get(ret)).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let prototype = Arc::new(Self::new(Signature::parse(args, ret)?));
        let mut prototypes = prototypes().lock();
        let by_ret = prototypes.entry(args.into()).or_default();
        Ok(by_ret.entry(ret.into()).or_insert(prototype).clone())
    }

    fn new(signature: Signature) -> Self {
        let plans = Plans::new(&signature, Abi::HOST);
        let (templates, completed) = Default::default();
        Self { signature, plans, templates, interface: OnceLock::new(), completed }
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
        let prototype = Self::get(args.as_bytes(), self.signature.ret_text().as_bytes())?;
        self.completed.lock().insert(types.into(), prototype.clone());
        Ok(prototype)
    }

    /// All prototypes of this process, ordered by their text.
    pub fn all() -> Vec<Arc<Self>> {
        let mut all: Vec<_> = prototypes().lock().values().flat_map(HashMap::values).cloned().collect();
        all.sort_by_cached_key(|p| (p.signature.args_text(), p.signature.ret_text()));
        all
    }

    /// The template of the stub of this form, compiled on first use.
    ///
    /// # Errors
    /// [`crate::error::Error::Codegen`] when Cranelift fails.
    pub fn template(&self, form: Form) -> Result<Arc<Template>> {
        self.templates[form as usize].get_or_init(|| jit::compile(&self.plans, form).map(Arc::new)).clone()
    }

    /// The template of this form if there is one already.
    pub fn compiled(&self, form: Form) -> Option<Arc<Template>> {
        self.templates[form as usize].get().and_then(|t| t.clone().ok())
    }

    /// The libffi call interface, prepared on first use.
    ///
    /// # Errors
    /// [`crate::error::Error::Unsupported`] when libffi does not take the signature.
    pub fn interface(&self) -> Result<&Interface> {
        self.interface.get_or_init(|| Interface::new(&self.signature)).as_ref().map_err(Clone::clone)
    }
}
