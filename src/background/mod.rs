//! Calls that do not block q: C runs on a thread of a pool, and what it gives comes by q's event loop.
//!
//! q's main thread converts the arguments into a [`Prepared`] call and notes it in the [`Table`]; a thread of the [`Pool`]
//! makes the call, and touches no K object, no count and nothing of q's; q's main thread makes the result and applies the
//! callback. All K objects stay with the table: the pool has C values and numbers.

mod completion;
mod pool;
mod table;
mod then;
mod waiting;
mod worker;

use std::collections::HashMap;
use std::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Once, OnceLock};

use parking_lot::Mutex;

use self::pool::Pool;
use self::table::{Entry, Table};
use self::then::Then;
pub use self::waiting::{cancel, wait};
use crate::abi::Abi;
use crate::binding::Binding;
use crate::call::{Made, Prepared};
use crate::callback::{queue, sync};
use crate::calls;
use crate::error::{Error, Result};
use crate::foreign;
use crate::guard::{argument, guard};
use crate::jit::Code;
use crate::jit::deferred::{self, Words};
use crate::k::{K, Owned, Ref, tag};
use crate::os;
use crate::policy;
use crate::signature::{Signature, Type, Variadic};

/// Calls that may be under way: submitted, and their results not given yet. More are refused.
const CAPACITY: usize = 4096;
/// Threads that there may be.
pub const MAX_WORKERS: usize = 64;

/// What a process has of this. A forked child begins with its own: it has none of the threads, and their locks may be held.
struct Shared {
    pool: Pool<Made>,
    table: Mutex<Table>,
}

static SHARED: AtomicPtr<Shared> = AtomicPtr::new(std::ptr::null_mut());
/// Threads that are wanted. One by default: not every library may be entered by several.
static WANTED: AtomicUsize = AtomicUsize::new(1);
/// Calls that were ever submitted; the number of the last is its id.
static SUBMITTED: AtomicU64 = AtomicU64::new(0);
static COMPLETED: AtomicU64 = AtomicU64::new(0);
static CANCELLED: AtomicU64 = AtomicU64::new(0);

fn existing() -> Option<&'static Shared> {
    // SAFETY: what lies there was leaked.
    unsafe { SHARED.load(Ordering::Acquire).as_ref() }
}

fn shared() -> &'static Shared {
    existing().unwrap_or_else(|| {
        let pool = Pool::new(WANTED.load(Ordering::Relaxed));
        let new = Box::into_raw(Box::new(Shared { pool, table: Mutex::default() }));
        match SHARED.compare_exchange(std::ptr::null_mut(), new, Ordering::AcqRel, Ordering::Acquire) {
            // SAFETY: leaked above.
            Ok(_) => unsafe { &*new },
            // SAFETY: the other one was leaked; this one nobody has seen.
            Err(other) => unsafe {
                drop(Box::from_raw(new));
                &*other
            },
        }
    })
}

/// What the first function of this kind sets up.
fn begin() {
    extern "C" fn nothing() {}
    // The threads are the parent's, and so is what they do; nothing there is touched, since a lock may be held.
    extern "C" fn in_child() {
        SHARED.store(std::ptr::null_mut(), Ordering::Release);
    }
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        os::at_fork(nothing, nothing, in_child);
        os::end_at_once_if(|| existing().is_some_and(|shared| shared.pool.is_busy()));
        queue::on_wake(completion::drain);
        foreign::ask_before_free(|address| {
            existing().is_some_and(|shared| shared.table.lock().holds(address))
        });
    });
}

/// A C function whose calls do not block. Code refers to it by the address of its first field.
#[repr(C)]
struct Function {
    words: Words,
    binding: &'static Binding,
    code: OnceLock<Code>,
}

/// The q function of rank 2, arguments and callback, for a function that is bound.
///
/// # Errors
/// [`Error::Unsupported`] for K objects and for variable arguments without types; [`Error::Codegen`].
pub fn function(binding: &'static Binding) -> Result<Owned> {
    static FUNCTIONS: OnceLock<Mutex<HashMap<usize, &'static Function>>> = OnceLock::new();
    check(&binding.name.symbol, &binding.prototype.signature)?;
    begin();
    let mut functions = FUNCTIONS.get_or_init(Mutex::default).lock();
    let key = std::ptr::from_ref(binding) as usize;
    let function = match functions.get(&key) {
        Some(known) => known,
        None => {
            let new = Function::new(binding)?;
            functions.insert(key, new);
            new
        }
    };
    let entry = function.code.get().map_or(std::ptr::null(), Code::entry);
    // SAFETY: the code takes two K, and is never freed.
    unsafe { Owned::function(entry, 2) }
}

/// Whether a value of this type is a K object or has one in it.
fn holds_object(ty: &Type) -> bool {
    match ty {
        Type::Object => true,
        Type::Struct(layout) => layout.members.iter().any(|member| holds_object(&member.ty)),
        _ => false,
    }
}

/// Refuses what another thread must not touch, and what has to be found out from the data.
fn check(name: &str, signature: &Signature) -> Result<()> {
    let outs = signature.outs().map(|out| &out.ty);
    if signature.params.iter().chain(&signature.ret).chain(outs).any(holds_object) {
        return Err(Error::Unsupported(format!("{name}: async takes no K objects")));
    }
    match signature.variadic {
        Variadic::FromData(_) => {
            Err(Error::Unsupported(format!("{name}: async needs the types of the variable arguments")))
        }
        _ => Ok(()),
    }
}

impl Function {
    fn new(binding: &'static Binding) -> Result<&'static Self> {
        let in_place = in_place as *const ();
        let first = if Abi::HOST.counts_floats_apart() { in_place } else { in_slot as *const () };
        let new = Self { words: Words::new(first), binding, code: OnceLock::new() };
        let function: &'static Self = Box::leak(Box::new(new));
        let code = deferred::defer(&function.words)?;
        function.code.get_or_init(|| code);
        Ok(function)
    }

    /// `f[args;callback]`: the id of the call that is submitted.
    fn submit(&'static self, args: Ref, callback: Ref) -> Result<Owned> {
        let name: &'static str = &self.binding.name.symbol;
        if !calls::enter().is_main() {
            return Err(Error::Unsupported(format!("{name}: async but on q's main thread")));
        }
        let then = Then::of(name, callback)?;
        let has_room = |table: &Table| match table.len() < CAPACITY {
            true => Ok(()),
            false => Err(Error::Limit(format!("{name}: {CAPACITY} calls are under way"))),
        };
        has_room(&shared().table.lock())?;
        if !queue::listen() && then.is_some() {
            return Err(Error::Limit(format!("{name}: there is no descriptor to wake q by")));
        }
        let owner = completion::acting(policy::actor()?);
        let mut call = Prepared::new(self.binding.prototype.caller()?, self.binding.callee(), args)?;
        // Converting may have run q, which may have submitted others.
        has_room(&shared().table.lock())?;
        let made = call.call();
        let result = Owned::atom(-tag::LONG, SUBMITTED.load(Ordering::Relaxed) as i64 + 1)?;
        let id = SUBMITTED.fetch_add(1, Ordering::Relaxed) + 1;
        shared().table.lock().insert(id, Entry::new(name, call, then, owner));
        self.hand_over(id, made)?;
        Ok(result)
    }

    fn hand_over(&self, id: u64, made: Made) -> Result<()> {
        let shared = shared();
        let begins = shared.pool.submit(id, made);
        if begins && !worker::begin(shared) && shared.pool.cancel(id).is_some() {
            let entry = shared.table.lock().remove(id);
            drop(entry);
            return Err(Error::Limit(format!("{}: there are no threads", self.binding.name.symbol)));
        }
        Ok(())
    }
}

/// A call where the arguments are left where they came. The function's address comes as the bits of a float.
extern "C" fn in_place(args: K, callback: K, function: f64) -> K {
    let args = [args, callback];
    in_slot(function.to_bits() as usize as *const Function, args.as_ptr())
}

/// A call where the arguments are laid out in memory.
extern "C" fn in_slot(function: *const Function, args: *const K) -> K {
    // SAFETY: code passes the address of the words that it was made for, which begin a `Function` that is never freed, and
    // q has passed two objects, which it keeps alive until this returns.
    guard(|| unsafe { (*function).submit(argument(*args)?, argument(*args.add(1))?) })
}

/// Sets the number of threads, and gives what it was.
pub fn set_workers(wanted: usize) -> usize {
    let before = WANTED.swap(wanted, Ordering::Relaxed);
    if let Some(shared) = existing() {
        (0..shared.pool.resize(wanted)).for_each(|_| {
            worker::begin(shared);
        });
    }
    before
}

/// The number of threads that there may be.
pub fn workers() -> usize {
    WANTED.load(Ordering::Relaxed)
}

/// `.ffi.pending[]`: a table of the calls that are under way, as far as they are those of who asks.
///
/// # Errors
/// What q signals when it is asked who that is; [`Error::MemoryFull`].
pub fn pending(_: Ref) -> Result<Owned> {
    let actor = completion::acting(policy::actor()?);
    let Some(shared) = existing() else { return Table::default().listed(actor, &[]) };
    // In this order: what waits no more when the table is read runs at least.
    let waiting = shared.pool.waiting();
    completion::collect(shared);
    shared.table.lock().listed(actor, &waiting)
}

/// Numbers for `.ffi.stats[]`: calls submitted, completed and cancelled, and under way; threads that make them.
pub fn statistics() -> [(&'static str, i64); 5] {
    let count = |n: &AtomicU64| n.load(Ordering::Relaxed) as i64;
    let (under_way, threads) =
        existing().map_or((0, 0), |shared| (shared.table.lock().len(), shared.pool.threads().0));
    [
        ("asyncCalls", count(&SUBMITTED)),
        ("asyncCompleted", count(&COMPLETED)),
        ("asyncCancelled", count(&CANCELLED)),
        ("asyncUnderWay", under_way as i64),
        ("asyncWorkers", threads as i64),
    ]
}
