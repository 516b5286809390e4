//! Calls that do not block: what submitting one takes, the way there and back, and many at once.

use std::time::{Duration, Instant};

use kapi::K;

use super::host::{Api, Host, tag};
use super::timing::Way;

/// What is timed.
pub const ROWS: [&str; 3] = ["submission", "there and back", "burst of 4,000, a call"];

pub const ASYNC: &str = "async";
pub const FN: &str = "fn";

/// Calls of a burst: nearly as many as may be under way.
const BURST: usize = 4000;

type Two = unsafe extern "C" fn(K, K) -> K;
type One = unsafe extern "C" fn(K) -> K;

/// A function of two floats, called in the background.
#[derive(Clone, Copy)]
struct Background {
    f: Two,
    wait: One,
    args: K,
    nothing: K,
    k: Api,
}

/// The ways to call a C function of two floats. Results are asked for, by `::` in the place of a callback.
pub fn ways(host: &Host, row: &str) -> Vec<Way> {
    let (x, y) = (host.k.atom(-tag::FLOAT, 1_f64), host.k.atom(-tag::FLOAT, 2_f64));
    // SAFETY: the stub takes two K, and so does what is submitted; awaiting takes one.
    let (direct, f, wait) = unsafe {
        (
            std::mem::transmute::<*const u8, Two>(host.stub("fn", "ff", "ff", "f").cast()),
            std::mem::transmute::<*const u8, Two>(host.stub("async", "ff", "ff", "f").cast()),
            std::mem::transmute::<*const u8, One>(host.code("await").cast()),
        )
    };
    let args = host.k.vector(tag::FLOAT, &[1_f64, 2.0]);
    let background = Background { f, wait, args, nothing: host.k.atom(tag::UNARY, 0_i64), k: host.k };
    // SAFETY: the objects live on.
    let r0 = host.k.r0;
    let direct = Way::new(FN, move |n| {
        let start = Instant::now();
        // SAFETY: the objects live on, and the result is ours to give up.
        (0..n).for_each(|_| unsafe { r0(direct(x, y)) });
        start.elapsed()
    });
    let own = match row {
        "submission" => Way::new(ASYNC, move |n| background.submission(n)),
        "there and back" => Way::new(ASYNC, move |n| background.in_turn(n)),
        _ => Way::new(ASYNC, move |n| background.bursts(n)).in_pieces(BURST),
    };
    vec![direct, own.against(FN)]
}

impl Background {
    fn submit(&self) -> i64 {
        // SAFETY: the objects live on; the result is an id, ours to give up.
        unsafe {
            let id = (self.f)(self.args, self.nothing);
            assert!(!id.is_null(), "a call that is refused");
            let number = Api::payload::<i64>(id);
            (self.k.r0)(id);
            number
        }
    }

    /// Waits for these, whose results must be right.
    fn await_all(&self, ids: &[i64]) {
        let list = self.k.list(&[self.k.vector(tag::LONG, ids)]);
        // SAFETY: the list lives meanwhile; the results are a vector of as many floats, ours to give up.
        unsafe {
            let results = (self.wait)(list);
            assert!(!results.is_null(), "no results");
            assert!(Api::slice::<f64>(results).iter().all(|&x| x == 3.0), "a wrong answer");
            (self.k.r0)(results);
            (self.k.r0)(list);
        }
    }

    fn submission(&self, n: u64) -> Duration {
        let mut time = Duration::ZERO;
        let mut left = n as usize;
        while left > 0 {
            let now = left.min(BURST);
            let start = Instant::now();
            let ids: Vec<i64> = (0..now).map(|_| self.submit()).collect();
            time += start.elapsed();
            self.await_all(&ids);
            left -= now;
        }
        time
    }

    fn in_turn(&self, n: u64) -> Duration {
        let start = Instant::now();
        (0..n).for_each(|_| self.await_all(&[self.submit()]));
        start.elapsed()
    }

    fn bursts(&self, n: u64) -> Duration {
        let start = Instant::now();
        for _ in 0..n {
            let ids: Vec<i64> = (0..BURST).map(|_| self.submit()).collect();
            self.await_all(&ids);
        }
        start.elapsed()
    }
}
