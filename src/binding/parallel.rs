//! Atomic functions that the user has declared thread-safe: large vectors are split over threads.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::Binding;
use crate::calls::{self, Named};
use crate::error::{Error, Result};
use crate::jit::Form;
use crate::k::{Owned, Ref, tag};
use crate::plan::AtomicPlan;

/// Elements that a thread should have at least: starting one costs as much as calling C some thousand times.
const SHARE: usize = 16_384;

/// Threads to use besides q's own: what q was started with.
static SECONDARIES: AtomicUsize = AtomicUsize::new(0);

/// Sets the number of threads to use besides q's own.
pub fn set_secondaries(count: usize) {
    SECONDARIES.store(count, Ordering::Relaxed);
}

/// Where an argument's elements lie; machine code reads this.
#[repr(C)]
#[derive(Clone, Copy)]
struct Cursor {
    first: *const u8,
    stride: usize,
}

/// A loop over elements: `fn(cursors, results, count)`. It gives NULL when there is no memory for a text.
type Kernel = unsafe extern "C" fn(*const Cursor, *mut u8, usize) -> *mut u8;

/// The part of a call that one thread does.
struct Share {
    kernel: Kernel,
    cursors: Vec<Cursor>,
    to: *mut u8,
    count: usize,
}

// SAFETY: a share points into vectors that outlive all threads of the call, and no two shares to the same results.
unsafe impl Send for Share {}
// SAFETY: as for Send; each share is run once.
unsafe impl Sync for Share {}

impl Share {
    /// Whether there was memory for all results.
    fn run(&self) -> bool {
        // SAFETY: the kernel was made for these cursors' types, and each has `count` elements or a stride of zero.
        !unsafe { (self.kernel)(self.cursors.as_ptr(), self.to, self.count) }.is_null()
    }
}

/// Applies a binding to exact atoms and vectors of `n` elements, on several threads if it was bound for that.
///
/// # Errors
/// What a callback has signalled on this thread; [`crate::error::Error::Codegen`].
pub fn run(binding: &Binding, plan: &AtomicPlan, args: &[Owned], n: usize) -> Result<Owned> {
    // SAFETY: the code is the kernel of the binding's signature.
    let kernel = unsafe { std::mem::transmute::<*const u8, Kernel>(binding.kernel()?) };
    let result = Owned::unwritten(plan.result.tag, n)?;
    let cursors: Vec<Cursor> = args.iter().map(|x| cursor(x.get())).collect();
    let size = tag::element_size(plan.result.tag);
    let secondaries = if binding.form == Form::Parallel { SECONDARIES.load(Ordering::Relaxed) } else { 0 };
    let share = n.div_ceil(threads(plan, n, secondaries)).max(1);
    let shares = (0..n).step_by(share).map(|from| Share {
        kernel,
        cursors: cursors
            .iter()
            .map(|c| Cursor { first: c.first.wrapping_add(from * c.stride), ..*c })
            .collect(),
        to: result.get().data().wrapping_add(from * size),
        count: share.min(n - from),
    });
    let shares: Vec<Share> = shares.collect();
    let prototype = &binding.prototype;
    let [args, ret] = &prototype.types;
    let named = Named::new(&binding.name.symbol, [args, ret], binding.target);
    let call = calls::enter().call(&named);
    let is_complete = run_all(&shares);
    call.end()?;
    if is_complete { Ok(result) } else { Err(Error::MemoryFull) }
}

/// Runs each share on a thread, the first on this one, as are those for which the system has no thread. Whether there was
/// memory for all results: texts are interned by this thread alone.
fn run_all(shares: &[Share]) -> bool {
    std::thread::scope(|scope| {
        let (own, others) = shares.split_at(shares.len().min(1));
        for share in others {
            if std::thread::Builder::new().spawn_scoped(scope, || share.run()).is_err() {
                share.run();
            }
        }
        own.iter().all(Share::run)
    })
}

/// Threads for a call: one when results have to be interned, which is q's own thread's to do.
fn threads(plan: &AtomicPlan, n: usize, secondaries: usize) -> usize {
    match plan.result.tag {
        tag::SYMBOL => 1,
        _ => (n / SHARE).clamp(1, secondaries + 1),
    }
}

fn cursor(x: Ref) -> Cursor {
    match x.tag() {
        t if t > 0 => Cursor { first: x.data(), stride: tag::element_size(t) },
        _ => Cursor { first: x.value(), stride: 0 },
    }
}
