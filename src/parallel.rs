//! Atomic functions that the user has declared thread-safe: large vectors are split over threads.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::bind::Binding;
use crate::callback::state;
use crate::ctype::element_size_of;
use crate::error::{Error, Result};
use crate::k::{self, Owned, Ref, tag};
use crate::plan::{AtomicPlan, Element, ElementValue};

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

impl Share {
    /// Whether there was memory for all results.
    fn run(self) -> bool {
        // SAFETY: the kernel was made for these cursors' types, and each has `count` elements or a stride of zero.
        !unsafe { (self.kernel)(self.cursors.as_ptr(), self.to, self.count) }.is_null()
    }
}

/// Applies a binding to exact atoms and vectors of `n` elements.
///
/// # Errors
/// What a callback has signalled on this thread; [`crate::error::Error::Codegen`].
pub fn run(binding: &Binding, plan: &AtomicPlan, args: &[Owned], n: usize) -> Result<Owned> {
    // SAFETY: the code is the kernel of the binding's signature.
    let kernel = unsafe { std::mem::transmute::<*const u8, Kernel>(binding.kernel()?) };
    // SAFETY: `ktn` makes a vector of `n` elements of the result's type.
    let result = unsafe { Owned::from_raw(k::ktn(plan.result.tag.into(), n as i64)) };
    let cursors: Vec<Cursor> = plan.params.iter().zip(args).map(|(p, x)| cursor(*p, x.get())).collect();
    let size = element_size_of(plan.result.tag);
    let share = n.div_ceil(threads(plan, n)).max(1);
    let mut shares = (0..n).step_by(share).map(|from| Share {
        kernel,
        cursors: cursors
            .iter()
            .map(|c| Cursor { first: c.first.wrapping_add(from * c.stride), ..*c })
            .collect(),
        to: result.get().data().wrapping_add(from * size),
        count: share.min(n - from),
    });
    let calling = state::InCall::begin();
    let is_complete = std::thread::scope(|scope| {
        let own = shares.next();
        for share in shares {
            scope.spawn(move || share.run());
        }
        // Texts are interned by this thread alone.
        own.is_none_or(Share::run)
    });
    drop(calling);
    state::take_error()?;
    if is_complete { Ok(result) } else { Err(Error::Pending) }
}

/// Threads for a call: one when results have to be interned, which is q's own thread's to do.
fn threads(plan: &AtomicPlan, n: usize) -> usize {
    match plan.result.tag {
        tag::SYMBOL => 1,
        _ => (n / SHARE).clamp(1, SECONDARIES.load(Ordering::Relaxed) + 1),
    }
}

fn cursor(element: Element, x: Ref) -> Cursor {
    match x.tag() {
        t if t > 0 => Cursor { first: x.data(), stride: element_size_of(t) },
        _ if element.value == ElementValue::Address => Cursor { first: x.data(), stride: 0 },
        _ => Cursor { first: x.as_raw().cast::<u8>().wrapping_add(k::PAYLOAD as usize), stride: 0 },
    }
}
