//! Stubs judged by libffi: with the same arguments, C sees the same and q gets the same, value or error.

use ffijit::call::{Callee, Caller};
use ffijit::error::Result as CallerResult;
use ffijit::library::{self, Name};
use ffijit::marshal::Arguments;
use ffijit::prototype::Prototype;
use ffijit::signature::Variadic;
use kapi::Obj;

use crate::host::{call, leaves_nothing, native, start};
use crate::input::Input;
use crate::judge::{self, NAME};
use crate::objects;
use crate::signatures::{COUNT, Of, text};

/// What a call has shown: what C saw, if it was called, and the bytes of the result or the text of the error.
type Shown = (Option<Vec<u8>>, Result<Vec<u8>, String>);

/// Calls a signature by number in both forms, by its invoker and through libffi.
pub fn run(data: &[u8]) {
    start();
    let mut input = Input::new(data);
    let (args, ret) = text(input.below(COUNT), Of::All);
    let Ok(prototype) = Prototype::get(args.as_bytes(), ret.as_bytes()) else { return };
    let signature = &prototype.signature;
    if matches!(signature.variadic, Variadic::FromData(_))
        || judge::become_callee(&prototype, &mut input).is_none()
    {
        return;
    }
    let objects: Vec<Obj> = signature
        .given()
        .map(|ty| if input.once_in(32) { objects::any(&mut input) } else { objects::fitting(&mut input, ty) })
        .collect();
    leaves_nothing(|| {
        let wanted = through(prototype.caller_by_libffi(), &prototype, &objects);
        assert_eq!(through(prototype.caller(), &prototype, &objects), wanted, "invoker {args} {ret}");
        let types = [&args, &ret].map(|t| Obj::string(t.as_bytes()));
        for form in ["fn", "bind"] {
            let bound = call(&native(form), &[Obj::symbol(NAME), types[0].clone(), types[1].clone()]);
            let Ok(f) = bound else { continue };
            let outcome = match (form, objects.len()) {
                ("fn", 0) => call(&f, &[Obj::null()]),
                ("fn", _) => call(&f, &objects),
                _ => call(&f, &[Obj::list([&objects[..], &[Obj::null()]].concat())]),
            };
            let got = shown(outcome);
            assert_eq!(got, wanted, "{form} {args} {ret}");
        }
    });
}

fn shown(outcome: Result<Obj, String>) -> Shown {
    (judge::seen(), outcome.map(|x| judge::bytes(&x)))
}

/// Through a caller of prepared arguments.
fn through(caller: CallerResult<&Caller>, prototype: &Prototype, objects: &[Obj]) -> Shown {
    let name = Name { library: None, symbol: NAME.into() };
    let target = library::address(&name).expect("this program's own");
    let raw: Vec<ffijit::k::K> = objects.iter().map(|x| x.as_raw().cast()).collect();
    let arguments = Arguments::Borrowed(&raw);
    let caller = caller.expect("libffi takes it, as the callee shows, and an invoker what it does not");
    let callee =
        Callee { signature: &prototype.signature, name: NAME, target, functions: ffijit::callback::pointer };
    // SAFETY: the callee has become one of this signature, and the arguments live.
    let result = unsafe { caller.call(callee, &arguments) };
    // SAFETY: the result is ours.
    shown(result.map(|x| unsafe { Obj::from_raw(x.into_raw().cast()) }).map_err(|e| e.to_string()))
}
