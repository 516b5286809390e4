//! One C function bound in every form at once, so that a test says once what a call gives.

use std::path::Path;
use std::sync::Arc;

use ffijit::call::{Callee, Caller};
use ffijit::error::Error;
use ffijit::library::{self, Name};
use ffijit::marshal::Arguments;
use ffijit::prototype::Prototype;
use kapi::{Obj, tag};

use super::values::raw;
use super::{call, callee, fixed, list_form, native, transcript};

/// What a call gives: the result, or the text of the error.
pub type Outcome = Result<Obj, String>;

/// Rank up to which there is a fixed form.
const MAX_RANK: usize = 8;

/// A C function bound in every form.
pub struct Bound {
    name: String,
    args: String,
    fixed: Option<Obj>,
    list: Obj,
    call_function: Obj,
    /// For all but K objects.
    background: Option<Obj>,
    /// What `.ffi.callFunction` is told: the result type and the function.
    call_spec: Obj,
    prototype: Arc<Prototype>,
    target: *const u8,
}

impl Bound {
    /// Binds a function of a compiled library. The signature is good, or the test ends here.
    pub fn new(library: &Path, function: &str, args: &str, ret: &str) -> Self {
        let prototype = Prototype::get(args.as_bytes(), ret.as_bytes()).expect(args);
        let name = Name { library: library.to_str().map(Arc::from), symbol: function.into() };
        let target = library::address(&name).expect(function);
        let spec = callee(library, function);
        let fits = prototype.signature.arity() <= MAX_RANK;
        Self {
            name: function.into(),
            args: args.into(),
            fixed: fits.then(|| fixed(spec.clone(), args, ret).expect(function)),
            list: list_form(spec.clone(), args, ret).expect(function),
            call_function: native("callFunction"),
            background: background(&spec, args, ret),
            call_spec: Obj::list(vec![Obj::string(ret.as_bytes()), spec]),
            prototype,
            target,
        }
    }

    /// Calls it in every form, which is void and leaves this in the first of its arguments.
    pub fn leaves(&self, make: &dyn Fn() -> Vec<Obj>, wanted: &Obj) {
        self.each(make, &mut |form, args, outcome| {
            assert_eq!((outcome, raw(&args[0])), (Ok(Obj::null()), raw(wanted)), "{form}");
        });
    }

    /// Calls it in every form, each with arguments of its own: the name of the form, the arguments after the call and
    /// what came of it go to `see`.
    pub fn each(&self, make: &dyn Fn() -> Vec<Obj>, see: &mut dyn FnMut(&str, &[Obj], Outcome)) {
        let mut through = |form: &str, call: &dyn Fn(&[Obj]) -> Outcome| {
            let args = make();
            let outcome = call(&args);
            see(&format!("{} {form}", self.name), &args, outcome);
        };
        if let Some(f) = &self.fixed {
            through("fn", &|args| match args {
                [] => call(f, &[Obj::null()]),
                _ => call(f, args),
            });
        }
        through("list", &|args| self.list(Obj::list(args.to_vec())));
        through("enlist (..;::)", &|args| self.list(Obj::list(vec![ffikdb(args)])));
        if let Some(vector) = collapsed(&make()) {
            through("simple vector", &|_| self.list(vector.clone()));
        }
        // It cannot be told of every packed struct.
        let packs = [self.prototype.signature.args_text(), self.prototype.signature.ret_text()].concat();
        if !packs.contains('!') || self.prototype.caller_by_libffi().is_ok() {
            through("libffi", &|args| self.libffi(args));
        }
        through("invoker", &|args| self.invoker(args));
        // It belongs to q's main thread; callbacks that C calls from there are asked for less.
        let is_main = ffijit::calls::enter().is_main();
        if let Some(f) = self.background.as_ref().filter(|_| is_main && !self.args.contains('k')) {
            through("async", &|args| in_background(f, args));
        }
        if inferred(&make()).is_some_and(|types| types == self.args) {
            through("callFunction", &|args| {
                call(&self.call_function, &[self.call_spec.clone(), ffikdb(args)])
            });
        }
    }

    /// Calls it in every form with these arguments and demands that all give the same, bit by bit, which comes back.
    pub fn call(&self, args: &[Obj]) -> Outcome {
        let mut first: Option<Outcome> = None;
        self.each(&|| args.to_vec(), &mut |form, _, outcome| {
            let first = first.get_or_insert_with(|| outcome.clone());
            assert_eq!(outcome.as_ref().map(raw), first.as_ref().map(raw), "{form} {args:?}");
        });
        first.expect("the list form exists")
    }

    fn list(&self, list: Obj) -> Outcome {
        call(&self.list, &[list])
    }

    /// Through libffi, which judges the others.
    pub fn libffi(&self, args: &[Obj]) -> Outcome {
        self.through(self.prototype.caller_by_libffi().expect("a signature for libffi"), args)
    }

    /// Through the invoker, as all calls that leave a stub's hot path.
    fn invoker(&self, args: &[Obj]) -> Outcome {
        self.through(self.prototype.caller().expect("an invoker"), args)
    }

    fn through(&self, caller: &Caller, args: &[Obj]) -> Outcome {
        let callee = Callee {
            signature: &self.prototype.signature,
            name: &self.name,
            target: self.target,
            functions: ffijit::callback::pointer,
        };
        let raw: Vec<ffijit::k::K> = args.iter().map(|x| x.as_raw().cast()).collect();
        // SAFETY: the test's C function has this signature, and the arguments live.
        let result = unsafe { caller.call(callee, &Arguments::Borrowed(&raw)) };
        let outcome = match result {
            // SAFETY: the result is ours.
            Ok(x) => Ok(unsafe { Obj::from_raw(x.into_raw().cast()) }),
            // No object and, as in these tests, no error that C has signalled: q makes `::` of it.
            Err(Error::Pending) => Ok(Obj::null()),
            Err(e) => Err(e.to_string()),
        };
        transcript::note(&outcome);
        outcome
    }
}

/// `.ffi.async`, which is refused where there is a K object.
fn background(spec: &Obj, args: &str, ret: &str) -> Option<Obj> {
    let types = [args, ret].map(|text| Obj::string(text.as_bytes()));
    let bound = transcript::without(|| call(&native("async"), &[[spec.clone()].as_slice(), &types].concat()));
    assert_eq!(
        bound.is_err(),
        args.contains('K') || args.ends_with("...") || ret == "K",
        "{args} {ret}: {bound:?}"
    );
    bound.ok()
}

/// What a call in the background gives, or the error that its submission signals. Which of a suite's threads may make one
/// is chance.
fn in_background(f: &Obj, args: &[Obj]) -> Outcome {
    transcript::without(|| {
        let id = call(f, &[Obj::list(args.to_vec()), Obj::null()])?;
        call(&native("await"), &[Obj::list(vec![id])])
    })
}

/// `(a;b;::)`.
pub fn ffikdb(args: &[Obj]) -> Obj {
    Obj::list([args, &[Obj::null()]].concat())
}

/// The simple vector of atoms of one type.
pub fn collapsed(args: &[Obj]) -> Option<Obj> {
    let first = args.first()?.tag();
    let all_alike = (-19..0).contains(&first) && args.iter().all(|x| x.tag() == first);
    all_alike.then(|| Obj::from_items(args.to_vec()))
}

/// The type characters that data of a q type have of themselves.
fn inferred(args: &[Obj]) -> Option<String> {
    args.iter()
        .map(|x| {
            let letter = char::from(tag::info(x.tag())?.letter);
            Some(if x.is_atom() { letter } else { letter.to_ascii_uppercase() })
        })
        .collect()
}
