//! Callback thunks judged by libffi's closures: with the same bytes from C and the same object from q, q sees the same
//! arguments and C gets the same result.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::sync::{Arc, Mutex};

use ffijit::call::libffi::Interface;
use ffijit::callback;
use ffijit::calls;
use ffijit::ctype::{CType, Kind};
use ffijit::k::Ref;
use ffijit::prototype::Prototype;
use ffijit::signature::Type;
use kapi::{K, K0, Obj};
use libffi::middle::Cif;
use libffi::raw::ffi_call;

use crate::host::{call, for_good, leaves_nothing, native, start};
use crate::input::Input;
use crate::judge;
use crate::objects;
use crate::ranks::{self, Body};
use crate::signatures::{COUNT, Of, text};

/// Bytes of the largest value that is passed.
const ROOM: usize = 512;

thread_local! {
    /// The arguments that the q function came by, as q would send them.
    static CAME: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
    /// What it returns next.
    static RESULT: RefCell<Option<Obj>> = const { RefCell::new(None) };
}

/// The q function behind every callback here.
struct Noting;

impl Body for Noting {
    fn apply(args: &[K]) -> K {
        // SAFETY: q lends its arguments for the length of the call.
        let came = unsafe { Obj::borrowed_all(args) };
        CAME.set(came.iter().map(judge::bytes).collect());
        RESULT.with_borrow(|result| result.clone().map_or(std::ptr::null_mut(), Obj::into_raw))
    }
}

/// What [`thunks`] has made, by the address of the prototype.
static MADE: Mutex<BTreeMap<usize, &'static Thunks>> = Mutex::new(BTreeMap::new());

/// The callbacks of a prototype.
struct Thunks {
    /// The thunk.
    compiled: *const u8,
    /// libffi's closure.
    closure: *const u8,
    /// How libffi calls either.
    cif: Cif,
}

// SAFETY: these are addresses of code, and a call interface that is only read.
unsafe impl Sync for Thunks {}

/// What there is for a prototype, made once and for good.
fn thunks(prototype: &Arc<Prototype>) -> Option<&'static Thunks> {
    let key = Arc::as_ptr(prototype) as usize;
    if let Some(known) = MADE.lock().expect("no panic while it is held").get(&key) {
        return Some(known);
    }
    let signature = &prototype.signature;
    let function = ranks::function::<Noting>(signature.params.len());
    let types = [signature.args_text(), signature.ret_text()].map(|t| Obj::string(t.as_bytes()));
    let foreign = call(&native("callback"), &[function.clone(), types[0].clone(), types[1].clone()]).ok()?;
    // SAFETY: a foreign object of ffijit's is a pair, the destructor and the pointer; it is never let go.
    let compiled = unsafe { K0::data(foreign.into_raw()).cast::<*const u8>().add(1).read() };
    // SAFETY: the function lives for the length of the call, which takes a reference of its own.
    let lent = unsafe { Ref::new(function.as_raw().cast()) }.expect("an object");
    let closure = callback::pointer_by_libffi(lent, prototype.clone()).ok()?;
    let cif = Interface::new(signature).ok()?.into_cif();
    let made: &'static Thunks = Box::leak(Box::new(Thunks { compiled, closure, cif }));
    MADE.lock().expect("no panic while it is held").insert(key, made);
    Some(made)
}

/// What a call has shown: what q saw, the bytes of the result, and the text of the error that waits.
type Shown = (Vec<Vec<u8>>, Vec<u8>, Option<String>);

/// Calls the callbacks of a signature by number.
pub fn run(data: &[u8]) {
    start();
    let mut input = Input::new(data);
    let (args, ret) = text(input.below(COUNT), Of::Callbacks);
    let Ok(prototype) = Prototype::get(args.as_bytes(), ret.as_bytes()) else { return };
    let types = prototype.signature.params.iter().chain(&prototype.signature.ret);
    if types.clone().any(|ty| ty.size() > ROOM) {
        return;
    }
    let Some(Thunks { compiled, closure, cif }) = for_good(|| thunks(&prototype)) else { return };
    let mut values: Vec<[u64; ROOM / 8]> =
        prototype.signature.params.iter().map(|ty| argument(ty, &mut input)).collect();
    let result = match &prototype.signature.ret {
        Some(ty) if !input.once_in(4) => objects::fitting(&mut input, ty),
        _ => objects::any(&mut input),
    };
    RESULT.set(Some(result));
    leaves_nothing(|| {
        let wanted = enter(&prototype, cif, *closure, &mut values);
        assert_eq!(enter(&prototype, cif, *compiled, &mut values), wanted, "{args} {ret}");
    });
    RESULT.take();
}

/// A value as C passes it.
fn argument(ty: &Type, input: &mut Input) -> [u64; ROOM / 8] {
    let mut value = [0_u64; ROOM / 8];
    match ty {
        Type::Value(row @ CType { kind: Kind::Guid, .. }) => value[0] = judge::pointee(row, input) as u64,
        // SAFETY: there is room for any of these types.
        ty => unsafe { judge::fill(ty, value.as_mut_ptr().cast(), input) },
    }
    value
}

/// Calls a function pointer by libffi.
fn enter(prototype: &Prototype, cif: &Cif, function: *const u8, values: &mut [[u64; ROOM / 8]]) -> Shown {
    let mut addresses: Vec<*mut c_void> = values.iter_mut().map(|v| v.as_mut_ptr().cast()).collect();
    let mut result = [0_u64; ROOM / 8];
    // An error waits for the return of the call during which it occurs.
    let named = calls::Named::new("thunk", ["", ""], std::ptr::null());
    let call = calls::enter().call(&named);
    // SAFETY: both functions are of this signature, and there is a value for each parameter.
    unsafe {
        let function = std::mem::transmute::<*const u8, unsafe extern "C" fn()>(function);
        ffi_call(cif.as_raw_ptr(), Some(function), result.as_mut_ptr().cast(), addresses.as_mut_ptr());
    }
    let called = call.end();
    let mut bytes = Vec::new();
    if let Some(ty) = &prototype.signature.ret {
        // SAFETY: the function has returned a value of this type.
        unsafe { judge::note(ty, result.as_ptr().cast(), false, &mut bytes) };
    }
    (CAME.take(), bytes, called.err().map(|e| e.to_string()))
}
