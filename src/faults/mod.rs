//! Faults of C: SIGSEGV, SIGBUS, SIGFPE and SIGILL of functions that q has called. One line says which binding it was, and
//! then the process ends as it would have; or, if that is asked for, the call ends by an error in q.
//!
//! What is done here runs in a signal handler, in the midst of whatever C has been doing: it allocates nothing, waits for no
//! lock that may be held for long, and writes by `write`.

mod text;
mod unwind;

use std::fmt::Write;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use self::text::Text;
use self::unwind::{Bounds, Frames, Landing, Refusal};
use crate::calls::{self, Here, Named};
use crate::error::{Error, Result};
use crate::jit::{self, Owner, ReturnPlace};
use crate::k::native;
use crate::os::{self, Access, FP, Fault, Handlers, Kind, Outcome, PC, SP, ThreadWord};
use crate::pointed;

/// What a report says of bindings.
#[derive(Clone, Copy)]
pub struct Names {
    /// The C function of the binding at an address.
    pub of: fn(usize) -> Named<'static>,
    /// How C declares a function, where that is known and its own types are those that it is called with. `None` too while
    /// another thread has what is known.
    pub declaration: fn(&Named) -> Option<&'static str>,
}

/// What is known before a fault.
struct Known {
    names: Names,
    /// Where q's own code lies: its interpreter, and what k.h names, which may be a library.
    q: [Range<usize>; 2],
    /// Where the allocator's lies.
    allocator: Range<usize>,
}

static KNOWN: OnceLock<Known> = OnceLock::new();
/// Whether faults become errors in q.
static IS_ON: AtomicBool = AtomicBool::new(false);

/// What is done about faults of C.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// The process ends of them.
    Off,
    /// They become errors in q.
    On,
    /// Besides, what arguments point to are copies that C cannot go beyond without a fault.
    Overruns,
}
/// Faults that did.
static CAUGHT: AtomicU64 = AtomicU64::new(0);

/// Has faults told of from now on, once; `names` are those of bindings at an address.
pub fn begin(names: Names) {
    KNOWN.get_or_init(|| {
        let q = [native::dot as *const () as usize, native::r0 as *const () as usize]
            .map(|at| os::module_at(os::imported(at)).map_or(0..0, |module| module.range));
        if os::faults_are_caught() {
            os::catch_faults(Handlers { first, last });
        }
        Known { names, q, allocator: allocator() }
    });
}

/// Sets what is done about faults to what `FFIJIT_GUARD` says: `1`, or `2` as in `.ffi.guard 2`.
///
/// # Errors
/// As [`set_guard`].
pub fn guard_by_environment(names: Names) -> Result<()> {
    static DONE: OnceLock<Result<()>> = OnceLock::new();
    let set = || match std::env::var("FFIJIT_GUARD").as_deref() {
        Ok("1") => set_guard(Guard::On, names),
        Ok("2") => set_guard(Guard::Overruns, names),
        _ => Ok(()),
    };
    DONE.get_or_init(set).clone()
}

/// Sets what is done about faults; `names` as for [`begin`], since pointers are looked at before anything is bound.
///
/// # Errors
/// [`Error::Unsupported`] where faults are not looked at.
pub fn set_guard(guard: Guard, names: Names) -> Result<()> {
    let is_on = guard != Guard::Off;
    if is_on && !os::CATCHES_FAULTS {
        return Err(Error::Unsupported("guard: faults are not caught on this system".into()));
    }
    if is_on && !os::faults_are_caught() {
        return Err(Error::Unsupported("guard: FFIJIT_REPORT=0 leaves faults alone".into()));
    }
    if is_on {
        begin(names);
        os::ask_allocator();
    }
    IS_ON.store(is_on, Ordering::Relaxed);
    pointed::look(is_on);
    calls::set_cold(guard == Guard::Overruns);
    Ok(())
}

/// What is done about faults.
pub fn guard() -> Guard {
    match (is_guarded(), calls::is_cold()) {
        (false, _) => Guard::Off,
        (true, false) => Guard::On,
        (true, true) => Guard::Overruns,
    }
}

fn is_guarded() -> bool {
    IS_ON.load(Ordering::Relaxed)
}

/// A number for `.ffi.stats[]`: faults that have become errors.
pub fn statistics() -> [(&'static str, i64); 1] {
    [("faults", CAUGHT.load(Ordering::Relaxed) as i64)]
}

/// Where the allocator's code lies: what its functions are among, which a library has in one place.
fn allocator() -> Range<usize> {
    /// Bytes before the first and after the start of the last that may be functions without a name.
    const AROUND: usize = 16 << 10;
    let addresses = || os::ALLOCATOR.iter().filter_map(|name| os::process_symbol(name)).map(|a| a as usize);
    let (first, last) = (addresses().min().unwrap_or(0), addresses().max().unwrap_or(0));
    first.saturating_sub(AROUND)..last.saturating_add(AROUND)
}

/// Looks at a fault before anybody else.
fn first(fault: &mut Fault) -> Outcome {
    let Some(here) = calls::here().or_else(calls::of_worker) else { return Outcome::Unknown };
    let of_stub = if here.is_in_call() { None } else { following(fault) };
    if !here.is_in_call() && of_stub.is_none() {
        return Outcome::Unknown;
    }
    match here.begin_fault() {
        0 => (),
        // What a report reads may be what cannot be read.
        1 => {
            write_line(format_args!(
                "ffijit: {}: while a fault was looked at, another came",
                word(fault.kind)
            ));
            return Outcome::Fatal;
        }
        _ => return Outcome::Fatal,
    }
    let outcome = match caught(fault, here, of_stub) {
        Ok(()) => Outcome::Resumed,
        // If C does not, it is told of at the end.
        Err(None) if may_be_handled(fault, here) => Outcome::Unknown,
        Err(refusal) => {
            report(fault, Some(here), None, refusal);
            let waits = os::ENDS_BY_ALLOCATING && refusal == Some(Refusal::Locked);
            if waits { Outcome::Fatal } else { Outcome::Told }
        }
    };
    here.end_fault();
    outcome
}

/// Looks at a fault outside of calls of C, or one that C might have handled, of which the process ends.
fn last(fault: &mut Fault) {
    let here = calls::here().or_else(calls::of_worker);
    let why = match here {
        None => Some("the thread is not one of q's"),
        Some(here) if here.is_in_call() => None,
        Some(_) => Some("no C function was running: one may have given a pointer that leads nowhere"),
    };
    report(fault, here, why, None);
}

/// Whether a function of C's that is under way has a handler of its own for what happens in it, where systems ask such.
fn may_be_handled(fault: &Fault, here: Here) -> bool {
    let mut registers = fault.registers();
    let mut is_first = true;
    let stack = here.stack();
    while !jit::may_be_code(registers.words[PC]) && stack.contains(&registers.words[SP]) {
        match os::caller(&registers, is_first) {
            Some(Some(caller)) if !caller.handles => registers = caller.registers,
            Some(Some(_)) => return true,
            _ => return false,
        }
        is_first = false;
    }
    false
}

/// Has the call that has faulted return, with an error.
///
/// # Errors
/// Why it cannot; `None` if that is not wanted.
fn caught(
    fault: &mut Fault,
    here: Here,
    of_stub: Option<ReturnPlace>,
) -> std::result::Result<(), Option<Refusal>> {
    let Some(known) = KNOWN.get().filter(|_| is_guarded()) else { return Err(None) };
    let landing = match of_stub {
        Some(place) => Landing { place, registers: fault.registers() },
        None => landing(fault, here, known)?,
    };
    let Landing { place, mut registers } = landing;
    let Some(resume) = place.resume else { return Err(Some(Refusal::Own)) };
    let mut text = Text::<200>::new();
    let _ = write!(text, "{}: ", word(fault.kind));
    write_name(&mut text, place.owner, here.named(), false);
    text.push(b": ");
    write_event(&mut text, fault, Some(here));
    here.park_fault(text.bytes());
    registers.words[PC] = resume;
    fault.resume(&registers, here.environment());
    CAUGHT.fetch_add(1, Ordering::Relaxed);
    Ok(())
}

/// Where the thread can go on: the call that q has made.
fn landing(fault: &Fault, here: Here, known: &Known) -> std::result::Result<Landing, Refusal> {
    let bounds = Bounds { stack: here.stack(), q: known.q.clone(), allocator: known.allocator.clone() };
    let mut frames = Frames::new(fault.registers(), &bounds.stack)?;
    let landing = frames.land(&bounds)?;
    if frames.has_allocator {
        return Err(Refusal::Allocator);
    }
    if !os::allocator_answers() {
        return Err(Refusal::Locked);
    }
    Ok(landing)
}

/// The call behind which a stub follows the pointer that C has returned, if that is what has faulted: the stub can go on
/// there again, since it keeps nothing over the call where it loads the record again.
fn following(fault: &Fault) -> Option<ReturnPlace> {
    let registers = fault.registers();
    let place = ThreadWord::get().and_then(|_| jit::returned_place(registers.words[PC]))?;
    (registers.words[FP].wrapping_sub(registers.words[SP]) == place.frame).then_some(place)
}

/// The word by which errors begin.
fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Segment => "segv",
        Kind::Bus => "bus",
        Kind::Arithmetic => "fpe",
        Kind::Instruction => "ill",
    }
}

/// Bytes that a line may have.
const LINE: usize = 1024;

/// Writes a line that tells of a fault.
fn report(fault: &Fault, here: Option<Here>, why: Option<&str>, refusal: Option<Refusal>) {
    let mut line = Text::<LINE>::new();
    let _ = write!(line, "ffijit: {}: ", word(fault.kind));
    write_event(&mut line, fault, here);
    write_symbol(&mut line, fault.registers().words[PC]);
    if let Some(place) = following(fault) {
        line.push(b", in ");
        write_name(&mut line, place.owner, None, true);
    }
    if let Some(here) = here {
        write_bindings(&mut line, fault, here);
    }
    write_hint(&mut line, fault);
    if let Some(refusal) = refusal {
        line.push(b"; not caught: ");
        refusal.write(&mut line);
    } else if let Some(why) = why {
        let _ = write!(line, "; {why}");
    }
    write_bytes(&line);
}

/// Writes a line.
fn write_line(words: std::fmt::Arguments) {
    let mut line = Text::new();
    let _ = line.write_fmt(words);
    write_bytes(&line);
}

fn write_bytes(line: &Text<LINE>) {
    let mut ended = Text::<{ LINE + 1 }>::new();
    ended.push(line.bytes());
    ended.push(b"\n");
    os::tell(ended.bytes());
}

/// What has happened, and where.
fn write_event<const N: usize>(to: &mut Text<N>, fault: &Fault, here: Option<Here>) {
    let at = fault.registers().words[PC];
    let address = fault.address();
    let _ = match fault.kind {
        Kind::Arithmetic if fault.is_division() => write!(to, "integer division by zero or overflow"),
        Kind::Arithmetic => write!(to, "arithmetic exception"),
        Kind::Instruction => write!(to, "illegal instruction"),
        _ if here.is_some_and(|here| is_overflow(fault, here)) => write!(to, "stack overflow"),
        _ => match (fault.access(), address) {
            (_, None) => write!(to, "use of a non-canonical address"),
            (access, Some(address)) if here.is_some_and(|here| write_overrun(to, here, access, address)) => {
                Ok(())
            }
            (Access::Execute, Some(address)) => {
                let _ = write!(to, "execution of {address:#x}");
                return write_caller(to, fault, here);
            }
            (Access::Write, Some(address)) => write!(to, "write of {address:#x}"),
            (Access::Read, Some(address)) => write!(to, "read of {address:#x}"),
            (Access::Unknown, Some(address)) => write!(to, "use of {address:#x}"),
        },
    };
    if jit::may_be_code(at) {
        // Nothing else that code reads can fault.
        return to.push(b" through its pointer");
    }
    to.push(b" in ");
    write_place(to, at);
}

/// That C has gone beyond what an argument points to, if it has.
fn write_overrun<const N: usize>(to: &mut Text<N>, here: Here, access: Access, address: usize) -> bool {
    let mut named = here.named();
    let is_own = |other: &Named| here.named().is_some_and(|own| std::ptr::eq(own, other));
    while let Some(call) = named {
        if let Some((fence, at)) = call.overrun(address) {
            let access = match access {
                Access::Write => "write",
                Access::Read | Access::Execute => "read",
                Access::Unknown => "use",
            };
            let _ = write!(to, "{access} beyond {}", fence.of);
            if !is_own(call) {
                let _ = write!(to, " of {}", call.name);
            }
            let _ = write!(to, ", at byte {at} of {},", fence.copy.len());
            return true;
        }
        named = call.outer();
    }
    false
}

/// Who has called what is no code, if a library has.
fn write_caller<const N: usize>(to: &mut Text<N>, fault: &Fault, here: Option<Here>) {
    let registers = fault.registers();
    let sp = registers.words[SP];
    let is_readable = here.is_some_and(|here| here.stack().contains(&sp)) && sp.is_multiple_of(8);
    let caller = match os::LINK {
        Some(link) => registers.words[link],
        // SAFETY: the word at the stack pointer of this thread's stack.
        None if is_readable => unsafe { (sp as *const usize).read() },
        None => return,
    };
    if os::module_at(caller).is_some() {
        to.push(b", called from ");
        write_place(to, caller);
    }
}

/// Whether a fault is that of a stack that is used up.
fn is_overflow(fault: &Fault, here: Here) -> bool {
    /// How far the access may lie from the stack pointer, and from where the stack was to end.
    const NEAR: usize = 128 << 10;
    let sp = fault.registers().words[SP];
    let start = here.stack().start;
    fault
        .address()
        .is_some_and(|address| address.abs_diff(sp) < NEAR && address.abs_diff(start) < NEAR && start != 0)
}

/// A place in a module, as `libc.so.6+0x167ad8`.
fn write_place<const N: usize>(to: &mut Text<N>, at: usize) {
    let _ = match os::module_at(at) {
        None if jit::may_be_code(at) => write!(to, "a stub"),
        None => write!(to, "{at:#x}"),
        Some(module) => {
            to.push(if module.name().is_empty() { b"the program" } else { module.name() });
            write!(to, "+{:#x}", module.offset(at))
        }
    };
}

/// The exported function that an address lies in, if it does.
fn write_symbol<const N: usize>(to: &mut Text<N>, at: usize) {
    if let Some(module) = os::module_at(at)
        && let Some((name, offset)) = module.symbol_at(at)
    {
        to.push(b" (");
        to.push(name);
        let _ = write!(to, "+{offset:#x})");
    }
}

/// Bindings that a report names at most.
const BINDINGS: usize = 8;

/// The C functions that q has called and that have not returned, the innermost first: return addresses on the stack say
/// whose code has called.
fn write_bindings<const N: usize>(to: &mut Text<N>, fault: &Fault, here: Here) {
    let stack = here.stack();
    let mut at = fault.registers().words[SP].next_multiple_of(size_of::<usize>());
    let mut named = here.named();
    let mut count = 0;
    if !stack.contains(&at) {
        return;
    }
    // A function that calls nothing may have its return address in a register alone; others have it on the stack too.
    let mut link = os::LINK.map(|link| fault.registers().words[link]);
    let mut told = None;
    while at < stack.end && count < BINDINGS {
        let is_link = link.is_some();
        let word = link.take().unwrap_or_else(|| {
            // SAFETY: between the stack pointer and the end of this thread's stack.
            let word = unsafe { (at as *const usize).read() };
            at += size_of::<usize>();
            word
        });
        if told.take_if(|told| *told == word).is_some() {
            continue;
        }
        let place = if word == os::through_return() {
            Some((Owner::Caller, 0))
        } else {
            // Others have called the runtime: a cold path, whose call of C has been told.
            let calls_c = |p: &ReturnPlace| p.owner != Owner::Nobody && p.resume.is_some();
            jit::return_place(word).filter(calls_c).map(|p| (p.owner, p.frame))
        };
        let Some((owner, frame)) = place else { continue };
        let _ = write!(to, "{}", if count == 0 { ", in " } else { ", called back by " });
        write_name(to, owner, named, true);
        told = is_link.then_some(word);
        if owner == Owner::Caller {
            named = named.and_then(Named::outer);
        }
        count += 1;
        // What lies in the code's own frame calls nothing.
        at += if is_link { 0 } else { frame };
    }
}

/// A C function's name, and its types: as C declares them, or as `.ffi.bind` takes them.
fn write_name<const N: usize>(to: &mut Text<N>, owner: Owner, named: Option<&Named>, with_types: bool) {
    let known = KNOWN.get().map(|known| known.names);
    let bound = match (owner, known) {
        (Owner::Binding(address), Some(names)) => Some((names.of)(address)),
        _ => None,
    };
    let Some(named) = bound.as_ref().or(named.filter(|_| owner == Owner::Caller)) else {
        return to.push(b"a C function");
    };
    if with_types && let Some(declaration) = known.and_then(|names| (names.declaration)(named)) {
        return to.push(declaration.as_bytes());
    }
    match named.name {
        "" => write_function(to, named.target),
        name => to.push(name.as_bytes()),
    }
    if with_types {
        let [args, ret] = named.types;
        let _ = write!(to, "[{args:?};{ret:?}]");
    }
}

/// A function by its address: its symbol, or where it is.
fn write_function<const N: usize>(to: &mut Text<N>, target: usize) {
    let module = os::module_at(target);
    match module.as_ref().and_then(|module| module.symbol_at(target)) {
        Some((name, _)) => to.push(name),
        None => write_place(to, target),
    }
}

/// What the address may mean.
fn write_hint<const N: usize>(to: &mut Text<N>, fault: &Fault) {
    /// As far as fields of what a null pointer points to lie.
    const SMALL: usize = 64 << 10;
    match (fault.kind, fault.address()) {
        (Kind::Segment, None) => {
            to.push(b"; the processor does not tell such an address, which no pointer has")
        }
        (Kind::Segment | Kind::Bus, Some(address)) if address < SMALL => {
            to.push(b"; so small an address is NULL, a field of what it points to, or a number");
        }
        _ => (),
    }
}
