//! The threads that make calls.

use super::Shared;
use crate::callback::queue;
use crate::calls::Worker;

/// Bytes of a thread's stack: what C is used to from q's main thread.
const STACK: usize = 8 << 20;

/// Begins a thread that the pool counts already. Whether there is any.
pub fn begin(shared: &'static Shared) -> bool {
    let thread = std::thread::Builder::new().name("ffijit".into()).stack_size(STACK);
    thread.spawn(|| work(shared)).is_ok() || !shared.pool.lose()
}

fn work(shared: &Shared) {
    let worker = Worker::begin();
    while let Some((id, made)) = shared.pool.take() {
        queue::note_call(id);
        // SAFETY: the user has declared the function to be of this signature; the table keeps the call until it has ended.
        let errno = unsafe { made.make(&worker) };
        queue::note_call(0);
        // Whoever put the first there has q look for all.
        if shared.pool.end(id, errno) { queue::wake() } else { queue::ring() }
    }
}
