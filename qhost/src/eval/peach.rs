//! `peach` over threads. Each has its own heap and its own globals, which it copies from the main thread's
//! when they are first used; assigning to them is `noupdate`. The main thread waits meanwhile, so that its
//! objects can be read without counting references.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::thread;

use crate::eval::adverb;
use crate::eval::apply;
use crate::eval::lambda;
use crate::state::context::{self, Globals};
use crate::state::secondary;
use crate::state::stack;
use crate::words::items::{by_simple, to_items};
use kapi::dynload::{self, Kind};
use kapi::error::{QError, R, catch};
use kapi::object::{K, K0, Obj, tag};

/// Machine stack of a thread.
const STACK: usize = 8 << 20;

thread_local! {
    /// `\s`
    static THREADS: Cell<usize> = const { Cell::new(0) };
    /// On a thread of `peach`: where the main thread's globals are.
    static MAIN: Cell<Option<Shared>> = const { Cell::new(None) };
    /// Lambdas of the main thread that this thread has compiled, by their address.
    static COPIES: RefCell<HashMap<K, Obj>> = RefCell::default();
}

/// The number of threads that `peach` uses.
pub fn threads() -> usize {
    THREADS.get()
}

/// Sets the number of threads that `peach` uses; 0 makes it `each`.
pub fn set_threads(n: usize) {
    THREADS.set(n);
}

/// Something of the main thread's that others may look at while it waits.
struct Shared(*const Globals);

impl Clone for Shared {
    fn clone(&self) -> Shared {
        *self
    }
}

impl Copy for Shared {}

// SAFETY: only sent to threads that the owner waits for, and only read there.
unsafe impl Send for Shared {}

/// A reference that moves to another thread: its last thread gave up all others.
struct Moved(K);

// SAFETY: see above; the heap takes blocks of other threads.
unsafe impl Send for Moved {}

/// What all threads of one `peach` work on.
struct Work<'a> {
    f: &'a Obj,
    items: &'a [Obj],
    globals: Shared,
    next: AtomicUsize,
    failed: AtomicBool,
}

// SAFETY: objects and globals are read without touching their counts, while their owner waits.
unsafe impl Sync for Work<'_> {}

/// `f peach x`
///
/// # Errors
/// What `f` signals; `noupdate` when it assigns to a global.
pub fn peach(f: &Obj, x: &Obj) -> R {
    let threads = threads().min(x.len());
    if threads == 0 || x.len() < 2 || x.tag() < 0 || x.tag() >= tag::LAMBDA || secondary::is_secondary() {
        return adverb::each(f, x);
    }
    if x.tag() == tag::XD {
        let (keys, values) = x.dict_parts();
        return Ok(Obj::dict(keys.clone(), peach(f, values)?));
    }
    let items = to_items(x);
    let globals = Shared(context::of_this_thread());
    let work = Work { f, items: &items, globals, next: AtomicUsize::new(0), failed: AtomicBool::new(false) };
    let mut results: Vec<Option<Obj>> = vec![None; items.len()];
    let mut first_error = None;
    thread::scope(|scope| {
        let start = |_| thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || work_on(&work));
        // Threads that the system refuses are not needed for the result.
        let running: Vec<_> = (0..threads).flat_map(start).collect();
        for thread in running {
            match thread.join().unwrap_or_else(|_| Err(QError::limit())) {
                Ok(done) => done.into_iter().for_each(|(i, value)| results[i] = Some(received(value))),
                Err(error) => drop(first_error.get_or_insert(error)),
            }
        }
    });
    if let Some(error) = first_error {
        return Err(error);
    }
    let results = results.into_iter().map(|value| value.map_or_else(|| Err(QError::limit()), |v| copied(&v)));
    results.collect::<R<_>>().map(Obj::from_items)
}

fn received(value: Moved) -> Obj {
    // SAFETY: the thread that made it gave its reference away and has ended.
    unsafe { Obj::from_raw(value.0) }
}

/// The main thread's value of a global, copied for this thread.
fn inherited(name: kapi::Symbol) -> Option<R> {
    let main = MAIN.get()?;
    // SAFETY: the main thread waits until this thread has ended, and its globals do not change meanwhile.
    let value = unsafe { (*main.0).peek(name) }?;
    Some(copy(value))
}

/// What a thread does: takes items until there are no more.
fn work_on(work: &Work<'_>) -> R<Vec<(usize, Moved)>> {
    MAIN.set(Some(work.globals));
    secondary::enter(inherited);
    let result = catch(|| {
        let f = copy(work.f)?;
        let mut done = Vec::new();
        while !work.failed.load(Relaxed) {
            let i = work.next.fetch_add(1, Relaxed);
            let Some(item) = work.items.get(i) else { break };
            done.push((i, apply::apply(&f, &[copy(item)?])?));
        }
        Ok(done)
    });
    work.failed.fetch_or(result.is_err(), Relaxed);
    COPIES.take();
    context::clear();
    result.map(|done| done.into_iter().map(|(i, value)| (i, Moved(value.into_raw()))).collect())
}

/// The value itself, unless there is a function in it that was compiled for another thread.
fn copied(x: &Obj) -> R {
    if has_lambda(x) { copy(x) } else { Ok(x.clone()) }
}

fn has_lambda(x: &Obj) -> bool {
    match x.tag() {
        // What is too deep to look at is too deep to copy, which says so.
        _ if stack::check().is_err() => true,
        tag::LAMBDA => true,
        _ => x.children().iter().any(has_lambda),
    }
}

/// A deep copy on this thread of an object that nobody changes meanwhile.
fn copy(x: &Obj) -> R {
    stack::check()?;
    let t = x.tag();
    match t {
        tag::UNARY..=tag::ITERATOR => Ok(Obj::atom(t, x.get::<i64>())),
        tag::LAMBDA => copy_lambda(x),
        tag::XT => Ok(Obj::table(copy(x.table_dict())?)),
        tag::EACH..=tag::EACH_LEFT => Ok(Obj::derived(t, copy(x.derived_from())?)),
        tag::FOREIGN => copy_foreign(x),
        _ if tag::holds_items(t) => Ok(Obj::list_as(t, x.items().iter().map(copy).collect::<R<_>>()?)),
        _ if t < 0 => Ok(by_simple!(t, T => Obj::atom::<T>(t, x.get()))),
        _ => Ok(by_simple!(t, T => Obj::from_slice::<T>(t, x.slice()))),
    }
}

fn copy_lambda(x: &Obj) -> R {
    if let Some(known) = COPIES.with_borrow(|copies| copies.get(&x.as_raw()).cloned()) {
        return Ok(known);
    }
    let (space, text) = lambda::serial_form(x)?;
    let copy = lambda::from_serial_form(&space, &text)?;
    if secondary::is_secondary() {
        COPIES.with_borrow_mut(|copies| copies.insert(x.as_raw(), copy.clone()));
    }
    Ok(copy)
}

fn copy_foreign(x: &Obj) -> R {
    match dynload::kind(x) {
        Some(Kind::Function(rank)) => {
            // SAFETY: a C function object keeps its pointer in the first slot; whoever made it vouched for it.
            unsafe { dynload::function(K0::data(x.as_raw()).cast::<*mut c_void>().read(), rank as i64) }
        }
        _ => Err(QError::nyi("foreign object in peach")),
    }
}
