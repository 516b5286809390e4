//! Atomic functions that the user has declared thread-safe: large vectors are split over threads.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Binding, mixture};
use crate::calls::{self, Call, Named, Worker};
use crate::ctype::{CType, Repr};
use crate::error::{Error, Result};
use crate::jit::Form;
use crate::k::{Owned, Ref, collect, tag};
use crate::marshal::structs;
use crate::plan::{AtomicPlan, ElementValue, Outs};
use crate::pointed;

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
pub struct Cursor {
    /// The first.
    pub first: *const u8,
    /// Bytes from one to the next; 0 for an atom.
    pub stride: usize,
}

/// A loop over elements: `fn(cursors, results, count)`. It gives NULL when there is no memory for a text.
pub type Kernel = unsafe extern "C" fn(*const Cursor, *mut u8, usize) -> *mut u8;

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
    /// So many elements of it from one on, or those that are left, whose results have this size.
    fn part(&self, from: usize, count: usize, size: usize) -> Self {
        let ahead = |c: &Cursor| Cursor { first: c.first.wrapping_add(from * c.stride), ..*c };
        Self {
            kernel: self.kernel,
            cursors: self.cursors.iter().map(ahead).collect(),
            to: self.to.wrapping_add(from * size),
            count: count.min(self.count - from),
        }
    }

    /// Whether there was memory for all results.
    fn run(&self) -> bool {
        // SAFETY: the kernel was made for these cursors' types, and each has `count` elements or a stride of zero.
        !unsafe { (self.kernel)(self.cursors.as_ptr(), self.to, self.count) }.is_null()
    }

    /// Runs it on a thread of its own, which has faults looked at if they are to become errors.
    ///
    /// # Errors
    /// [`Error::Fault`].
    fn run_apart(&self, named: &Named) -> Result<()> {
        let worker = pointed::looks().then(Worker::begin);
        let call = worker.as_ref().map(|worker| worker.call(named));
        self.run();
        call.map_or(Ok(()), Call::end)
    }
}

/// Applies a binding to exact atoms and vectors of `n` elements, on several threads if it was bound for that. What C fills
/// are arrays of these elements; with them the result is a list of vectors.
///
/// # Errors
/// What a callback has signalled on this thread; [`crate::error::Error::Codegen`].
pub fn run(binding: &Binding, plan: &AtomicPlan, args: &[Owned], n: usize) -> Result<Owned> {
    let atoms = args.iter().enumerate().filter(|(_, x)| x.get().tag() < 0);
    let atoms = atoms.fold(0, |atoms, (i, _)| atoms | 1 << i);
    let has_own = mixture::has_loop(plan, atoms, n);
    let kernel = if has_own { binding.mixture(atoms)? } else { binding.kernel()? };
    // SAFETY: the code is a kernel of the binding's signature, for these atoms or for any.
    let kernel = unsafe { std::mem::transmute::<*const u8, Kernel>(kernel) };
    let result = Owned::unwritten(plan.result.tag, n)?;
    let Outs::Arrays(rows) = &plan.outs else { unreachable!("others are not applied to vectors") };
    let arrays = collect(rows.iter().map(|row| Owned::zeros(row.array_tag(), n)))?;
    let (mut given, mut filled) = (args.iter(), arrays.iter());
    let params = binding.prototype.signature.params.iter();
    let objects = params.filter_map(|ty| if ty.is_out() { filled.next() } else { given.next() });
    let cursors: Vec<Cursor> = objects.map(|x| cursor(x.get())).collect();
    let whole = Share { kernel, cursors, to: result.get().data(), count: n };
    let secondaries = if binding.form == Form::Parallel { SECONDARIES.load(Ordering::Relaxed) } else { 0 };
    let share = n.div_ceil(threads(plan, n, secondaries)).max(1);
    let size = tag::element_size(plan.result.tag);
    let shares: Vec<Share> = (0..n).step_by(share).map(|from| whole.part(from, share, size)).collect();
    let prototype = &binding.prototype;
    let [args, ret] = &prototype.types;
    let name = || Named::new(&binding.name.symbol, [args, ret], binding.target);
    let named = name();
    let call = calls::enter().call(&named);
    let ran = run_all(&shares, &name);
    call.end()?;
    if !ran? {
        return Err(Error::MemoryFull);
    }
    let has_result = plan.result.value != ElementValue::Nothing;
    let mut results: Vec<Owned> = has_result.then_some(result).into_iter().collect();
    for (row, array) in rows.iter().zip(arrays) {
        results.push(held(row, array, n)?);
    }
    match results.len() {
        1 => Ok(results.swap_remove(0)),
        _ => Owned::list(results),
    }
}

/// The vector of values that C has filled, from their array.
fn held(row: &CType, array: Owned, n: usize) -> Result<Owned> {
    if row.tag() == array.get().tag() && row.repr != Repr::Bool {
        return Ok(array);
    }
    // SAFETY: the array has as many values of the row's type.
    unsafe { structs::read_array(row, array.get().data(), n) }
}

/// Runs each share on a thread, the first on this one, as are those for which the system has no thread. Whether there was
/// memory for all results: texts are interned by this thread alone.
///
/// # Errors
/// The fault of another thread.
fn run_all<'a>(shares: &[Share], name: &(dyn Fn() -> Named<'a> + Sync)) -> Result<bool> {
    std::thread::scope(|scope| {
        let (own, others) = shares.split_at(shares.len().min(1));
        let mut running = Vec::with_capacity(others.len());
        for share in others {
            match std::thread::Builder::new().spawn_scoped(scope, || share.run_apart(&name())) {
                Ok(thread) => running.push(thread),
                Err(_) => drop(share.run()),
            }
        }
        let is_complete = own.iter().all(Share::run);
        // All have ended when this returns, whatever becomes of one.
        running.into_iter().try_for_each(|thread| thread.join().unwrap_or(Ok(())))?;
        Ok(is_complete)
    })
}

/// Threads for a call: one when results have to be interned, which is q's own thread's to do.
fn threads(plan: &AtomicPlan, n: usize, secondaries: usize) -> usize {
    match plan.result.tag {
        tag::SYMBOL => 1,
        _ => (n / SHARE).clamp(1, secondaries + 1),
    }
}

/// Where the elements of a vector lie, or an atom.
pub fn cursor(x: Ref) -> Cursor {
    match x.tag() {
        t if t > 0 => Cursor { first: x.data(), stride: tag::element_size(t) },
        _ => Cursor { first: x.value(), stride: 0 },
    }
}
