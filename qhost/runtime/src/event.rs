//! The event loop: descriptors with handlers (`sd1`) and the timer (`\t`), on one wait of the system's.
//!
//! A loop belongs to a thread; q has one, on the thread of the interpreter, where `sd1` must be called too.
//! Handlers and ticks may add and remove handlers and change the timer.

use crate::api::runtime::errors::take_pending;
use crate::os::{self, Readiness};
use crate::{K, Obj, QError, R};
use std::cell::RefCell;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// A handler of k.h: gets the descriptor, returns null or an object, which is freed.
pub type Handler = extern "C" fn(i32) -> K;

/// What the loop asks of whoever runs it.
pub trait Driver {
    /// The timer is due: run `.z.ts`.
    fn tick(&mut self);

    /// A handler signalled.
    fn failed(&mut self, error: QError);

    /// A signal arrived while waiting; true ends the loop.
    fn interrupted(&mut self) -> bool {
        true
    }
}

/// The descriptor that q code runs for: threads that the interpreter starts serve whom its main thread serves.
static SERVED: AtomicI32 = AtomicI32::new(0);

/// The descriptor whose handler runs, or whose message is being answered; 0 without one. It is q's `.z.w`.
pub fn served() -> i32 {
    SERVED.load(Relaxed)
}

/// Runs `body`, which does not unwind, on behalf of a descriptor.
pub fn serving<T>(fd: i32, body: impl FnOnce() -> T) -> T {
    let before = SERVED.swap(fd, Relaxed);
    let result = body();
    SERVED.store(before, Relaxed);
    result
}

/// Why a run of the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// No handler and no timer is left.
    Idle,
    /// The input descriptor is readable or at its end.
    Input,
    /// The driver stopped it after a signal.
    Interrupted,
}

#[derive(Default)]
struct Loop {
    handlers: Vec<(i32, Handler)>,
    /// Descriptors whose handlers are no reason to go on.
    passive: Vec<i32>,
    timer: Option<Timer>,
}

#[derive(Clone, Copy)]
struct Timer {
    interval: Duration,
    due: Instant,
}

thread_local! {
    static LOOP: RefCell<Loop> = const { RefCell::new(Loop { handlers: Vec::new(), passive: Vec::new(), timer: None }) };
}

/// Calls `handler` whenever descriptor `d` is readable; one that `d` already has is replaced. A negative `d`
/// stands for `-d`, made non-blocking.
///
/// # Errors
/// The system's words when `d` is not an open descriptor, which is then closed.
pub fn add(d: i32, handler: Handler) -> R<()> {
    let fd = d.wrapping_abs();
    os::prepare(fd, d < 0).map_err(|error| {
        remove(fd, true);
        QError::named(error.to_string())
    })?;
    remove(fd, false);
    LOOP.with_borrow_mut(|state| state.handlers.push((fd, handler)));
    Ok(())
}

/// As [`add`], for a descriptor whose handler does not keep the loop running by itself.
///
/// # Errors
/// As [`add`].
pub fn add_passive(d: i32, handler: Handler) -> R<()> {
    add(d, handler)?;
    LOOP.with_borrow_mut(|state| state.passive.push(d.wrapping_abs()));
    Ok(())
}

/// Removes the handler of a descriptor, if it has one, and closes it if asked to.
pub fn remove(fd: i32, close: bool) {
    LOOP.with_borrow_mut(|state| {
        state.handlers.retain(|&(other, _)| other != fd);
        state.passive.retain(|&other| other != fd);
    });
    if close {
        os::close(fd);
    }
}

/// Ticks every `interval` from now on; none or zero stops the timer.
pub fn set_timer(interval: Option<Duration>) {
    let timer = interval
        .filter(|interval| !interval.is_zero())
        .map(|interval| Timer { interval, due: Instant::now() + interval });
    LOOP.with_borrow_mut(|state| state.timer = timer);
}

/// The timer's interval, if it runs.
pub fn timer() -> Option<Duration> {
    LOOP.with_borrow(|state| state.timer.map(|timer| timer.interval))
}

/// Is there a timer, or a handler that can still be woken?
///
/// A waker, as an eventfd, is written from within the process only: once it is drained and no other thread can run,
/// nobody is left to do so. A library that keeps one for its threads need not hold up the end of a script for that, nor
/// need those threads when they have nothing to do.
pub fn is_live() -> bool {
    let (timer, handlers) = LOOP.with_borrow(|state| {
        let active = state.handlers.iter().map(|&(fd, _)| fd).filter(|fd| !state.passive.contains(fd));
        (state.timer.is_some(), active.collect::<Vec<_>>())
    });
    // In this order: what a thread has written before it slept is readable afterwards.
    let is_waited_for = |fd| !os::is_waker(fd) || os::other_may_run(own_threads()) || os::is_readable(fd);
    timer || handlers.into_iter().any(is_waited_for)
}

/// Threads of the interpreter's own that write to no descriptor while the loop runs.
static IDLE_THREADS: AtomicUsize = AtomicUsize::new(0);

/// Says how many threads of the interpreter's own only wait while the loop runs.
pub fn set_idle_threads(n: usize) {
    IDLE_THREADS.store(n, Relaxed);
}

fn own_threads() -> usize {
    1 + IDLE_THREADS.load(Relaxed)
}

/// How often a run without input looks whether it is still live.
const LIVENESS: Duration = Duration::from_millis(50);

/// Runs handlers and ticks until none is left.
pub fn run(driver: &mut dyn Driver) -> Ended {
    wait(None, driver)
}

/// Runs handlers and ticks until descriptor `input` is readable.
pub fn run_until_input(input: i32, driver: &mut dyn Driver) -> Ended {
    wait(Some(input), driver)
}

/// Runs what is due now, without waiting.
pub fn run_due(driver: &mut dyn Driver) {
    poll_once(None, Some(Duration::ZERO), driver);
}

fn wait(input: Option<i32>, driver: &mut dyn Driver) -> Ended {
    while input.is_some() || is_live() {
        let limit = input.is_none().then_some(LIVENESS);
        if let Some(ended) = poll_once(input, limit, driver) {
            return ended;
        }
    }
    Ended::Idle
}

/// Waits once, at most for `limit`, and runs what is due: the timer, and the handler of each descriptor that is ready,
/// once. So none of them waits for longer than one round, however often the others are ready.
fn poll_once(input: Option<i32>, limit: Option<Duration>, driver: &mut dyn Driver) -> Option<Ended> {
    let handled: Vec<i32> =
        LOOP.with_borrow(|state| state.handlers.iter().map(|&(fd, _)| fd).chain(input).collect());
    let timeout = milliseconds([limit, until_due()].into_iter().flatten().min());
    let Ok(mut found) = os::wait(&handled, timeout) else {
        return driver.interrupted().then_some(Ended::Interrupted);
    };
    if take_due_tick() {
        driver.tick();
    }
    let at_input = input.is_some() && found.pop().is_some_and(|input| input != Readiness::Waiting);
    for (&fd, &readiness) in handled.iter().zip(&found).filter(|&(_, &found)| found != Readiness::Waiting) {
        dispatch(fd, readiness, driver);
    }
    at_input.then_some(Ended::Input)
}

fn dispatch(fd: i32, readiness: Readiness, driver: &mut dyn Driver) {
    // Looked up now, for another handler may have removed it meanwhile.
    let handler = LOOP.with_borrow(|state| {
        state.handlers.iter().find(|&&(other, _)| other == fd).map(|&(_, handler)| handler)
    });
    let Some(handler) = handler else { return };
    if readiness == Readiness::Closed {
        remove(fd, false);
        return driver.failed(QError::named(format!("descriptor {fd} was closed")));
    }
    let result = serving(fd, || handler(fd));
    if !result.is_null() {
        // SAFETY: the handler gives its result away.
        drop(unsafe { Obj::from_raw(result) });
    } else if let Some(error) = take_pending() {
        driver.failed(error);
    }
}

fn until_due() -> Option<Duration> {
    LOOP.with_borrow(|state| state.timer.map(|timer| timer.due.saturating_duration_since(Instant::now())))
}

/// Is the timer due? If so its next tick is set. Ticks that were missed are not made up for.
fn take_due_tick() -> bool {
    let now = Instant::now();
    LOOP.with_borrow_mut(|state| match &mut state.timer {
        Some(timer) if timer.due <= now => {
            timer.due = (timer.due + timer.interval).max(now);
            true
        }
        _ => false,
    })
}

/// For [`os::wait`]: rounded up, so that it does not wake before the time; -1 waits for ever.
fn milliseconds(timeout: Option<Duration>) -> i32 {
    timeout.map_or(-1, |timeout| i32::try_from(timeout.as_micros().div_ceil(1000)).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests;
