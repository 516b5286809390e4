//! The one thread that runs q, as in kdb+: q functions that C has been given belong to it for the life of the process,
//! so tests that pass them run there, one after the other.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::OnceLock;
use std::sync::mpsc::{self, Sender};
use std::thread;

use super::{peach, transcript};

type Job = Box<dyn FnOnce() + Send>;

thread_local! {
    /// What the last panic on this thread said, and where.
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

const NAME: &str = "q";

/// Runs a test on q's thread, or, when that is wanted, on a secondary one. A failed assertion there fails the test.
pub fn on_q(test: impl FnOnce() + Send + 'static) {
    on(Box::new(test), peach::is_wanted());
}

/// Runs a test on q's main thread, which alone may assign globals.
pub fn on_main(test: impl FnOnce() + Send + 'static) {
    on(Box::new(test), false);
}

fn on(test: Job, under_peach: bool) {
    static JOBS: OnceLock<Sender<Job>> = OnceLock::new();
    let jobs = JOBS.get_or_init(start);
    let (answer, outcome) = mpsc::channel();
    let name = thread::current().name().map(str::to_string);
    let job = move || {
        let run = || if under_peach { peach::run(test) } else { test() };
        let test = || transcript::on_behalf(name.as_deref(), run);
        let failed = panic::catch_unwind(AssertUnwindSafe(test)).is_err();
        let words = failed.then(|| PANIC.take().unwrap_or_default());
        answer.send(words).expect("the test waits");
    };
    jobs.send(Box::new(job)).expect("the thread does not end");
    if let Some(words) = outcome.recv().expect("the thread answers") {
        panic!("{words}");
    }
}

fn start() -> Sender<Job> {
    let (jobs, queue) = mpsc::channel::<Job>();
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| match thread::current().name() {
        // The test's own thread shows it.
        Some(NAME) => PANIC.set(Some(info.to_string())),
        _ => usual(info),
    }));
    let run = move || {
        qhost::install();
        queue.into_iter().for_each(|job| job());
    };
    thread::Builder::new().name(NAME.into()).spawn(run).expect("threads can be started");
    jobs
}
