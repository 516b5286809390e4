//! The threads that have a record: those that run q, and workers; how they begin and end, and what a fork leaves of them.

use std::cell::{Cell, OnceCell};
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use parking_lot::Mutex;

use super::{Call, HOOKS, Here, Named, RELAXED, Record};
use crate::os::{self, AlternateStack, ThreadPlace, ThreadWord};

/// The records of all threads that run q.
static RECORDS: Mutex<Vec<Arc<Record>>> = Mutex::new(Vec::new());

thread_local! {
    /// Where there is no [`ThreadWord`].
    static OWN: Cell<*mut Record> = const { Cell::new(std::ptr::null_mut()) };
    static WORKER: Cell<*mut Record> = const { Cell::new(std::ptr::null_mut()) };
    /// Ends the record with the thread.
    static END: OnceCell<ThreadEnd> = const { OnceCell::new() };
}

/// What ends with a thread.
struct ThreadEnd {
    /// Where faults are looked at.
    _stack: Option<AlternateStack>,
}

impl Drop for ThreadEnd {
    fn drop(&mut self) {
        let Some(here) = here() else { return };
        if let Some(hooks) = HOOKS.get() {
            (hooks.thread_ends)(here);
        }
        let mut records = RECORDS.lock();
        here.hide();
        set_own(std::ptr::null_mut());
        records.retain(|record| !std::ptr::eq(&raw const **record, here.as_ptr()));
    }
}

fn set_own(record: *mut Record) {
    match ThreadWord::get() {
        Some(word) => word.store(ThreadPlace::Own, record.cast()),
        None => OWN.set(record),
    }
}

/// A thread that makes calls for q's, on which q does not run. What is under way there is the concern of those alone who
/// look at faults.
pub struct Worker {
    record: Box<Record>,
    _stack: Option<AlternateStack>,
}

impl Worker {
    /// Makes this thread one.
    pub fn begin() -> Self {
        let mut worker = Self { record: Box::new(Record::new(false)), _stack: alternate_stack() };
        Self::set(&raw mut *worker.record);
        worker
    }

    fn set(record: *mut Record) {
        match ThreadWord::get() {
            Some(word) => word.store(ThreadPlace::Worker, record.cast()),
            None => WORKER.set(record),
        }
    }

    /// Marks that C code runs.
    pub fn call<'a>(&'a self, named: &'a Named<'a>) -> Call<'a> {
        Here(NonNull::from(&*self.record)).call(named)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        Self::set(std::ptr::null_mut());
    }
}

/// The record of this thread if it is a [`Worker`].
pub fn of_worker() -> Option<Here> {
    let record = match ThreadWord::get() {
        Some(word) => word.load(ThreadPlace::Worker).cast(),
        None => WORKER.get(),
    };
    NonNull::new(record).map(Here)
}

fn alternate_stack() -> Option<AlternateStack> {
    os::faults_are_caught().then(AlternateStack::new).flatten()
}

/// Whether stubs are shown no record, so that they leave all calls to their cold paths. Changed under the lock of
/// [`RECORDS`].
static IS_COLD: AtomicBool = AtomicBool::new(false);

/// Whether all calls take the cold paths of their stubs.
pub fn is_cold() -> bool {
    IS_COLD.load(RELAXED)
}

/// Has all calls that begin from now on take the cold paths of their stubs, or no more than have to. Those under way go on
/// as they have begun, since what stubs look at afterwards stays. Objects that C gives are looked at from now on if what its
/// pointers lead to is.
pub fn set_cold(is_cold: bool) {
    let records = RECORDS.lock();
    IS_COLD.store(is_cold, RELAXED);
    records.iter().for_each(|record| record.show());
}

/// The record of this thread; `None` where q has not run yet, as on threads that C has made.
#[inline]
pub fn here() -> Option<Here> {
    let own = match ThreadWord::get() {
        Some(word) => word.load(ThreadPlace::Own).cast(),
        None => OWN.get(),
    };
    NonNull::new(own).map(Here)
}

/// The record of this thread, on which q runs: made now if there is none. The first is q's main thread's.
pub fn enter() -> Here {
    here().unwrap_or_else(begin_thread)
}

#[cold]
fn begin_thread() -> Here {
    static IS_FIRST: std::sync::Once = std::sync::Once::new();
    let mut is_main = false;
    IS_FIRST.call_once(|| {
        is_main = true;
        os::at_fork(before_fork, after_fork, in_child);
    });
    let record = Arc::new(Record::new(is_main));
    let own = Here(NonNull::from(&*record));
    set_own(own.as_ptr().cast_mut());
    let mut records = RECORDS.lock();
    record.show();
    records.push(record);
    drop(records);
    let stack = alternate_stack();
    // The main thread ends with the process, whose exit handlers may call callbacks still.
    if is_main {
        std::mem::forget(stack);
    } else {
        // A thread that is ending already keeps its record.
        let _ = END.try_with(|end| drop(end.set(ThreadEnd { _stack: stack })));
    }
    own
}

extern "C" fn before_fork() {
    std::mem::forget(RECORDS.lock());
}

extern "C" fn after_fork() {
    // SAFETY: `before_fork` has locked them on this thread, and forgotten that.
    unsafe { RECORDS.force_unlock() };
}

/// A child has one thread, which is q's main thread there if it runs q.
extern "C" fn in_child() {
    // SAFETY: `before_fork` has locked them on this thread, the only one that there is.
    let records = unsafe { &mut *RECORDS.data_ptr() };
    let own = here().map_or(std::ptr::null(), Here::as_ptr);
    // The others' are not dropped: callbacks may have them as their home.
    let others = records.extract_if(.., |record| Arc::as_ptr(record) != own);
    others.for_each(std::mem::forget);
    records.iter().for_each(|record| record.become_main());
    after_fork();
}

/// The record of this thread, for machine code that cannot reach the [`ThreadWord`]; NULL where it is to call nothing.
pub extern "C" fn current() -> *const Record {
    let here = enter();
    if is_cold() { std::ptr::null() } else { here.as_ptr() }
}

/// The record of this thread, to be kept by what belongs to the thread.
pub fn own() -> Arc<Record> {
    let here = enter();
    let records = RECORDS.lock();
    let own = records.iter().find(|record| std::ptr::eq(&raw const ***record, here.as_ptr()));
    own.cloned().unwrap_or_else(|| unreachable!("a record is listed while its thread lives"))
}

/// Whether any thread that runs q is inside a C function that has not called it back.
pub fn any_in_call() -> bool {
    RECORDS.lock().iter().any(|record| record.is_in_call())
}
