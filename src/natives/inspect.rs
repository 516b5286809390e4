//! What can be asked about the platform and about compiled code.

use std::env::consts::DLL_EXTENSION;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::args::{integer, usage};
use crate::background;
use crate::binding::{self, Binding};
use crate::callback;
use crate::calls;
use crate::error::{Error, Result};
use crate::faults::{self, Guard};
use crate::foreign;
use crate::jit::Template;
use crate::jit::{self, Form};
use crate::k::{Owned, Ref, collect, tag};
use crate::os;
use crate::plan::MAX_RANK;
use crate::prototype::Prototype;

/// `.ffi.setErrno[n]`, `.ffi.setErrno[]`: sets or reads `errno`, returning the old one.
///
/// # Errors
/// [`Error::Usage`] unless n is an int or long, [`Error::Domain`] unless it fits an int.
pub fn set_errno(n: Ref) -> Result<Owned> {
    let old = os::errno();
    if !n.is_null() {
        let new = integer("setErrno", "n", n)?;
        let new =
            i32::try_from(new).map_err(|_| Error::Domain(format!("setErrno: {new} is not an errno")))?;
        calls::enter().set_errno(new);
    }
    Owned::atom(-tag::INT, old)
}

/// `.ffi.lastError[]`: what Windows had as the last error of this thread when the last C function returned.
///
/// # Errors
/// [`Error::Unsupported`] on other systems.
pub fn last_error(_: Ref) -> Result<Owned> {
    let noted = calls::enter().last_error().or_else(os::last_error);
    let noted = noted.ok_or_else(|| Error::Unsupported("lastError: Windows only".into()))?;
    Owned::atom(-tag::LONG, i64::from(noted))
}

/// `.ffi.os[]`: the platform's letter, as `.z.o` begins.
///
/// # Errors
/// None.
pub fn os(_: Ref) -> Result<Owned> {
    let letter = match std::env::consts::OS {
        "windows" => b'w',
        "macos" => b'm',
        _ => b'l',
    };
    Owned::atom(-tag::CHAR, letter)
}

/// `.ffi.extension[]`: the extension of the platform's libraries.
///
/// # Errors
/// None.
pub fn extension(_: Ref) -> Result<Owned> {
    Owned::symbol_from(DLL_EXTENSION)
}

/// `.ffi.ptrsize[]`: bytes of a pointer.
///
/// # Errors
/// None.
pub fn pointer_size(_: Ref) -> Result<Owned> {
    Owned::atom(-tag::INT, size_of::<usize>() as i32)
}

/// `.ffi.version[]`: a dictionary of this library's version, the target it was built for and the commit it was built
/// from, which is empty where the build did not say.
///
/// # Errors
/// None.
pub fn version(_: Ref) -> Result<Owned> {
    let target = target_lexicon::HOST.to_string();
    let facts = [
        ("version", env!("CARGO_PKG_VERSION")),
        ("target", &target),
        ("commit", option_env!("FFIJIT_COMMIT").unwrap_or_default()),
    ];
    let (names, values): (Vec<&str>, Vec<&str>) = facts.into_iter().unzip();
    Owned::dictionary(Owned::symbols(names)?, Owned::symbols(values)?)
}

/// `.ffi.stubs[]`: a table of all templates.
///
/// # Errors
/// None.
pub fn list_stubs(_: Ref) -> Result<Owned> {
    let rows: Vec<(Arc<Prototype>, Form, Arc<Template>)> = Prototype::all()
        .into_iter()
        .flat_map(|p| p.all_compiled().into_iter().map(move |(form, template)| (p.clone(), form, template)))
        .collect();
    let strings = |f: &dyn Fn(&Prototype) -> String| {
        Owned::list(collect(rows.iter().map(|(p, ..)| Owned::chars(f(p).as_bytes())))?)
    };
    let longs = |t: i8, f: &dyn Fn(&Template) -> i64| {
        let values: Vec<i64> = rows.iter().map(|(.., template)| f(template)).collect();
        // SAFETY: the elements of long and timespan vectors are 64-bit integers.
        unsafe { Owned::vector(t, &values) }
    };
    Owned::table([
        ("args", strings(&|p| p.signature.args_text())?),
        ("ret", strings(&|p| p.signature.ret_text())?),
        ("form", Owned::symbols(rows.iter().map(|(_, form, _)| form.name()))?),
        ("bytes", longs(tag::LONG, &|t| t.size() as i64)?),
        ("perBinding", longs(tag::LONG, &|t| (t.allocated() + size_of::<Binding>()) as i64)?),
        ("compile", longs(tag::TIMESPAN, &|t| t.compile_time.as_nanos() as i64)?),
        ("uses", longs(tag::LONG, &|t| t.uses.load(Ordering::Relaxed) as i64)?),
    ])
}

/// `.ffi.disasm[args;ret]`: CLIF and machine code of a stub as text: the fixed-rank one where there is one.
///
/// # Errors
/// Those of reading the signature.
pub fn disassemble(args: Ref, ret: Ref) -> Result<Owned> {
    let text = |which, x: Ref<'_>| {
        x.chars().map(<[u8]>::to_vec).ok_or_else(|| usage("disasm", which, "string or char", x))
    };
    let prototype = Prototype::get(&text("args", args)?, &text("ret", ret)?)?;
    let form = if prototype.signature.arity() > MAX_RANK { Form::List } else { Form::Fixed };
    Owned::chars(jit::disassemble(&prototype.plans(), form)?.as_bytes())
}

/// `.ffi.guard[on]`: whether faults of C become errors in q, and with 2 whether C is kept from going beyond what arguments
/// point to; gives what it was. `.ffi.guard[]` tells.
///
/// # Errors
/// [`Error::Usage`] unless `on` is a boolean or 2, [`Error::Unsupported`] where faults are not caught.
pub fn guard(on: Ref) -> Result<Owned> {
    let was = faults::guard();
    let wanted = match on.tag() {
        _ if on.is_null() => was,
        // SAFETY: the payload of a boolean is a byte.
        t if t == -tag::BOOLEAN && unsafe { on.payload::<u8>() } == 0 => Guard::Off,
        t if t == -tag::BOOLEAN => Guard::On,
        t if [-tag::INT, -tag::LONG].contains(&t) && integer("guard", "on", on)? == 2 => Guard::Overruns,
        _ => return Err(usage("guard", "on", "boolean or 2", on)),
    };
    if wanted != was {
        faults::set_guard(wanted, binding::NAMES)?;
    }
    match was {
        Guard::Overruns => Owned::atom(-tag::LONG, 2_i64),
        _ => Owned::atom(-tag::BOOLEAN, u8::from(was == Guard::On)),
    }
}

/// `.ffi.stats[]`: a dictionary of counters: callbacks, calls of them by threads that are not q's, what foreign objects
/// own, faults that have become errors, and calls that do not block.
///
/// # Errors
/// None.
pub fn statistics(_: Ref) -> Result<Owned> {
    let counters = callback::object::statistics().into_iter().chain(callback::queue::statistics());
    let counters = counters.chain(callback::away::statistics()).chain(foreign::statistics());
    let counters = counters.chain(faults::statistics()).chain(background::statistics());
    let (names, values): (Vec<&str>, Vec<i64>) = counters.unzip();
    // SAFETY: the elements of a long vector are 64-bit integers.
    Owned::dictionary(Owned::symbols(names)?, unsafe { Owned::vector(tag::LONG, &values) }?)
}
