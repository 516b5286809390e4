//! `.ffi.over`, `.ffi.scan` and `.ffi.prior`: what q's own iterators give with the bound function.

mod random;
mod rules;
#[path = "../support/mod.rs"]
mod support;

use kapi::{Obj, hook};

use support::{call, native, q};

/// An iterator of q's, by ffijit with a C function and by q with the same one bound.
struct Iterator {
    own: Obj,
    function: Obj,
    applied: Obj,
}

impl Iterator {
    /// `over`, `scan` or `prior` of a C function.
    fn new(what: &str, spec: &Obj, args: &str, ret: &str) -> Self {
        let types = [args, ret].map(|text| Obj::string(text.as_bytes()));
        let bind = |name: &str| {
            call(&native(name), &[spec.clone(), types[0].clone(), types[1].clone()]).expect(args)
        };
        let glyph = match what {
            "over" => "/",
            "scan" => "\\",
            _ => "':",
        };
        let applied = q(&format!("{{[f;args] .[f{glyph};args]}}"));
        Self { own: bind(what), function: bind("fn"), applied }
    }

    /// What ours gives for these arguments, as q hands them over.
    fn ours(&self, args: &[Obj]) -> Result<Obj, String> {
        call(&self.own, &[Obj::from_items(args.to_vec())])
    }

    /// What q's gives.
    fn theirs(&self, args: &[Obj]) -> Result<Obj, String> {
        let args = Obj::list(args.to_vec());
        hook::apply(&self.applied, &[self.function.clone(), args]).map_err(|e| e.text.clone())
    }
}

support::all_again!(without_thread_word);
