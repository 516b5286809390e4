use super::*;
use crate::api::events;
use crate::api::runtime::{kj, krr};
use crate::heap::live_here;
use std::cell::Cell;
use std::os::fd::{AsRawFd, IntoRawFd, OwnedFd};

thread_local! {
    static READ: RefCell<Vec<(i32, u8)>> = const { RefCell::new(Vec::new()) };
    static OTHER: Cell<i32> = const { Cell::new(-1) };
}

#[derive(Default)]
struct Log {
    ticks: usize,
    stop_after: usize,
    errors: Vec<String>,
}

impl Driver for Log {
    fn tick(&mut self) {
        self.ticks += 1;
        if self.ticks == self.stop_after {
            set_timer(None);
        }
    }

    fn failed(&mut self, error: QError) {
        self.errors.push(error.text.clone());
    }
}

fn pipe() -> (i32, OwnedFd) {
    let (reader, writer) = std::io::pipe().unwrap();
    (OwnedFd::from(reader).into_raw_fd(), writer.into())
}

fn send(writer: &OwnedFd, bytes: &[u8]) {
    // SAFETY: an open descriptor and a readable buffer.
    let sent = unsafe { libc::write(writer.as_raw_fd(), bytes.as_ptr().cast(), bytes.len()) };
    assert_eq!(sent, bytes.len() as isize);
}

/// Reads one byte; removes itself at the end of the pipe.
extern "C" fn record(d: i32) -> K {
    let mut byte = 0u8;
    // SAFETY: one writable byte.
    let got = unsafe { libc::read(d, std::ptr::from_mut(&mut byte).cast(), 1) };
    if got == 1 {
        READ.with_borrow_mut(|read| read.push((d, byte)));
        return kj(1);
    }
    events::sd0(d);
    std::ptr::null_mut()
}

extern "C" fn fail(d: i32) -> K {
    events::sd0(d);
    // SAFETY: a literal lives for ever.
    unsafe { krr(c"broken".as_ptr()) }
}

extern "C" fn remove_other(d: i32) -> K {
    events::sd0(OTHER.get());
    events::sd0(d);
    std::ptr::null_mut()
}

#[test]
fn handlers_run_until_they_remove_themselves() {
    let before = live_here();
    let (d, writer) = pipe();
    // SAFETY: `record` is a function.
    let added = unsafe { Obj::from_raw(events::sd1(-d, record)) };
    assert_eq!(added, Obj::int(d));
    drop(added);
    send(&writer, b"xyz");
    drop(writer);
    assert!(is_live());
    assert_eq!(run(&mut Log::default()), Ended::Idle);
    assert_eq!(READ.take(), [(d, b'x'), (d, b'y'), (d, b'z')]);
    assert_eq!(live_here(), before);
}

#[test]
fn errors_of_handlers_are_reported() {
    let (d, _writer) = pipe();
    add(d, fail).unwrap();
    send(&_writer, b"x");
    let mut log = Log::default();
    run(&mut log);
    assert_eq!(log.errors, ["broken"]);
}

#[test]
fn a_removed_handler_is_not_called() {
    let ((a, wa), (b, wb)) = (pipe(), pipe());
    add(a, remove_other).unwrap();
    add(b, record).unwrap();
    OTHER.set(b);
    send(&wa, b"x");
    send(&wb, b"x");
    assert_eq!(run(&mut Log::default()), Ended::Idle);
    assert_eq!(READ.take(), []);
}

#[test]
fn bad_descriptors_are_refused_and_stale_ones_dropped() {
    assert!(add(1_000_000, record).unwrap_err().text.contains("Bad file descriptor"));
    let (low, _writer) = pipe();
    // SAFETY: duplicates to a number that other tests do not reach, so that none of them can reuse it.
    let d = unsafe { libc::fcntl(low, libc::F_DUPFD, 900) };
    add(d, record).unwrap();
    // SAFETY: closes the descriptor behind the loop's back, which is the point.
    unsafe { libc::close(d) };
    let mut log = Log::default();
    assert_eq!(run(&mut log), Ended::Idle);
    assert_eq!(log.errors, [format!("descriptor {d} was closed")]);
    remove(low, true);
}

#[test]
fn the_timer_ticks_at_its_interval() {
    let start = Instant::now();
    set_timer(Some(Duration::from_millis(10)));
    let mut log = Log { stop_after: 5, ..Log::default() };
    assert_eq!(run(&mut log), Ended::Idle);
    assert_eq!((log.ticks, timer()), (5, None));
    assert!(start.elapsed() >= Duration::from_millis(50));
}

#[test]
fn input_ends_the_wait_but_timers_run_meanwhile() {
    let (input, writer) = pipe();
    set_timer(Some(Duration::from_millis(5)));
    let sender = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(60));
        send(&writer, b"x");
        writer
    });
    let mut log = Log::default();
    assert_eq!(run_until_input(input, &mut log), Ended::Input);
    assert!(log.ticks >= 3, "{} ticks", log.ticks);
    set_timer(None);
    run_due(&mut log);
    drop(sender.join());
    remove(input, true);
}

thread_local! {
    static SERVED_FOR: RefCell<Vec<i32>> = const { RefCell::new(Vec::new()) };
    static TURNS: Cell<(u32, u32)> = const { Cell::new((0, 0)) };
}

extern "C" fn whom(d: i32) -> K {
    SERVED_FOR.with_borrow_mut(|seen| seen.extend([d, served()]));
    events::sd0(d);
    std::ptr::null_mut()
}

#[test]
fn a_handlers_descriptor_is_whom_it_serves() {
    let (d, writer) = pipe();
    add(d, whom).unwrap();
    send(&writer, b"x");
    run(&mut Log::default());
    assert_eq!(SERVED_FOR.take(), [d, d]);
    assert_eq!(served(), 0);
}

/// Leaves its descriptor readable.
extern "C" fn first(_: i32) -> K {
    TURNS.set((TURNS.get().0 + 1, TURNS.get().1));
    std::ptr::null_mut()
}

extern "C" fn second(_: i32) -> K {
    TURNS.set((TURNS.get().0, TURNS.get().1 + 1));
    std::ptr::null_mut()
}

#[test]
fn nobody_waits_for_longer_than_a_round() {
    let ((a, wa), (b, wb)) = (pipe(), pipe());
    let (input, wi) = pipe();
    add(a, first).unwrap();
    add(b, second).unwrap();
    send(&wa, b"x");
    send(&wb, b"x");
    let mut log = Log::default();
    for round in 1..=20 {
        set_timer(Some(Duration::from_nanos(1)));
        run_due(&mut log);
        assert_eq!((TURNS.get(), log.ticks), ((round, round), round as usize));
    }
    send(&wi, b"x");
    assert_eq!(run_until_input(input, &mut log), Ended::Input);
    set_timer(None);
    [a, b, input].into_iter().for_each(|d| remove(d, true));
}
