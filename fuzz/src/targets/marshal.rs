//! Any objects as the arguments of any signature, in every form: a result or an error, and nothing is left behind.

use ffijit::signature::{Signature, Type};
use kapi::{Obj, tag};

use crate::host::{call, leaves_nothing, native};
use crate::input::Input;
use crate::objects;
use crate::signatures::{COUNT, Of, text};

/// Two words, which are all registers of results but the floating-point ones.
#[repr(C)]
pub struct Zeros(u64, u64);

/// The C function: it takes no notice of what it is given, and returns zeros, whatever its result type.
#[unsafe(no_mangle)]
pub extern "C" fn fuzz_nothing() -> Zeros {
    Zeros(0, 0)
}

/// Binds a signature by number and calls it with a list.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let (args, ret) = text(input.below(COUNT), Of::All);
    let form = input.pick(&["fn", "bind", "atomic", "callFunction"]);
    let Ok(signature) = Signature::parse(args.as_bytes(), ret.as_bytes()) else { return };
    let list = arguments(&mut input, &signature.params);
    leaves_nothing(|| {
        let list = with_holes(list.clone());
        apply(form, &args, &ret, &list);
        mend(&list);
    });
}

fn apply(form: &str, args: &str, ret: &str, list: &Obj) {
    let name = Obj::symbol("fuzz_nothing");
    if form == "callFunction" {
        let spec = Obj::list(vec![Obj::string(ret.as_bytes()), name]);
        let _ = call(&native(form), &[spec, list.clone()]);
        return;
    }
    let types = [args, ret].map(|t| Obj::string(t.as_bytes()));
    let Ok(f) = call(&native(form), &[name, types[0].clone(), types[1].clone()]) else { return };
    let _ = match form {
        "bind" => call(&f, std::slice::from_ref(list)),
        // q passes as many arguments as the function has parameters, and no NULL among them.
        _ if list.tag() == tag::LIST && !list.is_empty() && hole(list).is_none() => call(&f, list.items()),
        _ => return,
    };
}

/// A list of arguments: right, wrong, too short, too long, with `::` at its end or without, in a list of its own, or
/// no list at all.
fn arguments(input: &mut Input, params: &[Type]) -> Obj {
    if input.once_in(16) {
        return objects::any(input);
    }
    let mut items: Vec<Obj> = params
        .iter()
        .map(|ty| if input.once_in(8) { objects::any(input) } else { objects::fitting(input, ty) })
        .collect();
    match input.below(8) {
        0 => items.push(objects::any(input)),
        1 => drop(items.pop()),
        2 | 3 => items.push(Obj::null()),
        _ => (),
    }
    let list = if input.below(4) == 3 { Obj::from_items(items) } else { Obj::list(items) };
    match input.below(4) {
        0 => Obj::list(vec![list]),
        _ => list,
    }
}

/// A copy of a list of two items or more with the last one missing: a damaged list as another library may leave it.
fn with_holes(list: Obj) -> Obj {
    if list.tag() != tag::LIST || list.len() < 2 || !list.len().is_multiple_of(7) {
        return list;
    }
    let items = list.items().to_vec();
    let damaged = Obj::list(items);
    let n = damaged.len();
    // SAFETY: the list is ours alone; its last item is taken out and let go.
    unsafe {
        let last = kapi::K0::data(damaged.as_raw()).cast::<kapi::K>().add(n - 1);
        drop(Obj::from_raw(last.replace(std::ptr::null_mut())));
    }
    damaged
}

/// Where an item is missing.
fn hole(list: &Obj) -> Option<usize> {
    // SAFETY: a general list has as many pointers.
    let items =
        unsafe { std::slice::from_raw_parts(kapi::K0::data(list.as_raw()).cast::<kapi::K>(), list.len()) };
    items.iter().position(|item| item.is_null())
}

/// Puts `::` where an item is missing.
fn mend(list: &Obj) {
    if list.tag() != tag::LIST {
        return;
    }
    if let Some(i) = hole(list) {
        // SAFETY: the slot is empty, and takes the reference.
        unsafe { kapi::K0::data(list.as_raw()).cast::<kapi::K>().add(i).write(Obj::null().into_raw()) };
    }
}
